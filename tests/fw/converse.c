/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware to talk to. It says "ready", then obeys lines on its console:
 *
 *   echo TEXT   says TEXT          infer N   an "inference" of N loops, seen by name, pin 5 and text
 *   sense N     N samples of the accelerometer, from a driver that knows no such hardware
 *   exit N      semihosting exit   eot       says ASCII 4       sleep   for ever, whatever comes
 *   deep N      a function that calls itself, N deep    tick    one SysTick interrupt
 *   second      says "second" on the second UART
 *
 * and echoes what comes on the second UART, one letter up.
 */
#include "fw.h"

#define UART1 0x40005000
#define PINS 0x40020000

volatile uint32_t sink;

__attribute__((noinline)) static uint32_t busy(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		sink += i;
	return sink;
}

__attribute__((noinline)) void invoke(uint32_t n);
void invoke(uint32_t n)
{
	busy(n);
	busy(n); /* a call within: its return is not the inference's */
}

__attribute__((noinline)) uint32_t deep(uint32_t n);
uint32_t deep(uint32_t n)
{
	sink++;
	return n ? deep(n - 1) + sink : busy(10);
}

HANDLER(SysTick_Handler)
{
	SYST_CSR = 0;
	busy(20);
}

/* The middle of straight code, for probes by address. */
__attribute__((noinline)) void straight(void);
void straight(void)
{
	__asm volatile("nop\n nop\n nop\n .global straight_begin\n .thumb_func\n straight_begin: nop\n nop\n "
		       "nop\n nop\n nop\n"
		       " .global straight_end\n .thumb_func\n straight_end: nop\n nop" ::
			       : "memory");
}

/* Drivers of a device that does not exist: without a feed they fail. */
__attribute__((noinline)) int read_accelerometer(int16_t *xyz);
int read_accelerometer(int16_t *xyz)
{
	xyz[0] = xyz[1] = xyz[2] = -1;
	return -5;
}

__attribute__((noinline)) int read_g(void *device, float *x, float *y, float *z);
int read_g(void *device, float *x, float *y, float *z)
{
	*x = *y = *z = 99;
	return -5;
}

static int get(void)
{
	for (;;) {
		if (REG(UART_BASE + 4) & 2)
			return (int)REG(UART_BASE);
		if (REG(UART1 + 4) & 2)
			REG(UART1) = REG(UART1) + 1;
	}
}

static unsigned line(char *text, unsigned room)
{
	unsigned n = 0;
	for (;;) {
		int c = get();
		if (c == '\n' || c == '\r') {
			text[n] = 0;
			return n;
		}
		if (n + 1 < room)
			text[n++] = (char)c;
	}
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;
	while (*text >= '0' && *text <= '9')
		value = 10 * value + (uint32_t)(*text++ - '0');
	return value;
}

static int is(const char *text, const char *word)
{
	while (*word)
		if (*text++ != *word++)
			return 0;
	return 1;
}

static void print_signed(int32_t value)
{
	if (value < 0)
		put('-');
	print_number("", value < 0 ? (uint32_t)-value : (uint32_t)value);
}

static void sense(uint32_t n)
{
	while (n--) {
		int16_t xyz[3];
		float x, y, z;
		int status = read_accelerometer(xyz);
		print("counts ");
		print_signed(xyz[0]);
		print_signed(xyz[1]);
		print_signed(xyz[2]);
		print_signed(status);
		status = read_g(0, &x, &y, &z);
		print("milli-g ");
		print_signed((int32_t)(x * 1000));
		print_signed((int32_t)(y * 1000));
		print_signed((int32_t)(z * 1000));
		print_signed(status);
	}
}

static void infer(uint32_t n)
{
	print("begin\n");
	REG(PINS + 0x18) = 1u << 5;
	straight();
	invoke(n);
	REG(PINS + 0x28) = 1u << 5;
	print("end\n");
}

static void obey(const char *text)
{
	if (is(text, "echo ")) {
		print(text + 5);
		put('\n');
	} else if (is(text, "infer ")) {
		infer(number(text + 6));
	} else if (is(text, "sense ")) {
		sense(number(text + 6));
	} else if (is(text, "deep ")) {
		deep(number(text + 5));
		print("deep\n");
	} else if (is(text, "tick")) {
		SYST_RVR = 50;
		SYST_CVR = 0;
		SYST_CSR = 7;
		busy(100);
		print("ticked\n");
	} else if (is(text, "exit ")) {
		stop(number(text + 5));
	} else if (is(text, "eot")) {
		put(4);
	} else if (is(text, "sleep")) {
		for (;;)
			wfi();
	} else if (is(text, "second")) {
		for (const char *c = "second"; *c; c++) {
			while (REG(UART1 + 4) & 1)
				;
			REG(UART1) = (uint32_t)*c;
		}
	} else {
		print("what?\n");
	}
}

int main(void)
{
	char text[80];
	REG(PINS) = 1u << 10; /* pin 5 is an output */
	REG(UART1 + 0x10) = 16;
	REG(UART1 + 8) = 3;
	print("ready\n");
	for (;;) {
		line(text, sizeof text);
		obey(text);
	}
}
