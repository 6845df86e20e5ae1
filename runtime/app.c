/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the model that the configuration names; RT_MODE_INFER. */
#include "runtime/app.h"
#include "runtime/hal/hal.h"

#include <string.h>

#if defined(__ARM_FEATURE_DSP)
#define KERNELS rt_kernels_dsp
#else
#define KERNELS rt_kernels_plain
#endif

/* Volatile: whoever flashes the firmware fills it in, and the compiler must not believe these zeros. */
const volatile struct rt_config rt_config
	__attribute__((section(".rt_config"), used)) = { .magic = RT_CONFIG_MAGIC };

static struct rt_interpreter interpreter;

_Noreturn void rt_stop(enum rt_status status, uint32_t operator_index, uint32_t op)
{
	struct rt_mark error = {
		.kind = RT_MARK_ERROR,
		.index = operator_index,
		.op = op,
		.value = status,
	};
	if (status != RT_OK)
		rt_mark(&error);
	struct rt_mark done = { .kind = RT_MARK_DONE, .value = status };
	rt_mark(&done);
	for (;;) {
		rt_mask();
		rt_sleep();
	}
}

void rt_mark_arena(uint32_t bytes)
{
	struct rt_mark mark = {
		.kind = RT_MARK_ARENA,
		.at = rt_config.arena_at,
		.bytes = rt_config.arena_bytes,
		.value = bytes,
	};
	rt_mark(&mark);
}

void rt_mark_inference(uint32_t kind, uint32_t index)
{
	struct rt_mark mark = { .kind = kind, .index = index };
	rt_mark(&mark);
}

static void mark_layer(struct rt_interpreter *rt, const struct rt_mark *mark)
{
	(void)rt;
	rt_mark(mark);
}

static void open_model(void)
{
	struct rt_interpreter *rt = &interpreter;
	if (rt_config.magic != RT_CONFIG_MAGIC || rt_config.arena_bytes == 0)
		rt_stop(RT_BAD_CONFIG, RT_NONE, 0);
	rt_mark_arena(0); /* planning uses the arena too: whoever watches it begins here */
	enum rt_status status = rt_model_open(rt, (const void *)rt_config.model_at, rt_config.model_bytes,
					      (void *)rt_config.arena_at, rt_config.arena_bytes, KERNELS);
	if (status == RT_NO_MEMORY && rt->arena_needed)
		rt_mark_arena(rt->arena_needed);
	if (status != RT_OK)
		rt_stop(status, rt->stopped_at, rt->stopped_op);
	if (rt_config.layer_marks)
		rt->on_layer = mark_layer;
}

static uint32_t tensor_bytes(const struct rt_interpreter *rt, uint32_t tensor)
{
	struct rt_tensor info;
	return rt_tflite_tensor(&rt->model, (int32_t)tensor, &info) == RT_OK ? info.bytes : 0;
}

/* Copies the model's inputs from `from`; returns the place behind them. */
static const uint8_t *copy_inputs(struct rt_interpreter *rt, const uint8_t *from)
{
	for (uint32_t i = 0; i < rt->model.inputs.count; i++) {
		uint32_t tensor = rt_input_tensor(rt, i), bytes = tensor_bytes(rt, tensor);
		memcpy(rt_tensor_data(rt, tensor), from, bytes);
		from += bytes;
	}
	return from;
}

static void mark_outputs(struct rt_interpreter *rt)
{
	for (uint32_t i = 0; i < rt->model.outputs.count; i++) {
		uint32_t tensor = rt_output_tensor(rt, i);
		struct rt_mark mark = {
			.kind = RT_MARK_OUTPUT,
			.index = i,
			.tensor = tensor,
			.at = (uint32_t)(uintptr_t)rt_tensor_data(rt, tensor),
			.bytes = tensor_bytes(rt, tensor),
		};
		rt_mark(&mark);
	}
}

_Noreturn static void infer(struct rt_interpreter *rt)
{
	rt_mark_arena(rt->arena_needed);
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < rt->model.inputs.count; i++)
		bytes += tensor_bytes(rt, rt_input_tensor(rt, i));
	if (bytes * rt_config.runs != rt_config.input_bytes)
		rt_stop(RT_BAD_CONFIG, RT_NONE, 0);
	const uint8_t *from = (const uint8_t *)rt_config.input_at;
	for (uint32_t run = 0; run < rt_config.runs; run++) {
		rt_mark_inference(RT_MARK_INFERENCE_BEGIN, run);
		from = copy_inputs(rt, from);
		rt_invoke(rt);
		rt_mark_inference(RT_MARK_INFERENCE_END, run);
		mark_outputs(rt);
	}
	rt_stop(RT_OK, RT_NONE, 0);
}

_Noreturn void rt_main(void)
{
	rt_uart_open();
	open_model();
	if (rt_config.mode == RT_MODE_INFER)
		infer(&interpreter);
	rt_stream(&interpreter);
}
