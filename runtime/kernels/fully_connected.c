/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/kernels/conv.h"
#include "runtime/kernels/dot.h"

void rt_fully_connected_plain(const struct rt_fully_connected *p, const int8_t *in, const int8_t *weight,
			      const int32_t *bias, int8_t *ret_out)
{
	for (uint32_t b = 0; b < p->batch; b++, in += p->depth, ret_out += p->out_c) {
		const int8_t *w = weight;
		uint32_t c = 0;
		for (; c + RT_DOT_CHANNELS <= p->out_c;
		     c += RT_DOT_CHANNELS, w += RT_DOT_CHANNELS * p->depth) {
			int32_t sum[RT_DOT_CHANNELS];
			rt_dot_bias(bias, c, sum);
			rt_dot_channels(in, p->output.in_offset, w, p->depth, (int32_t)p->depth, sum);
			rt_requantize(&p->output, c, sum, RT_DOT_CHANNELS, ret_out + c);
		}
		for (; c < p->out_c; c++, w += p->depth) {
			int32_t sum =
				(bias ? bias[c] : 0) + rt_dot(in, p->output.in_offset, w, (int32_t)p->depth);
			rt_requantize(&p->output, c, &sum, 1, ret_out + c);
		}
	}
}

/* One product after the other, unfused, the bias last: the order in which the reference rounds. */
void rt_fully_connected_f32(const struct rt_fully_connected *p, const float *in, const float *weight,
			    const float *bias, float *ret_out)
{
	for (uint32_t b = 0; b < p->batch; b++, in += p->depth)
		for (uint32_t c = 0; c < p->out_c; c++) {
			const float *w = weight + c * p->depth;
			float sum = 0;
			for (uint32_t i = 0; i < p->depth; i++)
				sum += in[i] * w[i];
			sum += bias ? bias[c] : 0;
			*ret_out++ = sum < p->low ? p->low : sum > p->high ? p->high : sum;
		}
}

void rt_run_fully_connected_plain(const void *params, const struct rt_operands *o)
{
	const struct rt_fully_connected *p = params;
	if (p->output.factors)
		rt_fully_connected_plain(p, o->in[0], o->in[1], o->in[2], o->out);
	else
		rt_fully_connected_f32(p, o->in[0], o->in[1], o->in[2], o->out);
}
