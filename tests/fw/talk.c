/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware that goes on too long, in one way per case. */
#include "fw.h"

enum { SYS_OPEN = 1, SYS_WRITE = 5 };
static char noise[4096];

static uint32_t semihosting(uint32_t call, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t block[3] = {a, b, c};
	register uint32_t r0 __asm("r0") = call;
	register uint32_t *r1 __asm("r1") = block;
	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

static void make_noise(void)
{
	uint32_t state = 1;
	for (unsigned i = 0; i < sizeof noise; i++) {
		state = state * 1664525 + 1013904223;
		noise[i] = state >> 24 == 4 ? 5 : (char)(state >> 24); /* 4 ends the run */
	}
}

int main(void)
{
	uint32_t console;
	switch (selected) {
	case 1: /* ten megabytes that are no text */
		make_noise();
		console = semihosting(SYS_OPEN, (uint32_t)":tt", 4, 3);
		for (unsigned i = 0; i < 10000000 / sizeof noise; i++)
			semihosting(SYS_WRITE, console, (uint32_t)noise, sizeof noise);
		break;
	case 2:
		make_noise();
		for (unsigned i = 0; i < sizeof noise; i++)
			put(noise[i]);
		break;
	case 3: /* nothing will ever wake it */
		for (;;)
			wfi();
	case 4:
		for (;;)
			;
	case 5: /* a handler that does what vendors' default handlers do */
		REG(0x60000000) = 1;
		break;
	}
	return 0;
}

HANDLER(HardFault_Handler)
{
	for (;;)
		;
}
