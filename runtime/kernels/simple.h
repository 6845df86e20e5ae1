/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of the operators without weights. Tensors are int8 where nothing else is said. */
#ifndef RUNTIME_KERNELS_SIMPLE_H
#define RUNTIME_KERNELS_SIMPLE_H

#include <stdint.h>

struct rt_factor {
	int32_t multiplier, shift;
};

/*
 * average: out = clamp(round(mean of the taps inside the picture), low, high), halves away from zero
 * max:     out = clamp(largest of them, low, high)
 *
 *   in   [batch][in_h][in_w][channels]
 *   out  [batch][out_h][out_w][channels]    must not overlap `in`
 */
struct rt_pool {
	uint16_t batch, in_h, in_w, channels, out_h, out_w, k_h, k_w, stride_h, stride_w;
	int16_t pad_top, pad_left;
	int8_t low, high;
};

/* out[r][i] = softmax over i of beta * scale * in[r][i], scale 1/256, zero point -128; shape [rows][depth] */
struct rt_softmax {
	uint32_t rows, depth;
	struct rt_factor factor; /* to Q5.26 */
	int32_t least;		 /* differences from the largest below this one count as exp() = 0 */
};

/*
 * ADD and MUL of a and b, each of the output's shape or 1 in some dimensions (broadcast).
 *   step_a, step_b: elements from one index to the next along the output's dimensions, 0 where broadcast
 */
struct rt_binary {
	int32_t dims[4], step_a[4], step_b[4];
	struct rt_factor a, b, out; /* MUL uses `out` only */
	int16_t offset_a, offset_b, out_zero;
	int8_t low, high;
};

/* PAD and PADV2 of any type: sizes in bytes, the last dimension counted in bytes. */
struct rt_pad {
	uint32_t in[4], before[4], after[4];
	uint32_t element; /* bytes */
	uint32_t value;	  /* its bytes, little endian; PADV2 reads it from input 2 when it runs */
};

/*
 * RELU, RELU6 and int8 QUANTIZE:  out = clamp(out_zero + (in - in_zero) * factor, low, high)
 * LOGISTIC: (in - in_zero) * factor is Q4.27; at `radius` and beyond the result is the range's end
 * QUANTIZE from and DEQUANTIZE to float: scale and zero point
 */
struct rt_map {
	uint32_t elements;
	struct rt_factor factor;
	float scale;
	int32_t in_zero, out_zero, radius;
	int8_t low, high, from_float;
};

void rt_average_pool(const struct rt_pool *p, const int8_t *in, int8_t *ret_out);
void rt_max_pool(const struct rt_pool *p, const int8_t *in, int8_t *ret_out);
void rt_softmax(const struct rt_softmax *p, const int8_t *in, int8_t *ret_out);
void rt_add(const struct rt_binary *p, const int8_t *a, const int8_t *b, int8_t *ret_out);
void rt_mul(const struct rt_binary *p, const int8_t *a, const int8_t *b, int8_t *ret_out);
void rt_pad(const struct rt_pad *p, const void *in, const void *value, void *ret_out);
void rt_map(const struct rt_map *p, const int8_t *in, int8_t *ret_out);
void rt_clip(const struct rt_map *p, const int8_t *in, int8_t *ret_out);
void rt_logistic(const struct rt_map *p, const int8_t *in, int8_t *ret_out);
void rt_quantize_f32(const struct rt_map *p, const float *in, int8_t *ret_out);
void rt_dequantize_f32(const struct rt_map *p, const int8_t *in, float *ret_out);

#endif
