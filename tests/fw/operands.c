/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only operands decide: addresses that are not aligned, divisions. 100 times each. */
#include "fw.h"

static uint32_t memory[4];

#define TIMED(name, instruction, a, b)                                                                        \
	do {                                                                                                  \
		uint32_t turns = 100, began = SYST_CVR, result;                                               \
		__asm volatile(".balign 4\n 1: " instruction "\n subs.w %[turns], %[turns], #1\n bne.w 1b"    \
			       : [turns] "+r"(turns), [result] "=&r"(result) : [x] "r"(a), [y] "r"(b)         \
			       : "cc", "memory");                                                             \
		print_number(name, (began - SYST_CVR) & 0xFFFFFF);                                            \
	} while (0)

int main(void)
{
	uint32_t at = (uint32_t)memory;
	SYST_RVR = 0xFFFFFF;
	SYST_CSR = 5;
	TIMED("load", "ldr.w %[result], [%[x]]", at, 0);
	TIMED("load_half", "ldr.w %[result], [%[x]]", at + 2, 0);
	TIMED("load_odd", "ldr.w %[result], [%[x]]", at + 1, 0);
	TIMED("store", "str.w %[y], [%[x]]", at, 0);
	TIMED("store_half", "str.w %[y], [%[x]]", at + 2, 0x12345678);
	print_number("stored", memory[0] == 0x56780000 && memory[1] == 0x1234);
	TIMED("divide_0", "udiv %[result], %[x], %[y]", 1, 2);
	TIMED("divide_32", "udiv %[result], %[x], %[y]", 0xFFFFFFFF, 1);
	TIMED("divide_signed", "sdiv %[result], %[x], %[y]", 0x80000000, 1);
	return 0;
}
