/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The innermost loop of CONV_2D with the DSP extension, two pixels by two output channels. */
#ifndef RUNTIME_KERNELS_WALK_DSP_H
#define RUNTIME_KERNELS_WALK_DSP_H

#include "runtime/dsp.h"

/* Two input runs and two output channels: the four next addresses and the four sums. */
struct rt_walk {
	const int8_t *a, *b, *w0, *w1;
	int32_t sum[4]; /* first pixel's two channels, second pixel's */
};

/* rt_walk_to: a multiple of four values, at least four, until `a` is `end`. */
#if defined(__ARM_FEATURE_DSP)
/*
 * Nine registers hold addresses, offset and sums; the four words and their eight halves do not fit in the
 * other five. Loading each word twice costs a cycle apiece; GCC loads once and spills, which costs more: 27
 * instructions for 16 products instead of 40. `end` is read from the stack: the thirteenth register is the
 * last that GCC can always give.
 */
static inline void rt_walk_to(struct rt_walk *walk, const int8_t *end, uint32_t offset)
{
	uint32_t x, y, k0, k1;
	__asm volatile("1:\n\t"
		       "ldr %[x], [%[a]]\n\t"
		       "ldr %[y], [%[b]]\n\t"
		       "ldr %[k0], [%[w0]]\n\t"
		       "ldr %[k1], [%[w1]]\n\t"
		       "sxtab16 %[x], %[offset], %[x]\n\t"
		       "sxtab16 %[y], %[offset], %[y]\n\t"
		       "sxtb16 %[k0], %[k0]\n\t"
		       "sxtb16 %[k1], %[k1]\n\t"
		       "smlad %[sum0], %[x], %[k0], %[sum0]\n\t"
		       "smlad %[sum1], %[x], %[k1], %[sum1]\n\t"
		       "smlad %[sum2], %[y], %[k0], %[sum2]\n\t"
		       "smlad %[sum3], %[y], %[k1], %[sum3]\n\t"
		       "ldr %[x], [%[a]], #4\n\t"
		       "ldr %[y], [%[b]], #4\n\t"
		       "ldr %[k0], [%[w0]], #4\n\t"
		       "ldr %[k1], [%[w1]], #4\n\t"
		       "sxtab16 %[x], %[offset], %[x], ror #8\n\t"
		       "sxtab16 %[y], %[offset], %[y], ror #8\n\t"
		       "sxtb16 %[k0], %[k0], ror #8\n\t"
		       "sxtb16 %[k1], %[k1], ror #8\n\t"
		       "smlad %[sum0], %[x], %[k0], %[sum0]\n\t"
		       "smlad %[sum1], %[x], %[k1], %[sum1]\n\t"
		       "ldr %[x], %[end]\n\t"
		       "smlad %[sum2], %[y], %[k0], %[sum2]\n\t"
		       "smlad %[sum3], %[y], %[k1], %[sum3]\n\t"
		       "cmp %[a], %[x]\n\t"
		       "bne 1b"
		       : [a] "+r"(walk->a), [b] "+r"(walk->b), [w0] "+r"(walk->w0), [w1] "+r"(walk->w1),
			 [sum0] "+r"(walk->sum[0]), [sum1] "+r"(walk->sum[1]), [sum2] "+r"(walk->sum[2]),
			 [sum3] "+r"(walk->sum[3]), [x] "=&r"(x), [y] "=&r"(y), [k0] "=&r"(k0), [k1] "=&r"(k1)
		       : [offset] "r"(offset), [end] "m"(end)
		       : "cc", "memory");
}
#else
static inline void rt_walk_to(struct rt_walk *walk, const int8_t *end, uint32_t offset)
{
	do {
		uint32_t x = rt_load4(walk->a), y = rt_load4(walk->b), k0 = rt_load4(walk->w0),
			 k1 = rt_load4(walk->w1);
		walk->sum[0] = rt_mac_dual(walk->sum[0], rt_add_even(offset, x), rt_even(k0));
		walk->sum[1] = rt_mac_dual(walk->sum[1], rt_add_even(offset, x), rt_even(k1));
		walk->sum[2] = rt_mac_dual(walk->sum[2], rt_add_even(offset, y), rt_even(k0));
		walk->sum[3] = rt_mac_dual(walk->sum[3], rt_add_even(offset, y), rt_even(k1));
		walk->sum[0] = rt_mac_dual(walk->sum[0], rt_add_odd(offset, x), rt_odd(k0));
		walk->sum[1] = rt_mac_dual(walk->sum[1], rt_add_odd(offset, x), rt_odd(k1));
		walk->sum[2] = rt_mac_dual(walk->sum[2], rt_add_odd(offset, y), rt_odd(k0));
		walk->sum[3] = rt_mac_dual(walk->sum[3], rt_add_odd(offset, y), rt_odd(k1));
		walk->a += 4;
		walk->b += 4;
		walk->w0 += 4;
		walk->w1 += 4;
	} while (walk->a != end);
}
#endif

/* Any number of values. */
static inline void rt_walk(struct rt_walk *walk, uint32_t length, uint32_t offset)
{
	if (length >= 4)
		rt_walk_to(walk, walk->a + (length & ~3u), offset);
	for (length &= 3; length > 0; length--) {
		int32_t x = *walk->a++ + (int16_t)offset, y = *walk->b++ + (int16_t)offset;
		int32_t k0 = *walk->w0++, k1 = *walk->w1++;
		walk->sum[0] += x * k0;
		walk->sum[1] += x * k1;
		walk->sum[2] += y * k0;
		walk->sum[3] += y * k1;
	}
}

#endif
