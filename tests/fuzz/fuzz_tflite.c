/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a model: opened and, if that succeeds, run through both twins, whose outputs must be equal.
 * libFuzzer target; with clang, from the root of the project:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -fwrapv -ffp-contract=off -I. tests/fuzz/fuzz_tflite.c \
 *         runtime/{tflite,fixed,planner,interpreter}.c runtime/kernels/?*.c -o fuzz_tflite
 *   ./fuzz_tflite -runs=100000 -max_len=4096 CORPUS
 *
 * A good first corpus is any small int8 model.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/interpreter.h"

#define ARENA_BYTES (1u << 18)
#define MAX_MACS 20000000u /* a tiny file can describe hours of work */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t arenas[2][ARENA_BYTES];

static uint32_t sum_bytes(const struct rt_interpreter *rt)
{
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < rt->model.tensors.count; i++) {
		struct rt_tensor tensor;
		if (rt_tflite_tensor(&rt->model, (int32_t)i, &tensor) == RT_OK)
			bytes += tensor.bytes;
	}
	return bytes > MAX_MACS ? MAX_MACS : (uint32_t)bytes;
}

static int run(struct rt_interpreter *rt, const uint8_t *model, size_t size, uint8_t *arena,
	       const struct rt_kernel *kernels)
{
	if (rt_model_open(rt, model, (uint32_t)size, arena, ARENA_BYTES, kernels) != RT_OK)
		return 0;
	if (rt_model_macs(rt) > MAX_MACS || sum_bytes(rt) >= MAX_MACS)
		return 0;
	for (uint32_t i = 0; i < rt->model.inputs.count; i++) {
		struct rt_tensor tensor;
		if (rt_tflite_tensor(&rt->model, (int32_t)rt_input_tensor(rt, i), &tensor) == RT_OK)
			memset(rt_tensor_data(rt, rt_input_tensor(rt, i)), 0x5a, tensor.bytes);
	}
	rt_invoke(rt);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rt_interpreter plain, dsp;
	if (size > 1u << 20)
		return 0;
	uint8_t *model = aligned_alloc(16, (size + 16) & ~(size_t)15);
	if (!model)
		return 0;
	memcpy(model, data, size);
	memset(arenas, 0, sizeof arenas);
	if (run(&plain, model, size, arenas[0], rt_kernels_plain)) {
		assert(run(&dsp, model, size, arenas[1], rt_kernels_dsp));
		assert(plain.arena_needed == dsp.arena_needed);
		for (uint32_t i = 0; i < plain.model.outputs.count; i++) {
			struct rt_tensor tensor;
			uint32_t output = rt_output_tensor(&plain, i);
			if (rt_tflite_tensor(&plain.model, (int32_t)output, &tensor) == RT_OK &&
			    tensor.type == RT_TYPE_INT8)
				assert(!memcmp(rt_tensor_data(&plain, output), rt_tensor_data(&dsp, output),
					       tensor.bytes));
		}
	}
	free(model);
	return 0;
}
