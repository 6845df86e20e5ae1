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

/* What rt_dot_2x2 works on: the four next addresses and the four sums. */
struct walk {
	const int8_t *a, *b, *w0, *w1;
	int32_t sum0, sum1, sum2, sum3;
};

#if defined(__ARM_FEATURE_DSP)
/*
 * Ten registers hold addresses, end, offset and sums; the four words and their eight halves do not fit in the other
 * four. Loading each word twice costs a cycle apiece; GCC loads once and spills, which costs more: 26 instructions
 * for 16 products instead of 40.
 */
static inline void walk_to(struct walk *walk, const int8_t *end, uint32_t offset)
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
		       "cmp %[a], %[end]\n\t"
		       "smlad %[sum0], %[x], %[k0], %[sum0]\n\t"
		       "smlad %[sum1], %[x], %[k1], %[sum1]\n\t"
		       "smlad %[sum2], %[y], %[k0], %[sum2]\n\t"
		       "smlad %[sum3], %[y], %[k1], %[sum3]\n\t"
		       "bne 1b"
		       : [a] "+r"(walk->a), [b] "+r"(walk->b), [w0] "+r"(walk->w0), [w1] "+r"(walk->w1),
			 [sum0] "+r"(walk->sum0), [sum1] "+r"(walk->sum1), [sum2] "+r"(walk->sum2),
			 [sum3] "+r"(walk->sum3), [x] "=&r"(x), [y] "=&r"(y), [k0] "=&r"(k0), [k1] "=&r"(k1)
		       : [offset] "r"(offset), [end] "r"(end)
		       : "cc", "memory");
}
#else
static inline void walk_to(struct walk *walk, const int8_t *end, uint32_t offset)
{
	do {
		uint32_t x = rt_load4(walk->a), y = rt_load4(walk->b), k0 = rt_load4(walk->w0), k1 = rt_load4(walk->w1);
		walk->sum0 = rt_mac_dual(walk->sum0, rt_add_even(offset, x), rt_even(k0));
		walk->sum1 = rt_mac_dual(walk->sum1, rt_add_even(offset, x), rt_even(k1));
		walk->sum2 = rt_mac_dual(walk->sum2, rt_add_even(offset, y), rt_even(k0));
		walk->sum3 = rt_mac_dual(walk->sum3, rt_add_even(offset, y), rt_even(k1));
		walk->sum0 = rt_mac_dual(walk->sum0, rt_add_odd(offset, x), rt_odd(k0));
		walk->sum1 = rt_mac_dual(walk->sum1, rt_add_odd(offset, x), rt_odd(k1));
		walk->sum2 = rt_mac_dual(walk->sum2, rt_add_odd(offset, y), rt_odd(k0));
		walk->sum3 = rt_mac_dual(walk->sum3, rt_add_odd(offset, y), rt_odd(k1));
		walk->a += 4;
		walk->b += 4;
		walk->w0 += 4;
		walk->w1 += 4;
	} while (walk->a != end);
}
#endif

void rt_dot_2x2(const int8_t *a, const int8_t *b, uint32_t offset, const int8_t *w0, const int8_t *w1, uint32_t length,
		int32_t *sum)
{
	struct walk walk = { a, b, w0, w1, sum[0], sum[1], sum[2], sum[3] };
	if (length >= 4)
		walk_to(&walk, a + (length & ~3u), offset);
	for (length &= 3; length > 0; length--) {
		int32_t x = *walk.a++ + (int16_t)offset, y = *walk.b++ + (int16_t)offset, k0 = *walk.w0++, k1 = *walk.w1++;
		walk.sum0 += x * k0;
		walk.sum1 += x * k1;
		walk.sum2 += y * k0;
		walk.sum3 += y * k1;
	}
	sum[0] = walk.sum0;
	sum[1] = walk.sum1;
	sum[2] = walk.sum2;
	sum[3] = walk.sum3;
}
