/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small blocks of STM32 chips: CRC, RNG, IWDG, LPTIM. */
#include "device_fixture.h"

static struct bench b;

static void start(const char *type, const char *key, const char *value)
{
	memset(&b, 0, sizeof b);
	if (key)
		bench_option(&b, key, value);
	b.seed = 7;
	if (!bench_start(&b, type, 1000000))
		fail_msg("%s", b.err.text);
}

static void put_bytes(const char *text)
{
	for (; *text; text++)
		b.device.type->write(&b.device, 0, 1, (uint8_t)*text);
}

/* --- CRC: DR 0, IDR 4, CR 8, INIT 10, POL 14. Check values of "123456789": reveng's catalogue of CRCs --------------- */

static void the_crc_unit_has_the_published_check_values(void **state)
{
	start("stm32-crc", NULL, NULL);
	put_bytes("123456789");
	assert_int_equal(get(&b, 0), 0x0376E6E7); /* CRC-32/MPEG-2 */
	put(&b, 8, 1 | 1 << 5 | 1 << 7);
	put_bytes("123456789");
	assert_int_equal(get(&b, 0) ^ 0xFFFFFFFF, 0xCBF43926); /* CRC-32/ISO-HDLC */
	put(&b, 0x14, 0x1021);
	put(&b, 8, 1 | 1 << 3);
	put_bytes("123456789");
	assert_int_equal(get(&b, 0), 0x29B1); /* CRC-16/IBM-3740 */
	put(&b, 0x10, 0);
	put(&b, 0x14, 0x07);
	put(&b, 8, 1 | 2 << 3);
	put_bytes("123456789");
	assert_int_equal(get(&b, 0), 0xF4); /* CRC-8/SMBUS */
	put(&b, 0x14, 0x09);
	put(&b, 8, 1 | 3 << 3);
	put_bytes("123456789");
	assert_int_equal(get(&b, 0), 0x75); /* CRC-7/MMC */
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

static void words_and_half_words_are_reversed_as_cr_says(void **state)
{
	start("stm32-crc", NULL, NULL);
	put(&b, 0, 0x31323334); /* most significant byte first: as the bytes "1234" */
	uint32_t words = get(&b, 0);
	put(&b, 8, 1);
	put_bytes("1234");
	assert_int_equal(get(&b, 0), words);
	put(&b, 8, 1 | 3 << 5);
	put(&b, 0, 0x2CCC4C8C); /* 0x31323334, bits reversed */
	assert_int_equal(get(&b, 0), words);
	put(&b, 8, 1 | 2 << 5);
	put(&b, 0, 0x4C8C2CCC); /* …and in each half-word */
	assert_int_equal(get(&b, 0), words);
	bench_end(&b);
}

static void the_f1s_crc_is_fixed(void **state)
{
	start("stm32-crc", "fixed", "true");
	put(&b, 8, 1 | 1 << 5);
	put(&b, 0x14, 0x1021);
	assert_int_equal(b.unmodelled, 1);
	put(&b, 0, 0x31323334);
	put(&b, 4, 0x1FF);
	assert_int_equal(get(&b, 4), 0xFF);
	uint32_t fixed = get(&b, 0);
	bench_end(&b);
	start("stm32-crc", NULL, NULL);
	put(&b, 0, 0x31323334);
	assert_int_equal(get(&b, 0), fixed);
	bench_end(&b);
}

/* --- RNG: CR 0, SR 4, DR 8 ---------------------------------------------------------------------------------------- */

static void random_numbers_follow_the_seed(void **state)
{
	uint32_t number[3];
	for (int run = 0; run < 3; run++) {
		start("stm32-rng", NULL, NULL);
		if (run == 2) {
			b.wires.seed = 8;
			b.device.type->free(&b.device);
			memset(b.device.state, 0, b.device.type->state_bytes);
			assert_true(b.device.type->init(&b.device, &b.err));
			b.device.type->reset(&b.device);
		}
		put(&b, 0, 4);
		assert_int_equal(get(&b, 4), 0);
		assert_int_equal(get(&b, 8), 0); /* too early */
		pass_us(&b, 1);
		assert_int_equal(get(&b, 4), 1);
		number[run] = get(&b, 8);
		assert_int_equal(get(&b, 4), 0);
		pass_us(&b, 1);
		assert_true(get(&b, 8) != number[run]);
		bench_end(&b);
	}
	assert_int_equal(number[0], number[1]);
	assert_true(number[0] != number[2]);
}

static void the_rng_interrupts_for_each_number(void **state)
{
	start("stm32-rng", NULL, NULL);
	put(&b, 0, 0xC);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	get(&b, 8);
	assert_false(b.irq[10]);
	pass_us(&b, 5);
	assert_true(b.irq[10]);
	assert_int_equal(b.raised[10], 2);
	put(&b, 0, 0);
	assert_false(b.irq[10]);
	bench_end(&b);
}

/* --- IWDG: KR 0, PR 4, RLR 8, WINR 10; 32 kHz: a tick of 1/8 ms at PR 0 --------------------------------------------- */

static void a_watchdog_that_is_not_reloaded_resets(void **state)
{
	start("stm32-iwdg", NULL, NULL);
	put(&b, 8, 9); /* no key: not taken */
	assert_int_equal(get(&b, 8), 0xFFF);
	put(&b, 0, 0x5555);
	put(&b, 4, 1);
	put(&b, 8, 39); /* 40 ticks of 1/4 ms */
	put(&b, 0, 0xCCCC);
	for (int i = 0; i < 5; i++) {
		pass_us(&b, 9990);
		put(&b, 0, 0xAAAA);
	}
	assert_int_equal(b.resets, 0);
	pass_us(&b, 9999);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 2);
	assert_int_equal(b.resets, 1);
	b.device.type->reset(&b.device);
	pass_us(&b, 10000000);
	assert_int_equal(b.resets, 1); /* off after reset */
	bench_end(&b);
}

static void a_reload_before_the_window_resets(void **state)
{
	enum sim_reset_cause cause = SIM_RESET_POWER;
	start("stm32-iwdg", NULL, NULL);
	b.wires.reset_cause = &cause;
	put(&b, 0, 0xCCCC);
	put(&b, 0, 0x5555);
	put(&b, 8, 79);   /* 10 ms */
	put(&b, 0x10, 39); /* not before 5 ms */
	pass_us(&b, 6000);
	put(&b, 0, 0xAAAA);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 4000);
	put(&b, 0, 0xAAAA);
	assert_int_equal(b.resets, 1);
	assert_int_equal(cause, SIM_RESET_WATCHDOG);
	bench_end(&b);
}

/* --- LPTIM: ISR 0, ICR 4, IER 8, CFGR C, CR 10, CMP 14, ARR 18, CNT 1C; at 32768 Hz --------------------------------- */

static void a_low_power_timer_counts_time_whatever_the_core_does(void **state)
{
	start("stm32-lptim", NULL, NULL);
	put(&b, 0x10, 1);
	put(&b, 0x18, 0xFFFF);
	assert_int_equal(get(&b, 0) & 0x10, 0x10);
	put(&b, 0x10, 5);
	pass_us(&b, 1000000);
	assert_int_equal(get(&b, 0x1C), 32768);
	sim_clock_set_hz(&b.clock, 64000000);
	pass_us(&b, 500000);
	assert_int_equal(get(&b, 0x1C), 49152);
	sim_clock_stand_still_until(&b.clock, sim_clock_now_ps(&b.clock) + SIM_PS_PER_S / 4);
	assert_int_equal(get(&b, 0x1C), 57344);
	pass_us(&b, 250000);
	assert_int_equal(get(&b, 0x1C), 0);
	assert_int_equal(get(&b, 0) & 2, 2);
	bench_end(&b);
}

static void compare_and_top_interrupt_where_enabled(void **state)
{
	start("stm32-lptim", "kernel_hz", "1000000");
	put(&b, 8, 3);
	put(&b, 0xC, 1 << 9); /* half a MHz */
	put(&b, 0x10, 1);
	put(&b, 0x18, 99);
	put(&b, 0x14, 30);
	put(&b, 0x10, 5);
	pass_us(&b, 59);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_true(b.irq[10]);
	put(&b, 4, 1);
	assert_false(b.irq[10]);
	pass_us(&b, 138);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0) & 3, 2);
	put(&b, 4, 3);
	pass_us(&b, 2000);
	assert_int_equal(b.raised[10], 3);
	bench_end(&b);
}

static void ticks_that_fall_between_cycles_come_too(void **state)
{
	start("stm32-lptim", NULL, NULL);
	put(&b, 8, 2);
	put(&b, 0x10, 1);
	put(&b, 0x18, 9);
	put(&b, 0x10, 5);
	for (int i = 0; i < 1000; i++) { /* ten ticks of 30.5 us each */
		pass_us(&b, 305);
		pass_us(&b, i % 5 == 0);
		put(&b, 4, 2);
	}
	assert_int_equal(b.raised[10], 1000); /* 305.2 ms are 10,000 ticks and a bit: 9 was reached 1,000 times */
	bench_end(&b);
}

static void once_is_once(void **state)
{
	start("stm32-lptim", "kernel_hz", "1000000");
	put(&b, 0x10, 1);
	put(&b, 0x18, 9);
	put(&b, 0x10, 3);
	pass_us(&b, 9);
	assert_int_equal(get(&b, 0) & 2, 2);
	put(&b, 4, 2);
	pass_us(&b, 100);
	assert_int_equal(get(&b, 0) & 2, 0);
	assert_int_equal(get(&b, 0x1C), 0);
	put(&b, 0xC, 1); /* a clock from a pin */
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_crc_unit_has_the_published_check_values),
		cmocka_unit_test(words_and_half_words_are_reversed_as_cr_says),
		cmocka_unit_test(the_f1s_crc_is_fixed),
		cmocka_unit_test(random_numbers_follow_the_seed),
		cmocka_unit_test(the_rng_interrupts_for_each_number),
		cmocka_unit_test(a_watchdog_that_is_not_reloaded_resets),
		cmocka_unit_test(a_reload_before_the_window_resets),
		cmocka_unit_test(a_low_power_timer_counts_time_whatever_the_core_does),
		cmocka_unit_test(compare_and_top_interrupt_where_enabled),
		cmocka_unit_test(ticks_that_fall_between_cycles_come_too),
		cmocka_unit_test(once_is_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
