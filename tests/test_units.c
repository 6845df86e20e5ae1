/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "base/near.h"
#include "base/units.h"

static uint64_t integer(const char *text, enum unit unit, int exponent)
{
	struct err err = {0};
	uint64_t value = 12345;
	if (!units_integer(text, unit, exponent, &value, &err))
		fail_msg("%s", err.text);
	return value;
}

static double real(const char *text, enum unit unit, int exponent)
{
	struct err err = {0};
	double value = 12345;
	if (!units_double(text, unit, exponent, &value, &err))
		fail_msg("%s", err.text);
	return value;
}

static void refused(const char *text, enum unit unit, int exponent, const char *message)
{
	struct err err = {0};
	uint64_t value = 12345;
	assert_false(units_integer(text, unit, exponent, &value, &err));
	assert_int_equal(value, 12345);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
}

static void refused_double(const char *text, enum unit unit, const char *message)
{
	struct err err = {0};
	double value = 12345;
	assert_false(units_double(text, unit, 0, &value, &err));
	assert_true(value == 12345);
	assert_string_equal(err.text, message);
}

static void times_are_exact_picoseconds(void **state)
{
	assert_int_equal(integer("200ms", UNIT_TIME, -12), UINT64_C(200000000000));
	assert_int_equal(integer("2.0s", UNIT_TIME, -12), UINT64_C(2000000000000));
	assert_int_equal(integer("0.1s", UNIT_TIME, -12), UINT64_C(100000000000));
	assert_int_equal(integer("62.5us", UNIT_TIME, -12), UINT64_C(62500000));
	assert_int_equal(integer("62.5\xC2\xB5s", UNIT_TIME, -12), UINT64_C(62500000));
	assert_int_equal(integer("62.5\xCE\xBCs", UNIT_TIME, -12), UINT64_C(62500000));
	assert_int_equal(integer("7ps", UNIT_TIME, -12), 7);
	assert_int_equal(integer("1.5min", UNIT_TIME, -12), UINT64_C(90000000000000));
	assert_int_equal(integer("2h", UNIT_TIME, -12), UINT64_C(7200000000000000));
	assert_int_equal(integer("0.123456789012s", UNIT_TIME, -12), UINT64_C(123456789012));
	assert_int_equal(integer("1e-3s", UNIT_TIME, -12), UINT64_C(1000000000));
	assert_int_equal(integer("5 ms", UNIT_TIME, -12), UINT64_C(5000000000));
}

static void frequencies_are_exact_millihertz(void **state)
{
	struct err err;
	uint64_t mhz = 0;
	assert_true(units_frequency_mhz("16kHz", &mhz, &err));
	assert_int_equal(mhz, 16000000);
	assert_int_equal(integer("12.5Hz", UNIT_FREQUENCY, -3), 12500);
	assert_int_equal(integer("120MHz", UNIT_FREQUENCY, -3), UINT64_C(120000000000));
	assert_int_equal(integer("120MHz", UNIT_FREQUENCY, 0), 120000000);
	assert_int_equal(integer("32.768kHz", UNIT_FREQUENCY, 0), 32768);
	assert_int_equal(integer("500mHz", UNIT_FREQUENCY, -3), 500);
}

static void sizes_and_addresses_are_whole(void **state)
{
	assert_int_equal(integer("640KiB", UNIT_BYTES, 0), 640 * 1024);
	assert_int_equal(integer("1.5KiB", UNIT_BYTES, 0), 1536);
	assert_int_equal(integer("2MiB", UNIT_BYTES, 0), 2 << 20);
	assert_int_equal(integer("24000", UNIT_BYTES, 0), 24000);
	assert_int_equal(integer("1kB", UNIT_BYTES, 0), 1000);
	assert_int_equal(integer("0x08000000", UNIT_BYTES, 0), 0x08000000);
	assert_int_equal(integer("0x08000000", UNIT_NUMBER, 0), 0x08000000);
	assert_int_equal(integer("18446744073709551615", UNIT_NUMBER, 0), UINT64_MAX);
	assert_int_equal(integer("0xFFFFFFFFFFFFFFFF", UNIT_NUMBER, 0), UINT64_MAX);
	assert_int_equal(integer("1e3", UNIT_NUMBER, 0), 1000);
}

static void physical_quantities_come_in_the_step_asked_for(void **state)
{
	assert_int_equal(integer("3.3V", UNIT_VOLTAGE, -3), 3300);
	assert_int_equal(integer("1800mV", UNIT_VOLTAGE, -3), 1800);
	assert_true(real("1.5mA", UNIT_CURRENT, -6) == 1500);
	assert_true(real("280nA", UNIT_CURRENT, -6) == 0.28);
	assert_true(real("94.7uA/MHz", UNIT_CURRENT_PER_FREQUENCY, -12) == 94.7);
	assert_true(real("220mAh", UNIT_CHARGE, -3) == 220);
	assert_true(real("30mg", UNIT_ACCELERATION, 0) == 0.03);
	assert_true(real("5uJ", UNIT_ENERGY, -6) == 5);
	assert_true(real("3mW", UNIT_POWER, -3) == 3);
	assert_true(real("-40dBFS", UNIT_LEVEL, 0) == -40);
	assert_true(real("90deg", UNIT_ANGLE, 0) == 90);
	assert_true(real("5%", UNIT_PERCENT, 0) == 5);
	assert_true(real("-5", UNIT_PERCENT, 0) == -5);
	assert_true(real("0.1", UNIT_NUMBER, 0) == 0.1);
	assert_true(real("-1e-3", UNIT_NUMBER, 0) == -1e-3);
	assert_true(real("0", UNIT_LEVEL, 0) == 0);
}

static void a_comma_locale_changes_nothing(void **state)
{
	setlocale(LC_ALL, "de_DE.UTF-8"); /* if the machine has none, the test is the plain one */
	assert_true(real("3.3", UNIT_NUMBER, 0) == 3.3);
	setlocale(LC_ALL, "C");
}

static void a_missing_unit_is_asked_for(void **state)
{
	refused("16", UNIT_FREQUENCY, -3, "'16' has no unit; a frequency such as 16kHz, 104Hz is expected");
	refused("200", UNIT_TIME, -12, "'200' has no unit; a time such as 200ms, 2s, 1h is expected");
	refused_double("-40", UNIT_LEVEL, "'-40' has no unit; a level such as -40dBFS is expected");
	assert_int_equal(integer("0", UNIT_TIME, -12), 0);
}

static void a_wrong_unit_is_named(void **state)
{
	refused("16ms", UNIT_FREQUENCY, -3,
		"'16ms': 'ms' is no unit of frequency; a frequency such as 16kHz, 104Hz is expected");
	refused("16khz", UNIT_FREQUENCY, -3,
		"'16khz': the unit is written kHz; a frequency such as 16kHz, 104Hz is expected");
	refused("2MS", UNIT_TIME, -12, "'2MS': the unit is written ms; a time such as 200ms, 2s, 1h is expected");
	refused("64KB", UNIT_BYTES, 0,
		"'64KB': the unit is written kB; a size in bytes such as 24000, 640KiB is expected");
	refused("5m", UNIT_TIME, -12, "'5m': 'm' is no unit of time; a time such as 200ms, 2s, 1h is expected");
	refused("12x", UNIT_NUMBER, 0,
		"'12x': 'x' does not belong here; a number such as 12, 0.5, 0x1F is expected");
	refused("5%", UNIT_NUMBER, 0,
		"'5%': '%' does not belong here; a number such as 12, 0.5, 0x1F is expected");
	refused("1-2s", UNIT_TIME, -12,
		"'1-2s': '-2s' is no unit of time; a time such as 200ms, 2s, 1h is expected");
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "abc",
					  "nan",
					  "NaN",
					  "inf",
					  "-",
					  ".",
					  "ms",
					  "0x",
					  "- 5s",
					  "1..2s",
					  "--1s",
					  "e5s",
					  "99999999999999999999s",
					  "0x1FFFFFFFFFFFFFFFF"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err;
		uint64_t value = 1;
		double number = 1;
		assert_false(units_integer(bad[i], UNIT_TIME, -12, &value, &err));
		assert_false(units_double(bad[i], UNIT_TIME, 0, &number, &err));
		assert_int_equal(value, 1);
		assert_non_null(strstr(err.text, "a time such as"));
	}
	refused("0x10", UNIT_TIME, -12, "'0x10' is hexadecimal; a time such as 200ms, 2s, 1h is expected");
}

static void negative_too_large_and_too_fine_are_refused(void **state)
{
	refused("-200ms", UNIT_TIME, -12, "'-200ms' is negative; a time such as 200ms, 2s, 1h is expected");
	refused("1000d", UNIT_TIME, -12, "'1000d' is too large; a time such as 200ms, 2s, 1h is expected");
	refused("18446744073709551615d", UNIT_TIME, -12,
		"'18446744073709551615d' is too large; a time such as 200ms, 2s, 1h is expected");
	refused("1e400s", UNIT_TIME, -12, "'1e400s' is too large; a time such as 200ms, 2s, 1h is expected");
	refused("0.5ps", UNIT_TIME, -12, "'0.5ps' is finer than 1e-12 s, the smallest step of time here");
	refused("1e-999s", UNIT_TIME, -12, "'1e-999s' is finer than 1e-12 s, the smallest step of time here");
	refused("1.5", UNIT_NUMBER, 0, "'1.5' is not whole; a number such as 12, 0.5, 0x1F is expected");
	refused_double("1e400", UNIT_NUMBER, "'1e400' is too large; a number such as 12, 0.5, 0x1F is expected");
	assert_int_equal(integer("-0s", UNIT_TIME, -12), 0);
	assert_true(real("1e-999", UNIT_NUMBER, 0) == 0);
}

static void a_suffix_tells_the_quantity(void **state)
{
	assert_true(units_has("-40dBFS", UNIT_LEVEL));
	assert_true(units_has("30mg", UNIT_ACCELERATION));
	assert_false(units_has("30", UNIT_ACCELERATION));
	assert_false(units_has("30mg", UNIT_LEVEL));
	assert_false(units_has("mg", UNIT_ACCELERATION));
}

static void a_near_name_is_found_and_a_far_one_is_not(void **state)
{
	static const char *const names[] = {"board", "model", "name", "sensors", "at", NULL};
	assert_string_equal(near_name("modle", names), "model");
	assert_string_equal(near_name("Board", names), "board");
	assert_string_equal(near_name("sensor", names), "sensors");
	assert_string_equal(near_name("snesros", names), "sensors");
	assert_null(near_name("firmware", names));
	assert_null(near_name("", (const char *const[]){"no", NULL}));
	char text[20];
	assert_string_equal(near_list(names, text, sizeof text), "board, model, …");
	char wide[64];
	assert_string_equal(near_list(names, wide, sizeof wide), "board, model, name, sensors, at");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_exact_picoseconds),
		cmocka_unit_test(frequencies_are_exact_millihertz),
		cmocka_unit_test(sizes_and_addresses_are_whole),
		cmocka_unit_test(physical_quantities_come_in_the_step_asked_for),
		cmocka_unit_test(a_comma_locale_changes_nothing),
		cmocka_unit_test(a_missing_unit_is_asked_for),
		cmocka_unit_test(a_wrong_unit_is_named),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(negative_too_large_and_too_fine_are_refused),
		cmocka_unit_test(a_suffix_tells_the_quantity),
		cmocka_unit_test(a_near_name_is_found_and_a_far_one_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
