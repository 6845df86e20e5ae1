/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 general purpose DMA (U5). RM0456 chapter 17.
 *
 *   0C MISR   channel n at 50 + 80 n: 00 CLBAR  0C CFCR  10 CSR  14 CCR  40 CTR1  44 CTR2  48 CBR1  4C CSAR  50 CDAR
 *                                     7C CLLR
 *
 *   option channels: how many (16)     groups: dma_channel.h     interrupts: one for each group
 *
 * Modelled: blocks from and to a peripheral, memory to memory, widths, linked lists of blocks, half and full transfer.
 * Not modelled: 2D addressing (CTR3, CBR2), bursts, packing of items, triggers; reported when switched on. TCEM is taken
 * as "at the end of each block" for 0, "at the end of the list" for the others.
 */
#include "sim/devices/dma_channel.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { MISR = 0x0C, FIRST = 0x50, STEP = 0x80, MOST = 16 };
enum { CLBAR = 0x00, CFCR = 0x0C, CSR = 0x10, CCR = 0x14, CTR1 = 0x40, CTR2 = 0x44, CBR1 = 0x48, CSAR = 0x4C, CDAR = 0x50,
       CLLR = 0x7C };

#define CCR_ENABLE (1u << 0)
#define CCR_RESET (1u << 1)
#define CCR_SUSPEND (1u << 2)
#define FLAG_IDLE (1u << 0)
#define FLAG_COMPLETE (1u << 8)
#define FLAG_HALF (1u << 9)
#define FLAG_DATA_ERROR (1u << 10)
#define FLAG_LINK_ERROR (1u << 11)
#define FLAG_SUSPENDED (1u << 13)
#define CTR2_SOFTWARE (1u << 9)
#define CTR2_TO_PERIPHERAL (1u << 10)

struct gpdma {
	uint64_t count;
	uint32_t group[SIM_MAX_IRQS];
	struct unit {
		struct sim_dma_channel channel;
		uint32_t flags, memory[STEP / 4]; /* registers as written */
	} unit[MOST];
};

static void update_irq(struct sim_device *device)
{
	struct gpdma *d = device->state;
	uint32_t raised = 0;
	for (unsigned i = 0; i < d->count; i++)
		raised |= (uint32_t)((d->unit[i].flags & d->unit[i].memory[CCR / 4] & 0x7F00) != 0) << i;
	sim_dma_groups_update(device, d->group, raised);
}

/* The registers say how far the channel got. */
static void end(struct unit *u, uint32_t flag)
{
	const struct sim_dma_channel *c = &u->channel;
	u->flags |= flag;
	u->memory[CCR / 4] &= ~CCR_ENABLE;
	u->memory[CBR1 / 4] = (u->memory[CBR1 / 4] & 0xFFFF0000) | c->left * c->from.size;
	u->memory[CSAR / 4] = c->from.at;
	u->memory[CDAR / 4] = c->to.at;
	sim_dma_channel_stop(&u->channel);
}

/* The block that CTR1 … CDAR describe. One of 0 bytes, as the first link of a list may be: false. */
static bool start_block(struct unit *u)
{
	const struct sim_wires *wires = u->channel.device->wires;
	uint32_t ctr1 = u->memory[CTR1 / 4], ctr2 = u->memory[CTR2 / 4], bytes = u->memory[CBR1 / 4] & 0xFFFF;
	struct sim_dma_channel *c = &u->channel;
	c->from = (struct sim_dma_side){.first = u->memory[CSAR / 4], .size = (uint8_t)(1u << (ctr1 & 3)), .steps = ctr1 >> 3 & 1};
	c->to = (struct sim_dma_side){.first = u->memory[CDAR / 4], .size = (uint8_t)(1u << (ctr1 >> 16 & 3)),
				      .steps = ctr1 >> 19 & 1};
	if (c->from.size > 4 || c->to.size > 4) {
		end(u, 1u << 12); /* user setting error */
		return true;
	}
	if (u->memory[CBR1 / 4] >> 16 || (ctr2 >> 14 & 3) || (c->from.size != c->to.size))
		wires->unmodelled(wires->machine, c->device, CTR2, true, true);
	c->memory = ctr2 & CTR2_SOFTWARE;
	c->to_peripheral = ctr2 & CTR2_TO_PERIPHERAL;
	c->items = bytes / c->from.size;
	if (c->items == 0)
		return false;
	sim_dma_channel_start(c);
	return true;
}

/* The next item of the list, at CLBAR and CLLR: registers in their order, those that CLLR's upper bits choose. */
static bool load_link(struct unit *u)
{
	static const struct {
		uint8_t bit, at;
	} NEXT[] = {{31, CTR1}, {30, CTR2}, {29, CBR1}, {28, CSAR}, {27, CDAR}, {16, CLLR}};
	const struct sim_wires *wires = u->channel.device->wires;
	uint32_t link = u->memory[CLLR / 4], at = (u->memory[CLBAR / 4] & 0xFFFF0000) | (link & 0xFFFC);
	for (unsigned i = 0; i < sizeof NEXT / sizeof *NEXT; i++) {
		if (!(link >> NEXT[i].bit & 1))
			continue;
		if (!wires->bus_read(wires->machine, at, 4, &u->memory[NEXT[i].at / 4]))
			return false;
		at += 4;
	}
	if (!(link >> 16 & 1))
		u->memory[CLLR / 4] = 0;
	return true;
}

static bool has_link(const struct unit *u)
{
	return u->memory[CLLR / 4] >> 27 || u->memory[CLLR / 4] & 0xFFFC;
}

/* Goes on to the list's next block that has bytes, or ends. */
static void go_on(struct unit *u)
{
	enum { MOST_EMPTY = 64 }; /* links without bytes: a list of nothing but those has no end */
	for (int i = 0; i < MOST_EMPTY && has_link(u); i++) {
		if (!load_link(u)) {
			end(u, FLAG_LINK_ERROR);
			return;
		}
		if (start_block(u))
			return;
	}
	end(u, FLAG_COMPLETE);
}

static void changed(struct sim_dma_channel *channel)
{
	struct unit *u = (struct unit *)channel; /* its first member */
	uint32_t flags = channel->flags;
	channel->flags = 0;
	u->flags |= flags & SIM_DMA_HALF ? FLAG_HALF : 0;
	if (flags & SIM_DMA_ERROR) {
		end(u, FLAG_DATA_ERROR);
	} else if (flags & SIM_DMA_COMPLETE) {
		if (u->memory[CTR2 / 4] >> 30 == 0)
			u->flags |= FLAG_COMPLETE;
		go_on(u);
	}
	update_irq(channel->device);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"channels", "groups", NULL};
	struct gpdma *d = device->state;
	for (unsigned i = 0; i < MOST; i++)
		sim_dma_channel_init(&d->unit[i].channel, device, changed);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "channels", MOST, 1, MOST, &d->count, err) &&
	       sim_dma_groups_init(device, 0, (unsigned)d->count, d->group, err);
}

static void reset_unit(struct unit *u)
{
	sim_dma_channel_stop(&u->channel);
	u->channel.flags = u->channel.left = u->flags = 0;
	for (unsigned i = 0; i < STEP / 4; i++)
		u->memory[i] = 0;
}

static void reset(struct sim_device *device)
{
	struct gpdma *d = device->state;
	for (unsigned i = 0; i < MOST; i++)
		reset_unit(&d->unit[i]);
	update_irq(device);
}

static void free_gpdma(struct sim_device *device)
{
	struct gpdma *d = device->state;
	for (unsigned i = 0; i < MOST; i++)
		sim_dma_channel_free(&d->unit[i].channel);
}

static uint32_t masked_status(const struct gpdma *d)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < d->count; i++)
		value |= (uint32_t)((d->unit[i].flags & d->unit[i].memory[CCR / 4] & 0x7F00) != 0) << i;
	return value;
}

static uint32_t read_unit(const struct unit *u, uint32_t at)
{
	bool on = u->memory[CCR / 4] & CCR_ENABLE;
	switch (at) {
	case CFCR:
		return 0;
	case CSR:
		return u->flags | (on ? 0 : FLAG_IDLE);
	case CBR1:
		return on ? (u->memory[CBR1 / 4] & 0xFFFF0000) | u->channel.left * u->channel.from.size : u->memory[at / 4];
	case CSAR:
		return on ? u->channel.from.at : u->memory[at / 4];
	case CDAR:
		return on ? u->channel.to.at : u->memory[at / 4];
	default:
		return u->memory[at / 4];
	}
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct gpdma *d = device->state;
	if (at == MISR)
		return masked_status(d);
	if (at >= FIRST && (at - FIRST) / STEP < d->count)
		return read_unit(&d->unit[(at - FIRST) / STEP], (at - FIRST) % STEP);
	if (at > MISR) /* before: security, privilege, lock: 0 */
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
	return 0;
}

static uint32_t read_gpdma(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void set_control(struct unit *u, uint32_t value)
{
	bool was = u->memory[CCR / 4] & CCR_ENABLE;
	if (value & CCR_RESET) { /* aborts; the set-up stays */
		sim_dma_channel_stop(&u->channel);
		u->memory[CCR / 4] = value & ~(CCR_RESET | CCR_ENABLE | CCR_SUSPEND);
		u->flags = 0;
		return;
	}
	u->memory[CCR / 4] = value | (was ? CCR_ENABLE : 0);
	if (value & CCR_SUSPEND) {
		sim_dma_channel_stop(&u->channel);
		u->flags |= FLAG_SUSPENDED;
	} else if (!was && (value & CCR_ENABLE) && !start_block(u)) {
		go_on(u);
	}
}

static void write_unit(struct unit *u, uint32_t at, uint32_t value)
{
	if (at == CFCR)
		u->flags &= ~value;
	else if (at == CCR)
		set_control(u, value);
	else if (at != CSR && !(u->memory[CCR / 4] & CCR_ENABLE))
		u->memory[at / 4] = value;
}

static void write_gpdma(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct gpdma *d = device->state;
	uint32_t at = offset & ~3u;
	if (at < FIRST || (at - FIRST) / STEP >= d->count) {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
		return;
	}
	struct unit *u = &d->unit[(at - FIRST) / STEP];
	uint32_t old = u->memory[(at - FIRST) % STEP / 4];
	write_unit(u, (at - FIRST) % STEP, sim_register_merge(old, offset, size, value));
	update_irq(device);
}

static bool dma_transfer(struct sim_device *device, uint32_t at, bool write)
{
	struct gpdma *d = device->state;
	for (unsigned i = 0; i < d->count; i++)
		if (sim_dma_channel_serve(&d->unit[i].channel, at, write))
			return true;
	return false;
}

const struct sim_device_type sim_stm32_gpdma_type = {
	.name = "stm32-gpdma",
	.what = "STM32 general purpose DMA (U5), with linked lists",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct gpdma),
	.init = init,
	.reset = reset,
	.free = free_gpdma,
	.read = read_gpdma,
	.write = write_gpdma,
	.dma_transfer = dma_transfer,
};
