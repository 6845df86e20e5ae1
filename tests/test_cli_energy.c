/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Energy, end to end: how good it is called on every board, what a supply does to it, and how it compares with silicon. */
#include "tests/cli_fixture.h"

#include <dirent.h>
#include <jansson.h>
#include <math.h>

static json_t *json_of(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, 0, &error);
	if (!json)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return json;
}

static double number(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);
	if (!json_is_number(value))
		fail_msg("%s is no number", key);
	return json_number_value(value);
}

static const char *word(const json_t *json, const char *key)
{
	const char *value = json_string_value(json_object_get(json, key));
	return value ? value : "";
}

/* The bundled scenario for a second on `board`, with more of it changed: its report. NULL: no flash to put it in. */
static json_t *second_of(const char *board, const char *more)
{
	const char *path = put_changed("s.yaml", SOURCE(VIBRATION "scenario.yaml"), "board: nucleo-l4r5zi",
				       text("board: %s\n%s", board, more));
	copy_in(VIBRATION "vibration.tflite", "vibration.tflite");
	copy_in(VIBRATION "labels.txt", "labels.txt");
	struct ran ran = RUN("run", path, "-q", "--time", "1s", "--json", SCRATCH("r.json"));
	bool fits = ran.exit != USAGE || !strstr(ran.err, "has no flash");
	if (fits && ran.exit != HELD && ran.exit != FAILED) /* 1 s is too short for what it expects */
		fail_msg("%s: exit %d: %s", board, ran.exit, ran.err);
	ran_free(&ran);
	return fits ? json_of(SCRATCH("r.json")) : NULL;
}

static void check_quality(const char *board, const json_t *report, const char *path, double value)
{
	const json_t *quality = json_object_get(json_object_get(report, "quality"), path);
	const json_t *validity = json_object_get(json_object_get(report, "validity"), "issues");
	const char *grade = word(quality, "grade");
	bool weak = false;
	size_t i;
	json_t *issue;
	json_array_foreach (validity, i, issue)
		weak = weak || !strcmp(word(issue, "code"), "timing-estimated") || !strcmp(word(issue, "code"), "power-estimated");
	/* The weakest grade of what went into it. */
	if (strcmp(grade, weak ? "estimated" : "calibrated") != 0)
		fail_msg("%s: %s is '%s'", board, path, grade);
	if (!(number(quality, "low") < value && number(quality, "high") > value) || !strstr(word(quality, "source"), "power: ") ||
	    !strstr(word(quality, "source"), "time: "))
		fail_msg("%s: %s: %g in %g … %g, %s", board, path, value, number(quality, "low"), number(quality, "high"),
			 word(quality, "source"));
}

static void every_board_with_flash_says_how_good_its_energy_is(void **state)
{
	DIR *folder = opendir(SOURCE("sim/boards"));
	unsigned boards = 0;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char board[64];
		if (sscanf(entry->d_name, "%63[^.].yaml", board) != 1 || entry->d_name[0] == '.')
			continue;
		json_t *report = second_of(board, "");
		if (!report)
			continue;
		const json_t *energy = json_object_get(report, "energy"), *inferences = json_object_get(report, "inferences");
		check_quality(board, report, "energy.total_mj", number(energy, "total_mj"));
		check_quality(board, report, "energy.average_mw", number(energy, "average_mw"));
		if (number(inferences, "count") > 0)
			check_quality(board, report, "inferences.energy_uj.mean",
				      number(json_object_get(inferences, "energy_uj"), "mean"));
		json_decref(report);
		boards++;
	}
	closedir(folder);
	assert_in_range(boards, 6, 99);
}

/* Of what the inferences took. */
static double ratio_of_supplies(const char *board, const char *supply, const char *than)
{
	json_t *a = second_of(board, text("supply: %s", supply)), *b = second_of(board, text("supply: %s", than));
	double ratio = number(json_object_get(json_object_get(a, "inferences"), "energy_uj"), "mean") /
		       number(json_object_get(json_object_get(b, "inferences"), "energy_uj"), "mean");
	json_decref(a);
	json_decref(b);
	return ratio;
}

static void supply_raises_the_energy_behind_an_ldo_and_little_behind_an_smps(void **state)
{
	assert_true(fabs(ratio_of_supplies("nucleo-l4r5zi", "3.6V", "1.8V") - 2) < 1e-6);
	assert_true(fabs(ratio_of_supplies("nucleo-h7a3zi", "3.3V", "1.8V") - 1) < 1e-6);
	/* As its data sheet has it: 10.5 mA at 1.8 V, 6.7 mA at 3.3 V. */
	assert_true(fabs(ratio_of_supplies("nucleo-u575zi", "3.3V", "1.8V") - 6.7 * 3.3 / (10.5 * 1.8)) < 0.01);
}

static const char *slow_board(void)
{
	char *yaml = changed(SOURCE("sim/boards/mps2-an386.yaml"), "name: mps2-an386", "name: slow");
	put_text("1.yaml", yaml);
	free(yaml);
	put_changed("2.yaml", SCRATCH("1.yaml"), "ssram1: {kind: ram, at: 0x00000000, bytes: 4MiB, alias: [0x00400000]}",
		    "flash: {kind: flash, at: 0x08000000, bytes: 1MiB, alias: [0x00000000]}");
	put_changed("3.yaml", SCRATCH("2.yaml"), "wait_states: 0", "wait_states: 3");
	put_changed("4.yaml", SCRATCH("3.yaml"), "    per_clock: 150uA/MHz\n", "    per_clock: 150uA/MHz\n    stall: {discount: 50%, "
		    "share: 0%, grade: estimated, source: a}\n");
	put_changed("5.yaml", SCRATCH("4.yaml"), "clock: 25MHz", "clock: 1MHz");
	put_changed("slow.yaml", SCRATCH("5.yaml"), "reset_clock: 25MHz", "reset_clock: 1MHz");
	return SCRATCH("slow.yaml");
}

static void power_is_compared_where_it_was_measured(void **state)
{
	const char *board = slow_board();
	const char *points = put_text("points.csv", text(
		"board,benchmark,us_per_inference,image_in_x,power_mw,power_supply_v,power_measured_on\n"
		"%s,a,100000,mlperf-m4.elf,0.3,2.0,another image\n%s,b,100000,mlperf-m4.elf,,,\n", board, board));
	WORKS("accuracy", BUILT("tests/fw"), "--points", points, "-q", "--json", SCRATCH("a.json"));
	struct ran ran = RUN("accuracy", BUILT("tests/fw"), "--points", points, "-q");
	if (!strstr(ran.out, "power while it infers") || !strstr(ran.out, "other firmware for the same model and board: another image"))
		fail_msg("%s", ran.out);
	ran_free(&ran);
	json_t *all = json_of(SCRATCH("a.json"));
	const json_t *images = json_object_get(all, "images");
	const json_t *measured = json_object_get(json_array_get(images, 0), "power");
	const json_t *not = json_object_get(json_array_get(images, 1), "power");
	/* 150 uA at 1 MHz and 2 V, half of it while it waits */
	double waiting = number(measured, "waiting_pct") / 100, mw = 0.3 * (1 - 0.5 * waiting);
	assert_true(waiting > 0.1 && waiting < 0.9);
	assert_true(fabs(number(measured, "mw") - mw) < 1e-6);
	assert_true(fabs(number(measured, "error_pct") - (mw / 0.3 - 1) * 100) < 1e-4);
	assert_string_equal(word(measured, "measured_on"), "another image");
	assert_true(fabs(number(not, "mw") - mw * 3.3 / 2) < 1e-6);
	assert_true(json_is_null(json_object_get(not, "error_pct")));
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_board_with_flash_says_how_good_its_energy_is),
		cmocka_unit_test(supply_raises_the_energy_behind_an_ldo_and_little_behind_an_smps),
		cmocka_unit_test(power_is_compared_where_it_was_measured),
	};
	return cmocka_run_group_tests(tests, cli_begin, cli_end);
}
