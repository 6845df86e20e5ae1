/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 DMA controllers with channels or streams. RM0432 (L4+) chapter 13; streams: RM0385 (F7) chapter 8.
 *
 *   channels (F1, G0, L4)   00 ISR   04 IFCR   08 + 20 (n-1): CCR, CNDTR, CPAR, CMAR
 *   streams (F7, H7)        00 LISR   04 HISR   08 LIFCR   0C HIFCR   10 + 24 n: CR, NDTR, PAR, M0AR, M1AR, FCR
 *
 *   option layout: channels, streams     channels: how many (7; streams: 8)     groups: dma_channel.h
 *   interrupts: one for each group
 *
 * Modelled: peripheral to memory and back, memory to memory, circular mode, widths, half and full transfer, errors of
 * addresses where nothing is. Not modelled, and reported when switched on: double buffers (streams), flow control by
 * the peripheral. A stream's FIFO does not pack items: each side has its width, as with channels.
 */
#include "sim/devices/dma_channel.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <string.h>

enum { MOST = 8 };

struct dma {
	bool streams;
	uint64_t count;
	uint32_t group[SIM_MAX_IRQS];
	struct unit {
		struct sim_dma_channel channel;
		uint32_t cr, ndtr, par, m0ar, m1ar, fcr;
	} unit[MOST];
};

/* A control register's meaning, whichever layout. */
struct control {
	bool enable, half_ie, complete_ie, error_ie, to_peripheral, to_memory_only, circular, peripheral_steps, memory_steps;
	unsigned peripheral_size, memory_size;
};

static struct control decode(const struct dma *d, uint32_t cr)
{
	if (d->streams)
		return (struct control){cr & 1, cr >> 3 & 1, cr >> 4 & 1, cr >> 2 & 1, (cr >> 6 & 3) == 1, (cr >> 6 & 3) == 2,
					cr >> 8 & 1, cr >> 9 & 1, cr >> 10 & 1, 1u << (cr >> 11 & 3), 1u << (cr >> 13 & 3)};
	return (struct control){cr & 1, cr >> 2 & 1, cr >> 1 & 1, cr >> 3 & 1, cr >> 4 & 1, cr >> 14 & 1, cr >> 5 & 1,
				cr >> 6 & 1, cr >> 7 & 1, 1u << (cr >> 8 & 3), 1u << (cr >> 10 & 3)};
}

static bool raises(const struct dma *d, const struct unit *u)
{
	struct control c = decode(d, u->cr);
	uint32_t flags = u->channel.flags;
	return (c.half_ie && (flags & SIM_DMA_HALF)) || (c.complete_ie && (flags & SIM_DMA_COMPLETE)) ||
	       (c.error_ie && (flags & SIM_DMA_ERROR));
}

static void update_irq(struct sim_device *device)
{
	struct dma *d = device->state;
	uint32_t raised = 0;
	for (unsigned i = 0; i < d->count; i++)
		raised |= (uint32_t)raises(d, &d->unit[i]) << i;
	sim_dma_groups_update(device, d->group, raised);
}

static void changed(struct sim_dma_channel *channel)
{
	struct dma *d = channel->device->state;
	struct unit *u = (struct unit *)channel; /* its first member */
	if (!channel->on)
		u->ndtr = channel->left;
	/* A stream that is done says so in its enable bit; a channel's stays until firmware takes it down. */
	if (!channel->on && (d->streams || (channel->flags & SIM_DMA_ERROR)))
		u->cr &= ~1u;
	update_irq(channel->device);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"layout", "channels", "groups", NULL};
	struct dma *d = device->state;
	const char *layout = sim_device_option(device, "layout", "channels");
	d->streams = strcmp(layout, "streams") == 0;
	for (unsigned i = 0; i < MOST; i++)
		sim_dma_channel_init(&d->unit[i].channel, device, changed);
	if (!d->streams && strcmp(layout, "channels") != 0)
		return err_input(err, "%s: '%s' is no layout of device '%s'; channels or streams is expected",
				 device->board->path, layout, device->place->name);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "channels", d->streams ? 8 : 7, 1, MOST, &d->count, err) &&
	       sim_dma_groups_init(device, d->streams ? 0 : 1, (unsigned)d->count, d->group, err);
}

static void reset(struct sim_device *device)
{
	struct dma *d = device->state;
	for (unsigned i = 0; i < MOST; i++) {
		struct unit *u = &d->unit[i];
		sim_dma_channel_stop(&u->channel);
		u->channel.flags = u->channel.left = 0;
		u->cr = u->ndtr = u->par = u->m0ar = u->m1ar = 0;
		u->fcr = 0x21;
	}
	update_irq(device);
}

static void free_dma(struct sim_device *device)
{
	struct dma *d = device->state;
	for (unsigned i = 0; i < MOST; i++)
		sim_dma_channel_free(&d->unit[i].channel);
}

/* --- flags: 4 bits a channel; streams: 6 bits, four streams in 28 bits ------------------------------------------------ */

static uint32_t channel_flags(const struct unit *u)
{
	uint32_t f = u->channel.flags;
	return (f ? 1u : 0) | (f & SIM_DMA_COMPLETE ? 2u : 0) | (f & SIM_DMA_HALF ? 4u : 0) | (f & SIM_DMA_ERROR ? 8u : 0);
}

static uint32_t stream_flags(const struct unit *u)
{
	uint32_t f = u->channel.flags;
	return (f & SIM_DMA_COMPLETE ? 32u : 0) | (f & SIM_DMA_HALF ? 16u : 0) | (f & SIM_DMA_ERROR ? 8u : 0);
}

static unsigned stream_shift(unsigned stream)
{
	static const uint8_t shift[4] = {0, 6, 16, 22};
	return shift[stream % 4];
}

static uint32_t status(const struct dma *d, unsigned word)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < d->count; i++) {
		if (!d->streams)
			value |= channel_flags(&d->unit[i]) << (4 * i);
		else if (i / 4 == word)
			value |= stream_flags(&d->unit[i]) << stream_shift(i);
	}
	return value;
}

static void clear(struct dma *d, unsigned word, uint32_t value)
{
	for (unsigned i = 0; i < d->count; i++) {
		uint32_t *flags = &d->unit[i].channel.flags;
		uint32_t bits = d->streams ? value >> stream_shift(i) & 0x3D : value >> (4 * i) & 15;
		if (d->streams && i / 4 != word)
			continue;
		uint32_t complete = d->streams ? 32 : 2, half = d->streams ? 16 : 4;
		if (!d->streams && (bits & 1))
			bits = 15; /* the global flag clears all */
		*flags &= ~((bits & complete ? SIM_DMA_COMPLETE : 0u) | (bits & half ? SIM_DMA_HALF : 0u) |
			    (bits & 8 ? SIM_DMA_ERROR : 0u));
	}
}

/* --- registers ----------------------------------------------------------------------------------------------------------- */

/* The unit and register (0: CR … 5: FCR) at an offset; NULL: none. */
static struct unit *locate(struct dma *d, uint32_t at, unsigned *ret_register)
{
	uint32_t first = d->streams ? 0x10 : 0x08, step = d->streams ? 24 : 20;
	if (at < first || (at - first) / step >= d->count)
		return NULL;
	unsigned reg = (at - first) % step / 4;
	*ret_register = reg;
	return d->streams || reg < 4 ? &d->unit[(at - first) / step] : NULL;
}

static uint32_t *plain(struct unit *u, unsigned reg)
{
	uint32_t *const registers[] = {&u->cr, &u->ndtr, &u->par, &u->m0ar, &u->m1ar, &u->fcr};
	return registers[reg];
}

static void start(struct dma *d, struct unit *u)
{
	const struct sim_wires *wires = u->channel.device->wires;
	struct control c = decode(d, u->cr);
	struct sim_dma_side peripheral = {.first = u->par, .size = (uint8_t)c.peripheral_size, .steps = c.peripheral_steps};
	struct sim_dma_side memory = {.first = u->m0ar, .size = (uint8_t)c.memory_size, .steps = c.memory_steps};
	u->channel.from = c.to_peripheral ? memory : peripheral;
	u->channel.to = c.to_peripheral ? peripheral : memory;
	u->channel.to_peripheral = c.to_peripheral;
	u->channel.memory = c.to_memory_only;
	u->channel.circular = c.circular && !c.to_memory_only;
	u->channel.items = u->ndtr;
	if ((d->streams && (u->cr & (1u << 5 | 1u << 18))) || c.peripheral_size > 4 || c.memory_size > 4) {
		wires->unmodelled(wires->machine, u->channel.device, 0, true, true);
		return;
	}
	sim_dma_channel_start(&u->channel);
}

static void set_control(struct dma *d, struct unit *u, uint32_t value)
{
	bool was = u->cr & 1;
	u->cr = value & (d->streams ? 0x1FFFFFFF : 0x7FFF);
	if (!was && (value & 1)) {
		start(d, u);
	} else if (was && !(value & 1)) {
		u->ndtr = u->channel.left;
		sim_dma_channel_stop(&u->channel);
		if (d->streams && u->ndtr)
			u->channel.flags |= SIM_DMA_COMPLETE; /* a stream that is stopped says it has ended */
	}
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct dma *d = device->state;
	unsigned reg;
	if (at == 0 || (d->streams && at == 4))
		return status(d, at / 4);
	if (at < (d->streams ? 0x10u : 0x08u))
		return 0;
	struct unit *u = locate(d, at, &reg);
	if (!u) {
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
	return reg == 1 && (u->cr & 1) ? u->channel.left : *plain(u, reg);
}

static uint32_t read_dma(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void write_dma(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct dma *d = device->state;
	uint32_t at = offset & ~3u;
	unsigned reg;
	struct unit *u = locate(d, at, &reg);
	value = sim_register_merge(u ? *plain(u, reg) : 0, offset, size, value);
	if (d->streams ? at == 8 || at == 12 : at == 4)
		clear(d, at / 4 - 2, value);
	else if (!u)
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	else if (reg == 0)
		set_control(d, u, value);
	else if (!(u->cr & 1) || reg == 5) /* the rest is locked while the unit runs */
		*plain(u, reg) = reg == 1 ? value & 0xFFFF : value;
	update_irq(device);
}

static bool dma_transfer(struct sim_device *device, uint32_t at, bool write)
{
	struct dma *d = device->state;
	for (unsigned i = 0; i < d->count; i++)
		if (sim_dma_channel_serve(&d->unit[i].channel, at, write))
			return true;
	return false;
}

const struct sim_device_type sim_stm32_dma_type = {
	.name = "stm32-dma",
	.what = "STM32 DMA controller with channels (F1, G0, L4) or streams (F7, H7)",
	.bytes = 0x400,
	.state_bytes = sizeof(struct dma),
	.init = init,
	.reset = reset,
	.free = free_dma,
	.read = read_dma,
	.write = write_dma,
	.dma_transfer = dma_transfer,
};
