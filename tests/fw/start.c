/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fw.h"

/* First in RAM: what the firmware tells the host without a console. */
__attribute__((section(".mailbox"), used)) volatile uint32_t mailbox[32];

extern uint32_t stack_top[], data_load[], data_begin[], data_end[], bss_begin[], bss_end[];
int main(void);

void put(char c)
{
	while (REG(UART_BASE + 4) & 1)
		;
	REG(UART_BASE) = (uint32_t)c;
}

void print(const char *text)
{
	while (*text)
		put(*text++);
}

void print_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

void print_number(const char *name, uint32_t value)
{
	char digits[10];
	int n = 0;
	print(name);
	put('=');
	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		put(digits[--n]);
	put('\n');
}

void drain(void)
{
	while (REG(UART_BASE + 4) & 1)
		;
	for (volatile int wait = 0; wait < 60; wait++) /* the last byte is on the line: 160 cycles */
		;
}

void stop(uint32_t status)
{
	drain();
	uint32_t block[2] = {0x20026, status};
	register uint32_t r0 __asm("r0") = 0x20;
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
	for (unsigned i = 0; i < sizeof mailbox / 4; i++)
		mailbox[i] = 0;
	REG(UART_BASE + 0x10) = 16;
	REG(UART_BASE + 8) = 3;
#ifdef __ARM_FP
	CPACR |= 0xFu << 20;
	barrier();
#endif
	stop((uint32_t)main());
}

void unexpected(void);
void unexpected(void)
{
	print("unexpected exception ");
	print_hex(ipsr());
	put('\n');
	stop(99);
}

#define WEAK(name) void name(void) __attribute__((weak, alias("unexpected")));
WEAK(NMI_Handler) WEAK(HardFault_Handler) WEAK(MemManage_Handler) WEAK(BusFault_Handler) WEAK(UsageFault_Handler)
WEAK(SVC_Handler) WEAK(PendSV_Handler) WEAK(SysTick_Handler) WEAK(IRQ0_Handler) WEAK(IRQ1_Handler) WEAK(IRQ2_Handler)
WEAK(IRQ3_Handler)

typedef void handler(void);
__attribute__((section(".vectors"), used)) handler *const vectors[16 + 32] = {
	(handler *)stack_top, Reset_Handler, NMI_Handler, HardFault_Handler, MemManage_Handler, BusFault_Handler,
	UsageFault_Handler, unexpected, 0, 0, 0, SVC_Handler, unexpected, 0, PendSV_Handler, SysTick_Handler,
	IRQ0_Handler, IRQ1_Handler, IRQ2_Handler, IRQ3_Handler,
};

__attribute__((section(".select"), used)) const volatile uint32_t selected = 0;
_Static_assert(sizeof vectors == 0xC0, "the host writes `selected` at 0xC0");
