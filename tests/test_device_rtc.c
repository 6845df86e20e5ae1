/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2: TR 0, DR 4, CR 8, ISR C, PRER 10, WUTR 14, ALRMAR 1C, WPR 24, SSR 28. v3: CR 18, ALRMAR 40, SR 50, SCR 5C. */
#include "device_fixture.h"

static struct bench b;

static void start(const char *layout)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "layout", layout);
	assert_true(bench_start(&b, "stm32-rtc", 1000000));
}

static void unlock(void)
{
	put(&b, 0x24, 0xCA);
	put(&b, 0x24, 0x53);
}

static void set_clock(uint32_t date, uint32_t time)
{
	unlock();
	put(&b, 0xC, 0x80);
	assert_int_equal(get(&b, 0xC) & 0x40, 0x40);
	put(&b, 4, date);
	put(&b, 0, time);
	put(&b, 0xC, 0);
}

static void the_calendar_counts_seconds_days_and_leap_years(void **state)
{
	start("v2");
	assert_int_equal(get(&b, 0), 0);
	assert_int_equal(get(&b, 4), 0x0000C101); /* Saturday, 1 January 2000 */
	set_clock(0x24 << 16 | 3 << 13 | 0x02 << 8 | 0x28, 0x235958); /* 28 February 2024, a Wednesday */
	pass_us(&b, 1999990);
	assert_int_equal(get(&b, 0), 0x235959);
	pass_us(&b, 20);
	assert_int_equal(get(&b, 0), 0);
	assert_int_equal(get(&b, 4), 0x24 << 16 | 4 << 13 | 0x02 << 8 | 0x29);
	pass_us(&b, UINT64_C(86400) * 1000000);
	assert_int_equal(get(&b, 4), 0x24 << 16 | 5 << 13 | 0x03 << 8 | 0x01);
	bench_end(&b);
}

static void subseconds_run_down_from_the_prescaler(void **state)
{
	start("v2");
	assert_int_equal(get(&b, 0x28), 255);
	pass_us(&b, 250000);
	assert_int_equal(get(&b, 0x28), 255 - 64);
	b.device.type->reset(&b.device); /* a system reset leaves it alone */
	pass_us(&b, 750001);
	assert_int_equal(get(&b, 0x28), 255);
	assert_int_equal(get(&b, 0), 1);
	bench_end(&b);
}

static void without_the_keys_nothing_is_taken(void **state)
{
	start("v2");
	put(&b, 0x14, 5);
	put(&b, 0xC, 0x80);
	assert_int_equal(get(&b, 0xC) & 0x40, 0);
	assert_int_equal(get(&b, 0x14), 0xFFFF);
	put(&b, 0x50, 0x12345678); /* backup registers need none */
	assert_int_equal(get(&b, 0x50), 0x12345678);
	unlock();
	put(&b, 0x14, 5);
	assert_int_equal(get(&b, 0x14), 5);
	put(&b, 0x24, 0xFF);
	put(&b, 0x14, 6);
	assert_int_equal(get(&b, 0x14), 5);
	bench_end(&b);
}

static void the_wakeup_timer_interrupts_again_and_again(void **state)
{
	start("v2");
	unlock();
	put(&b, 0x14, 2047); /* 2048 ticks of 1/2048 s */
	put(&b, 8, 1u << 10 | 1u << 14);
	pass_us(&b, 999999);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0xC) & 0x400, 0x400);
	put(&b, 0xC, ~0x400u & 0xFF00);
	assert_false(b.irq[10]);
	sim_clock_stand_still_until(&b.clock, sim_clock_now_ps(&b.clock) + SIM_PS_PER_S);
	sim_clock_fire_due(&b.clock);
	assert_true(b.irq[10]); /* in stop mode too */
	put(&b, 8, 0);
	put(&b, 0x14, 1);
	put(&b, 0xC, 0);
	put(&b, 8, 1u << 10 | 1u << 14 | 4); /* seconds */
	pass_us(&b, 1999999);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	bench_end(&b);
}

static void an_alarm_rings_at_its_time_and_day(void **state)
{
	start("v2");
	set_clock(0x26 << 16 | 7 << 13 | 0x11 << 8 | 0x22, 0x115950);
	put(&b, 0x1C, 0x23 << 24 | 0x120000); /* on the 23rd at noon */
	put(&b, 8, 1u << 8 | 1u << 12);
	pass_us(&b, 10000000);
	assert_int_equal(get(&b, 0), 0x120000);
	assert_false(b.irq[11]);
	pass_us(&b, UINT64_C(86399) * 1000000);
	assert_false(b.irq[11]);
	pass_us(&b, 1000001);
	assert_true(b.irq[11]);
	assert_int_equal(get(&b, 0xC) & 0x300, 0x100);
	put(&b, 0xC, 0);
	put(&b, 8, 0);
	put(&b, 0x1C, 1u << 31 | 1u << 23 | 1u << 15 | 0x30); /* whenever the seconds are 30 */
	put(&b, 8, 1u << 8 | 1u << 12);
	pass_us(&b, 29000000);
	assert_false(b.irq[11]);
	pass_us(&b, 1000001);
	assert_true(b.irq[11]);
	put(&b, 0xC, 0);
	pass_us(&b, 60000001);
	assert_true(b.irq[11]);
	bench_end(&b);
}

static void v3_keeps_its_flags_apart(void **state)
{
	start("v3");
	unlock();
	assert_int_equal(get(&b, 0xC) & 0x24, 0x24);
	put(&b, 0x14, 0);
	put(&b, 0x18, 1u << 10 | 1u << 14 | 3);
	pass_us(&b, 62);
	assert_int_equal(get(&b, 0x50), 4);
	assert_int_equal(get(&b, 0x54), 4);
	assert_true(b.irq[10]);
	put(&b, 0x5C, 4);
	assert_int_equal(get(&b, 0x50), 0);
	put(&b, 0x18, 0);
	put(&b, 0x40, 1u << 31 | 1u << 23 | 1u << 15 | 0x01);
	put(&b, 0x18, 1u << 8 | 1u << 12);
	pass_us(&b, 1000000);
	assert_int_equal(get(&b, 0x50), 1);
	assert_int_equal(b.unmodelled, 0);
	put(&b, 0x18, 1u << 6);
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_calendar_counts_seconds_days_and_leap_years),
		cmocka_unit_test(subseconds_run_down_from_the_prescaler),
		cmocka_unit_test(without_the_keys_nothing_is_taken),
		cmocka_unit_test(the_wakeup_timer_interrupts_again_and_again),
		cmocka_unit_test(an_alarm_rings_at_its_time_and_day),
		cmocka_unit_test(v3_keeps_its_flags_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
