/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DEPTHWISE_CONV_2D in plain C. */
#include "runtime/kernels/place.h"

void rt_depthwise_channel(const struct rt_conv *p, const struct rt_place *at, uint32_t in_c, uint32_t c,
			  const int32_t *bias, int8_t *ret_out)
{
	int32_t sum = bias ? bias[c] : 0;
	const int8_t *in = at->in + in_c, *weight = at->weight + c;
	for (int y = at->rows; y > 0; y--, in += at->in_skip, weight += at->weight_skip)
		for (int x = at->taps; x > 0; x--, in += at->in_tap, weight += p->out_c)
			sum += (*in + p->output.in_offset) * *weight;
	rt_requantize(&p->output, c, &sum, 1, ret_out + c);
}

static inline void sum_four(const struct rt_conv *p, const struct rt_place *at, const int8_t *in, bool shared,
			    uint32_t c, const int32_t *bias, int8_t *ret_out)
{
	int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
	const int8_t *weight = at->weight + c;
	const int32_t offset = p->output.in_offset;
	const uint32_t in_tap = at->in_tap, out_c = p->out_c;
	for (int y = at->rows; y > 0; y--, in += at->in_skip, weight += at->weight_skip)
		for (int x = at->taps; x > 0; x--, in += in_tap, weight += out_c) {
			int32_t first = in[0] + offset;
			sum0 += first * weight[0];
			sum1 += (shared ? first : in[1] + offset) * weight[1];
			sum2 += (shared ? first : in[2] + offset) * weight[2];
			sum3 += (shared ? first : in[3] + offset) * weight[3];
		}
	if (bias) {
		bias += c;
		sum0 += bias[0];
		sum1 += bias[1];
		sum2 += bias[2];
		sum3 += bias[3];
	}
	const int32_t sum[4] = { sum0, sum1, sum2, sum3 };
	rt_requantize(&p->output, c, sum, 4, ret_out + c);
}

/* Two functions of their own, so that each loop has all the registers. */
static __attribute__((noinline)) void four_own(const struct rt_conv *p, const struct rt_place *at,
					       const int8_t *in, uint32_t c, const int32_t *bias,
					       int8_t *ret_out)
{
	sum_four(p, at, in, false, c, bias, ret_out);
}

static __attribute__((noinline)) void four_shared(const struct rt_conv *p, const struct rt_place *at,
						  const int8_t *in, uint32_t c, const int32_t *bias,
						  int8_t *ret_out)
{
	sum_four(p, at, in, true, c, bias, ret_out);
}

static inline void four_channels(const struct rt_conv *p, const struct rt_place *at, const int8_t *in,
				 bool shared, uint32_t c, const int32_t *bias, int8_t *ret_out)
{
	(shared ? four_shared : four_own)(p, at, in, c, bias, ret_out);
}

void rt_depthwise_plain(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
			int8_t *ret_out)
{
	rt_depthwise(p, in, weight, bias, ret_out, four_channels);
}

void rt_run_depthwise_plain(const void *params, const struct rt_operands *o)
{
	rt_depthwise_plain(params, o->in[0], o->in[1], o->in[2], o->out);
}
