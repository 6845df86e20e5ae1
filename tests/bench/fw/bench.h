/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benchmark firmware agrees upon: a fixture does `rounds` times the same work and returns a checksum of
 * what came out, which must be the same wherever it runs. Memory map and console: Arm MPS2 (QEMU's mps2-an386 and
 * mps2-an500, and tests/bench/boards).
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

#define REG(at) (*(volatile uint32_t *)(uintptr_t)(at))
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NVIC_ISER REG(0xE000E100)
#define NVIC_ISPR REG(0xE000E200)
#define CPACR REG(0xE000ED88)
#define CCR REG(0xE000ED14)
#define CCR_CACHES (3u << 16) /* IC, DC */

uint32_t work(uint32_t rounds);

/* Mixes a word into a running checksum: order matters. */
static inline uint32_t mix(uint32_t sum, uint32_t word)
{
	return ((sum << 5 | sum >> 27) ^ word) * 0x9E3779B1u;
}

#endif
