/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Cortex-M7's own caches, before everything that is not tightly coupled. Flash and RAM banks differ in how long
 * the first word of a line takes; TCM is no bank and is never asked.
 *
 *   rule                                                                         source             grade
 *   lines of 32 bytes, data 4 ways, instructions 2, least recently used goes     DDI0489            from memory
 *   write-back, write-allocate
 *   a load that misses waits bank.first cycles for its word, critical first;     images, 32 % of    measured
 *     the line's other beats keep the bus busy behind it                           one's cycles
 *   a store that misses waits for nothing, but its line keeps the bus busy       findings           measured
 *   a dirty line that goes keeps the bus busy for its four beats                 set
 *   code that misses waits as data does
 *   off: every load waits bank.first, as does every 8 bytes of code              assumed            estimated
 *
 * bank.first was fitted per board: flash to the vendor image that streams its weights, RAM to those with activations in
 * that bank; flash's contains wait_states + 1 of the array, the rest are bus and refill. The STM32F746's SRAM hangs on a
 * 32-bit bus: 6.4 cycles and 4 to a beat hold two images with activations there to -1.0 and +0.1 %, and the image
 * that streams its weights from there (307,776 cycles, MLPerf Tiny v1.2) to +1.7 %; with a beat of 1 the former want
 * 10.6, which makes the latter 14 % slow. Residual of all eight images of two boards: -1.4 to +1.3 %.
 * Not modelled: waiting for a word of a line that is still on its way (0.2 %), byte stores into a cache with ECC
 * (0.4 %), regions that the MPU makes uncacheable or write-through.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_SHIFT = SIM_CACHE_LINE_SHIFT, DIRTY = SIM_CACHE_DIRTY, EMPTY = -1, CODE_WAYS = 2, DATA_WAYS = 4, SIXTEENTHS = 16 };

struct l1 {
	struct sim_cache data, code; /* data first: sim_memory_l1_data gives it */
	uint64_t busy;      /* bus, 1/16 cycle */
	uint32_t fraction;  /* of a cycle waited for and not yet told, 1/16 */
};

static bool create_cache(struct sim_cache *cache, uint32_t bytes, uint32_t ways)
{
	cache->ways = ways;
	cache->sets = 1;
	while (cache->sets * 2 * ways <= bytes >> LINE_SHIFT)
		cache->sets *= 2;
	cache->tag = malloc(cache->sets * ways * sizeof *cache->tag);
	return cache->tag;
}

static void l1_destroy(void *state)
{
	struct l1 *l1 = state;

	free(l1->code.tag);
	free(l1->data.tag);
	free(l1);
}

static void *l1_create(const struct sim_memory_timing *timing)
{
	struct l1 *l1 = calloc(1, sizeof *l1);
	const struct sim_flash_timing *flash = &timing->flash;

	if (!l1)
		return NULL;
	if (create_cache(&l1->code, flash->cache_bytes, flash->ways ? flash->ways : CODE_WAYS) &&
	    create_cache(&l1->data, flash->data_bytes, flash->data_ways ? flash->data_ways : DATA_WAYS))
		return l1;
	l1_destroy(l1);
	return NULL;
}

static void l1_changed(struct sim_memory_timing *timing)
{
	struct l1 *l1 = timing->state;

	l1->data.on = timing->flash.data_on;
	l1->code.on = timing->flash.cache_on;
	memset(l1->code.tag, EMPTY, l1->code.sets * l1->code.ways * sizeof *l1->code.tag);
	memset(l1->data.tag, EMPTY, l1->data.sets * l1->data.ways * sizeof *l1->data.tag);
}

static const struct sim_memory_bank *bank_of(const struct sim_memory_timing *timing, unsigned bank)
{
	return &timing->bank[bank < SIM_MAX_BANKS ? bank : 0];
}

static uint32_t first_word(const struct sim_memory_timing *timing, unsigned bank)
{
	uint32_t array = bank == SIM_BANK_FLASH ? (timing->flash.wait_states + 1u) * SIXTEENTHS : 0;

	return array + bank_of(timing, bank)->first;
}

/* True: it was there. False: it is now, and *ret_gone the tag that went. */
static inline bool look_up(struct sim_cache *cache, uint32_t line, uint32_t dirty, uint32_t *ret_gone)
{
	uint32_t *set = &cache->tag[(line & (cache->sets - 1)) * cache->ways], way = 0;

	if (set[0] >> 1 == line) {
		set[0] |= dirty;
		return true;
	}
	while (way < cache->ways && set[way] >> 1 != line)
		way++;
	bool hit = way < cache->ways;
	uint32_t tag = (hit ? set[way] : line << 1) | dirty;

	*ret_gone = set[cache->ways - 1];
	for (way = hit ? way : cache->ways - 1; way > 0; way--)
		set[way] = set[way - 1];
	set[0] = tag;
	return hit;
}

/* A line comes over the bus: 1/16 cycles from `now` until its first word is there. */
static uint32_t fill(const struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t gone, uint64_t now)
{
	uint64_t begin = now * SIXTEENTHS > l1->busy ? now * SIXTEENTHS : l1->busy;
	uint64_t there = begin + first_word(timing, bank);
	bool dirty = gone != (uint32_t)EMPTY && gone & DIRTY;

	l1->busy = there + 3u * bank_of(timing, bank)->beat + (dirty ? 4u * bank_of(timing, bank)->beat : 0);
	return (uint32_t)(there - now * SIXTEENTHS);
}

/* Whole cycles of what was waited for; the rest is kept. */
static unsigned whole(struct l1 *l1, uint32_t sixteenths)
{
	l1->fraction += sixteenths;
	unsigned cycles = l1->fraction / SIXTEENTHS;

	l1->fraction %= SIXTEENTHS;
	return cycles;
}

static unsigned l1_fetch(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles, uint64_t now)
{
	struct l1 *l1 = timing->state;
	uint32_t address = bank_of(timing, timing->code)->base + at;
	uint32_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;
	unsigned wait = 0;
	uint32_t gone;

	if (!timing->flash.cache_on)
		return whole(l1, (bytes / 8 + 1) * first_word(timing, timing->code));
	for (; line <= last; line++)
		if (!look_up(&l1->code, line, 0, &gone))
			wait += whole(l1, fill(timing, l1, timing->code, (uint32_t)EMPTY, now + wait));
	return wait;
}

static unsigned l1_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                         unsigned where, uint64_t now)
{
	struct l1 *l1 = timing->state;
	uint32_t address = bank_of(timing, bank)->base + at;
	uint32_t line = address >> LINE_SHIFT, last = (address + (bytes_and_write & SIM_TOUCH_BYTES) - 1) >> LINE_SHIFT;
	bool write = bytes_and_write & SIM_TOUCH_WRITE;
	unsigned wait = 0;
	uint32_t gone;

	if (!timing->flash.data_on)
		return write ? 0 : whole(l1, first_word(timing, bank));
	for (; line <= last; line++) {
		if (look_up(&l1->data, line, write ? DIRTY : 0, &gone))
			continue;
		uint32_t first = fill(timing, l1, bank, gone, now + wait);

		if (!write)
			wait += whole(l1, first);
	}
	return wait;
}

const struct sim_memory_model sim_memory_l1 = {
	.create = l1_create, .destroy = l1_destroy, .changed = l1_changed, .fetch = l1_fetch, .touch = l1_touch,
};
