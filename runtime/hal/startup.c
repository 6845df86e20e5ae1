/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vector table, reset, faults. Addresses of the system control space: Arm v6-M, v7-M and v8-M manuals,
 * chapter B3.
 */
#include "runtime/hal/hal.h"
#include "runtime/status.h"

#if defined(__ARM_ARCH_6M__)
#define INTERRUPTS 32
#else
#define INTERRUPTS 240
#endif

#define ICSR 0xE000ED04u
#define VTOR 0xE000ED08u
#define NVIC_ISER 0xE000E100u

extern uint32_t rt_stack_top[], rt_data[], rt_data_end[], rt_bss[], rt_bss_end[];
extern const uint32_t rt_data_load[];

void rt_reset(void);
void rt_start(void);
void rt_unhandled(void);
void rt_interrupt(void);

const void *const rt_vectors[16 + INTERRUPTS] __attribute__((section(".vectors"), used)) = {
	rt_stack_top,
	(const void *)rt_reset,
	[2 ... 15] = (const void *)rt_unhandled,
	[16 ... 15 + INTERRUPTS] = (const void *)rt_interrupt,
};

static struct {
	uint32_t irq;
	void (*handler)(void);
} handled;

/*
 * Before any other code, as the compiler may use floating-point registers anywhere. CPACR: full access to
 * CP10, CP11.
 */
__attribute__((naked)) void rt_reset(void)
{
	__asm volatile(
#if defined(__ARM_FP)
		"ldr r0, =0xE000ED88\n\t"
		"ldr r1, [r0]\n\t"
		"orr r1, r1, #0x00F00000\n\t"
		"str r1, [r0]\n\t"
		"dsb\n\t"
		"isb\n\t"
#endif
		"bl rt_start\n\t"
		".ltorg");
}

#if defined(RT_CACHES)
#define CCR 0xE000ED14u
#define CCSIDR 0xE000ED80u
#define CSSELR 0xE000ED84u
#define ICIALLU 0xE000EF50u
#define DCISW 0xE000EF60u

/*
 * Cortex-M7 (DDI 0489, "Initializing and enabling the cache"): 4 ways of 32-byte lines, sets as CCSIDR says.
 */
static void enable_caches(void)
{
	*rt_register(ICIALLU, 0) = 0;
	*rt_register(CSSELR, 0) = 0;
	__asm volatile("dsb" ::: "memory");
	uint32_t size = *rt_register(CCSIDR, 0), sets = size >> 13 & 0x7fff, ways = size >> 3 & 0x3ff;
	for (uint32_t set = 0; set <= sets; set++)
		for (uint32_t way = 0; way <= ways; way++)
			*rt_register(DCISW, 0) = way << 30 | set << 5;
	__asm volatile("dsb" ::: "memory");
	*rt_register(CCR, 0) |= 1u << 17 | 1u << 16;
	__asm volatile("dsb\n\tisb" ::: "memory");
}
#else
static void enable_caches(void)
{
}
#endif

void rt_start(void)
{
	*rt_register(VTOR, 0) = (uint32_t)(uintptr_t)rt_vectors;
	const uint32_t *from = rt_data_load;
	for (uint32_t *to = rt_data; to != rt_data_end;)
		*to++ = *from++;
	for (uint32_t *to = rt_bss; to != rt_bss_end;)
		*to++ = 0;
	enable_caches();
	rt_main();
}

void rt_mark(const struct rt_mark *mark)
{
	__asm volatile("" ::: "memory"); /* the mark is in memory before its address is told */
	*rt_register(RT_MARK_PORT, 0) = (uint32_t)(uintptr_t)mark;
}

_Noreturn void rt_fault(void)
{
	struct rt_mark mark = {
		.kind = RT_MARK_ERROR,
		.index = 0xffffffffu,
		.op = *rt_register(ICSR, 0) & 0x1ff, /* the exception's number */
		.value = RT_FAULT,
	};
	rt_mark(&mark);
	__builtin_trap();
}

void rt_unhandled(void)
{
	rt_fault();
}

void rt_interrupt(void)
{
	uint32_t irq = (*rt_register(ICSR, 0) & 0x1ff) - 16;
	if (!handled.handler || irq != handled.irq)
		rt_fault();
	handled.handler();
}

void rt_interrupt_enable(uint32_t irq, void (*handler)(void))
{
	handled.irq = irq;
	handled.handler = handler;
	*rt_register(NVIC_ISER, irq / 32 * 4) = 1u << irq % 32;
}
