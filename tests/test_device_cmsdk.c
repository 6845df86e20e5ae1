/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers of the MPS2 boards, at 1 MHz: a tick is a microsecond. */
#include "device_fixture.h"

static struct bench b;

static void start(const char *type)
{
	memset(&b, 0, sizeof b);
	assert_true(bench_start(&b, type, 1000000));
}

/* --- timer: CTRL 0, VALUE 4, RELOAD 8, INT C ------------------------------------------------------------------ */

static void a_timer_counts_down_and_interrupts_every_reload_and_one(void **state)
{
	start("cmsdk-timer");
	put(&b, 8, 99);
	put(&b, 4, 49);
	put(&b, 0, 9);
	pass_us(&b, 48);
	assert_int_equal(get(&b, 4), 1);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0xC), 1);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 4), 99); /* 0 lasts a tick, then it is loaded */
	put(&b, 0xC, 1);
	assert_false(b.irq[10]);
	pass_us(&b, 98);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	for (int i = 0; i < 5; i++) {
		put(&b, 0xC, 1);
		pass_us(&b, 100);
	}
	assert_int_equal(b.raised[10], 7);
	bench_end(&b);
}

static void a_timer_without_interrupt_counts_all_the_same(void **state)
{
	start("cmsdk-timer");
	put(&b, 8, 9);
	put(&b, 0, 1);
	assert_int_equal(sim_clock_next_cycle(&b.clock), SIM_NEVER);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 4), 9);
	pass_us(&b, 1003);
	assert_int_equal(get(&b, 4), 6);
	assert_int_equal(get(&b, 0xC), 0);
	put(&b, 0, 0);
	pass_us(&b, 50);
	assert_int_equal(get(&b, 4), 6);
	put(&b, 0, 3); /* by EXTIN, which nobody drives */
	pass_us(&b, 50);
	assert_int_equal(get(&b, 4), 6);
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

static void a_reload_of_0_stands_still(void **state)
{
	start("cmsdk-timer");
	put(&b, 0, 9);
	pass_us(&b, 100);
	assert_int_equal(get(&b, 4), 0);
	assert_false(b.irq[10]);
	put(&b, 8, 4);
	pass_us(&b, 5);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0xFE0), 0x22);
	bench_end(&b);
}

/* --- dual timer: LOAD 0, VALUE 4, CONTROL 8, INTCLR C, RIS 10, MIS 14, BGLOAD 18; the second 20 further ---------- */

static void the_dual_timers_halves_run_apart_and_share_the_interrupt(void **state)
{
	start("cmsdk-dualtimer");
	assert_int_equal(get(&b, 8), 0x20);
	put(&b, 0, 9);
	put(&b, 8, 0xE2); /* periodic with interrupt */
	put(&b, 0x20, 3);
	put(&b, 0x28, 0x86); /* free running without interrupt, ticks of 16 */
	pass_us(&b, 9);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0x10), 1);
	assert_int_equal(get(&b, 0x14), 1);
	put(&b, 0xC, 1);
	assert_false(b.irq[10]);
	pass_us(&b, 39);
	assert_int_equal(get(&b, 0x30), 1); /* the second's 0, masked */
	assert_int_equal(get(&b, 0x34), 0);
	pass_us(&b, 16);
	assert_int_equal(get(&b, 0x24), 0xFFFFFFFF);
	put(&b, 0x28, 0xA6);
	assert_true(b.irq[10]);
	bench_end(&b);
}

static void a_one_shot_stops_at_0_and_16_bits_wrap_there(void **state)
{
	start("cmsdk-dualtimer");
	put(&b, 0, 0x12340005);
	assert_int_equal(get(&b, 4), 5); /* 16 bits after reset */
	put(&b, 8, 0xA1);
	pass_us(&b, 100);
	assert_int_equal(get(&b, 4), 0);
	assert_int_equal(b.raised[10], 1);
	put(&b, 0xC, 1);
	put(&b, 8, 0x80);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 4), 0xFFFF);
	put(&b, 0x18, 7); /* for the next load only */
	assert_int_equal(get(&b, 4), 0xFFFF);
	assert_int_equal(get(&b, 0), 7);
	bench_end(&b);
}

/* --- watchdog: LOAD 0, VALUE 4, CONTROL 8, INTCLR C, LOCK C00 ------------------------------------------------------ */

static void the_watchdog_warns_by_nmi_and_then_resets(void **state)
{
	start("cmsdk-watchdog");
	put(&b, 0, 100);
	put(&b, 8, 3);
	pass_us(&b, 100);
	assert_int_equal(b.nmis, 1);
	assert_int_equal(get(&b, 0x10), 1);
	put(&b, 0xC, 0); /* any write clears, and starts over */
	assert_int_equal(get(&b, 4), 100);
	pass_us(&b, 100);
	assert_int_equal(b.nmis, 2);
	pass_us(&b, 100);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 1);
	assert_int_equal(b.resets, 1);
	bench_end(&b);
}

static void a_locked_watchdog_takes_nothing(void **state)
{
	start("cmsdk-watchdog");
	put(&b, 0xC00, 1);
	assert_int_equal(get(&b, 0xC00), 1);
	put(&b, 0, 5);
	put(&b, 8, 3);
	assert_int_equal(get(&b, 0), 0xFFFFFFFF);
	pass_us(&b, 1000);
	assert_int_equal(b.nmis, 0);
	put(&b, 0xC00, 0x1ACCE551);
	put(&b, 0, 5);
	assert_int_equal(get(&b, 0), 5);
	bench_end(&b);
}

/* --- FPGA I/O: 1 Hz 10, 100 Hz 14, COUNTER 18, PRESCALE 1C, PSCNTR 20 ----------------------------------------------- */

static void the_fpgas_counters_count_time_and_cycles(void **state)
{
	start("mps2-fpgaio");
	pass_us(&b, 2500000);
	assert_int_equal(get(&b, 0x10), 2);
	assert_int_equal(get(&b, 0x14), 250);
	assert_int_equal(get(&b, 0x18), 2500000);
	put(&b, 0x10, 100);
	put(&b, 0x18, 0);
	put(&b, 0x1C, 9);
	pass_us(&b, 1000000);
	assert_int_equal(get(&b, 0x10), 101);
	assert_int_equal(get(&b, 0x18), 100000);
	assert_int_equal(get(&b, 0x20), 0);
	pass_us(&b, 3);
	assert_int_equal(get(&b, 0x18), 100001);
	assert_int_equal(get(&b, 0x20), 7);
	put(&b, 0, 0xFF);
	assert_int_equal(get(&b, 0), 3);
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_counts_down_and_interrupts_every_reload_and_one),
		cmocka_unit_test(a_timer_without_interrupt_counts_all_the_same),
		cmocka_unit_test(a_reload_of_0_stands_still),
		cmocka_unit_test(the_dual_timers_halves_run_apart_and_share_the_interrupt),
		cmocka_unit_test(a_one_shot_stops_at_0_and_16_bits_wrap_there),
		cmocka_unit_test(the_watchdog_warns_by_nmi_and_then_resets),
		cmocka_unit_test(a_locked_watchdog_takes_nothing),
		cmocka_unit_test(the_fpgas_counters_count_time_and_cycles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
