/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which exception runs next: enabled, pending and active ones, their priorities, and the masks.
 *
 * Pure logic: it neither stacks nor knows time. Numbers are Arm's exception numbers: 2 NMI, 3 HardFault … 15
 * SysTick, 16 + n interrupt n. Source: Armv7-M ARM (DDI 0403) B1.5.4, Armv6-M ARM (DDI 0419) B1.5.4.
 */
#ifndef SIM_NVIC_H
#define SIM_NVIC_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_EXCEPTIONS 512
#define SIM_THREAD_PRIORITY 256 /* less urgent than every exception */

enum sim_exception {
	SIM_EXC_RESET = 1,
	SIM_EXC_NMI = 2,
	SIM_EXC_HARDFAULT = 3,
	SIM_EXC_MEMMANAGE = 4,
	SIM_EXC_BUSFAULT = 5,
	SIM_EXC_USAGEFAULT = 6,
	SIM_EXC_SECUREFAULT = 7,
	SIM_EXC_SVCALL = 11,
	SIM_EXC_DEBUGMON = 12,
	SIM_EXC_PENDSV = 14,
	SIM_EXC_SYSTICK = 15,
	SIM_EXC_IRQ0 = 16,
};

struct sim_nvic {
	unsigned exceptions;   /* 16 + interrupts */
	uint8_t priority_mask; /* bits of a priority byte that exist: 0xF0 for 4 */
	uint8_t prigroup;      /* AIRCR.PRIGROUP */
	bool primask, faultmask;
	uint8_t basepri;       /* as the core has them; the owner copies them in before it asks */
	uint64_t enabled[SIM_EXCEPTIONS / 64], pending[SIM_EXCEPTIONS / 64];
	uint64_t active[SIM_EXCEPTIONS / 64], level[SIM_EXCEPTIONS / 64];
	int16_t priority[SIM_EXCEPTIONS];
};

void sim_nvic_reset(struct sim_nvic *nvic, unsigned interrupts, unsigned priority_bits);

static inline bool sim_nvic_bit(const uint64_t *set, unsigned n)
{
	return set[n / 64] >> (n % 64) & 1;
}
static inline void sim_nvic_put(uint64_t *set, unsigned n, bool value)
{
	uint64_t bit = UINT64_C(1) << (n % 64);
	set[n / 64] = value ? set[n / 64] | bit : set[n / 64] & ~bit;
}

void sim_nvic_set_priority(struct sim_nvic *nvic, unsigned exception, uint8_t priority);

/* An interrupt line (exception number). A rising edge pends; see sim_nvic_returned for a line that stays up. */
void sim_nvic_line(struct sim_nvic *nvic, unsigned exception, bool level);

/* Priority the core executes at: that of the most urgent active exception, and the masks'. */
int sim_nvic_execution_priority(const struct sim_nvic *nvic);

/* Most urgent pending and enabled exception, whether or not it may preempt; 0: none. */
unsigned sim_nvic_most_urgent(const struct sim_nvic *nvic);

/* The exception to take now: the most urgent one, if it preempts what runs; else 0. */
unsigned sim_nvic_next(const struct sim_nvic *nvic);

/* As sim_nvic_next with PRIMASK taken for 0: whether WFI wakes (B1.5.19). */
bool sim_nvic_wakes(struct sim_nvic *nvic);

void sim_nvic_entered(struct sim_nvic *nvic, unsigned exception);
void sim_nvic_returned(struct sim_nvic *nvic, unsigned exception);

unsigned sim_nvic_active_count(const struct sim_nvic *nvic);

/* Group priority of a raw priority: what preemption compares. */
int sim_nvic_group(const struct sim_nvic *nvic, int priority);

#endif
