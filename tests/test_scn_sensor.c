/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every mistake that can be made in the description of a sensor and its sources, and what is said of it. */
#include "tests/scn_fixture.h"

#include "scenarios/sensor.h"

static void refused(const char *text, const char *message)
{
	static struct scn_sensor sensor;
	struct err err = {0};
	memset(&sensor, 0, sizeof sensor);
	assert_false(scn_sensor_read(fixture_yaml(text)->first, &sensor, &err));
	assert_int_equal(sensor.signal.sources, 0);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(fixture_plain(err.text), message);
}

/* The same for a source of a microphone: columns count from the source's first character. */
static void source_refused(const char *source, const char *message)
{
	char text[1024], expected[1024], start[32];
	int column = 0;
	snprintf(text, sizeof text, "microphone: {rate: 16kHz, source:\n%s\n}\n", source);
	if (sscanf(message, "%d: ", &column) == 1)
		message = strchr(message, ' ') + 1;
	snprintf(start, sizeof start, "s.yaml:2:%d: ", column);
	snprintf(expected, sizeof expected, "%s%s", start, message);
	refused(text, expected);
}

static void known_sensors_need_only_rate_and_source(void **state)
{
	static struct scn_sensor s;
	struct err err;
	assert_true(scn_sensor_read(fixture_yaml("accelerometer: {rate: 12.5Hz, source: []}")->first, &s, &err));
	assert_string_equal(s.name, "accelerometer");
	assert_int_equal(s.signal.rate_mhz, 12500);
	assert_int_equal(s.signal.channels, 3);
	assert_string_equal(s.channel[2], "z");
	assert_true(s.scale == 1.0 / 2048);
	assert_true(scn_sensor_read(fixture_yaml("microphone: {rate: 16kHz, source: []}")->first, &s, &err));
	assert_int_equal(s.signal.channels, 1);
	assert_true(s.scale == 1.0 / 32768);
	assert_true(scn_sensor_read(
		fixture_yaml("accelerometer: {rate: 1Hz, channels: [x], scale: 0.5mg, source: []}")->first, &s,
		&err));
	assert_int_equal(s.signal.channels, 1);
	assert_true(s.scale == 0.0005);
	assert_true(scn_sensor_read(fixture_yaml("flow: {rate: 1Hz, channels: q, scale: 3/4, source: []}")->first,
				    &s, &err));
	assert_string_equal(s.channel[0], "q");
	assert_true(s.scale == 0.75);
}

static void a_sensor_must_make_sense(void **state)
{
	refused("flow: {rate: 1Hz, source: []}",
		"s.yaml:1:1: 'flow' is none of the sensors known by name (microphone, "
		"accelerometer, gyroscope), so it needs 'scale' and 'channels'");
	refused("microphone: {source: []}", "s.yaml:1:1: key 'rate' is missing in 'microphone'");
	refused("microphone: {rate: 16kHz}", "s.yaml:1:1: key 'source' is missing in 'microphone'");
	refused("microphone: 16kHz",
		"s.yaml:1:13: a map with the keys rate, scale, channels, source is expected");
	refused("microphone: {rate: 16kHz, sourec: []}", "s.yaml:1:27: unknown key 'sourec'; did you mean "
							 "'source'? accepted: rate, scale, channels, source");
	refused("microphone: {rate: 16000, source: []}",
		"s.yaml:1:20: '16000' has no unit; a frequency such as 16kHz, 104Hz is expected");
	refused("microphone: {rate: -16kHz, source: []}",
		"s.yaml:1:20: '-16kHz' is negative; a frequency such as 16kHz, 104Hz is expected");
	refused("microphone: {rate: 0Hz, source: []}",
		"s.yaml:1:20: 0Hz is out of range; a rate from 1mHz to 1MHz is expected");
	refused("microphone: {rate: 2GHz, source: []}",
		"s.yaml:1:20: 2GHz is out of range; a rate from 1mHz to 1MHz is expected");
	refused("microphone: {rate: nan, source: []}",
		"s.yaml:1:20: 'nan' is not a number; a frequency such as 16kHz, 104Hz is expected");
	refused("microphone: {rate: 1Hz, scale: 0, source: []}",
		"s.yaml:1:32: 0 is no scale; physical units per count, such as 1/2048, are expected");
	refused("microphone: {rate: 1Hz, scale: 1/0, source: []}",
		"s.yaml:1:32: 1/0 is no scale; physical units per count, such as 1/2048, are expected");
	refused("microphone: {rate: 1Hz, scale: 1/x, source: []}",
		"s.yaml:1:32: 'x' is not a number; a number such as 12, 0.5, 0x1F is expected");
	refused("microphone: {rate: 1Hz, channels: [a, b, a], source: []}",
		"s.yaml:1:42: channel 'a' stands here twice");
	refused("microphone: {rate: 1Hz, channels: [a, gain], source: []}",
		"s.yaml:1:39: 'gain' cannot name a channel: it is a key of sources");
	refused("microphone: {rate: 1Hz, channels: [], source: []}",
		"s.yaml:1:35: names of channels, such as [x, y, z], are expected here");
	refused("microphone: {rate: 1Hz, channels: [a,b,c,d,e,f,g,h,i], source: []}",
		"s.yaml:1:52: more than 8 channels");
	refused("a-name-that-is-longer-than-any-sensor: {rate: 1Hz, source: []}",
		"s.yaml:1:1: a sensor's name of 1 to 31 bytes is expected here");
}

static void a_source_must_be_of_one_kind(void **state)
{
	source_refused("pink", "1: a source such as {noise: pink, level: -40dBFS} is expected here, not text");
	source_refused(
		"{}",
		"1: a source needs one of constant, sine, chirp, noise, steps, impulses, csv, wav, or the name "
		"of a channel");
	source_refused("[{at: 1s}]",
		       "2: a source needs one of constant, sine, chirp, noise, steps, impulses, csv, wav");
	source_refused("{constant: 1, noise: pink}",
		       "15: 'noise' beside 'constant': a source has one of constant, sine, "
		       "chirp, noise, steps, impulses, csv, wav");
	source_refused("{constant: 1, lop: true}", "15: unknown key 'lop'; accepted: constant, at, for, gain");
	source_refused("{wav: a.wav, lop: true}",
		       "14: unknown key 'lop'; did you mean 'loop'? accepted: wav, loop, at, for, gain");
	source_refused("{audio: {constant: 1}, x: {constant: 1}}", "24: unknown key 'x'; accepted: audio");
	char many[1024] = "[";
	for (int i = 0; i < 33; i++)
		strcat(many, "{constant: 1},");
	strcat(many, "]");
	source_refused(many, "450: more than 32 sources for one sensor");
}

static void times_and_gains_must_make_sense(void **state)
{
	source_refused("{constant: 1, at: -1s}",
		       "19: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	source_refused("{constant: 1, for: -1s}",
		       "20: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	source_refused("{constant: 1, for: 0s}", "20: a time above 0 is expected here");
	source_refused("{constant: 1, at: 16kHz}",
		       "19: '16kHz': 'kHz' is no unit of time; a time such as 200ms, 2s, 1h is expected");
	source_refused("{constant: 1, gain: loud}",
		       "21: 'loud' is not a number; a number such as 12, 0.5, 0x1F is expected");
	source_refused("{constant: 1, gain: 1e9}",
		       "21: 1e9 is out of range; a number from -1e+06 to 1e+06 is expected");
	source_refused("{constant: 1, gain: {y: 1}}", "22: unknown key 'y'; accepted: audio");
	source_refused("{constant: 1, gain: [1]}", "21: a map with the keys audio is expected");
}

static void amplitudes_must_be_in_the_sensors_terms(void **state)
{
	source_refused("{constant: loud}",
		       "12: 'loud' is no amplitude of 'microphone'; a number such as 0.5 or -40dBFS is expected");
	source_refused("{constant: NaN}",
		       "12: 'NaN' is no amplitude of 'microphone'; a number such as 0.5 or -40dBFS is expected");
	source_refused("{constant: 1g}",
		       "12: '1g' is no amplitude of 'microphone'; a number such as 0.5 or -40dBFS is expected");
	source_refused("{constant: 1e7}", "12: 1e7 is out of range; at most 1e6 is expected");
	source_refused("{constant: 900dBFS}", "12: 900dBFS is out of range; a level within 200dBFS is expected");
	source_refused("{constant: [1]}",
		       "12: '…' is no amplitude of 'microphone'; a number such as 0.5 or -40dBFS is expected");
	refused("accelerometer: {rate: 1kHz, source: {constant: 1mV}}",
		"s.yaml:1:48: '1mV' is no amplitude of 'accelerometer'; a number such as 0.5, 30mg or -40dBFS is "
		"expected");
}

static void tones_must_fit_the_rate(void **state)
{
	source_refused("{sine: []}", "8: tones such as {hz: 50, amplitude: 0.1} are expected");
	source_refused("{sine: {hz: 50}}", "2: key 'amplitude' is missing in 'sine'");
	source_refused("{sine: {amplitude: 1}}", "2: key 'hz' is missing in 'sine'");
	source_refused("{sine: {hz: 9kHz, amplitude: 1}}",
		       "13: 9kHz cannot be shown at a rate of 16000Hz; above 0, at most half of it is expected");
	source_refused("{sine: {hz: 0, amplitude: 1}}",
		       "13: 0 cannot be shown at a rate of 16000Hz; above 0, at most half of it is expected");
	source_refused("{sine: {hz: -5, amplitude: 1}}",
		       "13: '-5' is negative; a number such as 12, 0.5, 0x1F is expected");
	source_refused("{sine: {hz: 5, amplitude: 1, phase: 2}}",
		       "37: '2' has no unit; an angle such as 90deg is expected");
	source_refused("{sine: {hz: 5, amplitude: 1, phase: 400deg}}",
		       "37: a phase from -360deg to 360deg is expected");
	source_refused("{chirp: {from: 1Hz, to: 2Hz, over: 0s, amplitude: 1}}",
		       "36: a time above 0 is expected here");
	source_refused("{chirp: {from: 1Hz, to: 20kHz, over: 1s, amplitude: 1}}",
		       "25: 20kHz cannot be shown at a rate of 16000Hz; above 0, at most half of it is expected");
	source_refused("{chirp: {from: 1Hz, to: 2Hz, amplitude: 1}}", "2: key 'over' is missing in 'chirp'");
	char many[1024] = "{sine: [";
	for (int i = 0; i < 17; i++)
		strcat(many, "{hz: 5, amplitude: 1},");
	strcat(many, "]}");
	source_refused(many, "361: more than 16 tones in one source");
}

static void noise_steps_and_impulses_must_make_sense(void **state)
{
	source_refused("{noise: brown, level: 1}", "9: 'brown' is not one of: white, pink");
	source_refused("[{noise: pink}]", "2: key 'level' is missing");
	source_refused("{noise: pink, level: -1}", "22: -1 is negative; an RMS level is expected");
	source_refused("{steps: 5}",
		       "9: a list of steps such as {at: 1s, value: 0.5} is expected here, not text");
	source_refused("{steps: []}", "9: 0 steps; 1 to 256 are accepted");
	source_refused("{steps: [{at: 1s}]}", "10: key 'value' is missing");
	source_refused("{steps: [{at: 1s, value: 1}, {at: 1s, value: 2}]}",
		       "35: 1s does not come after the step before");
	source_refused("{impulses: {rate: 0Hz, amplitude: 1}}",
		       "19: a rate above 0, at most the sensor's 16000Hz, is expected here");
	source_refused("{impulses: {rate: 17kHz, amplitude: 1}}",
		       "19: a rate above 0, at most the sensor's 16000Hz, is expected here");
	source_refused("{impulses: {rate: 1Hz, amplitude: 1, ring: 50Hz}}",
		       "38: a ring needs a decay, such as decay: 20ms");
	source_refused("{impulses: {rate: 1Hz, amplitude: 1, jitter: 501ms}}",
		       "46: at most half of the time between two impulses is expected");
	source_refused(
		"{impulses: {rate: 1kHz, amplitude: 1, decay: 1s}}",
		"46: more than 256 impulses would ring at once; a shorter decay or a lower rate is expected");
	source_refused(
		"{impulses: {rate: 1kHz, amplitude: 1, decay: 200d}}",
		"46: more than 256 impulses would ring at once; a shorter decay or a lower rate is expected");
	source_refused("{impulses: {rate: 5Hz}}", "2: key 'amplitude' is missing in 'impulses'");
}

static void files_must_be_there_and_whole(void **state)
{
	static const int16_t samples[60];
	uint8_t wav[256];
	source_refused("{wav: no.wav}", "7: the sound file 'no.wav' does not exist (looked for no.wav)");
	source_refused("{csv: no.csv}", "7: the CSV file 'no.csv' does not exist (looked for no.csv)");
	source_refused("{csv: .}", "7: the CSV file '.' is not a regular file (looked for .)");
	source_refused("{csv: }", "7: text is expected here, not nothing");
	fixture_write("cut.wav", wav, fixture_wav(wav, samples, 60, 1, 16000, 5000));
	source_refused("{wav: cut.wav}",
		       "7: cut.wav: cut short: 5000 bytes of samples are announced, 120 are there");
	fixture_write_wav("two.wav", samples, 60, 2, 16000);
	refused("accelerometer: {rate: 1kHz, source: {wav: two.wav}}",
		"s.yaml:1:43: a file of 2 channels for a sensor of 3; 1 or 3 are expected");
	fixture_write("bad.csv", "x\n1\nzwei\n", 9);
	refused("accelerometer: {rate: 1kHz, source: {csv: bad.csv}}", "bad.csv:3:1: 'zwei' is not a number");
	fixture_write("time.csv", "time,x\n0,1\n1,2\n", 15);
	refused("accelerometer: {rate: 1kHz, source: {csv: time.csv, rate: 50Hz}}",
		"s.yaml:1:53: 'rate' and the file's own column of times exclude each other");
	fixture_write("x.csv", "x,q\n0,1\n", 8);
	refused("accelerometer: {rate: 1kHz, source: {csv: x.csv, rate: 0Hz}}",
		"s.yaml:1:56: a rate from 1mHz to 1MHz is expected here");
	refused("accelerometer: {rate: 1kHz, source: {y: {csv: x.csv}}}",
		"x.csv:1:1: no column is named after a channel; expected: y");
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_make, fixture_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(known_sensors_need_only_rate_and_source),
		T(a_sensor_must_make_sense),
		T(a_source_must_be_of_one_kind),
		T(times_and_gains_must_make_sense),
		T(amplitudes_must_be_in_the_sensors_terms),
		T(tones_must_fit_the_rate),
		T(noise_steps_and_impulses_must_make_sense),
		T(files_must_be_there_and_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
