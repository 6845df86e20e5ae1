/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The little that the applications need of a microcontroller. Clocks, pins and baud rates were set up by
 * whoever flashed the firmware; here only enable bits are set.
 */
#ifndef RUNTIME_HAL_HAL_H
#define RUNTIME_HAL_HAL_H

#include "runtime/protocol.h"

#include <stdint.h>

extern const volatile struct rt_config rt_config;

/*
 * The application; never returns. Called by the reset handler with .data and .bss in place, FPU and caches
 * on.
 */
_Noreturn void rt_main(void);

/* Stores the mark's address to RT_MARK_PORT. */
void rt_mark(const struct rt_mark *mark);

/*
 * Marks RT_FAULT and executes an undefined instruction: in a fault handler that is lock-up, which a debugger
 * sees.
 */
_Noreturn void rt_fault(void);

/*
 * The handler of one interrupt (NVIC number), and the number's enable bit. Any other interrupt is rt_fault().
 */
void rt_interrupt_enable(uint32_t irq, void (*handler)(void));

/* Sends bytes over the UART that the configuration names; nothing if it names none. */
void rt_uart_open(void);
void rt_uart_write(const char *bytes, uint32_t count);

static inline volatile uint32_t *rt_register(uint32_t base, uint32_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static inline void rt_mask(void)
{
	__asm volatile("cpsid i" ::: "memory");
}

static inline void rt_unmask(void)
{
	/* With the barrier, what became pending is taken before the next instruction. */
	__asm volatile("cpsie i\n\tisb" ::: "memory");
}

/*
 * Called with interrupts masked: a pending one still ends the sleep, so none is lost between check and sleep.
 */
static inline void rt_sleep(void)
{
	__asm volatile("dsb\n\twfi" ::: "memory");
}

#endif
