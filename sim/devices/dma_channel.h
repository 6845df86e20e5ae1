/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One channel of a DMA controller: what it moves, item by item. Knows no registers: the controllers embed it.
 *
 * Who asks is found by address: a peripheral asks for a transfer at its data register (`sim_wires.dma_request`), and the
 * channel that is set up with that address serves it. The request multiplexers of the chips are memory: a channel that
 * firmware pointed at a data register, but routed to another request, would not work on silicon and does here.
 *
 * An item of a peripheral is moved when it asks, in no time. Memory to memory is moved at once at the end of the time
 * that it takes, SIM_DMA_ITEM_CYCLES for each item (estimated).
 */
#ifndef SIM_DEVICES_DMA_CHANNEL_H
#define SIM_DEVICES_DMA_CHANNEL_H

#include "sim/device.h"

#define SIM_DMA_ITEM_CYCLES 5

enum { SIM_DMA_HALF = 1, SIM_DMA_COMPLETE = 2, SIM_DMA_ERROR = 4 };

struct sim_dma_side {
	uint32_t first, at;
	uint8_t size; /* 1, 2, 4 */
	bool steps;   /* to the next address after each item */
};

struct sim_dma_channel {
	struct sim_event due;
	struct sim_device *device;
	struct sim_dma_side from, to;
	bool to_peripheral;   /* who asks is behind `to`, not behind `from` */
	bool memory;          /* nobody asks: memory to memory */
	bool on, circular;
	uint32_t items, left;
	uint32_t flags;       /* SIM_DMA_…; the owner takes them down */
	/* Told after flags have come or the channel has gone off. */
	void (*changed)(struct sim_dma_channel *channel);
};

void sim_dma_channel_init(struct sim_dma_channel *channel, struct sim_device *device,
			  void (*changed)(struct sim_dma_channel *));
void sim_dma_channel_free(struct sim_dma_channel *channel);

/* Both sides, items and the rest are set: begins. A peripheral that waits already is served at once. */
void sim_dma_channel_start(struct sim_dma_channel *channel);
void sim_dma_channel_stop(struct sim_dma_channel *channel);

/* The data register at `at` asks: moves one item, if this channel serves it. */
bool sim_dma_channel_serve(struct sim_dma_channel *channel, uint32_t at, bool write);

/*
 * Level of each interrupt of the controller: option `groups: 1 2-3 4-7` says which channels share one (counted from
 * `base`); without it each channel has its own. `raised` is a bit for each channel.
 */
bool sim_dma_groups_init(struct sim_device *device, unsigned base, unsigned channels, uint32_t ret_group[SIM_MAX_IRQS],
			 struct err *err);
void sim_dma_groups_update(struct sim_device *device, const uint32_t group[SIM_MAX_IRQS], uint32_t raised);

#endif
