/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who preempts whom: groups, BASEPRI, FAULTMASK, and what arrives while another is on its way. */
#include "fw.h"

static volatile uint32_t trail[16], steps;
static void step(uint32_t what) { if (steps < 16) trail[steps++] = what; }
static void show(const char *name)
{
	print(name);
	for (uint32_t i = 0; i < steps; i++) {
		put(' ');
		put((char)trail[i]);
	}
	put('\n');
	steps = 0;
}

/* With a short period it has come round again by the time it is turned off. */
HANDLER(SysTick_Handler) { SYST_CSR = 0; ICSR = 1u << 25; step('t'); }
HANDLER(IRQ0_Handler)
{
	step('a');
	if ((selected & 0xFF) != 2)
		NVIC_ISPR = 1u << 1;
	barrier();
	step('A');
}
HANDLER(IRQ1_Handler) { step('b'); }
HANDLER(IRQ2_Handler) { step('c'); }
HANDLER(NMI_Handler) { step('n'); }

#ifndef __ARM_ARCH_6M__
static void basepri(uint32_t to) { __asm volatile("msr basepri, %0" : : "r"(to) : "memory"); }
#endif

int main(void)
{
	NVIC_ISER = 7;
	switch (selected & 0xFF) {
#ifndef __ARM_ARCH_6M__
	case 1:
		NVIC_IPR(0) = 0x50;
		NVIC_IPR(1) = 0x40;
		AIRCR = 0x05FA0000 | 3 << 8; /* four bits of group: preempts */
		NVIC_ISPR = 1;
		barrier();
		show("fine");
		AIRCR = 0x05FA0000 | 4 << 8; /* three bits: same group, waits */
		NVIC_ISPR = 1;
		barrier();
		show("coarse");
		NVIC_IPR(2) = 0x60;
		NVIC_ISPR = 7; /* within a group the lower sub-priority goes first, and then the number */
		barrier();
		show("order");
		break;
	case 3:
		NVIC_IPR(1) = 0x40;
		NVIC_IPR(2) = 0x80;
		basepri(0x60);
		NVIC_ISPR = 6;
		barrier();
		step('-');
		basepri(0);
		barrier();
		step('=');
		__asm volatile("msr basepri_max, %0" : : "r"(0x40) : "memory");
		__asm volatile("msr basepri_max, %0" : : "r"(0x80) : "memory"); /* would lower it: ignored */
		NVIC_ISPR = 4;
		barrier();
		step('-');
		basepri(0);
		barrier();
		show("basepri");
		__asm volatile("cpsid f" ::: "memory");
		NVIC_ISPR = 2;
		ICSR = 1u << 31; /* NMI comes through */
		barrier();
		step('-');
		__asm volatile("cpsie f" ::: "memory");
		barrier();
		show("faultmask");
		break;
#endif
	case 2: { /* SysTick, most urgent, due some cycles behind the moment when IRQ0 becomes pending */
		uint32_t delay = selected >> 8;
		NVIC_IPR(0) = 0;
		REG(0xE000E400) = 0x00008080;
		SYST_RVR = delay;
		SYST_CVR = 0;
		mailbox[0] = 1;
		__asm volatile(".align 2\n str %1, [%0]\n str %3, [%2]\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop"
			       : : "l"(&SYST_CSR), "l"(7), "l"(&NVIC_ISPR), "l"(1) : "memory");
		barrier();
		while (steps < 3)
			;
		show("race");
		break;
	}
	}
	return 0;
}
