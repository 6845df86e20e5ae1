/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scn_fixture.h"

#include <math.h>

#include "scenarios/numeric.h"
#include "scenarios/sensor.h"

#define PI 3.14159265358979323846

static struct scn_sensor sensor;
static struct scn_signal_run run;

/* The first entry of the text, as a sensor, at its start. */
static void start(const char *text, uint64_t seed)
{
	struct err err;
	scn_sensor_free(&sensor);
	if (!scn_sensor_read(fixture_yaml(text)->first, &sensor, &err))
		fail_msg("%s", err.text);
	scn_signal_start(&run, &sensor.signal, seed);
}

static int drop(void **state)
{
	scn_sensor_free(&sensor);
	return fixture_drop(state);
}

static double at(uint64_t n, unsigned channel)
{
	double values[SCN_MAX_CHANNELS];
	scn_signal_sample(&run, n, values);
	return values[channel];
}

static void sine_and_exponential_agree_with_libm(void **state)
{
	for (int i = -4000; i <= 4000; i++) {
		double turns = i * 0.00123456789, x = i * 0.01;
		assert_true(fabs(scn_sine(turns) - sin(2 * PI * turns)) < 3e-15 * (1 + fabs(turns)));
		assert_true(fabs(scn_exp(x) / exp(x) - 1) < 1e-15);
	}
	for (int quarter = -8; quarter <= 8; quarter++)
		assert_true(scn_sine(quarter * 0.25) == ((quarter & 1) ? ((quarter & 3) == 1 ? 1 : -1) : 0));
	assert_true(scn_exp(0) == 1);
	assert_true(fabs(scn_from_db(-20) - 0.1) < 1e-16);
}

static void randomness_is_the_same_everywhere_and_ever(void **state)
{
	assert_true(scn_hash(0, 0) == UINT64_C(0xE220A8397B1DCDAF)); /* splitmix64's first output for seed 0 */
	assert_true(scn_hash(0, 1) == UINT64_C(0x6E789E6AA1B965F4));
	assert_true(scn_hash_text(1, "microphone") != scn_hash_text(1, "accelerometer"));
	double sum = 0, square = 0, fourth = 0;
	enum { N = 200000 };
	for (uint64_t i = 0; i < N; i++) {
		double g = scn_gaussian(42, i);
		sum += g;
		square += g * g;
		fourth += g * g * g * g;
	}
	assert_true(fabs(sum / N) < 0.01);
	assert_true(fabs(square / N - 1) < 0.01);
	assert_true(fabs(fourth / N - 2.9) < 0.06);
}

static void positions_do_not_drift(void **state)
{
	int64_t whole;
	/* 104 Hz for ten days: sample n is n / 104 s after the start, to the last bit */
	uint64_t n = UINT64_C(104) * 864000;
	assert_true(scn_position(n, 104000, 0, 1000, &whole) == 0 && whole == 864000);
	assert_true(scn_position(n + 1, 104000, 0, 1000, &whole) == 1.0 / 104 && whole == 864000);
	assert_true(scn_position(0, 104000, UINT64_C(1500000000000), 1000, &whole) == 0.5 && whole == -2);
	assert_true(scn_position((UINT64_C(1) << 44) - 1, SCN_MAX_RATE_MHZ, 0, SCN_MAX_RATE_MHZ, &whole) == 0);
	assert_int_equal(whole, (INT64_C(1) << 44) - 1);
	start("accelerometer: {rate: 104Hz, source: {constant: 0}}", 1);
	assert_int_equal(scn_signal_time_ps(&sensor.signal, 1), UINT64_C(9615384615));
	assert_int_equal(scn_signal_time_ps(&sensor.signal, n), UINT64_C(864000000000000000));
	assert_true(scn_signal_time_ps(&sensor.signal, UINT64_C(1) << 43) == SCN_FOREVER);
}

static void tones_add_up_with_their_phases(void **state)
{
	start("microphone: {rate: 16kHz, source: {at: 10ms, sine: [{hz: 440, amplitude: 0.5, phase: 90deg},"
	      " {hz: 1.1kHz, amplitude: -20dBFS}]}}",
	      1);
	assert_true(at(159, 0) == 0);
	for (uint64_t n = 160; n < 40000; n += 371) {
		double t = (double)n / 16000 - 0.01;
		double want = 0.5 * sin(2 * PI * (440 * t + 0.25)) + 0.1 * sin(2 * PI * 1100 * t);
		assert_true(fabs(at(n, 0) - want) < 1e-10);
	}
}

static void a_source_acts_in_its_window_on_its_channels_with_its_gain(void **state)
{
	start("accelerometer: {rate: 100Hz, source: [{z: {constant: 1g}}, {constant: 100mg, at: 1s, for: 500ms, "
	      "gain: 2},"
	      " {x: [{constant: 3, at: 2s}], y: {constant: 4, at: 2s}}, {constant: 1, at: 3s, gain: {x: 1, z: "
	      "-0.5}}]}",
	      1);
	assert_true(at(0, 0) == 0 && at(0, 1) == 0 && at(0, 2) == 1);
	assert_true(at(99, 0) == 0 && at(100, 0) == 0.2 && at(100, 2) == 1.2);
	assert_true(at(149, 1) == 0.2 && at(150, 1) == 0);
	assert_true(at(200, 0) == 3 && at(200, 1) == 4 && at(200, 2) == 1);
	assert_true(at(300, 0) == 4 && at(300, 1) == 4 && at(300, 2) == 0.5);
}

static void a_chirp_sweeps_and_ends_or_starts_again(void **state)
{
	start("microphone: {rate: 8kHz, source: {chirp: {from: 100Hz, to: 1kHz, over: 2s, amplitude: 0.5}}}", 1);
	for (uint64_t n = 0; n < 16000; n += 77) {
		double t = (double)n / 8000;
		assert_true(fabs(at(n, 0) - 0.5 * sin(2 * PI * (100 * t + 225 * t * t))) < 1e-9);
	}
	assert_true(at(16000, 0) == 0);
	start("microphone: {rate: 8kHz, source: {chirp: {from: 100Hz, to: 1kHz, over: 2s, amplitude: 0.5}, loop: "
	      "true}}",
	      1);
	assert_true(fabs(at(16000 + 1234, 0) - at(1234, 0)) < 1e-9);
	assert_true(fabs(at(1234, 0)) > 0.01);
}

static void steps_hold_until_the_next(void **state)
{
	start("t: {rate: 10Hz, channels: [c], scale: 0.01, source: {at: 1s, steps: [{at: 500ms, value: 20}, "
	      "{at: 1s, value: -5}]}}",
	      1);
	assert_true(at(10, 0) == 0 && at(14, 0) == 0 && at(15, 0) == 20 && at(19, 0) == 20 && at(20, 0) == -5);
	assert_true(at(100000, 0) == -5);
}

static void white_noise_has_its_level_and_its_seed(void **state)
{
	enum { N = 50000 };
	static double first[N];
	double square = 0, across = 0, later = 0;
	start("accelerometer: {rate: 1kHz, source: {noise: white, level: 20mg}}", 7);
	for (uint64_t n = 0; n < N; n++) {
		double v[SCN_MAX_CHANNELS];
		scn_signal_sample(&run, n, v);
		first[n] = v[0];
		square += v[0] * v[0];
		across += v[0] * v[1];
		later += n ? first[n] * first[n - 1] : 0;
	}
	assert_true(fabs(sqrt(square / N) - 0.02) < 0.0002);
	assert_true(fabs(across / N) < 0.02 * 0.0004 && fabs(later / N) < 0.02 * 0.0004);
	scn_signal_start(&run, &sensor.signal, 7);
	for (uint64_t n = 0; n < 100; n++)
		assert_true(at(n, 0) == first[n]);
	scn_signal_start(&run, &sensor.signal, 8);
	assert_true(at(0, 0) != first[0] && at(1, 0) != first[1]);
}

/* Mean power near a frequency (in turns per sample), by 64 windows of 1024 samples. */
static double power_at(const double *x, double f)
{
	double sum = 0;
	for (int w = 0; w < 64; w++) {
		double re = 0, im = 0;
		for (int i = 0; i < 1024; i++) {
			double window = 0.5 - 0.5 * cos(2 * PI * i / 1024);
			re += window * x[w * 1024 + i] * cos(2 * PI * f * i);
			im += window * x[w * 1024 + i] * sin(2 * PI * f * i);
		}
		sum += re * re + im * im;
	}
	return sum;
}

static void pink_noise_falls_by_3_db_an_octave(void **state)
{
	enum { N = 65536 };
	static double x[N];
	double square = 0;
	start("microphone: {rate: 16kHz, source: {noise: pink, level: -20dBFS}}", 3);
	for (uint64_t n = 0; n < N; n++) {
		x[n] = at(n, 0);
		square += x[n] * x[n];
	}
	assert_true(fabs(sqrt(square / N) - 0.1) < 0.02); /* the slowest stages wander */
	/* Octave by octave from 1/128 to 1/4 of the rate, 16 lines each: equal power times frequency. */
	double octave[5];
	for (int o = 0; o < 5; o++) {
		octave[o] = 0;
		for (int k = 0; k < 16; k++) {
			double f = (1 << o) / 128.0 * (1 + k / 16.0);
			octave[o] += f * power_at(x, f);
		}
		assert_true(fabs(10 * log10(octave[o] / octave[0])) < 1);
	}
}

static void impulses_come_when_due_once_each(void **state)
{
	start("microphone: {rate: 1kHz, source: {at: 100ms, impulses: {rate: 3Hz, amplitude: 0.5}}}", 1);
	unsigned count = 0;
	for (uint64_t n = 0; n < 10100; n++) {
		double v = at(n, 0);
		assert_true(v == 0 || v == 0.5);
		count += v != 0;
		/* the first sample at or after 0.1 + k / 3 s */
		bool due = n >= 100 && (n == 100 || (n - 100) * 3 / 1000 != (n - 101) * 3 / 1000);
		assert_int_equal(v != 0, due);
	}
	assert_int_equal(count, 30);
}

static void impulses_ring_and_die_away(void **state)
{
	start("accelerometer: {rate: 1600Hz, source: {impulses: {rate: 5Hz, amplitude: 2g, ring: 400Hz, decay: "
	      "10ms}}}",
	      1);
	for (uint64_t n = 0; n < 3200; n++) {
		double want = 0;
		for (int k = 0; k <= (int)(n * 5 / 1600); k++) {
			double t = (double)n / 1600 - k / 5.0;
			want += 2 * exp(-t / 0.01) * sin(2 * PI * 400 * t);
		}
		assert_true(fabs(at(n, 1) - want) < 1e-5);
	}
}

static void jitter_moves_impulses_but_loses_none(void **state)
{
	start("microphone: {rate: 16kHz, source: {impulses: {rate: 10Hz, amplitude: 1, jitter: 20ms}, for: 20s}}",
	      5);
	unsigned count = 0, late = 0, early = 0;
	for (uint64_t n = 0; n < 21 * 16000; n++) {
		if (at(n, 0) == 0)
			continue;
		uint64_t k = (n + 800) / 1600;
		late += n > k * 1600;
		early += n < k * 1600;
		assert_true(llabs((long long)n - (long long)k * 1600) <= 321);
		count++;
	}
	assert_in_range(count, 199, 200); /* the last may be pushed out of the window */
	assert_true(late > 70 && early > 70);
}

static void a_sound_file_feeds_the_sensor_count_for_count(void **state)
{
	static int16_t samples[400];
	for (int i = 0; i < 400; i++)
		samples[i] = (int16_t)(i * 73 - 14000);
	fixture_write_wav("a.wav", samples, 400, 1, 16000);
	start("microphone: {rate: 16kHz, source: {wav: a.wav, at: 1s}}", 1);
	assert_true(at(15999, 0) == 0 && at(16400, 0) == 0);
	for (unsigned i = 0; i < 400; i++)
		assert_true(at(16000 + i, 0) / sensor.scale == samples[i]);
	start("microphone: {rate: 16kHz, source: {wav: a.wav, loop: true, gain: 0.5}}", 1);
	assert_true(at(4007, 0) / sensor.scale == samples[7] * 0.5);
	fixture_write_wav("b.wav", samples, 399, 3, 800);
	start("accelerometer: {rate: 800Hz, source: {wav: b.wav}}", 1);
	assert_true(at(10, 2) / sensor.scale == samples[32]);
	start("microphone: {rate: 800Hz, source: {wav: b.wav}}", 1);
	assert_true(fabs(at(10, 0) / sensor.scale - samples[31]) < 1e-9);
}

static void a_table_feeds_the_channels_it_names(void **state)
{
	fixture_write("a.csv", "z,x\n1,2\n3,4\n", 12);
	start("accelerometer: {rate: 100Hz, source: [{csv: a.csv, rate: 50Hz}, {y: {constant: 7}}]}", 1);
	assert_true(at(0, 0) == 2 && at(0, 1) == 7 && at(0, 2) == 1);
	assert_true(at(1, 0) == 3 && at(2, 0) == 4 && at(3, 0) == 4 && at(4, 0) == 0);
	start("accelerometer: {rate: 100Hz, source: {csv: a.csv, loop: true, at: 10ms}}", 1);
	assert_true(at(0, 0) == 0 && at(1, 0) == 2 && at(2, 0) == 4 && at(3, 0) == 2 && at(1001, 0) == 2);
	fixture_write("b.csv", "time,pressure\n10,1\n10.1,2\n", 26);
	start("accelerometer: {rate: 100Hz, source: {y: {csv: b.csv}}}", 1);
	assert_true(at(0, 0) == 0 && at(0, 1) == 1 && fabs(at(5, 1) - 1.5) < 1e-9 && at(10, 1) == 2 &&
		    at(20, 1) == 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sine_and_exponential_agree_with_libm),
		cmocka_unit_test(randomness_is_the_same_everywhere_and_ever),
		T(positions_do_not_drift),
		T(tones_add_up_with_their_phases),
		T(a_source_acts_in_its_window_on_its_channels_with_its_gain),
		T(a_chirp_sweeps_and_ends_or_starts_again),
		T(steps_hold_until_the_next),
		T(white_noise_has_its_level_and_its_seed),
		T(pink_noise_falls_by_3_db_an_octave),
		T(impulses_come_when_due_once_each),
		T(impulses_ring_and_die_away),
		T(jitter_moves_impulses_but_loses_none),
		T(a_sound_file_feeds_the_sensor_count_for_count),
		T(a_table_feeds_the_channels_it_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
