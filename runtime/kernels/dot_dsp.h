/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner loops for cores with the DSP extension. Four values at a time: their bytes are widened to two words of two
 * 16-bit lanes (the input's with its offset added on the way), and each pair of words costs one SMLAD.
 * Values past a multiple of four go one by one.
 *
 * `offset` is the input's offset in both lanes. Sums are added to *sum.
 */
#ifndef RUNTIME_KERNELS_DOT_DSP_H
#define RUNTIME_KERNELS_DOT_DSP_H

#include "runtime/dsp.h"

/* 1 input run, 1 output channel */
static inline int32_t rt_dot_1x1(const int8_t *in, uint32_t offset, const int8_t *w, uint32_t length)
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

/* 1 input run, 2 output channels */
static inline void rt_dot_1x2(const int8_t *in, uint32_t offset, const int8_t *w0, const int8_t *w1, uint32_t length,
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

/* 2 input runs, 2 output channels: sum[0], sum[1] of the first run, sum[2], sum[3] of the second */
static inline void rt_dot_2x2(const int8_t *a, const int8_t *b, uint32_t offset, const int8_t *w0, const int8_t *w1,
			      uint32_t length, int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];
	for (const int8_t *end = a + (length & ~3u); a != end; a += 4, b += 4, w0 += 4, w1 += 4) {
		uint32_t x = rt_load4(a), y = rt_load4(b), k0 = rt_load4(w0), k1 = rt_load4(w1);
		uint32_t x_lanes = rt_add_even(offset, x), y_lanes = rt_add_even(offset, y);
		uint32_t k0_lanes = rt_even(k0), k1_lanes = rt_even(k1);
		sum0 = rt_mac_dual(sum0, x_lanes, k0_lanes);
		sum1 = rt_mac_dual(sum1, x_lanes, k1_lanes);
		sum2 = rt_mac_dual(sum2, y_lanes, k0_lanes);
		sum3 = rt_mac_dual(sum3, y_lanes, k1_lanes);
		x_lanes = rt_add_odd(offset, x);
		y_lanes = rt_add_odd(offset, y);
		k0_lanes = rt_odd(k0);
		k1_lanes = rt_odd(k1);
		sum0 = rt_mac_dual(sum0, x_lanes, k0_lanes);
		sum1 = rt_mac_dual(sum1, x_lanes, k1_lanes);
		sum2 = rt_mac_dual(sum2, y_lanes, k0_lanes);
		sum3 = rt_mac_dual(sum3, y_lanes, k1_lanes);
	}
	for (length &= 3; length > 0; length--) {
		int32_t x = *a++ + (int16_t)offset, y = *b++ + (int16_t)offset, k0 = *w0++, k1 = *w1++;
		sum0 += x * k0;
		sum1 += x * k1;
		sum2 += y * k0;
		sum3 += y * k1;
	}
	sum[0] = sum0;
	sum[1] = sum1;
	sum[2] = sum2;
	sum[3] = sum3;
}

#endif
