/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware that speaks the MLPerf Tiny protocol, with a "model" of known length. Its inference is WORK turns of a loop
 * and eats its input: each one scores what the one before left, as published firmware does.
 * selected: 0 as it should be; 1 never says m-ready; 2 hangs in infer; 3 faults in infer; 4 refuses db load; 5 no laps
 */
#include "fw.h"

enum { INPUT = 64, WORK = 20000 };

static uint8_t input[INPUT];
static uint32_t expected, loaded, ticks;

void SysTick_Handler(void)
{
	ticks++;
}

static char get(void)
{
	while (!(REG(UART_BASE + 4) & 2))
		;
	return (char)REG(UART_BASE);
}

static void number(uint32_t value)
{
	char digits[10];
	int n = 0;
	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		put(digits[--n]);
}

/* Microseconds at 1 MHz: 100 of them per tick. */
static uint32_t now_us(void)
{
	uint32_t before, left;
	do {
		before = ticks;
		left = SYST_CVR;
	} while (before != ticks);
	return 100 * before + (99 - left);
}

static void lap(void)
{
	uint32_t us = now_us();
	if (selected == 5)
		return;
	print("m-lap-us-");
	number(us);
	print("\r\n");
}

static void infer_once(void)
{
	if (selected == 2)
		for (;;)
			;
	if (selected == 3)
		__asm volatile("udf #1");
	for (volatile int i = 0; i < WORK; i++)
		;
	for (int i = 0; i < INPUT; i++)
		input[i] = (uint8_t)(input[i] * 3 + 1);
}

static void results(void)
{
	uint32_t even = 0, odd = 0;
	for (int i = 0; i < INPUT; i += 2) {
		even += input[i];
		odd += input[i + 1];
	}
	print("m-results-[0.");
	number(even);
	print(",0.");
	number(odd);
	print("]\r\n");
}

static const char *digits(const char *text, uint32_t *ret)
{
	for (*ret = 0; *text >= '0' && *text <= '9'; text++)
		*ret = *ret * 10 + (uint32_t)(*text - '0');
	return text + (*text == ' ');
}

static void infer(const char *text)
{
	uint32_t count, warm;
	digits(digits(text, &count), &warm);
	while (warm--)
		infer_once();
	lap();
	while (count--)
		infer_once();
	lap();
	results();
}

static uint8_t nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void load(const char *text)
{
	for (; text[0] && text[1] && loaded < expected; text += 2)
		input[loaded++] = (uint8_t)(nibble(text[0]) << 4 | nibble(text[1]));
	if (loaded == expected)
		print("m-load-done\r\n");
}

static const char *behind(const char *text, const char *word)
{
	while (*word)
		if (*text++ != *word++)
			return 0;
	return text;
}

static void obey(const char *command)
{
	const char *rest;
	if ((rest = behind(command, "infer ")) != 0) {
		infer(rest);
	} else if ((rest = behind(command, "db load ")) != 0) {
		digits(rest, &expected);
		loaded = 0;
		if (selected == 4 || expected > INPUT)
			print("e-[too much]\r\n");
	} else if ((rest = behind(command, "db ")) != 0) {
		load(rest);
	} else if (behind(command, "name")) {
		print("m-name-[fixture]\r\n");
	} else {
		print("e-[unknown]\r\n");
	}
	print("m-ready\r\n");
}

int main(void)
{
	char command[80];
	unsigned used = 0;
	SYST_RVR = 99;
	SYST_CVR = 0;
	SYST_CSR = 7;
	print("m-init-done\r\n");
	if (selected != 1)
		print("m-ready\r\n");
	for (;;) {
		char c = get();
		if (c != '%' && used + 1 < sizeof command) {
			command[used++] = c;
		} else {
			command[used] = 0;
			used = 0;
			obey(command);
		}
	}
}
