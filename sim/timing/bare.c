/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash with next to nothing before it (G0, F0, F1): one array, one port, a few lines kept, prefetch. Its waits depend
 * on what the array is doing at that moment, so this follows a timeline: each line that a block enters and each datum
 * is told with the cycle in which it happens.
 *
 *   rule                                                                          source              grade
 *   a read takes wait_states + 1 cycles, one after the other                      RM0444              verified
 *   prefetch: entering a line asks for the next, from the cycle before on
 *     (the fetch runs one ahead), unless it is held                               fit to four images  measured
 *   the lines kept are those of the cache and, with prefetch, the current and
 *     the next one; the least recently used goes                                  inferred            measured
 *   a datum is never kept: it waits wait_states, and for a read in progress; a
 *     prefetch that could start before it goes first                              images, 18 % of one measured
 *
 * Residual with the pipeline of m0.c: -1.1 to +1.1 % on four images of an STM32G0B1. CoreMark relative to no wait
 * states (mowsong/mcu_coremark_tests; built here with GCC -O2), measured and by this file: G070, 2: 1.069, 1.078; F103,
 * 1 and 2: 1.119, 1.138 and 1.333, 1.345; F030, 1: 1.086, 1.17: its M0 fetches further ahead than this follows.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 8, NO_LINE = -1, NOWHERE = 0xFF };

struct bare {
	uint8_t *place;           /* [lines of the flash + 2]: which of the kept lines it is */
	uint32_t number[MAX_LINES];
	uint64_t used[MAX_LINES], ready[MAX_LINES];
	unsigned lines, shift;
	uint32_t current;
	uint64_t busy;            /* until when the array reads */
	uint32_t prefetched;      /* line that the last prefetch read… */
	uint64_t prefetched_ready;
	bool asked;               /* a prefetch that has not begun */
	uint32_t asked_line;
	uint64_t asked_from;

	/* The block on its way. */
	const struct sim_layout *layout;
	uint32_t base;            /* its first line */
	unsigned next;            /* of the layout's entries */
	uint64_t began;
	uint64_t waited;
};

static size_t places(const struct sim_memory_timing *timing)
{
	return timing->flash_bytes / timing->flash.line_bytes + 2;
}

static void *bare_create(const struct sim_memory_timing *timing)
{
	struct bare *bare = calloc(1, sizeof *bare);

	if (bare)
		bare->place = malloc(places(timing));
	if (bare && !bare->place) {
		free(bare);
		return NULL;
	}
	return bare;
}

static void bare_destroy(void *state)
{
	struct bare *bare = state;

	free(bare->place);
	free(bare);
}

static void bare_changed(struct sim_memory_timing *timing)
{
	struct bare *bare = timing->state;
	const struct sim_flash_timing *flash = &timing->flash;
	unsigned lines = (flash->cache_on ? flash->cache_bytes / flash->line_bytes : 0) + (flash->prefetch ? 2 : 1);

	bare->lines = lines < MAX_LINES ? lines : MAX_LINES;
	bare->shift = 31 - (unsigned)__builtin_clz(flash->line_bytes);
	bare->current = bare->prefetched = (uint32_t)NO_LINE;
	bare->busy = bare->prefetched_ready = 0;
	bare->asked = false;
	memset(bare->place, NOWHERE, places(timing));
	for (unsigned i = 0; i < MAX_LINES; i++) {
		bare->number[i] = (uint32_t)NO_LINE;
		bare->used[i] = bare->ready[i] = 0;
	}
}

/* Begins the prefetch that was asked for, if the array was free for it by `now`. */
static void begin_prefetch(struct bare *bare, unsigned wait_states, uint64_t now)
{
	uint64_t begin = bare->asked_from > bare->busy ? bare->asked_from : bare->busy;

	if (!bare->asked || begin > now)
		return;
	bare->asked = false;
	bare->prefetched = bare->asked_line;
	bare->prefetched_ready = bare->busy = begin + wait_states + 1;
}

/* Of a place that may hold nothing yet. */
static void keep(struct bare *bare, uint32_t number, uint64_t ready, uint64_t now)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < bare->lines; i++)
		if (bare->used[i] < bare->used[oldest])
			oldest = i;
	if (bare->number[oldest] != (uint32_t)NO_LINE)
		bare->place[bare->number[oldest]] = NOWHERE;
	bare->place[number] = (uint8_t)oldest;
	bare->number[oldest] = number;
	bare->ready[oldest] = ready;
	bare->used[oldest] = now;
}

static inline uint64_t enter_line(struct bare *bare, unsigned wait_states, bool prefetch, uint32_t number, uint64_t now)
{
	uint64_t ready;
	uint8_t place;

	if (number == bare->current)
		return 0;
	bare->current = number;
	begin_prefetch(bare, wait_states, now);
	place = bare->place[number];
	if (place != NOWHERE) {
		ready = bare->ready[place];
		bare->used[place] = now;
		bare->asked = false;
	} else {
		if (bare->prefetched == number) {
			ready = bare->prefetched_ready;
		} else {
			bare->asked = false;
			ready = bare->busy = (bare->busy > now ? bare->busy : now) + wait_states + 1;
		}
		keep(bare, number, ready, now);
	}
	uint64_t wait = ready > now + 1 ? ready - 1 - now : 0;

	if (prefetch && bare->prefetched != number + 1 && bare->place[number + 1] == NOWHERE) {
		bare->asked = true;
		bare->asked_line = number + 1;
		bare->asked_from = now + wait > 0 ? now + wait - 1 : 0;
	}
	return wait;
}

/* Enters the block's lines up to the instruction `where`, in halfwords. */
static unsigned bare_walk(struct sim_memory_timing *timing, unsigned where)
{
	struct bare *bare = timing->state;
	const struct sim_layout *layout = bare->layout;
	unsigned wait_states = timing->flash.wait_states, next = bare->next;
	bool prefetch = timing->flash.prefetch;
	uint64_t before = bare->waited, waited = before;

	if (!layout || wait_states == 0)
		return 0;
	for (; next < layout->lines && layout->line[next].where <= where; next++)
		waited += enter_line(bare, wait_states, prefetch, bare->base + layout->line[next].number,
		                     bare->began + waited + layout->line[next].cycle);
	bare->next = next;
	bare->waited = waited;
	return (unsigned)(waited - before);
}

static void bare_begin(struct sim_memory_timing *timing, const struct sim_layout *layout, uint32_t at, uint64_t now)
{
	struct bare *bare = timing->state;

	bare->layout = layout;
	bare->base = at >> bare->shift;
	bare->next = 0;
	bare->began = now;
	bare->waited = 0;
}

static unsigned bare_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                           unsigned where, uint64_t now)
{
	struct bare *bare = timing->state;
	unsigned wait_states = timing->flash.wait_states, wait = bare_walk(timing, where);

	if (wait_states == 0)
		return 0;
	if (bare->layout)
		now = bare->began + bare->waited + bare->layout->end[where];
	else
		now += wait;
	begin_prefetch(bare, wait_states, now - 1);
	uint64_t ready = (now - 1 > bare->busy ? now - 1 : bare->busy) + 1 + wait_states;

	bare->busy = ready;
	bare->waited += ready > now ? ready - now : 0;
	return wait + (unsigned)(ready > now ? ready - now : 0);
}

const struct sim_memory_model sim_memory_bare = {
	.create = bare_create, .destroy = bare_destroy, .changed = bare_changed, .begin = bare_begin, .walk = bare_walk,
	.touch = bare_touch,
};
