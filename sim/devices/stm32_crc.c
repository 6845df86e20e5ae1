/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 CRC unit. RM0432 (L4+) chapter 17; F1: RM0008 chapter 4.
 *
 *   00 DR   04 IDR   08 CR   10 INIT   14 POL
 *
 *   CR 0: start from INIT   4:3: polynomial of 32, 16, 8, 7 bits   6:5: reverse input by byte, half-word, word
 *   CR 7: reverse output
 *   option fixed: true for the F1: CRC-32 polynomial and INIT of ones, words only
 *
 * A write of 8, 16 or 32 bits to DR is taken in with its most significant bit first. The result is there at once (on
 * silicon the bus waits for up to four clocks).
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { DR = 0x00, IDR = 0x04, CR = 0x08, INIT = 0x10, POL = 0x14 };

#define CR_RESET (1u << 0)
#define CR_REVERSE_OUTPUT (1u << 7)

struct crc {
	bool fixed;
	uint32_t value, idr, cr, first, polynomial;
};

static unsigned width(const struct crc *c)
{
	static const uint8_t bits[4] = {32, 16, 8, 7};
	return bits[c->cr >> 3 & 3];
}

static uint32_t mask(const struct crc *c)
{
	return width(c) == 32 ? UINT32_MAX : (UINT32_C(1) << width(c)) - 1;
}

static uint32_t reversed(uint32_t value, unsigned bits)
{
	uint32_t out = 0;
	for (unsigned i = 0; i < bits; i++)
		out |= (value >> i & 1) << (bits - 1 - i);
	return out;
}

/* Reverses each unit of REV_IN's size, at most the whole of the access. */
static uint32_t reversed_input(const struct crc *c, uint32_t value, unsigned bits)
{
	static const uint8_t units[4] = {0, 8, 16, 32};
	unsigned unit = units[c->cr >> 5 & 3];
	uint32_t out = 0;
	if (unit == 0)
		return value;
	if (unit > bits)
		unit = bits;
	for (unsigned at = 0; at < bits; at += unit)
		out |= reversed(value >> at, unit) << at;
	return out;
}

static void take_in(struct crc *c, uint32_t value, unsigned bits)
{
	value = reversed_input(c, value, bits);
	for (unsigned i = bits; i-- > 0;) {
		uint32_t top = c->value >> (width(c) - 1) & 1;
		c->value = c->value << 1 & mask(c);
		if (top ^ (value >> i & 1))
			c->value ^= c->polynomial & mask(c);
	}
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"fixed", NULL};
	struct crc *c = device->state;
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_bool(device, "fixed", false, &c->fixed, err);
}

static void reset(struct sim_device *device)
{
	struct crc *c = device->state;
	c->value = c->first = UINT32_MAX;
	c->polynomial = 0x04C11DB7;
	c->idr = c->cr = 0;
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct crc *c = device->state;
	switch (at) {
	case DR:
		return c->cr & CR_REVERSE_OUTPUT ? reversed(c->value, width(c)) : c->value;
	case IDR:
		return c->idr;
	case CR:
		return c->cr;
	case INIT:
		return c->first;
	case POL:
		return c->polynomial;
	default:
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
}

static uint32_t read_crc(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void set_control(struct crc *c, uint32_t value)
{
	c->cr = c->fixed ? 0 : value & 0xF8;
	if (value & CR_RESET)
		c->value = c->first & mask(c);
}

static void write_crc(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct crc *c = device->state;
	uint32_t at = offset & ~3u;
	if (at == DR) {
		take_in(c, value, c->fixed ? 32 : 8 * size);
		return;
	}
	value = sim_register_merge(read_register(device, at), offset, size, value);
	if (at == IDR)
		c->idr = c->fixed ? value & 0xFF : value;
	else if (at == CR)
		set_control(c, value);
	else if (at == INIT && !c->fixed)
		c->value = c->first = value;
	else if (at == POL && !c->fixed)
		c->polynomial = value;
	else
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
}

const struct sim_device_type sim_stm32_crc_type = {
	.name = "stm32-crc",
	.what = "STM32 CRC unit",
	.bytes = 0x400,
	.state_bytes = sizeof(struct crc),
	.init = init,
	.reset = reset,
	.read = read_crc,
	.write = write_crc,
};
