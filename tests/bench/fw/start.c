/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reset, a console (CMSDK UART at 0x40004000), and the end by semihosting. */
#include "bench.h"

#define UART 0x40004000u

extern uint32_t stack_top[], data_load[], data_begin[], data_end[], bss_begin[], bss_end[];

/* Found in the ELF file by its first words; the host writes the number behind them. */
__attribute__((section(".parameters"), used)) const volatile struct {
	uint32_t magic[3], rounds;
} parameters = {{0x75727754, 0x6E656220, 0x21216863}, 1};

static void put(char c)
{
	while (REG(UART + 4) & 1)
		;
	REG(UART) = (uint32_t)c;
}

static void tell(uint32_t sum)
{
	for (const char *text = "checksum "; *text; text++)
		put(*text);
	for (int shift = 28; shift >= 0; shift -= 4)
		put("0123456789abcdef"[sum >> shift & 15]);
	put('\n');
	for (volatile int wait = 0; wait < 100; wait++) /* the last byte is on the line */
		;
}

__attribute__((noreturn)) static void leave(uint32_t status)
{
	uint32_t block[2] = {0x20026, status}; /* ADP_Stopped_ApplicationExit */
	register uint32_t r0 __asm("r0") = 0x20; /* SYS_EXIT_EXTENDED */
	register uint32_t *r1 __asm("r1") = block;
	__asm volatile("bkpt 0xab" : : "r"(r0), "r"(r1) : "memory");
	for (;;)
		;
}

void Reset_Handler(void);
void Reset_Handler(void)
{
	uint32_t *from = data_load;
	for (uint32_t *to = data_begin; to < data_end;)
		*to++ = *from++;
	for (uint32_t *to = bss_begin; to < bss_end;)
		*to++ = 0;
	REG(UART + 0x10) = 16;
	REG(UART + 8) = 1;
#ifdef __ARM_FP
	CPACR |= 0xFu << 20;
	__asm volatile("dsb\n isb" ::: "memory");
#endif
#if __ARM_FP & 8 /* the M7: its caches are off after reset; elsewhere nothing comes of it */
	CCR |= CCR_CACHES;
	__asm volatile("dsb\n isb" ::: "memory");
#endif
	tell(work(parameters.rounds));
	leave(0);
}

void unexpected(void);
void unexpected(void)
{
	leave(99);
}

void SysTick_Handler(void) __attribute__((weak, alias("unexpected")));
void IRQ0_Handler(void) __attribute__((weak, alias("unexpected")));
void IRQ1_Handler(void) __attribute__((weak, alias("unexpected")));

typedef void handler(void);
__attribute__((section(".vectors"), used)) handler *const vectors[16 + 32] = {
	(handler *)stack_top, Reset_Handler, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected,
	0, 0, 0, unexpected, unexpected, 0, unexpected, SysTick_Handler, IRQ0_Handler, IRQ1_Handler,
};
