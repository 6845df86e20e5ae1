/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of their own, so that each loop has all the registers. */
#include "runtime/kernels/dot.h"

int32_t rt_dot(const int8_t *in, int32_t offset, const int8_t *weight, int32_t length)
{
	int32_t sum = 0;
	in += length;
	weight += length;
	for (int32_t i = -length; i != 0; i++)
		sum += (in[i] + offset) * weight[i];
	return sum;
}

#if RT_DOT_CHANNELS == 2
/*
 * All pointers are walked with one index that counts up to zero: ARMv6-M has signed byte loads only as
 * register + register, and its eight low registers do not hold a pointer per channel and a counter besides.
 */
void rt_dot_channels(const int8_t *in, int32_t offset, const int8_t *weight, uint32_t step, int32_t length,
		     int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1];
	const int8_t *w0 = weight + length, *w1 = w0 + step;
	in += length;
	for (int32_t i = -length; i != 0; i++) {
		int32_t x = in[i];
		__asm("add %0, %1" : "+l"(x) : "h"(offset)); /* one of the few that reach a high register */
		sum0 += x * w0[i];
		sum1 += x * w1[i];
	}
	sum[0] = sum0;
	sum[1] = sum1;
}
#else
void rt_dot_channels(const int8_t *in, int32_t offset, const int8_t *weight, uint32_t step, int32_t length,
		     int32_t *sum)
{
	int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];
	const int8_t *w0 = weight, *w1 = w0 + step, *w2 = w1 + step, *w3 = w2 + step;
	for (const int8_t *end = in + length; in != end;) {
		int32_t x = *in++ + offset;
		sum0 += x * *w0++;
		sum1 += x * *w1++;
		sum2 += x * *w2++;
		sum3 += x * *w3++;
	}
	sum[0] = sum0;
	sum[1] = sum1;
	sum[2] = sum2;
	sum[3] = sum3;
}
#endif
