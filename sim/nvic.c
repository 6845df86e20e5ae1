/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/nvic.h"

#include <string.h>

#define WORDS (SIM_EXCEPTIONS / 64)

void sim_nvic_reset(struct sim_nvic *nvic, unsigned interrupts, unsigned priority_bits)
{
	memset(nvic, 0, sizeof *nvic);
	nvic->exceptions = SIM_EXC_IRQ0 + interrupts;
	nvic->priority_mask = (uint8_t)(0xFF00u >> priority_bits);
	nvic->enabled[0] = 0xFFFF; /* system exceptions are enabled where they are raised */
	nvic->priority[SIM_EXC_RESET] = -3;
	nvic->priority[SIM_EXC_NMI] = -2;
	nvic->priority[SIM_EXC_HARDFAULT] = -1;
}

void sim_nvic_set_priority(struct sim_nvic *nvic, unsigned exception, uint8_t priority)
{
	if (exception > SIM_EXC_HARDFAULT && exception < nvic->exceptions)
		nvic->priority[exception] = priority & nvic->priority_mask;
}

void sim_nvic_line(struct sim_nvic *nvic, unsigned exception, bool level)
{
	if (exception >= nvic->exceptions)
		return;
	if (level && !sim_nvic_bit(nvic->level, exception))
		sim_nvic_put(nvic->pending, exception, true);
	sim_nvic_put(nvic->level, exception, level);
}

int sim_nvic_group(const struct sim_nvic *nvic, int priority)
{
	return priority < 0 ? priority : priority & ~((2 << nvic->prigroup) - 1) & 0xFF;
}

int sim_nvic_execution_priority(const struct sim_nvic *nvic)
{
	int lowest = SIM_THREAD_PRIORITY;
	for (unsigned w = 0; w < WORDS; w++) {
		for (uint64_t set = nvic->active[w]; set; set &= set - 1) {
			int priority = sim_nvic_group(nvic, nvic->priority[w * 64 + (unsigned)__builtin_ctzll(set)]);
			if (priority < lowest)
				lowest = priority;
		}
	}
	if (nvic->basepri && sim_nvic_group(nvic, nvic->basepri & nvic->priority_mask) < lowest)
		lowest = sim_nvic_group(nvic, nvic->basepri & nvic->priority_mask);
	if (nvic->primask && lowest > 0)
		lowest = 0;
	if (nvic->faultmask && lowest > -1)
		lowest = -1;
	return lowest;
}

unsigned sim_nvic_most_urgent(const struct sim_nvic *nvic)
{
	unsigned best = 0;
	int best_priority = SIM_THREAD_PRIORITY;
	for (unsigned w = 0; w < WORDS; w++) {
		for (uint64_t set = nvic->pending[w] & nvic->enabled[w]; set; set &= set - 1) {
			unsigned n = w * 64 + (unsigned)__builtin_ctzll(set);
			if (nvic->priority[n] < best_priority) { /* a tie goes to the lower number */
				best = n;
				best_priority = nvic->priority[n];
			}
		}
	}
	return best;
}

unsigned sim_nvic_next(const struct sim_nvic *nvic)
{
	unsigned best = sim_nvic_most_urgent(nvic);
	if (!best || sim_nvic_group(nvic, nvic->priority[best]) >= sim_nvic_execution_priority(nvic))
		return 0;
	return best;
}

bool sim_nvic_wakes(struct sim_nvic *nvic)
{
	bool primask = nvic->primask;
	nvic->primask = false;
	unsigned next = sim_nvic_next(nvic);
	nvic->primask = primask;
	return next != 0;
}

void sim_nvic_entered(struct sim_nvic *nvic, unsigned exception)
{
	sim_nvic_put(nvic->pending, exception, false);
	sim_nvic_put(nvic->active, exception, true);
}

void sim_nvic_returned(struct sim_nvic *nvic, unsigned exception)
{
	sim_nvic_put(nvic->active, exception, false);
	if (sim_nvic_bit(nvic->level, exception)) /* the line is still up */
		sim_nvic_put(nvic->pending, exception, true);
}

unsigned sim_nvic_active_count(const struct sim_nvic *nvic)
{
	unsigned count = 0;
	for (unsigned w = 0; w < WORDS; w++)
		count += (unsigned)__builtin_popcountll(nvic->active[w]);
	return count;
}
