/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 general purpose pins: a port of 16. RM0432 (L4+) chapter 8; F1: RM0008 chapter 9.
 *
 *         mode      type speed pull   IDR ODR BSRR LCKR  AFRL AFRH BRR
 *   v2    00        04   08    0C     10  14  18   1C    20   24   28
 *   f1    00 04 (configuration, 4 bits a pin)   08  0C  10   18 (lock)     14
 *
 *   option layout: v2, f1 (v2)     mode: reset value of the mode register (0xFFFFFFFF; f1: 0x44444444 in both)
 *
 * An output reads back what it drives, an input what its pull resistor says. A floating input reads 0, reported as
 * guessed, unless option `high` or `low` (masks of 16 bits) says what the board connects: a button, a jumper.
 * What outputs drive is told to observers, and what inputs see to the interrupt controller (stm32_exti.c). Alternate and analogue functions lead nowhere: devices here are not behind pins.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <string.h>

#define REGISTERS 12 /* up to 0x2C */

struct gpio {
	bool f1;
	uint64_t mode_reset, high, low;
	uint32_t value[REGISTERS];
	uint32_t out, told, seen;
};

enum role { MODE, PLAIN, IN, OUT, SET_RESET, RESET_ONLY };

static enum role role_of(const struct gpio *g, uint32_t at)
{
	static const uint8_t v2[REGISTERS] = { MODE, PLAIN, PLAIN, PLAIN, IN, OUT, SET_RESET, PLAIN, PLAIN, PLAIN,
					       RESET_ONLY, PLAIN };
	static const uint8_t f1[REGISTERS] = { MODE, MODE, IN, OUT, SET_RESET, RESET_ONLY, PLAIN, PLAIN, PLAIN, PLAIN,
					       PLAIN, PLAIN };
	return (enum role)(g->f1 ? f1 : v2)[at / 4];
}

static bool is_output(const struct gpio *g, unsigned pin)
{
	if (g->f1) /* MODE, the lower two of four bits: 0 is input; CNF's upper bit: alternate function */
		return (g->value[pin / 8] >> (pin % 8 * 4) & 3) && !(g->value[pin / 8] >> (pin % 8 * 4 + 3) & 1);
	return (g->value[0] >> (2 * pin) & 3) == 1;
}

/* 1 and 0: pulled; -1: floating */
static int pull_of(const struct gpio *g, unsigned pin)
{
	if (g->f1) /* input with pull: CNF 2; ODR chooses which */
		return (g->value[pin / 8] >> (pin % 8 * 4) & 15) == 8 ? (int)(g->out >> pin & 1) : -1;
	unsigned pull = g->value[3] >> (2 * pin) & 3;
	return pull == 1 ? 1 : pull == 2 ? 0 : -1;
}

static uint32_t input(const struct gpio *g, bool *ret_guessed)
{
	uint32_t value = 0;
	*ret_guessed = false;
	for (unsigned pin = 0; pin < 16; pin++) {
		uint32_t bit = 1u << pin;
		int pull = pull_of(g, pin);
		if (is_output(g, pin))
			value |= g->out & bit;
		else if (g->high & bit || (pull == 1 && !(g->low & bit)))
			value |= bit;
		else if (!(g->low & bit) && pull < 0 && !g->f1 && (g->value[0] >> (2 * pin) & 3) == 0)
			*ret_guessed = true;
		else if (!(g->low & bit) && pull < 0 && g->f1 && (g->value[pin / 8] >> (pin % 8 * 4) & 15) == 4)
			*ret_guessed = true;
	}
	return value;
}

static void tell(struct sim_device *device)
{
	struct gpio *g = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t levels = 0;
	for (unsigned pin = 0; pin < 16; pin++)
		levels |= is_output(g, pin) ? g->out & 1u << pin : 0;
	if (levels != g->told && wires->pins)
		wires->pins(wires->machine, device, levels);
	g->told = levels;
}

/* Edges for the interrupt controller. A reset makes none. */
static void look(struct sim_device *device, bool edges)
{
	struct gpio *g = device->state;
	const struct sim_wires *wires = device->wires;
	bool guessed;
	uint32_t old = g->seen;
	g->seen = input(g, &guessed);
	if (edges && g->seen != old && wires->port)
		wires->port(wires->machine, device, old, g->seen);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "layout", "mode", "high", "low", NULL };
	struct gpio *g = device->state;
	const char *layout = sim_device_option(device, "layout", "v2");
	g->f1 = strcmp(layout, "f1") == 0;
	if (!sim_device_options_known(device, known, err))
		return false;
	if (!g->f1 && strcmp(layout, "v2") != 0)
		return err_input(err, "%s: '%s' is no layout of device '%s'; v2 or f1 is expected", device->board->path,
				 layout, device->place->name);
	return sim_device_option_number(device, "mode", g->f1 ? 0x44444444 : UINT32_MAX, 0, UINT32_MAX,
					&g->mode_reset, err) &&
	       sim_device_option_number(device, "high", 0, 0, 0xFFFF, &g->high, err) &&
	       sim_device_option_number(device, "low", 0, 0, 0xFFFF, &g->low, err);
}

static void reset(struct sim_device *device)
{
	struct gpio *g = device->state;
	memset(g->value, 0, sizeof g->value);
	g->out = 0;
	g->value[0] = (uint32_t)g->mode_reset;
	if (g->f1)
		g->value[1] = (uint32_t)g->mode_reset;
	tell(device);
	look(device, false);
}

static uint32_t read_gpio(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct gpio *g = device->state;
	uint32_t at = offset & ~3u, value;
	bool guessed = at >= 4 * REGISTERS;
	if (guessed) {
		value = 0;
	} else {
		switch (role_of(g, at)) {
		case IN:
			value = input(g, &guessed);
			break;
		case OUT:
			value = g->out;
			break;
		case SET_RESET:
		case RESET_ONLY:
			value = 0;
			break;
		default:
			value = g->value[at / 4];
		}
	}
	if (guessed)
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
	return sim_register_part(value, offset, size);
}

static void write_gpio(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct gpio *g = device->state;
	uint32_t at = offset & ~3u;
	if (at >= 4 * REGISTERS) {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
		return;
	}
	enum role role = role_of(g, at);
	uint32_t old = role == OUT ? g->out : role == MODE || role == PLAIN ? g->value[at / 4] : 0;
	value = sim_register_merge(old, offset, size, value);
	switch (role) {
	case IN:
		break;
	case OUT:
		g->out = value & 0xFFFF;
		break;
	case SET_RESET: /* set wins where both are asked for */
		g->out = (g->out & ~(value >> 16)) | (value & 0xFFFF);
		break;
	case RESET_ONLY:
		g->out &= ~value;
		break;
	default:
		g->value[at / 4] = value;
	}
	tell(device);
	look(device, true);
}

const struct sim_device_type sim_stm32_gpio_type = {
	.name = "stm32-gpio",
	.what = "STM32 port of 16 pins: outputs, inputs by pull resistor",
	.bytes = 0x400,
	.state_bytes = sizeof(struct gpio),
	.init = init,
	.reset = reset,
	.read = read_gpio,
	.write = write_gpio,
};
