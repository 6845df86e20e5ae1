/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DEPTHWISE_CONV_2D for cores with the DSP extension: inputs and weights of four channels are one word each,
 * whose bytes become two words of two lanes (channels 0 and 2, 1 and 3); one multiply-accumulate per lane.
 */
#include "runtime/dsp.h"
#include "runtime/kernels/place.h"

static inline void sum_four(const struct rt_conv *p, const struct rt_place *at, const int8_t *in, bool shared,
			    uint32_t c, const int32_t *bias, int8_t *ret_out)
{
	int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
	const int8_t *weight = at->weight + c;
	const uint32_t offset = rt_both(p->output.in_offset), in_tap = at->in_tap, out_c = p->out_c;
	for (int y = at->rows; y > 0; y--, in += at->in_skip, weight += at->weight_skip)
		for (int x = at->taps; x > 0; x--, in += in_tap, weight += out_c) {
			uint32_t even, odd, k = rt_load4(weight);
			if (shared) {
				even = odd = rt_both(*in + (int16_t)offset);
			} else {
				uint32_t four = rt_load4(in);
				even = rt_add_even(offset, four);
				odd = rt_add_odd(offset, four);
			}
			uint32_t k_even = rt_even(k), k_odd = rt_odd(k);
			sum0 = rt_mac_low(sum0, even, k_even);
			sum1 = rt_mac_low(sum1, odd, k_odd);
			sum2 = rt_mac_high(sum2, even, k_even);
			sum3 = rt_mac_high(sum3, odd, k_odd);
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

void rt_depthwise_dsp(const struct rt_conv *p, const int8_t *in, const int8_t *weight, const int32_t *bias,
		      int8_t *ret_out)
{
	rt_depthwise(p, in, weight, bias, ret_out, four_channels);
}

void rt_run_depthwise_dsp(const void *params, const struct rt_operands *o)
{
	rt_depthwise_dsp(params, o->in[0], o->in[1], o->in[2], o->out);
}
