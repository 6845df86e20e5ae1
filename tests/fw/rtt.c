/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware that speaks through memory a debug probe reads, laid out as SEGGER's RTT. It says "ready", answers
 * each line with its letters one up, and ends at "quit". Its buffers are small: it waits for the probe, as
 * blocking RTT does.
 */
#include "fw.h"

struct buffer {
	const char *name;
	char *at;
	uint32_t bytes;
	volatile uint32_t written, read;
	uint32_t flags;
};

struct block {
	char id[16];
	int32_t ups, downs;
	struct buffer up[2], down[1];
};

extern struct block _SEGGER_RTT;
struct block _SEGGER_RTT;
static char up[32], down[16];

static void say(const char *text)
{
	struct buffer *b = &_SEGGER_RTT.up[0];
	for (; *text; text++) {
		uint32_t next = (b->written + 1) % b->bytes;
		while (next == b->read)
			;
		b->at[b->written] = *text;
		b->written = next;
	}
}

static char hear(void)
{
	struct buffer *b = &_SEGGER_RTT.down[0];
	while (b->read == b->written)
		;
	char c = b->at[b->read];
	b->read = (b->read + 1) % b->bytes;
	return c;
}

/* The id last, and not as one text anywhere in flash: a probe must find no half-made block. */
static void set_up(void)
{
	static const char reversed[] = "TTR REGGES";
	_SEGGER_RTT.ups = 2;
	_SEGGER_RTT.downs = 1;
	_SEGGER_RTT.up[0] = (struct buffer){"Terminal", up, sizeof up, 0, 0, 2};
	_SEGGER_RTT.down[0] = (struct buffer){"Terminal", down, sizeof down, 0, 0, 2};
	for (unsigned i = 0; i < 10; i++)
		((volatile char *)_SEGGER_RTT.id)[i] = reversed[9 - i];
}

int main(void)
{
	char line[64];
	unsigned n = 0;
	set_up();
	say("ready\n");
	for (;;) {
		char c = hear();
		if (c != '\n' && n + 2 < sizeof line) {
			line[n++] = (char)(c + 1);
			continue;
		}
		line[n++] = '\n';
		line[n] = 0;
		if (n == 5 && line[0] == 'r' && line[1] == 'v' && line[2] == 'j' && line[3] == 'u')
			break;
		say(line);
		n = 0;
	}
	say("bye\n");
	return 0;
}
