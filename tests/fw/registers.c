/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bits of the system's registers exist: each is written, read back as "address=value", and put back. */
#include "fw.h"

static uint32_t tried(uint32_t at, uint32_t value)
{
	uint32_t old = REG(at);
	REG(at) = value;
	barrier();
	uint32_t now = REG(at);
	REG(at) = old;
	barrier();
	return now;
}

static void show(uint32_t at, uint32_t value)
{
	print_hex(at);
	put('=');
	print_hex(value);
	put('\n');
}

static uint32_t psp_keeps(uint32_t value)
{
	__asm volatile("msr psp, %0\n mrs %0, psp" : "+r"(value));
	return value;
}

#if __ARM_ARCH >= 7
static uint8_t stack[256] __attribute__((aligned(8)));

/* What unprivileged code may touch of the private bus; anything else is a fault. */
static void unprivileged(void)
{
	NVIC_ISER = 0xF;
	CCR |= 2; /* USERSETMPEND */
	__asm volatile("msr psp, %0\n msr control, %1\n isb" : : "r"(stack + sizeof stack), "r"(3) : "memory");
	REG(0xE000EF00) = 2; /* STIR */
	barrier();
	REG8(0xE0000000) = 'x'; /* ITM port 0 */
	stop(0);
}
HANDLER(IRQ2_Handler) { print("irq2\n"); }
#else
static void unprivileged(void) {}
#endif

int main(void)
{
	static const uint32_t AT[] = {0xE000ED10, 0xE000ED14, 0xE000ED18, 0xE000ED1C, 0xE000ED20, 0xE000ED88, 0xE000EF3C};
	disable();
	for (unsigned i = 0; i < sizeof AT / sizeof *AT; i++)
		show(AT[i], tried(AT[i], AT[i] == 0xE000ED14 ? 0xFFFFFFE7 : 0xFFFFFFFF)); /* CCR: no traps, please */
	show(0xE000EF34, REG(0xE000EF34));
	show(0xE000ED60, REG(0xE000ED60));
	NVIC_ISPR = 1;
	ICSR = 1u << 28; /* PendSV as well, which is as urgent and has the lower number */
	show(0xE000ED04, ICSR);
	REG(0xE000E280) = 1;
	ICSR = 1u << 27;
	show(0, psp_keeps(0x20001237));
	enable();
	unprivileged();
	return 0;
}
