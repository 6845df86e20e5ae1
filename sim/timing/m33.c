/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M33: three stages, in order, with a second slot for a few 16-bit instructions. Arm publishes no table. J: jnk0le,
 * cortex_m33.md, measured on RP2350; A: argued from J and the pipeline (fetch; decode, ALU, addresses, branches;
 * multiplier, sums behind the shifter, data of loads).
 *
 *   rule                                                                                        source
 *   everything issues in 1 cycle and delivers for the next, but:
 *   LDR: usable after 2 cycles, as accumulator or store data after 1; of several, the last      J; A
 *   shifted operand, rotated constant (not MOV's): result after 2, accumulator 1; such a
 *     constant with flags: 2 cycles; flags of a shifted operand: 1 later                        J
 *   multiply, extend-and-add: after 2; to an accumulator or what is added to: 1; MULS: 2 cycles J, KA001260
 *   SIMD, saturation, SXTB16: after 2                                                           J, A
 *   stored or moved to the FPU: after 1, whatever it is                                         J
 *   LDM, STM, PUSH, POP, VLDM of N: N; LDRD, STRD, VLDR of a double: 2; STR: 1                  J
 *   second slot: 16-bit branch, IT or NOP behind any other 16-bit instruction, if it has been
 *     fetched by then                                                                           J
 *   branch taken: 1 more; if its flags come from its own cycle 1 more                           J
 *   POP {PC}, LDR PC: 3 more; BX: 1, its target must be there a cycle earlier                   J (2 less than POP {PC}), A
 *   table branches, computed PC: 2 more                                                         A
 *   fetch: one word a cycle, 2 cycles before its use, into a queue of 5 halfwords; empty after
 *     a taken branch. 5 is what 32-bit instructions off word boundaries need to flow; with 4
 *     images take 1 to 28 % longer, with 6 1.5 % less                                           A, elektroniknet.de on M33
 *   a target that is a 32-bit instruction off a word boundary: 1 more than its two words        CoreMark (1.6 %), an image
 *   data of the bus that code comes over take the fetch's turn: literals and flash below
 *     0x20000000, all but flash from there on                                                   A (two AHB: Arm 100230)
 *   SDIV, UDIV: sim_timing.divide_cycles                                                        from memory
 *   FP multiply-accumulate: after 3 as accumulator, else 4; no other FP instruction in the 2
 *     cycles behind it. Other FP arithmetic: after 2; may issue a cycle before its operands     J
 *   VLDR: after 1; VMOV from the core 1, to it 2; two from it 2, two to it 2 cycles             J
 *   VDIV, VSQRT: after 14, the FPU is busy                                                      LLVM (as M4)
 *
 * Not modelled: skipped IT instructions' dependencies (they have none); LDM or STM between POP {LR} and BX (J: "a few
 * cycles of anomalous penalty").
 * Residual: nothing fitted. Four images of an STM32U575: -0.7 to +0.9 %. CoreMark from TCM of an i.MX RT1180: -1.5 %; if an
 * address that was just loaded came a cycle later, it would be +0.8 %, the images up to +1.1 %.
 */
#include "sim/timing/pipeline.h"

#include <string.h>

enum {
	QUEUE = 5,         /* halfwords */
	WORDS = 4,         /* more than the queue and the bus hold */
	HALFWORDS = 2 * WORDS,
	LONG_AGO = -8,
	NOT_YET = INT16_MAX / 2,
	FETCH = 2,         /* from a word's address on the bus to its first instruction */
};

#define SYSTEM_BUS 0x20000000u /* from here on, code and data share the S-AHB; below, the C-AHB */

struct state {
	int16_t ready[16];      /* first cycle in which a register may be an ordinary or address operand */
	int16_t ready_acc[16];  /* … an accumulator of a multiply-accumulate */
	int16_t ready_sum[16];  /* … what an extend-and-add adds to */
	int16_t ready_data[16]; /* … stored, or moved to the FPU */
	int16_t fp_ready[32];
	int16_t fp_ready_acc[32];
	int16_t fp_free;        /* when the FPU takes the next instruction */
	int16_t fp_flags;       /* when VMRS may have what VCMP found */
	int16_t flags;          /* when a branch may have them */
	int16_t now;            /* when the next instruction may issue */
	int16_t bus_free;       /* for the next word of code */
	int16_t usable[WORDS];  /* by word number modulo WORDS: when its instructions may issue */
	int16_t left[HALFWORDS]; /* by halfword number: when it left the queue */
	uint32_t next_word;     /* to be fetched, address / 4; 0: the queue's content is not known */
	int16_t taken_exit;
	uint8_t size_before;    /* 0: not known */
	bool second_before;     /* what stood before is of the second slot's kind */
	bool paired_before;
	bool entered_by_branch;
	bool lived;             /* not the neutral state, which is all zero */
};
SIM_PIPELINE_STATE_FITS(struct state);

static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing;
	if (!state->lived)
		memset(state->ready, 0xFF, sizeof state->ready); /* -1: long ready */
	state->lived = true;
	state->taken_exit = 0;
	state->entered_by_branch = taken;
	if (!taken)
		return;
	state->next_word = 0;
	state->size_before = 0;
}

/* The queue when nothing is known of it: full after falling through, behind a taken branch just the first word. */
static void start_fetch(struct state *state, uint32_t half)
{
	uint32_t word = half / 2;

	state->next_word = word + (state->entered_by_branch ? 1 : QUEUE / 2);
	state->bus_free = (int16_t)(state->now - FETCH + 1);
	for (unsigned i = 0; i < WORDS; i++)
		state->usable[i] = state->now;
	for (unsigned i = 0; i < HALFWORDS; i++)
		state->left[i] = LONG_AGO;
	for (; half < 2 * state->next_word; half++)
		state->left[half % HALFWORDS] = NOT_YET;
}

/* Fetches as long as there is room and the bus is free before `cycle`, and at least as far as `last`. */
static void fetch_until(struct state *state, int cycle, uint32_t last)
{
	for (;; state->next_word++) {
		int room = state->left[(2 * state->next_word + 1 - QUEUE) % HALFWORDS];
		int at = state->bus_free > room ? state->bus_free : room;

		if (state->next_word > last && at >= cycle)
			return;
		state->bus_free = (int16_t)(at + 1);
		state->usable[state->next_word % WORDS] = (int16_t)(at + FETCH);
		for (unsigned i = 0; i < 2; i++)
			state->left[(2 * state->next_word + i) % HALFWORDS] = NOT_YET;
	}
}

/* When all of the instruction is there; one in two parts does not pass by the empty queue behind a branch. */
static int fetched(struct state *state, const struct sim_insn *insn)
{
	uint32_t first = insn->address / 4, last = (insn->address + insn->size - 1) / 4;
	int at, later = state->entered_by_branch && last != first;

	if (state->next_word == 0 || first > state->next_word || first + WORDS < state->next_word)
		start_fetch(state, insn->address / 2);
	fetch_until(state, state->now, last);
	at = state->usable[first % WORDS];
	return (state->usable[last % WORDS] > at ? state->usable[last % WORDS] : at) + later;
}

static bool fills_second_slot(const struct sim_insn *insn)
{
	return insn->size == 2 && (insn->cls == SIM_CLASS_BRANCH || insn->cls == SIM_CLASS_IT ||
	                           insn->cls == SIM_CLASS_NOP);
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
	return insn->fp_src | insn->fp_mul | insn->fp_acc | insn->fp_data | insn->fp_dst ||
	       (insn->cls >= SIM_CLASS_FP_ADD && insn->cls <= SIM_CLASS_FP_MOVE);
}

static bool computes_in_fpu(const struct sim_insn *insn)
{
	return insn->cls >= SIM_CLASS_FP_ADD && insn->cls <= SIM_CLASS_FP_SQRT;
}

static int core_operands(const struct state *state, const struct sim_insn *insn)
{
	bool adds = insn->cls == SIM_CLASS_EXTEND_ADD, to_fpu = insn->cls == SIM_CLASS_FP_MOVE;
	int at = latest(-1, state->ready, insn->shifted | insn->mul | insn->addr);

	if (insn->cls == SIM_CLASS_BRANCH && insn->addr) /* its target goes to the bus in the same cycle */
		at++;
	at = latest(at, adds ? state->ready_sum : to_fpu ? state->ready_data : state->ready, insn->src);
	at = latest(at, state->ready_acc, insn->acc);
	at = latest(at, state->ready_data, insn->data);
	if (insn->reads_flags && insn->branch == SIM_BRANCH_NONE && insn->cls != SIM_CLASS_IT && state->flags > at)
		at = state->flags;
	return at;
}

static int fp_operands(const struct state *state, const struct sim_insn *insn)
{
	int at = latest(0, state->fp_ready, insn->fp_src | insn->fp_mul | insn->fp_data);

	return insn->op == SIM_OP_VMRS && state->fp_flags > at ? state->fp_flags : at;
}

/* Cycles until the next instruction, and until the result as an operand, as an accumulator, and as a summand. */
struct latency {
	int issue, result, acc, sum;
};

static struct latency of_fpu(const struct sim_insn *insn)
{
	switch (insn->cls) {
	case SIM_CLASS_FP_MAC:
		return (struct latency){1, 4, 3, 4};
	case SIM_CLASS_FP_DIVIDE: case SIM_CLASS_FP_SQRT:
		return (struct latency){1, 14, 14, 14};
	case SIM_CLASS_FP_MOVE:
		if (insn->dst) /* one register to the core: 1 + 1; two: 2 cycles */
			return insn->dst & (insn->dst - 1) ? (struct latency){2, 2, 2, 2} : (struct latency){1, 2, 2, 2};
		if (insn->src & (insn->src - 1))
			return (struct latency){1, 2, 2, 2};
		return (struct latency){1, 1, 1, 1};
	default:
		return (struct latency){1, 2, 2, 2};
	}
}

static struct latency of_transfer(const struct sim_insn *insn)
{
	int n = insn->is_double && insn->transfers < 2 ? 2 : insn->transfers;

	if (insn->fp_dst)
		return (struct latency){n, n, n, n};
	if (insn->cls == SIM_CLASS_LOAD || insn->cls == SIM_CLASS_LOAD_DUAL || insn->cls == SIM_CLASS_LOAD_MANY)
		return (struct latency){n, n + 1, n, n + 1};
	return (struct latency){n, 1, 1, 1};
}

static struct latency of_alu(const struct sim_insn *insn)
{
	bool shifted_constant = insn->built_constant && insn->op != SIM_OP_MOV; /* nothing is done to it */

	if (shifted_constant && insn->sets_flags)
		return (struct latency){2, 2, 2, 2};
	if (insn->shift_operand || shifted_constant)
		return (struct latency){1, 2, 1, 1};
	return (struct latency){1, 1, 1, 1};
}

static struct latency latency_of(const struct sim_insn *insn, const struct sim_timing *timing)
{
	int divide = timing->divide_cycles;

	switch (insn->cls) {
	case SIM_CLASS_LOAD: case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY:
	case SIM_CLASS_STORE: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_STORE_MANY:
		return of_transfer(insn);
	case SIM_CLASS_MUL:
		return insn->size == 2 ? (struct latency){2, 2, 2, 2} : (struct latency){1, 2, 1, 1};
	case SIM_CLASS_MAC: case SIM_CLASS_MUL_LONG: case SIM_CLASS_MAC_LONG: case SIM_CLASS_EXTEND_ADD:
		return (struct latency){1, 2, 1, 1};
	case SIM_CLASS_SIMD: case SIM_CLASS_SATURATE:
		return (struct latency){1, 2, 2, 2};
	case SIM_CLASS_EXTEND:
		if (insn->op == SIM_OP_SXTB16 || insn->op == SIM_OP_UXTB16)
			return (struct latency){1, 2, 2, 2};
		return (struct latency){1, 1, 1, 1};
	case SIM_CLASS_ALU:
		return of_alu(insn);
	case SIM_CLASS_DIVIDE:
		return (struct latency){divide, divide, divide, divide};
	case SIM_CLASS_TABLE: case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION: case SIM_CLASS_WAIT:
		return (struct latency){2, 2, 2, 2};
	default:
		return computes_in_fpu(insn) || insn->cls == SIM_CLASS_FP_MOVE ? of_fpu(insn) : (struct latency){1, 1, 1, 1};
	}
}

/* Of several registers that are loaded, the last alone is late. */
static unsigned loaded_last(const struct sim_insn *insn)
{
	uint32_t loaded = insn->dst & ~insn->wb;

	if (insn->cls == SIM_CLASS_LOAD_DUAL)
		return insn->encoding >> 8 & 15;
	return loaded ? 31 - (unsigned)__builtin_clz(loaded) : 0;
}

static void set_ready(struct state *state, const struct sim_insn *insn, int issued, int started, struct latency latency)
{
	bool many = insn->cls == SIM_CLASS_LOAD_DUAL || insn->cls == SIM_CLASS_LOAD_MANY;
	unsigned last = many ? loaded_last(insn) : 0;

	for (uint32_t mask = insn->dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);
		struct latency one = latency;

		if (insn->wb >> r & 1)
			one = (struct latency){1, 1, 1, 1};
		else if (many && r != last)
			one.result = one.sum = one.acc;
		state->ready[r] = (int16_t)(issued + one.result);
		state->ready_acc[r] = (int16_t)(issued + one.acc);
		state->ready_sum[r] = (int16_t)(issued + one.sum);
		state->ready_data[r] = (int16_t)(issued + one.issue);
	}
	for (uint32_t mask = insn->fp_dst; mask; mask &= mask - 1) {
		unsigned r = __builtin_ctz(mask);

		state->fp_ready[r] = (int16_t)(started + latency.result);
		state->fp_ready_acc[r] = (int16_t)(started + latency.acc);
	}
	if (insn->sets_flags)
		state->flags = (int16_t)(issued + latency.issue + insn->shift_operand);
	if (insn->op == SIM_OP_VCMP || insn->op == SIM_OP_VCMPE)
		state->fp_flags = (int16_t)(started + 2);
	if (computes_in_fpu(insn))
		state->fp_free = (int16_t)(started + (insn->cls == SIM_CLASS_FP_MAC ? 3 :
		                                      insn->cls >= SIM_CLASS_FP_DIVIDE ? 14 : 1));
}

/* Cycles from the next instruction in line to the branch's target, for a branch that was decided on at `issued`. */
static int refill(const struct state *state, const struct sim_insn *insn, int issued)
{
	int known = latest(insn->reads_flags ? state->flags : 0, state->ready, insn->src);
	int late = known > issued ? known - issued : 0;

	switch (insn->branch) {
	case SIM_BRANCH_NONE:
		return 0;
	case SIM_BRANCH_CONDITIONAL:
		return 1 + late;
	case SIM_BRANCH_UNCONDITIONAL: case SIM_BRANCH_CALL:
		return 1;
	default:
		if (insn->cls == SIM_CLASS_LOAD_MANY || insn->cls == SIM_CLASS_LOAD)
			return 3;
		return insn->cls == SIM_CLASS_BRANCH ? 1 : 2;
	}
}

/* In the second slot, with the instruction before; needs to be there when that one issues. */
static bool pairs(const struct state *state, const struct sim_insn *insn, int there, int operands)
{
	return state->size_before == 2 && !state->paired_before && !state->second_before && fills_second_slot(insn) &&
	       there < state->now && operands <= state->now;
}

static bool on_bus_of_code(const struct sim_timing *timing, const struct sim_insn *insn)
{
	bool from_flash = sim_timing_cached(timing, insn);

	if (insn->transfers == 0)
		return false;
	return insn->address < SYSTEM_BUS ? from_flash || insn->literal : !from_flash;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;
	struct latency latency = latency_of(insn, timing);
	int there = fetched(state, insn), operands = core_operands(state, insn), fp = fp_operands(state, insn);
	bool paired = pairs(state, insn, there, operands);
	int issued = state->now, started, cycles = paired ? 0 : latency.issue;

	issued = there > issued && !paired ? there : issued;
	issued = operands > issued ? operands : issued;
	issued = latest(issued, state->fp_ready_acc, insn->fp_acc);
	if (uses_fpu(insn) && state->fp_free > issued)
		issued = state->fp_free;
	if (fp > issued)
		issued = computes_in_fpu(insn) ? fp - 1 : fp;
	started = fp > issued ? fp : issued;
	if (on_bus_of_code(timing, insn)) {
		fetch_until(state, issued, 0);
		state->bus_free = (int16_t)((state->bus_free > issued ? state->bus_free : issued) + insn->transfers);
	}
	state->taken_exit = (int16_t)refill(state, insn, issued - paired);
	set_ready(state, insn, issued, started, latency);
	for (uint32_t half = insn->address / 2; half < (insn->address + insn->size) / 2; half++)
		state->left[half % HALFWORDS] = (int16_t)(issued - paired);
	state->now = (int16_t)(issued + cycles);
	state->size_before = insn->size;
	state->paired_before = paired;
	state->second_before = fills_second_slot(insn);
	state->entered_by_branch = false;
}

/* Before the cycle that the second slot may share means nothing. */
static int16_t rebased(int16_t at, int16_t end)
{
	return at >= end ? (int16_t)(at - end) : -1;
}

/* Older than the queue is deep means nothing. */
static int16_t aged(int16_t at, int16_t end)
{
	if (at == NOT_YET)
		return at;
	return (int16_t)(at - end < LONG_AGO ? LONG_AGO : at - end);
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
		state->ready_sum[r] = rebased(state->ready_sum[r], end);
		state->ready_data[r] = rebased(state->ready_data[r], end);
	}
	for (unsigned r = 0; r < 32; r++) {
		state->fp_ready[r] = rebased(state->fp_ready[r], end);
		state->fp_ready_acc[r] = rebased(state->fp_ready_acc[r], end);
	}
	for (unsigned i = 0; i < HALFWORDS; i++)
		state->left[i] = aged(state->left[i], end);
	for (unsigned i = 0; i < WORDS; i++)
		state->usable[i] = aged(state->usable[i], end);
	state->bus_free = aged(state->bus_free, end);
	state->fp_free = rebased(state->fp_free, end);
	state->fp_flags = rebased(state->fp_flags, end);
	state->flags = rebased(state->flags, end);
	state->now = 0;
	state->taken_exit = 0;
}

const struct sim_pipeline sim_pipeline_m33 = {enter, issue, leave};
