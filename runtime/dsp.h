/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions of the Armv7E-M / Armv8-M DSP extension that the kernels use: two signed 16-bit lanes in a
 * word. Elsewhere the same functions in C, so that a host runs, and tests, the very same kernels.
 * (GCC's intrinsics do not fold the rotation into SXTB16, hence the two asm lines.)
 */
#ifndef RUNTIME_DSP_H
#define RUNTIME_DSP_H

#include <stdint.h>

/* Four bytes from any address: one LDR on cores with the extension. Little endian. */
static inline uint32_t rt_load4(const int8_t *from)
{
	uint32_t word;
	__builtin_memcpy(&word, from, sizeof word);
	return word;
}

/* Both lanes the same. */
static inline uint32_t rt_both(int32_t x)
{
	return (uint32_t)(uint16_t)x | (uint32_t)x << 16;
}

#if defined(__ARM_FEATURE_DSP)

#include <arm_acle.h>

static inline uint32_t rt_even(uint32_t bytes)
{
	return (uint32_t)__sxtb16(bytes);
}

static inline uint32_t rt_odd(uint32_t bytes)
{
	uint32_t lanes;
	__asm("sxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(bytes));
	return lanes;
}

static inline uint32_t rt_add_even(uint32_t lanes, uint32_t bytes)
{
	return (uint32_t)__sxtab16((int16x2_t)lanes, bytes);
}

static inline uint32_t rt_add_odd(uint32_t lanes, uint32_t bytes)
{
	uint32_t sums;
	__asm("sxtab16 %0, %1, %2, ror #8" : "=r"(sums) : "r"(lanes), "r"(bytes));
	return sums;
}

/*
 * Inline asm for these as well: the intrinsics count as changing the Q flag, which keeps GCC from ordering
 * them.
 */
static inline int32_t rt_mac_dual(int32_t sum, uint32_t a, uint32_t b)
{
	__asm("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
	return sum;
}

static inline int32_t rt_mac_low(int32_t sum, uint32_t a, uint32_t b)
{
	__asm("smlabb %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
	return sum;
}

static inline int32_t rt_mac_high(int32_t sum, uint32_t a, uint32_t b)
{
	__asm("smlatt %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
	return sum;
}

#else

static inline uint32_t rt_lanes(int32_t low, int32_t high)
{
	return (uint32_t)(uint16_t)low | (uint32_t)high << 16;
}

/* SXTB16: bytes 0 and 2, sign-extended; with ROR #8: bytes 1 and 3 */
static inline uint32_t rt_even(uint32_t bytes)
{
	return rt_lanes((int8_t)bytes, (int8_t)(bytes >> 16));
}

static inline uint32_t rt_odd(uint32_t bytes)
{
	return rt_lanes((int8_t)(bytes >> 8), (int8_t)(bytes >> 24));
}

/* SXTAB16 */
static inline uint32_t rt_add_even(uint32_t lanes, uint32_t bytes)
{
	return rt_lanes((int16_t)lanes + (int8_t)bytes, (int16_t)(lanes >> 16) + (int8_t)(bytes >> 16));
}

static inline uint32_t rt_add_odd(uint32_t lanes, uint32_t bytes)
{
	return rt_lanes((int16_t)lanes + (int8_t)(bytes >> 8),
			(int16_t)(lanes >> 16) + (int8_t)(bytes >> 24));
}

/* SMLAD, SMLABB, SMLATT */
static inline int32_t rt_mac_dual(int32_t sum, uint32_t a, uint32_t b)
{
	return sum + (int16_t)a * (int16_t)b + (int16_t)(a >> 16) * (int16_t)(b >> 16);
}

static inline int32_t rt_mac_low(int32_t sum, uint32_t a, uint32_t b)
{
	return sum + (int16_t)a * (int16_t)b;
}

static inline int32_t rt_mac_high(int32_t sum, uint32_t a, uint32_t b)
{
	return sum + (int16_t)(a >> 16) * (int16_t)(b >> 16);
}

#endif
#endif
