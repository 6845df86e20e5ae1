/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/timing/predictor.h"

#include <string.h>

enum { WRONG_TARGET = 8, UNKNOWN_DIRECT = 3 };

void sim_predictor_reset(struct sim_predictor *predictor)
{
	memset(predictor, 0, sizeof *predictor);
}

struct sim_prediction sim_prediction_of(const struct sim_block_cost *cost)
{
	struct sim_prediction site = {
		.branch = cost->branch_address,
		.behind = cost->end_address,
		.end = cost->end,
		.mispredict = cost->mispredict,
		.pushes = cost->calls_return,
	};

	return site;
}

static struct sim_predictor_entry *find(struct sim_predictor *predictor, uint32_t branch)
{
	struct sim_predictor_entry *set = sim_predictor_set(predictor, branch);

	for (unsigned way = 0; way < SIM_PREDICTOR_WAYS; way++)
		if (set[way].branch == branch)
			return &set[way];
	return NULL;
}

static void learn_new(struct sim_predictor *predictor, uint32_t branch, uint32_t target)
{
	struct sim_predictor_entry *set = sim_predictor_set(predictor, branch), *oldest = set;

	for (unsigned way = 1; way < SIM_PREDICTOR_WAYS; way++)
		if (set[way].used < oldest->used)
			oldest = &set[way];
	*oldest = (struct sim_predictor_entry){branch, target, ++predictor->clock, 2};
}

static unsigned leave_by_return(struct sim_predictor *predictor, uint32_t next)
{
	if (predictor->depth == 0)
		return WRONG_TARGET;
	predictor->depth--;
	return predictor->returns[predictor->depth % SIM_PREDICTOR_RETURNS] == next ? 0 : WRONG_TARGET;
}

static unsigned leave_unknown(struct sim_predictor *predictor, const struct sim_prediction *site, uint32_t next)
{
	bool direct = site->end == SIM_END_UNCOND || site->end == SIM_END_CALL;

	if (next == site->behind)
		return 0;
	learn_new(predictor, site->branch, next);
	return direct ? UNKNOWN_DIRECT : site->mispredict;
}

static unsigned leave_known(struct sim_predictor *predictor, const struct sim_prediction *site,
                            struct sim_predictor_entry *entry, uint32_t next)
{
	bool taken = next != site->behind, predicted = entry->counter >= 2;
	unsigned cost = 0;

	if (taken != predicted)
		cost = site->mispredict;
	else if (taken && entry->target != next)
		cost = WRONG_TARGET;
	if (taken) {
		entry->target = next;
		entry->counter += entry->counter < 3;
	} else {
		entry->counter -= entry->counter > 0;
	}
	entry->used = ++predictor->clock;
	return cost;
}

unsigned sim_predictor_leave(struct sim_predictor *predictor, const struct sim_prediction *site, uint32_t next)
{
	struct sim_predictor_entry *entry;

	if (site->end == SIM_END_FALL)
		return 0;
	if (site->end == SIM_END_RETURN)
		return next == site->behind ? 0 : leave_by_return(predictor, next);
	if (site->pushes)
		predictor->returns[predictor->depth++ % SIM_PREDICTOR_RETURNS] = site->behind;
	entry = find(predictor, site->branch);
	return entry ? leave_known(predictor, site, entry, next) : leave_unknown(predictor, site, next);
}
