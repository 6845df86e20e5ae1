/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DEPTHWISE_CONV_2D in plain C. */
#include "runtime/kernels/place.h"

int32_t rt_depthwise_channel(const struct rt_conv *p, const struct rt_place *at, uint32_t in_c, uint32_t c)
{
	int32_t sum = 0;
	const int8_t *in_row = at->in + in_c, *weight_row = at->weight + c;
	for (int y = at->rows; y > 0; y--, in_row += at->in_row, weight_row += at->weight_row) {
		const int8_t *in = in_row, *weight = weight_row;
		for (int x = at->taps; x > 0; x--, in += at->in_tap, weight += p->out_c)
			sum += (*in + p->output.in_offset) * *weight;
	}
	return sum;
}

static inline void sum_four(const struct rt_conv *p, const struct rt_place *at, const int8_t *in_row, uint32_t c,
			    bool shared, int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];
	const int32_t offset = p->output.in_offset;
	const uint32_t in_tap = at->in_tap, out_c = p->out_c;
	const int8_t *weight_row = at->weight + c;
	for (int y = at->rows; y > 0; y--, in_row += at->in_row, weight_row += at->weight_row) {
		const int8_t *in = in_row, *weight = weight_row;
		for (int x = at->taps; x > 0; x--, in += in_tap, weight += out_c) {
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

/* Two functions of their own, so that each loop has all the registers. */
static __attribute__((noinline)) void four_own(const struct rt_conv *p, const struct rt_place *at, const int8_t *in,
					       uint32_t c, int32_t *sum)
{
	sum_four(p, at, in, c, false, sum);
}

static __attribute__((noinline)) void four_shared(const struct rt_conv *p, const struct rt_place *at, const int8_t *in,
						  uint32_t c, int32_t *sum)
{
	sum_four(p, at, in, c, true, sum);
}

static inline void four_channels(const struct rt_conv *p, const struct rt_place *at, const int8_t *in, uint32_t c,
				 bool shared, int32_t *sum)
{
	(shared ? four_shared : four_own)(p, at, in, c, sum);
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
