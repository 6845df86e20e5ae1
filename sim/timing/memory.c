/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The estimates, all of them reasoned from documented parameters (grade: estimated):
 *
 *   bare flash     A line costs wait_states. With prefetch the next line is read while this one executes, so
 *                  only what execution does not cover is waited for; a branch target pays the wait in full, or
 *                  a quarter of it where a few lines are kept (G0). A literal is read past the prefetch.
 *   ART, ICACHE,   Loops hit. What remains is code larger than the cache. One line in LARGE_CODE misses, an
 *   L1             assumption, in place of the tags that are not kept here.
 *
 * CoreMark relative to zero wait states, measured and by this file (mowsong/mcu_coremark_tests, GCC -O2 here):
 *   F103 1 and 2 wait states 1.119, 1.333: 1.121, 1.344    G070 2: 1.069: 1.084    F407 5, cache on: 1.014: 1.016
 *   F030 1: 1.086: 1.10. The numbers of F103 chose `taken`; the others were only looked at.
 */
#include "sim/timing/memory.h"

#include <string.h>

enum { SIXTEENTHS = 16, LARGE_CODE = 64 };

static unsigned lines_touched(const struct sim_flash_timing *flash, uint32_t address, size_t bytes)
{
	uint32_t line = flash->line_bytes ? flash->line_bytes : 4;

	if (bytes == 0)
		return 0;
	return (unsigned)((address + bytes - 1) / line - address / line) + 1;
}

static void estimate_bare(const struct sim_flash_timing *flash, unsigned lines, unsigned cycles,
                          unsigned literals, struct sim_flash_cost *ret)
{
	unsigned wait = flash->wait_states * SIXTEENTHS;
	unsigned crossings = lines > 0 ? lines - 1 : 0;
	unsigned per_line = lines ? cycles * SIXTEENTHS / lines : 0; /* executes while the next one is read */
	unsigned hidden = flash->prefetch && per_line > SIXTEENTHS ? per_line - SIXTEENTHS : 0;
	unsigned crossing = hidden >= wait ? 0 : wait - hidden;

	ret->per_literal = (uint16_t)wait;
	ret->sequential = (uint16_t)(crossings * crossing + literals * wait);
	ret->taken = (uint16_t)(flash->cache_bytes ? wait / 4 : wait);
}

void sim_flash_estimate(const struct sim_flash_timing *flash, uint32_t address, size_t bytes, unsigned cycles,
                        unsigned literals, struct sim_flash_cost *ret)
{
	unsigned lines = lines_touched(flash, address, bytes);
	unsigned miss = flash->wait_states * SIXTEENTHS / LARGE_CODE;

	if (flash->cache == SIM_FLASH_BARE) {
		estimate_bare(flash, lines, cycles, literals, ret);
		return;
	}
	ret->per_literal = (uint16_t)miss;
	ret->sequential = (uint16_t)((lines + literals) * miss);
	ret->taken = 0;
}

static const struct sim_memory_model *model_of(const struct sim_flash_timing *flash)
{
	if (flash->line_bytes == 0)
		return NULL;
	switch (flash->cache) {
	case SIM_FLASH_ART:
		return &sim_memory_art;
	case SIM_FLASH_ICACHE:
		return &sim_memory_icache;
	case SIM_FLASH_BARE:
		return &sim_memory_bare;
	case SIM_FLASH_L1:
		return &sim_memory_l1;
	default:
		return NULL;
	}
}

bool sim_memory_create(struct sim_memory_timing *timing, const struct sim_flash_timing *flash, uint32_t flash_bytes)
{
	struct sim_memory_timing made = {.flash = *flash, .flash_bytes = flash_bytes, .model = model_of(flash)};

	if (made.flash.cache_line_bytes == 0)
		made.flash.cache_line_bytes = flash->line_bytes;
	if (made.model) {
		made.state = made.model->create(&made);
		if (!made.state)
			return false;
	}
	if (made.model && made.model->timeline)
		made.timeline = made.state;
	made.given = made.flash;
	sim_memory_reset(&made);
	*timing = made;
	return true;
}

void sim_memory_destroy(struct sim_memory_timing *timing)
{
	if (timing->model)
		timing->model->destroy(timing->state);
	memset(timing, 0, sizeof *timing);
}

void sim_memory_reset(struct sim_memory_timing *timing)
{
	timing->flash = timing->given;
	if (timing->model)
		timing->model->changed(timing);
}

void sim_memory_set(struct sim_memory_timing *timing, enum sim_memory_knob knob, unsigned value)
{
	struct sim_flash_timing before = timing->flash;

	switch (knob) {
	case SIM_KNOB_WAIT_STATES:
		timing->flash.wait_states = (uint8_t)value;
		break;
	case SIM_KNOB_PREFETCH:
		timing->flash.prefetch = value;
		break;
	case SIM_KNOB_CACHE:
		timing->flash.cache_on = value;
		break;
	case SIM_KNOB_DATA_CACHE:
		timing->flash.data_on = value;
		break;
	case SIM_KNOB_WAYS:
		timing->flash.ways = (uint8_t)value;
		break;
	case SIM_KNOB_ART:
		timing->flash.art_on = value && timing->flash.art_bytes;
		break;
	}
	if (timing->model && memcmp(&before, &timing->flash, sizeof before) != 0)
		timing->model->changed(timing);
}
