/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "runtime/planner.h"

static void buffers_alive_together_never_overlap(void **state)
{
	srand(1);
	for (int round = 0; round < 300; round++) {
		struct rt_life lives[30];
		uint32_t at[30], count = 1 + (uint32_t)rand() % 30, sum = 0, end = 0;
		for (uint32_t i = 0; i < count; i++) {
			uint16_t first = (uint16_t)(rand() % 12);
			lives[i] = (struct rt_life){ (uint32_t)(rand() % 5 ? rand() % 500 : 0), first,
						     (uint16_t)(first + rand() % 4) };
			sum += (lives[i].bytes + 15) & ~15u;
		}
		uint32_t needed = rt_plan(lives, count, at);
		for (uint32_t i = 0; i < count; i++) {
			if (!lives[i].bytes) {
				assert_int_equal(at[i], RT_NOT_PLACED);
				continue;
			}
			assert_int_equal(at[i] % RT_PLAN_ALIGN, 0);
			end = at[i] + lives[i].bytes > end ? at[i] + lives[i].bytes : end;
			for (uint32_t j = 0; j < i; j++)
				if (lives[j].bytes && lives[j].first <= lives[i].last &&
				    lives[i].first <= lives[j].last)
					assert_true(at[j] + lives[j].bytes <= at[i] ||
						    at[i] + lives[i].bytes <= at[j]);
		}
		assert_int_equal(needed, end);
		assert_true(needed <= sum);
	}
}

static void a_chain_needs_only_its_two_largest_neighbours(void **state)
{
	const struct rt_life lives[] = {
		{ 64, 0, 0 }, { 1024, 0, 1 }, { 512, 1, 2 }, { 256, 2, 3 }, { 16, 3, 3 }
	};
	uint32_t at[5];
	assert_int_equal(rt_plan(lives, 5, at), 1024 + 512);
	assert_int_equal(at[1], 0);
	assert_int_equal(at[2], 1024);
	assert_int_equal(at[3], 0);
}

static void a_hole_that_fits_is_used(void **state)
{
	const struct rt_life lives[] = { { 160, 0, 1 }, { 96, 0, 2 }, { 48, 1, 2 }, { 160, 2, 2 } };
	uint32_t at[4];
	assert_int_equal(rt_plan(lives, 4, at), 160 + 96 + 48);
	assert_int_equal(at[3], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers_alive_together_never_overlap),
		cmocka_unit_test(a_chain_needs_only_its_two_largest_neighbours),
		cmocka_unit_test(a_hole_that_fits_is_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
