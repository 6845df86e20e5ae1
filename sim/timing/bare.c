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
 * Residual with the pipeline of m0.c: -1.2 to +0.7 % on four images of an STM32G0B1; CoreMark with 2 wait states
 * 1.08 times as long as with none, measured on an STM32G070 1.069.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 8, NO_LINE = -1 };

struct bare {
	struct {
		uint32_t number;
		uint64_t used, ready;
	} line[MAX_LINES];
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

static void *bare_create(const struct sim_memory_timing *timing)
{
	(void)timing;
	return calloc(1, sizeof(struct bare));
}

static void bare_changed(struct sim_memory_timing *timing)
{
	struct bare *bare = timing->state, fresh = {.layout = bare->layout, .next = bare->next, .base = bare->base,
	                                            .began = bare->began, .waited = bare->waited};
	const struct sim_flash_timing *flash = &timing->flash;
	unsigned lines = (flash->cache_on ? flash->cache_bytes / flash->line_bytes : 0) + (flash->prefetch ? 2 : 1);

	fresh.lines = lines < MAX_LINES ? lines : MAX_LINES;
	fresh.shift = 31 - (unsigned)__builtin_clz(flash->line_bytes);
	fresh.current = fresh.prefetched = (uint32_t)NO_LINE;
	for (unsigned i = 0; i < MAX_LINES; i++)
		fresh.line[i].number = (uint32_t)NO_LINE;
	*bare = fresh;
}

static unsigned place_of(const struct bare *bare, uint32_t number)
{
	unsigned i = 0;

	while (i < bare->lines && bare->line[i].number != number)
		i++;
	return i;
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

static void keep(struct bare *bare, uint32_t number, uint64_t ready, uint64_t now)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < bare->lines; i++)
		if (bare->line[i].used < bare->line[oldest].used)
			oldest = i;
	bare->line[oldest].number = number;
	bare->line[oldest].ready = ready;
	bare->line[oldest].used = now;
}

static uint64_t enter_line(struct sim_memory_timing *timing, uint32_t number, uint64_t now)
{
	struct bare *bare = timing->state;
	unsigned wait_states = timing->flash.wait_states, place;
	uint64_t ready;

	if (number == bare->current)
		return 0;
	bare->current = number;
	begin_prefetch(bare, wait_states, now);
	place = place_of(bare, number);
	if (place < bare->lines) {
		ready = bare->line[place].ready;
		bare->line[place].used = now;
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

	if (timing->flash.prefetch && bare->prefetched != number + 1 && place_of(bare, number + 1) == bare->lines) {
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
	uint64_t before = bare->waited;

	if (!layout || timing->flash.wait_states == 0)
		return 0;
	while (bare->next < layout->lines && layout->line[bare->next].where <= where) {
		const struct sim_layout_line *line = &layout->line[bare->next++];

		bare->waited += enter_line(timing, bare->base + line->number, bare->began + bare->waited + line->cycle);
	}
	return (unsigned)(bare->waited - before);
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

static unsigned bare_touch(struct sim_memory_timing *timing, const struct sim_touch *touch, uint64_t now)
{
	struct bare *bare = timing->state;
	unsigned wait_states = timing->flash.wait_states, wait = bare_walk(timing, touch->where);

	if (wait_states == 0)
		return 0;
	if (bare->layout)
		now = bare->began + bare->waited + bare->layout->end[touch->where];
	else
		now += wait;
	begin_prefetch(bare, wait_states, now - 1);
	uint64_t ready = (now - 1 > bare->busy ? now - 1 : bare->busy) + 1 + wait_states;

	bare->busy = ready;
	bare->waited += ready > now ? ready - now : 0;
	return wait + (unsigned)(ready > now ? ready - now : 0);
}

const struct sim_memory_model sim_memory_bare = {
	.create = bare_create, .destroy = free, .changed = bare_changed, .begin = bare_begin, .walk = bare_walk,
	.touch = bare_touch,
};
