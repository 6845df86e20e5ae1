/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Points, logs, the protocol, and their replay: against firmware of our own (tests/fw/mlperf.c) on a board of 1 MHz. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/mlperf.h"
#include "session/mlperf_batch.h"
#include "session/mlperf_fit.h"
#include "session/mlperf_log.h"
#include "sim/board_read.h"
#include "sim/machine.h"

enum { WORK = 20000 }; /* turns of the loop that is the inference */

static const char bench[] =
	"name: bench\nchip: X1\nsummary: a board for tests\ncore: cortex-m4\nfpu: single\nclock: 1MHz\nreset_clock: 1MHz\n"
	"supply: 3.3V\ninterrupts: 32\npriority_bits: 4\nmpu_regions: 8\n"
	"memories:\n"
	"  flash: {kind: flash, at: 0x08000000, bytes: 256KiB}\n"
	"  ram: {kind: ram, at: 0x20000000, bytes: 64KiB}\n"
	"arena: ram\nconsole: uart0\n"
	"devices:\n  uart0: {type: cmsdk-uart, at: 0x40004000, irq: 1}\n"
	"flash: {wait_states: 0, line_bytes: 8, cache: none, prefetch: false, icache_bytes: 0, source: a}\n"
	"power:\n  regulator: ldo\n"
	"  run: {base: 1uA, per_clock: 1uA/MHz, at: 3V, low: 0%, high: 0%, grade: measured, source: a}\n"
	"  sleep: {base: 1uA, per_clock: 1uA/MHz, at: 3V, low: 0%, high: 0%, grade: measured, source: a}\n"
	"  stop: {base: 1uA, per_clock: 1uA/MHz, at: 3V, low: 0%, high: 0%, grade: measured, source: a}\n"
	"timing: {grade: estimated, low: 0%, high: 0%, what: a, source: a}\n"
	"sources: {core: a, clocks: b, memories: c, interrupts: d, devices: e}\n";

static struct err err;
static char folder[64]; /* a results repository of our own */

static void put_file(const char *path, const void *bytes, size_t size)
{
	char whole[600];
	snprintf(whole, sizeof whole, "%s/%s", folder, path);
	*strrchr(whole, '/') = 0;
	assert_true(file_make_dir(whole, &err));
	snprintf(whole, sizeof whole, "%s/%s", folder, path);
	if (!file_write(whole, bytes, size, &err))
		fail_msg("%s", err.text);
}

static void read_firmware(uint8_t **ret_bytes, size_t *ret_size)
{
	char path[600];
	snprintf(path, sizeof path, "%s/tests/fw/mlperf-m4.elf", getenv("BUILD_ROOT"));
	if (!file_read(path, 1 << 20, ret_bytes, ret_size, &err))
		fail_msg("%s", err.text);
}

static int make_folder(void **state)
{
	snprintf(folder, sizeof folder, "/tmp/accuracy-XXXXXX");
	assert_non_null(mkdtemp(folder));
	uint8_t *firmware, input[64];
	size_t size;
	read_firmware(&firmware, &size);
	put_file("us/code/BENCH/toy/fw.elf", firmware, size);
	free(firmware);
	for (unsigned i = 0; i < sizeof input; i++)
		input[i] = (uint8_t)(7 * i);
	put_file("inputs/datasets/toy/a.bin", input, sizeof input);
	put_file("boards/bench.yaml", bench, strlen(bench));
	char boards[96];
	snprintf(boards, sizeof boards, "%s/boards", folder);
	setenv("THUMBWATT_BOARDS", boards, 1);
	return 0;
}

static int drop_folder(void **state)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

/* What the fixture prints after `count` inferences on the input, or on zeros. */
static void expected_results(bool loaded, unsigned count, char text[64])
{
	uint32_t sum[2] = {0, 0};
	for (unsigned i = 0; i < 64; i++) {
		uint8_t v = loaded ? (uint8_t)(7 * i) : 0;
		for (unsigned n = 0; n < count; n++)
			v = (uint8_t)(v * 3 + 1);
		sum[i % 2] += v;
	}
	snprintf(text, 64, "0.%u,0.%u", sum[0], sum[1]);
}

/* --- the protocol --------------------------------------------------------------------------------------------- */

static bool start(uint32_t select, struct session_mlperf **ret_dut)
{
	struct sim_board board;
	struct sim_image image;
	uint8_t *bytes;
	size_t size;
	assert_true(sim_board_read("bench", &board, &err));
	read_firmware(&bytes, &size);
	assert_true(sim_image_parse("fw", bytes, size, 0, &image, &err));
	for (unsigned i = 0; i < image.segments; i++)
		if (image.segment[i].at == 0x08000000)
			memcpy(image.segment[i].data + 0xC0, &select, sizeof select);
	bool ok = session_mlperf_start(&board, &image, ret_dut, &err);
	sim_image_free(&image);
	free(bytes);
	return ok;
}

static void firmware_answers_by_name_and_refuses_what_it_does_not_know(void **state)
{
	struct session_mlperf *dut;
	struct session_mlperf_reply reply;
	assert_true(start(0, &dut));
	assert_string_equal(session_mlperf_console(dut), "uart0");
	assert_true(session_mlperf_ask(dut, "name", SIM_PS_PER_S, &reply, &err));
	assert_string_equal(reply.first, "m-name-[fixture]");
	assert_string_equal(reply.refusal, "");
	assert_true(session_mlperf_ask(dut, "nonsense", SIM_PS_PER_S, &reply, &err));
	assert_string_equal(reply.refusal, "e-[unknown]");
	session_mlperf_destroy(dut);
}

static void results_follow_the_input_and_the_number_of_inferences(void **state)
{
	struct session_mlperf *dut;
	struct session_mlperf_reply reply;
	uint8_t input[64];
	char text[64];
	double us;
	for (unsigned i = 0; i < sizeof input; i++)
		input[i] = (uint8_t)(7 * i);
	assert_true(start(0, &dut));
	assert_true(session_mlperf_infer(dut, 2, 3, &us, &reply, &err));
	expected_results(false, 5, text);
	assert_string_equal(reply.results, text);
	assert_true(session_mlperf_load(dut, input, sizeof input, &err));
	assert_true(session_mlperf_infer(dut, 1, 0, &us, &reply, &err));
	expected_results(true, 1, text);
	assert_string_equal(reply.results, text);
	session_mlperf_destroy(dut);
}

/* An inference of 20,000 turns takes as many times the loop's cycles (at 1 MHz: us); the printing is told apart. */
static void what_is_printed_between_the_laps_does_not_count(void **state)
{
	struct session_mlperf *dut;
	struct session_mlperf_reply reply;
	double inference_us, overhead_us, four_us, nine_us;
	assert_true(start(0, &dut));
	assert_true(session_mlperf_measure(dut, &inference_us, &overhead_us, &err));
	assert_true(inference_us > 6.0 * WORK && inference_us < 16.0 * WORK);
	assert_true(overhead_us > 0 && overhead_us < 10000);
	assert_true(session_mlperf_infer(dut, 4, 1, &four_us, &reply, &err));
	assert_true(session_mlperf_infer(dut, 9, 0, &nine_us, &reply, &err));
	double again_us = (nine_us - four_us) / 5;
	assert_true(again_us > inference_us * 0.9999 && again_us < inference_us * 1.0001);
	session_mlperf_destroy(dut);
}

static void assert_infer_fails_with(uint32_t select, const char *words)
{
	struct session_mlperf *dut;
	struct session_mlperf_reply reply;
	double us;
	assert_true(start(select, &dut));
	assert_false(session_mlperf_infer(dut, 1, 0, &us, &reply, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, words))
		fail_msg("'%s' is not in: %s", words, err.text);
	session_mlperf_destroy(dut);
}

static void firmware_that_does_not_answer_is_told_with_what_it_did(void **state)
{
	struct session_mlperf *dut;
	uint8_t input[4] = {0};
	assert_false(start(1, &dut));
	assert_non_null(strstr(err.text, "no m-ready within 20 s of virtual time after reset"));
	assert_non_null(strstr(err.text, "last line: m-init-done"));
	assert_infer_fails_with(2, "it was still running; last line: m-lap-us-");
	assert_infer_fails_with(3, "it faulted at pc 0x0800");
	assert_infer_fails_with(5, "printed 0 lines m-lap-us-…, 2 are expected");
	assert_true(start(4, &dut));
	assert_false(session_mlperf_load(dut, input, sizeof input, &err));
	assert_string_equal(err.text, "'db load 4%' was refused: e-[too much]");
	session_mlperf_destroy(dut);
}

/* --- logs and tables ------------------------------------------------------------------------------------------ */

static void a_log_is_read_as_windows(void **state)
{
	static const char text[] =
		"1.0 parser: Command \"bload dut \"/home/x/datasets/toy/a.bin\" 5 20\"\n"
		"1.0 parser: Command \"dut infer 200 1\"\n1.1 dut: m-lap-us-100\r\n1.2 dut: m-lap-us-900\r\n"
		"1.3 dut: m-results-[0.5,0.25]\r\n1.3 dut: m-ready\n"
		"2.0 parser: Command \"dut infer 1 0\"\n2.1 dut: m-results-[1]\n"
		"3.0 parser: Command \"bload dut \"b.bin\"\"\n3.0 parser: Command \"dut infer 7 2\"\n3.1 dut: m-lap-us-5\n";
	struct session_mlperf_log log;
	assert_true(session_mlperf_log_parse(text, &log, &err));
	assert_int_equal(log.count, 2);
	const struct session_mlperf_window *w = log.window;
	assert_string_equal(w->input, "toy/a.bin");
	assert_int_equal(w->offset, 5);
	assert_int_equal(w->bytes, 20);
	assert_int_equal(w->inferences, 200);
	assert_int_equal(w->warm_ups, 1);
	assert_int_equal(w->laps, 2);
	assert_int_equal(w->lap_us[1] - w->lap_us[0], 800);
	assert_string_equal(w->results, "0.5,0.25");
	assert_string_equal(w[1].input, ""); /* what was loaded has been eaten */
	assert_string_equal(w[1].results, "1");
	session_mlperf_log_free(&log);
}

static void a_table_is_read_by_its_columns_names(void **state)
{
	struct session_mlperf_points points;
	assert_true(session_mlperf_points_parse("t.csv",
						"image_sha256,us_per_inference,x,my_image,board,benchmark\r\n"
						",12.5,\"a,b\",\"dir/fw.bin\",b1,kws\r\n\r\n,3,,f,b2,ad", &points, &err));
	assert_int_equal(points.count, 2);
	assert_string_equal(points.point[0].image, "dir/fw.bin");
	assert_string_equal(points.point[0].board, "b1");
	assert_true(points.point[0].measured_us == 12.5);
	assert_string_equal(points.point[0].sha256, "");
	assert_int_equal(points.point[1].line, 4);
	assert_string_equal(points.point[1].benchmark, "ad");
	session_mlperf_points_free(&points);
}

static void a_mistake_in_a_table_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *message;
	} BAD[] = {
		{"board,benchmark,image\n", "t.csv:1:1: no column 'us_per_inference'; needed: board, benchmark, "
					    "us_per_inference, image_in_…"},
		{"board,benchmark,image_in_x,us_per_inference\n", "t.csv:1:1: the table has no rows"},
		{"board,benchmark,image_in_x,us_per_inference\nb,k,f,1\nb,k,f,soon\n",
		 "t.csv:3:1: 'soon' is no us_per_inference; a number above 0 is expected"},
		{"board,benchmark,image_in_x,us_per_inference\nb,k,,1\n", "t.csv:2:1: board and image are needed in every row"},
		{"board,benchmark,image_in_x,us_per_inference,image_sha256\nb,k,f,1,XYZ\n",
		 "t.csv:2:1: 'XYZ' is no sha256; 64 small hexadecimal digits are expected"},
		{"board,benchmark,image_in_x,us_per_inference,power_mw\nb,k,f,1,2\n",
		 "t.csv:2:1: '' is no power_supply_v; volts are expected beside a power_mw"},
		{"board,benchmark,image_in_x,us_per_inference,power_mw\nb,k,f,1,-2\n",
		 "t.csv:2:1: '-2' is no power_mw; a number above 0, or nothing, is expected"},
	};
	for (unsigned i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct session_mlperf_points points;
		assert_false(session_mlperf_points_parse("t.csv", BAD[i].text, &points, &err));
		assert_string_equal(err.text, BAD[i].message);
	}
}

static void the_builtin_table_has_twenty_images_on_boards_of_ours(void **state)
{
	struct session_mlperf_points points;
	assert_true(session_mlperf_points_parse("built in", session_mlperf_points_builtin, &points, &err));
	assert_int_equal(points.count, 20);
	unsigned powers = 0;
	for (size_t i = 0; i < points.count; i++)
		powers += points.point[i].power_mw > 0 && points.point[i].power_supply_v > 0 && points.point[i].power_measured_on[0];
	assert_int_equal(powers, 3);
	for (size_t i = 0; i < points.count; i++) {
		struct sim_board board;
		assert_int_equal(strlen(points.point[i].sha256), 64);
		if (!sim_board_read(points.point[i].board, &board, &err))
			fail_msg("%s", err.text);
	}
	session_mlperf_points_free(&points);
}

/* --- the replay ----------------------------------------------------------------------------------------------- */

static void put_log(const char *kind, unsigned inferences, unsigned warm_ups, const char *results)
{
	char path[200], text[600];
	snprintf(path, sizeof path, "us/results/BENCH/toy/%s/log.txt", kind);
	snprintf(text, sizeof text, "1.0 parser: Command \"bload dut \"/d/toy/a.bin\"\"\n"
		 "1.0 parser: Command \"dut infer %u %u\"\n2.0 dut: m-results-[%s]\n", inferences, warm_ups, results);
	put_file(path, text, strlen(text));
}

static struct session_replay replay(const char *image, const char *sha256, bool inputs, bool window)
{
	char where[96];
	snprintf(where, sizeof where, "%s/inputs", folder);
	struct session_mlperf_point point = {.board = "bench", .benchmark = "toy", .measured_us = 100000};
	snprintf(point.image, sizeof point.image, "%s", image);
	snprintf(point.sha256, sizeof point.sha256, "%s", sha256);
	const struct session_replay_options options = {.results = folder, .inputs = inputs ? where : NULL, .compare = 3,
						       .window = window};
	struct session_replay result;
	session_replay_point(&point, &options, &result);
	return result;
}

#define IMAGE "us/code/BENCH/toy/fw.elf"

static void outputs_are_compared_with_the_logs_beside_the_image(void **state)
{
	char one[64], six[64];
	expected_results(true, 1, one);
	expected_results(true, 6, six);
	put_log("accuracy", 1, 0, one);
	put_log("performance", 4, 2, six);
	struct session_replay r = replay(IMAGE, "", true, true);
	assert_int_equal(r.state, SESSION_REPLAY_RAN);
	assert_int_equal(r.compared, 2);
	assert_int_equal(r.matched, 2);
	assert_int_equal(r.inferences, 4);
	assert_string_equal(r.core, "cortex-m4");
	/* The window itself and the two runs that stand for it agree, but for when the timer's interrupts fall. */
	double expected_us = r.inference_us + r.overhead_us / 4;
	assert_true(r.simulated_us > expected_us * 0.999 && r.simulated_us < expected_us * 1.001);
	assert_true(r.error_pct > r.simulated_us / 1000 - 100.001 && r.error_pct < r.simulated_us / 1000 - 99.999);
	put_log("accuracy", 1, 0, six);
	r = replay(IMAGE, "", true, false);
	assert_int_equal(r.compared, 1);
	assert_int_equal(r.matched, 0);
	assert_non_null(strstr(r.outputs_why, "toy/a.bin: ["));
	assert_non_null(strstr(r.outputs_why, six));
}

static void without_the_very_input_nothing_is_compared(void **state)
{
	put_log("accuracy", 1, 0, "1");
	struct session_replay r = replay(IMAGE, "", false, true);
	assert_int_equal(r.state, SESSION_REPLAY_RAN);
	assert_int_equal(r.compared, 0);
	assert_string_equal(r.outputs_why, "no folder of inputs given");
	assert_true(r.simulated_us > 0);
}

static void an_image_that_is_missing_or_another_one_is_told(void **state)
{
	struct session_replay r = replay("us/code/BENCH/toy/other.elf", "", false, false);
	assert_int_equal(r.state, SESSION_REPLAY_MISSING);
	char zeros[65];
	snprintf(zeros, sizeof zeros, "%064d", 0);
	r = replay(IMAGE, zeros, false, false);
	assert_int_equal(r.state, SESSION_REPLAY_DIFFERS);
	assert_non_null(strstr(r.why, "the table has 0000"));
}

/* A world in which an image's cycles are what the constant makes of the lines it reads, and a deviation: 12 is the truth. */
static struct session_fit_image image_of(double bus, double lines, double deviation)
{
	return (struct session_fit_image){.error = (bus - 12) * lines + deviation, .slope = lines};
}

static void an_image_left_out_has_the_error_of_what_the_others_give(void **state)
{
	static struct sim_board board;
	board.flash.line_fill = 15;
	board.bus_fit = (struct sim_fit){.fitted = true, .prior = 15, .width = 100};
	struct session_fit_image image[3] = {image_of(15, 0.02, 0), image_of(15, 0.01, 0), image_of(15, 0.1, 0.002)};
	/* The others pin the constant: the last is off by its own deviation, however wrong it is as the board stands. */
	assert_true(fabs(image[2].error) > 0.3);
	assert_true(fabs(session_fit_left_out(&board, image, 3, 2) - 0.002) < 0.001);
	/* Nobody else knows the constant: what remains is the prior, and with it the error as it stands. */
	struct session_fit_image two[2] = {image_of(15, 0.1, 0), image_of(15, 0, 0.01)};
	assert_true(fabs(session_fit_left_out(&board, two, 2, 0) - two[0].error) < 1e-9);
	board.bus_fit.prior = 12;
	assert_true(fabs(session_fit_left_out(&board, two, 2, 0)) < 1e-9);
	/* What is not fitted stays. */
	board.bus_fit.fitted = false;
	assert_true(fabs(session_fit_left_out(&board, image, 3, 2) - image[2].error) < 1e-9);
}

static void a_batch_tells_each_item_in_its_place(void **state)
{
	struct session_mlperf_point points[3];
	struct session_batch_item item[3];
	for (unsigned i = 0; i < 3; i++) {
		points[i] = (struct session_mlperf_point){.board = "bench", .measured_us = 1000};
		snprintf(points[i].image, sizeof points[i].image, "%s", i == 1 ? "us/code/BENCH/toy/other.elf" : IMAGE);
		item[i] = (struct session_batch_item){.point = &points[i], .options.results = folder};
	}
	assert_true(session_batch_run(item, 3, 2, NULL, NULL, &err));
	assert_int_equal(item[0].replay.state, SESSION_REPLAY_RAN);
	assert_int_equal(item[1].replay.state, SESSION_REPLAY_MISSING);
	assert_true(item[0].replay.simulated_us == item[2].replay.simulated_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware_answers_by_name_and_refuses_what_it_does_not_know),
		cmocka_unit_test(results_follow_the_input_and_the_number_of_inferences),
		cmocka_unit_test(what_is_printed_between_the_laps_does_not_count),
		cmocka_unit_test(firmware_that_does_not_answer_is_told_with_what_it_did),
		cmocka_unit_test(a_log_is_read_as_windows),
		cmocka_unit_test(a_table_is_read_by_its_columns_names),
		cmocka_unit_test(a_mistake_in_a_table_is_told_with_its_line),
		cmocka_unit_test(the_builtin_table_has_twenty_images_on_boards_of_ours),
		cmocka_unit_test(outputs_are_compared_with_the_logs_beside_the_image),
		cmocka_unit_test(without_the_very_input_nothing_is_compared),
		cmocka_unit_test(an_image_that_is_missing_or_another_one_is_told),
		cmocka_unit_test(an_image_left_out_has_the_error_of_what_the_others_give),
		cmocka_unit_test(a_batch_tells_each_item_in_its_place),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
