/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/numeric.h"

#include <math.h>

uint64_t scn_hash_text(uint64_t seed, const char *text)
{
	for (; *text; text++)
		seed = scn_hash(seed, (uint8_t)*text);
	return seed;
}

double scn_gaussian(uint64_t seed, uint64_t index)
{
	int32_t sum = -6 * 65535;
	for (uint64_t part = 0; part < 3; part++) {
		uint64_t bits = scn_hash(seed, index * 3 + part);
		for (int k = 0; k < 4; k++)
			sum += (int32_t)(bits >> (16 * k) & 0xFFFF);
	}
	return sum * 0x1p-16; /* the sum's variance is 65536^2 - 1 */
}

/* Taylor's series at |x| <= pi/4: the first term left out is below 1e-17. */
static double sine_near_0(double x)
{
	double xx = x * x, sum = 0;
	for (int k = 17; k >= 3; k -= 2)
		sum = -xx / ((k - 1) * k) * (1 + sum);
	return x * (1 + sum);
}

static double cosine_near_0(double x)
{
	double xx = x * x, sum = 0;
	for (int k = 18; k >= 2; k -= 2)
		sum = -xx / ((k - 1) * k) * (1 + sum);
	return 1 + sum;
}

double scn_sine(double turns)
{
	double quarters = floor(turns * 4 + 0.5);
	double x = (turns - quarters * 0.25) * 6.283185307179586477;
	switch ((int64_t)quarters & 3) {
	case 0:
		return sine_near_0(x);
	case 1:
		return cosine_near_0(x);
	case 2:
		return -sine_near_0(x);
	default:
		return -cosine_near_0(x);
	}
}

double scn_exp(double x)
{
	/* x = k ln 2 + r with |r| <= 0.35; ln 2 in two parts, the first with zeros at its end, so that k ln 2 is exact */
	double k = floor(x * 1.4426950408889634074 + 0.5);
	double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
	double sum = 0;
	for (int n = 14; n >= 1; n--)
		sum = r / n * (1 + sum);
	return ldexp(1 + sum, (int)k);
}

double scn_from_db(double db)
{
	return scn_exp(db * 0.11512925464970228420); /* ln 10 / 20 */
}

double scn_position(uint64_t n, uint64_t rate_mhz, uint64_t at_ps, uint64_t per_s_mhz, int64_t *ret_whole)
{
	/* Numerator below 2^44 * 2^50 * 2^30, so 128 bits hold it. */
	__int128 divisor = (__int128)rate_mhz * UINT64_C(1000000000000000);
	__int128 time = (__int128)n * UINT64_C(1000000000000000) - (__int128)at_ps * rate_mhz; /* ps * rate_mhz */
	__int128 product = time * (__int128)per_s_mhz;
	__int128 whole = product / divisor, rest = product % divisor;
	if (rest < 0) {
		rest += divisor;
		whole--;
	}
	*ret_whole = (int64_t)whole;
	return (double)rest / (double)divisor;
}
