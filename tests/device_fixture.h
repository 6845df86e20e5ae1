/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One device on a bench: real clock, and wires that note what it does. */
#ifndef TESTS_DEVICE_FIXTURE_H
#define TESTS_DEVICE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device.h"

struct bench {
	struct sim_clock clock;
	struct sim_wires wires;
	struct sim_bus_clocks buses;
	struct sim_board board;
	struct sim_placement place;
	struct sim_device device;
	struct err err;
	bool irq[256];
	unsigned raised[256]; /* rising edges */
	char sent[256];
	uint64_t sent_ps[256];
	unsigned sents;
	int16_t sampled[64];
	bool sampled_lost[64];
	unsigned samples;
	uint8_t memory[1024];   /* what a bus master finds at 0x20000000 */
	uint32_t ready_at;      /* dma_ready */
	unsigned nmis, resets;
	uint64_t seed; /* before bench_start */
	void (*set_deep_state)(void *machine, enum sim_power_state state); /* before bench_start; NULL: ignored */
	unsigned unmodelled, guessed;
	uint32_t unmodelled_at;
};

static inline void bench_irq(void *machine, int irq, bool level)
{
	struct bench *b = machine;
	if (irq == SIM_IRQ_NMI) {
		b->nmis += level;
		return;
	}
	b->raised[irq] += level && !b->irq[irq];
	b->irq[irq] = level;
}

static inline void bench_reset(void *machine)
{
	((struct bench *)machine)->resets++;
}

static inline void bench_deep_state(void *machine, enum sim_power_state state)
{
	struct bench *b = machine;
	if (b->set_deep_state)
		b->set_deep_state(machine, state);
}

static inline void bench_sent(void *machine, const struct sim_device *from, uint8_t byte)
{
	struct bench *b = machine;
	b->sent_ps[b->sents] = sim_clock_now_ps(&b->clock);
	b->sent[b->sents++] = (char)byte;
}

static inline void bench_sampled(void *machine, const struct sim_device *from, const int16_t *counts,
				 unsigned channels, bool lost)
{
	struct bench *b = machine;
	b->sampled_lost[b->samples] = lost;
	b->sampled[b->samples++] = counts[0];
}

static inline void bench_unmodelled(void *machine, const struct sim_device *device, uint32_t offset, bool write,
				    bool guessed)
{
	struct bench *b = machine;
	b->unmodelled++;
	b->guessed += guessed;
	b->unmodelled_at = offset;
}

static inline bool bench_bus_read(void *machine, uint32_t at, unsigned size, uint32_t *ret_value)
{
	struct bench *b = machine;
	if (at - 0x20000000u > sizeof b->memory - size)
		return false;
	*ret_value = 0;
	memcpy(ret_value, b->memory + (at - 0x20000000u), size);
	return true;
}

static inline bool bench_bus_write(void *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct bench *b = machine;
	if (at - 0x20000000u > sizeof b->memory - size)
		return false;
	memcpy(b->memory + (at - 0x20000000u), &value, size);
	return true;
}

static inline bool bench_dma_request(void *machine, uint32_t at, bool write)
{
	return false;
}

static inline void bench_dma_ready(void *machine, uint32_t at)
{
	((struct bench *)machine)->ready_at = at;
}

/* An option for the device to come. */
static inline void bench_option(struct bench *b, const char *key, const char *value)
{
	struct sim_option *option = &b->place.option[b->place.options++];
	snprintf(option->key, sizeof option->key, "%s", key);
	snprintf(option->value, sizeof option->value, "%s", value);
	option->line = 7;
	option->column = 3;
}

/* Power on with the options set so far. False: init refused, b->err says why. */
static inline bool bench_start(struct bench *b, const char *type, uint64_t hz)
{
	sim_clock_init(&b->clock, hz);
	b->wires = (struct sim_wires){ .machine = b, .clock = &b->clock, .set_irq = bench_irq, .uart_sent = bench_sent,
				       .sampled = bench_sampled, .unmodelled = bench_unmodelled, .reset = bench_reset,
				       .set_deep_state = bench_deep_state,
				       .bus_read = bench_bus_read, .bus_write = bench_bus_write,
				       .dma_request = bench_dma_request, .dma_ready = bench_dma_ready, .seed = b->seed, .buses = &b->buses };
	snprintf(b->board.path, sizeof b->board.path, "board.yaml");
	snprintf(b->place.name, sizeof b->place.name, "dut");
	snprintf(b->place.type, sizeof b->place.type, "%s", type);
	b->place.irqs = 3;
	for (int i = 0; i < 3; i++)
		b->place.irq[i] = 10 + i;
	b->device = (struct sim_device){ .type = sim_device_type_find(type), .place = &b->place, .board = &b->board,
					 .wires = &b->wires };
	assert_non_null(b->device.type);
	b->device.state = calloc(1, b->device.type->state_bytes);
	assert_non_null(b->device.state);
	if (b->device.type->init && !b->device.type->init(&b->device, &b->err))
		return false;
	b->device.type->reset(&b->device);
	return true;
}

static inline void bench_end(struct bench *b)
{
	if (b->device.type->free)
		b->device.type->free(&b->device);
	free(b->device.state);
	assert_null(b->clock.first); /* nothing of a freed device waits in the clock */
	memset(b, 0, sizeof *b);
}

static inline uint32_t get(struct bench *b, uint32_t offset)
{
	return b->device.type->read(&b->device, offset, 4);
}

static inline void put(struct bench *b, uint32_t offset, uint32_t value)
{
	b->device.type->write(&b->device, offset, 4, value);
}

/* Lets time pass, event by event. */
static inline void pass_us(struct bench *b, uint64_t us)
{
	uint64_t end = sim_clock_cycle_of(&b->clock, sim_clock_now_ps(&b->clock) + us * 1000000);
	while (sim_clock_next_cycle(&b->clock) <= end) {
		b->clock.cycle = sim_clock_next_cycle(&b->clock);
		sim_clock_fire_due(&b->clock);
	}
	b->clock.cycle = end;
}

static inline void feed(struct bench *b, const char *text)
{
	b->device.type->receive(&b->device, (const uint8_t *)text, strlen(text));
}

#endif
