/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/kernels/conv.h"

/* The parameters are read before the first store, which the compiler must take for a change of anything. */
void rt_requantize(const struct rt_output *output, uint32_t c, const int32_t *sum, uint32_t count,
		   int8_t *ret_out)
{
	const uint32_t factors = output->factors, step = factors > 1;
	const int32_t zero = output->zero, low = output->low, high = output->high;
	const int32_t *multiplier = output->multiplier + c * step;
	const int8_t *shift = (const int8_t *)(output->multiplier + factors) + c * step;
	do {
		int32_t value = rt_multiply_inline(*sum++, *multiplier, *shift) + zero;
		*ret_out++ = (int8_t)rt_clamp(value, low, high);
		multiplier += step;
		shift += step;
	} while (--count > 0);
}

void rt_requantize_2x2(const struct rt_output *output, uint32_t c, const int32_t *sum, int8_t *ret_first,
		       int8_t *ret_second)
{
	const uint32_t factors = output->factors, step = factors > 1;
	const int32_t zero = output->zero, low = output->low, high = output->high;
	const int32_t *multiplier = output->multiplier + c * step;
	const int8_t *shift = (const int8_t *)(output->multiplier + factors) + c * step;
	for (const int32_t *end = sum + 2; sum != end; sum++, multiplier += step, shift += step) {
		const int32_t m = *multiplier, s = *shift, second = sum[2];
		*ret_first++ = (int8_t)rt_clamp(rt_multiply_inline(*sum, m, s) + zero, low, high);
		*ret_second++ = (int8_t)rt_clamp(rt_multiply_inline(second, m, s) + zero, low, high);
	}
}
