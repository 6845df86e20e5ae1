/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "gui/format.h"
#include "gui/report.h"

static struct gui_report report;

static void what_is_no_report_leaves_everything_unknown(void **state)
{
	static const char *const texts[] = {
		NULL,
		"",
		"{",
		"[]",
		"3",
		"{\"inferences\": 4, \"layers\": {}, \"quality\": []}",
		"{\"budgets\": [1, null], \"functions\": \"x\", \"power_table\": 1}"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		gui_report_read(&report, texts[i]);
		assert_false(report.latency_ms.known);
		assert_false(report.priced);
		assert_int_equal(report.layers + report.functions + report.budgets + report.labels, 0);
		assert_int_equal(report.guessed, -1);
	}
}

static void a_metric_knows_how_good_it_is(void **state)
{
	char text[64];
	gui_report_read(
		&report,
		"{\"inferences\": {\"latency_ms\": {\"mean\": 34.1}}, \"memory\": {\"arena_bytes\": 28160},"
		" \"quality\": {\"inferences.latency_ms.mean\": {\"grade\": \"calibrated\", \"low\": 33.1, "
		"\"high\": 35.1},"
		" \"memory.arena_bytes\": {\"grade\": \"measured\", \"low\": 28160, \"high\": 28160}}}");
	assert_true(report.latency_ms.known);
	assert_string_equal(report.latency_ms.grade, "calibrated");
	gui_format_quality(&report.latency_ms, text, sizeof text);
	assert_string_equal(text, "± 2.9 %");
	report.latency_ms.high = 54.6; /* a range to one side is not told as one to both */
	gui_format_quality(&report.latency_ms, text, sizeof text);
	assert_string_equal(text, "−2.9/+60 %");
	gui_format_quality(&report.arena_bytes, text, sizeof text);
	assert_string_equal(text, "exact");
	assert_false(report.energy_uj.known);
}

static void functions_come_by_their_cycles(void **state)
{
	gui_report_read(&report, "{\"functions\": [{\"name\": \"b\", \"cycles_self\": 5}, {\"name\": \"a\", "
				 "\"cycles_self\": 5},"
				 " {\"name\": \"c\", \"cycles_self\": 9007199254740}, {\"name\": \"d\"}]}");
	assert_int_equal(report.functions, 4);
	assert_string_equal(report.function[0].name, "c");
	assert_string_equal(report.function[1].name, "a");
	assert_string_equal(report.function[2].name, "b");
	assert_string_equal(report.function[3].name, "d");
}

static void more_than_there_is_room_for_is_left_out(void **state)
{
	static char text[200000];
	size_t n = (size_t)sprintf(text, "{\"layers\": [");
	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "%s{\"index\": %d, \"op\": \"CONV_2D\", \"cycles\": 1}",
				     i ? "," : "", i);
	n += (size_t)sprintf(text + n, "], \"labels\": [");
	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "%s\"a label that is longer than any that fits %d\"",
				     i ? "," : "", i);
	sprintf(text + n, "]}");
	gui_report_read(&report, text);
	assert_int_equal(report.layers, GUI_REPORT_LAYERS);
	assert_int_equal(report.labels, GUI_REPORT_LABELS);
}

static void a_budget_without_an_actual_is_not_failed(void **state)
{
	gui_report_read(&report, "{\"budgets\": [{\"metric\": \"latency_ms\", \"limit\": 60},"
				 " {\"metric\": \"arena_bytes\", \"limit\": 10, \"actual\": 11, \"pass\": false}]}");
	assert_false(report.budget[0].known);
	assert_true(report.budget[0].pass);
	assert_true(report.budget[1].known);
	assert_false(report.budget[1].pass);
}

static void figures_have_three_digits_and_their_unit(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} times[] = {{0, "0 ns"},       {34.1e-3, "34.1 ms"}, {0.9999, "1.00 s"}, {0.0009996, "1.00 ms"},
		     {12.34, "12.3 s"}, {99.96e-3, "100 ms"}, {418e-6, "418 µs"}, {5.5e-9, "5.50 ns"}};
	char text[64];
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		gui_format_join(gui_format_time(times[i].seconds), text, sizeof text);
		assert_string_equal(text, times[i].text);
	}
	gui_format_join(gui_format_bytes(28160), text, sizeof text);
	assert_string_equal(text, "27.5 KiB");
	gui_format_join(gui_format_bytes(900), text, sizeof text);
	assert_string_equal(text, "900 B");
	gui_format_join(gui_format_days(418), text, sizeof text);
	assert_string_equal(text, "418 days");
	gui_format_join(gui_format_days(0.4), text, sizeof text);
	assert_string_equal(text, "9.60 hours");
	gui_format_join(gui_format_days(3650), text, sizeof text);
	assert_string_equal(text, "9.99 years");
	gui_format_join(gui_format_trim(gui_format_time(0.06)), text, sizeof text);
	assert_string_equal(text, "60 ms");
	gui_format_join(gui_format_trim(gui_format_time(0.1)), text, sizeof text);
	assert_string_equal(text, "100 ms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_report_leaves_everything_unknown),
		cmocka_unit_test(a_metric_knows_how_good_it_is),
		cmocka_unit_test(functions_come_by_their_cycles),
		cmocka_unit_test(more_than_there_is_room_for_is_left_out),
		cmocka_unit_test(a_budget_without_an_actual_is_not_failed),
		cmocka_unit_test(figures_have_three_digits_and_their_unit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
