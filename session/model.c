/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model as the bundled runtime sees it, asked on the host: the same code, the same plan. */
#include "runtime/interpreter.h"
#include "session/bundled.h"

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
		struct rt_tensor tensor;
		if (rt_tflite_tensor(&rt.model, (int32_t)rt_input_tensor(&rt, i), &tensor) == RT_OK)
			found.input_bytes += tensor.bytes;
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
