/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CONV_2D for cores with the DSP extension: two neighbouring pixels by two output channels at a time, which
 * needs 20 instructions for 16 products. Pixels cut differently by the picture's edge go alone.
 */
#include "runtime/kernels/dot_dsp.h"
#include "runtime/kernels/patch.h"
#include "runtime/kernels/walk_dsp.h"

static uint32_t channel_bytes(const struct rt_conv *p)
{
	return (uint32_t)p->k_h * p->k_w * p->in_c;
}

/* One pixel and channel c. */
static void one(const struct rt_conv *p, const struct rt_patch *patch, const int8_t *weight,
		const int32_t *bias, uint32_t c, int8_t *ret_out)
{
	const uint32_t offset = rt_both(p->output.in_offset);
	const int8_t *in = patch->in, *w = weight + c * channel_bytes(p) + patch->weight;
	int32_t sum = bias ? bias[c] : 0;
	for (int row = 0; row < patch->rows; row++, in += patch->in_step, w += patch->weight_step)
		sum += rt_dot_1x1(in, offset, w, (uint32_t)patch->length);
	rt_requantize(&p->output, c, &sum, 1, ret_out + c);
}

static void pixel(const struct rt_conv *p, const struct rt_patch *patch, const int8_t *weight,
		  const int32_t *bias, int8_t *ret_out)
{
	const uint32_t offset = rt_both(p->output.in_offset), bytes = channel_bytes(p);
	uint32_t c = 0;
	for (; c + 2 <= p->out_c; c += 2) {
		int32_t sum[2] = { bias ? bias[c] : 0, bias ? bias[c + 1] : 0 };
		const int8_t *in = patch->in, *w = weight + c * bytes + patch->weight;
		for (int row = 0; row < patch->rows; row++, in += patch->in_step, w += patch->weight_step)
			rt_dot_1x2(in, offset, w, w + bytes, (uint32_t)patch->length, sum);
		rt_requantize(&p->output, c, sum, 2, ret_out + c);
	}
	if (c < p->out_c)
		one(p, patch, weight, bias, c, ret_out);
}

/* A function of its own, so that the loop has all the registers. */
static __attribute__((noinline)) void walk_rows(struct rt_walk *walk, const struct rt_patch *patch,
						uint32_t offset)
{
	struct rt_walk w = *walk;
	const uint32_t length = (uint32_t)patch->length;
	for (int row = patch->rows; row > 0; row--) {
		rt_walk(&w, length, offset);
		w.a += patch->in_step - length;
		w.b += patch->in_step - length;
		w.w0 += patch->weight_step - length;
		w.w1 += patch->weight_step - length;
	}
	walk->sum[0] = w.sum[0];
	walk->sum[1] = w.sum[1];
	walk->sum[2] = w.sum[2];
	walk->sum[3] = w.sum[3];
}

/* Two pixels with the same taps, the second's input `right` bytes behind the first's. */
static __attribute__((noinline)) void two_pixels(const struct rt_conv *p, const struct rt_patch *patch,
						 uint32_t right, const int8_t *weight, const int32_t *bias,
						 int8_t *ret_out)
{
	const uint32_t bytes = channel_bytes(p), out_c = p->out_c, offset = rt_both(p->output.in_offset);
	const int8_t *w = weight + patch->weight;
	uint32_t c = 0;
	for (; c + 2 <= out_c; c += 2, w += 2 * bytes) {
		int32_t bias0 = bias ? bias[c] : 0, bias1 = bias ? bias[c + 1] : 0;
		struct rt_walk walk = {
			patch->in, patch->in + right, w, w + bytes, { bias0, bias1, bias0, bias1 }
		};
		walk_rows(&walk, patch, offset);
		rt_requantize_2x2(&p->output, c, walk.sum, ret_out + c, ret_out + out_c + c);
	}
	if (c < out_c) {
		struct rt_patch second = *patch;
		second.in += right;
		one(p, patch, weight, bias, c, ret_out);
		one(p, &second, weight, bias, c, ret_out + out_c);
	}
}

static void line(const struct rt_conv *p, const int8_t *in, struct rt_span rows, int y, const int8_t *weight,
		 const int32_t *bias, int8_t *ret_out)
{
	const uint32_t right = (uint32_t)p->stride_w * p->in_c;
	int x = -p->pad_left;
	for (int left = p->out_w; left > 0;) {
		struct rt_patch patch = rt_patch_at(p, in, rows, y, x);
		bool pair = left > 1 && x >= 0 && x + p->stride_w + p->k_w <= p->in_w;
		if (pair)
			two_pixels(p, &patch, right, weight, bias, ret_out);
		else
			pixel(p, &patch, weight, bias, ret_out);
		left -= 1 + pair;
		x += p->stride_w * (1 + pair);
		ret_out += p->out_c * (1 + pair);
	}
}

void rt_conv_dsp(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		 int8_t *ret_out)
{
	if (!rt_has_runs(p)) {
		rt_conv_plain(p, in, weight, bias, ret_out);
		return;
	}
	for (uint32_t b = 0; b < p->batch; b++, in += (uint32_t)p->in_h * p->in_w * p->in_c)
		for (int oy = 0; oy < p->out_h; oy++, ret_out += (uint32_t)p->out_w * p->out_c) {
			int y = oy * p->stride_h - p->pad_top;
			struct rt_span rows = rt_taps_inside(y, p->k_h, p->dilation_h, p->in_h);
			line(p, in, rows, y, weight, bias, ret_out);
		}
}

void rt_run_conv_dsp(const void *params, const struct rt_operands *o)
{
	rt_conv_dsp(params, o->in[0], o->in[1], o->in[2], o->out);
}
