/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs code that the host wrote behind the firmware, snippet by snippet, on a thread of its own, while SysTick
 * interrupts every `selected` cycles (0: never). Prints a hash of all registers and of the scratch memory.
 * With `selected` 1 it converts from fixed point instead, in every rounding mode.
 */
#include "fw.h"

enum { SNIPPETS = 64, SLOT = 256, SCRATCH = 256 };
#define CODE 0x08020000u

struct state {
	uint32_t r[11], apsr;
#ifdef __ARM_FP
	uint32_t fpscr, s[32];
#endif
};

static struct state state;
static uint32_t scratch[SCRATCH];
static uint32_t thread_stack[256] __attribute__((aligned(8)));
static volatile uint32_t ticks;

/* What a handler may clobber, it does. */
HANDLER(SysTick_Handler)
{
	ticks++;
#ifdef __ARM_FP
	__asm volatile("vmov s0, %0\n vmov s1, %0\n vmov s7, %0\n vmov s8, %0\n vmov s15, %0\n vmsr fpscr, %1"
		       : : "r"(0xDEADBEEF), "r"(3u << 22) : "s0", "s1", "s7", "s8", "s15");
#endif
	__asm volatile("movs r0, #1\n movs r1, #2\n movs r2, #3\n movs r3, #0\n mov r12, r0\n cmp r3, r3"
		       : : : "r0", "r1", "r2", "r3", "r12", "cc");
}

#ifdef __ARM_FP
#define FP_IN "add r4, r1, #48\n ldr r3, [r4], #4\n vmsr fpscr, r3\n vldmia r4, {s0-s31}\n"
#define FP_OUT "vmrs r3, fpscr\n str r3, [r1], #4\n vstmia r1, {s0-s31}\n"
#else
#define FP_IN
#define FP_OUT
#endif

/* r0 to r10 and flags from `state`, r11 in the middle of the scratch memory; and back. */
__attribute__((naked)) static void run(uint32_t code, struct state *state, uint32_t *middle)
{
	__asm volatile("push {r4-r7, lr}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r1, r4-r7}\n"
		       "mov r12, r0\n mov r11, r2\n" FP_IN
		       "ldr r3, [r1, #32]\n mov r8, r3\n ldr r3, [r1, #36]\n mov r9, r3\n ldr r3, [r1, #40]\n mov r10, r3\n"
		       "ldr r3, [r1, #44]\n msr apsr_nzcvq, r3\n"
		       "mov r7, r1\n ldm r7!, {r0-r6}\n ldr r7, [r7]\n blx r12\n"
		       "push {r0-r7}\n mrs r0, apsr\n ldr r1, [sp, #32]\n str r0, [r1, #44]\n"
		       "pop {r4-r7}\n stm r1!, {r4-r7}\n pop {r4-r7}\n stm r1!, {r4-r7}\n"
		       "mov r4, r8\n mov r5, r9\n mov r6, r10\n stm r1!, {r4-r6}\n adds r1, #4\n" FP_OUT
		       "pop {r1, r4-r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n pop {r4-r7, pc}");
}

static uint32_t next(void)
{
	static uint32_t x = 12345;
	x = x * 1664525 + 1013904223;
	return x;
}

static uint32_t hash(uint32_t h, const uint32_t *word, uint32_t words)
{
	while (words--)
		h = (h ^ *word++) * 16777619;
	return h;
}

static void thread(void)
{
	uint32_t h = 2166136261u;
	for (unsigned i = 0; i < SCRATCH; i++)
		scratch[i] = next();
	for (unsigned i = 0; i < SNIPPETS; i++) {
		uint32_t *word = (uint32_t *)&state;
		for (unsigned n = 0; n < sizeof state / 4; n++)
			word[n] = next();
		state.apsr &= 0xF8000000;
#ifdef __ARM_FP
		state.fpscr &= 0x07C00000; /* AHP, DN, FZ and the rounding mode */
#endif
		run((CODE + i * SLOT) | 1, &state, scratch + SCRATCH / 2);
		h = hash(h, (uint32_t *)&state, sizeof state / 4);
		h = hash(h, scratch, SCRATCH);
		print_hex(h);
		put('\n');
	}
	mailbox[1] = ticks;
	stop(0);
}

/* To the thread on the process stack by way of a return: nothing ever writes CONTROL. */
__attribute__((naked)) void SVC_Handler(void);
void SVC_Handler(void)
{
	__asm volatile("msr psp, r0\n mov r0, lr\n movs r1, #4\n orrs r0, r1\n bx r0");
}

#ifdef __ARM_FP
#define CONVERT(type, bits, value)                                                                          \
	__asm volatile("vmov s0, %1\n vcvt.f32." type " s0, s0, #" bits "\n vmov %0, s0" : "=r"(found) : "r"(value) : "s0"); \
	print_hex(found);                                                                                  \
	put(' ')

static void conversions(void)
{
	for (uint32_t mode = 0, found; mode < 4; mode++) {
		__asm volatile("vmsr fpscr, %0" : : "r"(mode << 22));
		CONVERT("u32", "8", 0x01000001);
		CONVERT("u32", "32", 0xFFFFFFFF);
		CONVERT("s32", "8", -0x01000003);
		CONVERT("s32", "1", 0x7FFFFFFF);
		CONVERT("s32", "1", 0x80000000);
		__asm volatile("vmrs %0, fpscr" : "=r"(found));
		print_hex(found);
		put('\n');
	}
	stop(0);
}
#else
static void conversions(void) { stop(1); }
#endif

int main(void)
{
	if (selected == 1)
		conversions();
	uint32_t *top = thread_stack + sizeof thread_stack / 4 - 8;
	top[6] = (uint32_t)thread;
	top[7] = 1u << 24;
	mailbox[0] = (uint32_t)thread_stack;
	if (selected) {
		SYST_RVR = selected;
		SYST_CVR = 0;
		SYST_CSR = 7;
	}
	register uint32_t *r0 __asm("r0") = top;
	__asm volatile("svc #0" : : "r"(r0) : "memory");
	return 1;
}
