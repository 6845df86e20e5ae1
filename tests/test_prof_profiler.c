/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/prof_play.h"

#include <math.h>
#include <stdlib.h>

static double number(const json_t *report, const char *path)
{
	double value = NAN;
	if (!prof_report_number(report, path, &value))
		fail_msg("%s is not there", path);
	return value;
}

static void about_equal(double a, double b)
{
	if (fabs(a - b) > 1e-9 * (1 + fabs(b)))
		fail_msg("%.12g is not %.12g", a, b);
}

/* One inference: layers of 1 ms and 3 ms; then asleep until 10 ms have passed. */
static void infer(struct play *p, uint32_t index, uint64_t extra)
{
	mark(p, (struct sim_mark){.kind = RT_MARK_INFERENCE_BEGIN, .index = index});
	mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_BEGIN, .index = 0, .op = 4});
	pass(p, 100000, false);
	mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_END, .index = 0, .op = 4, .value = 5000});
	mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_BEGIN, .index = 1, .op = 3});
	pass(p, 300000 + extra, false);
	mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_END, .index = 1, .op = 3, .value = 70000});
	mark(p, (struct sim_mark){.kind = RT_MARK_INFERENCE_END, .index = index});
	p->fake.ram[16] = 127;
	p->fake.ram[17] = (uint8_t)-128;
	mark(p, (struct sim_mark){.kind = RT_MARK_RESULT, .index = 1, .at = RAM + 16, .bytes = 2});
	power(p, SIM_POWER_SLEEP);
	pass(p, 600000 - extra, true);
	power(p, SIM_POWER_RUN);
}

static void the_report_adds_up(void **state)
{
	struct play p;
	static const char *const labels[] = {"no", "yes"};
	struct sim_image image = {.text_bytes = 1000, .data_bytes = 20, .bss_bytes = 300, .path = "fw.elf"};
	struct prof_report_about about = {.scenario = "s",
					  .seed = 7,
					  .firmware = &image,
					  .model_path = "m.tflite",
					  .model_bytes = 500,
					  .label = labels,
					  .labels = 2,
					  .version = "1",
					  .wall_s = 2};
	start(&p);
	mark(&p, (struct sim_mark){.kind = RT_MARK_ARENA, .at = RAM + 64, .bytes = 1024, .value = 700});
	assert_int_equal(p.fake.watched_at, RAM + 64);
	assert_int_equal(p.fake.watched_bytes, 1024);
	p.fake.top = 696;
	p.fake.stacks.main_top = RAM + 4096;
	p.fake.stacks.main_low = RAM + 4096 - 240;
	for (uint32_t i = 0; i < 10; i++)
		infer(&p, i, i * 1000);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	about_equal(number(r, "simulated_s"), 0.1);
	about_equal(number(r, "sleep_s"), 0.05955);
	about_equal(number(r, "inferences.count"), 10);
	about_equal(number(r, "inferences.cycles.mean"), 404500);
	about_equal(number(r, "inferences.cycles.max"), 409000);
	about_equal(number(r, "inferences.latency_ms.min"), 4);
	about_equal(number(r, "inferences.latency_ms.p99"), 4.09);
	about_equal(number(r, "inferences.energy_uj.mean"), 4.045e-3 * 30e-3 * 1e6); /* 30 mW */
	about_equal(number(r, "energy.total_mj"), 0.04045 * 30 + 0.05955 * 3);
	about_equal(number(r, "energy.by_state.run.mj"), 0.04045 * 30);
	about_equal(number(r, "energy.average_mw"), (0.04045 * 30 + 0.05955 * 3) / 0.1);
	about_equal(number(r, "power_table.run"), 30);
	about_equal(number(r, "memory.arena_bytes"), 700);
	about_equal(number(r, "memory.arena_touched_bytes"), 696);
	about_equal(number(r, "memory.arena_capacity_bytes"), 1024);
	about_equal(number(r, "memory.stack_peak_bytes"), 240);
	about_equal(number(r, "memory.flash_bytes"), 1520);
	about_equal(number(r, "memory.ram_bytes"), 320 + 240 + 700);
	assert_true(json_is_null(json_object_get(json_object_get(r, "memory"), "heap_peak_bytes")));
	const json_t *layer = json_array_get(json_object_get(r, "layers"), 1);
	assert_string_equal(json_string_value(json_object_get(layer, "op")), "CONV_2D");
	about_equal(number(layer, "cycles"), 3045000);
	about_equal(number(layer, "macs"), 700000);
	about_equal(number(layer, "energy_uj"), 0.03045 * 30e3);
	const json_t *output = json_array_get(json_object_get(r, "outputs"), 9);
	assert_string_equal(json_string_value(json_object_get(output, "label")), "yes");
	about_equal(json_number_value(json_array_get(json_object_get(output, "scores"), 0)), 255.0 / 256);
	about_equal(json_number_value(json_array_get(json_object_get(output, "scores"), 1)), 0);
	const json_t *quality = json_object_get(json_object_get(r, "quality"), "inferences.latency_ms.mean");
	assert_string_equal(json_string_value(json_object_get(quality, "grade")), "calibrated");
	about_equal(number(quality, "low"), 4.045 * 0.95);
	about_equal(number(quality, "high"), 4.045 * 1.1);
	quality = json_object_get(json_object_get(r, "quality"), "inferences.energy_uj.mean");
	about_equal(number(quality, "high"), 121.35 * 1.1 * 1.1);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "validity"), "level")),
			    "ok");
	end(&p, r);
}

/* Layer 0 waits for half of its 1 ms, layer 1 never in its 3 ms: 30 mW, 40 % less while waiting. */
static void what_waits_for_memory_costs_less_where_it_waits(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	board.stall = (struct sim_stall){.discount_pct = 40};
	start(&p);
	mark(&p, (struct sim_mark){.kind = RT_MARK_INFERENCE_BEGIN});
	mark(&p, (struct sim_mark){.kind = RT_MARK_LAYER_BEGIN, .index = 0, .op = 4});
	p.fake.now.waited += 50000;
	pass(&p, 100000, false);
	mark(&p, (struct sim_mark){.kind = RT_MARK_LAYER_END, .index = 0, .op = 4});
	mark(&p, (struct sim_mark){.kind = RT_MARK_LAYER_BEGIN, .index = 1, .op = 3});
	pass(&p, 300000, false);
	mark(&p, (struct sim_mark){.kind = RT_MARK_LAYER_END, .index = 1, .op = 3});
	mark(&p, (struct sim_mark){.kind = RT_MARK_INFERENCE_END});
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	about_equal(number(r, "waited_cycles"), 50000);
	about_equal(number(json_array_get(json_object_get(r, "layers"), 0), "energy_uj"), 30 * 0.8);
	about_equal(number(json_array_get(json_object_get(r, "layers"), 1), "energy_uj"), 30 * 3);
	about_equal(number(r, "inferences.energy_uj.mean"), 30 * 3.8);
	about_equal(number(r, "energy.total_mj"), 30 * 3.8 / 1000);
	about_equal(number(r, "power_table.run"), 30 * 0.95);
	about_equal(number(r, "power_model.run.stall_discount_pct"), 40);
	board.stall = (struct sim_stall){0};
	end(&p, r);
}

static void scores_are_read_with_their_scale(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	const float scale = 0.25f;
	struct sim_mark result = {.kind = RT_MARK_RESULT, .at = RAM, .bytes = 2, .op = (uint32_t)-10};
	start(&p);
	memcpy(&result.tensor, &scale, sizeof scale);
	p.fake.ram[0] = 20;
	p.fake.ram[1] = (uint8_t)-50;
	mark(&p, result);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	const json_t *scores = json_object_get(json_array_get(json_object_get(r, "outputs"), 0), "scores");
	about_equal(json_number_value(json_array_get(scores, 0)), 7.5);
	about_equal(json_number_value(json_array_get(scores, 1)), -10);
	end(&p, r);
}

static void firmware_that_falls_behind_its_sensor_is_told(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	start(&p);
	mark(&p, (struct sim_mark){.kind = RT_MARK_LATE, .value = 200});
	mark(&p, (struct sim_mark){.kind = RT_MARK_LATE, .value = 130});
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	const json_t *issue = json_array_get(json_object_get(json_object_get(r, "validity"), "issues"), 0);
	assert_string_equal(json_string_value(json_object_get(issue, "code")), "too-slow");
	assert_string_equal(json_string_value(json_object_get(issue, "text")),
			    "the firmware fell behind its sensor 2 times and passed over 330 of its frames");
	end(&p, r);
}

static void a_core_faster_than_its_board_is_told(void **state)
{
	for (int over = 0; over < 2; over++) {
		struct play p;
		struct prof_report_about about = {.fastest_hz = over ? 99000000 : 100000000};
		start(&p);
		pass(&p, 100, false);
		json_t *r = finish(&p, SIM_STOP_TIME, &about);
		const json_t *issues = json_object_get(json_object_get(r, "validity"), "issues");
		assert_int_equal(json_array_size(issues), over);
		if (over)
			assert_string_equal(json_string_value(json_object_get(json_array_get(issues, 0), "text")),
					    "the core runs at 100 MHz, the board at up to 99: wait states and power are "
					    "extrapolated");
		end(&p, r);
	}
}

/* The stack is a section here, as some linker scripts make it; the heap begins in one and ends behind it. */
static void each_byte_of_ram_counts_once(void **state)
{
	struct play p;
	struct sim_range variables[] = {{RAM, 1024}, {RAM + 1024, 300}, {RAM + 3000, 20}};
	struct sim_image image = {.data_bytes = 20, .bss_bytes = 1324, .variables = variables, .variable_ranges = 3};
	struct prof_report_about about = {.firmware = &image};
	start(&p);
	mark(&p, (struct sim_mark){.kind = RT_MARK_ARENA, .at = RAM + 1300, .bytes = 2048, .value = 1800});
	p.fake.stacks.main_top = RAM + 1024;
	p.fake.stacks.main_low = RAM + 1024 - 240;
	pass(&p, 10, false);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	about_equal(number(r, "memory.stack_peak_bytes"), 240);
	about_equal(number(r, "memory.ram_bytes"), 1344 + 1800 - 24 - 20);
	end(&p, r);
}

static char *text_of_a_run(double wall_s)
{
	struct play p;
	struct prof_report_about about = {.wall_s = wall_s, .version = "1"};
	start(&p);
	for (uint32_t i = 0; i < 3; i++)
		infer(&p, i, 333);
	p.observer.uart(p.observer.context, p.fake.now, "u", 0xff);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	char *text = prof_report_text(r);
	end(&p, r);
	return text;
}

static void two_runs_differ_in_the_host_alone(void **state)
{
	char *a = text_of_a_run(1.5), *b = text_of_a_run(99.25);
	char *host_a = strstr(a, " \"host\""), *host_b = strstr(b, " \"host\"");
	assert_non_null(host_a);
	assert_int_equal(host_a - a, host_b - b);
	assert_memory_equal(a, b, (size_t)(host_a - a));
	assert_null(strstr(host_a + 1, "\n \"")); /* it is the last one */
	assert_string_not_equal(host_a, host_b);
	free(a);
	free(b);
}

static const char *code(const json_t *report, size_t i)
{
	const json_t *issues = json_object_get(json_object_get(report, "validity"), "issues");
	const char *text = json_string_value(json_object_get(json_array_get(issues, i), "code"));
	return text ? text : "";
}

static void what_went_wrong_is_said(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	struct sim_fault fault = {.what = "read of 0x60000000: nothing there",
				  .pc = 0x08000100,
				  .exception = 3,
				  .lockup = true,
				  .depth = 1,
				  .backtrace = {0x08000100}};
	const int16_t counts[2] = {1, 2};
	start(&p);
	p.observer.sample(p.observer.context, p.fake.now, "imu", counts, 2, false);
	p.observer.sample(p.observer.context, p.fake.now, "imu", counts, 2, true);
	for (int i = 0; i < 5000; i++)
		p.observer.fault(p.observer.context, &fault);
	p.fake.honesty.guessed = 2;
	json_t *r = finish(&p, SIM_STOP_LOCKUP, &about);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r, "validity"), "level")),
			    "invalid");
	assert_string_equal(code(r, 0), "lockup");
	assert_string_equal(code(r, 1), "fault");
	assert_string_equal(code(r, 2), "sensor-overrun");
	assert_string_equal(code(r, 3), "unmodelled-registers");
	assert_string_equal(code(r, 4), "");
	assert_int_equal(json_array_size(json_object_get(r, "faults")), PROF_MAX_FAULTS);
	assert_true(json_is_null(json_object_get(json_object_get(r, "inferences"), "latency_ms")));
	assert_in_range(prof_record_count(p.record, PROF_TRACK_NOTE), 1, 1000);
	end(&p, r);
}

static void marks_in_any_order_do_no_harm(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	uint32_t seed = 9;
	start(&p);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1664525u + 1013904223u;
		if (seed >> 31)
			pass(&p, seed >> 20 & 255, false);
		else if (p.fake.now.cycle > 300)
			p.fake.now.cycle -= 3, p.fake.now.active -= 3, p.fake.now.ps -= 30000;
		mark(&p, (struct sim_mark){.kind = seed >> 8 & 15,
					   .index = seed >> 12 & 3,
					   .op = seed >> 9,
					   .at = RAM + (seed >> 13 & 8191),
					   .bytes = seed >> 5,
					   .value = seed});
	}
	json_t *r = finish(&p, SIM_STOP_ASLEEP, &about);
	uint64_t last = 0;
	for (size_t i = 0; i < prof_record_count(p.record, PROF_TRACK_LAYER); i++) {
		const struct prof_layer *l = prof_record_item(p.record, PROF_TRACK_LAYER, i);
		assert_true(l->begin_ps <= l->end_ps && l->end_ps >= last && l->cycles < 1000000);
		last = l->end_ps;
	}
	assert_true(last > 0);
	end(&p, r);
}

static void notes_planned_ahead_come_when_their_time_has(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	struct sim_fault fault = {.what = "now"};
	start(&p);
	prof_profiler_note(p.profiler,
			   &(struct prof_note){.begin_ps = 30 * MS, .end_ps = 40 * MS, .text = "third"});
	prof_profiler_note(p.profiler,
			   &(struct prof_note){.begin_ps = 10 * MS, .end_ps = 90 * MS, .text = "first"});
	prof_profiler_note(p.profiler,
			   &(struct prof_note){.begin_ps = 900 * MS, .end_ps = 900 * MS, .text = "never"});
	assert_int_equal(prof_record_count(p.record, PROF_TRACK_NOTE), 0);
	pass(&p, 2000000, false);
	fault.when = p.fake.now;
	p.observer.fault(p.observer.context, &fault);
	assert_int_equal(prof_record_count(p.record, PROF_TRACK_NOTE), 2);
	pass(&p, 2000000, false);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	static const char *const texts[] = {"first", "now", "third"};
	assert_int_equal(prof_record_count(p.record, PROF_TRACK_NOTE), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(
			((const struct prof_note *)prof_record_item(p.record, PROF_TRACK_NOTE, i))->text,
			texts[i]);
	end(&p, r);
}

static void uart_text_may_hold_anything(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	static const char bytes[] = "ok \xc3\xa9 \xff\xc0\x80\xed\xa0\x80 \x00 <b>";
	start(&p);
	for (size_t i = 0; i < sizeof bytes - 1; i++)
		p.observer.uart(p.observer.context, p.fake.now, "lpuart1", (uint8_t)bytes[i]);
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	const json_t *text = json_object_get(json_object_get(r, "uart"), "lpuart1");
	static const char clean[] =
		"ok \xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \x00 "
		"<b>";
	assert_int_equal(json_string_length(text), sizeof clean - 1);
	assert_memory_equal(json_string_value(text), clean, sizeof clean - 1);
	end(&p, r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_adds_up),
		cmocka_unit_test(each_byte_of_ram_counts_once),
		cmocka_unit_test(a_core_faster_than_its_board_is_told),
		cmocka_unit_test(what_waits_for_memory_costs_less_where_it_waits),
		cmocka_unit_test(scores_are_read_with_their_scale),
		cmocka_unit_test(firmware_that_falls_behind_its_sensor_is_told),
		cmocka_unit_test(two_runs_differ_in_the_host_alone),
		cmocka_unit_test(what_went_wrong_is_said),
		cmocka_unit_test(marks_in_any_order_do_no_harm),
		cmocka_unit_test(notes_planned_ahead_come_when_their_time_has),
		cmocka_unit_test(uart_text_may_hold_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
