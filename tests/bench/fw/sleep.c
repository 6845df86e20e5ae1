/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that mostly sleeps: SysTick wakes it every 100 ms (2,500,000 cycles at 25 MHz), it works for about 1 ms
 * and sleeps again. A round is one such period; 36,000 are an hour. The highest bit of `rounds` leaves out the
 * sleep: the same work back to back, which is full activity.
 */
#include "bench.h"

static uint32_t data[256];

void SysTick_Handler(void);
void SysTick_Handler(void)
{
}

static uint32_t burst(uint32_t sum)
{
	for (uint32_t pass = 0; pass < 9; pass++)
		for (uint32_t i = 0; i < 256; i++) {
			data[i] += sum >> (i & 7);
			sum = mix(sum, data[i]);
		}
	return sum;
}

uint32_t work(uint32_t rounds)
{
	uint32_t sum = 1, awake = rounds >> 31;
	rounds &= 0x7FFFFFFF;
	SYST_RVR = 2500000 - 1;
	SYST_CVR = 0;
	if (!awake)
		SYST_CSR = 7;
	for (uint32_t round = 0; round < rounds; round++) {
		if (!awake)
			__asm volatile("wfi" ::: "memory");
		sum = burst(sum);
	}
	SYST_CSR = 0;
	return sum;
}
