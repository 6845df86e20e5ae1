/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What block and access hooks look up in place is what the functions behind them would have said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sim/timing/memory.h"
#include "sim/timing/predictor.h"

enum { STEPS = 200000, FLASH = 1 << 16, RAM_BANK = SIM_BANK_RAM, RAM_AT = 0x20000000 };

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void set_up(struct sim_memory_timing *memory, enum sim_flash_cache cache, unsigned ways)
{
	const struct sim_flash_timing flash = {
		.wait_states = 4, .line_bytes = cache == SIM_FLASH_ART ? 8 : 16, .prefetch = true, .cache = cache,
		.cache_bytes = 1024, .cache_line_bytes = cache == SIM_FLASH_ICACHE ? 16 : 32, .data_bytes = 64u << (cache == SIM_FLASH_L1 ? 4 : 0),
		.ways = (uint8_t)ways, .data_ways = (uint8_t)ways, .cache_on = true, .data_on = true,
	};
	assert_true(sim_memory_create(memory, &flash, FLASH));
	memory->bank[RAM_BANK] = (struct sim_memory_bank){.base = RAM_AT, .first = 100, .beat = 20};
}

/* One that asks the front first, one that does not: the same waits, and the front does serve. */
static void check_front(enum sim_flash_cache cache, unsigned ways)
{
	struct sim_memory_timing with, without;
	uint32_t seed = 1, at = 0, served = 0;
	uint64_t now = 0;
	bool l1 = cache == SIM_FLASH_L1;
	unsigned bank = l1 ? RAM_BANK : SIM_BANK_FLASH;

	set_up(&with, cache, ways);
	set_up(&without, cache, ways);
	for (unsigned n = 0; n < STEPS; n++) {
		if (n % 5000 == 4999) { /* off and on again: nothing is held then */
			sim_memory_set(&with, SIM_KNOB_DATA_CACHE, n / 5000 % 2);
			sim_memory_set(&without, SIM_KNOB_DATA_CACHE, n / 5000 % 2);
			sim_memory_set(&with, SIM_KNOB_CACHE, n / 10000 % 2);
			sim_memory_set(&without, SIM_KNOB_CACHE, n / 10000 % 2);
		}
		at = next_random(&seed) % 4 == 0 ? next_random(&seed) % 4096 / 4 * 4 : (at ^ 512) + (n & 4);
		at %= FLASH - 64;
		bool write = l1 && next_random(&seed) % 3 == 0;
		unsigned what = 4 | (write ? SIM_TOUCH_WRITE : 0), wait = 0;

		if (sim_memory_front_hits(&with.front, at + (l1 ? RAM_AT : 0), write))
			served++;
		else
			wait = with.model->touch(&with, bank, at, what, 0, now);
		assert_int_equal(wait, without.model->touch(&without, bank, at, what, 0, now));
		now += wait + 1;
		if (next_random(&seed) % 2) {
			uint32_t code = next_random(&seed) % 512 * 2, bytes = 2 + next_random(&seed) % 100;

			with.code = without.code = SIM_BANK_FLASH;
			wait = with.model->fetch(&with, code, bytes, bytes, now);
			assert_int_equal(wait, without.model->fetch(&without, code, bytes, bytes, now));
			now += wait + bytes;
		}
	}
	assert_in_range(served, STEPS / 20, STEPS);
	sim_memory_destroy(&with);
	sim_memory_destroy(&without);
}

static void an_access_that_the_front_serves_would_have_waited_for_nothing(void **state)
{
	check_front(SIM_FLASH_ART, 0);
	check_front(SIM_FLASH_ICACHE, 2);
	check_front(SIM_FLASH_ICACHE, 1);
	check_front(SIM_FLASH_L1, 4);
}

enum { SITES = 150 };

static void make_sites(struct sim_prediction sites[SITES])
{
	static const uint8_t ends[] = {SIM_END_COND, SIM_END_COND, SIM_END_UNCOND, SIM_END_CALL, SIM_END_RETURN,
	                               SIM_END_INDIRECT, SIM_END_FALL};

	for (uint32_t i = 0; i < SITES; i++) {
		uint32_t branch = 0x1000 + i * 12;

		sites[i] = (struct sim_prediction){.branch = branch, .behind = branch + 2, .end = ends[i % 7],
		                                   .mispredict = 8, .pushes = ends[i % 7] == SIM_END_CALL};
	}
}

static void a_branch_that_was_foreseen_costs_nothing_and_teaches_the_same(void **state)
{
	static struct sim_prediction quick[SITES], slow[SITES];
	struct sim_predictor with, without;
	uint32_t seed = 3, foreseen = 0;

	make_sites(quick);
	make_sites(slow);
	sim_predictor_reset(&with);
	sim_predictor_reset(&without);
	for (unsigned n = 0; n < STEPS; n++) {
		/* Mostly a few sites that go the same way as ever, so that there is something to foresee. */
		unsigned i = next_random(&seed) % (n % 1000 < 800 ? 20 : SITES);
		uint32_t next = next_random(&seed) % 8 ? quick[i].branch + 0x40 : quick[i].behind;

		if (quick[i].end == SIM_END_RETURN && with.depth && next_random(&seed) % 4)
			next = with.returns[(with.depth - 1) % SIM_PREDICTOR_RETURNS];
		bool in_place = sim_predictor_foresaw(&with, &quick[i], next);
		unsigned cost = in_place ? 0 : sim_predictor_leave(&with, &quick[i], next);

		foreseen += in_place;
		assert_int_equal(cost, sim_predictor_leave(&without, &slow[i], next));
		assert_memory_equal(&with, &without, sizeof with);
	}
	assert_in_range(foreseen, STEPS / 4, STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_access_that_the_front_serves_would_have_waited_for_nothing),
		cmocka_unit_test(a_branch_that_was_foreseen_costs_nothing_and_teaches_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
