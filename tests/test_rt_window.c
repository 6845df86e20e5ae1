/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/window.h"

static struct rt_tensor input_of(int rank, int32_t a, int32_t b, int32_t c, float scale, int32_t zero)
{
	struct rt_tensor t = { .type = RT_TYPE_INT8,
			       .rank = (uint8_t)rank,
			       .dims = { 1, a, b, c },
			       .scale = scale,
			       .zero_point = zero };
	t.elements = (uint32_t)(a * (rank > 2 ? b : 1) * (rank > 3 ? c : 1));
	return t;
}

static void shapes_name_frames_and_channels(void **state)
{
	struct rt_window w = { .frames = 7 };
	struct rt_tensor t = input_of(3, 128, 3, 0, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_OK);
	assert_int_equal(w.frames, 128);
	t = input_of(4, 128, 1, 3, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_OK);
	assert_int_equal(w.frames, 128);
	t = input_of(4, 8, 16, 3, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_OK);
	assert_int_equal(w.frames, 128);
	t = input_of(4, 128, 3, 1, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_OK);
	assert_int_equal(w.frames, 128);
	t = input_of(2, 384, 0, 0, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_OK);
	assert_int_equal(w.frames, 128);
	w.frames = 7;
	assert_int_equal(rt_window_open(&w, &t, 5, 1 << 20), RT_BAD_SENSOR);
	assert_int_equal(rt_window_open(&w, &t, 0, 1 << 20), RT_BAD_SENSOR);
	t = input_of(3, 128, 3, 0, 0.1f, 0);
	assert_int_equal(rt_window_open(&w, &t, 1, 1 << 20), RT_BAD_SENSOR);
	t.type = RT_TYPE_FLOAT32;
	assert_int_equal(rt_window_open(&w, &t, 3, 1 << 20), RT_UNSUPPORTED);
	assert_int_equal(w.frames, 7);
}

/* The header's definition, in wide arithmetic. */
static int expected(const int16_t *count, int frames, int channels, int f, int c, double factor, int zero)
{
	int exponent;
	int64_t sum = 0, m = (int64_t)round(frexp(factor, &exponent) * 2147483648.0);
	for (int i = 0; i < frames; i++)
		sum += count[i * channels + c];
	int64_t d = count[f * channels + c] - (int64_t)round((double)sum / frames);
	int64_t t = (int64_t)floor(
		((double)d * ldexp(1, exponent > 0 ? exponent : 0) * (double)m + (1 << 30)) / 2147483648.0);
	double q = round((double)t / ldexp(1, exponent < 0 ? -exponent : 0));
	return q + zero > 127 ? 127 : q + zero < -128 ? -128 : (int)q + zero;
}

static void the_window_is_what_the_header_says(void **state)
{
	static int16_t ring[64 * 3], straight[40 * 3];
	static int8_t got[40 * 3];
	srand(2);
	for (int round_number = 0; round_number < 500; round_number++) {
		int frames = 1 + rand() % 40, channels = 1 + rand() % 3, first = rand() % 64,
		    zero = rand() % 256 - 128;
		uint32_t scale = 1u << rand() % 31;
		struct rt_tensor t =
			input_of(3, frames, channels, 0, 0.001f * (float)(1 + rand() % 300), zero);
		struct rt_window w;
		for (int i = 0; i < 64 * 3; i++)
			ring[i] = (int16_t)(round_number % 3 ? rand() % 65536 - 32768 : rand() % 200 + 16000);
		for (int f = 0; f < frames; f++)
			for (int c = 0; c < channels; c++)
				straight[f * channels + c] = ring[(first + f) % 64 * channels + c];
		assert_int_equal(rt_window_open(&w, &t, (uint32_t)channels, scale), RT_OK);
		rt_window_quantize(&w, ring, 64, (uint32_t)first, got);
		for (int f = 0; f < frames; f++)
			for (int c = 0; c < channels; c++)
				assert_int_equal(got[f * channels + c],
						 expected(straight, frames, channels, f, c,
							  scale / 4294967296.0 / (double)t.scale, zero));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_name_frames_and_channels),
		cmocka_unit_test(the_window_is_what_the_header_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
