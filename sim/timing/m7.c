/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M7: six stages, two instructions a cycle, in order. A scoreboard of issue slots and, per register,
 * of the cycle from which each kind of consumer can have it.
 *
 *   rule                                                                       source        grade
 *   the older of two issues first; a taken branch, if predicted, pairs with
 *     its target, if two short instructions (it may be one) came before         jnk0le, fit   measured
 *   never together: two multiplies; two shifted or built operands; two stores;
 *     multiply and store; two FP operations; two branches; two of {bit field,
 *     extend, reverse, saturate, SIMD}, and these only as the older; one of these
 *     that uses the shifter and a shifted or built operand; LDM, STM, LDRD, STRD,
 *     SDIV with anything                                                       jnk0le        measured
 *   TBB, TBH: alone, 2 cycles; STREX alone                                       LLVM          from memory
 *   two accesses behind the data cache only within one line (3.9 % of an image)  images       measured
 *   two loads together only off one base, from words of different address
 *     bit 2; off two bases only the run knows: taken as never, since arrays
 *     that are walked together begin at like addresses                         jnk0le        measured
 *   result of          early  late  beside  multiplicand  accumulator  stored  jnk0le, fit   measured
 *     ALU                2     1      1         1             0           0
 *     ALU done early     1     0      0         0             0           0
 *     REV, RBIT          2     0      0         0             0           0
 *     LDR, LDM           2     1      2         2             0           0      LDM: two words a cycle
 *     LDRB, LDRH         3     2      2         2             1           0
 *     multiply           3     2      2         2             1           1
 *     SSAT, QADD…        3     2      2         2             1           0     LLVM          from memory
 *   early: addresses, shifted operands, sources of UBFX, SBFX, REV and SSAT; beside: the operand beside a
 *   shifted one; late: all else
 *   LDM, STM of N: (N+1)/2; SDIV, UDIV: sim_timing.divide_cycles               LLVM          from memory
 *   FP result of       operand  accumulator  store data                        jnk0le        measured
 *     add, multiply      3        3            1
 *     VFMA               5        3            3        (VMLA: 6, 4, 4; a VMLA wants its accumulator 1 later)
 *     VLDR, VLDM         1        3            0        (VMOV to the core: 2; VLDR of a double: 2, LLVM)
 *     VMOV to it         3        3            1
 *     double             3        3            1        (VFMA: 4, 4, 3)
 *   VMOV to it wants the core's register a cycle after whatever made it         jnk0le        measured
 *   doubles hold the FPU: add 2 (1 of equal exponents, 3 of denormals), multiply 5,
 *     VFMA 7; their latencies begin behind that, count the FPU's steps, and who
 *     holds a step holds all                                                   jnk0le        measured
 *   behind a double VFMA 1 cycle, VMLA 2, for all but double multiplications   jnk0le        measured
 *   divide 16, root 14, double 30; one integer instruction beside them         jnk0le        measured
 *   a double only as the older; a double VFMA not with a load or store         jnk0le        measured
 *   in the 3 cycles behind a multiply-accumulate: no add or compare, no VMOV of
 *     a constant, no VLDM (of one register either), VSTM, double VLDR, VSTR;
 *     VLDR, VSTR, VMOV only as the older, not beside another; beside the first
 *     of a burst they may stand                                                jnk0le        measured
 *   VMRS, VMSR, VMOV of two core registers: alone                              jnk0le, LLVM  measured
 *   with ECC, a byte takes 2.4 cycles to store in one's stead (2.5 here), a
 *     halfword 2; five may wait                                                jnk0le        measured
 *   ISB: all is fetched anew, as behind a wrong prediction: 8; DSB, DMB, MRS: 2   assumed       estimated
 *   wrong prediction: 8, or 6 if the flags are 3 cycles old or more            jnk0le        measured
 *
 * Without a predictor (sim_timing.predictor false) branches cost an average, estimated and not fitted: a
 * conditional one is wrong once in eight, so 1 cycle either way; a computed jump 4, a computed call 1; direct
 * calls, jumps and returns nothing.
 *
 * Not modelled: the front end (0.7 % at most), the banks of stores. Residual: a prototype of the integer
 * rules had 0.43 % rms on eight vendor images. This file, on CoreMark from TCM (i.MX RT1060; GCC 12.2 -O2, 290,108
 * instructions): with predictor and predecessor's state +2.4 %, half of it since UBFX no longer delivers early
 * (jnk0le does not name it among those that do, LLVM says that it does not).
 */
#include "sim/timing/pipeline.h"

#include <string.h>

/* BESIDE_SHIFT: the late operand of an instruction whose other one is shifted. */
enum consumer { EARLY, LATE, BESIDE_SHIFT, MULTIPLICAND, ACCUMULATOR, STORED, CONSUMERS };
enum fp_consumer { FP_OPERAND, FP_ACCUMULATOR, FP_STORED, FP_CONSUMERS };

enum kind {
	ALONE = 1 << 0,
	BITS = 1 << 1,        /* bit field, extend, reverse, saturate, SIMD */
	MULTIPLY = 1 << 2,
	STORE = 1 << 3,
	LOAD = 1 << 4,
	WORD = 1 << 5,
	SHIFTS = 1 << 6,      /* operand 2 is shifted or built */
	SHIFTER = 1 << 7,     /* BITS that use the shifter as well */
	BRANCH = 1 << 8,
	FP = 1 << 9,
	IT = 1 << 10,
	FP_MAC = 1 << 11,
	FP_SIDE = 1 << 12,    /* VLDR, VSTR, VMOV */
	FP_CONSTANT = 1 << 13,
	DOUBLE = 1 << 14,
	CACHED = 1 << 15,     /* its data lie behind the data cache */
};

/* What decides whether an instruction can stand in a slot beside another. No padding: memcmp must hold. */
struct slot {
	int32_t offset;
	uint16_t base, kind, dst, to_fpu;
};

enum { NARROW = 2, LONG_AGO = -1 };

struct state {
	int16_t ready[CONSUMERS][16]; /* first cycle in which a consumer of that kind may issue */
	int16_t fp_ready[FP_CONSUMERS][32];
	int16_t flags_at;
	int16_t mac_shadow;           /* first cycle behind the three that a multiply-accumulate overshadows */
	int16_t mac_shadow_was;       /* without the one that issued last */
	int16_t mla_shadow;           /* first cycle in which a VFMA may follow a VMLA */
	int16_t drained;              /* half cycle in which the last part of a word is stored */
	int16_t tail;                 /* first cycle in which anything but a double's multiplication may follow */
	int16_t now;                  /* the cycle being filled */
	int16_t slots;                /* used in it: 0, 1, or 2 = full */
	int16_t any_exit, taken_exit, mispredict;
	bool has_branch;
	uint8_t narrow;               /* 16-bit instructions since the last taken branch, two at most */
	struct slot older;            /* the first in this cycle, if slots is 1 */
};
SIM_PIPELINE_STATE_FITS(struct state);

/* A block that finds a cycle half used starts in that cycle, which its predecessor has paid for. */
static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing;
	if (taken && state->narrow < NARROW) {
		state->slots = 0;
		memset(&state->older, 0, sizeof state->older);
	}
	if (taken)
		state->narrow = 0;
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

static bool is_fp(const struct sim_insn *insn)
{
	return insn->cls >= SIM_CLASS_FP_ADD && insn->cls <= SIM_CLASS_FP_SQRT;
}

static bool goes_alone(const struct sim_insn *insn)
{
	switch (insn->cls) {
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_LOAD_MANY: case SIM_CLASS_STORE_MANY:
	case SIM_CLASS_DIVIDE: case SIM_CLASS_TABLE:
	case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION: case SIM_CLASS_WAIT:
	case SIM_CLASS_UNDEFINED: case SIM_CLASS_COPROC:
		return true;
	case SIM_CLASS_FP_MOVE: /* two core registers, or the FPU's control register */
		return insn->op != SIM_OP_VMOV || __builtin_popcount(insn->dst) == 2 ||
		       __builtin_popcount(insn->src) == 2;
	case SIM_CLASS_STORE:
		return insn->exclusive || insn->transfers > 1;
	default:
		return insn->transfers > 1;
	}
}

/* REV, RBIT, UBFX, SBFX start early. */
static bool starts_early(const struct sim_insn *insn)
{
	return (insn->cls == SIM_CLASS_REVERSE && insn->op != SIM_OP_CLZ) || insn->op == SIM_OP_UBFX ||
	       insn->op == SIM_OP_SBFX;
}

static bool uses_shifter(const struct sim_insn *insn)
{
	bool packs = insn->op == SIM_OP_PKHBT || insn->op == SIM_OP_PKHTB;

	return insn->cls == SIM_CLASS_BITFIELD || insn->cls == SIM_CLASS_EXTEND_ADD || packs || starts_early(insn);
}

static unsigned fp_kind(const struct sim_insn *insn)
{
	bool moves = insn->cls == SIM_CLASS_FP_MOVE;
	unsigned kind = is_fp(insn) ? FP : 0;

	if (insn->cls == SIM_CLASS_FP_MAC)
		kind |= FP_MAC;
	if (moves || (insn->transfers == 1 && (insn->fp_dst | insn->fp_data)))
		kind |= FP_SIDE;
	if (moves && !(insn->src | insn->dst | insn->fp_src))
		kind |= FP_CONSTANT;
	return kind | ((is_fp(insn) || moves) && insn->is_double ? DOUBLE : 0);
}

static struct slot slot_of(const struct sim_insn *insn)
{
	unsigned kind = fp_kind(insn);

	kind |= goes_alone(insn) ? ALONE : 0;
	kind |= is_bits(insn->cls) ? BITS : 0;
	kind |= is_multiply(insn->cls) ? MULTIPLY : 0;
	kind |= insn->cls == SIM_CLASS_STORE ? STORE : 0;
	kind |= insn->cls == SIM_CLASS_LOAD || insn->cls == SIM_CLASS_TABLE ? LOAD : 0;
	kind |= insn->access == 4 ? WORD : 0;
	kind |= insn->shift_operand || insn->built_constant ? SHIFTS : 0;
	kind |= uses_shifter(insn) ? SHIFTER : 0;
	kind |= insn->branch != SIM_BRANCH_NONE ? BRANCH : 0;
	kind |= insn->cls == SIM_CLASS_IT ? IT : 0;
	return (struct slot){
		.offset = insn->offset,
		.base = insn->register_offset || insn->wb ? 0 : insn->addr,
		.kind = (uint16_t)kind,
		.dst = insn->dst,
		.to_fpu = insn->cls == SIM_CLASS_FP_MOVE ? insn->src : 0,
	};
}

static bool banks_differ(const struct slot *a, const struct slot *b)
{
	return a->base && a->base == b->base && a->kind & b->kind & WORD && (a->offset ^ b->offset) & 4;
}

/* The data cache looks up one line a cycle: two accesses go together only within one, as far as code shows. */
static bool lines_differ(const struct slot *a, const struct slot *b)
{
	return !a->base || a->base != b->base || a->offset >> 5 != b->offset >> 5;
}

/* in_shadow: of a multiply-accumulate before these two. */
static bool fp_may_pair(const struct slot *a, const struct slot *b, bool in_shadow)
{
	if (in_shadow && (b->kind & FP_SIDE || (a->kind & FP_SIDE && b->kind & FP_MAC) ||
	                  (a->kind & FP_MAC && b->kind & FP_SIDE)))
		return false;
	if (b->kind & DOUBLE || (a->kind & DOUBLE && a->kind & FP_MAC && b->kind & (LOAD | STORE)))
		return false;
	return !(a->dst & b->to_fpu);
}

static bool may_pair(const struct slot *a, const struct slot *b, bool in_shadow)
{
	unsigned both = a->kind & b->kind;

	if ((a->kind | b->kind) & ALONE || b->kind & BITS)
		return false;
	if (both & (MULTIPLY | STORE | BRANCH | FP | IT | FP_CONSTANT))
		return false;
	if ((a->kind & MULTIPLY && b->kind & STORE) || (a->kind & STORE && b->kind & MULTIPLY))
		return false;
	if (b->kind & SHIFTS && a->kind & (SHIFTS | SHIFTER))
		return false;
	if (both & LOAD && !banks_differ(a, b))
		return false;
	if (both & CACHED && lines_differ(a, b))
		return false;
	return fp_may_pair(a, b, in_shadow);
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

static bool adds_or_compares(const struct sim_insn *insn)
{
	switch (insn->op) {
	case SIM_OP_VADD: case SIM_OP_VSUB: case SIM_OP_VCMP: case SIM_OP_VCMPE:
	case SIM_OP_VMAXNM: case SIM_OP_VMINNM:
		return !insn->is_double;
	default:
		return false;
	}
}

/* What cannot issue at all in the shadow of a multiply-accumulate: until when. */
static int shadow_ends(const struct state *state, const struct sim_insn *insn, unsigned kind)
{
	bool many = insn->cls == SIM_CLASS_LOAD_MANY || insn->cls == SIM_CLASS_STORE_MANY || insn->transfers > 1;

	if ((many && (insn->fp_dst | insn->fp_data)) || adds_or_compares(insn) || kind & FP_CONSTANT)
		return state->mac_shadow;
	return insn->cls == SIM_CLASS_FP_MAC && !is_mla(insn) ? state->mla_shadow : LONG_AGO;
}

static int core_operands_ready(const struct state *state, const struct sim_insn *insn)
{
	uint16_t early = insn->addr | insn->shifted, late = insn->src;
	int at = state->now;

	if (insn->cls == SIM_CLASS_FP_MOVE)
		return latest(at, state->ready[STORED], late);
	if (starts_early(insn) || insn->cls == SIM_CLASS_SATURATE) {
		early |= late;
		late = 0;
	}
	at = latest(at, state->ready[EARLY], early);
	return latest(at, state->ready[insn->shifted ? BESIDE_SHIFT : LATE], late);
}

static int operands_ready(const struct state *state, const struct sim_insn *insn)
{
	bool moves_pc = insn->branch != SIM_BRANCH_NONE && insn->transfers == 0;
	/* A branch runs ahead on its prediction. */
	int at = moves_pc ? state->now : core_operands_ready(state, insn);

	at = latest(at, state->ready[MULTIPLICAND], insn->mul);
	at = latest(at, state->ready[ACCUMULATOR], insn->acc);
	at = latest(at, state->ready[STORED], insn->data);
	at = latest(at, state->fp_ready[FP_OPERAND], insn->fp_src | insn->fp_mul);
	at = latest(at + is_mla(insn), state->fp_ready[FP_ACCUMULATOR], insn->fp_acc) - is_mla(insn);
	at = latest(at, state->fp_ready[FP_STORED], insn->fp_data);
	if (insn->cls == SIM_CLASS_FP_MOVE && insn->dst) /* to the core: a cycle longer behind VLDR */
		at = latest(at + 1, state->fp_ready[FP_ACCUMULATOR], insn->fp_src) - 1;
	if (insn->reads_flags && (insn->predicated || !moves_pc) && state->flags_at > at)
		at = state->flags_at;
	return at;
}

/* Whether it may begin while a double's multiply-accumulate ends. */
static bool multiplies_doubles(const struct sim_insn *insn)
{
	return insn->is_double && (insn->cls == SIM_CLASS_FP_MAC || insn->cls == SIM_CLASS_FP_MUL);
}

static bool finds_place(const struct state *state, const struct slot *slot)
{
	int shadow = state->older.kind & FP_MAC ? state->mac_shadow_was : state->mac_shadow;

	return state->slots == 0 || (state->slots == 1 && may_pair(&state->older, slot, state->now < shadow));
}

/* Moves time on to the cycle and slot in which the instruction issues. */
static void take_slot(struct state *state, const struct sim_insn *insn, const struct slot *slot)
{
	int need = operands_ready(state, insn), shadow = shadow_ends(state, insn, slot->kind);

	if (shadow > need)
		need = shadow;
	if (need > state->now) {
		state->now = (int16_t)need;
		state->slots = 0;
	}
	if (!finds_place(state, slot)) {
		state->now++;
		state->slots = 0;
	}
	if (state->slots == 0 && state->now < state->tail && !multiplies_doubles(insn))
		state->now = state->tail;
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
	case SIM_CLASS_FP_MAC:
		return insn->is_double ? 7 : 1;
	case SIM_CLASS_BARRIER:
		return insn->op == SIM_OP_ISB ? 8 : 2;
	case SIM_CLASS_TABLE:
	case SIM_CLASS_SYSTEM: case SIM_CLASS_EXCEPTION:
		return 2;
	default:
		return 1;
	}
}

/* Adds and moves as the older of a pair, and shifts, use the early ALU when their operands are there. */
static bool done_early(const struct state *state, const struct sim_insn *insn, bool older)
{
	bool shift = insn->cls == SIM_CLASS_SHIFT && (older || !(state->older.kind & (SHIFTS | SHIFTER)));
	bool simple = insn->op == SIM_OP_ADD || insn->op == SIM_OP_SUB || insn->op == SIM_OP_MOV ||
	              insn->op == SIM_OP_ADDW || insn->op == SIM_OP_SUBW || insn->op == SIM_OP_MOVW ||
	              insn->op == SIM_OP_ADR || insn->op == SIM_OP_BL;

	if (insn->predicated || !(shift || (simple && older)))
		return false;
	if (insn->shift_operand || insn->built_constant)
		return false;
	return latest(state->now, state->ready[EARLY], insn->src) <= state->now;
}

/* Saturating adds and SSAT, USAT. */
static bool saturates(const struct sim_insn *insn)
{
	return insn->cls == SIM_CLASS_SATURATE || (insn->op >= SIM_OP_QADD8 && insn->op <= SIM_OP_QSAX) ||
	       (insn->op >= SIM_OP_UQADD8 && insn->op <= SIM_OP_UQSAX) ||
	       (insn->op >= SIM_OP_QADD && insn->op <= SIM_OP_QDSUB);
}

static const int8_t *latency_of(const struct state *state, const struct sim_insn *insn, bool older)
{
	static const int8_t alu[] = {2, 1, 1, 1, 0, 0}, alu_early[] = {1, 0, 0, 0, 0, 0};
	static const int8_t reversed[] = {2, 0, 0, 0, 0, 0}, product[] = {3, 2, 2, 2, 1, 1};
	static const int8_t word[] = {2, 1, 2, 2, 0, 0}, part[] = {3, 2, 2, 2, 1, 0};
	static const int8_t saturated[] = {3, 2, 2, 2, 1, 0}, quotient[] = {1, 0, 0, 0, 0, 0};
	static const int8_t from_fpu[] = {2, 1, 1, 1, 0, 1};

	switch (insn->cls) {
	case SIM_CLASS_LOAD:
		return insn->access == 4 ? word : part;
	case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY:
		return word;
	case SIM_CLASS_MUL: case SIM_CLASS_MAC: case SIM_CLASS_MUL_LONG: case SIM_CLASS_MAC_LONG:
		return product;
	case SIM_CLASS_DIVIDE:
		return quotient;
	case SIM_CLASS_FP_MOVE:
		return from_fpu;
	case SIM_CLASS_REVERSE:
		return insn->op == SIM_OP_CLZ ? alu : reversed;
	default:
		if (saturates(insn))
			return saturated;
		return done_early(state, insn, older) ? alu_early : alu;
	}
}

static void fp_latency(const struct sim_insn *insn, int ret[FP_CONSUMERS])
{
	int operand = 3, accumulator = 3, stored = 1;

	switch (insn->cls) {
	case SIM_CLASS_LOAD: case SIM_CLASS_LOAD_MANY:
		operand = insn->cls == SIM_CLASS_LOAD && insn->is_double ? 2 : 1, stored = 0;
		break;
	case SIM_CLASS_FP_MAC:
		if (insn->is_double)
			operand = accumulator = 4, stored = 3;
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

/* Results count from the last busy cycle; those of LDM and VLDM come two a cycle. */
static void set_ready(struct state *state, const struct sim_insn *insn, bool older, int busy)
{
	const int8_t *latency = latency_of(state, insn, older);
	bool many = insn->cls == SIM_CLASS_LOAD_MANY;
	int last = state->now + (insn->cls == SIM_CLASS_DIVIDE ? busy : busy - 1), fp[FP_CONSUMERS];
	unsigned word = 0;

	for (uint32_t mask = insn->dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);
		bool base = insn->wb >> r & 1;
		int at = many ? state->now + (int)(word / 2) : last;

		for (unsigned c = 0; c < CONSUMERS; c++)
			state->ready[c][r] = (int16_t)(base ? state->now + (c == EARLY) : at + latency[c]);
		word += !base;
	}
	fp_latency(insn, fp);
	word = 0;
	for (uint32_t mask = insn->fp_dst; mask; mask &= mask - 1, word++)
		for (unsigned c = 0; c < FP_CONSUMERS; c++)
			state->fp_ready[c][__builtin_ctz(mask)] =
				(int16_t)((many ? state->now + (int)(word / 2) : last) + fp[c]);
}

/*
 * Results on their way through the FPU count its steps, not cycles: an instruction that holds a step for many
 * cycles holds them all.
 */
static void hold_up(struct state *state, int busy)
{
	for (unsigned c = 0; c < FP_CONSUMERS; c++)
		for (unsigned r = 0; r < 32; r++)
			if (state->fp_ready[c][r] > state->now)
				state->fp_ready[c][r] = (int16_t)(state->fp_ready[c][r] + busy - 1);
}

/* Parts of words, in memory with ECC, wait in the store buffer; the core waits when it is full. */
static void store_part(struct state *state, const struct sim_timing *timing, const struct sim_insn *insn)
{
	enum { BYTE_HALVES = 5, HALFWORD_HALVES = 4, PLACES = 5 };
	int takes = insn->access == 1 ? BYTE_HALVES : HALFWORD_HALVES, now = 2 * state->now;

	if (!timing->ecc || insn->cls != SIM_CLASS_STORE || insn->access == 4)
		return;
	state->drained = (int16_t)((state->drained > now ? state->drained : now) + takes);
	if (state->drained <= now + PLACES * takes)
		return;
	state->now = (int16_t)(state->now + (state->drained - now - PLACES * takes + 1) / 2);
	state->slots = 2;
}

static void note_mac(struct state *state, const struct sim_insn *insn)
{
	if (insn->is_double) {
		state->tail = (int16_t)(state->now + 7 + 1 + is_mla(insn));
		return;
	}
	state->mac_shadow_was = state->mac_shadow;
	state->mac_shadow = (int16_t)(state->now + 4);
	state->mla_shadow = is_mla(insn) ? (int16_t)(state->now + 2) : 0;
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

	slot.kind |= sim_timing_cached(timing, insn) ? CACHED : 0;
	take_slot(state, insn, &slot);
	store_part(state, timing, insn);
	if (slot.kind & FP && slot.kind & DOUBLE && busy > 1)
		hold_up(state, busy);
	if (slot.kind & FP_MAC)
		note_mac(state, insn);
	set_ready(state, insn, state->slots == 1, busy);
	if (insn->sets_flags)
		state->flags_at = (int16_t)(state->now + 1);
	if (busy > 1 || slot.kind & ALONE) {
		state->now = (int16_t)(state->now + busy - 1);
		/* An integer instruction finds its place beside a long one of the FPU's. */
		state->slots = slot.kind & FP && state->slots == 1 ? 1 : 2;
	}
	state->has_branch = false;
	state->any_exit = state->taken_exit = state->mispredict = 0;
	if (insn->size == 2 && state->narrow < NARROW)
		state->narrow++;
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
	state->mac_shadow_was = rebased(state->mac_shadow_was, end);
	state->tail = rebased(state->tail, end);
	state->drained = (int16_t)(state->drained > 2 * (end + 1) ? state->drained - 2 * (end + 1) : 0);
	state->mla_shadow = rebased(state->mla_shadow, end);
	state->now = 0;
	state->has_branch = false;
	state->any_exit = state->taken_exit = state->mispredict = 0;
	if (state->slots != 1)
		memset(&state->older, 0, sizeof state->older);
}

const struct sim_pipeline sim_pipeline_m7 = {enter, issue, leave};
