/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware for QEMU's MPS2 machines relies on: identification, timers, dual timer, UART interrupts, watchdog.
 * Prints nothing that depends on how fast the machine is, so that QEMU and we print the same.
 */
#include "fw.h"

#define TIMER0 0x40000000
#define TIMER1 0x40001000
#define DUAL 0x40002000
#define WATCHDOG 0x40008000
#define FPGAIO 0x40028000
#define SCC 0x4002F000
#define LIFE REG(0x20300000) /* outlives a reset */
#define FIRST_LIFE 0x11FE0001u

static volatile uint32_t ticks0, ticks1, duals, received, nmis;
static volatile char line[32];
static __attribute__((aligned(256))) void (*volatile table[48])(void);

static void on_timer0(void)
{
	REG(TIMER0 + 0xC) = 1;
	ticks0++;
}

static void on_timer1(void)
{
	REG(TIMER1 + 0xC) = 1;
	ticks1++;
}

static void on_dual(void)
{
	REG(DUAL + 0xC) = 1;
	duals++;
}

static void on_receive(void)
{
	REG(UART_BASE + 0xC) = 2;
	char c = (char)REG(UART_BASE);
	if (received < sizeof line)
		line[received++] = c;
}

static void on_nmi(void)
{
	REG(WATCHDOG + 0xC) = 1;
	nmis++;
}

static void deaf(void) /* an NMI that clears nothing */
{
}

static void take_vectors(void)
{
	void (*const *rom)(void) = (void (*const *)(void))VTOR;
	for (int i = 0; i < 48; i++)
		table[i] = rom[i];
	table[2] = on_nmi;
	table[16] = on_receive;
	table[16 + 8] = on_timer0;
	table[16 + 9] = on_timer1;
	table[16 + 10] = on_dual;
	VTOR = (uint32_t)table;
	NVIC_ISER = 1u << 0 | 1u << 8 | 1u << 9 | 1u << 10;
	enable();
}

static void identify(void)
{
	static const struct {
		const char *name;
		uint32_t at;
	} BLOCK[] = {{"timer", TIMER0}, {"dualtimer", DUAL}, {"uart", UART_BASE}, {"watchdog", WATCHDOG}};
	for (unsigned i = 0; i < sizeof BLOCK / sizeof *BLOCK; i++) {
		print(BLOCK[i].name);
		put(' ');
		for (uint32_t at = BLOCK[i].at + 0xFD0; at <= BLOCK[i].at + 0xFFC; at += 4)
			print_hex(REG(at));
		put('\n');
	}
	print("scc ");
	print_hex(REG(SCC + 0xFFC));
	put('\n');
}

static void timers(void)
{
	REG(TIMER0 + 8) = 24999;
	REG(TIMER0) = 9;
	REG(TIMER1 + 8) = 49999;
	REG(TIMER1) = 9;
	while (ticks0 < 6)
		wfi();
	REG(TIMER0) = 0;
	REG(TIMER1) = 0;
	/* Timer 1 is half as fast: after six of the one, two or three of the other. */
	print(ticks1 == 2 || ticks1 == 3 ? "timers keep step\n" : "timers are out of step\n");
	REG(TIMER0 + 4) = 77;
	print_number("stands", REG(TIMER0 + 4));
}

static void dual_timer(void)
{
	REG(DUAL) = 1000;
	REG(DUAL + 8) = 1 << 7 | 1 << 6 | 1 << 5 | 1 << 2 | 1 << 1; /* periodic, 32 bits, ticks of 16 */
	while (duals < 3)
		wfi();
	REG(DUAL + 8) = 0;
	REG(DUAL + 0x20) = 200;
	REG(DUAL + 0x28) = 1 << 7 | 1 << 1 | 1; /* one shot, no interrupt */
	while (!(REG(DUAL + 0x30) & 1))
		;
	print_number("one shot", REG(DUAL + 0x24));
	print_number("masked", REG(DUAL + 0x34));
	REG(DUAL + 0x2C) = 1;
	print_number("cleared", REG(DUAL + 0x30));
}

static void counters(void)
{
	uint32_t before = REG(FPGAIO + 0x18), hundredths = REG(FPGAIO + 0x14);
	while (REG(FPGAIO + 0x14) == hundredths)
		;
	print(REG(FPGAIO + 0x18) != before ? "counters count\n" : "counters stand still\n");
}

static void echo(void)
{
	print("say something\n");
	REG(UART_BASE + 8) = 1 | 2 | 8;
	while (!received || line[received - 1] != '\n')
		wfi();
	REG(UART_BASE + 8) = 3;
	for (uint32_t i = received - 1; i-- > 0;)
		put(line[i]);
	put('\n');
}

static void watchdog(void)
{
	REG(WATCHDOG + 0xC00) = 0x1ACCE551;
	REG(WATCHDOG) = 20000;
	REG(WATCHDOG + 8) = 3;
	while (nmis < 2)
		;
	print("woken twice by the watchdog\n");
	table[2] = deaf;
	LIFE = FIRST_LIFE;
	for (;;)
		;
}

int main(void)
{
	if (LIFE == FIRST_LIFE) {
		LIFE = 0;
		print("second life\n");
		return 0;
	}
	take_vectors();
	identify();
	timers();
	dual_timer();
	counters();
	echo();
	watchdog();
	return 1;
}
