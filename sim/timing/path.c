/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/timing/path.h"

#include "sim/timing/hash.h"

#include <stdlib.h>
#include <string.h>

enum { FAR = 8, HOST_LINE = 64 };

struct sim_path_far {
	struct sim_path_step step[FAR];
	struct sim_path_far *more;
};

static uint32_t hash_of(const struct sim_timing_state *pipeline)
{
	return sim_timing_hash(pipeline, sizeof *pipeline) % SIM_PATH_BUCKETS;
}

/* The state that looks like this, made if there is none. */
static struct sim_path_state *state_of(struct sim_path *path, const struct sim_timing_state *pipeline)
{
	uint32_t hash = hash_of(pipeline);
	struct sim_path_state *state = path->bucket[hash];

	while (state && memcmp(&state->pipeline, pipeline, sizeof *pipeline) != 0)
		state = state->same_hash;
	if (state)
		return state;
	if (path->states == SIM_PATH_STATES)
		return path->neutral;
	/* The steps that are near share a line of the host's cache. */
	state = aligned_alloc(HOST_LINE, (sizeof *state + HOST_LINE - 1) / HOST_LINE * HOST_LINE);
	if (!state)
		return NULL;
	memset(state, 0, sizeof *state);
	state->pipeline = *pipeline;
	state->same_hash = path->bucket[hash];
	state->made_before = path->last_made;
	path->bucket[hash] = path->last_made = state;
	path->states++;
	return state;
}

bool sim_path_create(struct sim_path *path)
{
	static const struct sim_timing_state nothing;

	memset(path, 0, sizeof *path);
	path->bucket = calloc(SIM_PATH_BUCKETS, sizeof *path->bucket);
	path->recent = calloc(SIM_PATH_RECENT, sizeof *path->recent);
	if (path->bucket && path->recent)
		path->now = path->neutral = state_of(path, &nothing);
	if (path->neutral)
		return true;
	sim_path_destroy(path);
	return false;
}

static void free_steps(struct sim_path_state *state)
{
	while (state->far) {
		struct sim_path_far *more = state->far->more;

		free(state->far);
		state->far = more;
	}
}

void sim_path_destroy(struct sim_path *path)
{
	while (path->last_made) {
		struct sim_path_state *before = path->last_made->made_before;

		free_steps(path->last_made);
		free(path->last_made);
		path->last_made = before;
	}
	free(path->bucket);
	free(path->recent);
	memset(path, 0, sizeof *path);
}

void sim_path_forget(struct sim_path *path)
{
	for (struct sim_path_state *state = path->last_made; state; state = state->made_before) {
		free_steps(state);
		memset(state->near, 0, sizeof state->near);
	}
	memset(path->recent, 0, SIM_PATH_RECENT * sizeof *path->recent);
}

const struct sim_path_step *sim_path_recall(struct sim_path *path, const void *block, bool taken)
{
	struct sim_path_state *now = path->now;
	uintptr_t key = sim_path_key(block, taken);

	for (struct sim_path_far *far = now->far; far; far = far->more) {
		for (unsigned i = 0; i < FAR; i++) {
			if (far->step[i].key != key)
				continue;
			*sim_path_recent_of(path, key) = (struct sim_path_recent){now, far->step[i]};
			path->now = far->step[i].next;
			return &far->step[i];
		}
	}
	return NULL;
}

/* A place for one more step; those that do not fit near go far. */
static struct sim_path_step *room(struct sim_path_state *state)
{
	for (unsigned i = 0; i < SIM_PATH_NEAR; i++)
		if (!state->near[i].key)
			return &state->near[i];
	for (struct sim_path_far *far = state->far; far; far = far->more)
		for (unsigned i = 0; i < FAR; i++)
			if (!far->step[i].key)
				return &far->step[i];
	struct sim_path_far *far = calloc(1, sizeof *far);

	if (!far)
		return NULL;
	far->more = state->far;
	state->far = far;
	return &far->step[0];
}

const struct sim_path_step *sim_path_price(struct sim_path *path, const void *block, bool taken,
                                           const struct sim_timing *timing, const uint8_t *code, size_t bytes,
                                           uint32_t address)
{
	struct sim_path_step *step = room(path->now);
	struct sim_timing_state after;
	struct sim_block_cost cost;

	if (!step)
		return NULL;
	sim_timing_price_after(timing, &path->now->pipeline, taken, code, bytes, address, &cost, &after);
	struct sim_path_state *next = state_of(path, &after);

	if (!next)
		return NULL;
	*step = (struct sim_path_step){
		.key = sim_path_key(block, taken), .next = next, .cycles = (uint16_t)cost.cycles,
		.taken_exit = cost.taken_exit, .mispredict = cost.mispredict,
	};
	path->now = next;
	return step;
}
