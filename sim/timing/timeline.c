/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/timing/timeline.h"

#include "sim/timing/hash.h"

#include <stdlib.h>
#include <string.h>

enum { FAR = 8, BUCKETS = 1 << 15 };

struct sim_timeline_far {
	struct sim_timeline_step step[FAR];
	struct sim_timeline_far *more;
};

static uint32_t hash_of(const struct sim_timeline_now *now)
{
	return sim_timing_hash(now, sizeof *now) % BUCKETS;
}
_Static_assert(sizeof(struct sim_timeline_now) % 8 == 0, "no rest, and no padding: compared as bytes");

/* The state that looks like this, made if there is none and there is room. */
static struct sim_timeline_state *state_of(struct sim_timeline *timeline, const struct sim_timeline_now *now)
{
	uint32_t hash = hash_of(now);
	struct sim_timeline_state *state = timeline->bucket[hash];

	while (state && memcmp(&state->now, now, sizeof *now) != 0)
		state = state->same_hash;
	if (state || timeline->states == SIM_TIMELINE_STATES)
		return state;
	state = calloc(1, sizeof *state);
	if (!state)
		return NULL;
	state->now = *now;
	state->same_hash = timeline->bucket[hash];
	state->made_before = timeline->last_made;
	timeline->bucket[hash] = timeline->last_made = state;
	timeline->states++;
	return state;
}

static void free_states(struct sim_timeline *timeline, const struct sim_timeline_state *but)
{
	while (timeline->last_made) {
		struct sim_timeline_state *state = timeline->last_made;

		timeline->last_made = state->made_before;
		while (state->far) {
			struct sim_timeline_far *more = state->far->more;

			free(state->far);
			state->far = more;
		}
		if (state != but)
			free(state);
	}
}

/* One state alone, which knows no step. */
static void keep_only(struct sim_timeline *timeline, struct sim_timeline_state *state)
{
	free_states(timeline, state);
	memset(timeline->bucket, 0, BUCKETS * sizeof(struct sim_timeline_state *));
	memset(state->near, 0, sizeof state->near);
	state->same_hash = state->made_before = NULL;
	timeline->bucket[hash_of(&state->now)] = timeline->last_made = timeline->now = state;
	timeline->states = 1;
}

static void empty(struct sim_timeline_now *now)
{
	memset(now, 0, sizeof *now);
	memset(now->kept, 0xFF, sizeof now->kept);
	now->ahead = now->asked = SIM_TIMELINE_NO_LINE;
}

bool sim_timeline_create(struct sim_timeline *timeline, const struct sim_timeline_rules *rules)
{
	struct sim_timeline_now now;

	memset(timeline, 0, sizeof *timeline);
	empty(&now);
	timeline->rules = *rules;
	timeline->bucket = calloc(BUCKETS, sizeof(struct sim_timeline_state *));
	if (timeline->bucket)
		timeline->now = state_of(timeline, &now);
	if (timeline->now)
		return true;
	sim_timeline_destroy(timeline);
	return false;
}

void sim_timeline_destroy(struct sim_timeline *timeline)
{
	free_states(timeline, NULL);
	free(timeline->bucket);
	memset(timeline, 0, sizeof *timeline);
}

void sim_timeline_restart(struct sim_timeline *timeline, const struct sim_timeline_rules *rules)
{
	timeline->rules = *rules;
	timeline->pending = 0;
	empty(&timeline->now->now);
	keep_only(timeline, timeline->now);
}

void sim_timeline_forget(struct sim_timeline *timeline)
{
	keep_only(timeline, timeline->now);
}

/* The last of the near steps goes far, this one comes in its place. False: out of memory, and it is not remembered. */
static bool remember(struct sim_timeline_state *state, const struct sim_timeline_step *step)
{
	struct sim_timeline_step *last = &state->near[SIM_TIMELINE_NEAR - 1];

	for (unsigned i = 0; i < SIM_TIMELINE_NEAR; i++)
		if (!state->near[i].key) {
			state->near[i] = *step;
			return true;
		}
	for (struct sim_timeline_far *far = state->far; far; far = far->more)
		for (unsigned i = 0; i < FAR; i++)
			if (!far->step[i].key) {
				far->step[i] = *last;
				*last = *step;
				return true;
			}
	struct sim_timeline_far *far = calloc(1, sizeof *far);

	if (!far)
		return false;
	far->step[0] = *last;
	far->more = state->far;
	state->far = far;
	*last = *step;
	return true;
}

static unsigned work_out(struct sim_timeline *timeline, uint64_t key)
{
	struct sim_timeline_state *state = timeline->now;
	struct sim_timeline_now now = state->now;
	unsigned wait = timeline->rules.work(&timeline->rules, &now, timeline->layout, key);
	struct sim_timeline_state *next = state_of(timeline, &now);

	if (next) {
		remember(state, &(struct sim_timeline_step){.key = key, .next = next, .wait = wait});
		timeline->now = next;
	} else {
		state->now = now;
		keep_only(timeline, state);
	}
	return wait;
}

unsigned sim_timeline_find(struct sim_timeline *timeline, uint64_t key)
{
	struct sim_timeline_state *state = timeline->now;

	for (unsigned i = 0; i < SIM_TIMELINE_NEAR; i++)
		if (state->near[i].key == key) {
			timeline->now = state->near[i].next;
			return (unsigned)state->near[i].wait;
		}
	for (struct sim_timeline_far *far = state->far; far; far = far->more)
		for (unsigned i = 0; i < FAR; i++)
			if (far->step[i].key == key) {
				struct sim_timeline_step found = far->step[i];

				far->step[i] = state->near[SIM_TIMELINE_NEAR - 1];
				state->near[SIM_TIMELINE_NEAR - 1] = found;
				timeline->now = found.next;
				return (unsigned)found.wait;
			}
	return work_out(timeline, key);
}

/* Inside the block on its way: an event that puts the rest of it off. */
static unsigned within(struct sim_timeline *timeline, unsigned where, unsigned first, unsigned further)
{
	uint64_t key = timeline->pending, at = (uint64_t)(where < SIM_TIMELINE_WHERES ? where : SIM_TIMELINE_WHERES - 1)
	                                       << SIM_TIMELINE_WHERE_SHIFT;

	key = key == SIM_TIMELINE_ENDS ? further | at : (key - SIM_TIMELINE_BLOCK_RUNS + first) | at;
	unsigned wait = sim_timeline_go(timeline, key);

	timeline->pending = SIM_TIMELINE_ENDS;
	timeline->time += wait;
	return wait;
}

unsigned sim_timeline_walk(struct sim_timeline *timeline, unsigned where)
{
	return timeline->pending ? within(timeline, where, SIM_TIMELINE_BLOCK_WALKS, SIM_TIMELINE_WALKS) : 0;
}

unsigned sim_timeline_touch(struct sim_timeline *timeline, unsigned where, uint64_t now)
{
	if (timeline->pending)
		return within(timeline, where, SIM_TIMELINE_BLOCK_READS, SIM_TIMELINE_READS);
	if (timeline->rules.wait_states == 0)
		return 0;
	uint64_t gap = now > timeline->time ? now - timeline->time : 0;
	unsigned wait = sim_timeline_go(timeline, (gap < SIM_TIMELINE_GAP ? gap : SIM_TIMELINE_GAP) << SIM_TIMELINE_GAP_SHIFT |
	                                          SIM_TIMELINE_BLOCK_READS);

	timeline->time = now + wait;
	return wait;
}

void sim_timeline_free_layout(struct sim_layout *layout)
{
	free(layout->line);
	free(layout->end);
	memset(layout, 0, sizeof *layout);
}

/* The lines of `bytes` at `at` that are new; where and when they are asked for. */
static void ask(struct sim_layout *layout, uint32_t at, uint32_t bytes, uint32_t width, uint32_t where, int cycle)
{
	for (uint32_t line = at / width; line <= (at + bytes - 1) / width; line++)
		if (layout->lines == 0 || layout->line[layout->lines - 1].number < line)
			layout->line[layout->lines++] = (struct sim_layout_line){
				.number = line, .where = (uint16_t)where, .cycle = (int16_t)cycle};
}

/* What an instruction at `at` asks for, `bytes` long, when it begins at `began`. */
static void ask_for_insn(struct sim_layout *layout, enum sim_core core, uint32_t at, uint32_t bytes, uint32_t width,
                         uint32_t where, int began)
{
	bool first = layout->lines == 0;

	switch (core) {
	case SIM_M0: /* the next word, as its own first half begins; if it is a word's second half, that was before */
		if (first) {
			ask(layout, at, 2, width, where, -1);
			if (at & 2)
				ask(layout, at + 2, 2, width, where, 0);
		}
		for (uint32_t i = 0; i < bytes; i += 2)
			if (!((at + i) & 2))
				ask(layout, at + i + 4, 2, width, where, began + 1 + (int)i / 2);
		break;
	case SIM_M0PLUS: /* what comes behind it */
		if (first)
			ask(layout, at, 2, width, where, 0);
		ask(layout, at + 2, bytes, width, where, began + 1);
		break;
	default:
		ask(layout, at, bytes, width, where, began);
	}
}

/* A block's prefixes are priced one after the other: an instruction ends when the block up to it does. */
bool sim_timeline_lay_out(struct sim_timeline *timeline, struct sim_layout *layout, const struct sim_timing *timing,
                          const uint8_t *code, uint32_t bytes, uint32_t address, uint32_t at, uint32_t width)
{
	struct sim_insn insn;

	sim_timeline_free_layout(layout);
	layout->line = calloc(bytes / width + 4, sizeof *layout->line);
	layout->end = calloc(bytes / 2 + 2, sizeof *layout->end);
	if (!layout->line || !layout->end) {
		sim_timeline_free_layout(layout);
		return false;
	}
	layout->key = (uint64_t)++timeline->blocks * SIM_TIMELINE_BLOCK;
	for (uint32_t i = 0; i + 2 <= bytes; i += insn.size) {
		struct sim_block_cost cost;
		uint32_t end;

		sim_decode(code + i, bytes - i, address + i, &insn);
		end = i + insn.size < bytes ? i + insn.size : bytes;
		ask_for_insn(layout, timing->core, at + i, end - i, width, i / 2, layout->cycles);
		sim_timing_price(timing, code, end, address, &cost);
		layout->cycles = (uint16_t)cost.cycles;
		layout->end[i / 2] = (struct sim_layout_end){.cycle = layout->cycles, .words = insn.transfers};
	}
	return true;
}
