/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Arm's CMSDK peripherals have in common. */
#ifndef SIM_DEVICES_CMSDK_H
#define SIM_DEVICES_CMSDK_H

#include <stdint.h>

#define SIM_CMSDK_PID4 0xFD0u /* first of twelve identification registers */

/* PID4 … PID7, PID0 … PID3, CID0 … CID3, one byte each: a part of Arm's. */
static inline uint32_t sim_cmsdk_identity(uint32_t offset, uint32_t part)
{
	const uint8_t id[12] = {0x04, 0, 0, 0, (uint8_t)part, (uint8_t)(0xB0 | part >> 8), 0x1B, 0, 0x0D, 0xF0, 0x05, 0xB1};
	return id[(offset - SIM_CMSDK_PID4) / 4 % 12];
}

#endif
