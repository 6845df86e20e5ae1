/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Public models, layer by layer against what TensorFlow Lite Micro's reference kernels gave: a folder per
 * model with model.tflite, input_N.bin, output_N.bin and layers.txt (each operator's output as a CRC-32). The
 * folder lies beside the project and is not part of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/err.h"
#include "base/file.h"
#include "runtime/interpreter.h"

#define ARENA_BYTES (512u << 10)
#define MAX_LAYERS 64

struct layer {
	int tensor;
	unsigned bytes, crc;
};

struct run {
	const char *folder;
	struct layer expected[MAX_LAYERS];
	unsigned count, seen;
};

static char root[600];

static uint8_t *read_aligned(const char *folder, const char *name, size_t *ret_size)
{
	char path[800];
	struct err err;
	uint8_t *bytes;
	snprintf(path, sizeof path, "%s/%s/%s", root, folder, name);
	if (!file_read(path, 1 << 20, &bytes, ret_size, &err))
		fail_msg("%s", err.text);
	uint8_t *aligned = aligned_alloc(16, (*ret_size + 16) & ~(size_t)15);
	assert_non_null(aligned);
	memcpy(aligned, bytes, *ret_size + 1);
	free(bytes);
	return aligned;
}

/* The operators of run `number` in layers.txt. */
static void read_layers(struct run *run, int number)
{
	size_t size;
	char *text = (char *)read_aligned(run->folder, "layers.txt", &size), *rest = text;
	int current = -1;
	run->count = run->seen = 0;
	for (char *line; (line = strsep(&rest, "\n"));) {
		struct layer layer;
		unsigned op;
		sscanf(line, "RUN %d", &current);
		if (current == number && sscanf(line, " op %u tensor %d bytes= %u crc=%x", &op, &layer.tensor,
						&layer.bytes, &layer.crc) == 4) {
			assert_true(run->count < MAX_LAYERS);
			assert_int_equal(op, run->count);
			run->expected[run->count++] = layer;
		}
	}
	free(text);
	assert_true(run->count > 0);
}

static void check_layer(struct rt_interpreter *rt, const struct rt_mark *mark)
{
	struct run *run = rt->context;
	if (mark->kind != RT_MARK_LAYER_END)
		return;
	assert_true(mark->index < run->count);
	const struct layer *layer = &run->expected[mark->index];
	assert_int_equal(mark->tensor, layer->tensor);
	assert_int_equal(mark->bytes, layer->bytes);
	uint32_t crc = (uint32_t)crc32(0, rt_tensor_data(rt, mark->tensor), mark->bytes);
	if (crc != layer->crc)
		fail_msg("%s: operator %u (code %u): CRC-32 %08x instead of %08x", run->folder, mark->index,
			 mark->op, crc, layer->crc);
	run->seen++;
}

static void run_once(struct rt_interpreter *rt, struct run *run, int number)
{
	char name[32];
	size_t size;
	struct rt_tensor info;
	read_layers(run, number);
	snprintf(name, sizeof name, "input_%d.bin", number);
	uint8_t *input = read_aligned(run->folder, name, &size);
	assert_int_equal(rt_tflite_tensor(&rt->model, (int32_t)rt_input_tensor(rt, 0), &info), RT_OK);
	assert_int_equal(size, info.bytes);
	memcpy(rt_tensor_data(rt, rt_input_tensor(rt, 0)), input, size);
	rt_invoke(rt);
	assert_int_equal(run->seen, run->count);
	snprintf(name, sizeof name, "output_%d.bin", number);
	uint8_t *output = read_aligned(run->folder, name, &size);
	assert_memory_equal(rt_tensor_data(rt, rt_output_tensor(rt, 0)), output, size);
	free(input);
	free(output);
}

static void run_model(const char *folder, const struct rt_kernel *kernels)
{
	if (access(root, R_OK) != 0) {
		print_message("shared models absent\n");
		return;
	}
	struct run run = { .folder = folder };
	struct rt_interpreter rt;
	size_t size;
	uint8_t *model = read_aligned(folder, "model.tflite", &size);
	uint8_t *arena = aligned_alloc(16, ARENA_BYTES);
	assert_non_null(arena);
	assert_int_equal(rt_model_open(&rt, model, (uint32_t)size, arena, ARENA_BYTES, kernels), RT_OK);
	rt.on_layer = check_layer;
	rt.context = &run;
	for (int number = 0; number < 4; number++)
		run_once(&rt, &run, number);
	print_message("%s: arena %u bytes\n", folder, rt.arena_needed);
	free(arena);
	free(model);
}

#define MODEL(name)                                                                                          \
	static void name##_gives_the_reference_bytes_in_every_layer(void **state)                            \
	{                                                                                                    \
		run_model(#name, *state);                                                                    \
	}

MODEL(hello_world_int8)
MODEL(hello_world_float)
MODEL(micro_speech_quantized)
MODEL(kws_ref_model)
MODEL(person_detect)

static int use_plain(void **state)
{
	*state = (void *)(uintptr_t)rt_kernels_plain;
	return 0;
}

static int use_dsp(void **state)
{
	*state = (void *)(uintptr_t)rt_kernels_dsp;
	return 0;
}

int main(void)
{
	const char *source = getenv("SOURCE_ROOT");
	snprintf(root, sizeof root, "%s/../shared/models", source ? source : ".");
#define TEST(name, setup) cmocka_unit_test_setup(name##_gives_the_reference_bytes_in_every_layer, setup)
	const struct CMUnitTest tests[] = {
		TEST(hello_world_int8, use_plain),
		TEST(hello_world_float, use_plain),
		TEST(micro_speech_quantized, use_plain),
		TEST(kws_ref_model, use_plain),
		TEST(person_detect, use_plain),
		TEST(hello_world_int8, use_dsp),
		TEST(hello_world_float, use_dsp),
		TEST(micro_speech_quantized, use_dsp),
		TEST(kws_ref_model, use_dsp),
		TEST(person_detect, use_dsp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
