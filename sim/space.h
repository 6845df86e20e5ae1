/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address space: which bytes of host memory stand behind which guest addresses, and the table of blocks
 * that ran there. Knows neither the core nor devices.
 */
#ifndef SIM_SPACE_H
#define SIM_SPACE_H

#include "sim/board.h"
#include "sim/timing/memory.h"
#include "sim/timing/predictor.h"
#include "sim/timing/timing.h"

#include <stddef.h>
#include <stdint.h>

/* What only some blocks or cores need. */
struct sim_block_detail {
	struct sim_block_detail *next;      /* of the machine's, to free them */
	struct sim_layout layout;           /* for memory that follows a timeline; line and end are owned */
	uint8_t cached[SIM_CACHED_BYTES];   /* M7: as in struct sim_timing, found while the block is new */
	struct sim_prediction site;         /* M7; end SIM_END_FALL: nothing to predict */
	uint8_t hides[SIM_CACHED_BYTES];    /* loads as in struct sim_block_cost, one bit to a halfword */
};

/* One bit to an instruction of a block, by where it is. */
static inline void sim_bit_set(uint8_t bits[SIM_CACHED_BYTES], unsigned where)
{
	if (where < 8 * SIM_CACHED_BYTES)
		bits[where / 8] |= (uint8_t)(1u << (where & 7));
}

static inline bool sim_bit_is_set(const uint8_t bits[SIM_CACHED_BYTES], unsigned where)
{
	return where < 8 * SIM_CACHED_BYTES && bits[where / 8] >> (where & 7) & 1;
}

/* What must be looked at before a block runs, each only while it matters. */
enum sim_block_check {
	SIM_CHECK_ILLEGAL = 1, /* holds an instruction that the core lacks; only without takeover */
	SIM_CHECK_FP = 2,      /* uses the FPU, which is off; only without takeover */
	SIM_CHECK_SEV = 4,
	SIM_CHECK_SPIN = 8,    /* a branch to itself */
	SIM_CHECK_STACK = 16,  /* moves SP down, or by an amount only the register shows */
	SIM_CHECK_MASKS = 32,  /* writes PRIMASK, BASEPRI or FAULTMASK: matters while they hold something back */
	SIM_CHECK_EXECUTE = 64, /* every block: matters while the MPU is on */
	SIM_CHECK_BREAK = 256, /* holds an address that somebody asked about */
	SIM_CHECK_CONTROL = 128, /* writes CONTROL: there may be two stacks from now on */
};

/*
 * One block of code, by its first address. All zero: not seen yet.
 *
 *   cycles in all = count * cycles + taken * taken_exit + stall
 */
struct sim_block {
	uint64_t count, taken;   /* times entered; of these, times left by its branch */
	uint64_t stall;          /* cycles that only the run could tell: taken entries, waits for memory… */
	uint32_t bytes;
	uint32_t cycles;
	uint32_t function;
	int32_t sp_lowest;
	int16_t taken_exit, taken_entry;
	uint16_t wait, wait_taken; /* estimated, in 1/16 cycle: on each visit, and more when entered by a branch */
	uint16_t instructions;
	uint8_t end;   /* enum sim_block_end */
	bool learnt;   /* M7: priced with what its first visits showed of its data */
	uint16_t check; /* mask of enum sim_block_check */
	uint16_t pace; /* 1/256 cycles to a halfword, on average */
	struct sim_block_detail *detail; /* or NULL */
};

struct sim_region {
	uint32_t at, bytes;
	uint8_t *host;            /* shared between a memory and its aliases */
	const struct sim_memory *memory;
	struct sim_block *blocks; /* [bytes / 2], zero pages until used */
	uint8_t *ran;             /* [bytes / 4096]: 1 where blocks were seen, so that counting them needs no look at the rest */
	bool writable;
	bool patched;             /* somebody but the guest changed it after it had been filled */
	uint8_t bank;             /* as sim/timing/memory.h numbers them */
};

#define SIM_MAX_REGIONS (SIM_MAX_MEMORIES * (1 + SIM_MAX_ALIASES))

struct sim_space {
	struct sim_region region[SIM_MAX_REGIONS];
	unsigned regions;
	uint8_t *host[SIM_MAX_MEMORIES];
	unsigned hosts;
};

/* RAM starts as a fixed pattern that is neither 0 nor an address; flash as 0xFF, as erased. */
bool sim_space_create(struct sim_space *space, const struct sim_board *board, struct err *err);
void sim_space_destroy(struct sim_space *space);

/* The region that holds `at`, or NULL. */
struct sim_region *sim_space_find(const struct sim_space *space, uint32_t at);

/* Host address of [at, at + bytes), or NULL if not all of it lies in one region. */
uint8_t *sim_space_host(const struct sim_space *space, uint32_t at, uint32_t bytes);

#endif
