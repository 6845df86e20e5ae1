/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that behave like memory, with bits that follow others by data: sim/devices/memory_stub.c says how a board
 * file tells them. Other devices embed one for the registers they do not model.
 */
#ifndef SIM_DEVICES_MEMORY_STUB_H
#define SIM_DEVICES_MEMORY_STUB_H

#include "sim/device.h"

#define SIM_STUB_FOLLOWS 48

struct sim_stub {
	uint32_t bytes;
	uint32_t *value, *start, *set, *clear;
	uint8_t *known; /* per register: written, or has a reset value */
	uint8_t *given; /* per register: the board file says something about it */
	struct sim_stub_follow {
		uint32_t to, from; /* offsets of registers */
		uint8_t to_bit, from_bit;
	} follow[SIM_STUB_FOLLOWS];
	unsigned follows;
};

/* Reads the placement's options but those in `others` (NULL-terminated), which are the embedding device's own. */
bool sim_stub_init(struct sim_stub *stub, struct sim_device *device, const char *const *others, struct err *err);
void sim_stub_reset(struct sim_stub *stub);
void sim_stub_free(struct sim_stub *stub);

/* The register at `at` (a multiple of 4) as a guest reads it; 0 outside. Reports nothing. */
uint32_t sim_stub_value(const struct sim_stub *stub, uint32_t at);
void sim_stub_put(struct sim_stub *stub, uint32_t offset, unsigned size, uint32_t value);

/* Nobody wrote the register, and the board file says nothing about it. */
bool sim_stub_guesses(const struct sim_stub *stub, uint32_t at);

#endif
