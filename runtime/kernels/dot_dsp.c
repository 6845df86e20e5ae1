/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of their own, so that each loop has all the registers. */
#include "runtime/kernels/dot_dsp.h"
#include "runtime/dsp.h"

int32_t rt_dot_1x1(const int8_t *in, uint32_t offset, const int8_t *w, uint32_t length)
{
	int32_t sum = 0;
	for (const int8_t *end = in + (length & ~3u); in != end; in += 4, w += 4) {
		uint32_t x = rt_load4(in), k = rt_load4(w);
		sum = rt_mac_dual(sum, rt_add_even(offset, x), rt_even(k));
		sum = rt_mac_dual(sum, rt_add_odd(offset, x), rt_odd(k));
	}
	for (length &= 3; length > 0; length--)
		sum += (*in++ + (int16_t)offset) * *w++;
	return sum;
}

void rt_dot_1x2(const int8_t *in, uint32_t offset, const int8_t *w0, const int8_t *w1, uint32_t length,
		int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1];
	for (const int8_t *end = in + (length & ~3u); in != end; in += 4, w0 += 4, w1 += 4) {
		uint32_t x = rt_load4(in), k0 = rt_load4(w0), k1 = rt_load4(w1);
		uint32_t even = rt_add_even(offset, x), odd = rt_add_odd(offset, x);
		sum0 = rt_mac_dual(sum0, even, rt_even(k0));
		sum1 = rt_mac_dual(sum1, even, rt_even(k1));
		sum0 = rt_mac_dual(sum0, odd, rt_odd(k0));
		sum1 = rt_mac_dual(sum1, odd, rt_odd(k1));
	}
	for (length &= 3; length > 0; length--) {
		int32_t x = *in++ + (int16_t)offset;
		sum0 += x * *w0++;
		sum1 += x * *w1++;
	}
	sum[0] = sum0;
	sum[1] = sum1;
}
