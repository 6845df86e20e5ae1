/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/devices/dma_channel.h"

#include <stddef.h>
#include <stdio.h>

/* One item; false: nothing answers at an address. */
static bool move_item(struct sim_dma_channel *c)
{
	const struct sim_wires *wires = c->device->wires;
	uint32_t value = 0;
	if (!wires->bus_read(wires->machine, c->from.at & ~(c->from.size - 1u), c->from.size, &value) ||
	    !wires->bus_write(wires->machine, c->to.at & ~(c->to.size - 1u), c->to.size, value))
		return false;
	c->from.at += c->from.steps ? c->from.size : 0;
	c->to.at += c->to.steps ? c->to.size : 0;
	return true;
}

static void count_item(struct sim_dma_channel *c)
{
	c->left--;
	if (c->left == c->items / 2 && c->items > 1)
		c->flags |= SIM_DMA_HALF;
	if (c->left > 0)
		return;
	c->flags |= SIM_DMA_COMPLETE;
	if (c->circular) {
		c->left = c->items;
		c->from.at = c->from.first;
		c->to.at = c->to.first;
	} else {
		c->on = false;
	}
}

/* False: the channel has gone off with an error. */
static bool step(struct sim_dma_channel *c)
{
	if (move_item(c)) {
		count_item(c);
		return true;
	}
	c->flags |= SIM_DMA_ERROR;
	c->on = false;
	return false;
}

static void all_moved(struct sim_event *event, uint64_t due_ps)
{
	struct sim_dma_channel *c = (struct sim_dma_channel *)((char *)event - offsetof(struct sim_dma_channel, due));
	while (c->on && c->left > 0 && step(c) && !(c->flags & SIM_DMA_COMPLETE))
		;
	c->on = false; /* circular has no meaning here */
	c->changed(c);
}

void sim_dma_channel_init(struct sim_dma_channel *channel, struct sim_device *device,
			  void (*changed)(struct sim_dma_channel *))
{
	*channel = (struct sim_dma_channel){.due = {.fire = all_moved}, .device = device, .changed = changed};
}

void sim_dma_channel_free(struct sim_dma_channel *channel)
{
	sim_clock_cancel(channel->device->wires->clock, &channel->due);
}

void sim_dma_channel_start(struct sim_dma_channel *channel)
{
	const struct sim_wires *wires = channel->device->wires;
	channel->from.at = channel->from.first;
	channel->to.at = channel->to.first;
	channel->left = channel->items;
	channel->on = channel->items > 0;
	if (!channel->on)
		return;
	if (channel->memory)
		sim_clock_at_cycle(wires->clock, &channel->due,
				   wires->clock->cycle + (uint64_t)channel->items * SIM_DMA_ITEM_CYCLES);
	else
		wires->dma_ready(wires->machine, channel->to_peripheral ? channel->to.first : channel->from.first);
}

void sim_dma_channel_stop(struct sim_dma_channel *channel)
{
	channel->on = false;
	sim_clock_cancel(channel->device->wires->clock, &channel->due);
}

bool sim_dma_channel_serve(struct sim_dma_channel *channel, uint32_t at, bool write)
{
	if (!channel->on || channel->memory || channel->to_peripheral != write ||
	    (write ? channel->to.first : channel->from.first) != at)
		return false;
	bool moved = step(channel);
	channel->changed(channel);
	return moved;
}

bool sim_dma_groups_init(struct sim_device *device, unsigned base, unsigned channels, uint32_t ret_group[SIM_MAX_IRQS],
			 struct err *err)
{
	const char *text = sim_device_option(device, "groups", NULL), *at = text;
	for (unsigned i = 0; i < SIM_MAX_IRQS; i++) {
		unsigned low, high;
		int used = 0;
		ret_group[i] = text || i >= channels ? 0 : UINT32_C(1) << i;
		if (!text || !*at)
			continue;
		if (sscanf(at, " %2u-%2u%n", &low, &high, &used) != 2 || !used) {
			used = 0;
			if (sscanf(at, " %2u%n", &low, &used) == 1)
				high = low;
		}
		if (!used || low < base || high < low || high >= base + channels)
			return err_input(err, "%s: '%s' is no groups of device '%s'; channels %u … %u as in '1 2-3' are expected",
					 device->board->path, text, device->place->name, base, base + channels - 1);
		for (unsigned c = low; c <= high; c++)
			ret_group[i] |= UINT32_C(1) << (c - base);
		at += used;
	}
	return true;
}

void sim_dma_groups_update(struct sim_device *device, const uint32_t group[SIM_MAX_IRQS], uint32_t raised)
{
	for (unsigned i = 0; i < device->place->irqs; i++)
		sim_device_irq(device, i, raised & group[i]);
}
