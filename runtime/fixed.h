/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed-point arithmetic of quantised TensorFlow Lite, bit for bit (its double-rounding variant).
 *
 *   real factor = multiplier * 2^(shift - 31),  2^30 <= multiplier < 2^31   (or multiplier 0)
 *
 * Compiled with -fwrapv: what overflows in a damaged model wraps, and is nobody's undefined behaviour.
 */
#ifndef RUNTIME_FIXED_H
#define RUNTIME_FIXED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * round(a * b / 2^31), halves up, from 16-bit halves: for ARMv6-M, which has no 32 x 32 = 64 multiplication.
 * What lies below bit 16 of the product cannot reach the rounding.
 */
static inline int32_t rt_mul_high_halves(int32_t a, int32_t b)
{
	uint32_t a_low = (uint16_t)a, b_low = (uint16_t)b;
	int32_t a_high = a >> 16, b_high = b >> 16;
	int32_t cross = a_high * (int32_t)b_low + (int32_t)(a_low * b_low >> 16); /* |cross| < 2^31 */
	int32_t other = (int32_t)(a_low * (uint32_t)b_high);			  /* 0 … 2^31 - 1 */
	int32_t rest = (cross & 0x7fff) + (other & 0x7fff) + 0x4000;
	return a_high * b_high * 2 + (cross >> 15) + (other >> 15) + (rest >> 15);
}

/* round(a * b / 2^31), halves up; a is any, b >= 0 (no saturation is needed then). */
static inline int32_t rt_mul_high(int32_t a, int32_t b)
{
#if defined(__thumb__) && !defined(__thumb2__)
	return rt_mul_high_halves(a, b);
#else
	return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
#endif
}

/* round(x / 2^places), halves away from zero; 0 <= places <= 31, x > INT32_MIN. */
static inline int32_t rt_shift_right(int32_t x, int places)
{
	if (places == 0)
		return x;
	int32_t t = x + (x >> 31);
	return ((t >> (places - 1)) + 1) >> 1; /* t >> places, and one more if the bit behind is set */
}

/* rt_multiply for shift >= 0: rare, and kept apart so that GCC does not compute both ways and choose. */
int32_t rt_multiply_up(int32_t x, int32_t multiplier, int shift);

/* x times the real factor: rounded to 31 bits first, then shifted and rounded again. -31 <= shift <= 31 */
static inline int32_t rt_multiply_inline(int32_t x, int32_t multiplier, int shift)
{
	if (__builtin_expect(shift >= 0, 0))
		return rt_multiply_up(x, multiplier, shift);
	int32_t high = rt_mul_high(x, multiplier);
	/* rt_shift_right, with places known not to be 0 */
	return (((high + (high >> 31)) >> (-1 - shift)) + 1) >> 1;
}

/* The same as a function: most callers are not in a hurry. */
int32_t rt_multiply(int32_t x, int32_t multiplier, int shift);

static inline int32_t rt_clamp(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

/*
 * Writes `factor` (>= 0) as multiplier and shift; a factor below 2^-32 becomes 0. Returns false, and writes
 * nothing, if the factor is negative, not a number, or 2^31 and more.
 */
bool rt_factor(double factor, int32_t *ret_multiplier, int32_t *ret_shift);

/* Nearest integer, halves away from zero, saturated. Not a number: 0. */
int32_t rt_round(double x);

/* exp(x) for x <= 0 in Q5.26; the result is Q0.31 (1.0 is INT32_MAX). */
int32_t rt_exp_q5(int32_t x);

/* 1 / (1 + exp(-x)) for x in Q4.27; the result is Q0.31. */
int32_t rt_logistic_q4(int32_t x);

/* 1 / (1 + x) for x in Q0.31, 0 <= x < 1; the result is Q0.31. */
int32_t rt_reciprocal_q0(int32_t x);

/* round(a * b / 2^31) for any a and b; INT32_MIN squared saturates. */
int32_t rt_mul_saturating(int32_t a, int32_t b);

#endif
