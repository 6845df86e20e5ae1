/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a block of straight code costs on a core's pipeline, with memory that answers at once.
 *
 * A block is priced once, from its bytes, when the emulator first shows it; afterwards its cost is added
 * at each visit. What only the run knows stays outside: whether a branch was taken (two more numbers per
 * block), wait states and caches (sim/timing/memory.h), and which block came before (sim_timing_price_after).
 *
 *   cost of a visit = block.cycles
 *                   + (entered by a taken branch ? previous.taken_exit + block.taken_entry : 0)
 *
 * None of the three is negative.
 *
 * "Entered by a taken branch" means: the previous block's end is not this block's address.
 *
 * Invariant: pricing is a pure function of its arguments; no state is kept between calls.
 */
#ifndef SIM_TIMING_TIMING_H
#define SIM_TIMING_TIMING_H

#include "sim/decode.h"

struct sim_timing_state;

/*
 * A core's pipeline and its options. Plain data: copy it, change an option, pass it around.
 */
enum { SIM_CACHED_BYTES = 64 };

struct sim_timing {
	enum sim_core core;
	unsigned arch;            /* features, mask of enum sim_arch: what is not there is flagged */
	uint8_t multiply_cycles;  /* M0, M0+: MULS, 1 (fast) or 32 (small); a vendor's choice */
	uint8_t divide_cycles;    /* SDIV and UDIV on average, early termination included */
	bool predictor;           /* M7: the caller predicts branches and adds block.mispredict itself,
	                             so no average misprediction is charged here */
	bool ecc;                 /* M7: a byte or halfword is stored by reading, changing and writing its word */
	/*
	 * One bit to a halfword from cached_from on: the access of that instruction goes through the data cache (M7), or
	 * over the bus that fetches code (M33).
	 */
	const uint8_t *cached;    /* [SIM_CACHED_BYTES], or NULL: none does */
	uint32_t cached_from;
	/* What the code before leaves in the pipeline, for a block that is entered straight; NULL: neutral. */
	const struct sim_timing_state *straight_from;
};

enum { SIM_MAX_HIDES = 16 };

enum sim_block_end {
	SIM_END_FALL,     /* no branch: a barrier, an exception, a page's end */
	SIM_END_COND,
	SIM_END_UNCOND,
	SIM_END_CALL,     /* BL and BLX Rm */
	SIM_END_RETURN,
	SIM_END_INDIRECT, /* BX, table branches, computed PC */
};

enum sim_block_flag {
	SIM_BLOCK_DIVIDE = 1 << 0,      /* SDIV or UDIV: real cost depends on the operands */
	SIM_BLOCK_LITERAL = 1 << 1,     /* loads literals, from wherever the code lies */
	SIM_BLOCK_SYSTEM = 1 << 2,      /* MSR, CPS, barriers, SVC, BKPT, WFI, WFE */
	SIM_BLOCK_ILLEGAL = 1 << 3,     /* an instruction this core does not have; priced as 1 cycle */
	SIM_BLOCK_INDIRECT_CALL = 1 << 4,
	SIM_BLOCK_PREDICTED = 1 << 5,   /* ends in a branch that a predictor would look at (M7) */
	SIM_BLOCK_FP = 1 << 6,
};

struct sim_block_cost {
	uint32_t cycles;          /* entered and left by falling through */
	int16_t taken_exit;       /* more when left by its branch */
	int16_t taken_entry;      /* more when entered by a branch */

	uint16_t instructions;    /* IT-skipped ones are counted, as in the hardware */
	uint16_t loads;           /* load instructions, literals included */
	uint16_t literals;        /* of which relative to the PC */
	uint16_t stores;
	uint16_t load_words;      /* transfers of all loads (an LDM of four has four) */
	uint16_t store_words;
	uint16_t divides;

	uint8_t end;              /* enum sim_block_end */
	uint8_t flags;            /* mask of enum sim_block_flag */
	uint8_t mispredict;       /* M7: what a wrong prediction of the ending branch costs; else 0 */
	uint8_t calls_return;     /* 1: the end pushes a return address (BL, BLX) */

	uint32_t end_address;     /* just behind the last instruction */
	uint32_t branch_address;  /* the ending branch, or 0 */
	uint32_t branch_target;   /* if direct, else 0 */

	/* M3, M4: addresses of loads behind which fetching waits for a cycle that a wait for their data hides; 0: none. */
	uint32_t hides[SIM_MAX_HIDES];

	int32_t sp_lowest;        /* lowest SP inside the block, relative to entry; ≤ 0 */
	int32_t sp_delta;         /* SP at the end relative to entry, if sp_known */
	bool sp_known;            /* false: SP was loaded or computed; read the register */
};

/*
 * What a block leaves behind in the pipeline, for pricing the next one: opaque, copyable, comparable with
 * memcmp. All zero is the neutral state: everything ready, nothing in flight.
 */
struct sim_timing_state {
	_Alignas(8) uint8_t opaque[448];
};

/*
 * Cycles of one SDIV or UDIV by its operands, where the core stops early; M7, which takes 7: timing->divide_cycles.
 *
 *   2 if the quotient is 0, else 3 + a cycle per 4 bits of it, + 1 if signed: 2 to 12, as the manuals say
 */
unsigned sim_divide_cycles(const struct sim_timing *timing, uint32_t dividend, uint32_t divisor, bool is_signed);

/* The pipeline of a core with its usual options. */
struct sim_timing sim_timing_for_core(enum sim_core core, enum sim_fpu fpu);

/*
 * Prices `bytes` of code at `address`, entered straight, or by a branch from nowhere in particular.
 *
 *   code    read only; a 32-bit instruction cut off by the end counts as its first half
 *   ret     always filled
 */
void sim_timing_price(const struct sim_timing *timing, const uint8_t *code, size_t bytes, uint32_t address,
                      struct sim_block_cost *ret);

/*
 * The same with a predecessor: ret->cycles then includes every effect of the edge except the
 * predecessor's own taken_exit, and ret->taken_entry is 0.
 *
 *   before     the predecessor's state, from its own pricing; NULL: neutral
 *   taken      the predecessor was left by its branch
 *   ret_after  what this block leaves; may be NULL, may be `before`
 *
 * For M0 to M4 a taken branch carries next to nothing, and sim_timing_price is enough. On M7 a block priced alone is
 * 0.5 % off in inference code and 6 % in branchy code, with one predecessor nothing is lost (measured).
 */
void sim_timing_price_after(const struct sim_timing *timing, const struct sim_timing_state *before, bool taken,
                            const uint8_t *code, size_t bytes, uint32_t address, struct sim_block_cost *ret,
                            struct sim_timing_state *ret_after);

#endif
