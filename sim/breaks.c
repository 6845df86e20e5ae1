/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/breaks.h"

#include "sim/machine_state.h"

#define LONGEST_BLOCK 1024u /* the library ends a block with its page at the latest */

bool sim_breaks_within(const struct sim_breaks *breaks, uint32_t at, uint32_t bytes)
{
	for (unsigned i = 0; i < breaks->count; i++)
		if (breaks->item[i].at - at < bytes)
			return true;
	return false;
}

const struct sim_break *sim_breaks_replacing(const struct sim_breaks *breaks, uint32_t at)
{
	for (unsigned i = 0; i < breaks->count; i++)
		if (breaks->item[i].replaced && breaks->item[i].at == at)
			return &breaks->item[i];
	return NULL;
}

static uint64_t cycle_of(struct sim_machine *machine, uint32_t block_at, uint32_t at)
{
	struct sim_block_cost cost;
	if (at == block_at)
		return machine->block_cycle;
	sim_timing_price(&machine->timing, machine->code->host + (block_at - machine->code->at),
			 at - block_at, block_at, &cost);
	return machine->block_cycle + cost.cycles;
}

/* The next one of [at, end) that is not done, by address; SIM_MAX_BREAKS: none. */
static unsigned next_within(const struct sim_breaks *breaks, uint32_t at, uint32_t bytes, uint64_t done)
{
	unsigned next = SIM_MAX_BREAKS;
	for (unsigned i = 0; i < breaks->count; i++) {
		const struct sim_break *b = &breaks->item[i];
		if (b->at - at < bytes && b->reached && !(done >> i & 1) &&
		    (next == SIM_MAX_BREAKS || b->at < breaks->item[next].at))
			next = i;
	}
	return next;
}

void sim_breaks_tell(struct sim_machine *machine, uint32_t at, uint32_t bytes)
{
	/* A callback may move a break, its own even; each is told of once. */
	uint64_t done = 0;
	for (;;) {
		unsigned i = next_within(&machine->breaks, at, bytes, done);
		if (i == SIM_MAX_BREAKS)
			return;
		const struct sim_break *b = &machine->breaks.item[i];
		done |= UINT64_C(1) << i;
		b->reached(b->context, sim_machine_when(machine, cycle_of(machine, at, b->at)));
	}
}

void sim_breaks_replace(struct sim_machine *machine)
{
	const struct sim_break *b = sim_breaks_replacing(&machine->breaks, machine->pc);
	uint32_t back = sim_core_r(machine, SIM_LR);
	sim_visit_leave_block(machine);
	machine->clock.cycle += b->replaced(b->context, sim_machine_when(machine, machine->clock.cycle));
	if (back >= 0xFFFFFF00u) /* called as an exception handler */
		sim_exception_return(machine, back);
	else
		machine->pc = back & ~1u;
}

/* Blocks that are priced already and hold `at`. */
static void mark(struct sim_machine *machine, uint32_t at)
{
	struct sim_region *region = sim_space_find(&machine->space, at);
	uint32_t into = region ? at - region->at : 0;
	for (uint32_t back = 0; region && back <= into && back < LONGEST_BLOCK; back += 2) {
		struct sim_block *block = &region->blocks[(into - back) >> 1];
		if (block->bytes > back)
			block->check |= SIM_CHECK_BREAK;
	}
}

static int add(struct sim_machine *machine, const struct sim_break *b)
{
	if (machine->breaks.count == SIM_MAX_BREAKS || !sim_space_find(&machine->space, b->at))
		return -1;
	machine->breaks.item[machine->breaks.count] = *b;
	mark(machine, b->at);
	return (int)machine->breaks.count++;
}

int sim_machine_break(struct sim_machine *machine, uint32_t at,
		      void (*reached)(void *context, struct sim_when when), void *context)
{
	return add(machine, &(struct sim_break){.at = at & ~1u, .reached = reached, .context = context});
}

bool sim_machine_break_move(struct sim_machine *machine, int handle, uint32_t at)
{
	if (!sim_space_find(&machine->space, at & ~1u))
		return false;
	machine->breaks.item[handle].at = at & ~1u;
	mark(machine, at & ~1u);
	return true;
}

int sim_machine_replace(struct sim_machine *machine, uint32_t at,
			uint64_t (*replaced)(void *context, struct sim_when when), void *context)
{
	if (sim_breaks_replacing(&machine->breaks, at & ~1u))
		return -1;
	return add(machine, &(struct sim_break){.at = at & ~1u, .replaced = replaced, .context = context});
}

uint32_t sim_machine_register(const struct sim_machine *machine, unsigned r)
{
	return sim_core_r(machine, r);
}

void sim_machine_set_register(struct sim_machine *machine, unsigned r, uint32_t value)
{
	sim_core_set_r(machine, r, value);
}
