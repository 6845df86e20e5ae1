/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, end to end, as a user runs them: what they write, print and return when the input is good. */
#include "tests/cli_fixture.h"

#include <jansson.h>

static const char *scenario(void)
{
	return SOURCE(VIBRATION "scenario.yaml");
}

static json_t *report_of(const char *path)
{
	json_error_t error;
	json_t *report = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!report)
		fail_msg("%s:%d:%d: %s", path, error.line, error.column, error.text);
	return report;
}

/* --- the same every time --------------------------------------------------------------------------------- */

/* The file up to `host`, which comes last. */
static char *without_host(const char *path)
{
	char *whole = (char *)bytes_of(path, NULL), *host = strstr(whole, "\n \"host\": {");
	if (!host)
		fail_msg("%s has no host", path);
	*host = 0;
	return whole;
}

static void check_same(const char *a, const char *b, bool same)
{
	char *x = without_host(SCRATCH(a)), *y = without_host(SCRATCH(b));
	if ((strcmp(x, y) == 0) != same)
		fail_msg("%s and %s are %s", a, b, same ? "different" : "the same");
	free(x);
	free(y);
}

static void two_runs_give_the_same_report_but_for_host(void **state)
{
	WORKS("run", scenario(), "-q", "--json", SCRATCH("one.json"));
	WORKS("run", scenario(), "-q", "--json", SCRATCH("two.json"));
	check_same("one.json", "two.json", true);
}

static void plain_stores_give_the_same_report(void **state)
{
	WORKS("run", scenario(), "-q", "--plain-stores", "--json", SCRATCH("plain.json"));
	check_same("one.json", "plain.json", true);
}

static void the_seed_alone_decides_what_is_random(void **state)
{
	WORKS("run", scenario(), "-q", "--seed", "1", "--json", SCRATCH("seed1.json")); /* the scenario's own */
	check_same("one.json", "seed1.json", true);
	WORKS("run", scenario(), "-q", "--seed", "77", "--json", SCRATCH("seed77.json"));
	WORKS("run", scenario(), "-q", "--seed=77", "--json", SCRATCH("again77.json"));
	check_same("seed77.json", "again77.json", true);
	check_same("one.json", "seed77.json", false);
	json_t *report = report_of(SCRATCH("seed77.json"));
	assert_int_equal(json_integer_value(json_object_get(report, "seed")), 77);
	json_decref(report);
}

/* --- the report ------------------------------------------------------------------------------------------ */

/* One letter a type: s text, i integer, n number, b truth, o object, a list; capitals may be null as well. */
static bool has_type(const json_t *value, char type)
{
	if (json_is_null(value))
		return type >= 'A' && type <= 'Z';
	switch (type | 0x20) {
	case 's': return json_is_string(value);
	case 'i': return json_is_integer(value);
	case 'n': return json_is_number(value);
	case 'b': return json_is_boolean(value);
	case 'o': return json_is_object(value);
	case 'a': return json_is_array(value);
	}
	return false;
}

/* "key:type key:type …" of one object. */
static void check_keys(const json_t *object, const char *where, const char *keys)
{
	char key[40], type;
	int used;
	assert_true(json_is_object(object));
	for (; sscanf(keys, " %39[a-z0-9_]:%c%n", key, &type, &used) == 2; keys += used)
		if (!has_type(json_object_get(object, key), type))
			fail_msg("%s.%s is not of type %c", where, key, type);
	assert_int_equal(strspn(keys, " "), strlen(keys));
}

static void check_each(const json_t *report, const char *list, const char *keys)
{
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(report, list), i, item)
		check_keys(item, text("%s[%zu]", list, i), keys);
}

static void check_qualities(const json_t *all, const char *where)
{
	const char *metric, *const grades[] = {"measured", "calibrated", "estimated"};
	json_t *quality;
	json_object_foreach ((json_t *)all, metric, quality) {
		check_keys(quality, text("%s.%s", where, metric), "grade:s low:n high:n source:s");
		const char *grade = json_string_value(json_object_get(quality, "grade"));
		unsigned i = 0;
		while (i < 3 && strcmp(grade, grades[i]) != 0)
			i++;
		assert_true(i < 3);
		assert_true(json_number_value(json_object_get(quality, "low")) <=
			    json_number_value(json_object_get(quality, "high")));
		assert_true(*json_string_value(json_object_get(quality, "source")));
	}
}

static void check_objects(const json_t *report)
{
	const json_t *inferences = json_object_get(report, "inferences"), *energy = json_object_get(report, "energy");
	check_keys(json_object_get(report, "validity"), "validity", "level:s issues:a");
	check_each(json_object_get(report, "validity"), "issues", "code:s text:s");
	check_keys(json_object_get(report, "memory"), "memory",
		   "flash_bytes:i ram_bytes:i arena_bytes:I arena_capacity_bytes:I stack_peak_bytes:I heap_peak_bytes:I");
	check_keys(energy, "energy", "total_mj:n average_mw:n by_state:o battery:o");
	check_keys(json_object_get(energy, "battery"), "battery", "capacity_mah:N days:N");
	const char *name;
	json_t *value;
	json_object_foreach (json_object_get(energy, "by_state"), name, value)
		check_keys(value, name, "s:n mj:n");
	check_keys(inferences, "inferences", "count:i cycles:O latency_ms:O energy_uj:O");
	if (json_integer_value(json_object_get(inferences, "count")) > 0) {
		check_keys(json_object_get(inferences, "cycles"), "cycles", "mean:n min:i max:i");
		check_keys(json_object_get(inferences, "latency_ms"), "latency_ms", "mean:n min:n max:n p99:n");
		check_keys(json_object_get(inferences, "energy_uj"), "energy_uj", "mean:n min:n max:n");
	}
	json_object_foreach (json_object_get(report, "uart"), name, value)
		assert_true(json_is_string(value));
	check_keys(json_object_get(report, "honesty"), "honesty",
		   "modelled:i stubbed:i guessed:i polled_cycles:i registers:a");
	check_keys(json_object_get(report, "host"), "host", "wall_s:n mips:N version:s");
}

static void check_report(const json_t *report)
{
	check_keys(report, "report",
		   "schema:s scenario:S board:s core:s clock_hz:i seed:i firmware:o model:O simulated_s:n cycles:i "
		   "instructions:i sleep_s:n validity:o inferences:o outputs:a memory:o energy:o layers:a functions:a "
		   "uart:o honesty:o expectations:a budgets:a host:o quality:o");
	assert_string_equal(json_string_value(json_object_get(report, "schema")), "thumbwatt.report/1");
	check_keys(json_object_get(report, "firmware"), "firmware",
		   "path:s sha256:s text_bytes:i data_bytes:i bss_bytes:i");
	assert_int_equal(json_string_length(json_object_get(json_object_get(report, "firmware"), "sha256")), 64);
	check_objects(report);
	check_each(report, "outputs", "t_s:n label:s index:i scores:a");
	check_each(report, "layers", "index:i op:s name:s calls:i cycles:i macs:i energy_uj:n");
	check_each(report, "functions", "name:s file:S calls:i cycles_self:i cycles_total:i");
	check_each(report, "expectations", "name:s pass:b detail:s");
	check_each(report, "budgets", "metric:s limit:n actual:n pass:b");
	check_qualities(json_object_get(report, "quality"), "quality");
}

static void the_report_of_a_scenario_has_its_schema(void **state)
{
	json_t *report = report_of(SCRATCH("one.json"));
	check_report(report);
	check_keys(json_object_get(report, "model"), "model", "path:s sha256:s bytes:i");
	assert_int_equal(json_array_size(json_object_get(report, "expectations")), 9);
	assert_int_equal(json_array_size(json_object_get(report, "budgets")), 4);
	assert_true(json_array_size(json_object_get(report, "outputs")) > 50);
	assert_int_equal(json_array_size(json_object_get(report, "layers")), 11);
	assert_non_null(json_object_get(json_object_get(report, "quality"), "inferences.latency_ms.mean"));
	json_decref(report);
}

static void the_report_of_any_firmware_has_its_schema(void **state)
{
	WORKS("run", "--board", "nucleo-l4r5zi", "--firmware", BUILT("tests/fw/talk-m4.elf"), "-q", "--json",
	      SCRATCH("own.json"));
	json_t *report = report_of(SCRATCH("own.json"));
	check_report(report);
	assert_true(json_is_null(json_object_get(report, "model")));
	assert_true(json_is_null(json_object_get(report, "scenario")));
	json_decref(report);
}

static void the_report_can_go_to_standard_output(void **state)
{
	struct ran ran = RUN("run", scenario(), "--json", "-");
	assert_int_equal(ran.exit, HELD);
	put_bytes("stdout.json", ran.out, ran.out_bytes);
	ran_free(&ran);
	check_same("one.json", "stdout.json", true);
}

static void out_writes_the_report_the_page_the_power_and_the_record(void **state)
{
	const char *folder = SCRATCH("new/folder"), *const begins[][2] = {
		{"report.json", "{"}, {"report.html", "<!"}, {"power.csv", "Timestamp(ms),"}, {"run.twr", ""}};
	WORKS("run", scenario(), "-q", "--out", folder);
	for (unsigned i = 0; i < 4; i++) {
		size_t size;
		uint8_t *bytes = bytes_of(text("%s/%s", folder, begins[i][0]), &size);
		assert_true(size > 1000);
		assert_memory_equal(bytes, begins[i][1], strlen(begins[i][1]));
		free(bytes);
	}
	check_same("one.json", "new/folder/report.json", true);
}

static void a_recorded_run_can_be_drawn_without_a_display(void **state)
{
	size_t size;
	const char *png = SCRATCH("window.png");
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	WORKS("gui", SCRATCH("new/folder/run.twr"), "--screenshot", png);
	uint8_t *bytes = bytes_of(png, &size);
	assert_true(size > 10000);
	assert_memory_equal(bytes, "\x89PNG\r\n", 6);
	free(bytes);
}

/* --- judging --------------------------------------------------------------------------------------------- */

/* A second of the bundled scenario with a change, beside its model. */
static const char *variant(const char *find, const char *replace)
{
	static const char expect[] = "expect:\n  - {label: healthy, between: [0s, 1s], count: [5, 6]}\n\nbudgets:";
	copy_in(VIBRATION "vibration.tflite", "vibration.tflite");
	copy_in(VIBRATION "labels.txt", "labels.txt");
	char *whole = changed(scenario(), "duration: 10s", "duration: 1s");
	char *from = strstr(whole, "expect:"), *to = strstr(whole, "budgets:");
	assert_true(from && to && from < to);
	put_text("short.yaml", text("%.*s%s%s", (int)(from - whole), whole, expect, to + strlen("budgets:")));
	free(whole);
	return put_changed("variant.yaml", SCRATCH("short.yaml"), find, replace);
}

static void check_failed(const char *path, const char *said)
{
	struct ran ran = RUN("run", path);
	if (ran.exit != FAILED || !strstr(ran.out, said))
		fail_msg("exit %d; \"%s\" is not in:\n%s%s", ran.exit, said, ran.out, ran.err);
	ran_free(&ran);
	REFUSED(FAILED, said, "run", path, "--quiet");
}

static void the_bundled_scenario_holds_and_says_so(void **state)
{
	struct ran ran = RUN("run", scenario());
	assert_int_equal(ran.exit, HELD);
	assert_int_equal(ran.err_bytes, 0);
	assert_non_null(strstr(ran.out, "9 of 9 held"));
	assert_non_null(strstr(ran.out, "4 of 4 held"));
	assert_null(strstr(ran.out, "\033")); /* no colours in a file */
	ran_free(&ran);
}

static void what_holds_in_full_holds_in_part(void **state)
{
	WORKS("run", variant("name: vibration", "name: a second of it"), "--quiet");
}

/* It is looked at in steps shorter than a cycle then. */
static void a_run_of_less_than_a_cycle_ends(void **state)
{
	struct ran slow = RUN("run", variant("duration: 1s", "duration: 1s\nclock: 1Hz"), "-q");
	struct ran brief = RUN("run", variant("duration: 1s", "duration: 1s\nclock: 100kHz"), "-q", "--time", "100ns");
	assert_int_equal(slow.exit, FAILED); /* no inference ended: neither expectation nor budget can hold */
	assert_int_equal(brief.exit, FAILED);
	ran_free(&slow);
	ran_free(&brief);
}

static void a_budget_too_small_fails_and_is_named(void **state)
{
	check_failed(variant("latency_ms: 20", "latency_ms: 1"), "latency_ms");
	check_failed(variant("energy_uj_per_inference: 1500", "energy_uj_per_inference: 15"), "energy_uj_per_inference");
	check_failed(variant("arena_bytes: 16000", "arena_bytes: 1600"), "arena_bytes");
	check_failed(variant("average_mw: 30", "average_mw: 0.3"), "average_mw");
	check_failed(variant("average_mw: 30", "heap_bytes: 9"), "heap_bytes: this run has no such number, limit 9");
}

static void an_expectation_that_cannot_hold_fails_and_is_named(void **state)
{
	check_failed(variant("count: [5, 6]", "count: [500, 600]"), "label healthy 500 to 600 times");
	check_failed(variant("expect:\n", "expect:\n  - {label: healthy, never: true}\n"), "label healthy never");
	check_failed(variant("expect:\n", "uart: [{expect: nonsense, within: 1s}]\nexpect:\n"), "nonsense");
	check_failed(variant("expect:\n", "expect:\n  - {exit: 0}\n"), "exit with 0");
}

static void a_failed_run_still_writes_its_report(void **state)
{
	struct ran ran = RUN("run", variant("latency_ms: 20", "latency_ms: 1"), "-q", "--json", SCRATCH("failed.json"));
	assert_int_equal(ran.exit, FAILED);
	ran_free(&ran);
	json_t *report = report_of(SCRATCH("failed.json")), *budget;
	check_report(report);
	budget = json_array_get(json_object_get(report, "budgets"), 0);
	assert_true(json_is_false(json_object_get(budget, "pass")));
	json_decref(report);
}

static void ctrl_c_ends_a_run_and_shows_what_is_known(void **state)
{
	const struct timespec while_it_runs = {.tv_nsec = 500000000};
	const char *const *words = WORDS("run", variant("duration: 1s", "duration: 24h"), "--json", SCRATCH("cut.json"));
	pid_t pid = launch(words);
	nanosleep(&while_it_runs, NULL);
	kill(pid, SIGINT);
	struct ran ran = collect(pid, words);
	assert_int_equal(ran.exit, FAULT);
	assert_non_null(strstr(ran.err, "interrupted after"));
	assert_non_null(strstr(ran.out, "inferences"));
	ran_free(&ran);
	json_decref(report_of(SCRATCH("cut.json")));
}

/* --- infer, size, boards --------------------------------------------------------------------------------- */

static char board[32][32];
static bool has_flash[32]; /* without flash it is for firmware of one's own only */
static unsigned boards;

/* From the table that `thumbwatt boards` prints. */
static void learn_boards(void)
{
	struct ran ran = RUN("boards");
	assert_int_equal(ran.exit, HELD);
	boards = 0;
	for (char *line = strchr(ran.out, '\n'); line && boards < 32; line = strchr(line + 1, '\n'))
		if (sscanf(line + 1, "%31[a-z0-9-]", board[boards]) == 1)
			has_flash[boards++] = !memmem(line + 1, strcspn(line + 1, "\n"), " 0 KiB", 6);
	assert_in_range(boards, 6, 31);
	assert_string_equal(board[0], "disco-f746ng");
	ran_free(&ran);
}

static void check_layers(const char *path, const char *golden)
{
	char *lines = (char *)bytes_of(path, NULL);
	unsigned count = 0;
	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"), count++) {
		char *cycles = strstr(line, " cycles=");
		assert_non_null(cycles);
		*cycles = 0;
		if (!strstr(golden, line))
			fail_msg("%s: '%s' is not golden", path, line);
	}
	assert_int_equal(count, 11);
	free(lines);
}

static void infer_writes_the_golden_bytes_on_every_board(void **state)
{
	char *golden = (char *)bytes_of(SOURCE("tests/data/vibration/layers.txt"), NULL);
	learn_boards();
	for (unsigned b = 0; b < boards; b++) {
		unsigned i = b % 10; /* another input for each board */
		if (!has_flash[b])
			continue;
		WORKS("infer", SOURCE(VIBRATION "vibration.tflite"), "--board", board[b], "--input",
		      SOURCE(text("tests/data/vibration/input_%u.bin", i)), "--output", SCRATCH("scores.bin"),
		      "--layers", SCRATCH("layers.txt"), "--quiet");
		size_t size, golden_size;
		uint8_t *got = bytes_of(SCRATCH("scores.bin"), &size);
		uint8_t *wanted = bytes_of(SOURCE(text("tests/data/vibration/output_%u.bin", i)), &golden_size);
		assert_int_equal(size, golden_size);
		assert_memory_equal(got, wanted, size);
		free(got);
		free(wanted);
		check_layers(SCRATCH("layers.txt"), golden);
	}
	free(golden);
}

static void check_size_row(const json_t *row)
{
	check_keys(row, "boards[]", "board:s core:s fits:b");
	if (!json_is_true(json_object_get(row, "fits"))) {
		check_keys(row, "boards[]", "why_not:s");
		return;
	}
	check_keys(row, "boards[]",
		   "why_not:S flash_bytes:i ram_bytes:i arena_bytes:i latency_ms:n energy_uj:n battery_days:n quality:o");
	check_qualities(json_object_get(row, "quality"), "quality");
	assert_non_null(json_object_get(json_object_get(row, "quality"), "latency_ms"));
	assert_non_null(json_object_get(json_object_get(row, "quality"), "energy_uj"));
}

static void size_tells_what_a_model_costs_on_every_board(void **state)
{
	struct ran ran = RUN("size", SOURCE(VIBRATION "vibration.tflite"), "--json", SCRATCH("size.json"));
	json_t *size = report_of(SCRATCH("size.json")), *row;
	size_t i;
	learn_boards();
	assert_int_equal(ran.exit, HELD);
	check_keys(size, "size", "model:s boards:a");
	assert_int_equal(json_array_size(json_object_get(size, "boards")), boards);
	json_array_foreach (json_object_get(size, "boards"), i, row) {
		check_size_row(row);
		assert_int_equal(json_is_true(json_object_get(row, "fits")), has_flash[i]);
		assert_string_equal(json_string_value(json_object_get(row, "board")), board[i]);
		assert_non_null(strstr(ran.out, board[i]));
	}
	json_decref(size);
	ran_free(&ran);
	ran = RUN("size", SOURCE(VIBRATION "vibration.tflite"), "--board", "nucleo-g0b1re", "--json=-");
	assert_int_equal(ran.exit, HELD);
	put_bytes("size1.json", ran.out, ran.out_bytes);
	ran_free(&ran);
	size = report_of(SCRATCH("size1.json"));
	assert_int_equal(json_array_size(json_object_get(size, "boards")), 1);
	json_decref(size);
}

static void size_says_why_a_model_does_not_fit(void **state)
{
	const char *tight = put_changed("tight.yaml", SOURCE("sim/boards/nucleo-g0b1re.yaml"), "bytes: 512KiB",
					"bytes: 40KiB");
	struct ran ran = RUN("size", SOURCE(VIBRATION "vibration.tflite"), "--board", tight, "--json", SCRATCH("no.json"));
	assert_int_equal(ran.exit, HELD);
	assert_non_null(strstr(ran.out, "does not fit"));
	ran_free(&ran);
	json_t *size = report_of(SCRATCH("no.json")), *row = json_array_get(json_object_get(size, "boards"), 0);
	check_size_row(row);
	assert_true(json_is_false(json_object_get(row, "fits")));
	assert_non_null(strstr(json_string_value(json_object_get(row, "why_not")), "40960"));
	json_decref(size);
}

static void boards_lists_every_board_and_explains_each(void **state)
{
	learn_boards();
	for (unsigned b = 0; b < boards; b++) {
		struct ran one = RUN("boards", board[b]);
		assert_int_equal(one.exit, HELD);
		assert_memory_equal(one.out, board[b], strlen(board[b]));
		assert_non_null(strstr(one.out, "sources"));
		ran_free(&one);
	}
}

/* --- help ------------------------------------------------------------------------------------------------ */

static char command[16][16];
static unsigned commands;

/* From the table in `thumbwatt --help`. */
static void learn_commands(const char *help)
{
	commands = 0;
	for (const char *line = strchr(help, '\n'); line && strstr(line, "\nExamples"); line = strchr(line + 1, '\n'))
		if (strncmp(line, "\n  ", 3) == 0 && commands < 16 && sscanf(line + 3, "%15[a-z]", command[commands]) == 1)
			commands++;
	assert_in_range(commands, 5, 15);
}

static bool is_command(const char *word)
{
	for (unsigned i = 0; i < commands; i++)
		if (strcmp(word, command[i]) == 0)
			return true;
	return false;
}

/* Every option that a help text mentions exists: giving it is never "unknown". */
static void check_options(const char *of, const char *help)
{
	for (const char *at = help; (at = strstr(at, "--")); at += 2) {
		char option[40] = "";
		if (sscanf(at + 2, "%39[a-z-]", option) != 1)
			continue;
		struct ran ran = RUN(of, text("--%s", option), "--help");
		if (strstr(ran.err, "unknown option"))
			fail_msg("the help of %s speaks of --%s; %s", of, option, ran.err);
		ran_free(&ran);
	}
}

/* Every command a text mentions as "thumbwatt WORD" exists. */
static void check_commands(const char *help)
{
	for (const char *at = help; (at = strstr(at, "thumbwatt ")); at++) {
		char word[40] = "";
		if (sscanf(at + 10, "%39[a-z]", word) == 1 && !is_command(word))
			fail_msg("a help text speaks of `thumbwatt %s`", word);
	}
}

static void help_speaks_only_of_what_exists(void **state)
{
	struct ran all = RUN("--help");
	assert_int_equal(all.exit, HELD);
	assert_int_equal(all.err_bytes, 0);
	learn_commands(all.out);
	check_commands(all.out);
	for (unsigned i = 0; i < commands; i++) {
		struct ran one = RUN(command[i], "--help");
		assert_int_equal(one.exit, HELD);
		assert_int_equal(one.err_bytes, 0);
		assert_non_null(strstr(one.out, "\n  thumbwatt")); /* an example */
		check_commands(one.out);
		check_options(command[i], one.out);
		ran_free(&one);
	}
	ran_free(&all);
}

static void the_version_is_told(void **state)
{
	struct ran ran = RUN("--version");
	assert_int_equal(ran.exit, HELD);
	assert_memory_equal(ran.out, "thumbwatt ", 10);
	ran_free(&ran);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_runs_give_the_same_report_but_for_host), /* others compare with its reports */
		cmocka_unit_test(plain_stores_give_the_same_report),
		cmocka_unit_test(the_seed_alone_decides_what_is_random),
		cmocka_unit_test(the_report_of_a_scenario_has_its_schema),
		cmocka_unit_test(the_report_of_any_firmware_has_its_schema),
		cmocka_unit_test(the_report_can_go_to_standard_output),
		cmocka_unit_test(out_writes_the_report_the_page_the_power_and_the_record),
		cmocka_unit_test(a_recorded_run_can_be_drawn_without_a_display),
		cmocka_unit_test(the_bundled_scenario_holds_and_says_so),
		cmocka_unit_test(what_holds_in_full_holds_in_part),
		cmocka_unit_test(a_run_of_less_than_a_cycle_ends),
		cmocka_unit_test(a_budget_too_small_fails_and_is_named),
		cmocka_unit_test(an_expectation_that_cannot_hold_fails_and_is_named),
		cmocka_unit_test(a_failed_run_still_writes_its_report),
		cmocka_unit_test(ctrl_c_ends_a_run_and_shows_what_is_known),
		cmocka_unit_test(infer_writes_the_golden_bytes_on_every_board),
		cmocka_unit_test(size_tells_what_a_model_costs_on_every_board),
		cmocka_unit_test(size_says_why_a_model_does_not_fit),
		cmocka_unit_test(boards_lists_every_board_and_explains_each),
		cmocka_unit_test(help_speaks_only_of_what_exists),
		cmocka_unit_test(the_version_is_told),
	};
	return cmocka_run_group_tests(tests, cli_begin, cli_end);
}
