/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DEPTHWISE_CONV_2D in plain C: four neighbouring output channels at a time, whose weights and (with one output
 * per input channel) inputs lie side by side.
 */
#include "runtime/kernels/conv.h"

/* One output pixel's place: its taps inside the picture, and their addresses for channel 0. */
struct place {
	struct rt_span rows, taps;
	const int8_t *in, *weight;
	uint32_t in_row, in_tap, weight_row; /* steps */
};

static int32_t one_channel(const struct rt_conv *p, const struct place *at, uint32_t in_c, uint32_t c)
{
	int32_t sum = 0;
	const int8_t *in_row = at->in + in_c, *weight_row = at->weight + c;
	for (int y = at->rows.first; y < at->rows.end; y++, in_row += at->in_row, weight_row += at->weight_row) {
		const int8_t *in = in_row, *weight = weight_row;
		for (int x = at->taps.first; x < at->taps.end; x++, in += at->in_tap, weight += p->out_c)
			sum += (*in + p->output.in_offset) * *weight;
	}
	return sum;
}

/* Channels c … c + 3; input channel i feeds output channel c + i, or (shared) all four. */
static void four_channels(const struct rt_conv *p, const struct place *at, const int8_t *in_row, uint32_t c,
			  bool shared, int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];
	const int32_t offset = p->output.in_offset;
	const uint32_t in_tap = at->in_tap, out_c = p->out_c;
	const int8_t *weight_row = at->weight + c;
	for (int y = at->rows.first; y < at->rows.end; y++, in_row += at->in_row, weight_row += at->weight_row) {
		const int8_t *in = in_row, *weight = weight_row;
		for (int x = at->taps.end - at->taps.first; x > 0; x--, in += in_tap, weight += out_c) {
			int32_t first = in[0] + offset;
			sum0 += first * weight[0];
			sum1 += (shared ? first : in[1] + offset) * weight[1];
			sum2 += (shared ? first : in[2] + offset) * weight[2];
			sum3 += (shared ? first : in[3] + offset) * weight[3];
		}
	}
	sum[0] = sum0;
	sum[1] = sum1;
	sum[2] = sum2;
	sum[3] = sum3;
}

static void pixel(const struct rt_conv *p, const struct place *at, const int32_t *bias, int8_t *ret_out)
{
	uint32_t c = 0, multiple = (uint32_t)p->out_c / p->in_c;
	bool shared = p->in_c == 1;
	for (; (shared || multiple == 1) && c + 4 <= p->out_c; c += 4) {
		int32_t sum[4] = { 0 };
		if (bias)
			for (uint32_t i = 0; i < 4; i++)
				sum[i] = bias[c + i];
		if (shared)
			four_channels(p, at, at->in, c, true, sum);
		else
			four_channels(p, at, at->in + c, c, false, sum);
		for (uint32_t i = 0; i < 4; i++)
			ret_out[c + i] = rt_requantize(&p->output, c + i, sum[i]);
	}
	for (; c < p->out_c; c++)
		ret_out[c] = rt_requantize(&p->output, c,
					   one_channel(p, at, c / multiple, c) + (bias ? bias[c] : 0));
}

void rt_depthwise_plain(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
			int8_t *ret_out)
{
	struct place at = {
		.in_row = (uint32_t)p->dilation_h * p->in_w * p->in_c,
		.in_tap = (uint32_t)p->dilation_w * p->in_c,
		.weight_row = (uint32_t)p->k_w * p->out_c,
	};
	for (uint32_t b = 0; b < p->batch; b++, in += (uint32_t)p->in_h * p->in_w * p->in_c)
		for (int oy = 0; oy < p->out_h; oy++) {
			int y = oy * p->stride_h - p->pad_top, x = -p->pad_left;
			at.rows = rt_taps_inside(y, p->k_h, p->dilation_h, p->in_h);
			y += at.rows.first * p->dilation_h;
			for (int ox = 0; ox < p->out_w; ox++, x += p->stride_w, ret_out += p->out_c) {
				at.taps = rt_taps_inside(x, p->k_w, p->dilation_w, p->in_w);
				int first = x + at.taps.first * p->dilation_w;
				at.in = in + (uint32_t)((y * p->in_w + first) * p->in_c);
				at.weight = weight + (uint32_t)((at.rows.first * p->k_w + at.taps.first) * p->out_c);
				pixel(p, &at, bias, ret_out);
			}
		}
}

void rt_run_depthwise_plain(const void *params, const struct rt_operands *o)
{
	rt_depthwise_plain(params, o->in[0], o->in[1], o->in[2], o->out);
}
