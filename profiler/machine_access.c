/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct prof_access of a real machine; alone in this file, so that the profiler's tests need not link one */
#include "profiler/profiler.h"

static bool read_memory(void *machine, uint32_t at, void *ret_bytes, uint32_t count)
{
	return sim_machine_read(machine, at, ret_bytes, count);
}

static int watch(void *machine, uint32_t at, uint32_t bytes)
{
	return sim_machine_watch(machine, at, bytes);
}

static uint32_t watch_top(void *machine, int handle)
{
	return sim_machine_watch_top(machine, handle);
}

static struct sim_stacks stacks(void *machine)
{
	return sim_machine_stacks(machine);
}

static uint64_t instructions(void *machine)
{
	return sim_machine_instructions(machine);
}

static struct sim_when now(void *machine)
{
	return sim_machine_now(machine);
}

static void honesty(void *machine, struct sim_honesty *ret_honesty)
{
	sim_machine_honesty(machine, ret_honesty);
}

static void blocks(void *machine, void (*each)(void *context, const struct sim_block_count *block),
		   void *context)
{
	sim_machine_blocks(machine, each, context);
}

void prof_access_of_machine(struct sim_machine *machine, struct prof_access *ret_access)
{
	*ret_access = (struct prof_access){machine,      read_memory, watch,   watch_top, stacks,
					   instructions, now,         honesty, blocks,
					   sim_machine_waited(machine)};
}
