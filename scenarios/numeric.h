/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic for signals that gives the same bits on every machine: hashes, sine and exponential are our own, built
 * from IEEE 754 additions and multiplications (libm's sin and exp differ between versions in the last bit, and a
 * count that rounds the other way is another run). Built with -ffp-contract=off, so that no compiler fuses them.
 *
 * Randomness is a function of its coordinates (seed, index), not a sequence: sample n has the same noise whether or
 * not a fault swallowed sample n - 1.
 */
#ifndef SCENARIOS_NUMERIC_H
#define SCENARIOS_NUMERIC_H

#include <stdint.h>

/* 64 well-mixed bits of (seed, index): the finaliser of splitmix64 over each in turn. */
static inline uint64_t scn_hash(uint64_t seed, uint64_t index)
{
	uint64_t z = seed + (index + 1) * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 / golden ratio */
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* The seed of a thing that has a name. */
uint64_t scn_hash_text(uint64_t seed, const char *text);

/* Uniform in [-1, 1). */
static inline double scn_uniform(uint64_t seed, uint64_t index)
{
	return (double)(int64_t)scn_hash(seed, index) * 0x1p-63;
}

/*
 * Mean 0, variance 1: the sum of twelve uniform 16-bit numbers, exact in integers. Its tails end at 6 sigma and
 * its kurtosis is 2.9 (a normal's is 3).
 */
double scn_gaussian(uint64_t seed, uint64_t index);

/* sin(2 pi turns), error below 3e-16; exactly 0, 1, 0, -1 at quarter turns. |turns| < 2^50. */
double scn_sine(double turns);

/* e^x for |x| < 700, relative error below 1e-15. */
double scn_exp(double x);

/* The amplitude of a level: 10^(db / 20). */
double scn_from_db(double db);

/*
 * Position on a scale of `per_s` (in 1/1000: millihertz) at frame n of a stream of rate_mhz, `at_ps` being its zero:
 *
 *   position = (n * 1000 / rate_mhz - at_ps / 10^12) * per_s_mhz / 1000
 *
 * Exact: *ret_whole is the floor, the result the fraction in [0, 1). n < 2^44, both rates <= SCN_MAX_RATE_MHZ.
 */
double scn_position(uint64_t n, uint64_t rate_mhz, uint64_t at_ps, uint64_t per_s_mhz, int64_t *ret_whole);

#define SCN_MAX_RATE_MHZ UINT64_C(1000000000) /* 1 MHz */

#endif
