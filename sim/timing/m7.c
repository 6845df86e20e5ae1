/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M7: six stages, two instructions a cycle, in order. A scoreboard of issue slots and, per register,
 * of the cycle from which each kind of consumer can have it.
 *
 *   rule                                                                       source        grade
 *   the older of two issues first; a taken branch, if predicted, pairs with
 *     its target                                                               fit           measured
 *   never together: two multiplies; two shifted or built operands; two stores;
 *     multiply and store; two FP operations; two branches; two of {bit field,
 *     extend, reverse, saturate, SIMD}, and these only as the older; LDM, STM,
 *     LDRD, STRD, SDIV with anything                                           jnk0le        measured
 *   two accesses behind the data cache only within one line (3.9 % of an image)  images       measured
 *   two loads together only off one base, from words of different address
 *     bit 2                                                                    jnk0le        measured
 *   result of          early  late  multiplicand  accumulator  store data      jnk0le, fit   measured
 *     ALU                2     1        1             0            0
 *     ALU done early     1     0        0             0            0
 *     REV, RBIT, UBFX    2     0        0             0            0
 *     LDR                2     1        2             0            0
 *     LDRB, LDRH         3     2        2             1            0
 *     multiply           3     2        2             1            1
 *   early: addresses, shifted operands, sources of bit fields and REV; late: all else
 *   LDM, STM of N: (N+1)/2; SDIV, UDIV: sim_timing.divide_cycles               LLVM          from memory
 *   FP result of       operand  accumulator  store data                        jnk0le        measured
 *     add, multiply      3        3            1
 *     VFMA               5        3            3        (VMLA: 6, 4, 4; a VMLA wants its accumulator 1 later)
 *     VLDR, VLDM         1        3            0
 *     VMOV to it         3        3            1
 *     double             3        3            1, behind the cycles that it holds the FPU: add 2 (1 of equal
 *                                              exponents, 3 of denormals), multiply 5, VFMA 8, chained 7
 *   divide 16, root 14, double 30; one integer instruction beside them         jnk0le        measured
 *   in the 3 cycles behind a multiply-accumulate: no add, no VLDM, VSTM, double
 *     VLDR, VSTR; VLDR, VSTR, VMOV only as the older, not beside another        jnk0le        measured
 *   wrong prediction: 8, or 6 if the flags are 3 cycles old or more            jnk0le        measured
 *
 * Without a predictor (sim_timing.predictor false) branches cost an average, estimated and not fitted: a
 * conditional one is wrong once in eight, so 1 cycle either way; a computed jump 4, a computed call 1; direct
 * calls, jumps and returns nothing.
 *
 * Not modelled: the front end (0.7 % at most), the store buffer (0.4 %), dual loads off different bases
 * (0.8 %). Residual: a prototype of these rules had 0.43 % rms on eight vendor images. This file, on CoreMark
 * from TCM (i.MX RT1060): with predictor and predecessor's state +1.2 %, with predictor +1.9 %, with neither
 * +9.4 %.
 */
#include "sim/timing/pipeline.h"

#include <string.h>

enum consumer { EARLY, LATE, MULTIPLICAND, ACCUMULATOR, STORED, CONSUMERS };
enum fp_consumer { FP_OPERAND, FP_ACCUMULATOR, FP_STORED, FP_CONSUMERS };

/* What decides whether an instruction can stand in a slot beside another. */
struct slot {
	int32_t offset;
	uint16_t base;
	bool alone, bits, multiply, store, load, word, shifts, late_bits, branch, fp, it;
	bool fp_mac, fp_side; /* fp_side: VLDR, VSTR, VMOV */
	bool cached;          /* its data lie behind the data cache. No padding here, so that memcmp holds */
};

struct state {
	int16_t ready[CONSUMERS][16]; /* first cycle in which a consumer of that kind may issue */
	int16_t fp_ready[FP_CONSUMERS][32];
	int16_t flags_at;
	int16_t mac_shadow;           /* first cycle behind the three that a multiply-accumulate overshadows */
	int16_t mla_shadow;           /* first cycle in which a VFMA may follow a VMLA */
	int16_t now;                  /* the cycle being filled */
	int16_t slots;                /* used in it: 0, 1, or 2 = full */
	int16_t any_exit, taken_exit, mispredict;
	bool has_branch;
	struct slot older;            /* the first in this cycle, if slots is 1 */
};
SIM_PIPELINE_STATE_FITS(struct state);

/* A block that finds a cycle half used starts in that cycle, which its predecessor has paid for. */
static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing, (void)taken;
	state->now = state->slots ? -1 : 0;
	state->any_exit = state->taken_exit = state->mispredict = 0;
	state->has_branch = false;
}

static bool is_bits(unsigned cls)
{
	return cls >= SIM_CLASS_EXTEND && cls <= SIM_CLASS_SIMD;
}

static bool is_multiply(unsigned cls)
{
	return cls >= SIM_CLASS_MUL && cls <= SIM_CLASS_MAC_LONG;
}

static bool goes_alone(const struct sim_insn *insn)
{
	switch (insn->cls) {
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_LOAD_MANY: case SIM_CLASS_STORE_MANY:
	case SIM_CLASS_DIVIDE:
	case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION: case SIM_CLASS_WAIT:
	case SIM_CLASS_UNDEFINED: case SIM_CLASS_COPROC:
		return true;
	default:
		return insn->transfers > 1;
	}
}

/* REV, RBIT, UBFX, SBFX deliver late results after an early start. */
static bool is_late_bits(const struct sim_insn *insn)
{
	return (insn->cls == SIM_CLASS_REVERSE && insn->op != SIM_OP_CLZ) || insn->op == SIM_OP_UBFX ||
	       insn->op == SIM_OP_SBFX;
}

static struct slot slot_of(const struct sim_insn *insn)
{
	return (struct slot){
		.offset = insn->offset,
		.base = insn->register_offset || insn->wb ? 0 : insn->addr,
		.alone = goes_alone(insn),
		.bits = is_bits(insn->cls),
		.multiply = is_multiply(insn->cls),
		.store = insn->cls == SIM_CLASS_STORE,
		.load = insn->cls == SIM_CLASS_LOAD || insn->cls == SIM_CLASS_TABLE,
		.word = insn->access == 4,
		.shifts = insn->shift_operand || insn->built_constant,
		.late_bits = is_late_bits(insn),
		.branch = insn->branch != SIM_BRANCH_NONE,
		.fp = insn->cls >= SIM_CLASS_FP_ADD && insn->cls <= SIM_CLASS_FP_SQRT,
		.it = insn->cls == SIM_CLASS_IT,
		.fp_mac = insn->cls == SIM_CLASS_FP_MAC,
		.fp_side = insn->cls == SIM_CLASS_FP_MOVE || (insn->transfers == 1 && (insn->fp_dst | insn->fp_data)),
	};
}

static bool loads_pair(const struct slot *a, const struct slot *b)
{
	return a->base && a->base == b->base && a->word && b->word && (a->offset ^ b->offset) & 4;
}

/* The data cache looks up one line a cycle: two accesses to it go together only within a line, as far as code shows. */
static bool lines_differ(const struct slot *a, const struct slot *b)
{
	return !a->base || a->base != b->base || a->offset >> 5 != b->offset >> 5;
}

/* in_shadow: a multiply-accumulate issues in this cycle or did in one of the three before. */
static bool may_pair(const struct slot *a, const struct slot *b, bool in_shadow)
{
	if (a->alone || b->alone || b->bits)
		return false;
	if (in_shadow && (b->fp_side || (a->fp_side && b->fp_mac)))
		return false;
	if ((a->multiply && b->multiply) || (a->store && b->store))
		return false;
	if ((a->multiply && b->store) || (a->store && b->multiply))
		return false;
	if (b->shifts && (a->shifts || a->late_bits))
		return false;
	if (a->load && b->load && !loads_pair(a, b))
		return false;
	if (a->cached && b->cached && lines_differ(a, b))
		return false;
	return !(a->branch && b->branch) && !(a->fp && b->fp) && !(a->it && b->it);
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

/* Rounds between multiply and add, and so takes its accumulator a cycle later than VFMA. */
static bool is_mla(const struct sim_insn *insn)
{
	return insn->op == SIM_OP_VMLA || insn->op == SIM_OP_VMLS || insn->op == SIM_OP_VNMLA ||
	       insn->op == SIM_OP_VNMLS;
}

/* What cannot issue at all in the shadow of a multiply-accumulate. */
static int shadow_ends(const struct state *state, const struct sim_insn *insn)
{
	bool many = insn->transfers > 1 && (insn->fp_dst | insn->fp_data);

	if (many || (insn->cls == SIM_CLASS_FP_ADD && !insn->is_double))
		return state->mac_shadow;
	return insn->cls == SIM_CLASS_FP_MAC && !is_mla(insn) ? state->mla_shadow : 0;
}

static int operands_ready(const struct state *state, const struct sim_insn *insn)
{
	bool moves_pc = insn->branch != SIM_BRANCH_NONE && insn->transfers == 0;
	uint16_t early = insn->addr | insn->shifted, late = insn->src;
	int at = state->now;

	if (is_late_bits(insn)) {
		early |= late;
		late = 0;
	}
	if (!moves_pc) { /* a branch runs ahead on its prediction */
		at = latest(at, state->ready[EARLY], early);
		at = latest(at, state->ready[LATE], late);
	}
	at = latest(at, state->ready[MULTIPLICAND], insn->mul);
	at = latest(at, state->ready[ACCUMULATOR], insn->acc);
	at = latest(at, state->ready[STORED], insn->data);
	at = latest(at, state->fp_ready[FP_OPERAND], insn->fp_src | insn->fp_mul);
	at = latest(at + is_mla(insn), state->fp_ready[FP_ACCUMULATOR], insn->fp_acc) - is_mla(insn);
	at = latest(at, state->fp_ready[FP_STORED], insn->fp_data);
	if (insn->reads_flags && (insn->predicated || !moves_pc) && state->flags_at > at)
		at = state->flags_at;
	return at;
}

/* Moves time on to the cycle and slot in which the instruction issues. */
static void take_slot(struct state *state, const struct sim_insn *insn, const struct slot *slot)
{
	int need = operands_ready(state, insn), shadow = shadow_ends(state, insn);

	if (shadow > 0 && shadow > need)
		need = shadow;
	if (need > state->now) {
		state->now = (int16_t)need;
		state->slots = 0;
	}
	if (state->slots >= 2 || (state->slots == 1 && !may_pair(&state->older, slot, state->mac_shadow > 0 && state->now < state->mac_shadow))) {
		state->now++;
		state->slots = 0;
	}
	if (state->slots++ == 0)
		state->older = *slot;
}

/* Cycles in which nothing else issues, 1 for everything that may pair. */
static int busy_cycles(const struct sim_insn *insn, const struct sim_timing *timing)
{
	switch (insn->cls) {
	case SIM_CLASS_LOAD_MANY: case SIM_CLASS_STORE_MANY:
		return insn->transfers > 1 ? (insn->transfers + 1) / 2 : 1;
	case SIM_CLASS_DIVIDE:
		return timing->divide_cycles;
	case SIM_CLASS_FP_DIVIDE:
		return insn->is_double ? 30 : 16;
	case SIM_CLASS_FP_SQRT:
		return insn->is_double ? 30 : 14;
	case SIM_CLASS_FP_ADD:
		return insn->is_double && (insn->op == SIM_OP_VADD || insn->op == SIM_OP_VSUB) ? 2 : 1;
	case SIM_CLASS_FP_MUL:
		return insn->is_double ? 5 : 1;
	case SIM_CLASS_FP_MAC: /* 8 is the first of a chain; what compilers make are chains */
		return insn->is_double ? 7 : 1;
	case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION:
		return 2;
	default:
		return 1;
	}
}

/* Adds and moves as the older of a pair, and shifts, use the early ALU when their operands are there. */
static bool done_early(const struct state *state, const struct sim_insn *insn, bool older)
{
	bool shift = insn->cls == SIM_CLASS_SHIFT;
	bool simple = insn->op == SIM_OP_ADD || insn->op == SIM_OP_SUB || insn->op == SIM_OP_MOV ||
	              insn->op == SIM_OP_ADDW || insn->op == SIM_OP_SUBW || insn->op == SIM_OP_MOVW ||
	              insn->op == SIM_OP_ADR || insn->op == SIM_OP_BL;

	if (insn->predicated || !(shift || (simple && older)))
		return false;
	if (insn->shift_operand || insn->built_constant)
		return false;
	return latest(state->now, state->ready[EARLY], insn->src) <= state->now;
}

static const int8_t *latency_of(const struct state *state, const struct sim_insn *insn, bool older)
{
	static const int8_t alu[] = {2, 1, 1, 0, 0}, alu_early[] = {1, 0, 0, 0, 0}, reversed[] = {2, 0, 0, 0, 0};
	static const int8_t word[] = {2, 1, 2, 0, 0}, part[] = {3, 2, 2, 1, 0}, many[] = {2, 1, 2, 0, 0};
	static const int8_t product[] = {3, 2, 2, 1, 1}, quotient[] = {1, 0, 0, 0, 0}, from_fpu[] = {2, 1, 1, 1, 1};

	switch (insn->cls) {
	case SIM_CLASS_LOAD:
		return insn->access == 4 ? word : part;
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY:
		return many;
	case SIM_CLASS_MUL: case SIM_CLASS_MAC: case SIM_CLASS_MUL_LONG: case SIM_CLASS_MAC_LONG:
		return product;
	case SIM_CLASS_DIVIDE:
		return quotient;
	case SIM_CLASS_FP_MOVE:
		return from_fpu;
	default:
		if (is_late_bits(insn))
			return reversed;
		return done_early(state, insn, older) ? alu_early : alu;
	}
}

static void fp_latency(const struct sim_insn *insn, int ret[FP_CONSUMERS])
{
	int operand = 3, accumulator = 3, stored = 1;

	switch (insn->cls) {
	case SIM_CLASS_LOAD: case SIM_CLASS_LOAD_MANY:
		operand = 1, stored = 0;
		break;
	case SIM_CLASS_FP_MAC:
		if (insn->is_double)
			stored = 3;
		else
			operand = 5 + is_mla(insn), accumulator = 3 + is_mla(insn), stored = accumulator;
		break;
	case SIM_CLASS_FP_DIVIDE: case SIM_CLASS_FP_SQRT:
		operand = accumulator = 1;
		break;
	}
	ret[FP_OPERAND] = operand;
	ret[FP_ACCUMULATOR] = accumulator;
	ret[FP_STORED] = stored;
}

/* Results count from the last busy cycle. */
static void set_ready(struct state *state, const struct sim_insn *insn, bool older, int busy)
{
	const int8_t *latency = latency_of(state, insn, older);
	int last = state->now + (insn->cls == SIM_CLASS_DIVIDE ? busy : busy - 1), fp[FP_CONSUMERS];

	for (uint32_t mask = insn->dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);
		bool base = insn->wb >> r & 1;

		for (unsigned c = 0; c < CONSUMERS; c++) {
			int after = base ? state->now + (c == EARLY) : last + latency[c];

			state->ready[c][r] = (int16_t)after;
		}
	}
	fp_latency(insn, fp);
	for (uint32_t mask = insn->fp_dst; mask; mask &= mask - 1)
		for (unsigned c = 0; c < FP_CONSUMERS; c++)
			state->fp_ready[c][__builtin_ctz(mask)] = (int16_t)(last + fp[c]);
}

/* The average cost of a branch whose history nobody keeps. */
static void price_branch(struct state *state, const struct sim_timing *timing, const struct sim_insn *insn)
{
	int flags_age = state->now - (state->flags_at - 1);

	state->any_exit = state->taken_exit = 0;
	state->mispredict = insn->reads_flags && flags_age >= 3 ? 6 : 8;
	state->has_branch = true;
	if (timing->predictor)
		return;
	if (insn->branch == SIM_BRANCH_INDIRECT)
		state->taken_exit = 4;
	else if (insn->branch == SIM_BRANCH_INDIRECT_CALL)
		state->taken_exit = 1;
	else if (insn->branch == SIM_BRANCH_CONDITIONAL || insn->predicated)
		state->any_exit = 1;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;
	struct slot slot = slot_of(insn);
	int busy = busy_cycles(insn, timing);

	slot.cached = sim_timing_cached(timing, insn);
	take_slot(state, insn, &slot);
	if (slot.fp_mac && !insn->is_double) {
		/* On silicon the first of a burst may still have a VLDR beside it: one cycle, not modelled. */
		state->mac_shadow = (int16_t)(state->now + 4);
		state->mla_shadow = is_mla(insn) ? (int16_t)(state->now + 2) : 0;
	}
	set_ready(state, insn, state->slots == 1, busy);
	if (insn->sets_flags)
		state->flags_at = (int16_t)(state->now + 1);
	if (busy > 1 || slot.alone) {
		state->now = (int16_t)(state->now + busy - 1);
		/* An integer instruction finds its place beside a long one of the FPU's. */
		state->slots = slot.fp && state->slots == 1 ? 1 : 2;
	}
	state->has_branch = false;
	state->any_exit = state->taken_exit = state->mispredict = 0;
	if (insn->branch != SIM_BRANCH_NONE)
		price_branch(state, timing, insn);
}

static int16_t rebased(int16_t at, int16_t end)
{
	return at > end ? (int16_t)(at - end - 1) : -1;
}

/* The cycle being filled counts as this block's own. Zero in the new base is the cycle after it. */
static void leave(void *memory, const struct sim_timing *timing, struct sim_block_cost *ret)
{
	struct state *state = memory;
	int16_t end = state->now;

	(void)timing;
	ret->cycles = (uint32_t)(end + (state->slots > 0) + state->any_exit);
	ret->taken_exit = state->taken_exit;
	ret->mispredict = (uint8_t)state->mispredict;
	if (state->has_branch)
		ret->flags |= SIM_BLOCK_PREDICTED;
	for (unsigned c = 0; c < CONSUMERS; c++)
		for (unsigned r = 0; r < 16; r++)
			state->ready[c][r] = rebased(state->ready[c][r], end);
	for (unsigned c = 0; c < FP_CONSUMERS; c++)
		for (unsigned r = 0; r < 32; r++)
			state->fp_ready[c][r] = rebased(state->fp_ready[c][r], end);
	state->flags_at = rebased(state->flags_at, end);
	state->mac_shadow = rebased(state->mac_shadow, end);
	state->mla_shadow = rebased(state->mla_shadow, end);
	state->now = 0;
	state->has_branch = false;
	state->any_exit = state->taken_exit = state->mispredict = 0;
	if (state->slots != 1)
		memset(&state->older, 0, sizeof state->older);
}

const struct sim_pipeline sim_pipeline_m7 = {enter, issue, leave};
