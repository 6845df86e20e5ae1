/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's registers are 32 bits wide; guests also read and write bytes and halfwords of them. */
#ifndef SIM_DEVICES_REGISTERS_H
#define SIM_DEVICES_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t sim_register_mask(unsigned size)
{
	return size == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * size)) - 1;
}

/* The part of a register that an access to `offset` sees. */
static inline uint32_t sim_register_part(uint32_t value, uint32_t offset, unsigned size)
{
	return value >> (8 * (offset & 3)) & sim_register_mask(size);
}

/* The register after a write of `value` to `offset`. */
static inline uint32_t sim_register_merge(uint32_t old, uint32_t offset, unsigned size, uint32_t value)
{
	unsigned shift = 8 * (offset & 3);
	uint32_t mask = sim_register_mask(size) << shift;
	return (old & ~mask) | (value << shift & mask);
}

#endif
