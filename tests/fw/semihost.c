/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semihosting: text, files below one folder, clock, and code that is read into place. */
#include "fw.h"

static uint32_t call(uint32_t number, const void *block)
{
	register uint32_t r0 __asm("r0") = number;
	register const void *r1 __asm("r1") = block;
	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

static uint32_t length(const char *text)
{
	uint32_t n = 0;
	while (text[n])
		n++;
	return n;
}

static uint32_t open_file(const char *name, uint32_t mode)
{
	const uint32_t block[3] = {(uint32_t)name, mode, length(name)};
	return call(1, block);
}

static uint32_t write_file(uint32_t handle, const void *at, uint32_t bytes)
{
	const uint32_t block[3] = {handle, (uint32_t)at, bytes};
	return call(5, block);
}

static uint32_t read_file(uint32_t handle, void *at, uint32_t bytes)
{
	const uint32_t block[3] = {handle, (uint32_t)at, bytes};
	return call(6, block);
}

static uint32_t one(uint32_t number, uint32_t argument)
{
	const uint32_t block[2] = {argument, 0};
	return call(number, block);
}

static uint16_t code[8] __attribute__((aligned(4), section(".data"))) = {0x2001, 0x4770}; /* movs r0, #1; bx lr */

static void print_signed(const char *name, uint32_t value)
{
	print_number(name, value == 0xFFFFFFFF ? 999 : value);
}

int main(void)
{
	static char text[16];
	call(4, "zero ended, ");
	call(3, "c");
	call(3, "\n");
	uint32_t console = open_file(":tt", 4);
	print_number("console", write_file(console, "by handle\n", 10));
	print_number("tty", one(9, console));
	uint32_t out = open_file("out.txt", 4);
	print_signed("open", out);
	if (out != 0xFFFFFFFF) {
		print_number("written", write_file(out, "abcdef", 6));
		print_number("close", one(2, out));
		uint32_t in = open_file("out.txt", 0);
		print_number("length", one(0xC, in));
		const uint32_t seek[2] = {in, 2};
		print_number("seek", call(0xA, seek));
		print_number("left", read_file(in, text, 10)); /* asked for 10, got 4 */
		print(text);
		put('\n');
		const uint16_t insns[2] = {0x2007, 0x4770};
		uint32_t patch = open_file("patch.bin", 7); /* w+b */
		write_file(patch, insns, 4);
		const uint32_t back[2] = {patch, 0};
		call(0xA, back);
		uint32_t (*function)(void) = (uint32_t (*)(void))((uint32_t)code | 1);
		uint32_t before = function();
		read_file(patch, code, 4);
		barrier();
		print_number("code", before * 10 + function());
		print_signed("flash", read_file(patch, (void *)0x08000000, 4));
	}
	print_signed("absolute", open_file("/etc/passwd", 0));
	print_signed("above", open_file("../secret", 0));
	print_signed("through", open_file("link/secret", 0));
	print_signed("linked", open_file("linked", 0));
	print_signed("missing", open_file("missing", 0));
	print_signed("bad_mode", open_file("out.txt", 12));
	print_signed("bad_handle", write_file(77, "x", 1));
	print_signed("wild", write_file(console, (void *)0x70000000, 8));
	print_signed("system", call(0x12, (const uint32_t[]){(uint32_t)"true", 4}));
	uint32_t ticks[2] = {0, 0};
	call(0x30, ticks);
	print_number("elapsed", ticks[0] > 1000 && ticks[1] == 0);
	print_number("frequency", call(0x31, 0));
	print_number("time", call(0x11, 0));
	const uint32_t status[2] = {0x20026, 42};
	drain();
	call(selected == 1 ? 0x18 : 0x20, selected == 1 ? (const void *)0x20024 : status);
	return 1;
}
