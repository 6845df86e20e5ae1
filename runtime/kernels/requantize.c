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
