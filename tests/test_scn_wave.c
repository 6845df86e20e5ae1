/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scn_fixture.h"

#include <math.h>

#include "scenarios/numeric.h"
#include "scenarios/wave.h"

#define PI 3.14159265358979323846

static uint8_t bytes[1 << 20];
static int16_t samples[1 << 18];

static struct scn_wave load(uint32_t count, uint16_t channels, uint32_t rate)
{
	struct scn_wave wave;
	struct err err;
	size_t size = fixture_wav(bytes, samples, count, channels, rate, count * 2);
	if (!scn_wave_parse("a.wav", bytes, size, &wave, &err))
		fail_msg("%s", err.text);
	return wave;
}

static void refused(size_t size, const char *message)
{
	struct scn_wave wave = {.rate_hz = 77};
	struct err err = {0};
	assert_false(scn_wave_parse("a.wav", bytes, size, &wave, &err));
	assert_int_equal(wave.rate_hz, 77);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_memory_equal(err.text, message, strlen(message));
}

static void at_its_own_rate_every_sample_comes_back(void **state)
{
	for (int i = 0; i < 1000; i++)
		samples[i] = (int16_t)scn_hash(1, (uint64_t)i);
	struct scn_wave w = load(1000, 1, 16000);
	assert_int_equal(w.frames, 1000);
	assert_int_equal(w.rate_hz, 16000);
	for (int i = 0; i < 1000; i++) {
		assert_true(scn_wave_at(&w, i, 0, 0, 1, false) * 32768 == samples[i]);
		assert_true(scn_wave_at(&w, i + 3000, 0, 0, 1, true) * 32768 == samples[i]);
	}
	assert_true(scn_wave_at(&w, -1, 0, 0, 1, false) == 0);
	assert_true(scn_wave_at(&w, 1000, 0, 0, 1, false) == 0);
	scn_wave_free(&w);
}

/* RMS of the difference to a sine of 1 kHz, over a second in the file's middle. */
static double error_at_rate(const struct scn_wave *w, double amplitude, double hz, double rate)
{
	double sum = 0;
	int n = 0;
	for (double t = 0.5; t < 1.5; t += 1 / rate, n++) {
		double at = t * (double)w->rate_hz, whole = floor(at);
		double got = scn_wave_at(w, (int64_t)whole, at - whole, 0, (double)w->rate_hz / rate, false);
		double want = amplitude * sin(2 * PI * hz * t);
		sum += (got - want) * (got - want);
	}
	return sqrt(sum / n);
}

static void a_tone_keeps_its_shape_at_another_rate(void **state)
{
	for (int i = 0; i < 88200; i++)
		samples[i] = (int16_t)floor(20000 * sin(2 * PI * 1000 * i / 44100) + 0.5);
	struct scn_wave w = load(88200, 1, 44100);
	assert_true(error_at_rate(&w, 20000.0 / 32768, 1000, 44100 * 1.37) < 3e-5);
	assert_true(error_at_rate(&w, 20000.0 / 32768, 1000, 16000) < 3e-5);
	assert_true(error_at_rate(&w, 20000.0 / 32768, 1000, 8000) < 3e-5);
	scn_wave_free(&w);
}

static void what_a_lower_rate_cannot_carry_is_taken_out(void **state)
{
	for (int i = 0; i < 88200; i++)
		samples[i] = (int16_t)floor(20000 * sin(2 * PI * 12000 * i / 44100) + 0.5);
	struct scn_wave w = load(88200, 1, 44100);
	assert_true(error_at_rate(&w, 0, 1, 16000) < 1e-4); /* 12 kHz would alias to 4 kHz: 76 dB down */
	scn_wave_free(&w);
}

static void a_constant_stays_exact_at_any_rate(void **state)
{
	for (int i = 0; i < 4000; i++)
		samples[i] = 16384;
	struct scn_wave w = load(4000, 1, 44100);
	for (double narrow = 0.3; narrow < 40; narrow *= 1.7)
		assert_true(fabs(scn_wave_at(&w, 2000, 0.3, 0, narrow, false) - 0.5) < 1e-12);
	assert_true(fabs(scn_wave_at(&w, 2000, 0.5, 0, 1e9, true) - 0.5) < 1e-12);
	scn_wave_free(&w);
}

static void channels_are_told_apart_or_averaged(void **state)
{
	for (int i = 0; i < 200; i++)
		samples[i] = i & 1 ? -8192 : 16384;
	struct scn_wave w = load(200, 2, 8000);
	assert_int_equal(w.frames, 100);
	assert_true(scn_wave_at(&w, 5, 0, 0, 1, false) == 0.5);
	assert_true(scn_wave_at(&w, 5, 0, 1, 1, false) == -0.25);
	assert_true(scn_wave_at(&w, 5, 0, -1, 1, false) == 0.125);
	scn_wave_free(&w);
}

static void a_file_cut_short_is_refused(void **state)
{
	memset(samples, 0, sizeof samples);
	size_t size = fixture_wav(bytes, samples, 1000, 1, 16000, 2000);
	refused(size - 2, "a.wav: cut short: 2000 bytes of samples are announced, 1998 are there");
	refused(44, "a.wav: cut short: 2000 bytes of samples are announced, 0 are there");
	for (size_t cut = 0; cut < 44; cut++)
		refused(cut, "a.wav: ");
	size = fixture_wav(bytes, samples, 1000, 1, 16000, UINT32_MAX); /* a stream's header: length not known */
	struct scn_wave wave;
	struct err err;
	assert_true(scn_wave_parse("a.wav", bytes, size, &wave, &err));
	assert_int_equal(wave.frames, 1000);
	scn_wave_free(&wave);
}

static void what_is_no_sound_is_refused(void **state)
{
	refused(0, "a.wav: not a sound file");
	memcpy(bytes, "hello, this is a text and no sound at all, however long it may be", 64);
	refused(64, "a.wav: not a sound file that can be read: ");
	refused(fixture_wav(bytes, samples, 0, 1, 16000, 0), "a.wav: no samples");
	refused(fixture_wav(bytes, samples, 90, 9, 16000, 180), "a.wav: 9 channels; 1 to 8 are accepted");
	refused(fixture_wav(bytes, samples, 90, 1, 2000000, 180),
		"a.wav: a rate of 2000000 Hz; 1 Hz to 1 MHz is accepted");
	refused(fixture_wav(bytes, samples, 90, 0, 16000, 180), "a.wav: ");
	size_t size = fixture_wav(bytes, samples, 8, 1, 16000, 16);
	const float nan_sample[4] = {0, 1, NAN, 0};
	bytes[20] = 3; /* format: IEEE float */
	bytes[32] = 4;
	bytes[34] = 32;
	memcpy(bytes + 44, nan_sample, sizeof nan_sample);
	refused(size, "a.wav: frame 2 is not a number within 1000 times full scale");
	struct scn_wave wave;
	struct err err;
	assert_false(scn_wave_load("/nonexistent.wav", &wave, &err));
	assert_string_equal(err.text, "/nonexistent.wav: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_its_own_rate_every_sample_comes_back),
		cmocka_unit_test(a_tone_keeps_its_shape_at_another_rate),
		cmocka_unit_test(what_a_lower_rate_cannot_carry_is_taken_out),
		cmocka_unit_test(a_constant_stays_exact_at_any_rate),
		cmocka_unit_test(channels_are_told_apart_or_averaged),
		cmocka_unit_test(a_file_cut_short_is_refused),
		cmocka_unit_test(what_is_no_sound_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
