/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware that goes on too long, in one way per case. */
#include "fw.h"

static char noise[4096];

static void write_semihosting(const char *bytes, uint32_t count)
{
	static const char tty[] = ":tt";
	uint32_t open[3] = {(uint32_t)tty, 4, 3}, block[3] = {0, (uint32_t)bytes, count};
	register uint32_t r0 __asm("r0") = 1;
	register uint32_t *r1 __asm("r1") = open;
	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	block[0] = r0;
	r0 = 5;
	r1 = block;
	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void make_noise(void)
{
	uint32_t state = 1;
	for (unsigned i = 0; i < sizeof noise; i++) {
		state = state * 1664525 + 1013904223;
		noise[i] = (char)(state >> 24);
	}
}

int main(void)
{
	switch (selected) {
	case 1: /* ten megabytes that are no text */
		make_noise();
		for (unsigned i = 0; i < 10000000 / sizeof noise; i++)
			write_semihosting(noise, sizeof noise);
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
