/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DEPTHWISE_CONV_2D for cores with the DSP extension: inputs and weights of four channels are one word each, whose
 * bytes become two words of two lanes (channels 0 and 2, 1 and 3); one multiply-accumulate per lane.
 */
#include "runtime/dsp.h"
#include "runtime/kernels/place.h"

static inline void sum_four(const struct rt_conv *p, const struct rt_place *at, const int8_t *in_row, uint32_t c,
			    bool shared, int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];
	const uint32_t offset = rt_both(p->output.in_offset), in_tap = at->in_tap, out_c = p->out_c;
	const int8_t *weight_row = at->weight + c;
	for (int y = at->rows; y > 0; y--, in_row += at->in_row, weight_row += at->weight_row) {
		const int8_t *in = in_row, *weight = weight_row;
		for (int x = at->taps; x > 0; x--, in += in_tap, weight += out_c) {
			uint32_t even, odd, k = rt_load4(weight), k_even = rt_even(k), k_odd = rt_odd(k);
			if (shared) {
				even = odd = rt_both(*in + p->output.in_offset);
			} else {
				uint32_t four = rt_load4(in);
				even = rt_add_even(offset, four);
				odd = rt_add_odd(offset, four);
			}
			sum0 = rt_mac_low(sum0, even, k_even);
			sum1 = rt_mac_low(sum1, odd, k_odd);
			sum2 = rt_mac_high(sum2, even, k_even);
			sum3 = rt_mac_high(sum3, odd, k_odd);
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

void rt_depthwise_dsp(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		      int8_t *ret_out)
{
	rt_depthwise(p, in, weight, bias, ret_out, four_channels);
}

void rt_run_depthwise_dsp(const void *params, const struct rt_operands *o)
{
	rt_depthwise_dsp(params, o->in[0], o->in[1], o->in[2], o->out);
}
