/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels of inference under every setting of the flash interface: weights in flash and in RAM, one by one and by
 * LDM, single and double precision, code that is long, and the same loop at three places of a page. Each runs twice and
 * the second counts, so that code and what it calls are where caches want them.
 */
#include "fw.h"

#define FLASH_ACR REG(0x40022000)
enum { WORDS = 2048, MOST_WAITS = 5, PREFETCH = 1 << 8, CACHES = 3 << 9 };

static const uint32_t in_flash[WORDS] __attribute__((aligned(64))) = {[0] = 1, [WORDS - 1] = 2};
static uint32_t in_ram[WORDS] __attribute__((aligned(64)));

/* What M0+ has as well, and all of it 16 bits wide. */
static void load_singly(const void *at)
{
	uint32_t turns = WORDS / 8;
	__asm volatile(".balign 4\n 1: ldr r2, [%[at], #0]\n ldr r2, [%[at], #4]\n ldr r2, [%[at], #8]\n ldr r2, [%[at], #12]\n"
		       "ldr r2, [%[at], #16]\n ldr r2, [%[at], #20]\n ldr r2, [%[at], #24]\n ldr r2, [%[at], #28]\n"
		       "adds %[at], #32\n subs %[turns], #1\n bne 1b"
		       : [turns] "+l"(turns), [at] "+l"(at) : : "r2", "cc", "memory");
}

#define LOAD_MANY                                                                                                \
	uint32_t turns = WORDS / 8;                                                                              \
	__asm volatile(".balign 4\n 1: ldmia %[at]!, {r2-r5}\n ldmia %[at]!, {r2-r5}\n subs %[turns], #1\n bne 1b" \
		       : [turns] "+l"(turns), [at] "+l"(at) : : "r2", "r3", "r4", "r5", "cc", "memory")

static void load_many(const void *at) { LOAD_MANY; }
static __attribute__((noinline, section(".ramcode"), long_call)) void load_many_from_ram(const void *at) { LOAD_MANY; }

static void dot_single(const void *at)
{
	const float *w = at;
	volatile float out;
	float sum = 0;
	for (unsigned i = 0; i < 256; i++)
		sum += w[i] * 0.5f;
	out = sum;
	(void)out;
}

static void dot_double(const void *at)
{
	const double *w = at;
	volatile double out;
	double sum = 0;
	for (unsigned i = 0; i < 256; i++)
		sum += w[i] * 0.5;
	out = sum;
	(void)out;
}

/* 3 KiB and a bit, straight: more than the accelerators of the test boards hold, less than the caches. */
void run_long(const void *at);
__asm(".section .text.run_long, \"ax\"\n .balign 64\n .thumb_func\n run_long:\n"
      ".rept 800\n adds r2, #1\n eors r3, r2\n .endr\n bx lr\n .text");

#ifdef __ARM_FP
#define COMPUTE "vdiv.f32 s0, s1, s2\n vmul.f32 s3, s0, s1\n vfma.f32 s4, s3, s1\n vadd.f32 s5, s4, s3\n"
#elif __ARM_ARCH >= 7
#define COMPUTE "mul.w r2, r3, r3\n add.w r2, r2, r3\n mla r3, r2, r2, r3\n"
#else
#define COMPUTE "muls r2, r3\n adds r2, r3\n muls r3, r2\n"
#endif
/* The same 50 turns, `before` bytes behind the begin of a page. */
#define AT_A_PLACE(before)                                                                                       \
	void at_##before(const void *at);                                                                        \
	__asm(".section .text.places, \"ax\"\n .balign 1024\n .space " #before "\n .thumb_func\n at_" #before ":\n"  \
	      "push {r4, lr}\n movs r4, #50\n b 2f\n nop\n 1: .rept 8\n"                                         \
	      "ldr r2, [r0, #4]\n ldr r3, [r0, #8]\n" COMPUTE "str r3, [r0, #12]\n .endr\n"                       \
	      "subs r4, #1\n beq 3f\n 2: b 1b\n 3: pop {r4, pc}\n .text");
AT_A_PLACE(0)
AT_A_PLACE(896)
AT_A_PLACE(952)
AT_A_PLACE(1008)

static uint32_t cycles(void (*run)(const void *at), const void *at)
{
	run(at);
	uint32_t began = SYST_CVR;
	run(at);
	return (began - SYST_CVR) & 0xFFFFFF;
}

static void all(void)
{
	print_number("singly_flash", cycles(load_singly, in_flash));
	print_number("singly_ram", cycles(load_singly, in_ram));
	print_number("many_flash", cycles(load_many, in_flash));
	print_number("many_ram", cycles(load_many, in_ram));
	print_number("many_flash_by_ram", cycles(load_many_from_ram, in_flash));
	print_number("many_ram_by_ram", cycles(load_many_from_ram, in_ram));
	print_number("single", cycles(dot_single, in_ram));
	print_number("double", cycles(dot_double, in_ram));
	print_number("long", cycles(run_long, 0));
}

int main(void)
{
	SYST_RVR = 0xFFFFFF;
	SYST_CSR = 5;
	if (selected) /* a core with caches of its own */
		CCR |= 3u << 16;
	FLASH_ACR = selected ? 0 : CACHES;
	print_number("place_0", cycles(at_0, in_ram));
	print_number("place_896", cycles(at_896, in_ram));
	print_number("place_952", cycles(at_952, in_ram));
	print_number("place_1008", cycles(at_1008, in_ram));
	for (unsigned waits = 0; waits <= MOST_WAITS; waits++) {
		print("with everything\n");
		FLASH_ACR = waits | PREFETCH | CACHES;
		all();
	}
	print("without prefetch\n");
	FLASH_ACR = MOST_WAITS | CACHES;
	all();
	print("with nothing\n");
	if (selected)
		CCR &= ~(3u << 16);
	FLASH_ACR = MOST_WAITS;
	all();
	return 0;
}
