/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prices blocks along the path that the core takes, each with what its predecessors left in the pipeline, at the cost
 * of a comparison: every (pipeline state, block) is priced once (sim_timing_price_after) and remembered, with the
 * state that it leads to. States that look alike are one, so that a loop soon goes round in a few of them.
 *
 * It knows neither what blocks are, beyond an address in memory that stands for one, nor memory and predictors.
 *
 * Invariant: the cycles are those of pricing the whole path in one go, until SIM_PATH_STATES are used up; from then
 * on a state never seen before counts as the neutral one.
 */
#ifndef SIM_TIMING_PATH_H
#define SIM_TIMING_PATH_H

#include "sim/timing/timing.h"

enum { SIM_PATH_NEAR = 2, SIM_PATH_STATES = 1 << 15, SIM_PATH_BUCKETS = 1 << 14, SIM_PATH_RECENT = 1 << 12 };

/* One block after one state. */
struct sim_path_step {
	uintptr_t key;      /* the block's address * 2, 1 more if it is entered by a taken branch; 0: no step */
	struct sim_path_state *next;
	uint16_t cycles;
	int16_t taken_exit;
	uint8_t mispredict;
};

struct sim_path_state {
	struct sim_path_step near[SIM_PATH_NEAR];
	struct sim_path_far *far;          /* further steps */
	struct sim_path_state *same_hash, *made_before;
	struct sim_timing_state pipeline;
};

struct sim_path {
	struct sim_path_state *now, *neutral;
	struct sim_path_state *last_made;
	struct sim_path_state **bucket;    /* [SIM_PATH_BUCKETS] */
	unsigned states;
	struct sim_path_recent {           /* steps that are not near, by state and block: a memory of the last ones */
		const struct sim_path_state *from;
		struct sim_path_step step;
	} *recent;                         /* [SIM_PATH_RECENT] */
};

/* False: out of memory. */
bool sim_path_create(struct sim_path *path);
void sim_path_destroy(struct sim_path *path);

/* Forgets all prices: code has changed. */
void sim_path_forget(struct sim_path *path);

/* The pipeline is empty: an exception, a reset, a wrong prediction. */
static inline void sim_path_restart(struct sim_path *path)
{
	path->now = path->neutral;
}

/*
 * Goes on to a block, which has not been priced in this state yet. NULL: out of memory; the path stays where it is.
 *
 *   block     stands for it from now on
 *   taken     it is entered by a taken branch
 *   returned  valid until the next call
 */
const struct sim_path_step *sim_path_price(struct sim_path *path, const void *block, bool taken,
                                           const struct sim_timing *timing, const uint8_t *code, size_t bytes,
                                           uint32_t address);

/* Goes on to a block priced before in this state; NULL: it has not been. */
const struct sim_path_step *sim_path_recall(struct sim_path *path, const void *block, bool taken);

static inline uintptr_t sim_path_key(const void *block, bool taken)
{
	return (uintptr_t)block << 1 | taken;
}

static inline struct sim_path_recent *sim_path_recent_of(const struct sim_path *path, uintptr_t key)
{
	/* Blocks and states are 64 bytes or more apart; bit 1 of the key: the block counts as another one. */
	uintptr_t hash = (key >> 7) * 31 + ((uintptr_t)path->now >> 6) * 7 + (key & 3);

	return &path->recent[(hash ^ hash >> 12) % SIM_PATH_RECENT];
}

/* The step to that block if it is a usual one, but does not go there; else NULL. */
static inline const struct sim_path_step *sim_path_look(const struct sim_path *path, const void *block, bool taken)
{
	uintptr_t key = sim_path_key(block, taken);
	const struct sim_path_recent *recent;

	for (unsigned i = 0; i < SIM_PATH_NEAR; i++)
		if (path->now->near[i].key == key)
			return &path->now->near[i];
	recent = sim_path_recent_of(path, key);
	return recent->step.key == key && recent->from == path->now ? &recent->step : NULL;
}

/* sim_path_recall, the usual case in place. */
static inline const struct sim_path_step *sim_path_go(struct sim_path *path, const void *block, bool taken)
{
	const struct sim_path_step *step = sim_path_look(path, block, taken);

	if (!step)
		return sim_path_recall(path, block, taken);
	path->now = step->next;
	return step;
}

#endif
