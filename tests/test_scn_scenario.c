/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scn_fixture.h"

#include "scenarios/scenario.h"

static const int16_t silence[160];

static int make(void **state)
{
	if (fixture_make(state) != 0)
		return -1;
	fixture_write("kws.tflite", "model", 5);
	fixture_write("fw.bin", "x", 1);
	fixture_write("labels.txt", "yes\r\nno\n\nsilence", 16);
	fixture_write("gait.csv", "x,y,z\n1,2,3\n", 12);
	fixture_write_wav("yes.wav", silence, 160, 1, 16000);
	return 0;
}

static void everything_a_scenario_says_is_read(void **state)
{
	static const char text[] = "name: keyword-spotting\n"
				   "description: hears yes and no\n"
				   "board: nucleo-l4r5zi            # or clock/voltage overrides\n"
				   "clock: 80MHz\n"
				   "supply: 1.8V\n"
				   "firmware: runtime\n"
				   "model: kws.tflite\n"
				   "labels: labels.txt\n"
				   "hop: 8000\n"
				   "arena: 24KiB\n"
				   "duration: 10s\n"
				   "seed: 42\n"
				   "sensors:\n"
				   "  microphone: {rate: 16kHz, source: [{wav: yes.wav, at: 2s}, "
				   "{noise: pink, level: -40dBFS}]}\n"
				   "  accelerometer: {rate: 104Hz, source: {csv: gait.csv, loop: true}}\n"
				   "faults: [{sensor: microphone, kind: dropout, at: 4s, for: 200ms}]\n"
				   "uart: [{at: 1s, send: \"profile%\"}, {expect: m-ready, within: 100ms}]\n"
				   "expect: [{label: yes, between: [2.0s, 3.0s]}, {label: no, never: true}]\n"
				   "budgets: {latency_ms: 60, arena_bytes: 24000, energy_uj_per_inference: 2500, "
				   "average_mw: 3}\n";
	struct scn_scenario *s = NULL;
	struct err err;
	fixture_write("kws.yaml", text, sizeof text - 1);
	if (!scn_scenario_read(fixture_path("kws.yaml"), &s, &err))
		fail_msg("%s", err.text);
	assert_string_equal(s->name, "keyword-spotting");
	assert_string_equal(s->description, "hears yes and no");
	assert_string_equal(s->board, "nucleo-l4r5zi");
	assert_int_equal(s->clock_hz, 80000000);
	assert_int_equal(s->supply_mv, 1800);
	assert_null(s->firmware);
	assert_string_equal(s->model, fixture_path("kws.tflite"));
	assert_int_equal(s->label_count, 3);
	assert_memory_equal(s->labels, "yes\0no\0silence", 15);
	assert_int_equal(s->labels_bytes, 15);
	assert_string_equal(scn_scenario_label(s, 2), "silence");
	assert_null(scn_scenario_label(s, 3));
	assert_int_equal(s->hop, 8000);
	assert_int_equal(s->arena_bytes, 24576);
	assert_int_equal(s->duration_ps, UINT64_C(10000000000000));
	assert_int_equal(s->seed, 42);
	assert_int_equal(s->sensors, 2);
	assert_string_equal(s->sensor[1].name, "accelerometer");
	assert_int_equal(s->sensor[0].signal.sources, 2);
	assert_int_equal(s->faults, 1);
	assert_int_equal(s->fault[0].for_ps, UINT64_C(200000000000));
	assert_int_equal(s->lines, 2);
	assert_int_equal(s->expectations, 2);
	assert_int_equal(s->budgets, 4);
	scn_scenario_destroy(s);
	scn_scenario_destroy(NULL);
}

static struct scn_scenario *parse(const char *text)
{
	struct scn_scenario *s = NULL;
	struct err err;
	if (!scn_scenario_parse(fixture_path("gait.v2.yaml"), text, strlen(text), &s, &err))
		fail_msg("%s", err.text);
	return s;
}

static void little_needs_to_be_said(void **state)
{
	struct scn_scenario *s = parse("{board: boards, firmware: fw.bin, load_at: 0x08000000, duration: 1s}");
	assert_string_equal(s->name, "gait");
	assert_string_equal(s->firmware, fixture_path("fw.bin"));
	assert_true(s->has_load_at && s->load_at == 0x08000000);
	assert_int_equal(s->seed, 1);
	assert_null(s->model);
	assert_null(s->labels);
	assert_null(scn_scenario_label(s, 0));
	assert_true(s->clock_hz == 0 && s->supply_mv == 0 && s->sensors == 0 && s->expectations == 0);
	scn_scenario_destroy(s);
	s = parse("{board: ./kws.tflite, model: kws.tflite, duration: 1s, labels: [a, b c], expect: [{label: b "
		  "c}]}");
	assert_string_equal(s->board, fixture_path("./kws.tflite"));
	assert_string_equal(scn_scenario_label(s, 1), "b c");
	assert_false(s->has_load_at);
	scn_scenario_destroy(s);
}

static void refused(const char *text, const char *message)
{
	struct scn_scenario *s = NULL;
	struct err err;
	assert_false(scn_scenario_parse(fixture_path("s.yaml"), text, strlen(text), &s, &err));
	assert_null(s);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(fixture_plain(err.text), message);
}

/* A line below one that would do. */
static void line_refused(const char *line, const char *message)
{
	char text[4096], place[1200];
	snprintf(text, sizeof text,
		 "{board: b, model: kws.tflite, duration: 9s, sensors: {microphone: {rate: 8kHz, source: []}},\n"
		 "%s}",
		 line);
	snprintf(place, sizeof place, "s.yaml:2:%s", message);
	refused(text, place);
}

static void what_is_missing_or_unknown_is_named(void **state)
{
	refused("", "s.yaml:1:1: the file is empty; a map of keys is expected");
	refused("hello",
		"s.yaml:1:1: a map with the keys name, description, board, clock, supply, firmware, load_at, "
		"model, "
		"labels, hop, arena, duration, seed, sensors, faults, uart, expect, budgets, eot, probe, feed is expected");
	refused("modle: x",
		"s.yaml:1:1: unknown key 'modle'; did you mean 'model'? accepted: name, description, board, "
		"clock, supply, firmware, load_at, model, labels, hop, arena, duration, seed, sensors, faults, "
		"uart, expect, budgets, eot, probe, feed");
	refused("model: x", "s.yaml:1:1: key 'board' is missing");
	refused("board: b", "s.yaml:1:1: key 'model' is missing: the bundled runtime needs one");
	refused("{board: b, firmware: runtime}",
		"s.yaml:1:12: key 'model' is missing: the bundled runtime needs one");
	refused("{board: b, model: kws.tflite}", "s.yaml:1:1: key 'duration' is missing");
	struct scn_scenario *s = NULL;
	struct err err;
	assert_false(scn_scenario_read("/nonexistent/s.yaml", &s, &err));
	assert_string_equal(err.text, "/nonexistent/s.yaml: No such file or directory");
}

static void files_that_are_not_there_are_reported_at_their_key(void **state)
{
	refused("{board: b,\n model: no.tflite, duration: 1s}",
		"s.yaml:2:9: the model 'no.tflite' does not exist (looked for no.tflite)");
	refused("{board: b, firmware: no.elf, duration: 1s}",
		"s.yaml:1:22: the firmware 'no.elf' does not exist (looked for no.elf)");
	refused("{board: no.yaml, duration: 1s}",
		"s.yaml:1:9: the board file 'no.yaml' does not exist (looked for no.yaml)");
	line_refused("labels: no.txt", "9: the file of labels 'no.txt' does not exist (looked for no.txt)");
}

static void numbers_must_make_sense(void **state)
{
	line_refused("clock: 80", "8: '80' has no unit; a frequency such as 16kHz, 104Hz is expected");
	line_refused("clock: 0Hz", "8: 0Hz is out of range; a clock from 1Hz to 10GHz is expected");
	line_refused("clock: 99GHz", "8: 99GHz is out of range; a clock from 1Hz to 10GHz is expected");
	line_refused("clock: 0.5Hz", "8: '0.5Hz' is not whole; a frequency such as 16kHz, 104Hz is expected");
	line_refused("supply: 33V", "9: 33V is out of range; a supply from 0.5V to 20V is expected");
	line_refused("supply: 3300", "9: '3300' has no unit; a voltage such as 3.3V, 1800mV is expected");
	line_refused("arena: 5GiB", "8: 5GiB is more than a microcontroller can address");
	line_refused("hop: -1", "6: '-1' is negative; a number such as 12, 0.5, 0x1F is expected");
	line_refused("seed: 1.5", "7: '1.5' is not whole; a number such as 12, 0.5, 0x1F is expected");
	line_refused("load_at: 0", "1: 'load_at' is for a firmware of your own");
	refused("{board: b, model: kws.tflite, duration: 0s}", "s.yaml:1:41: a time above 0 is expected here");
	refused("{board: b, model: kws.tflite, duration: -1s}",
		"s.yaml:1:41: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	refused("{board: b, model: kws.tflite, duration: nan}",
		"s.yaml:1:41: 'nan' is not a number; a time such as 200ms, 2s, 1h is expected");
	refused("{board: b, model: kws.tflite, duration: 10}",
		"s.yaml:1:41: '10' has no unit; a time such as 200ms, 2s, 1h is expected");
	refused("{board: b, model: kws.tflite, duration: 300d}",
		"s.yaml:1:41: '300d' is too large; a time such as 200ms, 2s, 1h is expected");
}

static void labels_must_be_names(void **state)
{
	line_refused("labels: []",
		     "9: no labels; a file with one on each line, or a list such as [yes, no], is expected");
	line_refused("labels: [a, '']", "13: a label is text without control characters");
	line_refused("labels: [a, [b]]", "13: a label is expected here, not a list");
	line_refused("labels: [a, b, a]", "9: the label 'a' stands there twice");
	fixture_write("bad.txt", "yes\nn\to\n", 8);
	refused("{board: b, model: kws.tflite, labels: bad.txt, duration: 1s}",
		"bad.txt:2:1: a label is text without control characters");
	fixture_write("empty.txt", "\n\n", 2);
	line_refused("labels: empty.txt",
		     "9: no labels; a file with one on each line, or a list such as [yes, no], is expected");
	line_refused("labels: labels.txt, expect: [{label: yess}]",
		     "38: 'yess' is none of the model's labels; did you mean 'yes'? they are: yes, no, silence");
}

static void faults_must_make_sense(void **state)
{
	line_refused("faults: {}", "9: a list of faults is expected here, not a map");
	line_refused("faults: [dropout]",
		     "10: a fault such as {sensor: microphone, kind: dropout, at: 4s, for: 200ms} is "
		     "expected here, not text");
	line_refused("faults: [{sensor: microphone}]", "10: key 'kind' is missing");
	line_refused("faults: [{kind: dropout}]", "10: key 'sensor' is missing");
	line_refused("faults: [{kind: droput, sensor: microphone}]",
		     "17: 'droput' is not one of: dropout, stuck, spike, drift, clip, noise");
	line_refused("faults: [{kind: dropout, sensor: mic}]", "34: 'mic' is not one of: microphone");
	line_refused("faults: [{kind: dropout, sensor: microphone, level: 1}]",
		     "46: unknown key 'level'; accepted: sensor, kind, at, for");
	line_refused("faults: [{kind: dropout, sensor: microphone, for: -1s}]",
		     "51: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	line_refused("faults: [{kind: dropout, sensor: microphone, for: 0s}]",
		     "51: a time above 0 is expected here");
	line_refused("faults: [{kind: stuck, sensor: microphone, channels: x}]", "54: 'x' is not one of: audio");
	line_refused("faults: [{kind: stuck, sensor: microphone, channels: []}]",
		     "54: at least one channel is expected here");
	line_refused("faults: [{kind: spike, sensor: microphone}]", "10: key 'amplitude' is missing");
	line_refused("faults: [{kind: spike, sensor: microphone, amplitude: 1, rate: 9kHz}]",
		     "64: a rate above 0, at most the sensor's 8000Hz, is expected here");
	line_refused("faults: [{kind: spike, sensor: microphone, amplitude: 1, jitter: 1ms}]",
		     "58: jitter needs a rate, such as rate: 5Hz");
	line_refused("faults: [{kind: spike, sensor: microphone, amplitude: 1, rate: 1Hz, jitter: 1s}]",
		     "77: at most half of the time between two spikes is expected");
	line_refused("faults: [{kind: drift, sensor: microphone, to: 1}]",
		     "10: a drift needs to know how long it takes, such as for: 2s");
	line_refused("faults: [{kind: clip, sensor: microphone, level: -1}]",
		     "50: -1 is negative; a level above 0 is expected");
	line_refused("faults: [{kind: noise, sensor: microphone}]", "10: key 'level' is missing");
	refused("{board: b, model: kws.tflite, duration: 1s, faults: [{kind: stuck, sensor: microphone}]}",
		"s.yaml:1:76: this scenario has no sensors");
	char many[4096] = "faults: [";
	for (int i = 0; i < 33; i++)
		strcat(many, "{kind: stuck, sensor: microphone},");
	strcat(many, "]");
	line_refused(many, "9: 33 faults; at most 32 are accepted");
}

static void sensors_and_uart_lines_must_make_sense(void **state)
{
	refused("{board: b, model: kws.tflite, duration: 1s, sensors: [a]}",
		"s.yaml:1:54: a map of sensors such as {microphone: {rate: 16kHz, source: …}} is expected here, "
		"not a list");
	refused("{board: b, model: kws.tflite, duration: 1s, sensors: {a: 1,b: 1,c: 1,d: 1,e: 1,f: 1,g: 1,h: "
		"1,i: 1}}",
		"s.yaml:1:54: 9 sensors; at most 8 are accepted");
	refused("{board: b, model: kws.tflite, duration: 1s,\nsensors: {microphone: {rate: 16, source: []}}}",
		"s.yaml:2:30: '16' has no unit; a frequency such as 16kHz, 104Hz is expected");
	line_refused("uart: hello",
		     "7: a list of lines such as {at: 1s, send: \"go\"} is expected here, not text");
	line_refused("uart: [hello]",
		     "8: a line such as {at: 1s, send: \"go\"} or {expect: ready, within: 100ms} is expected "
		     "here, not text");
	line_refused("uart: [{at: 1s}]", "8: a line needs 'send', 'expect' or 'load'");
	line_refused("uart: [{send: a, expect: b}]", "18: 'expect' beside 'send': write two lines");
	line_refused("uart: [{send: a, at: 1s, after: 1s}]", "26: 'after' beside 'at': one of them is expected");
	line_refused("uart: [{send: a, within: 1s}]",
		     "18: unknown key 'within'; accepted: send, at, after, port");
	line_refused("uart: [{expect: a, at: 1s}]", "20: unknown key 'at'; accepted: expect, within, port, end");
	line_refused("uart: [{send: ''}]", "15: 0 bytes of text; 1 to 255 are accepted");
	line_refused("uart: [{send: [a]}]", "15: text is expected here, not a list");
	line_refused("uart: [{send: a, at: -1s}]",
		     "22: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	char many[4096] = "uart: [";
	for (int i = 0; i < 65; i++)
		strcat(many, "{send: a},");
	strcat(many, "]");
	line_refused(many, "648: more than 64 lines");
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, fixture_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(everything_a_scenario_says_is_read),
		T(little_needs_to_be_said),
		T(what_is_missing_or_unknown_is_named),
		T(files_that_are_not_there_are_reported_at_their_key),
		T(numbers_must_make_sense),
		T(labels_must_be_names),
		T(faults_must_make_sense),
		T(sensors_and_uart_lines_must_make_sense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
