/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a TensorFlow Lite model (FlatBuffer schema version 3) where it lies, usually in flash. Copies nothing
 * and knows no arithmetic. Facts of the format: schema.fbs of TensorFlow, "FlatBuffer Internals".
 *
 * Invariant: no byte outside [bytes, bytes + size) is ever read, whatever the file says; a broken file is
 * RT_BAD_MODEL. Scalars are read byte by byte, so the file itself may lie at any address; tensor data is
 * handed out as a position, and whoever needs alignment checks it.
 */
#ifndef RUNTIME_TFLITE_H
#define RUNTIME_TFLITE_H

#include "runtime/status.h"

#include <stdbool.h>
#include <stdint.h>

#define RT_MAX_RANK 6

/* Builtin operator codes, TensorFlow's numbers. */
enum rt_op {
	RT_OP_ADD = 0,
	RT_OP_AVERAGE_POOL_2D = 1,
	RT_OP_CONV_2D = 3,
	RT_OP_DEPTHWISE_CONV_2D = 4,
	RT_OP_DEQUANTIZE = 6,
	RT_OP_FULLY_CONNECTED = 9,
	RT_OP_LOGISTIC = 14,
	RT_OP_MAX_POOL_2D = 17,
	RT_OP_MUL = 18,
	RT_OP_RELU = 19,
	RT_OP_RELU6 = 21,
	RT_OP_RESHAPE = 22,
	RT_OP_SOFTMAX = 25,
	RT_OP_PAD = 34,
	RT_OP_PADV2 = 60,
	RT_OP_QUANTIZE = 114,
};

enum rt_type {
	RT_TYPE_FLOAT32 = 0,
	RT_TYPE_INT32 = 2,
	RT_TYPE_UINT8 = 3,
	RT_TYPE_INT64 = 4,
	RT_TYPE_BOOL = 6,
	RT_TYPE_INT16 = 7,
	RT_TYPE_INT8 = 9,
};

/* A vector in the file: its first element's position, and how many elements lie wholly inside the file. */
struct rt_vector {
	uint32_t at, count;
};

struct rt_tflite {
	const uint8_t *bytes;
	uint32_t size;
	struct rt_vector codes, buffers, tensors, operators;
	struct rt_vector inputs, outputs; /* int32 tensor indices, each checked to be below tensors.count */
};

struct rt_tensor {
	uint8_t type; /* enum rt_type */
	uint8_t rank;
	int32_t dims[RT_MAX_RANK]; /* each >= 1 */
	uint32_t elements, bytes;
	uint32_t data;		 /* constant: position of its `bytes` bytes in the file; otherwise 0 */
	struct rt_vector scales; /* of float; count 0: not quantised */
	float scale;		 /* the first one, or 0 */
	int32_t zero_point;	 /* the first one, or 0 */
	int32_t axis;		 /* that `scales` belong to, if there are several */
};

struct rt_operator {
	uint32_t op;			  /* enum rt_op, or a code this runtime does not know */
	struct rt_vector inputs, outputs; /* int32 tensor indices; -1: left out */
	uint32_t options;		  /* position of the options table, or 0 */
};

/*
 * Opens the first subgraph of the model. `bytes` must stay where they are while `ret_model` is used.
 * Returns RT_OK or RT_BAD_MODEL.
 */
enum rt_status rt_tflite_open(struct rt_tflite *ret_model, const void *bytes, uint32_t size);

/*
 * Tensor `index` (any number). RT_UNSUPPORTED: sparse or variable tensor, a type without fixed size, rank >
 * 6.
 */
enum rt_status rt_tflite_tensor(const struct rt_tflite *model, int32_t index, struct rt_tensor *ret_tensor);

/* Operator `index` < operators.count. Its tensor indices are checked to be -1 … tensors.count - 1. */
enum rt_status rt_tflite_operator(const struct rt_tflite *model, uint32_t index,
				  struct rt_operator *ret_operator);

/* Element `i` of a vector of int32 (or float); `otherwise` if there are not as many. */
int32_t rt_tflite_i32(const struct rt_tflite *model, struct rt_vector vector, uint32_t i, int32_t otherwise);
float rt_tflite_f32(const struct rt_tflite *model, struct rt_vector vector, uint32_t i);

/* Field number `field` of an operator's options; `otherwise` if it is left out (the schema's default). */
int32_t rt_tflite_option_i32(const struct rt_tflite *model, const struct rt_operator *op, unsigned field,
			     int32_t otherwise);
int32_t rt_tflite_option_i8(const struct rt_tflite *model, const struct rt_operator *op, unsigned field);
float rt_tflite_option_f32(const struct rt_tflite *model, const struct rt_operator *op, unsigned field);

#endif
