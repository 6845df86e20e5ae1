/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache before U5's flash, call by call: what a line costs by who asks for it, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/timing/memory.h"

enum { WAIT_STATES = 4, MISS = 1 + 1 + WAIT_STATES, LINE = 16, WAY = 4096 };

static void set_up(struct sim_memory_timing *memory)
{
	const struct sim_flash_timing flash = {
		.wait_states = WAIT_STATES, .line_bytes = LINE, .cache = SIM_FLASH_ICACHE, .cache_bytes = 2 * WAY,
		.cache_line_bytes = LINE, .ways = 2, .cache_on = true,
	};
	assert_true(sim_memory_create(memory, &flash, 1 << 20));
}

static unsigned load(struct sim_memory_timing *memory, uint32_t at, uint64_t now)
{
	return memory->model->touch(memory, SIM_BANK_FLASH, at, 4, 0, now);
}

/* A block of one line, entered by a branch. */
static unsigned run(struct sim_memory_timing *memory, uint32_t at, uint64_t now)
{
	return memory->model->fetch(memory, at, 4, 2, now);
}

static void a_line_is_waited_for_once(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	assert_int_equal(load(&memory, 0x1000, 0), MISS);
	assert_int_equal(load(&memory, 0x100C, 100), 0);
	assert_int_equal(run(&memory, 0x1004, 200), 0);
	assert_int_equal(load(&memory, 0x1010, 300), MISS);
	assert_int_equal(load(&memory, 0x101E, 400), MISS); /* half of it lies in the next line */
	sim_memory_set(&memory, SIM_KNOB_WAIT_STATES, 1);
	assert_int_equal(load(&memory, 0x1000, 500), 3);
	sim_memory_destroy(&memory);
}

static void two_ways_keep_what_one_way_gives_up(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	for (unsigned ways = 2; ways > 0; ways--) {
		sim_memory_set(&memory, SIM_KNOB_WAYS, ways);
		load(&memory, 0, 0);
		load(&memory, 2 * WAY, 100);
		assert_int_equal(load(&memory, 0, 200), ways == 2 ? 0 : MISS);
	}
	sim_memory_set(&memory, SIM_KNOB_WAYS, 2);
	load(&memory, 0, 300);
	load(&memory, WAY, 400);
	load(&memory, 0, 500);
	load(&memory, 2 * WAY, 600); /* takes the place of the one that was used longest ago */
	assert_int_equal(load(&memory, 0, 700), 0);
	assert_int_equal(load(&memory, WAY, 800), MISS);
	sim_memory_destroy(&memory);
}

static void prefetch_has_the_next_line_of_code_ready(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	run(&memory, 0, 0);
	assert_int_equal(run(&memory, LINE, 100), MISS);
	sim_memory_set(&memory, SIM_KNOB_PREFETCH, true);
	assert_int_equal(run(&memory, 0, 200), MISS);
	assert_int_equal(run(&memory, LINE, 300), MISS - WAIT_STATES);
	assert_int_equal(run(&memory, 2 * LINE, 303), MISS - 3); /* read since 301, asked for at 304 */
	load(&memory, 0x1000, 400);
	assert_int_equal(load(&memory, 0x1000 + LINE, 500), MISS); /* data ask for nothing */
	sim_memory_destroy(&memory);
}

static void a_prefetch_gives_way_to_who_wants_something_else(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	sim_memory_set(&memory, SIM_KNOB_PREFETCH, true);
	for (uint32_t at = 0; at < 8 * LINE; at += 4 * LINE) {
		bool interrupted = at == 0;
		run(&memory, at, 1000 * at);
		assert_int_equal(load(&memory, 0x1000 + at, 1000 * at + (interrupted ? MISS + 1 : 100)), MISS);
		assert_int_equal(run(&memory, at + LINE, 1000 * at + 200), interrupted ? MISS : MISS - WAIT_STATES);
	}
	sim_memory_destroy(&memory);
}

static void straight_code_runs_ahead_of_a_prefetch_only_if_it_is_faster(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	assert_int_equal(memory.model->fetch(&memory, 0, 3 * LINE, 24, 0), 3 * MISS);
	sim_memory_set(&memory, SIM_KNOB_PREFETCH, true);
	assert_int_equal(memory.model->fetch(&memory, 0, 3 * LINE, 24, 1000), MISS + 2 * (MISS - WAIT_STATES));
	assert_in_range(memory.model->fetch(&memory, 0x4000, 3 * LINE, 3, 2000), MISS + 2 * (MISS - WAIT_STATES) + 1,
	                3 * MISS - 1);
	sim_memory_destroy(&memory);
}

static void without_the_cache_flash_keeps_one_line(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	sim_memory_set(&memory, SIM_KNOB_CACHE, false);
	assert_int_equal(run(&memory, 0, 0), WAIT_STATES);
	assert_int_equal(run(&memory, 8, 100), 0);
	assert_int_equal(load(&memory, 12, 200), 0);
	assert_int_equal(load(&memory, 0x1000, 300), WAIT_STATES);
	assert_int_equal(run(&memory, 0, 400), WAIT_STATES);
	sim_memory_set(&memory, SIM_KNOB_PREFETCH, true);
	run(&memory, 0, 500);
	assert_int_equal(run(&memory, LINE, 600), 0);
	assert_int_equal(run(&memory, 0, 700), WAIT_STATES);
	sim_memory_set(&memory, SIM_KNOB_WAIT_STATES, 0);
	assert_int_equal(run(&memory, 0x3000, 800) + load(&memory, 0x5000, 900), 0);
	sim_memory_destroy(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_waited_for_once),
		cmocka_unit_test(two_ways_keep_what_one_way_gives_up),
		cmocka_unit_test(prefetch_has_the_next_line_of_code_ready),
		cmocka_unit_test(a_prefetch_gives_way_to_who_wants_something_else),
		cmocka_unit_test(straight_code_runs_ahead_of_a_prefetch_only_if_it_is_faster),
		cmocka_unit_test(without_the_cache_flash_keeps_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
