/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/clock.h"

static int order[16];
static unsigned fired;

struct tagged {
	struct sim_event event;
	int tag;
};

static void note(struct sim_event *event, uint64_t due_ps)
{
	order[fired++] = ((struct tagged *)event)->tag;
}

static void a_cycle_event_comes_back_in_its_cycle(void **state)
{
	const uint64_t rates[] = {1, 3, 4000000, 7372800, 120000000, 216000000, 999999937};
	for (unsigned r = 0; r < sizeof rates / sizeof *rates; r++) {
		struct sim_clock clock;
		sim_clock_init(&clock, rates[r]);
		for (uint64_t cycle = 0; cycle < 100000; cycle += 37)
			assert_int_equal(sim_clock_cycle_of(&clock, sim_clock_ps_of(&clock, cycle)), cycle);
	}
}

static void no_number_of_clock_changes_makes_time_drift(void **state)
{
	struct sim_clock clock;
	sim_clock_init(&clock, 7);
	/* 7 Hz, 3 Hz and 11 Hz: each span is a fraction of a picosecond, and whole seconds in sum. */
	for (int second = 0; second < 10000; second++) {
		const uint64_t hz[] = {7, 3, 11};
		for (int i = 0; i < 3; i++) {
			sim_clock_set_hz(&clock, hz[i]);
			for (uint64_t c = 0; c < hz[i]; c++) {
				clock.cycle++;
				sim_clock_set_hz(&clock, hz[i] + 1);
				sim_clock_set_hz(&clock, hz[i]);
			}
		}
	}
	uint64_t error = 30000 * SIM_PS_PER_S - sim_clock_now_ps(&clock) + 1;
	assert_true(error <= 2); /* within the one picosecond of rounding up */
}

static void ties_fire_in_the_order_they_were_set(void **state)
{
	struct sim_clock clock;
	sim_clock_init(&clock, 1000000);
	struct tagged event[5];
	fired = 0;
	for (int i = 0; i < 5; i++) {
		event[i] = (struct tagged){.event.fire = note, .tag = i};
		sim_clock_at_ps(&clock, &event[i].event, i == 3 ? 1000000 : 5000000);
	}
	assert_int_equal(clock.deadline, 1);
	sim_clock_cancel(&clock, &event[1].event);
	clock.cycle = 5;
	sim_clock_fire_due(&clock);
	assert_int_equal(fired, 4);
	const int expected[] = {3, 0, 2, 4};
	for (int i = 0; i < 4; i++)
		assert_int_equal(order[i], expected[i]);
	assert_int_equal(clock.deadline, SIM_NEVER);
}

static void an_event_in_time_fires_in_the_cycle_that_holds_it(void **state)
{
	struct sim_clock clock;
	sim_clock_init(&clock, 3); /* a cycle is 333,333,333,333.33 ps */
	struct tagged event = {.event.fire = note};
	fired = 0;
	sim_clock_at_ps(&clock, &event.event, 999999999999); /* still in cycle 2 */
	assert_int_equal(clock.deadline, 2);
	sim_clock_at_ps(&clock, &event.event, 1000000000000);
	clock.cycle = 2;
	sim_clock_fire_due(&clock);
	assert_int_equal(fired, 0);
	assert_int_equal(clock.deadline, 3);
	clock.cycle = 3;
	sim_clock_fire_due(&clock);
	assert_int_equal(fired, 1);
}

static void in_stop_mode_time_passes_and_cycles_do_not(void **state)
{
	struct sim_clock clock;
	sim_clock_init(&clock, 1000000);
	clock.cycle = 10;
	sim_clock_stand_still_until(&clock, 5 * SIM_PS_PER_S);
	assert_int_equal(clock.cycle, 10);
	assert_int_equal(sim_clock_now_ps(&clock), 5 * SIM_PS_PER_S);
	clock.cycle = 11;
	assert_int_equal(sim_clock_now_ps(&clock), 5 * SIM_PS_PER_S + 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cycle_event_comes_back_in_its_cycle),
		cmocka_unit_test(no_number_of_clock_changes_makes_time_drift),
		cmocka_unit_test(ties_fire_in_the_order_they_were_set),
		cmocka_unit_test(an_event_in_time_fires_in_the_cycle_that_holds_it),
		cmocka_unit_test(in_stop_mode_time_passes_and_cycles_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
