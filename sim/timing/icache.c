/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of ST's U5, L5 and H5 between the core's code bus and flash: code and constants alike.
 *
 *   rule                                                                   source                       grade
 *   lines of flash.cache_line_bytes, flash.ways of them to a set, the
 *     least recently used goes                                             RM0456                       from memory
 *   a miss waits wait_states + 2 (array, and one cycle each way)           images: 20 % of one's cycles  measured
 *   off: every line that is entered, and every datum, is read from flash
 *
 * Not modelled: refill in the background. The fetch cycle that a data read takes from the shared bus: m33.c.
 * Residual with the pipeline of m33.c: -1.5 to +1.7 % on four images of an STM32U575, three of which choose one way
 * and one leaves the two that reset gives. A cycle more per miss moves the one that streams its weights by 2.9 %.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TO_THE_ARRAY_AND_BACK = 2, EMPTY = -1 };

struct icache {
	uint32_t *tag;  /* [set][way], most recently used first */
	uint32_t sets, ways, line_shift, tags; /* sets: a power of two */
	uint32_t entered; /* the line fetched last: while the cache is off */
};

static void *icache_create(const struct sim_memory_timing *timing)
{
	struct icache *cache = calloc(1, sizeof *cache);

	if (cache) {
		cache->tags = timing->flash.cache_bytes / timing->flash.cache_line_bytes;
		cache->tag = malloc((cache->tags + 1) * sizeof *cache->tag);
	}
	if (cache && !cache->tag) {
		free(cache);
		return NULL;
	}
	return cache;
}

static void icache_destroy(void *state)
{
	struct icache *cache = state;

	free(cache->tag);
	free(cache);
}

static void icache_changed(struct sim_memory_timing *timing)
{
	struct icache *cache = timing->state;
	uint32_t ways = timing->flash.ways ? timing->flash.ways : 1;

	cache->ways = ways <= cache->tags ? ways : cache->tags;
	cache->sets = cache->ways ? 1 : 0;
	while (cache->ways && cache->sets * 2 * cache->ways <= cache->tags)
		cache->sets *= 2;
	cache->line_shift = timing->flash.cache_line_bytes > 1 ?
	                    31 - (unsigned)__builtin_clz(timing->flash.cache_line_bytes) : 0;
	cache->entered = UINT32_MAX;
	memset(cache->tag, EMPTY, cache->tags * sizeof *cache->tag);
}

static unsigned miss(const struct sim_memory_timing *timing)
{
	return timing->flash.wait_states ? timing->flash.wait_states + TO_THE_ARRAY_AND_BACK : 0;
}

static inline unsigned look_up(const struct sim_memory_timing *timing, struct icache *cache, uint32_t line)
{
	uint32_t *set = &cache->tag[(line & (cache->sets - 1)) * cache->ways], way = 0;

	if (set[0] == line)
		return 0;
	while (way < cache->ways && set[way] != line)
		way++;
	bool hit = way < cache->ways;
	for (way = hit ? way : cache->ways - 1; way > 0; way--)
		set[way] = set[way - 1];
	set[0] = line;
	return hit ? 0 : miss(timing);
}

static unsigned icache_fetch(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles,
                             uint64_t now)
{
	struct icache *cache = timing->state;
	uint32_t line = at >> cache->line_shift, last = (at + bytes - 1) >> cache->line_shift;
	unsigned wait = 0;

	if (timing->flash.cache_on && cache->sets) {
		for (; line <= last; line++)
			wait += look_up(timing, cache, line);
		return wait;
	}
	wait = (last - line + (line != cache->entered)) * timing->flash.wait_states;
	cache->entered = last;
	return wait;
}

static unsigned icache_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                             unsigned where, uint64_t now)
{
	struct icache *cache = timing->state;
	uint32_t line = at >> cache->line_shift;
	uint32_t last = (at + (bytes_and_write & SIM_TOUCH_BYTES) - 1) >> cache->line_shift;
	unsigned wait = 0;

	if (!timing->flash.cache_on || !cache->sets)
		return timing->flash.wait_states;
	for (; line <= last; line++)
		wait += look_up(timing, cache, line);
	return wait;
}

const struct sim_memory_model sim_memory_icache = {
	.create = icache_create, .destroy = icache_destroy, .changed = icache_changed, .fetch = icache_fetch, .touch = icache_touch,
};
