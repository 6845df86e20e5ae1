/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exponential is a Taylor polynomial around -1/8 times a product of exp(-2^k), the reciprocal three
 * Newton-Raphson steps from 48/17 - 32/17 d: gemmlowp's fixedpoint.h, whose constants and order of roundings
 * are what makes TensorFlow Lite's results what they are.
 */
#include "runtime/fixed.h"

#include <string.h>

int32_t rt_multiply_up(int32_t x, int32_t multiplier, int shift)
{
	return rt_mul_high((int32_t)((uint32_t)x << shift), multiplier);
}

int32_t rt_multiply(int32_t x, int32_t multiplier, int shift)
{
	return rt_multiply_inline(x, multiplier, shift);
}

bool rt_factor(double factor, int32_t *ret_multiplier, int32_t *ret_shift)
{
	uint64_t bits;
	memcpy(&bits, &factor, sizeof bits);
	int exponent = (int)(bits >> 52); /* with the sign as bit 11 */
	if (bits == 0 || exponent < 1023 - 33) {
		*ret_multiplier = 0;
		*ret_shift = 0;
		return true;
	}
	uint64_t mantissa = (bits & 0xfffffffffffffull) | 1ull << 52; /* factor = mantissa / 2^53 * 2^shift */
	int shift = exponent - 1022;
	int64_t rounded = (int64_t)((mantissa + (1u << 21)) >> 22);
	if (rounded == 1ll << 31) {
		rounded >>= 1;
		shift++;
	}
	if (shift > 31)
		return false; /* infinity, not a number and negative numbers end here too */
	if (shift < -31) {
		rounded = 0;
		shift = 0;
	}
	*ret_multiplier = (int32_t)rounded;
	*ret_shift = shift;
	return true;
}

int32_t rt_round(double x)
{
	if (x != x)
		return 0;
	if (x >= 2147483647.0)
		return INT32_MAX;
	if (x <= -2147483648.0)
		return INT32_MIN;
	int32_t whole = (int32_t)x;
	double rest = x - whole; /* exact */
	return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

int32_t rt_mul_saturating(int32_t a, int32_t b)
{
	if (a == INT32_MIN && b == INT32_MIN)
		return INT32_MAX;
	return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

static int32_t shift_left_saturating(int32_t x, int places)
{
	int32_t limit = (1 << (31 - places)) - 1;
	return x > limit ? INT32_MAX : x < -limit ? INT32_MIN : (int32_t)((uint32_t)x << places);
}

/* exp(a) for a in [-1/4, 0), Q0.31 */
static int32_t exp_small(int32_t a)
{
	const int32_t exp_eighth = 1895147668, third = 715827883;
	int32_t x = a + (1 << 28);
	int32_t x2 = rt_mul_saturating(x, x);
	int32_t x3 = rt_mul_saturating(x2, x);
	int32_t x4 = rt_mul_saturating(x2, x2);
	int32_t tail = rt_mul_saturating(rt_shift_right(x4, 2) + x3, third) + x2;
	return exp_eighth + rt_mul_saturating(exp_eighth, x + rt_shift_right(tail, 1));
}

/* exp(x) for x <= 0 with `fraction` fractional bits; factors exp(-1/4), exp(-1/2) … as far as x can reach */
static int32_t exp_negative(int32_t x, int fraction)
{
	static const int32_t factors[] = {
		1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242
	};
	if (x == 0)
		return INT32_MAX;
	int32_t quarter = 1 << (fraction - 2);
	int32_t part = (x & (quarter - 1)) - quarter; /* in [-1/4, 0) */
	uint32_t rest = (uint32_t)part - (uint32_t)x;
	int32_t result = exp_small(shift_left_saturating(part, 31 - fraction));
	for (int i = 0; fraction - 2 + i < 31; i++)
		if (rest & 1u << (fraction - 2 + i))
			result = rt_mul_saturating(result, factors[i]);
	return result;
}

int32_t rt_exp_q5(int32_t x)
{
	return exp_negative(x, 26);
}

int32_t rt_reciprocal_q0(int32_t x)
{
	const int32_t c48_17 = 1515870810, c32_17 = -1010580540;    /* Q2.29 */
	int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2); /* of the denominator */
	int32_t y = c48_17 + rt_mul_saturating(half, c32_17);
	for (int i = 0; i < 3; i++) {
		int32_t error = (1 << 29) - rt_mul_saturating(half, y);
		y += shift_left_saturating(rt_mul_saturating(y, error), 2); /* Q2 * Q2 = Q4, back to Q2 */
	}
	return shift_left_saturating(y, 1);
}

int32_t rt_logistic_q4(int32_t x)
{
	if (x == 0)
		return 1 << 30;
	int32_t positive = rt_reciprocal_q0(exp_negative(x > 0 ? -x : x, 27));
	return x > 0 ? positive : INT32_MAX - positive;
}
