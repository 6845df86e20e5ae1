/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ST's adaptive real-time accelerator, F4 and L4: a small instruction cache with prefetch, and a smaller data
 * buffer, between the core's two flash ports and one flash array.
 *
 *   rule                                                                          source           grade
 *   instruction lines, fully associative, least recently used goes: L4 32 of 32
 *     bytes, F4 64 of 16                                                          RM0432, RM0090   from memory
 *   one read fills what one read delivers, on L4 a quarter of a line; it waits
 *     wait_states, and interrupts a prefetch in progress                          CoreMark         measured
 *   entering a read's bytes reads those behind in the background, if they are
 *     not there                                                                   RM0432           from memory
 *   data: 8 entries of one flash read, least recently used goes; a miss waits
 *     wait_states (L4: 25 % of an image's cycles, size inferred from three)       findings         measured
 *   cache off: one line is held, and one more that prefetch reads
 *
 * When within its block a line is reached is taken in proportion to the bytes before it.
 * Residual: -2.5 to +1.5 % on four images of an STM32L4R5, no constant fitted. CoreMark on an F407 with 5 wait
 * states relative to none (mowsong/mcu_coremark_tests, flags unknown), measured, and by this file with GCC -O2 and -O3:
 * all on 1.014: 1.002, 1.003; without prefetch 1.031: 1.008, 1.016; without caches 1.537: 1.555, 1.519; with neither
 * 1.993: 2.068, 2.033.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 128, DATA_ENTRIES = 8, NOWHERE = 0xFF, NO_TAG = -1 };

struct line {
	uint32_t number; /* of the flash, in lines */
	uint8_t parts;   /* of it that were read: one bit to a read of the array */
	uint8_t newest;  /* the part read last … */
	uint64_t ready;  /* … which is there from then on */
};

struct art {
	uint8_t *place;       /* [lines of the flash + 1]: which of line[] holds it */
	struct line line[MAX_LINES];
	uint64_t used[MAX_LINES]; /* when, for replacement: apart, as all of it is looked at for each line that is read */
	uint32_t recent;          /* line entered last, if it and the next are there to stay; else UINT32_MAX */
	unsigned lines, line_shift, part_shift, data_shift, data_entries;
	uint8_t whole;            /* all parts of a line */
	uint32_t last_line;   /* of the flash */
	uint64_t all_ready;       /* from then on all that was read is there */
	uint64_t busy_from, busy; /* when the array began its last read of code, and when that ends */
	uint32_t data[DATA_ENTRIES]; /* tags, most recently used first */
};

static unsigned log2_of(unsigned value)
{
	return value > 1 ? 31 - (unsigned)__builtin_clz(value) : 0;
}

static size_t places(const struct sim_memory_timing *timing)
{
	return timing->flash_bytes / timing->flash.line_bytes + 2;
}

static void *art_create(const struct sim_memory_timing *timing)
{
	struct art *art = calloc(1, sizeof *art);

	if (art)
		art->place = malloc(places(timing));
	if (art && !art->place) {
		free(art);
		return NULL;
	}
	return art;
}

static void art_destroy(void *state)
{
	struct art *art = state;

	free(art->place);
	free(art);
}

static void art_changed(struct sim_memory_timing *timing)
{
	struct art *art = timing->state;
	const struct sim_flash_timing *flash = &timing->flash;
	unsigned line_bytes = flash->cache_on ? flash->cache_line_bytes : flash->line_bytes;
	unsigned lines = flash->cache_on ? flash->cache_bytes / line_bytes : 0;

	if (lines < 2)
		lines = 1u + flash->prefetch;
	art->lines = lines < MAX_LINES ? lines : MAX_LINES;
	art->line_shift = log2_of(line_bytes);
	art->part_shift = log2_of(flash->line_bytes < line_bytes ? flash->line_bytes : line_bytes);
	while (art->line_shift - art->part_shift > 3)
		art->part_shift++;
	art->whole = (uint8_t)((1u << (1u << (art->line_shift - art->part_shift))) - 1);
	art->last_line = (timing->flash_bytes - 1) >> art->line_shift;
	art->data_shift = log2_of(flash->line_bytes);
	art->data_entries = flash->data_on ? flash->data_bytes / flash->line_bytes : 0;
	if (art->data_entries > DATA_ENTRIES)
		art->data_entries = DATA_ENTRIES;
	art->busy_from = art->busy = 0;
	memset(art->place, NOWHERE, places(timing));
	memset(art->data, NO_TAG, sizeof art->data);
	for (unsigned i = 0; i < MAX_LINES; i++)
		art->line[i] = (struct line){.number = UINT32_MAX};
	memset(art->used, 0, sizeof art->used);
	art->recent = UINT32_MAX;
	art->all_ready = 0;
	timing->front = (struct sim_memory_front){.tag = art->data, .ways = art->data_entries,
	                                          .line_shift = (uint8_t)art->data_shift,
	                                          .reads = art->data_entries > 0, .second = art->data_entries > 1};
}

/* A line takes the place of the one that was not used for longest; nothing of it is there yet. */
static struct line *make_room(struct art *art, uint32_t number)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < art->lines; i++)
		oldest = art->used[i] < art->used[oldest] ? i : oldest;
	struct line *line = &art->line[oldest];
	if (line->number != UINT32_MAX)
		art->place[line->number] = NOWHERE;
	art->place[number] = (uint8_t)oldest;
	*line = (struct line){.number = number};
	return line;
}

static void read_part(struct art *art, struct line *line, unsigned part, uint64_t now, unsigned wait_states)
{
	line->parts |= (uint8_t)(1u << part);
	line->newest = (uint8_t)part;
	art->busy_from = now;
	art->busy = line->ready = now + wait_states + 1;
	if (line->ready > art->all_ready)
		art->all_ready = line->ready;
	art->recent = UINT32_MAX;
}

static bool is_there(const struct art *art, uint32_t number, unsigned part)
{
	return art->place[number] != NOWHERE && art->line[art->place[number]].parts >> part & 1;
}

/* Reads the part behind one, in the background. */
static void prefetch(struct art *art, uint32_t number, unsigned part, uint64_t now, unsigned wait_states)
{
	bool within = art->whole >> (part + 1) & 1;
	uint32_t next = within ? number : number + 1;

	part = within ? part + 1 : 0;
	if (next > art->last_line || is_there(art, next, part))
		return;
	if (art->place[next] == NOWHERE) {
		struct line *line = make_room(art, next);

		art->used[line - art->line] = now > 0 ? now - 1 : 0; /* goes before the line that runs */
	}
	read_part(art, &art->line[art->place[next]], part, now, wait_states);
}

/* The core moves on to a part of a line at `now`: what it waits. */
static unsigned enter_part(struct sim_memory_timing *timing, uint32_t number, unsigned part, uint64_t now)
{
	struct art *art = timing->state;
	unsigned wait_states = timing->flash.wait_states, wait = 0;
	struct line *line = art->place[number] == NOWHERE ? make_room(art, number) : &art->line[art->place[number]];

	if (!(line->parts >> part & 1))
		read_part(art, line, part, now, wait_states);
	if (line->newest == part && line->ready > now + 1)
		wait = (unsigned)(line->ready - now - 1);
	art->used[line - art->line] = now + wait;
	if (timing->flash.prefetch)
		prefetch(art, number, part, now + wait, wait_states);
	return wait;
}

/* Its bytes from `from` on, `before` bytes into the block, until the block's end at `to`. */
static unsigned enter_line(struct sim_memory_timing *timing, uint32_t from, uint32_t to, uint32_t before,
                           uint32_t cycles, uint32_t bytes, uint64_t now)
{
	struct art *art = timing->state;
	uint32_t number = from >> art->line_shift, at = from;
	unsigned wait = 0;

	while (at < to && at >> art->line_shift == number) {
		unsigned part = at >> art->part_shift & ((1u << (art->line_shift - art->part_shift)) - 1);

		wait += enter_part(timing, number, part, now + wait + (before + (at - from)) * cycles / bytes);
		at = ((at >> art->part_shift) + 1) << art->part_shift;
	}
	return wait;
}

/* From one line of the block on, whatever they need; those before were there. */
static __attribute__((noinline)) unsigned fetch_from(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes,
                                                     uint32_t cycles, uint64_t now, uint32_t number)
{
	struct art *art = timing->state;
	uint32_t first = at >> art->line_shift, last = (at + bytes - 1) >> art->line_shift;
	unsigned wait = 0;

	for (; number <= last && number <= art->last_line; number++) {
		uint8_t place = art->place[number];

		if (place != NOWHERE && art->line[place].parts == art->whole && art->line[place].ready <= now &&
		    is_there(art, number + 1, 0)) {
			art->used[place] = now + wait;
			art->recent = number;
		} else {
			uint32_t from = number == first ? at : number << art->line_shift;

			wait += enter_line(timing, from, at + bytes, from - at, cycles, bytes, now + wait);
		}
	}
	return wait;
}

/*
 * A line of which not all was read: whether the block's parts are there, and the one that prefetch would read behind
 * them, so that entering them only makes the line the youngest, as of its last part.
 */
static inline bool parts_are_there(const struct sim_memory_timing *timing, uint32_t number, uint32_t at, uint32_t end,
                                   uint32_t *ret_last_part)
{
	const struct art *art = timing->state;
	uint32_t begin = number << art->line_shift, next = begin + (1u << art->line_shift);
	uint32_t from = at > begin ? at : begin, to = end < next ? end : next;
	unsigned first = (from - begin) >> art->part_shift, last = (to - 1 - begin) >> art->part_shift;
	unsigned wanted = (2u << last) - (1u << first), ahead = timing->flash.prefetch ? 2u << last : 0;

	if (ahead > art->whole && number < art->last_line && !is_there(art, number + 1, 0))
		return false;
	*ret_last_part = last > first ? begin + (last << art->part_shift) : from;
	wanted |= ahead & art->whole;
	return (art->line[art->place[number]].parts & wanted) == wanted;
}

static unsigned art_fetch(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles, uint64_t now)
{
	struct art *art = timing->state;
	uint32_t number = at >> art->line_shift, last = (at + bytes - 1) >> art->line_shift;

	/* Again the line used last: that changes nobody's turn. */
	if (number == art->recent && last == number)
		return 0;
	if (art->all_ready > now)
		return fetch_from(timing, at, bytes, cycles, now, number);
	/* The usual case: all of them are there, and what is behind. */
	for (unsigned place = art->place[number]; number <= last; number++) {
		unsigned next = art->place[number + 1];
		uint32_t part;

		if (place == NOWHERE)
			return fetch_from(timing, at, bytes, cycles, now, number);
		if (art->line[place].parts == art->whole && next != NOWHERE && (art->line[next].parts & 1)) {
			art->used[place] = now;
			art->recent = number;
		} else if (parts_are_there(timing, number, at, at + bytes, &part)) {
			art->used[place] = now + (part > at ? (part - at) * cycles / bytes : 0);
		} else {
			return fetch_from(timing, at, bytes, cycles, now, number);
		}
		place = next;
	}
	return 0;
}

static unsigned read_entry(struct sim_memory_timing *timing, uint32_t tag, uint64_t now)
{
	struct art *art = timing->state;
	uint32_t moving = tag;

	/* To the front, each before it one back: in the same pass as the search. */
	for (unsigned i = 0; i < art->data_entries; i++) {
		uint32_t held = art->data[i];

		art->data[i] = moving;
		if (held == tag)
			return 0;
		moving = held;
	}
	/* The core waits until the array is free again: it keeps nobody else from it. Code is told a block ahead. */
	bool collides = now >= art->busy_from && now < art->busy;

	return (unsigned)(collides ? art->busy - now : 0) + timing->flash.wait_states;
}

static unsigned art_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                          unsigned where, uint64_t now)
{
	const struct art *art = timing->state;
	uint32_t first = at >> art->data_shift;
	uint32_t last = (at + (bytes_and_write & SIM_TOUCH_BYTES) - 1) >> art->data_shift;
	unsigned wait = read_entry(timing, first, now);

	return last == first ? wait : wait + read_entry(timing, last, now + wait);
}

const struct sim_memory_model sim_memory_art = {
	.create = art_create, .destroy = art_destroy, .changed = art_changed, .fetch = art_fetch, .touch = art_touch,
};
