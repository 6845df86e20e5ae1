/* SPDX-License-Identifier: GPL-2.0-or-later */
/* At 1 MHz a cycle is a microsecond. CR1 0, DIER C, SR 10, EGR 14, CNT 24, PSC 28, ARR 2C, CCR1 34, CCR2 38 */
#include "device_fixture.h"

static struct bench b;

static void start(const char *bits, unsigned irqs)
{
	memset(&b, 0, sizeof b);
	if (bits)
		bench_option(&b, "bits", bits);
	assert_true(bench_start(&b, "stm32-timer", 1000000));
	b.place.irqs = irqs;
}

static void a_prescaled_counter_tells_the_time(void **state)
{
	start("32", 1);
	put(&b, 0x28, 9);
	put(&b, 0x14, 1);
	assert_int_equal(get(&b, 0x10), 1); /* UG raises UIF */
	put(&b, 0x10, 0);
	put(&b, 0x00, 1);
	pass_us(&b, 9);
	assert_int_equal(get(&b, 0x24), 0);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0x24), 1);
	pass_us(&b, 999990);
	assert_int_equal(get(&b, 0x24), 100000);
	put(&b, 0x00, 0);
	pass_us(&b, 500);
	assert_int_equal(get(&b, 0x24), 100000);
	assert_null(b.clock.first); /* nobody asked for an interrupt: no event, however long it counts */
	bench_end(&b);
}

static void it_wraps_at_arr_and_raises_uif(void **state)
{
	start(NULL, 1);
	put(&b, 0x2C, 99);
	put(&b, 0x00, 1);
	pass_us(&b, 99);
	assert_int_equal(get(&b, 0x24), 99);
	assert_int_equal(get(&b, 0x10) & 1, 0);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0x24), 0);
	assert_int_equal(get(&b, 0x10) & 1, 1);
	put(&b, 0x10, 0);
	pass_us(&b, 123456789);
	assert_int_equal(get(&b, 0x24), 89);
	assert_int_equal(get(&b, 0x10) & 1, 1);
	bench_end(&b);
}

static void the_update_interrupt_comes_every_round_until_cleared(void **state)
{
	start(NULL, 1);
	put(&b, 0x2C, 999);
	put(&b, 0x0C, 1);
	put(&b, 0x00, 1);
	pass_us(&b, 999);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	pass_us(&b, 5000);
	assert_int_equal(b.raised[10], 1); /* stays up */
	put(&b, 0x10, 0);
	assert_false(b.irq[10]);
	pass_us(&b, 999);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_int_equal(b.raised[10], 2);
	bench_end(&b);
}

static void a_compare_match_interrupts_at_its_count(void **state)
{
	start("32", 1);
	put(&b, 0x34, 500);
	put(&b, 0x38, 2000000);
	put(&b, 0x0C, 2 | 4);
	put(&b, 0x00, 1);
	pass_us(&b, 499);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0x10) & 6, 2);
	put(&b, 0x10, ~2u);
	assert_false(b.irq[10]);
	put(&b, 0x34, 700); /* as a ticker sets its next wake-up */
	pass_us(&b, 200);
	assert_true(b.irq[10]);
	put(&b, 0x10, ~2u);
	pass_us(&b, 3000000);
	assert_int_equal(get(&b, 0x10) & 6, 4);
	bench_end(&b);
}

static void a_match_behind_the_counter_waits_for_the_next_round(void **state)
{
	start(NULL, 2);
	put(&b, 0x2C, 999);
	put(&b, 0x24, 600);
	put(&b, 0x34, 500);
	put(&b, 0x38, 1500); /* beyond ARR: never */
	put(&b, 0x0C, 2 | 4);
	put(&b, 0x00, 1);
	pass_us(&b, 899);
	assert_false(b.irq[11]);
	pass_us(&b, 1);
	assert_true(b.irq[11]); /* compare has a line of its own */
	assert_false(b.irq[10]);
	pass_us(&b, 100000);
	assert_int_equal(get(&b, 0x10) & 6, 2);
	bench_end(&b);
}

static void preloads_take_effect_at_the_update(void **state)
{
	start(NULL, 1);
	put(&b, 0x2C, 99);
	put(&b, 0x00, 0x81); /* ARPE */
	pass_us(&b, 50);
	put(&b, 0x2C, 9);
	put(&b, 0x28, 1);
	pass_us(&b, 49);
	assert_int_equal(get(&b, 0x24), 99);
	pass_us(&b, 1 + 19);
	assert_int_equal(get(&b, 0x24), 9);
	pass_us(&b, 1 + 200 * 7 + 3);
	assert_int_equal(get(&b, 0x24), 1);
	bench_end(&b);
}

static void without_preload_arr_holds_at_once(void **state)
{
	start(NULL, 1);
	put(&b, 0x2C, 99);
	put(&b, 0x00, 1);
	pass_us(&b, 50);
	put(&b, 0x2C, 59);
	pass_us(&b, 10);
	assert_int_equal(get(&b, 0x24), 0);
	pass_us(&b, 30);
	put(&b, 0x2C, 19); /* below the counter: it runs on to 0xFFFF */
	pass_us(&b, 65536 - 30 - 1);
	assert_int_equal(get(&b, 0x24), 0xFFFF);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0x24), 0);
	pass_us(&b, 20);
	assert_int_equal(get(&b, 0x24), 0);
	bench_end(&b);
}

static void one_pulse_stops_at_the_update(void **state)
{
	start(NULL, 1);
	put(&b, 0x2C, 99);
	put(&b, 0x0C, 1);
	put(&b, 0x00, 1 | 8);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 0x24), 0);
	assert_int_equal(get(&b, 0x00), 8);
	assert_int_equal(b.raised[10], 1);
	bench_end(&b);
}

static void it_follows_the_core_clock_and_its_divider(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "kernel_div", "2");
	assert_true(bench_start(&b, "stm32-timer", 1000000));
	put(&b, 0x0C, 1);
	put(&b, 0x2C, 199);
	put(&b, 0x00, 1);
	pass_us(&b, 200);
	assert_int_equal(get(&b, 0x24), 100);
	sim_clock_set_hz(&b.clock, 4000000);
	b.device.type->clock_changed(&b.device, 1000000);
	pass_us(&b, 25);
	assert_int_equal(get(&b, 0x24), 150);
	pass_us(&b, 24);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	bench_end(&b);
}

static void on_a_bus_it_counts_at_the_bus_timer_clock(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "bus", "2");
	assert_true(bench_start(&b, "stm32-timer", 1000000));
	b.buses.timer_div[1] = 4;
	put(&b, 0x00, 1);
	pass_us(&b, 400);
	assert_int_equal(get(&b, 0x24), 100);
	bench_end(&b);
}

static void what_is_not_modelled_is_reported(void **state)
{
	start(NULL, 1);
	put(&b, 0x00, 1);
	put(&b, 0x18, 0x60);
	assert_int_equal(b.unmodelled, 0);
	put(&b, 0x08, 7);
	put(&b, 0x00, 0x11);
	assert_int_equal(b.unmodelled, 2);
	assert_int_equal(get(&b, 0x100), 0);
	assert_int_equal(b.guessed, 1);
	bench_end(&b);
}

/* The same seen by stepping cycle by cycle through a naive counter. */
static void it_agrees_with_a_naive_counter(void **state)
{
	uint32_t seed = 1, psc = 0, arr = 0xFFFF, psc_now = 0, arr_now = 0xFFFF, phase = 0, count = 0, flags = 0;
	start(NULL, 1);
	put(&b, 0x34, 17);
	put(&b, 0x38, 33);
	put(&b, 0x00, 0x81);
	for (unsigned cycle = 0; cycle < 200000; cycle++) {
		seed = seed * 1664525 + 1013904223;
		unsigned dice = seed >> 24;
		if (dice == 0)
			put(&b, 0x28, psc = seed >> 16 & 3);
		if (dice == 1)
			put(&b, 0x2C, arr = 20 + (seed >> 16 & 31));
		if (dice == 2) {
			put(&b, 0x14, 1);
			count = phase = 0;
			psc_now = psc;
			arr_now = arr;
			flags |= 1;
		}
		if (dice == 3) {
			put(&b, 0x10, 0);
			flags = 0;
		}
		if (dice < 40) {
			assert_int_equal(get(&b, 0x24), count);
			assert_int_equal(get(&b, 0x10) & 7, flags);
		}
		b.clock.cycle++;
		if (++phase > psc_now) {
			phase = 0;
			if (count == arr_now) {
				count = 0;
				flags |= 1;
				psc_now = psc;
				arr_now = arr;
			} else {
				count = (count + 1) & 0xFFFF;
			}
			flags |= (count == 17 ? 2 : 0) | (count == 33 ? 4 : 0);
		}
	}
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prescaled_counter_tells_the_time),
		cmocka_unit_test(it_wraps_at_arr_and_raises_uif),
		cmocka_unit_test(the_update_interrupt_comes_every_round_until_cleared),
		cmocka_unit_test(a_compare_match_interrupts_at_its_count),
		cmocka_unit_test(a_match_behind_the_counter_waits_for_the_next_round),
		cmocka_unit_test(preloads_take_effect_at_the_update),
		cmocka_unit_test(without_preload_arr_holds_at_once),
		cmocka_unit_test(one_pulse_stops_at_the_update),
		cmocka_unit_test(it_follows_the_core_clock_and_its_divider),
		cmocka_unit_test(on_a_bus_it_counts_at_the_bus_timer_clock),
		cmocka_unit_test(what_is_not_modelled_is_reported),
		cmocka_unit_test(it_agrees_with_a_naive_counter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
