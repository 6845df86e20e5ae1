/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of a played run is left in the build folder, for eyes. */
#include "tests/prof_play.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "profiler/html.h"

static const char evil[] =
	"</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & \xe2\x80\xa8 \xff\n";

static void sense(struct play *p, uint64_t from_ps, unsigned i)
{
	double t = (double)i / 104, strength = i % 1040 > 400 && i % 1040 < 700 ? 6000 : 500;
	int16_t counts[3] = {(int16_t)(strength * sin(t * 9)), (int16_t)(strength * cos(t * 7) / 2),
			     (int16_t)(8192 + strength * sin(t * 23) / 3)};
	struct sim_when when = p->fake.now;
	when.ps = from_ps;
	p->observer.sample(p->observer.context, when, "accelerometer", counts, 3, i % 333 == 5);
	double loud = sin(t * 2) > 0.3 ? 9000 : 700;
	for (unsigned k = 0; k < 8; k++) {
		int16_t sound = (int16_t)(loud * sin((i * 8 + k) * 1.7) * sin((i * 8 + k) * 0.13));
		p->observer.sample(p->observer.context, when, "microphone", &sound, 1, false);
	}
}

static void infer(struct play *p, uint32_t index)
{
	static const struct {
		uint32_t op, kilocycles, kilomacs;
	} layer[] = {{4, 300, 120}, {3, 1450, 1300}, {4, 380, 160}, {3, 1700, 1600},
		     {1, 60, 0},    {22, 1, 0},      {9, 25, 16},   {25, 9, 0}};
	mark(p, (struct sim_mark){.kind = RT_MARK_INFERENCE_BEGIN, .index = index});
	for (uint32_t l = 0; l < sizeof layer / sizeof *layer; l++) {
		mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_BEGIN, .index = l, .op = layer[l].op});
		pass(p, layer[l].kilocycles * 1000 + index % 3 * 500, false);
		p->fake.top = 20000 + l * 500;
		mark(p, (struct sim_mark){.kind = RT_MARK_LAYER_END, .index = l, .op = layer[l].op,
					  .value = layer[l].kilomacs * 1000});
	}
	mark(p, (struct sim_mark){.kind = RT_MARK_INFERENCE_END, .index = index});
	bool moving = index % 20 > 8 && index % 20 < 14;
	p->fake.ram[16] = moving ? 110 : (uint8_t)-128;
	p->fake.ram[17] = moving ? (uint8_t)-110 : 127;
	mark(p, (struct sim_mark){.kind = RT_MARK_RESULT,
				  .index = moving ? 0 : 1 + index % 20 / 15,
				  .at = RAM + 16,
				  .bytes = 2});
}

/* 20 s: an inference of 39 ms twice a second, stop between; a fault at the end. */
static void perform(struct play *p, json_t **ret_report)
{
	static const char *const labels[] = {"gesture", "still", "</b>walking"};
	static const struct prof_expectation expectations[] = {
		{"gesture between 4.0 s and 7.0 s", "seen at 4.539 s", true},
		{"never <script>", evil, false}};
	static const struct prof_budget budgets[] = {{"latency_ms", 60, 39.25, true},
						     {"average_mw", 1.5, 2.9, false}};
	struct sim_image image = {.text_bytes = 24680,
				  .data_bytes = 1200,
				  .bss_bytes = 3300,
				  .path = "wand.elf",
				  .sha256 = "0123456789abcdef0123"};
	struct prof_report_about about = {.scenario = "magic-wand <i>",
					  .seed = 7,
					  .firmware = &image,
					  .model_path = "wand.tflite",
					  .model_sha256 = "fedcba9876543210",
					  .model_bytes = 41000,
					  .label = labels,
					  .labels = 3,
					  .expectation = expectations,
					  .expectations = 2,
					  .budget = budgets,
					  .budgets = 2,
					  .wall_s = 2,
					  .version = "0.1.0"};
	start(p);
	p->fake.stacks.main_top = RAM + 8192;
	p->fake.stacks.main_low = RAM + 8192 - 1240;
	mark(p, (struct sim_mark){.kind = RT_MARK_ARENA, .at = RAM + 64, .bytes = 32768, .value = 23500});
	struct prof_sensor imu = {.name = "accelerometer",
				  .unit = "g",
				  .channel = {"x", "y", "z"},
				  .channels = 3,
				  .scale = 1.0 / 8192,
				  .rate_mhz = 104000};
	prof_profiler_add_sensor(p->profiler, &imu);
	for (uint32_t i = 0; i < 40; i++) {
		for (unsigned k = 0; k < 52; k++)
			sense(p, p->fake.now.ps + k * 500 * MS / 52, i * 52 + k);
		infer(p, i);
		power(p, i % 4 ? SIM_POWER_STOP : SIM_POWER_SLEEP);
		pass(p, 50000000 - p->fake.now.cycle % 50000000, true);
		power(p, SIM_POWER_RUN);
	}
	for (const char *c = evil; *c; c++)
		p->observer.uart(p->observer.context, p->fake.now, "lpuart1", (uint8_t)*c);
	struct sim_fault fault = {
		.when = p->fake.now, .pc = 0x08000100, .exception = 3, .depth = 1, .backtrace = {0x08000100}};
	snprintf(fault.what, sizeof fault.what, "%s", evil);
	p->observer.fault(p->observer.context, &fault);
	p->fake.honesty = (struct sim_honesty){
		.regs = 2,
		.modelled = 5,
		.stubbed = 1,
		.guessed = 1,
		.polled_cycles = 1234,
		.reg = {{"rcc", 0x40021000, 12, 3, false}, {"adc1", 0x50040008, 4, 0, true}}};
	prof_profiler_finish(p->profiler, SIM_STOP_TIME);
	*ret_report = prof_report_make(p->profiler, &about);
	assert_non_null(*ret_report);
}

static size_t occurrences(const char *text, const char *what)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static void the_page_needs_nothing_and_obeys_nobody(void **state)
{
	struct play p;
	json_t *report;
	size_t bytes;
	struct err err;
	perform(&p, &report);
	char *page = prof_html_make(p.record, report, &bytes);
	assert_non_null(page);
	assert_int_equal(bytes, strlen(page));
	assert_int_equal(occurrences(page, "<script"), 2);
	assert_int_equal(occurrences(page, "</script"), 2);
	assert_int_equal(occurrences(page, "<!--"), 0);
	assert_int_equal(occurrences(page, "<img"), 0);
	assert_int_equal(occurrences(page, "\xe2\x80\xa8"), 0);
	assert_int_equal(occurrences(page, "://"),
			 1); /* the namespace of SVG, which is a name and not an address */
	assert_int_equal(occurrences(page, " src="), 1 * occurrences(page, "src=x onerror"));
	assert_int_equal(occurrences(page, "innerHTML"), 0);
	assert_true(bytes < 2000000);
	char path[512];
	snprintf(path, sizeof path, "%s/tests/prof_html.html",
		 getenv("BUILD_ROOT") ? getenv("BUILD_ROOT") : "/tmp");
	file_write(path, page, bytes, &err);
	free(page);
	end(&p, report);
}

static void the_traces_keep_extremes_and_energy(void **state)
{
	struct play p;
	json_t *report;
	perform(&p, &report);
	json_t *trace = prof_html_trace(p.record, report);
	const json_t *power = json_object_get(trace, "power"), *mean = json_object_get(power, "mean");
	double mj = 0, step = json_number_value(json_object_get(power, "step_s")), total = 0;
	for (size_t i = 0; i < json_array_size(mean); i++)
		mj += json_number_value(json_array_get(mean, i)) * step;
	assert_true(prof_report_number(report, "energy.total_mj", &total));
	assert_true(fabs(mj / total - 1) < 1e-6);
	const json_t *microphone = json_array_get(json_object_get(trace, "sensors"), 1);
	const json_t *high = json_array_get(json_object_get(microphone, "high"), 0);
	double most = -1e9;
	for (size_t i = 0; i < json_array_size(high); i++)
		most = fmax(most, json_number_value(json_array_get(high, i)));
	int16_t low, top;
	prof_record_envelope(p.record, 1, 0, 0, prof_record_frames(p.record, 1), &low, &top);
	assert_true(most == top);
	const json_t *layers = json_object_get(json_object_get(trace, "close_up"), "layers");
	assert_int_equal(json_array_size(layers), 8);
	json_decref(trace);
	end(&p, report);
}

static void a_run_without_anything_has_a_page(void **state)
{
	struct err err;
	struct prof_record *record = NULL;
	size_t bytes;
	assert_true(prof_record_create(&record, &err));
	json_t *report = json_object();
	char *page = prof_html_make(record, report, &bytes);
	assert_non_null(page);
	free(page);
	json_decref(report);
	prof_record_destroy(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_needs_nothing_and_obeys_nobody),
		cmocka_unit_test(the_traces_keep_extremes_and_energy),
		cmocka_unit_test(a_run_without_anything_has_a_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
