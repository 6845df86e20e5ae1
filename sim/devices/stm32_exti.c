/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 extended interrupts: edges of pins, and software, become interrupts 0 … 15.
 *
 *   layout    IMR EMR RTSR FTSR SWIER pending        bank   port choice          manual
 *   classic   00  04  08   0C   10    14             20     SYSCFG, AFIO         RM0008 10.3, RM0385 11.9, RM0432 16.5
 *   h7        80  84  00   04   08    88             20/10  SYSCFG               RM0455 20.6
 *   split     80  84  00   04   08    0C up 10 down  20/10  60 … 6C, 8 bits      RM0444 13.5, RM0456 23.6
 *
 *   option layout   classic, h7, split (classic)     banks: of 32 lines (1)
 *          imr1, imr2: reset values of the masks (0)
 *          groups: lines that share an interrupt, as in `0-1 2-3 4-15` (each its own)
 *          ports: address of port A; the others lie 0x400 apart. Without it no pin is seen
 *          exticr: address of the registers that choose a line's port (classic and h7: 4 bits a line, 4 lines each)
 *
 * Offsets: ST's CMSIS headers (stm32f103xb.h, f746xx, l4r5xx, g0b1xx, u575xx, h7a3xx); behaviour: the manuals, from memory.
 * An edge sets its pending bit whether the line is masked or not; a line's interrupt stays up while it is pending and
 * not masked. Software sets a classic line only where IMR lets it through.
 *
 * Not here: events (EMR is memory, and reported when set), lines above 15 (they pend and interrupt nobody: the devices
 * behind them have interrupts of their own), an edge by a change of the port choice, security and the H7's D3 masks.
 */
#include "sim/devices/dma_channel.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <string.h>

#define BANKS 3
#define WORDS (0xC0 / 4)

enum layout { CLASSIC, H7, SPLIT };
enum role { OTHER, IMR, EMR, RTSR, FTSR, SWIER, PENDING, FALLING, CHOICE };

struct exti {
	enum layout layout;
	uint64_t banks, imr[2], ports, exticr;
	uint32_t group[SIM_MAX_IRQS];
	uint32_t value[WORDS];
	uint32_t mask[BANKS], event[BANKS], rising[BANKS], falling[BANKS], software[BANKS];
	uint32_t pending[BANKS], pending_falling[BANKS];
};

static enum role role_of(const struct exti *e, uint32_t at, unsigned *ret_bank)
{
	static const uint8_t classic[8] = {IMR, EMR, RTSR, FTSR, SWIER, PENDING, OTHER, OTHER};
	static const uint8_t low[8] = {RTSR, FTSR, SWIER, PENDING, FALLING, OTHER, OTHER, OTHER};
	static const uint8_t high[4] = {IMR, EMR, PENDING, OTHER};
	uint8_t role;
	if (e->layout == SPLIT && at >= 0x60 && at < 0x70)
		return CHOICE;
	if (e->layout == CLASSIC) {
		*ret_bank = at / 0x20;
		role = classic[at % 0x20 / 4];
	} else if (at < 0x80) {
		*ret_bank = at / 0x20;
		role = low[at % 0x20 / 4];
		if (e->layout == H7 && (role == PENDING || role == FALLING))
			role = OTHER;
	} else {
		*ret_bank = (at - 0x80) / 0x10;
		role = high[at % 0x10 / 4];
		if (e->layout == SPLIT && role == PENDING)
			role = OTHER;
	}
	return *ret_bank < e->banks ? (enum role)role : OTHER;
}

static void update(struct sim_device *device)
{
	struct exti *e = device->state;
	sim_dma_groups_update(device, e->group, (e->pending[0] | e->pending_falling[0]) & e->mask[0]);
}

/* --- pins ---------------------------------------------------------------------------------------------------------- */

/* Which port line 0 … 15 listens to. */
static uint32_t choice(struct sim_device *device, unsigned line)
{
	const struct exti *e = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t value = 0;
	if (e->layout == SPLIT)
		return e->value[0x60 / 4 + line / 4] >> (line % 4 * 8) & 0xFF;
	if (e->exticr)
		wires->bus_read(wires->machine, (uint32_t)e->exticr + line / 4 * 4, 4, &value);
	return value >> (line % 4 * 4) & 15;
}

static void port_changed(struct sim_device *device, const struct sim_device *port, uint32_t old, uint32_t levels)
{
	struct exti *e = device->state;
	uint32_t up = levels & ~old & e->rising[0], down = old & ~levels & e->falling[0];
	if (e->ports == 0 || port->place->at < e->ports || ((up | down) & 0xFFFF) == 0)
		return;
	uint32_t index = (port->place->at - (uint32_t)e->ports) / 0x400;
	for (unsigned line = 0; line < 16; line++) {
		uint32_t bit = UINT32_C(1) << line;
		if (((up | down) & bit) == 0 || choice(device, line) != index)
			continue;
		if (e->layout == SPLIT && (down & bit))
			e->pending_falling[0] |= bit;
		else
			e->pending[0] |= bit;
	}
	update(device);
}

/* --- registers ----------------------------------------------------------------------------------------------------- */

static uint32_t *place_of(struct exti *e, enum role role, unsigned bank, uint32_t at)
{
	switch (role) {
	case IMR:
		return &e->mask[bank];
	case EMR:
		return &e->event[bank];
	case RTSR:
		return &e->rising[bank];
	case FTSR:
		return &e->falling[bank];
	case SWIER:
		return &e->software[bank];
	case PENDING:
		return &e->pending[bank];
	case FALLING:
		return &e->pending_falling[bank];
	default:
		return &e->value[at / 4];
	}
}

/* Classic: SWIER keeps the bit until the pending bit is cleared. Else it reads 0, and the edge counts as a rising one. */
static void trigger(struct exti *e, unsigned bank, uint32_t bits)
{
	if (e->layout == CLASSIC) {
		e->pending[bank] |= bits & ~e->software[bank] & e->mask[bank];
		e->software[bank] |= bits;
	} else {
		e->pending[bank] |= bits;
	}
}

static uint32_t read_exti(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct exti *e = device->state;
	uint32_t at = offset & ~3u;
	unsigned bank = 0;
	if (at >= 4 * WORDS) {
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
	enum role role = role_of(e, at, &bank);
	if (role == OTHER)
		device->wires->unmodelled(device->wires->machine, device, at, false, false);
	return sim_register_part(*place_of(e, role, bank, at), offset, size);
}

static void write_exti(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct exti *e = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t at = offset & ~3u;
	unsigned bank = 0;
	enum role role = at < 4 * WORDS ? role_of(e, at, &bank) : OTHER;
	uint32_t bits = sim_register_merge(0, offset, size, value);
	if (role == OTHER || (role == EMR && bits))
		wires->unmodelled(wires->machine, device, at, true, false);
	if (at >= 4 * WORDS)
		return;
	uint32_t *place = place_of(e, role, bank, at);
	if (role == SWIER) {
		trigger(e, bank, bits);
	} else if (role == PENDING || role == FALLING) {
		*place &= ~bits;
		e->software[bank] &= ~bits;
	} else {
		*place = sim_register_merge(*place, offset, size, value);
	}
	update(device);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"layout", "banks", "imr1", "imr2", "groups", "ports", "exticr", NULL};
	static const char *const layouts[] = {"classic", "h7", "split"};
	struct exti *e = device->state;
	const char *layout = sim_device_option(device, "layout", "classic");
	unsigned which = 0;
	while (which < 3 && strcmp(layout, layouts[which]) != 0)
		which++;
	if (which == 3)
		return err_input(err, "%s: '%s' is no layout of device '%s'; classic, h7 or split is expected",
				 device->board->path, layout, device->place->name);
	e->layout = (enum layout)which;
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "banks", 1, 1, BANKS, &e->banks, err) &&
	       sim_device_option_number(device, "imr1", 0, 0, UINT32_MAX, &e->imr[0], err) &&
	       sim_device_option_number(device, "imr2", 0, 0, UINT32_MAX, &e->imr[1], err) &&
	       sim_device_option_number(device, "ports", 0, 0, UINT32_MAX, &e->ports, err) &&
	       sim_device_option_number(device, "exticr", 0, 0, UINT32_MAX, &e->exticr, err) &&
	       sim_dma_groups_init(device, 0, 16, e->group, err);
}

static void reset(struct sim_device *device)
{
	struct exti *e = device->state;
	memset(e->value, 0, sizeof e->value);
	for (unsigned bank = 0; bank < BANKS; bank++) {
		e->mask[bank] = bank < 2 ? (uint32_t)e->imr[bank] : 0;
		e->event[bank] = e->rising[bank] = e->falling[bank] = e->software[bank] = 0;
		e->pending[bank] = e->pending_falling[bank] = 0;
	}
	update(device);
}

const struct sim_device_type sim_stm32_exti_type = {
	.name = "stm32-exti",
	.what = "STM32 extended interrupts: edges of pins and software interrupts",
	.bytes = 0x400,
	.state_bytes = sizeof(struct exti),
	.init = init,
	.reset = reset,
	.read = read_exti,
	.write = write_exti,
	.port_changed = port_changed,
};
