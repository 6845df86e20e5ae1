/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A memory whose answers depend on what it was doing a moment ago: followed along a timeline, block by block and datum by
 * datum, at the cost of a comparison each. What happens in a state (what is kept, what is being read, counted from now)
 * is worked out once (struct sim_timeline_rules: work) and remembered with the state it leads to. States that look alike
 * are one, so that a loop soon goes round in a few of them.
 *
 * It knows what a block needs when (struct sim_layout) and when things happen, neither addresses of data nor what a line
 * holds.
 *
 * Invariant: remembering changes no answer; when SIM_TIMELINE_STATES are used up, all but the present one are forgotten.
 */
#ifndef SIM_TIMING_TIMELINE_H
#define SIM_TIMING_TIMELINE_H

#include "sim/timing/timing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_TIMELINE_KEPT = 8, SIM_TIMELINE_NEAR = 3, SIM_TIMELINE_STATES = 1 << 16, SIM_TIMELINE_GAP = 31 };
#define SIM_TIMELINE_NO_LINE UINT32_MAX

/*
 * Where in a block its lines are asked for. Lines count in the memory, cycles from the block's start at zero wait states,
 * instructions in halfwords.
 */
struct sim_layout {
	uint64_t key;    /* another for each block, 0: none; a multiple of SIM_TIMELINE_BLOCK */
	unsigned lines;
	struct sim_layout_line {
		uint32_t number;
		uint16_t where; /* asked for with that instruction */
		int16_t cycle;  /* behind its fetch, if nothing waits */
	} *line;
	struct sim_layout_end {
		uint16_t cycle; /* at which the instruction that begins there is through */
		uint16_t words; /* that it reads or writes */
	} *end;          /* [halfwords] */
	uint16_t cycles; /* of the block */
};

/* What may happen: a key in a state's steps. */
enum sim_timeline_event {
	SIM_TIMELINE_BLOCK_RUNS = 1, /* from begin to end, no datum read; with gap and block */
	SIM_TIMELINE_BLOCK_READS,    /* it begins, and reads; with gap, block and where */
	SIM_TIMELINE_READS,          /* it reads again; with where */
	SIM_TIMELINE_ENDS,
	SIM_TIMELINE_BLOCK_WALKS,    /* it begins, and somebody looks at it on its way; with gap, block and where */
	SIM_TIMELINE_WALKS,
	SIM_TIMELINE_EVENT = 7,
	SIM_TIMELINE_GAP_SHIFT = 3,
	SIM_TIMELINE_WHERE_SHIFT = 8,
	SIM_TIMELINE_WHERES = 1 << 10,
	SIM_TIMELINE_BLOCK = 1 << 18,
};

/* What such a memory is doing. Times count from the end of the last block, or, inside one, from its start put off by waits. */
struct sim_timeline_now {
	uint32_t kept[SIM_TIMELINE_KEPT];  /* the last used first */
	int16_t there[SIM_TIMELINE_KEPT];  /* when it has been read */
	uint32_t ahead, asked;             /* read before anybody needed it; to be read so */
	int16_t ahead_there, asked_from;
	int16_t busy;                      /* until when the array reads */
	uint16_t where, word;              /* in a block: the last instruction that read, which of its words */
	uint16_t next;                     /* …of its lines */
	uint32_t block;                    /* 0: none */
};

struct sim_timeline_step {
	uint64_t key;
	struct sim_timeline_state *next;
	uint64_t wait;
};

struct sim_timeline_state {
	struct sim_timeline_step near[SIM_TIMELINE_NEAR];
	struct sim_timeline_far *far;
	struct sim_timeline_state *same_hash, *made_before;
	struct sim_timeline_now now;
};

struct sim_timeline_rules {
	/* What an event costs, and the state it leads to, written such that states which answer alike are alike. */
	unsigned (*work)(const struct sim_timeline_rules *rules, struct sim_timeline_now *now,
	                 const struct sim_layout *layout, uint64_t key);
	uint8_t wait_states, kept;
	bool prefetch;
};

struct sim_timeline {
	struct sim_timeline_state *now;
	uint64_t pending;                  /* key of what settles the block on its way; 0: there is none */
	uint64_t time;                     /* cycle from which the state counts */
	const struct sim_layout *layout;   /* of the block on its way */
	struct sim_timeline_rules rules;
	struct sim_timeline_state **bucket, *last_made;
	unsigned states;
	uint32_t blocks;                   /* laid out so far */
};

/*
 * Where a block asks for its lines: M0+ for the next word when the instruction before it begins, M0 one earlier, the others
 * when they get there.
 *
 *   code, bytes, address  as sim_timing_price takes them
 *   at                    the same in the memory whose lines are `width` bytes
 *   layout                all zero, or made here before; then it is another block's from now on
 *
 * False: out of memory; the layout is empty.
 */
bool sim_timeline_lay_out(struct sim_timeline *timeline, struct sim_layout *layout, const struct sim_timing *timing,
                          const uint8_t *code, uint32_t bytes, uint32_t address, uint32_t at, uint32_t width);
void sim_timeline_free_layout(struct sim_layout *layout);

/* False: out of memory. */
bool sim_timeline_create(struct sim_timeline *timeline, const struct sim_timeline_rules *rules);
void sim_timeline_destroy(struct sim_timeline *timeline);

/* Goes by other rules, from a state where nothing is kept or on its way. */
void sim_timeline_restart(struct sim_timeline *timeline, const struct sim_timeline_rules *rules);

/* Works all out anew from now on. */
void sim_timeline_forget(struct sim_timeline *timeline);

/* An event that is not near. */
unsigned sim_timeline_find(struct sim_timeline *timeline, uint64_t key);

/* The step for an event, if it is near. */
static inline const struct sim_timeline_step *sim_timeline_near(const struct sim_timeline *timeline, uint64_t key)
{
	const struct sim_timeline_step *near = timeline->now->near;

	for (unsigned i = 0; i < SIM_TIMELINE_NEAR; i++)
		if (near[i].key == key)
			return &near[i];
	return NULL;
}

/* Cycles that an event costs. */
static inline unsigned sim_timeline_go(struct sim_timeline *timeline, uint64_t key)
{
	const struct sim_timeline_step *step = sim_timeline_near(timeline, key);

	if (!step)
		return sim_timeline_find(timeline, key);
	timeline->now = step->next;
	return (unsigned)step->wait;
}

/* A block begins, once the last is settled; `layout` may be NULL: it lies elsewhere. */
static inline void sim_timeline_begin(struct sim_timeline *timeline, const struct sim_layout *layout, uint64_t now)
{
	uint64_t gap = now > timeline->time ? now - timeline->time : 0;

	timeline->layout = layout;
	if (!layout || timeline->rules.wait_states == 0) {
		timeline->pending = 0;
		return;
	}
	timeline->pending = layout->key | (gap < SIM_TIMELINE_GAP ? gap : SIM_TIMELINE_GAP) << SIM_TIMELINE_GAP_SHIFT |
	                    SIM_TIMELINE_BLOCK_RUNS;
	timeline->time = now;
}

/* The block on its way is through: cycles for what it waited and nobody was told. */
static inline unsigned sim_timeline_settle(struct sim_timeline *timeline)
{
	if (!timeline->pending)
		return 0;
	unsigned wait = sim_timeline_go(timeline, timeline->pending);

	timeline->pending = 0;
	timeline->time += timeline->layout->cycles + wait;
	return wait;
}

/* The same, as long as it takes no more than a look. False: nothing has been done. */
static inline bool sim_timeline_settle_near(struct sim_timeline *timeline, unsigned *ret_wait)
{
	*ret_wait = 0;
	if (!timeline->pending)
		return true;
	const struct sim_timeline_step *step = sim_timeline_near(timeline, timeline->pending);

	if (!step)
		return false;
	timeline->now = step->next;
	timeline->pending = 0;
	timeline->time += timeline->layout->cycles + step->wait;
	*ret_wait = (unsigned)step->wait;
	return true;
}

/* Cycles up to the instruction `where`, in halfwords. */
unsigned sim_timeline_walk(struct sim_timeline *timeline, unsigned where);

/* Cycles for the instruction `where` reading a datum. `now`: the cycle if the block lies elsewhere, where nobody knows it. */
unsigned sim_timeline_touch(struct sim_timeline *timeline, unsigned where, uint64_t now);

#endif
