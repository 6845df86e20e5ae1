/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/kernels/conv.h"
#include "runtime/dsp.h"
#include "runtime/kernels/dot_dsp.h"

void rt_fully_connected_dsp(const struct rt_fully_connected *p, const int8_t *in, const int8_t *weight,
			    const int32_t *bias, int8_t *ret_out)
{
	const uint32_t offset = rt_both(p->output.in_offset), depth = p->depth;
	for (uint32_t b = 0; b < p->batch; b++, in += depth, ret_out += p->out_c) {
		const int8_t *w = weight;
		uint32_t c = 0;
		for (; c + 2 <= p->out_c; c += 2, w += 2 * depth) {
			int32_t sum[2] = { bias ? bias[c] : 0, bias ? bias[c + 1] : 0 };
			rt_dot_1x2(in, offset, w, w + depth, depth, sum);
			rt_requantize(&p->output, c, sum, 2, ret_out + c);
		}
		if (c < p->out_c) {
			int32_t sum = (bias ? bias[c] : 0) + rt_dot_1x1(in, offset, w, depth);
			rt_requantize(&p->output, c, &sum, 1, ret_out + c);
		}
	}
}

void rt_run_fully_connected_dsp(const void *params, const struct rt_operands *o)
{
	const struct rt_fully_connected *p = params;
	if (p->output.factors)
		rt_fully_connected_dsp(p, o->in[0], o->in[1], o->in[2], o->out);
	else
		rt_fully_connected_f32(p, o->in[0], o->in[1], o->in[2], o->out);
}
