/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ST's accelerator as on STM32L4, call by call: what code and data wait for, by what was read before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/timing/memory.h"

enum { WAIT_STATES = 5, READ = 8, LINE = 32, CACHE = 1024, ENTRIES = 8 };

static void set_up(struct sim_memory_timing *memory)
{
	const struct sim_flash_timing flash = {
		.wait_states = WAIT_STATES, .line_bytes = READ, .cache = SIM_FLASH_ART, .cache_bytes = CACHE,
		.cache_line_bytes = LINE, .data_bytes = ENTRIES * READ, .cache_on = true, .data_on = true,
	};
	assert_true(sim_memory_create(memory, &flash, 1 << 20));
}

static unsigned load(struct sim_memory_timing *memory, uint32_t at, uint64_t now)
{
	return memory->model->touch(memory, SIM_BANK_FLASH, at, 4, 0, now);
}

/* A block of code with a cycle to each halfword. */
static unsigned run(struct sim_memory_timing *memory, uint32_t at, uint32_t bytes, uint64_t now)
{
	return memory->model->fetch(memory, at, bytes, bytes / 2, now);
}

static void code_waits_for_each_read_once(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	assert_int_equal(run(&memory, 0x1000, LINE, 0), LINE / READ * WAIT_STATES);
	assert_int_equal(run(&memory, 0x1000, LINE, 1000), 0);
	assert_int_equal(run(&memory, 0x1008, 4, 2000), 0);
	sim_memory_destroy(&memory);
}

static void a_read_fills_no_more_than_it_delivers(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	assert_int_equal(run(&memory, 0x1010, 4, 0), WAIT_STATES);
	assert_int_equal(run(&memory, 0x1014, 4, 100), 0);
	assert_int_equal(run(&memory, 0x1018, 4, 200), WAIT_STATES);
	assert_int_equal(run(&memory, 0x1000, 4, 300), WAIT_STATES);
	assert_int_equal(run(&memory, 0x1006, 12, 400), WAIT_STATES); /* ends in what was read first */
	sim_memory_destroy(&memory);
}

static void prefetch_reads_what_comes_behind(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	sim_memory_set(&memory, SIM_KNOB_PREFETCH, true);
	assert_int_equal(run(&memory, 0x1000, 8, 0), WAIT_STATES);
	assert_int_equal(run(&memory, 0x1008, 8, 100), 0);
	assert_int_equal(run(&memory, 0x1010, 8, 200), 0);
	assert_int_equal(run(&memory, 0x1018, 8, 203), 2); /* read from 200 on, which takes 6: until 205 */
	assert_int_equal(run(&memory, 0x1020, 8, 300), 0); /* of the next line */
	assert_int_equal(run(&memory, 0x1040, 8, 400), WAIT_STATES);
	sim_memory_destroy(&memory);
}

static void code_as_large_as_the_cache_stays_and_larger_code_goes_round_in_misses(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	for (unsigned round = 0; round < 3; round++)
		assert_int_equal(run(&memory, 0, CACHE, 10000 * round), round ? 0 : CACHE / READ * WAIT_STATES);
	for (unsigned round = 3; round < 6; round++)
		assert_in_range(run(&memory, 0, CACHE + LINE, 10000 * round), LINE / READ * WAIT_STATES,
				(CACHE + LINE) / READ * WAIT_STATES);
	assert_int_equal(run(&memory, 0, CACHE + LINE, 60000), (CACHE + LINE) / READ * WAIT_STATES);
	sim_memory_destroy(&memory);
}

static void data_wait_for_each_read_and_the_last_used_stay(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	for (unsigned i = 0; i < ENTRIES; i++) {
		assert_int_equal(load(&memory, 0x4000 + READ * i, 100 * i), WAIT_STATES);
		assert_int_equal(load(&memory, 0x4004 + READ * i, 100 * i + 50), 0);
	}
	assert_int_equal(load(&memory, 0x4000, 1000), 0);
	assert_int_equal(load(&memory, 0x5000, 1100), WAIT_STATES);
	assert_int_equal(load(&memory, 0x4000, 1200), 0);
	assert_int_equal(load(&memory, 0x4000 + READ, 1300), WAIT_STATES); /* was used longest ago */
	assert_int_equal(load(&memory, 0x6006, 1400), 2 * WAIT_STATES);   /* lies in two reads */
	sim_memory_destroy(&memory);
}

static void what_is_switched_off_keeps_nothing(void **state)
{
	struct sim_memory_timing memory;
	set_up(&memory);
	sim_memory_set(&memory, SIM_KNOB_CACHE, false);
	sim_memory_set(&memory, SIM_KNOB_DATA_CACHE, false);
	assert_int_equal(run(&memory, 0, 2 * READ, 0), 2 * WAIT_STATES);
	assert_int_equal(run(&memory, 0, 2 * READ, 100), 2 * WAIT_STATES);
	assert_int_equal(load(&memory, 0x4000, 200), WAIT_STATES);
	assert_int_equal(load(&memory, 0x4000, 300), WAIT_STATES);
	sim_memory_set(&memory, SIM_KNOB_WAIT_STATES, 0);
	assert_int_equal(run(&memory, 0, 2 * READ, 400), 0);
	assert_int_equal(load(&memory, 0x4000, 500), 0);
	sim_memory_destroy(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_waits_for_each_read_once),
		cmocka_unit_test(a_read_fills_no_more_than_it_delivers),
		cmocka_unit_test(prefetch_reads_what_comes_behind),
		cmocka_unit_test(code_as_large_as_the_cache_stays_and_larger_code_goes_round_in_misses),
		cmocka_unit_test(data_wait_for_each_read_and_the_last_used_stay),
		cmocka_unit_test(what_is_switched_off_keeps_nothing),
	};
	return cmocka_run_group_tests_name("art", tests, NULL, NULL);
}
