/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash on the Cortex-M7's ITCM bus, where the L1 caches are not: STM32F7's accelerator ("ART") before it.
 *
 *   rule                                                                       source            grade
 *   a read of the array brings 256 bits, kept until the next; it takes
 *     wait_states + 1 cycles, of which one is what any memory takes             RM0385 3.3         from memory
 *   64 lines of 256 bits, fully associative, least recently used goes; what
 *     they hold does not wait. Literals of code are held as well               RM0385 3.3.2       from memory
 *   with prefetch, the line behind the one that executes is read meanwhile       RM0385 3.3.2       from memory
 *   both off until firmware writes FLASH_ACR                                    RM0385 3.7.1       from memory
 */
#ifndef SIM_TIMING_ITCM_H
#define SIM_TIMING_ITCM_H

#include "sim/timing/memory.h"

struct sim_itcm {
	uint32_t *tag;        /* [lines], the one used last first */
	uint32_t lines;
	uint32_t now, ahead;  /* lines: in the buffer, and being read */
	uint64_t there;       /* cycle at which the latter is there */
};

/* False: out of memory. */
bool sim_itcm_create(struct sim_itcm *itcm, const struct sim_flash_timing *flash);
void sim_itcm_destroy(struct sim_itcm *itcm);
void sim_itcm_forget(struct sim_itcm *itcm);

/* Cycles that the core waits for [address, +bytes) of code, which it is `cycles` busy with; or for a datum. */
unsigned sim_itcm_fetch(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t address, uint32_t bytes,
                        uint32_t cycles, uint64_t now);
unsigned sim_itcm_read(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t address);

#endif
