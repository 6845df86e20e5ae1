/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nearly every second instruction stores: fill, copy with a change, histogram. */
#include "bench.h"

enum { WORDS = 2048 };

static uint32_t from[WORDS], to[WORDS], histogram[256];

uint32_t work(uint32_t rounds)
{
	uint32_t sum = 0;
	for (uint32_t round = 0; round < rounds; round++) {
		volatile uint32_t *fill = from;
		for (uint32_t i = 0; i < WORDS; i += 4) {
			fill[i] = i ^ round;
			fill[i + 1] = i + round;
			fill[i + 2] = i - round;
			fill[i + 3] = i;
		}
		for (uint32_t i = 0; i < WORDS; i++)
			((volatile uint32_t *)to)[i] = from[i] + 0x01010101;
		for (uint32_t i = 0; i < WORDS; i++)
			((volatile uint8_t *)to)[i * 3] = (uint8_t)i;
		for (uint32_t i = 0; i < WORDS; i++)
			histogram[to[i] & 255]++;
		sum = mix(sum, histogram[round & 255]);
	}
	return sum;
}
