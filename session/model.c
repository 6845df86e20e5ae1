/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model as the bundled runtime sees it, asked on the host: the same code, the same plan. */
#include "runtime/interpreter.h"
#include "runtime/window.h"
#include "session/bundled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_ARENA (64u << 20) /* no microcontroller has that; only the plan is wanted, nothing runs */

const char *session_status_text(uint32_t status)
{
	switch (status) {
#define TEXT(name, value, text) case value: return text;
		RT_STATUS_LIST(TEXT)
#undef TEXT
	}
	return "an unknown status";
}

static bool open_model(const char *path, const void *model, size_t model_bytes, void *arena,
		       struct session_model *ret_model, struct err *err)
{
	struct rt_interpreter rt;
	enum rt_status status =
		rt_model_open(&rt, model, (uint32_t)model_bytes, arena, LARGEST_ARENA, rt_kernels_plain);
	if (status != RT_OK && rt.stopped_at != RT_NONE)
		return err_input(err, "%s: operator %u (TFLite's builtin %u): %s", path, rt.stopped_at, rt.stopped_op,
				 session_status_text(status));
	if (status != RT_OK)
		return err_input(err, "%s: %s", path, session_status_text(status));
	struct session_model found = {.arena_bytes = rt.arena_needed, .inputs = rt.model.inputs.count,
				      .outputs = rt.model.outputs.count, .operators = rt.model.operators.count};
	for (uint32_t i = 0; i < found.inputs; i++) {
		struct rt_tensor tensor = {0};
		if (rt_tflite_tensor(&rt.model, (int32_t)rt_input_tensor(&rt, i), &tensor) == RT_OK)
			found.input_bytes += tensor.bytes;
		if (i == 0)
			found.input = tensor;
	}
	*ret_model = found;
	return true;
}

bool session_model_check(const char *path, const uint8_t *model, size_t model_bytes, struct session_model *ret_model,
			 struct err *err)
{
	void *copy = NULL, *arena = NULL;
	bool ok = posix_memalign(&copy, 16, model_bytes + 16) == 0 && posix_memalign(&arena, 16, LARGEST_ARENA) == 0;
	if (ok) {
		memcpy(copy, model, model_bytes); /* where the firmware finds it, it is aligned */
		ok = open_model(path, copy, model_bytes, arena, ret_model, err);
	} else {
		err_internal(err, "out of memory");
	}
	free(copy);
	free(arena);
	return ok;
}

static const char *show_shape(const struct rt_tensor *tensor, char *text, size_t size)
{
	size_t used = 0;
	for (unsigned i = 0; i < tensor->rank && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%d", i ? ", " : "", tensor->dims[i]);
	return text;
}

bool session_stream_check(const char *path, const struct session_model *model, const struct session_port *port,
			  uint64_t *ret_arena_bytes, struct err *err)
{
	struct rt_window window;
	char shape[80] = "";
	if (model->inputs != 1)
		return err_input(err, "%s has %u inputs; a sensor fills a model of one", path, model->inputs);
	enum rt_status status = rt_window_open(&window, &model->input, port->channels, port->scale);
	if (status == RT_BAD_SENSOR)
		return err_input(err, "it has %u channel%s; %s wants [%s], which is no window of such frames",
				 port->channels, port->channels == 1 ? "" : "s", path,
				 show_shape(&model->input, shape, sizeof shape));
	if (status != RT_OK)
		return err_input(err, "%s: its input is not int8, or has a scale beyond what the sensor can mean", path);
	*ret_arena_bytes = rt_window_arena_bytes(&window, model->arena_bytes, port->depth);
	return true;
}
