/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AES-128 (FIPS 197) with the block in cipher.S: byte extractions, table loads, exclusive ors. A round is one block;
 * the checksum is 1 if all of them gave what the standard's example says (appendix C.1).
 */
#include "bench.h"

#include <string.h>

void cipher_block(const uint32_t key[44], const uint32_t in[4], uint32_t out[4], const uint32_t table[256]);

static uint32_t table[256], key[44];
static uint8_t sbox[256];

static uint8_t twice(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x >> 7) * 0x1B);
}

/* 3 generates the field: p runs through 3^n, q through its inverses. */
static void make_tables(void)
{
	uint8_t p = 1, q = 1;
	do {
		p ^= twice(p);
		q ^= (uint8_t)(q << 1);
		q ^= (uint8_t)(q << 2);
		q ^= (uint8_t)(q << 4);
		if (q & 0x80)
			q ^= 0x09;
		uint32_t two = q | (uint32_t)q << 8;
		sbox[p] = (uint8_t)(q ^ two >> 7 ^ two >> 6 ^ two >> 5 ^ two >> 4 ^ 0x63);
	} while (p != 1);
	sbox[0] = 0x63;
	for (int i = 0; i < 256; i++) {
		uint32_t s = sbox[i], two = twice(sbox[i]);
		table[i] = two | s << 8 | s << 16 | (two ^ s) << 24;
	}
}

static void expand(void)
{
	uint8_t round = 1;
	for (int i = 0; i < 4; i++)
		key[i] = 0x03020100u + 0x04040404u * (uint32_t)i;
	for (int i = 4; i < 44; i++) {
		uint32_t t = key[i - 1];
		if (i % 4 == 0) {
			t = t >> 8 | t << 24;
			t = sbox[t & 255] | (uint32_t)sbox[t >> 8 & 255] << 8 | (uint32_t)sbox[t >> 16 & 255] << 16 |
			    (uint32_t)sbox[t >> 24] << 24;
			t ^= round;
			round = twice(round);
		}
		key[i] = key[i - 4] ^ t;
	}
}

uint32_t work(uint32_t rounds)
{
	static const uint32_t PLAIN[4] = {0x33221100, 0x77665544, 0xBBAA9988, 0xFFEEDDCC};
	static const uint32_t EXPECTED[4] = {0xD8E0C469, 0x30047B6A, 0x80B7CDD8, 0x5AC5B470};
	uint32_t right = 1;
	make_tables();
	expand();
	for (uint32_t round = 0; round < rounds; round++) {
		uint32_t out[4];
		cipher_block(key, PLAIN, out, table);
		right &= memcmp(out, EXPECTED, sizeof out) == 0;
	}
	return right;
}
