/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a state among those remembered: of a pipeline (path.c), of a flash (timeline.c). */
#ifndef SIM_TIMING_HASH_H
#define SIM_TIMING_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `bytes`: a multiple of 8, without padding that could differ. */
static inline uint32_t sim_timing_hash(const void *state, size_t bytes)
{
	uint64_t hash = 0, word;

	for (size_t i = 0; i < bytes; i += sizeof word) {
		memcpy(&word, (const uint8_t *)state + i, sizeof word);
		hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 29;
	}
	return (uint32_t)hash;
}

#endif
