/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small kernel: SysTick asks for PendSV, PendSV switches three tasks, each unprivileged, on its own stack, with
 * floating-point registers of its own where there are any; they speak by SVC. */
#include "fw.h"

enum { TASKS = 3, WORDS = 192, TURNS = 40 }; /* and main, number 3, in their round */
static uint32_t stack[TASKS][WORDS] __attribute__((aligned(8)));
static uint32_t *saved[TASKS + 1];
volatile uint32_t current, finished, switches;
static volatile uint32_t result[TASKS], sum_of_masks;

uint32_t *next_task(uint32_t *sp);
uint32_t *next_task(uint32_t *sp)
{
	saved[current] = sp;
	current = (current + 1) % (TASKS + 1);
	switches++;
	__asm volatile("msr control, %0" : : "r"(current < TASKS) : "memory"); /* main alone is privileged */
	return saved[current];
}

__attribute__((naked)) void PendSV_Handler(void);
void PendSV_Handler(void)
{
	__asm volatile("mrs r0, psp\n"
#ifdef __ARM_FP
		       "tst lr, #0x10\n it eq\n vstmdbeq r0!, {s16-s31}\n"
#endif
		       "stmdb r0!, {r4-r11, lr}\n bl next_task\n ldmia r0!, {r4-r11, lr}\n"
#ifdef __ARM_FP
		       "tst lr, #0x10\n it eq\n vldmiaeq r0!, {s16-s31}\n"
#endif
		       "msr psp, r0\n bx lr");
}

HANDLER(SysTick_Handler) { ICSR = 1u << 28; }

void call(uint32_t *frame);
void call(uint32_t *frame)
{
	uint8_t number = ((uint8_t *)frame[6])[-2];
	if (number == 1) { /* finished with r0 */
		result[current] = frame[0];
		finished++;
		ICSR = 1u << 28;
	} else { /* control as the handler sees it, for the thread to compare */
		uint32_t control;
		__asm volatile("mrs %0, control" : "=r"(control));
		frame[0] = control & 3;
	}
}

__attribute__((naked)) void SVC_Handler(void);
void SVC_Handler(void)
{
	__asm volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n b call");
}

/* Arithmetic that goes wrong if anything of its context is lost. */
static uint32_t work(uint32_t seed)
{
	uint32_t x = seed;
#ifdef __ARM_FP
	float a = (float)seed, b = 1.0f, c = 0.5f;
#endif
	for (uint32_t i = 0; i < TURNS * 20; i++) {
		x = x * 1664525u + 1013904223u;
		x ^= x >> 7;
#ifdef __ARM_FP
		b = b * 0.75f + a;
		c = c * 0.5f + b;
		a += 1.0f;
#endif
	}
#ifdef __ARM_FP
	x += (uint32_t)c;
#endif
	return x;
}

static __attribute__((noreturn)) void task(uint32_t index)
{
	uint32_t control, asked;
	__asm volatile("mrs %0, control" : "=r"(control));
	__asm volatile("mov r0, #0\n svc #0\n mov %0, r0" : "=r"(asked) : : "r0", "memory");
	__asm volatile("cpsid i" ::: "memory"); /* unprivileged: does nothing */
	sum_of_masks += primask();
	uint32_t x = work(index + 1);
	register uint32_t r0 __asm("r0") = x;
	if ((control & 3) != 3 || asked != 1)
		r0 = 0xBAD;
	__asm volatile("svc #1" : : "r"(r0) : "memory");
	for (;;)
		;
}

/* On the process stack from here: no local of main's is used any more. */
static __attribute__((noinline, noreturn)) void run(void)
{
	SYST_CSR = 7;
	while (finished < TASKS)
		;
	SYST_CSR = 0;
	print_number("got0", result[0]);
	print_number("got1", result[1]);
	print_number("got2", result[2]);
	print_number("switches", switches);
	print_number("masks", sum_of_masks);
	stop(0);
}

int main(void)
{
	for (uint32_t i = 0; i < TASKS; i++) {
		uint32_t *sp = &stack[i][WORDS];
		*--sp = 1u << 24;
		*--sp = (uint32_t)task & ~1u;
		sp -= 5;
		*--sp = i;
		*--sp = 0xFFFFFFFD; /* thread mode, process stack, basic frame */
		sp -= 8;
		saved[i] = sp;
	}
	print_number("expect0", work(1));
	print_number("expect1", work(2));
	print_number("expect2", work(3));
	REG(0xE000ED20) = 0xF0F00000; /* PendSV and SysTick least urgent */
	SYST_RVR = 299;
	SYST_CVR = 0;
	current = TASKS;
	static uint32_t own[WORDS] __attribute__((aligned(8)));
	__asm volatile("msr psp, %0\n mov r0, #2\n msr control, r0\n isb" : : "r"(&own[WORDS]) : "r0", "memory");
	run();
}
