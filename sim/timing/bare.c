/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash with next to nothing before it (G0, F0, F1): one array, one port, a few lines kept, prefetch. Its waits depend on
 * what the array is doing at that moment, so this follows a timeline (timeline.h): each line that a block enters and each
 * datum is told with the cycle in which it happens. Layouts say which instruction asks for a line.
 *
 *   rule                                                                          source              grade
 *   a read takes wait_states + 1 cycles, one after the other                      RM0091 3.2.1, RM0490 verified
 *                                                                                 4.3.2 (C0, as G0)
 *   F0 reads 4 bytes, F1 and G0 8                                                 RM0091, RM0364 (F3, verified
 *                                                                                 as F1), RM0444
 *   prefetch: a line that is asked for makes the next one wanted, unless it is
 *     held; its read begins with the cycle after                                  RM0490; the cycle: images measured
 *   an access goes before a prefetch that has not begun when the access is on
 *     the bus, a cycle before its data: F3's manual says so of DCode              RM0364 3.2.1        verified
 *   the lines kept are those of the cache and, with prefetch, two more: the one
 *     in use and the one before; the least recently used goes                     RM0490: 2 + current measured
 *                                                                                 + next; CoreMark
 *   a datum is never kept: it waits wait_states, and for a read in progress       RM0490: no D-cache  measured
 *   M0+: the next word is asked for as the instruction before it begins: the core
 *     fetches ahead, by 32 bits at most, and if that address were not out when a
 *     load there takes the bus, the load would cost 3. So a taken branch at a     RP2040 datasheet    estimated
 *     line's end has asked for the line behind it                                 2.4.2.6, argument
 *   M0: a stage more, so an instruction earlier: the next word as a word's first
 *     half begins. A literal load is a cycle cheaper there than in the second     jnk0le, cortex_m0   measured
 *   an LDM's words come one after the other, each as a datum                      AHB-Lite            estimated
 *
 * Residual with the pipeline of m0.c: -1.1 to +1.3 % on four images of an STM32G0B1. CoreMark relative to no wait states
 * (mowsong/mcu_coremark_tests, its compiler unknown; built here with GCC -O2), measured and by this file: G070, 2: 1.069,
 * 1.086; F030, 1: 1.086, 1.092; F103, 1 and 2: 1.119, 1.139 and 1.333, 1.365. With GCC -Os, -O3 and unrolled, and clang,
 * the same code has 1.10 to 1.17 on G070: which compiler counts for more than what is left.
 */
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_AGO = -1000 };

static int16_t later(int a, int b)
{
	return (int16_t)(a > b ? a : b);
}

/* Times count from `cycles` later on. */
static void pass(struct sim_timeline_now *now, int cycles)
{
	for (unsigned i = 0; i < SIM_TIMELINE_KEPT; i++)
		now->there[i] = later(now->there[i] - cycles, LONG_AGO);
	now->ahead_there = later(now->ahead_there - cycles, LONG_AGO);
	now->asked_from = later(now->asked_from - cycles, LONG_AGO);
	now->busy = later(now->busy - cycles, LONG_AGO);
}

/* Begins the prefetch that was asked for, if it could by `at`. */
static void begin_prefetch(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, int at)
{
	int16_t begin = later(now->asked_from, now->busy);

	if (now->asked == SIM_TIMELINE_NO_LINE || begin > at)
		return;
	now->ahead = now->asked;
	now->ahead_there = now->busy = (int16_t)(begin + rules->wait_states + 1);
	now->asked = SIM_TIMELINE_NO_LINE;
}

/* The array's answer to an access whose data would be there at `at`. */
static int16_t read_array(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, int at)
{
	return now->busy = (int16_t)(later(now->busy, at - 1) + rules->wait_states + 1);
}

static unsigned place_of(const struct sim_timeline_rules *rules, const struct sim_timeline_now *now, uint32_t line)
{
	unsigned place = 0;

	while (place < rules->kept && now->kept[place] != line)
		place++;
	return place;
}

/* A line moves to the front, from its place or in place of the last. */
static void use(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, unsigned place, uint32_t line,
                int16_t there)
{
	for (unsigned i = place < rules->kept ? place : rules->kept - 1u; i > 0; i--) {
		now->kept[i] = now->kept[i - 1];
		now->there[i] = now->there[i - 1];
	}
	now->kept[0] = line;
	now->there[0] = there;
}

/* The fetch of a line, whose data would be there at `at`: cycles until they are. */
static unsigned enter(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, uint32_t line, int at)
{
	unsigned place;
	int16_t there;

	if (now->kept[0] == line)
		return 0;
	if (at < 0 && now->kept[1] == line && now->kept[0] == line + 1)
		return 0; /* asked for before the block began: M0 may have it, and be ahead of it */
	begin_prefetch(rules, now, now->asked == line ? at - 1 : at - 3);
	place = place_of(rules, now, line);
	if (place < rules->kept)
		there = now->there[place];
	else if (now->ahead == line)
		there = now->ahead_there;
	else
		there = read_array(rules, now, at);
	use(rules, now, place, line, there);
	now->asked = SIM_TIMELINE_NO_LINE;
	if (rules->prefetch && now->ahead != line + 1 && place_of(rules, now, line + 1) == rules->kept) {
		now->asked = line + 1;
		now->asked_from = later(at, there);
	}
	return there > at ? (unsigned)(there - at) : 0;
}

static unsigned walk(const struct sim_timeline_rules *rules, struct sim_timeline_now *now,
                     const struct sim_layout *layout, unsigned where)
{
	unsigned wait = 0;

	for (; now->next < layout->lines && layout->line[now->next].where <= where; now->next++)
		wait += enter(rules, now, layout->line[now->next].number, (int)wait + layout->line[now->next].cycle);
	return wait;
}

static unsigned touch(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, int at)
{
	begin_prefetch(rules, now, at - 3);
	return (unsigned)(read_array(rules, now, at) - at);
}

/* When, in the block, the next word of the instruction `where` would be there; it is noted as read. */
static int next_word(struct sim_timeline_now *now, const struct sim_layout *layout, unsigned where)
{
	const struct sim_layout_end *end = &layout->end[where];

	now->word = now->where == where + 1 ? (uint16_t)(now->word + 1) : 0;
	if (now->word >= end->words)
		now->word = end->words ? end->words - 1 : 0;
	now->where = (uint16_t)(where + 1);
	return end->cycle - (end->words ? end->words - 1 : 0) + now->word;
}

/* What is over by `at` and cannot matter any more is written in one way. */
static void tidy(const struct sim_timeline_rules *rules, struct sim_timeline_now *now, int at)
{
	begin_prefetch(rules, now, at - 3);
	now->asked_from = now->asked == SIM_TIMELINE_NO_LINE ? (int16_t)(at - 1) : later(now->asked_from, now->busy);
	now->busy = later(now->busy, now->asked_from < at - 1 ? now->asked_from : at - 1);
	if (now->ahead != SIM_TIMELINE_NO_LINE && place_of(rules, now, now->ahead) < rules->kept)
		now->ahead = SIM_TIMELINE_NO_LINE;
	now->ahead_there = now->ahead == SIM_TIMELINE_NO_LINE ? 0 : later(now->ahead_there, at);
	for (unsigned i = 0; i < SIM_TIMELINE_KEPT; i++)
		now->there[i] = now->kept[i] == SIM_TIMELINE_NO_LINE ? 0 : later(now->there[i], at);
}

static unsigned work(const struct sim_timeline_rules *rules, struct sim_timeline_now *now,
                     const struct sim_layout *layout, uint64_t key)
{
	unsigned event = key & SIM_TIMELINE_EVENT, where = key >> SIM_TIMELINE_WHERE_SHIFT & (SIM_TIMELINE_WHERES - 1);
	unsigned wait = 0;
	int at = 0;

	if (event != SIM_TIMELINE_READS && event != SIM_TIMELINE_WALKS && event != SIM_TIMELINE_ENDS) {
		pass(now, (int)(key >> SIM_TIMELINE_GAP_SHIFT & SIM_TIMELINE_GAP));
		now->block = (uint32_t)(key / SIM_TIMELINE_BLOCK);
	}
	if (event == SIM_TIMELINE_BLOCK_RUNS || event == SIM_TIMELINE_ENDS) {
		wait = walk(rules, now, layout, UINT16_MAX);
		pass(now, (int)wait + layout->cycles);
		now->block = 0;
		now->next = now->where = now->word = 0;
	} else if (now->block == 0) {
		/* Told without the cycles that an LDM's words take themselves: none comes in the cycle of another. */
		wait = touch(rules, now, now->busy >= 0 ? now->busy + 1 : 0);
		pass(now, (int)wait);
	} else {
		wait = walk(rules, now, layout, where);
		if (event == SIM_TIMELINE_BLOCK_READS || event == SIM_TIMELINE_READS) {
			at = next_word(now, layout, where);
			wait += touch(rules, now, (int)wait + at);
		}
		pass(now, (int)wait);
	}
	tidy(rules, now, at);
	return wait;
}

static struct sim_timeline_rules rules_of(const struct sim_flash_timing *flash)
{
	unsigned lines = (flash->cache_on ? flash->cache_bytes / flash->line_bytes : 0) + (flash->prefetch ? 2 : 1);

	return (struct sim_timeline_rules){
		.work = work, .wait_states = flash->wait_states, .prefetch = flash->prefetch,
		.kept = (uint8_t)(lines < SIM_TIMELINE_KEPT ? lines : SIM_TIMELINE_KEPT),
	};
}

static void *bare_create(const struct sim_memory_timing *timing)
{
	struct sim_timeline *timeline = malloc(sizeof *timeline);
	struct sim_timeline_rules rules = rules_of(&timing->flash);

	if (timeline && !sim_timeline_create(timeline, &rules)) {
		free(timeline);
		return NULL;
	}
	return timeline;
}

static void bare_destroy(void *state)
{
	sim_timeline_destroy(state);
	free(state);
}

static void bare_changed(struct sim_memory_timing *timing)
{
	struct sim_timeline_rules rules = rules_of(&timing->flash);

	sim_timeline_restart(timing->state, &rules);
}

const struct sim_memory_model sim_memory_bare = {
	.create = bare_create, .destroy = bare_destroy, .changed = bare_changed, .timeline = true,
};
