/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt storm: SysTick every 200 cycles, each of which pends an interrupt of the NVIC that nests or
 * tail-chains behind it, while the thread computes. A round is 100 ticks. When the ticks come depends on the
 * clock, so the checksum is of the counts alone.
 */
#include "bench.h"

static volatile uint32_t ticks, chained, thread;

void SysTick_Handler(void);
void SysTick_Handler(void)
{
	ticks++;
	NVIC_ISPR = 1;
}

void IRQ0_Handler(void);
void IRQ0_Handler(void)
{
	chained++;
}

uint32_t work(uint32_t rounds)
{
	uint32_t until = 100 * rounds;
	NVIC_ISER = 1;
	SYST_RVR = 199;
	SYST_CVR = 0;
	SYST_CSR = 7;
	while (ticks < until)
		for (uint32_t i = 0, x = thread; i < 8; i++)
			thread = x = mix(x, i);
	SYST_CSR = 0;
	while (chained < ticks)
		;
	return mix(chained >= until, rounds);
}
