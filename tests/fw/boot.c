/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors in RAM, reset by firmware, bit-banding. */
#include "fw.h"

static volatile uint32_t seen;
HANDLER(IRQ3_Handler) { seen = 1; }
static void in_ram(void) { seen = 2; }

#define KEPT (*(volatile uint32_t *)0x2000F000) /* no start-up code touches it */

int main(void)
{
	static uint32_t table[64] __attribute__((aligned(256)));
	const uint32_t *from = (const uint32_t *)0x08000000;
	if (selected == 1) {
		for (int i = 0; i < 48; i++)
			table[i] = from[i];
		table[16 + 3] = (uint32_t)in_ram;
		NVIC_ISER = 8;
		NVIC_ISPR = 8;
		barrier();
		print_number("flash", seen);
		VTOR = (uint32_t)table;
		barrier();
		NVIC_ISPR = 8;
		barrier();
		print_number("ram", seen);
	}
	if (selected == 2) { /* twice through reset: once from a thread, once from an unprivileged one's handler */
		if (KEPT > 2)
			KEPT = 0;
		print_number("primask", primask());
		print_number("vtor", VTOR == 0x08000000);
		print_number("enabled", NVIC_ISER);
		NVIC_ISER = 2;
		disable();
		if (++KEPT < 3) {
			drain();
			AIRCR = 0x05FA0004;
			barrier();
			for (;;)
				;
		}
	}
#if defined(__ARM_ARCH_7M__) || (defined(__ARM_ARCH_7EM__) && !defined(__ARM_FEATURE_FMA_D))
	if (selected == 3) {
		seen = 0;
		uint32_t at = 0x22000000 + ((uint32_t)&seen - 0x20000000) * 32;
		REG(at + 4 * 5) = 1;
		REG(at + 4 * 9) = 0xFF;
		print_number("set", seen);
		print_number("read", REG(at + 4 * 9) * 2 + REG(at + 4 * 8));
		REG(at + 4 * 5) = 2; /* bit 0 counts */
		print_number("clear", seen);
		/* A peripheral's register: CTRL of the console at 0x40004008, bit 1 */
		print_number("device", REG(0x42000000 + 0x4008 * 32 + 4));
	}
#endif
	return 0;
}
