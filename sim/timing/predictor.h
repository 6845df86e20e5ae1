/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Cortex-M7's branch predictor: 64 branch targets in 16 sets of 4, each with a two-bit counter, and a
 * stack of 8 return addresses. Use it with sim_timing.predictor set: at every block's end that is SIM_BLOCK_PREDICTED,
 * the answer is added to the block's cost.
 *
 *   taken as predicted                       0
 *   wrong direction, or wrong target         the block's mispredict (8; 6 with early flags), indirect 8
 *   taken, direct and unconditional, unknown 3
 *
 * Sources: size from memory (DDI0489); penalties jnk0le; replacement and counters assumed. Grade: measured on
 * CoreMark (i.MX RT1060 TCM): pipeline and predictor together +2.4 %; wrong predictions are 16 % of its cycles.
 *
 * Invariant: the same sequence of calls from reset gives the same answers.
 */
#ifndef SIM_TIMING_PREDICTOR_H
#define SIM_TIMING_PREDICTOR_H

#include "sim/timing/timing.h"

enum { SIM_PREDICTOR_SETS = 16, SIM_PREDICTOR_WAYS = 4, SIM_PREDICTOR_RETURNS = 8 };

struct sim_predictor {
	struct sim_predictor_entry {
		uint32_t branch, target; /* branch 0: empty */
		uint32_t used;           /* when, for replacement */
		uint32_t counter;        /* 0 to 3; 2 and 3 predict taken */
	} entry[SIM_PREDICTOR_SETS][SIM_PREDICTOR_WAYS];
	uint32_t returns[SIM_PREDICTOR_RETURNS];
	uint32_t depth;                  /* of the return stack, not wrapped */
	uint32_t clock;
};

/* What the predictor needs of a block, to be kept with it. */
struct sim_prediction {
	uint32_t branch, behind; /* addresses of the ending branch and of what follows it */
	uint8_t end;             /* enum sim_block_end */
	uint8_t mispredict;
	uint8_t way;             /* of its set, where the branch was found last */
	bool pushes;
};

void sim_predictor_reset(struct sim_predictor *predictor);

struct sim_prediction sim_prediction_of(const struct sim_block_cost *cost);

/*
 * Extra cycles of leaving the block to `next`, and what is learnt from it. `next` equal to site->behind means
 * that the branch was not taken. An exception's entry is no branch: do not call for it.
 */
unsigned sim_predictor_leave(struct sim_predictor *predictor, const struct sim_prediction *site, uint32_t next);

static inline struct sim_predictor_entry *sim_predictor_set(struct sim_predictor *predictor, uint32_t branch)
{
	return predictor->entry[branch / 4 % SIM_PREDICTOR_SETS];
}

/* A branch that is in the table went where that said: learns from it. False, and nothing done: it did not. */
static inline bool sim_predictor_agrees(struct sim_predictor *predictor, struct sim_predictor_entry *entry, bool taken,
                                        uint32_t next)
{
	if (taken != (entry->counter >= 2) || (taken && entry->target != next))
		return false;
	entry->counter += taken ? entry->counter < 3 : -(entry->counter > 0);
	entry->used = ++predictor->clock;
	return true;
}

/* The usual case of sim_predictor_leave, in place: no extra cycles. False, and nothing done: leave it to the other. */
static inline bool sim_predictor_foresaw(struct sim_predictor *predictor, struct sim_prediction *site, uint32_t next)
{
	struct sim_predictor_entry *set = sim_predictor_set(predictor, site->branch);
	bool taken = next != site->behind;

	if (site->end == SIM_END_FALL || (site->end == SIM_END_RETURN && !taken))
		return true;
	if (site->end == SIM_END_RETURN) {
		if (predictor->depth == 0 ||
		    predictor->returns[(predictor->depth - 1) % SIM_PREDICTOR_RETURNS] != next)
			return false;
		predictor->depth--;
		return true;
	}
	for (unsigned way = 0; set[site->way].branch != site->branch && way < SIM_PREDICTOR_WAYS; way++)
		if (set[way].branch == site->branch)
			site->way = (uint8_t)way;
	if (set[site->way].branch != site->branch ? taken :
	    !sim_predictor_agrees(predictor, &set[site->way], taken, next))
		return false;
	if (site->pushes)
		predictor->returns[predictor->depth++ % SIM_PREDICTOR_RETURNS] = site->behind;
	return true;
}

#endif
