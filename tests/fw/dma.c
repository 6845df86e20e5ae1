/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA of four families, on the boards of their cores: m3 nucleo-f103rb, m4 nucleo-l4r5zi, m7 disco-f746ng, m33
 * nucleo-u575zi. Copies memory, takes eight bytes from the console's UART and sends them back in reverse order.
 *
 *   mailbox 0: bytes copied right   1: interrupt pending after the copy   2: left after the copy   3: list of two blocks
 */
#include "fw.h"

#if defined(__ARM_ARCH_7M__)
#define UART 0x40004400
#define DATA_IN (UART + 4)
#define DATA_OUT (UART + 4)
#define DMA 0x40020000
#define COPY 1
#define RECEIVE 6
#define SEND 7
#define IRQ_COPY 11
#elif defined(__ARM_ARCH_8M_MAIN__)
#define UART 0x40013800
#define DMA 0x40020000
#define COPY 2
#define RECEIVE 0
#define SEND 1
#define IRQ_COPY 31
#elif defined(__ARM_ARCH_7EM__) && __ARM_FP >= 12
#define UART 0x40011000
#define DMA 0x40026400
#define COPY 0
#define RECEIVE 2
#define SEND 7
#define IRQ_COPY 56
#else
#define UART 0x40008000
#define DMA 0x40020000
#define COPY 3
#define RECEIVE 1
#define SEND 2
#define IRQ_COPY 13
#endif
#ifndef DATA_IN
#define DATA_IN (UART + 0x24)
#define DATA_OUT (UART + 0x28)
#endif

enum kind { MEMORY, FROM, TO };

static uint8_t source[256], target[256], text[8], back[8];

#if defined(__ARM_ARCH_8M_MAIN__)
#define UNIT(n, reg) REG(DMA + 0x50 + 0x80 * (n) + (reg))

static void begin(unsigned n, enum kind kind, uint32_t from, uint32_t to, uint32_t items)
{
	uint32_t size = kind == MEMORY ? 2 : 0;
	UNIT(n, 0x40) = size | size << 16 | (kind != FROM) << 3 | (kind != TO) << 19;
	UNIT(n, 0x44) = kind == MEMORY ? 1 << 9 : kind == TO ? 1 << 10 : 0;
	UNIT(n, 0x48) = items << size;
	UNIT(n, 0x4C) = from;
	UNIT(n, 0x50) = to;
	UNIT(n, 0x7C) = 0;
	UNIT(n, 0x14) = 1 | 1 << 8;
}

static int done(unsigned n)
{
	return UNIT(n, 0x10) >> 8 & 1;
}

static uint32_t left(unsigned n)
{
	return UNIT(n, 0x48) & 0xFFFF;
}

/* Two blocks in a list: the first from registers, the second from memory (CBR1, CSAR, CDAR, CLLR). */
static uint32_t list(void)
{
	static uint32_t link[4] __attribute__((aligned(16)));
	static uint8_t out[8];
	link[0] = 4;
	link[1] = (uint32_t)source + 100;
	link[2] = (uint32_t)out + 4;
	link[3] = 0;
	UNIT(4, 0x00) = (uint32_t)link & 0xFFFF0000;
	UNIT(4, 0x40) = 1 << 3 | 1 << 19;
	UNIT(4, 0x44) = 1 << 9 | 3u << 30;
	UNIT(4, 0x48) = 4;
	UNIT(4, 0x4C) = (uint32_t)source + 10;
	UNIT(4, 0x50) = (uint32_t)out;
	UNIT(4, 0x7C) = 7u << 27 | 1 << 16 | ((uint32_t)link & 0xFFFC);
	UNIT(4, 0x14) = 1;
	while (!done(4))
		;
	return out[0] == source[10] && out[3] == source[13] && out[4] == source[100] && out[7] == source[103];
}
#elif defined(__ARM_ARCH_7EM__) && __ARM_FP >= 12
#define UNIT(n, reg) REG(DMA + 0x10 + 24 * (n) + (reg))

static void begin(unsigned n, enum kind kind, uint32_t from, uint32_t to, uint32_t items)
{
	uint32_t size = kind == MEMORY ? 2 : 0;
	UNIT(n, 4) = items;
	UNIT(n, 8) = kind == TO ? to : from;
	UNIT(n, 12) = kind == TO ? from : to;
	UNIT(n, 0) = 1 | 1 << 4 | (kind == MEMORY ? 2 : kind == TO) << 6 | (kind == MEMORY) << 9 | 1 << 10 | size << 11 |
		     size << 13;
}

static int done(unsigned n)
{
	static const uint8_t shift[4] = {5, 11, 21, 27};
	return REG(DMA + n / 4 * 4) >> shift[n % 4] & 1;
}

static uint32_t left(unsigned n)
{
	return UNIT(n, 4);
}
#else
#define UNIT(n, reg) REG(DMA + 8 + 20 * ((n) - 1) + (reg))

static void begin(unsigned n, enum kind kind, uint32_t from, uint32_t to, uint32_t items)
{
	uint32_t size = kind == MEMORY ? 2 : 0;
	UNIT(n, 4) = items;
	UNIT(n, 8) = kind == TO ? to : from;
	UNIT(n, 12) = kind == TO ? from : to;
	UNIT(n, 0) = 1 | 1 << 1 | (kind == TO) << 4 | (kind == MEMORY) << 6 | 1 << 7 | size << 8 | size << 10 |
		     (kind == MEMORY) << 14;
}

static int done(unsigned n)
{
	return REG(DMA) >> (4 * (n - 1) + 1) & 1;
}

static uint32_t left(unsigned n)
{
	return UNIT(n, 4);
}
#endif

static void open_uart(void)
{
#if defined(__ARM_ARCH_7M__)
	REG(UART + 8) = 100;
	REG(UART + 0x14) = 3 << 6;
	REG(UART + 0xC) = 1 << 13 | 3 << 2;
#else
	REG(UART + 0xC) = UART == 0x40008000 ? 0x4000 : 100;
	REG(UART + 8) = 3 << 6;
	REG(UART) = 1 | 3 << 2;
#endif
}

static uint32_t copy(void)
{
	uint32_t right = 0;
	for (unsigned i = 0; i < sizeof source; i++)
		source[i] = (uint8_t)(37 * i + 5);
	begin(COPY, MEMORY, (uint32_t)source, (uint32_t)target, sizeof source / 4);
	while (!done(COPY))
		;
	for (unsigned i = 0; i < sizeof source; i++)
		right += ((volatile uint8_t *)target)[i] == source[i];
	return right;
}

int main(void)
{
	mailbox[0] = copy();
	mailbox[1] = REG(0xE000E200 + IRQ_COPY / 32 * 4) >> (IRQ_COPY % 32) & 1;
	mailbox[2] = left(COPY);
#if defined(__ARM_ARCH_8M_MAIN__)
	mailbox[3] = list();
#endif
	open_uart();
	begin(RECEIVE, FROM, DATA_IN, (uint32_t)text, sizeof text);
	mailbox[4] = 1; /* listening */
	while (!done(RECEIVE))
		;
	for (unsigned i = 0; i < sizeof text; i++)
		back[i] = ((volatile uint8_t *)text)[sizeof text - 1 - i];
	begin(SEND, TO, (uint32_t)back, DATA_OUT, sizeof back);
	while (!done(SEND))
		;
	while (!(REG(UART + (DATA_IN == DATA_OUT ? 0 : 0x1C)) & 1 << 6))
		;
	return 0;
}
