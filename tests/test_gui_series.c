/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gui/series.h"
#include "tests/gui_synthetic.h"

#define MS 1000000000ull

static struct prof_record *empty(void)
{
	struct prof_record *record;
	struct err err;
	if (!prof_record_create(&record, &err))
		fail_msg("%s", err.text);
	prof_record_add_port(record, "usart1");
	return record;
}

static void put_power(struct prof_record *record, uint64_t t_ps, enum sim_power_state power)
{
	prof_record_append(record, PROF_TRACK_POWER, &(struct prof_power){.t_ps = t_ps, .state = power});
}

static void put_irq(struct prof_record *record, uint64_t t_ps, bool entry)
{
	prof_record_append(record, PROF_TRACK_EXCEPTION,
			   &(struct prof_exception){.t_ps = t_ps, .number = 20, .entry = entry});
}

static void set_now(struct prof_record *record, uint64_t t_ps)
{
	prof_record_set_now(record, (struct sim_when){.ps = t_ps}, 0);
}

static void states_add_up_to_the_time_that_passed(void **state)
{
	struct prof_record *record = gui_synthetic_run(3);
	struct gui_series series;
	gui_series_init(&series, record);
	gui_series_update(&series);
	for (uint64_t from = 0; from < 3000 * MS; from += 7 * MS + 12345)
		for (uint64_t span = 1; span < 3000 * MS; span = span * 5 + 1) {
			uint64_t ps[SIM_POWER_STATES], active[GUI_ACTIVITIES];
			uint64_t to = from + span, end = to < 3000 * MS ? to : 3000 * MS;
			gui_series_states(&series, from, to, ps);
			gui_series_activities(&series, from, to, active);
			assert_int_equal(ps[0] + ps[1] + ps[2], end - from);
			assert_int_equal(active[0] + active[1] + active[2] + active[3], end - from);
		}
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void handlers_within_handlers_count_once(void **state)
{
	struct prof_record *record = empty();
	struct gui_series series;
	uint64_t ps[GUI_ACTIVITIES];
	put_power(record, 0, SIM_POWER_RUN);
	put_irq(record, 10 * MS, true);
	put_irq(record, 12 * MS, true);
	put_irq(record, 13 * MS, false);
	put_power(record, 14 * MS, SIM_POWER_SLEEP); /* sleeping in a handler is sleeping */
	put_power(record, 16 * MS, SIM_POWER_RUN);
	put_irq(record, 20 * MS, false);
	set_now(record, 40 * MS);
	gui_series_init(&series, record);
	gui_series_update(&series);
	gui_series_activities(&series, 11 * MS, 14 * MS, ps);
	assert_int_equal(ps[GUI_ACTIVE_IRQ], 3 * MS);
	assert_int_equal(ps[GUI_ACTIVE_RUN], 0);
	gui_series_activities(&series, 14 * MS, 16 * MS, ps);
	assert_int_equal(ps[GUI_ACTIVE_SLEEP], 2 * MS);
	assert_int_equal(ps[GUI_ACTIVE_IRQ], 0);
	gui_series_activities(&series, 0, 40 * MS, ps);
	assert_int_equal(ps[GUI_ACTIVE_IRQ] + ps[GUI_ACTIVE_RUN], 38 * MS);
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void a_peak_over_any_range_is_that_of_its_items(void **state)
{
	struct prof_record *record = empty();
	struct gui_series series;
	uint32_t random = 7;
	gui_series_init(&series, record);
	for (unsigned i = 0; i < 5000; i++) {
		random = random * 1664525u + 1013904223u;
		struct prof_memory memory = {
			.t_ps = i * MS, .stack_bytes = random >> 12, .arena_bytes = random & 0xFFFFF};
		prof_record_append(record, PROF_TRACK_MEMORY, &memory);
		if (i % 97 == 0) /* as it grows */
			gui_series_update(&series);
	}
	gui_series_update(&series);
	for (size_t first = 0; first < 5000; first += 211)
		for (size_t last = first + 1; last <= 5000; last += 1 + last / 3) {
			struct gui_peak naive = {UINT32_MAX, 0},
					peak = gui_series_peak(&series, false, first, last);
			for (size_t i = first; i < last; i++) {
				const struct prof_memory *item =
					prof_record_item(record, PROF_TRACK_MEMORY, i);
				naive.low = item->arena_bytes < naive.low ? item->arena_bytes : naive.low;
				naive.high = item->arena_bytes > naive.high ? item->arena_bytes : naive.high;
			}
			assert_int_equal(peak.low, naive.low);
			assert_int_equal(peak.high, naive.high);
		}
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void results_that_agree_make_one_band(void **state)
{
	struct prof_record *record = gui_synthetic_run(10);
	struct gui_series series;
	gui_series_init(&series, record);
	gui_series_update(&series);
	assert_int_equal(series.bands, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(series.band[i].label, i);
	assert_int_equal(series.band[0].count + series.band[1].count + series.band[2].count, series.results);
	assert_int_equal(gui_series_band_at(&series, 0), SIZE_MAX);
	assert_int_equal(gui_series_band_at(&series, 9000 * MS), 2);
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void bytes_become_lines_in_the_order_of_time(void **state)
{
	struct prof_record *record = empty();
	struct gui_series series;
	unsigned other = prof_record_add_port(record, "usart2");
	const char *text = "m-ready\r\n\nlate";
	/* A byte of one port between every two of the other. */
	for (unsigned i = 0; text[i]; i++) {
		prof_record_append(record, PROF_TRACK_UART,
				   &(struct prof_uart){.t_ps = i * MS + 5 * MS, .byte = (uint8_t)text[i]});
		prof_record_append(
			record, PROF_TRACK_UART,
			&(struct prof_uart){.t_ps = i * MS + 5 * MS, .port = (uint16_t)other, .byte = 'x'});
	}
	prof_record_append(record, PROF_TRACK_UART,
			   &(struct prof_uart){.t_ps = 60 * MS, .port = (uint16_t)other, .byte = '\n'});
	struct prof_note note = {.begin_ps = 2 * MS, .end_ps = 2 * MS, .text = "reset"};
	prof_record_append(record, PROF_TRACK_NOTE, &note);
	set_now(record, 100 * MS);
	gui_series_init(&series, record);
	gui_series_update(&series);
	assert_int_equal(series.lines, 3); /* "late" has no end yet */
	assert_string_equal(series.line[0].text, "reset");
	assert_string_equal(series.line[1].text, "m-ready");
	assert_string_equal(series.line[2].text, "xxxxxxxxxxxxxx");
	assert_int_equal(gui_series_line_at(&series, 4 * MS), 0);
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void a_line_without_end_is_cut(void **state)
{
	struct prof_record *record = empty();
	struct gui_series series;
	for (unsigned i = 0; i < 5000; i++)
		prof_record_append(record, PROF_TRACK_UART, &(struct prof_uart){.t_ps = i * MS, .byte = 'y'});
	gui_series_init(&series, record);
	gui_series_update(&series);
	assert_true(series.lines >= 25);
	for (size_t i = 0; i < series.lines; i++)
		assert_true(strlen(series.line[i].text) < 200);
	gui_series_finish(&series);
	prof_record_destroy(record);
}

static void growing_bit_by_bit_comes_to_the_same(void **state)
{
	struct prof_record *record = gui_synthetic_begin();
	struct gui_series bits, once;
	gui_series_init(&bits, record);
	for (unsigned i = 1; i <= 300; i++) {
		gui_synthetic_advance(record, i * 10 * MS);
		gui_series_update(&bits);
	}
	gui_series_init(&once, record);
	gui_series_update(&once);
	assert_int_equal(bits.now_ps, once.now_ps);
	assert_int_equal(bits.powers, once.powers);
	assert_memory_equal(bits.power, once.power, once.powers * sizeof *once.power);
	assert_memory_equal(bits.irq, once.irq, once.irqs * sizeof *once.irq);
	assert_memory_equal(bits.layer, once.layer, sizeof once.layer);
	assert_memory_equal(bits.inference_state_ps, once.inference_state_ps, sizeof once.inference_state_ps);
	assert_int_equal(bits.latency_sum_ps, once.latency_sum_ps);
	assert_int_equal(bits.lines, once.lines);
	gui_series_finish(&bits);
	gui_series_finish(&once);
	prof_record_destroy(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_add_up_to_the_time_that_passed),
		cmocka_unit_test(handlers_within_handlers_count_once),
		cmocka_unit_test(a_peak_over_any_range_is_that_of_its_items),
		cmocka_unit_test(results_that_agree_make_one_band),
		cmocka_unit_test(bytes_become_lines_in_the_order_of_time),
		cmocka_unit_test(a_line_without_end_is_cut),
		cmocka_unit_test(growing_bit_by_bit_comes_to_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
