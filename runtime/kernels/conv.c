/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CONV_2D in plain C. Several output channels share each input value, so that loading it and adding its
 * offset cost a fraction.
 */
#include "runtime/kernels/conv.h"
#include "runtime/kernels/dot.h"
#include "runtime/kernels/patch.h"

static void pixel(const struct rt_conv *p, const struct rt_patch *patch, const int8_t *weight,
		  const int32_t *bias, int8_t *ret_out)
{
	uint32_t channel_bytes = (uint32_t)p->k_h * p->k_w * p->in_c;
	uint32_t c = 0;
	weight += patch->weight;
	for (; c + RT_DOT_CHANNELS <= p->out_c; c += RT_DOT_CHANNELS) {
		int32_t sum[RT_DOT_CHANNELS];
		rt_dot_bias(bias, c, sum);
		const int8_t *in = patch->in, *w = weight;
		for (int row = 0; row < patch->rows; row++) {
			rt_dot_channels(in, p->output.in_offset, w, channel_bytes, patch->length, sum);
			in += patch->in_step;
			w += patch->weight_step;
		}
		rt_requantize(&p->output, c, sum, RT_DOT_CHANNELS, ret_out + c);
		weight += channel_bytes * RT_DOT_CHANNELS;
	}
	for (; c < p->out_c; c++) {
		int32_t sum = bias ? bias[c] : 0;
		for (int row = 0; row < patch->rows; row++)
			sum += rt_dot(patch->in + (uint32_t)row * patch->in_step, p->output.in_offset,
				      weight + (uint32_t)row * patch->weight_step, patch->length);
		rt_requantize(&p->output, c, &sum, 1, ret_out + c);
		weight += channel_bytes;
	}
}

void rt_conv_scattered(const struct rt_conv *p, const int8_t *in, struct rt_span rows, int y, int x,
		       const int8_t *weight, const int32_t *bias, int8_t *ret_out)
{
	struct rt_span taps = rt_taps_inside(x, p->k_w, p->dilation_w, p->in_w);
	uint32_t channels_per_group = p->out_c / ((uint32_t)p->in_c / p->group_c);
	for (uint32_t c = 0; c < p->out_c; c++) {
		int32_t sum = bias ? bias[c] : 0;
		const int8_t *group = in + c / channels_per_group * p->group_c;
		for (int ky = rows.first; ky < rows.end; ky++)
			for (int kx = taps.first; kx < taps.end; kx++)
				sum += rt_dot(group + (uint32_t)(((y + ky * p->dilation_h) * p->in_w + x +
								  kx * p->dilation_w) *
								 p->in_c),
					      p->output.in_offset,
					      weight + (uint32_t)(ky * p->k_w + kx) * p->group_c, p->group_c);
		rt_requantize(&p->output, c, &sum, 1, ret_out + c);
		weight += (uint32_t)p->k_h * p->k_w * p->group_c;
	}
}

void rt_conv_plain(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		   int8_t *ret_out)
{
	bool runs = rt_has_runs(p);
	for (uint32_t b = 0; b < p->batch; b++, in += (uint32_t)p->in_h * p->in_w * p->in_c)
		for (int oy = 0; oy < p->out_h; oy++) {
			int y = oy * p->stride_h - p->pad_top, x = -p->pad_left;
			struct rt_span rows = rt_taps_inside(y, p->k_h, p->dilation_h, p->in_h);
			for (int ox = 0; ox < p->out_w; ox++, x += p->stride_w, ret_out += p->out_c) {
				if (!runs) {
					rt_conv_scattered(p, in, rows, y, x, weight, bias, ret_out);
					continue;
				}
				struct rt_patch patch = rt_patch_at(p, in, rows, y, x);
				pixel(p, &patch, weight, bias, ret_out);
			}
		}
}

void rt_run_conv_plain(const void *params, const struct rt_operands *o)
{
	rt_conv_plain(params, o->in[0], o->in[1], o->in[2], o->out);
}
