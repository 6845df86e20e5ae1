/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of the operators that multiply and accumulate with int8 weights, and the plain and DSP-extension
 * twins that run them. Twins give the same bytes for the same parameters.
 *
 *   out = clamp(out_zero + (bias + sum of weight * (in + in_offset)) * factor, low, high)
 *
 * Taps outside the picture add nothing. Accumulators are 32 bits and wrap.
 */
#ifndef RUNTIME_KERNELS_CONV_H
#define RUNTIME_KERNELS_CONV_H

#include "runtime/fixed.h"
#include "runtime/kernels/kernel.h"

/* Requantisation: `factors` is 1 (per tensor) or the number of output channels. */
struct rt_output {
	int16_t zero;
	int8_t low, high;
	uint16_t factors;
	int16_t in_offset;    /* minus the input's zero point */
	int32_t multiplier[]; /* [factors], then int8_t shift[factors] */
};

/*
 *   in      [batch][in_h][in_w][in_c]
 *   weight  [out_c][k_h][k_w][group_c]      conv; group_c divides in_c
 *           [k_h][k_w][out_c]               depthwise; out_c = in_c * multiple
 *   bias    [out_c] int32, or NULL
 *   out     [batch][out_h][out_w][out_c]    must not overlap `in`
 */
struct rt_conv {
	uint16_t batch, in_h, in_w, in_c, out_h, out_w, out_c, k_h, k_w, group_c;
	uint16_t stride_h, stride_w, dilation_h, dilation_w;
	int16_t pad_top, pad_left;
	struct rt_output output;
};

/*
 *   in      [batch][depth]
 *   weight  [out_c][depth]
 *   bias    [out_c], or NULL
 *   out     [batch][out_c]    must not overlap `in`
 *
 * Float: `low` and `high` clamp, output.factors is 0.
 */
struct rt_fully_connected {
	uint32_t batch, depth, out_c;
	float low, high;
	struct rt_output output;
};

struct rt_span {
	int first, end; /* taps */
};

/* Which taps of a kernel of `taps`, the first at `origin`, lie in 0 … size - 1. */
static inline struct rt_span rt_taps_inside(int origin, int taps, int dilation, int size)
{
	struct rt_span span = { 0, taps };
	if (origin < 0)
		span.first = (-origin + dilation - 1) / dilation;
	if (origin + (taps - 1) * dilation >= size)
		span.end = origin >= size ? 0 : (size - 1 - origin) / dilation + 1;
	if (span.first > span.end)
		span.first = span.end;
	return span;
}

/* Writes the accumulated sums of output channels c, c + 1 … as the output's int8; count >= 1. */
void rt_requantize(const struct rt_output *output, uint32_t c, const int32_t *sum, uint32_t count,
		   int8_t *ret_out);

/* The same for channels c and c + 1 of two pixels; `sum` holds the first pixel's two, then the second's. */
void rt_requantize_2x2(const struct rt_output *output, uint32_t c, const int32_t *sum, int8_t *ret_first,
		       int8_t *ret_second);

void rt_conv_plain(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		   int8_t *ret_out);
void rt_conv_dsp(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		 int8_t *ret_out);
void rt_depthwise_plain(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
			int8_t *ret_out);
void rt_depthwise_dsp(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		      int8_t *ret_out);
void rt_fully_connected_plain(const struct rt_fully_connected *p, const int8_t *in, const int8_t *weight,
			      const int32_t *bias, int8_t *ret_out);
void rt_fully_connected_dsp(const struct rt_fully_connected *p, const int8_t *in, const int8_t *weight,
			    const int32_t *bias, int8_t *ret_out);
void rt_fully_connected_f32(const struct rt_fully_connected *p, const float *in, const float *weight,
			    const float *bias, float *ret_out);

#endif
