/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IT block across a page, interrupted between its instructions as often as can be: its state must survive. */
#include "fw.h"

static volatile uint32_t ticks, inside;
extern const char split_begin[], split_end[];

void tick(const uint32_t *frame);
void tick(const uint32_t *frame)
{
	uint32_t a = ticks++, b;
	__asm volatile("tst %1, #1\n ite eq\n moveq %0, #3\n movne %0, #4" : "=r"(b) : "r"(a) : "cc"); /* one of its own */
	inside += frame[6] > (uint32_t)split_begin && frame[6] < (uint32_t)split_end && (frame[7] & 0x0600FC00) && b;
	SYST_CVR = 0;
}

__attribute__((naked)) void SysTick_Handler(void);
void SysTick_Handler(void) { __asm volatile("mov r0, sp\n b tick"); }

/* 0x1111 added where r0 == 0, 0x2222 where not: two instructions each, on both sides of the page's edge. */
__attribute__((naked, noinline, section(".text.split"), aligned(4096))) static uint32_t split(uint32_t x, uint32_t sum)
{
	__asm volatile("b 1f\n .space 4096 - 2 - 8\n 1: cmp r0, #0\n .global split_begin\n split_begin:\n ittee eq\n"
		       "addeq.w r1, r1, #0x1100\n" /* from here on the next page */
		       "addeq.w r1, r1, #0x11\n addne.w r1, r1, #0x2200\n addne.w r1, r1, #0x22\n"
		       ".global split_end\n split_end:\n mov r0, r1\n bx lr");
}

int main(void)
{
	uint32_t sum = 0, expected = 0;
	for (uint32_t round = 0; round < 60; round++) {
		SYST_RVR = 60 + round; /* more than the handler takes; comes at every place of the loop sooner or later */
		SYST_CVR = 0;
		SYST_CSR = 7;
		for (uint32_t i = 0; i < 60; i++) {
			sum = split(i & 1, sum);
			expected += i & 1 ? 0x2222 : 0x1111;
		}
	}
	SYST_CSR = 0;
	print_number("right", sum == expected);
	print_number("ticks", ticks > 500);
	print_number("inside", inside > 0);
	return 0;
}
