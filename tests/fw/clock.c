/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For nucleo-l4r5zi: changes its clock again and again, MSI 4 MHz to PLL 120 MHz and back, while TIM2 counts core cycles
 * and LPTIM1 counts the crystal. What they say at the end is left in the mailbox.
 *
 *   mailbox 0: clock changes   1: TIM2   2: LPTIM1   3: its rounds of 65,536
 */
#include "fw.h"

#define RCC 0x40021000
#define CR REG(RCC)
#define CFGR REG(RCC + 0x08)
#define PLLCFGR REG(RCC + 0x0C)
#define FLASH_ACR REG(0x40022000)
#define TIM2 0x40000000
#define LPTIM1 0x40007C00

enum { CHANGES = 200 };

static void to_pll(void)
{
	FLASH_ACR = 0x705;
	PLLCFGR = 1 | 60 << 8 | 1 << 24; /* MSI / 1 * 60 / 2 */
	CR |= 1 << 24;
	while (!(CR & 1 << 25))
		;
	CFGR = 3;
	while ((CFGR & 12) != 12)
		;
}

static void to_msi(void)
{
	CFGR = 0;
	while (CFGR & 12)
		;
	CR &= ~(1u << 24);
	FLASH_ACR = 0x600;
}

static void wait_cycles(uint32_t cycles)
{
	uint32_t from = REG(TIM2 + 0x24);
	while (REG(TIM2 + 0x24) - from < cycles)
		;
}

int main(void)
{
	REG(LPTIM1 + 0x10) = 1;
	REG(LPTIM1 + 0x18) = 0xFFFF;
	REG(LPTIM1 + 0x10) = 5;
	REG(TIM2 + 0x2C) = 0xFFFFFFFF;
	REG(TIM2) = 1;
	for (uint32_t i = 0; i < CHANGES; i++) {
		if (i % 2)
			to_msi();
		else
			to_pll();
		wait_cycles(i % 2 ? 3001 + 7 * i : 200003 + 11 * i); /* no round numbers of anything */
		if (REG(LPTIM1) & 2) {
			REG(LPTIM1 + 4) = 2;
			mailbox[3]++;
		}
	}
	mailbox[0] = CHANGES;
	mailbox[1] = REG(TIM2 + 0x24);
	mailbox[2] = REG(LPTIM1 + 0x1C);
	return 0;
}
