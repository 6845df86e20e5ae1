/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X25519 (RFC 7748) with the multiplication in field.S: long chains of UMAAL between loads. A round is one scalar
 * multiplication; the checksum is 1 if all of them gave what the RFC's first test vector says.
 */
#include "bench.h"

#include <string.h>

typedef uint32_t field[8];

void field_mul(uint32_t out[8], const uint32_t a[8], const uint32_t b[8]);

static void fold(field out, uint32_t carry)
{
	uint64_t sum = (uint64_t)38 * carry;
	for (int i = 0; i < 8; i++) {
		sum += out[i];
		out[i] = (uint32_t)sum;
		sum >>= 32;
	}
	out[0] += 38 * (uint32_t)sum;
}

static void add(field out, const field a, const field b)
{
	uint64_t sum = 0;
	for (int i = 0; i < 8; i++) {
		sum += (uint64_t)a[i] + b[i];
		out[i] = (uint32_t)sum;
		sum >>= 32;
	}
	fold(out, (uint32_t)sum);
}

/* a - b + 4 * (2^255 - 19), whose words are all ones but for the lowest and a carry of 1 */
static void subtract(field out, const field a, const field b)
{
	int64_t sum = -76;
	for (int i = 0; i < 8; i++) {
		sum += (int64_t)a[i] - b[i];
		out[i] = (uint32_t)sum;
		sum >>= 32;
	}
	fold(out, (uint32_t)(sum + 2));
}

static void swap(field a, field b, uint32_t bit)
{
	uint32_t mask = 0 - bit;
	for (int i = 0; i < 8; i++) {
		uint32_t both = (a[i] ^ b[i]) & mask;
		a[i] ^= both;
		b[i] ^= both;
	}
}

/* To the power of 2^255 - 21: all bits are ones but two. */
static void invert(field out, const field a)
{
	field power;
	memcpy(power, a, sizeof power);
	for (int bit = 253; bit >= 0; bit--) {
		field_mul(power, power, power);
		if (bit != 2 && bit != 4)
			field_mul(power, power, a);
	}
	memcpy(out, power, sizeof power);
}

/* Below 2^255 - 19. */
static void finish(field a)
{
	for (int twice = 0; twice < 2; twice++) {
		uint32_t top = a[7] >> 31;
		a[7] &= 0x7FFFFFFF;
		uint64_t sum = 19 * top;
		for (int i = 0; i < 8; i++) {
			sum += a[i];
			a[i] = (uint32_t)sum;
			sum >>= 32;
		}
	}
}

static void step(field x2, field z2, field x3, field z3, const field x1)
{
	static const field A24 = {121665};
	field a, aa, b, bb, e, c, d;
	add(a, x2, z2);
	field_mul(aa, a, a);
	subtract(b, x2, z2);
	field_mul(bb, b, b);
	subtract(e, aa, bb);
	add(c, x3, z3);
	subtract(d, x3, z3);
	field_mul(d, d, a);
	field_mul(c, c, b);
	add(x3, d, c);
	field_mul(x3, x3, x3);
	subtract(z3, d, c);
	field_mul(z3, z3, z3);
	field_mul(z3, z3, x1);
	field_mul(x2, aa, bb);
	field_mul(z2, e, A24);
	add(z2, z2, aa);
	field_mul(z2, z2, e);
}

static void multiply(field out, const field scalar, const field x1)
{
	field x2 = {1}, z2 = {0}, x3, z3 = {1};
	uint32_t swapped = 0;
	memcpy(x3, x1, sizeof x3);
	for (int bit = 254; bit >= 0; bit--) {
		uint32_t now = scalar[bit / 32] >> bit % 32 & 1;
		swap(x2, x3, swapped ^ now);
		swap(z2, z3, swapped ^ now);
		swapped = now;
		step(x2, z2, x3, z3, x1);
	}
	swap(x2, x3, swapped);
	swap(z2, z3, swapped);
	invert(z2, z2);
	field_mul(out, x2, z2);
	finish(out);
}

uint32_t work(uint32_t rounds)
{
	/* RFC 7748 5.2, little-endian words; the scalar's fixed bits are set. */
	static const field SCALAR = {0x6be346a0, 0x9d7c52f0, 0x4b15163b, 0xdd5e4682,
				     0x0a4c1462, 0x185afcc1, 0x44226a50, 0x449a44ba};
	static const field POINT = {0x6768dbe6, 0xdb303058, 0xa4c19435, 0x7c5fb124,
				    0xec246672, 0x3b35b326, 0xa603a910, 0x4c1cabd0};
	static const field EXPECTED = {0x3755dac3, 0x90c6e99d, 0x4dea948e, 0x4f088df2,
				       0x03cfec32, 0xf7711c49, 0x5507b454, 0x5285a277};
	uint32_t right = 1;
	for (uint32_t round = 0; round < rounds; round++) {
		field out;
		multiply(out, SCALAR, POINT);
		right &= memcmp(out, EXPECTED, sizeof out) == 0;
	}
	return right;
}
