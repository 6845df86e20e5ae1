/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a core family implements for sim/timing/timing.c; private to this folder.
 *
 * Time inside a pipeline counts from 0 at the block's entry. A family's state is a plain struct that fits
 * struct sim_timing_state; all zero is neutral. leave() rebases it so that 0 is the block's end.
 */
#ifndef SIM_TIMING_PIPELINE_H
#define SIM_TIMING_PIPELINE_H

#include "sim/timing/timing.h"

struct sim_pipeline {
	void (*enter)(void *state, const struct sim_timing *timing, bool taken);

	/* Called in program order; `insn` is already predicated where it stands in an IT block. */
	void (*issue)(void *state, const struct sim_timing *timing, const struct sim_insn *insn);

	/* Sets cycles, taken_exit and mispredict; the rest of `ret` is filled by the caller beforehand. */
	void (*leave)(void *state, const struct sim_timing *timing, struct sim_block_cost *ret);
};

/* Whether the instruction's data were seen behind the cache (struct sim_timing.cached). */
static inline bool sim_timing_cached(const struct sim_timing *timing, const struct sim_insn *insn)
{
	uint32_t where = (insn->address - timing->cached_from) / 2;

	return timing->cached && where < 8 * SIM_CACHED_BYTES && timing->cached[where / 8] >> (where & 7) & 1;
}

extern const struct sim_pipeline sim_pipeline_m0;  /* M0 and M0+ */
extern const struct sim_pipeline sim_pipeline_m4;  /* M3 and M4 */
extern const struct sim_pipeline sim_pipeline_m7;
extern const struct sim_pipeline sim_pipeline_m33;

#define SIM_PIPELINE_STATE_FITS(type) \
	_Static_assert(sizeof(type) <= sizeof(struct sim_timing_state), "the state is larger than its box")

#endif
