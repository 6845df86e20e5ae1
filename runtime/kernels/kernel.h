/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operator is to the interpreter: a prepare function that judges the tensors and writes the
 * operator's parameters into the arena, and a run function that does the work from those parameters alone.
 *
 * Parameters hold no pointers, so a plan has the same bytes on a 64-bit host and on the target.
 */
#ifndef RUNTIME_KERNELS_KERNEL_H
#define RUNTIME_KERNELS_KERNEL_H

#include "runtime/status.h"
#include "runtime/tflite.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_MAX_INPUTS 3

/* One operator while its model is being opened. */
struct rt_prepare {
	const struct rt_tflite *model;
	struct rt_operator op;
	uint32_t input_count; /* that are given: the last ones may be left out, a middle one may not */
	struct rt_tensor in[RT_MAX_INPUTS], out;
	uint8_t *free; /* the arena's free part */
	uint32_t free_bytes;
	uint32_t params_bytes; /* taken from it so far */
	uint32_t macs;	       /* multiply-accumulates of one run, for the layer mark */
};

/* Pointers of one run. Left out inputs are NULL. */
struct rt_operands {
	const void *in[RT_MAX_INPUTS];
	void *out;
};

struct rt_kernel {
	uint8_t op; /* enum rt_op */
	enum rt_status (*prepare)(struct rt_prepare *p);
	void (*run)(const void *params, const struct rt_operands *operands);
};

/* Each ends with an entry whose `run` is NULL. The second needs a core with the DSP extension (or a host). */
extern const struct rt_kernel rt_kernels_plain[];
extern const struct rt_kernel rt_kernels_dsp[];

/* Takes `bytes` (rounded up to 4) for the parameters; once per operator. NULL if the arena is full. */
void *rt_prepare_params(struct rt_prepare *p, uint32_t bytes);

/* True if every given input and the output are int8 with a usable scale and a zero point in -128 … 127. */
bool rt_is_int8(const struct rt_tensor *tensor);

/* True if both have the same rank and dimensions. */
bool rt_same_shape(const struct rt_tensor *a, const struct rt_tensor *b);

/* The int8 range that a fused activation (RT_UNSUPPORTED: TANH, SIGN_BIT) leaves of the output. */
enum rt_status rt_activation_range(int32_t activation, const struct rt_tensor *out, int8_t *ret_low,
				   int8_t *ret_high);

/* The same in float. */
enum rt_status rt_activation_range_f32(int32_t activation, float *ret_low, float *ret_high);

enum rt_status rt_prepare_conv(struct rt_prepare *p);
enum rt_status rt_prepare_depthwise(struct rt_prepare *p);
enum rt_status rt_prepare_fully_connected(struct rt_prepare *p);
enum rt_status rt_prepare_average_pool(struct rt_prepare *p);
enum rt_status rt_prepare_max_pool(struct rt_prepare *p);
enum rt_status rt_prepare_softmax(struct rt_prepare *p);
enum rt_status rt_prepare_reshape(struct rt_prepare *p);
enum rt_status rt_prepare_add(struct rt_prepare *p);
enum rt_status rt_prepare_mul(struct rt_prepare *p);
enum rt_status rt_prepare_pad(struct rt_prepare *p);
enum rt_status rt_prepare_quantize(struct rt_prepare *p);
enum rt_status rt_prepare_dequantize(struct rt_prepare *p);
enum rt_status rt_prepare_relu(struct rt_prepare *p);
enum rt_status rt_prepare_relu6(struct rt_prepare *p);
enum rt_status rt_prepare_logistic(struct rt_prepare *p);

void rt_run_conv_plain(const void *params, const struct rt_operands *operands);
void rt_run_conv_dsp(const void *params, const struct rt_operands *operands);
void rt_run_depthwise_plain(const void *params, const struct rt_operands *operands);
void rt_run_depthwise_dsp(const void *params, const struct rt_operands *operands);
void rt_run_fully_connected_plain(const void *params, const struct rt_operands *operands);
void rt_run_fully_connected_dsp(const void *params, const struct rt_operands *operands);
void rt_run_average_pool(const void *params, const struct rt_operands *operands);
void rt_run_max_pool(const void *params, const struct rt_operands *operands);
void rt_run_softmax(const void *params, const struct rt_operands *operands);
void rt_run_reshape(const void *params, const struct rt_operands *operands);
void rt_run_add(const void *params, const struct rt_operands *operands);
void rt_run_mul(const void *params, const struct rt_operands *operands);
void rt_run_pad(const void *params, const struct rt_operands *operands);
void rt_run_quantize(const void *params, const struct rt_operands *operands);
void rt_run_dequantize(const void *params, const struct rt_operands *operands);
void rt_run_relu(const void *params, const struct rt_operands *operands);
void rt_run_relu6(const void *params, const struct rt_operands *operands);
void rt_run_logistic(const void *params, const struct rt_operands *operands);

#endif
