/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens a model over an arena and runs it. Everything it needs besides the model and this struct lies in the
 * arena, so `arena_needed` is the whole truth:
 *
 *   0                     place of every tensor (uint32_t each)
 *                         per operator: struct rt_node, its parameters
 *   16-byte boundary      activations, sharing places by lifetime (while planning: the lives)
 *
 * The layout has no pointers: the same model needs the same bytes on a host and on any target.
 */
#ifndef RUNTIME_INTERPRETER_H
#define RUNTIME_INTERPRETER_H

#include "runtime/kernels/kernel.h"
#include "runtime/protocol.h"
#include "runtime/status.h"
#include "runtime/tflite.h"

#include <stdint.h>

#define RT_NONE 0xffffffffu

struct rt_interpreter {
	struct rt_tflite model;
	uint8_t *arena;
	uint32_t arena_bytes;
	uint32_t arena_needed; /* also known if rt_model_open ends with RT_NO_MEMORY for the activations */
	uint32_t first_node, nodes_end;
	const struct rt_kernel *kernels;
	uint32_t stopped_at; /* operator that rt_model_open refused, or RT_NONE */
	uint32_t stopped_op; /* its code */
	/* Called before and after each operator with LAYER_BEGIN and LAYER_END, if not NULL. */
	void (*on_layer)(struct rt_interpreter *rt, const struct rt_mark *mark);
	void *context; /* the caller's */
};

/*
 * Judges and plans the model. `model` and `arena` must lie on 16-byte boundaries and stay while `rt` is used;
 * `kernels` is rt_kernels_plain or rt_kernels_dsp. on_layer and context are cleared.
 * On failure only arena_needed, stopped_at and stopped_op mean anything.
 */
enum rt_status rt_model_open(struct rt_interpreter *rt, const void *model, uint32_t model_bytes, void *arena,
			     uint32_t arena_bytes, const struct rt_kernel *kernels);

/* Multiply-accumulates of one run of all operators. */
uint64_t rt_model_macs(const struct rt_interpreter *rt);

/* Runs all operators once. Inputs may have been overwritten afterwards. */
void rt_invoke(struct rt_interpreter *rt);

/* Tensor index of the model's input or output `i` < inputs.count or outputs.count. */
uint32_t rt_input_tensor(const struct rt_interpreter *rt, uint32_t i);
uint32_t rt_output_tensor(const struct rt_interpreter *rt, uint32_t i);

/* Where a tensor's bytes lie now: in the arena or in the model. NULL if no operator uses it. */
void *rt_tensor_data(const struct rt_interpreter *rt, uint32_t tensor);

#endif
