/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2: MODER 0, PUPDR C, IDR 10, ODR 14, BSRR 18, BRR 28. f1: CRL 0, CRH 4, IDR 8, ODR C, BSRR 10, BRR 14. */
#include "device_fixture.h"

static struct bench b;

static void start(const char *layout, const char *key, const char *value)
{
	memset(&b, 0, sizeof b);
	if (layout)
		bench_option(&b, "layout", layout);
	if (key)
		bench_option(&b, key, value);
	assert_true(bench_start(&b, "stm32-gpio", 1000000));
}

static void an_output_reads_back_what_it_drives(void **state)
{
	start(NULL, NULL, NULL);
	assert_int_equal(get(&b, 0), 0xFFFFFFFF); /* analogue after reset */
	put(&b, 0, 0xFFFFFFF5);                   /* pins 0 and 1 drive */
	put(&b, 0x18, 3);
	assert_int_equal(get(&b, 0x14), 3);
	assert_int_equal(get(&b, 0x10), 3);
	put(&b, 0x18, 1u << 16 | 1u << 17 | 2); /* set wins */
	assert_int_equal(get(&b, 0x10), 2);
	put(&b, 0x28, 2);
	assert_int_equal(get(&b, 0x10), 0);
	b.device.type->write(&b.device, 0x14, 2, 0xFFFF);
	assert_int_equal(get(&b, 0x10), 3);
	assert_int_equal(get(&b, 0x18), 0);
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

static void an_input_reads_its_pull_and_a_floating_one_is_a_guess(void **state)
{
	start(NULL, NULL, NULL);
	put(&b, 0, 0xFFFFFFF0);
	put(&b, 0x0C, 1 | 2 << 2);
	assert_int_equal(get(&b, 0x10), 1);
	assert_int_equal(b.guessed, 0);
	put(&b, 0x0C, 1);
	assert_int_equal(get(&b, 0x10), 1);
	assert_int_equal(b.guessed, 1);
	bench_end(&b);
}

static void the_board_can_say_what_a_pin_is_wired_to(void **state)
{
	start(NULL, "high", "0x2000");
	put(&b, 0, 0xF3FFFFFF); /* pin 13 in */
	assert_int_equal(get(&b, 0x10), 0x2000);
	assert_int_equal(b.guessed, 0);
	bench_end(&b);
	start(NULL, "low", "0x0001");
	put(&b, 0, 0xFFFFFFFC);
	put(&b, 0x0C, 1);
	assert_int_equal(get(&b, 0x10), 0); /* pressed against its pull-up */
	assert_int_equal(b.guessed, 0);
	bench_end(&b);
}

static void f1_has_its_own_layout(void **state)
{
	start("f1", NULL, NULL);
	assert_int_equal(get(&b, 0), 0x44444444);
	assert_int_equal(get(&b, 4), 0x44444444);
	put(&b, 4, 0x44444483); /* pin 8 drives, pin 9 is pulled */
	put(&b, 0x10, 0x300);
	assert_int_equal(get(&b, 8) & 0x300, 0x300);
	put(&b, 0x14, 0x200);
	assert_int_equal(get(&b, 8) & 0x300, 0x100);
	assert_int_equal(get(&b, 0x0C), 0x100);
	bench_end(&b);
}

static void a_wrong_layout_is_refused(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "layout", "v3");
	assert_false(bench_start(&b, "stm32-gpio", 1000000));
	assert_string_equal(b.err.text, "board.yaml: 'v3' is no layout of device 'dut'; v2 or f1 is expected");
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_output_reads_back_what_it_drives),
		cmocka_unit_test(an_input_reads_its_pull_and_a_floating_one_is_a_guess),
		cmocka_unit_test(the_board_can_say_what_a_pin_is_wired_to),
		cmocka_unit_test(f1_has_its_own_layout),
		cmocka_unit_test(a_wrong_layout_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
