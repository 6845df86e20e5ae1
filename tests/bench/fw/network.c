/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shipped vibration model (int8 convolutions) on the bundled runtime's kernels. A round is one inference. */
#include "bench.h"
#include "runtime/interpreter.h"
#include "runtime/kernels/kernel.h"

#include <string.h>

extern const uint8_t model[], model_end[], input[], input_end[];

static struct rt_interpreter interpreter;
static uint8_t arena[40 << 10] __attribute__((aligned(16)));

uint32_t work(uint32_t rounds)
{
	struct rt_interpreter *rt = &interpreter;
	uint32_t sum = 0;
	if (rt_model_open(rt, model, (uint32_t)(model_end - model), arena, sizeof arena, rt_kernels_dsp) != RT_OK)
		return 0;
	uint32_t bytes = (uint32_t)(input_end - input);
	for (uint32_t round = 0; round < rounds; round++) {
		int8_t *in = rt_tensor_data(rt, rt_input_tensor(rt, 0));
		memcpy(in, input, bytes);
		in[round % bytes] ^= (int8_t)round; /* each inference sees something else */
		rt_invoke(rt);
		const uint8_t *out = rt_tensor_data(rt, rt_output_tensor(rt, 0));
		for (uint32_t i = 0; i < 3; i++)
			sum = mix(sum, out[i]);
	}
	return sum;
}
