/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of ST's U5, L5 and H5 between the core's code bus and flash: code and constants alike.
 *
 *   rule                                                                     source                     grade
 *   lines of flash.cache_line_bytes, flash.ways of them to a set, the
 *     least recently used goes                                               RM0456 8.4, RM0522 7.4     verified
 *   a hit waits for nothing; a miss looks first (1), then reads flash as
 *     anybody does (wait_states + 1): the whole line at once, 128 bits wide  RM0522 7.3; 20 % of an
 *                                                                            image's cycles             verified
 *   flash keeps the line that it read last; cache off: all reads find that,
 *     or wait wait_states; the cache in between adds nothing                 RM0522 6.3.4, 7.4.6        verified
 *   prefetch: a line of code that is read asks for the next one, which any   RM0522 6.3.4 ("instruction
 *     other read interrupts; data ask for nothing                            prefetch"), art.c          inferred
 *
 * Not modelled: the two banks' own buffers; remapping, with its second port; low-power read mode, but for the wait states
 * that firmware sets with it.
 * When within its block a line is reached is taken in proportion to the bytes before it.
 * Residual with the pipeline of m33.c, nothing fitted: -0.7 to +0.9 % on four images of an STM32U575, three of which choose
 * one way and one leaves the two that reset gives; -0.6 to +1.2 % without prefetch. One of them with its weights in RAM:
 * +0.2 %; 6.95 cycles a line more from flash, measured 6.91, of which 1 is the fetch's turn on the bus. CoreMark with the
 * cache off and 4 wait states, relative to none: 1.95, with prefetch 1.60 (an F407 with 5, measured: 1.99, 1.54).
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK = 1, READ = 1, EMPTY = -1, NO_LINE = -1 };

struct icache {
	uint32_t *tag;  /* [set][way], most recently used first */
	uint32_t sets, ways, line_shift, tags; /* sets: a power of two */
	uint32_t held, next; /* lines in flash's own buffer, and asked for in advance */
	uint64_t busy;  /* until when flash reads that */
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
	cache->held = cache->next = (uint32_t)NO_LINE;
	cache->busy = 0;
	memset(cache->tag, EMPTY, cache->tags * sizeof *cache->tag);
	timing->front = (struct sim_memory_front){.tag = cache->tag, .mask = cache->sets - 1, .ways = cache->ways,
	                                          .line_shift = (uint8_t)cache->line_shift, .second = cache->ways > 1,
	                                          .reads = timing->flash.cache_on && cache->sets};
}

/* Whether the cache has the line; it has from now on. */
static inline bool has(struct icache *cache, uint32_t line)
{
	uint32_t *set = &cache->tag[(line & (cache->sets - 1)) * cache->ways], way = 0;

	if (set[0] == line)
		return true;
	while (way < cache->ways && set[way] != line)
		way++;
	bool hit = way < cache->ways;
	for (way = hit ? way : cache->ways - 1; way > 0; way--)
		set[way] = set[way - 1];
	set[0] = line;
	return hit;
}

/* Cycles beyond the first that flash takes for a line, asked for at `now`. */
static unsigned read_flash(const struct sim_memory_timing *timing, struct icache *cache, uint32_t line, uint64_t now,
                           bool is_code)
{
	unsigned wait_states = timing->flash.wait_states, wait = wait_states;

	if (line == cache->held)
		return 0;
	if (line == cache->next)
		wait = cache->busy > now ? (unsigned)(cache->busy - now) : 0;
	else if (cache->busy > now)
		cache->next = (uint32_t)NO_LINE;
	cache->held = line;
	if (timing->flash.prefetch && is_code) {
		cache->next = line + 1;
		cache->busy = now + wait + wait_states;
	}
	return wait;
}

/* Cycles that the core waits for a line that the cache, if it is on, does not have. */
static unsigned read_line(const struct sim_memory_timing *timing, struct icache *cache, uint32_t line, uint64_t now,
                          bool is_code)
{
	unsigned on_the_way = timing->flash.cache_on && cache->sets ? LOOK + READ : 0;

	return on_the_way + read_flash(timing, cache, line, now + (on_the_way ? LOOK : 0), is_code);
}

static unsigned icache_fetch(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles,
                             uint64_t now)
{
	struct icache *cache = timing->state;
	uint32_t line = at >> cache->line_shift, last = (at + bytes - 1) >> cache->line_shift;
	bool cached = timing->flash.cache_on && cache->sets;
	unsigned wait = 0;

	for (uint32_t start = at; line <= last; line++) {
		uint32_t before = (line << cache->line_shift) > start ? (line << cache->line_shift) - start : 0;

		if (!cached || !has(cache, line))
			wait += read_line(timing, cache, line, now + wait + before * cycles / bytes, true);
	}
	return wait;
}

static unsigned icache_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                             unsigned where, uint64_t now)
{
	struct icache *cache = timing->state;
	uint32_t line = at >> cache->line_shift;
	uint32_t last = (at + (bytes_and_write & SIM_TOUCH_BYTES) - 1) >> cache->line_shift;
	bool cached = timing->flash.cache_on && cache->sets;
	unsigned wait = 0;

	for (; line <= last; line++)
		if (!cached || !has(cache, line))
			wait += read_line(timing, cache, line, now + wait, false);
	return wait;
}

const struct sim_memory_model sim_memory_icache = {
	.create = icache_create, .destroy = icache_destroy, .changed = icache_changed, .fetch = icache_fetch, .touch = icache_touch,
};
