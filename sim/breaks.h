/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses at which somebody wants to be told, or to do a function's work in its place. A block that holds
 * one is marked when it is priced; all others cost nothing.
 */
#ifndef SIM_BREAKS_H
#define SIM_BREAKS_H

#include "sim/machine.h"

struct sim_break {
	uint32_t at;
	void (*reached)(void *context, struct sim_when when);      /* or NULL, and then */
	uint64_t (*replaced)(void *context, struct sim_when when);
	void *context;
};

#define SIM_MAX_BREAKS 64

struct sim_breaks {
	struct sim_break item[SIM_MAX_BREAKS];
	unsigned count;
};

/* Whether one lies in [at, at + bytes). */
bool sim_breaks_within(const struct sim_breaks *breaks, uint32_t at, uint32_t bytes);

/* The one that stands in for the function at `at`, or NULL. */
const struct sim_break *sim_breaks_replacing(const struct sim_breaks *breaks, uint32_t at);

/* The block that just begins holds one: tells, each with the cycle at which its address is reached. */
void sim_breaks_tell(struct sim_machine *machine, uint32_t at, uint32_t bytes);

/* Stopped before the block at machine->pc: does the function and returns to its caller. */
void sim_breaks_replace(struct sim_machine *machine);

#endif
