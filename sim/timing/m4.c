/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M3 and M4: three stages, single issue. A table, a few effects between neighbours, and a fetch buffer.
 *
 *   rule, cycles                                                              source               grade
 *   data processing 1; M4 also every multiply and SIMD                        TRM DDI0439 3-1      verified
 *   M3: MLA, MLS 2; long 3-5, here 4; long accumulating 4-7, here 5           TRM DDI0337          verified
 *   SDIV, UDIV 2-12: sim_timing.divide_cycles                                 both TRM             verified
 *   LDR 2; 1 behind a load it does not depend on; but not off a base which
 *     that load wrote back, nor (M3) if it writes its own back; that wide ones
 *     off word boundaries "may fail" to (jnk0le) is the fetch's doing: alone
 *     or in twos they do not (compendium.i-0.nl)                              TRM, jnk0le          measured
 *   STR 1, with a register offset 2; behind a load one less, as the load's
 *     second cycle is the store's first (M3: not if it writes its base back)  TRM, jnk0le          measured
 *   a load behind an STR that took one cycle: +1; an STR off a base which
 *     the store before it wrote back: +1                                      jnk0le               measured
 *   NOP behind a load or a store with a register offset 0                     jnk0le               measured
 *   LDRD, STRD, LDM, STM, PUSH, POP of N words 1+N, never chained             both TRM             verified
 *   address or index written by the ALU operation before: +1 (1.6 % of
 *     CoreMark)                                                               jnk0le               measured
 *   instructions wait for their words in the fetch buffer: below              TRM, see there       measured
 *   branch taken 2; indirect 3; LDR PC 5; TBB 6                               CoreMark             measured
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
 * The fetch buffer. The core asks for aligned words in order, one a cycle, while one of the buffer's three
 * is free (DDI0337E 14.3, Arm KA 103488664). A word can be decoded two cycles after it was asked for, so
 * that a taken branch waits for the second word of a 32-bit instruction off a word boundary: +1. A word is
 * used up when the last halfword in it is decoded. Fetching that stood still, because all three were full,
 * goes on a cycle late; so in a run of 32-bit instructions off a word boundary the third waits for a cycle,
 * once, and again behind each instruction of several cycles. That is what was documented ("only the first",
 * DDI0337E 14.3) and measured ("groups of three or more take one extra cycle", more with loads among them:
 * compendium.i-0.nl); the late start as its cause is inferred.
 * A load that waits for flash leaves the fetch time: the late start behind it is not felt (struct sim_block_cost.hides).
 * Inferred from one pair: `ad` streams its weights from flash and from RAM in 700,218 and 567,397 cycles (MLPerf Tiny
 * v1.2); with its loops off word boundaries this file has 711.3 k and 572.0 k, without the rule 742 k and 572.0 k.
 * From 0x20000000 up code comes over the system bus, whose fetches are registered: a cycle later and no two
 * in a row (DDI0337E 14.5, DDI0439 2.3), and data go first there: all data of such code are taken to be
 * there too.
 * A block entered straight finds the buffer full.
 *
 * A quotient or root on its way when a function is called or left is what comes next asks for: its first use is
 * taken to stand there (argument: an argument, or the result).
 *
 * Not modelled: what else the FPU still does when a branch is taken, bit-band writes, early termination of M3's
 * long multiplies by operands, loads that follow each other from different memories (jnk0le: they do not
 * chain).
 * Residual: no constant is fitted. CoreMark from TCM (i.MX RT1160, 396,066 cycles) -0.4 %; AES-128 of
 * Ko-/aes-armcortexm on STM32F407 and STM32L100 -1.8 to -2.5 %: its tables and its code contend for one
 * flash, which is not modelled.
 */
#include "sim/timing/pipeline.h"

#include <string.h>

enum { WORDS = 3, LONG_AGO = -64, SYSTEM_BUS = 0x20000000 };

struct state {
	uint32_t cycles;
	uint32_t fp_result;      /* S registers that the last FP operation computes */
	uint32_t fp_ready;       /* cycle from which they can be an operand */
	uint32_t fp_free;        /* cycle from which the FPU takes another instruction */
	uint16_t alu_result;     /* registers the instruction before wrote, unless it was a transfer */
	uint16_t loaded;         /* registers the load before is fetching */
	uint16_t indexed;        /* base that the load before wrote back */
	uint16_t stored;         /* base that the store before wrote back */
	uint8_t taken_exit;
	bool hands_over;         /* the last instruction calls or returns */
	uint8_t size_before;     /* of the instruction before; 0: not known */
	bool load_before;        /* … that a load may chain to */
	bool store_before;       /* … whose data are on the bus in the next cycle */
	bool swallows_nop;
	bool fetching;           /* false: the first instruction is still to come */
	bool branched;           /* … and a taken branch leads to it */
	uint32_t asked_word;     /* the last that was asked for, and when */
	uint32_t load_at;        /* the last transfer, if it was a load; else 0 */
	uint32_t hides[SIM_MAX_HIDES];
	int32_t asked, bus_free; /* data have the system bus until then */
	int32_t ready[WORDS + 1], used_up[WORDS + 1]; /* by word: when it can be decoded, when its place is free */
};
SIM_PIPELINE_STATE_FITS(struct state);

static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing;
	if (taken) {
		*state = (struct state){.branched = true};
		return;
	}
	state->cycles = 0;
	state->taken_exit = 0;
	state->load_at = 0;
	memset(state->hides, 0, sizeof state->hides);
}

static void note_hidden(struct state *state)
{
	for (unsigned i = 0; i < SIM_MAX_HIDES && state->load_at; i++) {
		if (state->hides[i])
			continue;
		state->hides[i] = state->load_at;
		state->load_at = 0;
		return;
	}
}

static int32_t *of_word(int32_t times[WORDS + 1], uint32_t word)
{
	return &times[word % (WORDS + 1)];
}

/* From one word to the next. */
static int32_t pace(uint32_t word)
{
	return word >= SYSTEM_BUS / 4 ? 2 : 1;
}

static void ask(struct state *state, uint32_t word)
{
	int32_t at = state->asked + pace(word), room = *of_word(state->used_up, word - WORDS);

	if (room > at)
		at = room + 1;
	if (pace(word) > 1 && state->bus_free > at)
		at = state->bus_free;
	state->asked = at;
	state->asked_word = word;
	*of_word(state->ready, word) = at + 1 + pace(word);
}

/* The buffer when the first instruction is decoded. */
static void begin_fetching(struct state *state, uint32_t word, int32_t now)
{
	state->fetching = true;
	state->bus_free = LONG_AGO;
	state->asked = state->branched ? now - 2 - pace(word) : LONG_AGO;
	for (unsigned i = 0; i <= WORDS; i++)
		state->used_up[i] = LONG_AGO;
	if (state->branched) {
		ask(state, word);
		return;
	}
	for (unsigned i = 0; i <= WORDS; i++)
		state->ready[i] = LONG_AGO;
	state->asked_word = word + WORDS - 1;
}

/* An instruction would be decoded at `now`: how long it waits for its words. Then those behind it are asked for. */
static unsigned fetch_wait(struct state *state, const struct sim_insn *insn, int32_t now)
{
	uint32_t end = insn->address + insn->size, last = (end - 1) / 4;
	unsigned wait = 0;

	if (!state->fetching)
		begin_fetching(state, insn->address / 4, now);
	while (state->asked_word < last)
		ask(state, state->asked_word + 1);
	if (*of_word(state->ready, last) > now) {
		note_hidden(state);
		wait = (unsigned)(*of_word(state->ready, last) - now);
	}
	if (insn->address / 4 != end / 4)
		*of_word(state->used_up, end / 4 - 1) = now + (int32_t)wait;
	while (state->asked_word + 1 - WORDS < end / 4)
		ask(state, state->asked_word + 1);
	return wait;
}

static unsigned load_cycles(const struct state *state, const struct sim_timing *timing,
                            const struct sim_insn *insn)
{
	bool chains = state->load_before && insn->transfers == 1 &&
	              !(insn->addr & (state->loaded | state->indexed)) && !(timing->core == SIM_M3 && insn->wb);

	return insn->transfers + !chains + state->store_before;
}

static unsigned store_cycles(const struct state *state, const struct sim_timing *timing,
                             const struct sim_insn *insn)
{
	bool behind_load = state->load_before && !(insn->addr & (state->loaded | state->indexed)) &&
	                   !(timing->core == SIM_M3 && insn->wb);

	if (insn->transfers > 1)
		return 1 + insn->transfers;
	if (insn->exclusive)
		return 2;
	return 1u + insn->register_offset - behind_load + !!(insn->addr & state->stored);
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
		return store_cycles(state, timing, insn);
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY:
		return 1 + insn->transfers + state->store_before;
	case SIM_CLASS_STORE_DUAL: case SIM_CLASS_STORE_MANY:
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
		return insn->op == SIM_OP_NOP && state->swallows_nop ? 0 : 1;
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

static void remember(struct state *state, const struct sim_insn *insn)
{
	bool load = insn->cls == SIM_CLASS_LOAD && insn->transfers == 1;
	bool store = insn->cls == SIM_CLASS_STORE && insn->transfers == 1 && !insn->exclusive;

	if (is_transfer(insn->cls))
		state->load_at = insn->cls == SIM_CLASS_LOAD ? insn->address : 0;
	state->store_before = store && !insn->register_offset;
	state->swallows_nop = load || (store && insn->register_offset && !state->load_before);
	state->stored = store ? insn->wb : 0;
	state->load_before = load;
	state->loaded = load ? insn->dst & (uint16_t)~insn->wb : 0;
	state->indexed = load ? insn->wb : 0;
	state->alu_result = is_transfer(insn->cls) ? 0 : insn->dst;
	state->size_before = insn->size;
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

/* Data go before the fetch that has not begun yet. */
static void take_bus(struct state *state, int32_t now, unsigned transfers)
{
	if (pace(state->asked_word) > 1 && state->asked > now) {
		state->asked += (int32_t)transfers;
		*of_word(state->ready, state->asked_word) += (int32_t)transfers;
	}
	state->bus_free = now + 1 + (int32_t)transfers;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;
	bool transfer = is_transfer(insn->cls);
	unsigned cycles = (transfer || insn->cls == SIM_CLASS_TABLE) && insn->addr & state->alu_result;

	if (is_fp(insn))
		cycles += fp_wait(state, insn, state->cycles + cycles);
	cycles += fetch_wait(state, insn, (int32_t)(state->cycles + cycles));
	fp_start(state, insn, state->cycles + cycles);
	if (transfer)
		take_bus(state, (int32_t)(state->cycles + cycles), insn->transfers);
	cycles += issue_cycles(state, timing, insn);
	state->cycles += cycles;
	state->taken_exit = (uint8_t)refill(insn);
	state->hands_over = insn->branch == SIM_BRANCH_CALL || insn->branch == SIM_BRANCH_RETURN ||
	                    insn->branch == SIM_BRANCH_INDIRECT_CALL;
	remember(state, insn);
}

/* A time inside the block as one behind its end. */
static int32_t from_end(int32_t at, uint32_t cycles)
{
	return at < (int32_t)cycles + LONG_AGO ? LONG_AGO : at - (int32_t)cycles;
}

static void leave(void *memory, const struct sim_timing *timing, struct sim_block_cost *ret)
{
	struct state *state = memory;

	(void)timing;
	ret->cycles = state->cycles;
	ret->taken_exit = state->taken_exit;
	if (state->hands_over && state->fp_ready > state->cycles + state->taken_exit)
		ret->taken_exit = (int16_t)(state->fp_ready - state->cycles);
	memcpy(ret->hides, state->hides, sizeof ret->hides);
	state->fp_free = state->fp_free > state->cycles ? state->fp_free - state->cycles : 0;
	state->fp_ready = state->fp_ready > state->cycles ? state->fp_ready - state->cycles : 0;
	state->asked = from_end(state->asked, state->cycles);
	state->bus_free = from_end(state->bus_free, state->cycles);
	for (unsigned i = 0; i <= WORDS; i++) {
		state->ready[i] = from_end(state->ready[i], state->cycles);
		state->used_up[i] = from_end(state->used_up[i], state->cycles);
	}
	state->cycles = 0;
	state->taken_exit = 0;
	state->hands_over = false;
}

const struct sim_pipeline sim_pipeline_m4 = {enter, issue, leave};
