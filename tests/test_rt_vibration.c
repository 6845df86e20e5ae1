/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shipped vibration model against an oracle that shares no code with the runtime: tools/vibration wrote
 * tests/data/vibration/{window_N,input_N,output_N}.bin and, for every operator, the CRC-32 in layers.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "base/file.h"
#include "runtime/interpreter.h"
#include "runtime/window.h"

#define RUNS 10
#define LAYERS 11
#define MACS 304832u /* scenarios/vibration/MODEL.md */
#define FRAMES 256
#define CHANNELS 3
#define SCALE_16G (1u << 21) /* 1/2048 g a count, in 2^-32 */
#define ARENA_BYTES (16u << 10)

static _Alignas(16) uint8_t model[64 << 10], arena[ARENA_BYTES];
static uint32_t model_bytes;

struct layer {
	unsigned tensor, bytes, crc;
};

struct check {
	struct layer expected[RUNS][LAYERS];
	unsigned run, seen, macs;
};

static size_t load(const char *name, void *ret_bytes, size_t room)
{
	const char *source = getenv("SOURCE_ROOT");
	char path[800];
	uint8_t *bytes;
	size_t size;
	struct err err;
	snprintf(path, sizeof path, "%s/%s", source ? source : ".", name);
	if (!file_read(path, room, &bytes, &size, &err))
		fail_msg("%s", err.text);
	memcpy(ret_bytes, bytes, size);
	free(bytes);
	return size;
}

static void load_vector(const char *kind, int number, void *ret_bytes, size_t size)
{
	char name[80];
	snprintf(name, sizeof name, "tests/data/vibration/%s_%d.bin", kind, number);
	assert_int_equal(load(name, ret_bytes, size), size);
}

static void open_model(struct rt_interpreter *rt, const struct rt_kernel *kernels)
{
	model_bytes = (uint32_t)load("scenarios/vibration/vibration.tflite", model, sizeof model);
	assert_int_equal(rt_model_open(rt, model, model_bytes, arena, sizeof arena, kernels), RT_OK);
}

static void read_layers(struct check *check)
{
	static char text[16 << 10];
	text[load("tests/data/vibration/layers.txt", text, sizeof text - 1)] = '\0';
	unsigned run = RUNS, count = 0;
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		struct layer layer;
		unsigned op, bytes, crc;
		if (sscanf(line, "MODEL vibration bytes=%u crc=%x", &bytes, &crc) == 2) {
			assert_int_equal(bytes, model_bytes);
			assert_int_equal(crc, (uint32_t)crc32(0, model, model_bytes));
		}
		sscanf(line, "RUN %u", &run);
		if (sscanf(line, " op %u tensor %u bytes= %u crc=%x", &op, &layer.tensor, &layer.bytes,
			   &layer.crc) == 4) {
			assert_true(run < RUNS && op < LAYERS);
			check->expected[run][op] = layer;
			count++;
		}
	}
	assert_int_equal(count, RUNS * LAYERS);
}

static void check_layer(struct rt_interpreter *rt, const struct rt_mark *mark)
{
	struct check *check = rt->context;
	if (mark->kind != RT_MARK_LAYER_END)
		return;
	assert_int_equal(mark->index, check->seen);
	const struct layer *layer = &check->expected[check->run][check->seen++];
	assert_int_equal(mark->tensor, layer->tensor);
	assert_int_equal(mark->bytes, layer->bytes);
	assert_int_equal((uint32_t)crc32(0, rt_tensor_data(rt, mark->tensor), mark->bytes), layer->crc);
	check->macs += mark->value;
}

static void run_all(const struct rt_kernel *kernels)
{
	struct rt_interpreter rt;
	struct check check = { 0 };
	open_model(&rt, kernels);
	read_layers(&check);
	rt.on_layer = check_layer;
	rt.context = &check;
	for (check.run = 0; check.run < RUNS; check.run++) {
		int8_t output[CHANNELS];
		check.seen = check.macs = 0;
		load_vector("input", (int)check.run, rt_tensor_data(&rt, rt_input_tensor(&rt, 0)), FRAMES * CHANNELS);
		rt_invoke(&rt);
		assert_int_equal(check.seen, LAYERS);
		assert_int_equal(check.macs, MACS);
		load_vector("output", (int)check.run, output, sizeof output);
		assert_memory_equal(rt_tensor_data(&rt, rt_output_tensor(&rt, 0)), output, sizeof output);
	}
}

static void every_layer_is_what_numpy_computed(void **state)
{
	run_all(rt_kernels_plain);
}

static void every_layer_is_what_numpy_computed_with_dsp_kernels_too(void **state)
{
	run_all(rt_kernels_dsp);
}

/* The ring begins to be read at a frame that makes it wrap, as a stream does. */
static void a_window_becomes_the_tensor_that_the_training_saw(void **state)
{
	enum { RING = FRAMES + 37 };
	struct rt_interpreter rt;
	struct rt_tensor info;
	struct rt_window window;
	open_model(&rt, rt_kernels_plain);
	assert_int_equal(rt_tflite_tensor(&rt.model, (int32_t)rt_input_tensor(&rt, 0), &info), RT_OK);
	assert_int_equal(rt_window_open(&window, &info, CHANNELS, SCALE_16G), RT_OK);
	assert_int_equal(window.frames, FRAMES);
	for (int run = 0; run < RUNS; run++) {
		static int16_t frames[FRAMES][CHANNELS], ring[RING][CHANNELS];
		int8_t expected[FRAMES * CHANNELS], got[FRAMES * CHANNELS];
		unsigned first = (unsigned)run * 31;
		load_vector("window", run, frames, sizeof frames);
		load_vector("input", run, expected, sizeof expected);
		for (unsigned f = 0; f < FRAMES; f++)
			memcpy(ring[(first + f) % RING], frames[f], sizeof frames[f]);
		rt_window_quantize(&window, ring[0], RING, first, got);
		assert_memory_equal(got, expected, sizeof got);
	}
}

static void a_healthy_an_unbalanced_and_a_damaged_machine_are_told_apart(void **state)
{
	for (int run = 0; run < 6; run++) { /* the first six are two machines' healthy, imbalance, bearing */
		int8_t scores[CHANNELS];
		load_vector("output", run, scores, sizeof scores);
		for (int other = 0; other < CHANNELS; other++)
			assert_true(scores[run % 3] >= scores[other]);
		assert_true(scores[run % 3] > 0); /* more than one half */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layer_is_what_numpy_computed),
		cmocka_unit_test(every_layer_is_what_numpy_computed_with_dsp_kernels_too),
		cmocka_unit_test(a_window_becomes_the_tensor_that_the_training_saw),
		cmocka_unit_test(a_healthy_an_unbalanced_and_a_damaged_machine_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
