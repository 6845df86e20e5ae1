/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M3 and M4: three stages, single issue. A table, and a few effects between neighbours.
 *
 *   rule, cycles                                                              source               grade
 *   data processing 1; M4 also every multiply and SIMD                        TRM DDI0439 3-1      verified
 *   M3: MLA, MLS 2; long 3-5, here 4; long accumulating 4-7, here 5           TRM DDI0337          verified
 *   SDIV, UDIV 2-12: sim_timing.divide_cycles                                 both TRM             verified
 *   LDR 2; 1 behind a load it does not depend on (6.7 % of an image); but
 *     not off a base which that load wrote back (M4), nor behind any load
 *     that did (M3), nor behind a store                                       SWCU192, jnk0le      measured
 *   STR 1; with a register offset 2, behind a load 1                          SWCU192              verified
 *   LDRD, STRD, LDM, STM, PUSH, POP of N words 1+N, never chained             both TRM             verified
 *   address or index written by the ALU operation before: +1 (1.6 % of
 *     CoreMark)                                                               jnk0le               measured
 *   third 32-bit instruction in a row off a word boundary, if the run
 *     stands behind a multi-cycle instruction: +1 once (2.9-5.7 %)            eprint 2025/523      measured
 *   branch taken 2; indirect 3; LDR PC 5; TBB 6; +1 if the target is a
 *     32-bit instruction off a word boundary                                  CoreMark             measured
 *   IT behind a 16-bit instruction 0, else 1                                  jnk0le               measured
 *   MRS, MSR, CPS, DMB, DSB 2; ISB 4                                          both TRM             from memory
 *   LDREX, STREX 2                                                            both TRM             verified
 *   FP: add, multiply, convert 1, +1 if the next instruction uses the result
 *     but as an addend; compare, negate, move 1 (two registers 2)             TRM DDI0439, GCC     from memory
 *   FP: multiply-accumulate holds the FPU for 3, divide and root for 14;
 *     integer instructions go on beside them; +1 for a use but as an addend   GCC m4-fpu.md        verified
 *   VLDR, VSTR of one word as LDR, STR, and chaining with them; of two 3;
 *     VLDM, VSTM of N words 1+N                                               GCC, TRM DDI0439     verified
 *
 * A wait for flash data of one cycle or more hides the cycle of the run behind it (struct sim_block_cost.hides).
 *
 * Not modelled: what the FPU still does when a branch is taken, unaligned data, bit-band writes, early termination by operands.
 * Residual: no constant is fitted. A prototype of these rules with the flash model had -1.4 to +2.1 % on four
 * images of an STM32L4R5; this file +0.3 % on CoreMark from TCM (i.MX RT1160).
 */
#include "sim/timing/pipeline.h"

#include <string.h>

struct state {
	uint32_t cycles;
	uint32_t fp_result;      /* S registers that the last FP operation computes */
	uint32_t fp_ready;       /* cycle from which they can be an operand */
	uint32_t fp_free;        /* cycle from which the FPU takes another instruction */
	uint16_t alu_result;     /* registers the instruction before wrote, unless it was a transfer */
	uint16_t loaded;         /* registers the load before is fetching */
	uint16_t indexed;        /* base that the load before wrote back */
	uint8_t taken_exit;
	uint8_t size_before;     /* of the instruction before; 0: not known */
	uint8_t run;             /* 32-bit instructions in a row off a word boundary */
	bool run_behind_long;    /* … with a multi-cycle instruction in front */
	bool long_before;
	bool load_before;        /* … that a load may chain to */
	uint32_t load_at;        /* the last transfer, if it was a load; else 0 */
	uint32_t hides[SIM_MAX_HIDES];
	bool entered_by_branch;  /* no instruction seen yet, and the last edge was a taken branch */
};
SIM_PIPELINE_STATE_FITS(struct state);

static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing;
	if (taken) {
		*state = (struct state){.entered_by_branch = true, .long_before = true};
		return;
	}
	memset(state->hides, 0, sizeof state->hides);
	state->load_at = 0;
	state->cycles = 0;
	state->taken_exit = 0;
}

static void note_hidden(struct state *state)
{
	for (unsigned i = 0; i < SIM_MAX_HIDES && state->load_at; i++) {
		if (state->hides[i])
			continue;
		state->hides[i] = state->load_at;
		return;
	}
}

/* The run of 32-bit instructions that the 32-bit fetch cannot keep up with. Returns the extra cycle. */
static unsigned fetch_penalty(struct state *state, const struct sim_insn *insn)
{
	bool straddles = insn->size == 4 && insn->address & 2;
	unsigned extra = 0;

	if (state->long_before)
		state->run = 0;
	if (state->entered_by_branch) {
		state->run = straddles;
		extra = straddles;
	} else if (!straddles) {
		state->run = 0;
	} else if (++state->run == 3 && state->run_behind_long) {
		state->run_behind_long = false;
		extra = 1;
		note_hidden(state);
	}
	if (!straddles)
		state->run_behind_long = false;
	else if (state->long_before)
		state->run_behind_long = true;
	return extra;
}

static unsigned load_cycles(const struct state *state, const struct sim_timing *timing,
                            const struct sim_insn *insn)
{
	uint16_t tied = timing->core == SIM_M3 && insn->wb ? 0xffff : state->indexed;
	bool chains = state->load_before && !(insn->addr & state->loaded) && !(insn->addr & tied) &&
	              insn->transfers == 1;

	if (timing->core == SIM_M3 && state->indexed)
		chains = false;
	return insn->transfers + (chains ? 0 : 1);
}

static unsigned store_cycles(const struct state *state, const struct sim_insn *insn)
{
	if (insn->transfers > 1)
		return 1 + insn->transfers;
	if (insn->exclusive)
		return 2;
	return insn->register_offset && !state->load_before ? 2 : 1;
}

static unsigned multiply_cycles(const struct sim_timing *timing, unsigned cls)
{
	if (timing->core != SIM_M3)
		return 1;
	switch (cls) {
	case SIM_CLASS_MAC: return 2;
	case SIM_CLASS_MUL_LONG: return 4;
	case SIM_CLASS_MAC_LONG: return 5;
	default: return 1;
	}
}

static unsigned moves_two_registers(const struct sim_insn *insn)
{
	return __builtin_popcount(insn->dst) > 1 || __builtin_popcount(insn->src) > 1;
}

static unsigned issue_cycles(const struct state *state, const struct sim_timing *timing,
                             const struct sim_insn *insn)
{
	switch (insn->cls) {
	case SIM_CLASS_MUL: case SIM_CLASS_MAC: case SIM_CLASS_MUL_LONG: case SIM_CLASS_MAC_LONG:
		return multiply_cycles(timing, insn->cls);
	case SIM_CLASS_DIVIDE:
		return timing->divide_cycles;
	case SIM_CLASS_LOAD:
		return load_cycles(state, timing, insn);
	case SIM_CLASS_STORE:
		return store_cycles(state, insn);
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_LOAD_MANY: case SIM_CLASS_STORE_MANY:
		return 1 + insn->transfers;
	case SIM_CLASS_TABLE:
		return 2;
	case SIM_CLASS_IT:
		return state->size_before == 2 ? 0 : 1;
	case SIM_CLASS_BARRIER:
		return insn->op == SIM_OP_ISB ? 4 : 2;
	case SIM_CLASS_SYSTEM:
		return 2;
	case SIM_CLASS_FP_MOVE:
		return 1 + moves_two_registers(insn);
	default:
		return 1;
	}
}

static unsigned refill(const struct sim_insn *insn)
{
	switch (insn->branch) {
	case SIM_BRANCH_NONE:
		return 0;
	case SIM_BRANCH_CONDITIONAL: case SIM_BRANCH_UNCONDITIONAL: case SIM_BRANCH_CALL:
		return 1;
	default:
		return insn->cls == SIM_CLASS_TABLE ? 4 : insn->cls == SIM_CLASS_LOAD ? 3 : 2;
	}
}

static bool is_transfer(unsigned cls)
{
	return cls >= SIM_CLASS_LOAD && cls <= SIM_CLASS_STORE_MANY;
}

static void remember(struct state *state, const struct sim_insn *insn, unsigned cycles)
{
	bool load = insn->cls == SIM_CLASS_LOAD && insn->transfers == 1;

	if (is_transfer(insn->cls))
		state->load_at = insn->cls == SIM_CLASS_LOAD ? insn->address : 0;
	state->long_before = cycles > 1;
	state->load_before = load;
	state->loaded = load ? insn->dst & (uint16_t)~insn->wb : 0;
	state->indexed = load ? insn->wb : 0;
	state->alu_result = is_transfer(insn->cls) ? 0 : insn->dst;
	state->size_before = insn->size;
	state->entered_by_branch = false;
}

static bool is_fp(const struct sim_insn *insn)
{
	return insn->fp_src | insn->fp_mul | insn->fp_acc | insn->fp_data | insn->fp_dst;
}

/* Cycles for which an operation holds the FPU; its result is there one later, but for an addend. */
static unsigned fp_cycles(const struct sim_insn *insn)
{
	return insn->cls == SIM_CLASS_FP_MAC ? 3 :
	       insn->cls == SIM_CLASS_FP_DIVIDE || insn->cls == SIM_CLASS_FP_SQRT ? 14 : 1;
}

/* How long an FP instruction waits at `now` for the FPU and for operands. */
static unsigned fp_wait(const struct state *state, const struct sim_insn *insn, uint32_t now)
{
	uint32_t from = state->fp_free, need = state->fp_ready;

	if (!((insn->fp_src | insn->fp_mul | insn->fp_data) & state->fp_result))
		need = insn->fp_acc & state->fp_result && need ? need - 1 : 0;
	if (need > from)
		from = need;
	return from > now ? from - now : 0;
}

static void fp_start(struct state *state, const struct sim_insn *insn, uint32_t now)
{
	bool quick = insn->op == SIM_OP_VABS || insn->op == SIM_OP_VNEG || insn->op == SIM_OP_VCMP ||
	             insn->op == SIM_OP_VCMPE;

	if (insn->cls < SIM_CLASS_FP_ADD || insn->cls > SIM_CLASS_FP_SQRT)
		return;
	state->fp_free = now + fp_cycles(insn);
	state->fp_ready = state->fp_free + !quick;
	state->fp_result = insn->fp_dst;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;
	unsigned cycles = fetch_penalty(state, insn);
	bool addresses = is_transfer(insn->cls) || insn->cls == SIM_CLASS_TABLE;

	if (addresses && insn->addr & state->alu_result)
		cycles++;
	if (is_fp(insn)) {
		cycles += fp_wait(state, insn, state->cycles + cycles);
		fp_start(state, insn, state->cycles + cycles);
	}
	cycles += issue_cycles(state, timing, insn);
	state->cycles += cycles;
	state->taken_exit = (uint8_t)refill(insn);
	remember(state, insn, cycles);
}

static void leave(void *memory, const struct sim_timing *timing, struct sim_block_cost *ret)
{
	struct state *state = memory;

	(void)timing;
	ret->cycles = state->cycles;
	ret->taken_exit = state->taken_exit;
	memcpy(ret->hides, state->hides, sizeof ret->hides);
	state->fp_free = state->fp_free > state->cycles ? state->fp_free - state->cycles : 0;
	state->fp_ready = state->fp_ready > state->cycles ? state->fp_ready - state->cycles : 0;
	state->cycles = 0;
	state->taken_exit = 0;
}

const struct sim_pipeline sim_pipeline_m4 = {enter, issue, leave};
