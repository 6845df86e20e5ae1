/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code in RAM: copied there, changed while it runs, changed a halfword at a time, data beside code, jumps between pages. */
#include "fw.h"

typedef uint32_t function(uint32_t);
static uint16_t ram_code[64] __attribute__((aligned(4), section(".data")));
static uint16_t two_pages[1024] __attribute__((aligned(1024))); /* of the library's size: 1 KiB */
static volatile uint32_t beside; /* its page holds code, too */

static uint32_t call(uint32_t x)
{
	barrier();
	return ((function *)((uint32_t)ram_code | 1))(x);
}

__attribute__((naked, noinline)) static uint32_t sample(uint32_t x)
{
	__asm volatile("adds r0, #5\n lsls r0, #1\n bx lr\n nop");
}

/* The first page jumps to the second, which is another function each time. */
static uint32_t jump_across(void)
{
	uint32_t sum = 0;
	two_pages[0] = 0xE1FE;            /* b .+1024 */
	for (uint32_t i = 0; i < 200; i++) {
		two_pages[512] = (uint16_t)(0x2000 | i); /* movs r0, #i; bx lr */
		two_pages[513] = 0x4770;
		barrier();
		for (int again = 0; again < 3; again++)
			sum += ((function *)((uint32_t)two_pages | 1))(0);
	}
	return sum;
}

int main(void)
{
	uint32_t sum = 0;
	const uint16_t *from = (const uint16_t *)((uint32_t)sample & ~1u);
	for (int i = 0; i < 4; i++)
		ram_code[i] = from[i];
	print_number("copied", call(10));
	for (uint32_t i = 0; i < 200; i++) { /* movs r0, #i; bx lr */
		ram_code[0] = (uint16_t)(0x2000 | (i & 0xFF));
		ram_code[1] = 0x4770;
		beside = i;
		sum += call(0) + beside;
	}
	print_number("rewritten", sum);
	/* The code writes its own next instruction: strh r2, [r1]; movs r0, #1 (becomes #9); bx lr */
	static const uint16_t self[] = {0x800A, 0xF3BF, 0x8F4F, 0xF3BF, 0x8F6F, 0x2001, 0x4770};
	for (int i = 0; i < 7; i++)
		ram_code[i] = self[i];
	register uint32_t r0 __asm("r0"), r1 __asm("r1") = (uint32_t)&ram_code[5], r2 __asm("r2") = 0x2009;
	barrier();
	__asm volatile("mov r3, %3\n blx r3" : "=r"(r0) : "r"(r1), "r"(r2), "r"((uint32_t)ram_code | 1) : "r3", "lr", "memory");
	print_number("itself", r0);
	print_number("across", jump_across());
	for (int i = 0; i < 30; i++)
		((volatile uint8_t *)ram_code)[100 + i] = (uint8_t)i;
	return 0;
}
