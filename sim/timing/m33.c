/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M33: three stages, in order, with a second slot for a few 16-bit instructions. Arm publishes no
 * table; the rules were measured on RP2350 by jnk0le (cortex_m33.md), the shares on vendor images of an
 * STM32U575 and on CoreMark.
 *
 *   rule                                                                     share of cycles    grade
 *   everything issues in 1 cycle and delivers for the next, but:
 *   LDR: usable after 2 cycles, as accumulator or store data after 1          3.4-7.5 %         measured
 *   16-bit branch, IT or NOP behind a 16-bit instruction of another kind: 0   0.3-11.7 %        measured
 *   branch taken: 1 more; POP {PC} 2 more; BX, table, computed PC 1 more      CoreMark          measured
 *   taken Bcc or CBZ that needs what the instruction before computed: 1 more  0.4-5.9 %         measured
 *   shifted operand, built constant: result after 2; built constant that also
 *     sets flags: 2 cycles                                                    0.3-1.8 %         measured
 *   multiply, SIMD, extend-and-add: after 2, accumulator to accumulator 1
 *     (multiplies only); MULS: 2 cycles                                       0.3-1.4 %         measured
 *   LDM, STM, PUSH, POP of N: N; LDRD, STRD: 2; STR: 1                                          measured
 *   fetch: one word a cycle into four words; empty after a taken branch       0.2-1.6 %         measured
 *   a word read over the code bus (flash) takes the fetch's turn               0.1-0.7 %         measured
 *   target is a 32-bit instruction off a word boundary: 1 more than the fetch 0-1.6 %           measured
 *   SDIV, UDIV: sim_timing.divide_cycles                                                        from memory
 *   FP multiply-accumulate: after 3, and no other FP instruction in the 2 cycles behind it      measured
 *   FP: add, multiply, convert after 2; divide, root 14; VLDR after 2                           from memory
 *
 * Not modelled: skipped IT instructions' dependencies.
 * Residual: nothing fitted; a prototype of these rules with the cache model -0.9 to +1.8 % on four images;
 * this file -2.1 % on CoreMark from TCM (i.MX RT1180).
 */
#include "sim/timing/pipeline.h"

#include <string.h>

enum { FETCH_WORDS = 4 };

struct state {
	int16_t ready[16];      /* first cycle in which a register may be an ordinary or address operand */
	int16_t ready_acc[16];
	int16_t ready_data[16];
	int16_t fp_ready[32];
	int16_t fp_ready_acc[32];
	int16_t fp_free;        /* when the FPU takes the next operation */
	int16_t now;            /* when the next instruction may issue */
	int16_t fetched_at;     /* when the last word that was fetched arrived */
	int16_t consumed_at[FETCH_WORDS]; /* by word number modulo 4: when it left the buffer */
	uint32_t next_word;     /* to be fetched, address / 4; 0: the buffer's content is not known */
	uint16_t wrote;         /* by the instruction before */
	int16_t taken_exit;
	uint8_t size_before;    /* 0: not known */
	bool set_flags_before, special_before; /* special: fills the second slot itself, or transfers many */
	bool paired_before;
	bool entered_by_branch;
};
SIM_PIPELINE_STATE_FITS(struct state);

static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing;
	state->taken_exit = 0;
	state->entered_by_branch = taken;
	if (!taken)
		return;
	state->next_word = 0;
	state->size_before = 0;
	state->wrote = 0;
	state->set_flags_before = false;
}

/* The buffer when nothing is known of it: full after falling through, empty behind a taken branch. */
static void start_fetch(struct state *state, uint32_t word)
{
	state->next_word = word + (state->entered_by_branch ? 0 : FETCH_WORDS);
	state->fetched_at = state->now - 1;
	for (unsigned i = 0; i < FETCH_WORDS; i++)
		state->consumed_at[i] = INT16_MIN / 2;
}

/* Lets the fetch run up to the present, and waits until the instruction's last word has arrived. */
static void fetch(struct state *state, const struct sim_insn *insn)
{
	uint32_t first = insn->address / 4, last = (insn->address + insn->size - 1) / 4;

	if (state->next_word == 0 || first > state->next_word || first + 2 * FETCH_WORDS < state->next_word)
		start_fetch(state, first);
	while (state->next_word <= first + FETCH_WORDS) {
		int room = state->consumed_at[state->next_word % FETCH_WORDS] + 1;
		int at = state->fetched_at + 1 > room ? state->fetched_at + 1 : room;

		if (at > state->now && state->next_word > last)
			break;
		state->fetched_at = (int16_t)at;
		if (state->next_word++ == last && at > state->now)
			state->now = (int16_t)at;
	}
	for (uint32_t word = first; word < (insn->address + insn->size) / 4; word++)
		state->consumed_at[word % FETCH_WORDS] = state->now;
}

static bool fills_second_slot(const struct sim_insn *insn)
{
	return insn->size == 2 && (insn->cls == SIM_CLASS_BRANCH || insn->cls == SIM_CLASS_IT ||
	                           insn->cls == SIM_CLASS_NOP);
}

static bool pairs(const struct state *state, const struct sim_insn *insn)
{
	return state->size_before == 2 && !state->paired_before && !state->special_before && fills_second_slot(insn);
}

static int latest(int at, const int16_t *ready, uint32_t mask)
{
	for (; mask; mask &= mask - 1) {
		int r = ready[__builtin_ctz(mask)];

		if (r > at)
			at = r;
	}
	return at;
}

static bool uses_fpu(const struct sim_insn *insn)
{
	return insn->cls >= SIM_CLASS_FP_ADD && insn->cls <= SIM_CLASS_FP_SQRT;
}

static int operands_ready(const struct state *state, const struct sim_insn *insn)
{
	int at = state->now;

	at = latest(at, state->ready, insn->src | insn->shifted | insn->mul | insn->addr);
	at = latest(at, state->ready_acc, insn->acc);
	at = latest(at, state->ready_data, insn->data);
	at = latest(at, state->fp_ready, insn->fp_src | insn->fp_mul | insn->fp_data);
	at = latest(at, state->fp_ready_acc, insn->fp_acc);
	if (uses_fpu(insn) && state->fp_free > at)
		at = state->fp_free;
	return at;
}

/* Cycles until the next instruction, and until the result as an operand and as an accumulator. */
struct latency {
	int issue, result, acc;
};

static struct latency latency_of(const struct sim_insn *insn, const struct sim_timing *timing)
{
	bool is_fp = insn->fp_dst != 0;

	switch (insn->cls) {
	case SIM_CLASS_LOAD:
		return insn->is_double ? (struct latency){2, 2, 2} : (struct latency){1, 2, is_fp ? 2 : 1};
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY:
		return (struct latency){insn->transfers, insn->transfers + 1, insn->transfers};
	case SIM_CLASS_STORE: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_STORE_MANY:
		return (struct latency){insn->transfers, 1, 1};
	case SIM_CLASS_MUL:
		return insn->size == 2 ? (struct latency){2, 2, 1} : (struct latency){1, 2, 1};
	case SIM_CLASS_MAC: case SIM_CLASS_MUL_LONG: case SIM_CLASS_MAC_LONG:
		return (struct latency){1, 2, 1};
	case SIM_CLASS_SIMD: case SIM_CLASS_EXTEND_ADD: case SIM_CLASS_SATURATE:
		return (struct latency){1, 2, 2};
	case SIM_CLASS_EXTEND:
		if (insn->op == SIM_OP_SXTB16 || insn->op == SIM_OP_UXTB16)
			return (struct latency){1, 2, 2};
		return (struct latency){1, 1, 1};
	case SIM_CLASS_ALU:
		if (insn->built_constant && insn->sets_flags)
			return (struct latency){2, 2, 2};
		if (insn->shift_operand || insn->built_constant)
			return (struct latency){1, 2, 2};
		return (struct latency){1, 1, 1};
	case SIM_CLASS_DIVIDE:
		return (struct latency){timing->divide_cycles, timing->divide_cycles, timing->divide_cycles};
	case SIM_CLASS_TABLE:
		return (struct latency){2, 2, 2};
	case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION: case SIM_CLASS_WAIT:
		return (struct latency){2, 2, 2};
	case SIM_CLASS_FP_ADD: case SIM_CLASS_FP_CONVERT: case SIM_CLASS_FP_MUL:
		return (struct latency){1, 2, 2};
	case SIM_CLASS_FP_MAC:
		return (struct latency){1, 3, 3};
	case SIM_CLASS_FP_DIVIDE: case SIM_CLASS_FP_SQRT:
		return (struct latency){1, 14, 14};
	default:
		return (struct latency){1, 1, 1};
	}
}

static void set_ready(struct state *state, const struct sim_insn *insn, int issued, struct latency latency)
{
	for (uint32_t mask = insn->dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);
		bool base = insn->wb >> r & 1;

		state->ready[r] = (int16_t)(issued + (base ? 1 : latency.result));
		state->ready_acc[r] = (int16_t)(issued + (base ? 1 : latency.acc));
		state->ready_data[r] = (int16_t)(issued + (insn->cls == SIM_CLASS_ALU ? latency.result : latency.issue));
	}
	for (uint32_t mask = insn->fp_dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);

		state->fp_ready[r] = (int16_t)(issued + latency.result);
		state->fp_ready_acc[r] = (int16_t)(issued + latency.acc);
	}
	if (insn->cls == SIM_CLASS_FP_MAC)
		state->fp_free = (int16_t)(issued + 3);
	else if (insn->cls == SIM_CLASS_FP_DIVIDE || insn->cls == SIM_CLASS_FP_SQRT)
		state->fp_free = (int16_t)(issued + 14);
}

static int refill(const struct state *state, const struct sim_insn *insn)
{
	bool late = (insn->reads_flags && state->set_flags_before) || insn->src & state->wrote;

	switch (insn->branch) {
	case SIM_BRANCH_NONE:
		return 0;
	case SIM_BRANCH_CONDITIONAL:
		return 1 + late;
	case SIM_BRANCH_UNCONDITIONAL: case SIM_BRANCH_CALL:
		return 1;
	default:
		return insn->cls == SIM_CLASS_LOAD_MANY || insn->cls == SIM_CLASS_LOAD ? 3 : 2;
	}
}

static void remember(struct state *state, const struct sim_insn *insn, bool paired)
{
	state->size_before = insn->size;
	state->paired_before = paired;
	state->special_before = fills_second_slot(insn) || insn->cls == SIM_CLASS_LOAD_MANY ||
	                        insn->cls == SIM_CLASS_STORE_MANY;
	state->set_flags_before = insn->sets_flags;
	state->wrote = insn->dst;
	state->entered_by_branch = false;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;
	bool paired = pairs(state, insn);
	struct latency latency = latency_of(insn, timing);
	int issued;

	if (state->entered_by_branch && insn->size == 4 && insn->address & 2)
		state->now++;
	fetch(state, insn);
	issued = operands_ready(state, insn);
	state->now = (int16_t)(issued + (paired ? 0 : latency.issue));
	if (sim_timing_cached(timing, insn))
		state->fetched_at = (int16_t)((state->fetched_at > state->now - 1 ? state->fetched_at : state->now - 1) +
		                              insn->transfers);
	state->taken_exit = (int16_t)refill(state, insn);
	set_ready(state, insn, issued, latency);
	remember(state, insn, paired);
}

static int16_t rebased(int16_t at, int16_t end)
{
	return at > end ? (int16_t)(at - end) : 0;
}

static void leave(void *memory, const struct sim_timing *timing, struct sim_block_cost *ret)
{
	struct state *state = memory;
	int16_t end = state->now;

	(void)timing;
	ret->cycles = (uint32_t)end;
	ret->taken_exit = state->taken_exit;
	for (unsigned r = 0; r < 16; r++) {
		state->ready[r] = rebased(state->ready[r], end);
		state->ready_acc[r] = rebased(state->ready_acc[r], end);
		state->ready_data[r] = rebased(state->ready_data[r], end);
	}
	for (unsigned r = 0; r < 32; r++) {
		state->fp_ready[r] = rebased(state->fp_ready[r], end);
		state->fp_ready_acc[r] = rebased(state->fp_ready_acc[r], end);
	}
	for (unsigned i = 0; i < FETCH_WORDS; i++) /* older than the buffer is deep means nothing */
		state->consumed_at[i] = (int16_t)(state->consumed_at[i] - end < -8 ? -8 : state->consumed_at[i] - end);
	state->fetched_at = (int16_t)(state->fetched_at - end < -8 ? -8 : state->fetched_at - end);
	state->fp_free = rebased(state->fp_free, end);
	state->now = 0;
	state->taken_exit = 0;
}

const struct sim_pipeline sim_pipeline_m33 = {enter, issue, leave};
