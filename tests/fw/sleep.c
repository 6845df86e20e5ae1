/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way to sleep and to wake. */
#include "fw.h"

static volatile uint32_t ticks;
HANDLER(SysTick_Handler) { if (++ticks == 3) SCR &= ~2u; }
HANDLER(IRQ0_Handler) { mailbox[1]++; }

static void tick(uint32_t period)
{
	SYST_RVR = period - 1;
	SYST_CVR = 0;
	SYST_CSR = 7;
}

int main(void)
{
	NVIC_ISER = 1;
	switch (selected) {
	case 1: tick(5000); wfi(); break;
	case 2: /* WFE with the event set falls through, the next one sleeps */
		sev();
		wfe();
		mailbox[0] = 1;
		tick(5000);
		wfe();
		break;
	case 3: /* PRIMASK: WFI wakes, the handler waits */
		disable();
		tick(5000);
		wfi();
		print_number("before", ticks);
		enable();
		barrier();
		print_number("after", ticks);
		break;
	case 4: /* PRIMASK: WFE does not wake by that: only the pending event does */
		disable();
		SCR = 1u << 4; /* SEVONPEND */
		tick(5000);
		wfe();
		print_number("ticks", ticks);
		break;
	case 5: /* nothing will ever wake it */
		wfi();
		break;
	case 6: /* asleep whenever no handler runs, until one clears SLEEPONEXIT */
		SCR = 2;
		tick(1000);
		NVIC_ISPR = 1;
		barrier();
		print_number("ticks", ticks);
		break;
#ifndef __ARM_ARCH_6M__
	case 7: /* wide encodings */
		__asm volatile("sev.w\n wfe.w" ::: "memory");
		mailbox[0] = 1;
		tick(5000);
		__asm volatile("wfi.w" ::: "memory");
		break;
#endif
	case 8: /* deep sleep: the clock stands, and SysTick with it */
		SCR = 4;
		tick(5000);
		wfi();
		break;
	case 9: /* a disabled interrupt that becomes pending is an event with SEVONPEND */
		SCR = 1u << 4;
		NVIC_ICER = 1;
		NVIC_ISPR = 1;
		wfe();
		print("through\n");
		break;
	}
	SYST_CSR = 0;
	return 0;
}
