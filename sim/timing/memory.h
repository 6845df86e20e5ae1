/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash with wait states, and what stands between it and the core: a static estimate per block, from
 * documented parameters only. Grade of everything here: estimated. No tag is kept and no data address
 * looked at, so a model whose weights stream from flash costs more than this says.
 *
 *   extra of a visit = block.sequential
 *                    + (entered by a taken branch ? block.taken : 0)     both in 1/16 cycle
 */
#ifndef SIM_TIMING_MEMORY_H
#define SIM_TIMING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_flash_cache {
	SIM_FLASH_BARE,    /* no cache, or a few lines only: F103, G0, F030 */
	SIM_FLASH_ART,     /* about 1 KB of instructions: F4, L4 */
	SIM_FLASH_ICACHE,  /* several KB for code and constants on the C-bus: U5, L5, H5 */
	SIM_FLASH_L1,      /* the core's own caches: M7 */
};

struct sim_flash_timing {
	uint8_t wait_states;  /* cycles beyond the first for one read of the array */
	uint8_t line_bytes;   /* what one read delivers: 4, 8, 16 or 32 */
	bool prefetch;        /* the next line is read while this one executes */
	uint8_t cache;        /* enum sim_flash_cache */
	uint32_t cache_bytes; /* of the instruction cache; SIM_FLASH_BARE: of the few lines kept, 0 if none */
};

struct sim_flash_cost {
	uint16_t sequential;  /* 1/16 cycle, on every visit */
	uint16_t taken;       /* 1/16 cycle more when entered by a taken branch */
	uint16_t per_literal; /* 1/16 cycle per literal load, included in sequential */
};

/*
 * Expected wait of a block that lies in this flash.
 *
 *   cycles     of the block at zero wait states; what a prefetch can hide behind
 *   literals   its PC-relative loads
 */
void sim_flash_estimate(const struct sim_flash_timing *flash, uint32_t address, size_t bytes, unsigned cycles,
                        unsigned literals, struct sim_flash_cost *ret);

#endif
