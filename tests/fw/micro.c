/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs each micro-kernel of the assembly file beside it and leaves the cycles of both lengths for the host. */
#include "fw.h"

enum { MOST_KERNELS = 256 };

struct kernel {
	uint32_t few, many, rest[8];
};
extern const struct kernel __start_micro_table[], __stop_micro_table[];

uint32_t micro_result[MOST_KERNELS][2];
uint32_t micro_memory[512] __attribute__((aligned(64)));
const uint32_t micro_constants[512] __attribute__((aligned(64))) = {0};

uint32_t micro_timed(uint32_t code);

#if __ARM_ARCH_ISA_THUMB > 1
#define HIGH_REGISTERS "mov r8, #8\n mov r9, #9\n mov r10, #10\n mov r11, #11\n mov r12, #12\n"
#else
#define HIGH_REGISTERS ""
#endif
#ifdef __ARM_FP
#define ONE(n) "vmov s" #n ", r0\n"
#define ONES(tens) ONE(tens##0) ONE(tens##1) ONE(tens##2) ONE(tens##3) ONE(tens##4) ONE(tens##5) ONE(tens##6) ONE(tens##7)
#define FP_REGISTERS                                                                                          \
	"ldr r0, =0x3F800000\n" ONES() ONE(8) ONE(9) ONES(1) ONE(18) ONE(19) ONES(2) ONE(28) ONE(29) ONE(30) ONE(31)
#define FP_SAVE "vpush {s16-s31}\n"
#define FP_RESTORE "vpop {s16-s31}\n"
#else
#define FP_REGISTERS ""
#define FP_SAVE ""
#define FP_RESTORE ""
#endif

/* The counter is read with a word on the stack as the only thing that the kernel must leave alone. */
__attribute__((naked, noinline)) uint32_t micro_timed(uint32_t code)
{
	__asm volatile("push {r4-r7, lr}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r4-r7}\n" FP_SAVE
		       "mov lr, r0\n" FP_REGISTERS HIGH_REGISTERS
		       "ldr r4, =micro_memory\n ldr r6, =micro_constants\n movs r0, #255\n adds r0, #1\n"
		       "adds r5, r4, r0\n adds r7, r5, r0\n"
		       "ldr r0, =0xE000E018\n ldr r0, [r0]\n push {r0, r1}\n"
		       "movs r1, #2\n movs r2, #3\n movs r3, #4\n movs r0, #0\n movs r0, #1\n cmp r0, r0\n"
		       "blx lr\n"
		       "ldr r0, =0xE000E018\n ldr r0, [r0]\n pop {r1, r2}\n subs r0, r1, r0\n lsls r0, #8\n lsrs r0, #8\n"
		       FP_RESTORE
		       "pop {r4-r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n pop {r4-r7, pc}\n .ltorg");
}

static uint32_t timed(uint32_t code)
{
	micro_timed(code);
	for (unsigned i = 0; i < 512; i++)
		micro_memory[i] = 0;
	return micro_timed(code);
}

int main(void)
{
	unsigned count = (unsigned)(__stop_micro_table - __start_micro_table);
	SYST_RVR = 0xFFFFFF;
	SYST_CSR = 5;
	for (unsigned i = 0; i < count && i < MOST_KERNELS; i++) {
		micro_result[i][0] = timed(__start_micro_table[i].few);
		micro_result[i][1] = timed(__start_micro_table[i].many);
	}
	return count > MOST_KERNELS;
}
