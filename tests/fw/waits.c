/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same work on data and code in flash and in RAM, second time each, so that code is where caches want it. */
#include "fw.h"

#define FLASH_ACR REG(0x40022000)
#define MPU_CTRL REG(0xE000ED94)
#define MPU_RBAR REG(0xE000ED9C)
#define MPU_RASR REG(0xE000EDA0)
#define WORDS 2048 /* more than any cache of the test boards holds */

static const uint32_t in_flash[WORDS] = {[0] = 1, [WORDS - 1] = 2};
static uint32_t in_ram[WORDS] __attribute__((aligned(sizeof(uint32_t) * WORDS)));

static uint32_t sum(const uint32_t *at)
{
	uint32_t words = WORDS, total = 0, word;
	__asm volatile("1: ldr %[word], [%[at]]\n adds %[at], #4\n adds %[total], %[total], %[word]\n"
		       "subs %[words], #1\n bne 1b"
		       : [words] "+l"(words), [total] "+l"(total), [word] "=&l"(word), [at] "+l"(at) : : "cc", "memory");
	return total;
}

#define LONG_LOOP                                                                                             \
	uint32_t turns = 100;                                                                                 \
	__asm volatile(".balign 4\n 1: .rept 20\n adds %[turns], #1\n subs %[turns], #1\n .endr\n"            \
		       "subs %[turns], #1\n bne 1b" : [turns] "+l"(turns) : : "cc")

static __attribute__((noinline)) void code_in_flash(void) { LONG_LOOP; }
static __attribute__((noinline, section(".ramcode"), long_call)) void code_in_ram(void) { LONG_LOOP; }

static uint32_t data(const uint32_t *at)
{
	sum(at);
	uint32_t began = SYST_CVR;
	sum(at);
	return (began - SYST_CVR) & 0xFFFFFF;
}

static uint32_t code(void (*run)(void))
{
	run();
	uint32_t began = SYST_CVR;
	run();
	return (began - SYST_CVR) & 0xFFFFFF;
}

/* The MPU makes the array uncached, or shared, which is the same on M7; then all is as before. */
static uint32_t data_as(const uint32_t *at, uint32_t attributes)
{
	MPU_RBAR = (uint32_t)at | 0x10;
	MPU_RASR = 3u << 24 | attributes << 16 | 12 << 1 | 1;
	MPU_CTRL = 5;
	uint32_t cycles = data(at);
	MPU_CTRL = 0;
	return cycles;
}

int main(void)
{
	SYST_RVR = 0xFFFFFF;
	SYST_CSR = 5;
	if (selected) /* a core with caches of its own */
		CCR |= 3u << 16;
	for (unsigned i = 0; i < WORDS; i++)
		in_ram[i] = in_flash[i];
	print_number("data_flash", data(in_flash));
	print_number("data_ram", data(in_ram));
	print_number("code_flash", code(code_in_flash));
	print_number("code_ram", code(code_in_ram));
	if (selected) {
		print_number("data_uncached", data_as(in_ram, 1u << 3));
		print_number("data_shared", data_as(in_ram, 7));
		print_number("data_through", data_as(in_ram, 2));
		CCR &= ~(1u << 16);
		print_number("data_cache_off", data(in_ram));
		CCR |= 1u << 16;
		print_number("data_cache_on", data(in_ram));
	}
	FLASH_ACR = 0;
	print_number("no_waits", data(in_flash));
	print_number("code_no_waits", code(code_in_flash));
	return 0;
}
