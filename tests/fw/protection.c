/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MPU's regions, by subregions and privilege; stack limits of Armv8-M; trace text; lazy stacking. */
#include "fw.h"

#define MPU_CTRL REG(0xE000ED94)
#define MPU_RNR REG(0xE000ED98)
#define MPU_RBAR REG(0xE000ED9C)
#define MPU_RASR REG(0xE000EDA0)
#define FPCCR REG(0xE000EF34)
#define FPCAR REG(0xE000EF38)

static uint8_t arena[4096] __attribute__((aligned(4096)));
static volatile uint32_t faults, skip = 2;

/* Records what and where, and steps over the instruction: narrow unless `skip` says otherwise. */
void memory_fault(uint32_t *frame);
void memory_fault(uint32_t *frame)
{
	mailbox[0] = CFSR;
	mailbox[1] = MMFAR;
	mailbox[2] = frame[6];
	CFSR = 0xFFFFFFFF;
	faults++;
	if (skip == 0) /* executed where it must not: back to the caller */
		frame[6] = frame[5];
	else
		frame[6] += skip;
	if ((selected & 0xFF) == 9)
		stop(mailbox[0] >> 16);
}

#ifdef __ARM_ARCH_8M_MAIN__
#define NO_LIMIT "movs r0, #0\n msr msplim, r0\n" /* the handler needs stack, too */
#else
#define NO_LIMIT ""
#endif
#define TO_C(name)                                                                                                 \
	__attribute__((naked)) void name(void);                                                                   \
	void name(void) { __asm volatile(NO_LIMIT "movs r0, #4\n mov r1, lr\n tst r0, r1\n beq 1f\n mrs r0, psp\n b 2f\n"  \
					 "1: mrs r0, msp\n 2: ldr r1, =memory_fault\n bx r1\n .ltorg"); }
TO_C(MemManage_Handler)
TO_C(HardFault_Handler)
TO_C(UsageFault_Handler)

static void region(uint32_t n, uint32_t at, uint32_t log2, uint32_t ap, uint32_t xn, uint32_t srd)
{
	MPU_RNR = n;
#ifdef __ARM_ARCH_8M_MAIN__
	(void)srd;
	MPU_RBAR = at | ap << 1 | xn;
	MPU_RASR = ((at + (1u << log2) - 1) & ~31u) | 1;
#else
	MPU_RBAR = at;
	MPU_RASR = xn << 28 | ap << 24 | srd << 8 | (log2 - 1) << 1 | 1;
#endif
}

#ifdef __ARM_ARCH_8M_MAIN__
enum { PRIVILEGED_RW = 0, ALL_RW = 1, PRIVILEGED_RO = 2, ALL_RO = 3 };
#else
enum { PRIVILEGED_RW = 1, ALL_RW = 3, PRIVILEGED_RO = 5, ALL_RO = 6 };
#endif

static uint32_t faulted(void)
{
	uint32_t n = faults;
	faults = 0;
	return n;
}

static __attribute__((noinline)) void store(volatile uint8_t *at) { __asm volatile("strb %0, [%1]" : : "l"(7), "l"(at) : "memory"); }
static __attribute__((noinline)) uint32_t load(volatile uint8_t *at)
{
	uint32_t v = 0;
	__asm volatile("ldrb %0, [%1]" : "+l"(v) : "l"(at) : "memory");
	return v;
}
static __attribute__((noinline)) void run(uint8_t *at)
{
	__asm volatile("blx %0" : : "r"((uint32_t)at | 1) : "lr", "r0", "memory");
}

static void access(const char *name, uint32_t at)
{
	load(arena + at);
	uint32_t reads = faulted();
	store(arena + at);
	print_number(name, reads * 2 + faulted());
}

#ifdef __ARM_FP
HANDLER(SVC_Handler)
{
	print_number("lspact", FPCCR & 1);
	mailbox[5] = FPCAR;
	__asm volatile("vmov.f32 s0, #1.0" ::: "s0");
	print_number("used", FPCCR & 1);
}
#endif

int main(void)
{
	SHCSR = 7u << 16;
	uint32_t code = selected & 0xFF;
	if (code == 1) { /* which accesses fault: 2 reads, 1 writes */
		for (int i = 0; i < 4; i++)
			access("off", 0); /* the page is in the fast path by now */
		region(0, (uint32_t)arena + 1024, 10, PRIVILEGED_RO, 0, 0);
		region(1, (uint32_t)arena + 2048 + 64, 5 + (code == 0), PRIVILEGED_RO, 0, 0);
		MPU_CTRL = 5; /* with the default map behind it */
		barrier();
		access("free", 0);
		access("read_only", 1024);
		access("last", 2047);
		access("before", 2048 + 63);
		access("small", 2048 + 64);
		access("behind", 2048 + 96);
		print_number("address", mailbox[1] - (uint32_t)arena);
		print_number("status", mailbox[0]);
		MPU_CTRL = 0;
		barrier();
		access("off", 1024);
	}
	if (code == 2) { /* execution */
		const uint16_t insn[2] = {0x2005, 0x4770};
		for (int i = 0; i < 4; i++)
			arena[i] = ((const uint8_t *)insn)[i];
		skip = 0;
		run(arena);
		print_number("may", faulted());
		region(0, (uint32_t)arena, 10, PRIVILEGED_RW, 1, 0);
		MPU_CTRL = 5;
		barrier();
		run(arena);
		print_number("must_not", faulted());
		print_number("status", mailbox[0]);
		print_number("at", mailbox[2] == (uint32_t)arena);
	}
	if (code == 3) { /* an unprivileged thread: code and its data only */
		region(0, 0x08000000, 18, ALL_RO, 0, 0);
		region(1, 0x20000000, 16, ALL_RW, 0, 0);
#ifndef __ARM_ARCH_8M_MAIN__
		region(2, (uint32_t)arena, 12, PRIVILEGED_RW, 0, 0x0F); /* the upper half of it */
#endif
		MPU_CTRL = 5;
		barrier();
		load(arena + 3000);
		uint32_t privileged = faulted();
		__asm volatile("msr control, %0\n isb" : : "r"(1) : "memory");
		load(arena + 3000);
		mailbox[8] = faulted();
		load(arena + 1000);
		mailbox[9] = faulted();
		skip = 2;
		__asm volatile("ldrb r0, [%0]" : : "l"(0x40004004) : "r0", "memory"); /* no region: denied */
		mailbox[10] = faulted() + 10 * privileged;
		__asm volatile("movs r0, #0x20\n ldr r1, =1f\n bkpt 0xab\n .align 2\n 1: .word 0x20026, 0" ::: "r0", "r1");
	}
#ifdef __ARM_ARCH_8M_MAIN__
	if (code == 9 || code == 10) { /* a stack limit, passed by a push (9) or by an exception's frame (10) */
		uint32_t sp, limit;
		__asm volatile("mrs %0, msp" : "=r"(sp));
		limit = (sp - (code == 9 ? 240 : 16)) & ~7u;
		mailbox[3] = limit;
		__asm volatile("msr msplim, %0" : : "r"(limit) : "memory");
		if (code == 9)
			__asm volatile("sub sp, sp, #200\n push {r0-r12, lr}\n pop {r0-r12, lr}\n add sp, sp, #200" ::: "memory");
		else
			__asm volatile("svc #0" ::: "memory");
	}
#endif
#ifdef __ARM_FP
	if (code == 4) {
		__asm volatile("vmov.f32 s0, #1.0" ::: "s0");
		uint32_t sp;
		__asm volatile("mov %0, sp\n svc #0" : "=r"(sp) : : "memory");
		print_number("fpcar", sp - mailbox[5]);
		print_number("after", FPCCR & 1);
	}
#endif
	if (code == 5) {
		*(volatile uint8_t *)0xE0000000 = 'h';
		*(volatile uint16_t *)0xE0000000 = 'i' << 8 | 'i';
		REG(0xE0000000) = 0x0A212121;
		REG(0xE0000E00) = 0; /* port off */
		*(volatile uint8_t *)0xE0000000 = 'x';
		print_number("ready", REG(0xE0000000));
	}
	return 0;
}
