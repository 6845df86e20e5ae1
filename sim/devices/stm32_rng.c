/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 true random number generator. RM0432 (L4+) chapter 32.
 *
 *   00 CR   04 SR   08 DR        beyond (U5, H7A3: configuration, health tests) like memory
 *
 *   CR 2: enable   CR 3: interrupt enable      SR 0: DR holds a number   1, 2, 5, 6: errors, never
 *   interrupt 0: a number is there
 *
 * The numbers are made from the run's seed, the same in every run; a reset does not start them over. A new one is
 * there 40 clocks of 48 MHz after the last was read (measured rates differ by family and settings).
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stddef.h>

enum { CR = 0x00, SR = 0x04, DR = 0x08, MEMORY = 0x0C, END = 0x20 };

#define CR_ENABLE (1u << 2)
#define CR_INTERRUPT (1u << 3)
#define NUMBER_PS (40 * SIM_PS_PER_S / 48000000)

struct rng {
	struct sim_event event;
	struct sim_device *device;
	uint64_t state, ready_ps;
	bool seeded;
	uint32_t cr, memory[(END - MEMORY) / 4];
};

/* splitmix64 (Steele, Lea, Flood 2014), the upper half. Zero is no number: firmware takes it for an error. */
static uint32_t next_number(struct rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	uint32_t number = (uint32_t)((z ^ z >> 31) >> 32);
	return number ? number : 1;
}

static bool is_ready(const struct rng *r)
{
	return (r->cr & CR_ENABLE) && sim_clock_now_ps(r->device->wires->clock) >= r->ready_ps;
}

static void update(struct rng *r)
{
	struct sim_clock *clock = r->device->wires->clock;
	bool wanted = (r->cr & CR_ENABLE) && (r->cr & CR_INTERRUPT);
	sim_device_irq(r->device, 0, wanted && is_ready(r));
	if (wanted && !is_ready(r))
		sim_clock_at_ps(clock, &r->event, r->ready_ps);
	else
		sim_clock_cancel(clock, &r->event);
}

static void due(struct sim_event *event, uint64_t due_ps)
{
	struct rng *r = (struct rng *)((char *)event - offsetof(struct rng, event));
	/* An event comes in the cycle that holds its time, which begins before it. */
	r->ready_ps = sim_clock_now_ps(r->device->wires->clock);
	update(r);
}

static void begin_number(struct rng *r)
{
	r->ready_ps = sim_clock_now_ps(r->device->wires->clock) + NUMBER_PS;
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {NULL};
	struct rng *r = device->state;
	r->device = device;
	r->event.fire = due;
	return sim_device_options_known(device, known, err);
}

static void reset(struct sim_device *device)
{
	struct rng *r = device->state;
	if (!r->seeded)
		r->state = device->wires->seed;
	r->seeded = true;
	r->cr = 0;
	for (unsigned i = 0; i < sizeof r->memory / sizeof *r->memory; i++)
		r->memory[i] = 0;
	update(r);
}

static void free_rng(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct rng *)device->state)->event);
}

static uint32_t take_number(struct rng *r)
{
	if (!is_ready(r))
		return 0; /* as the manual says of a DR that is read too early */
	begin_number(r);
	return next_number(r);
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct rng *r = device->state;
	switch (at) {
	case CR:
		return r->cr;
	case SR:
		return is_ready(r);
	case DR:
		return take_number(r);
	default:
		device->wires->unmodelled(device->wires->machine, device, at, false, at >= END);
		return at < END ? r->memory[(at - MEMORY) / 4] : 0;
	}
}

static uint32_t read_rng(struct sim_device *device, uint32_t offset, unsigned size)
{
	uint32_t value = sim_register_part(read_register(device, offset & ~3u), offset, size);
	update(device->state);
	return value;
}

static void write_rng(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct rng *r = device->state;
	uint32_t at = offset & ~3u;
	if (at == CR) {
		value = sim_register_merge(r->cr, offset, size, value);
		if (!(r->cr & CR_ENABLE) && (value & CR_ENABLE))
			begin_number(r);
		r->cr = value;
	} else if (at >= MEMORY) {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
		if (at < END)
			r->memory[(at - MEMORY) / 4] = sim_register_merge(r->memory[(at - MEMORY) / 4], offset, size, value);
	}
	update(r);
}

const struct sim_device_type sim_stm32_rng_type = {
	.name = "stm32-rng",
	.what = "STM32 random number generator, the same numbers for the same seed",
	.bytes = 0x400,
	.state_bytes = sizeof(struct rng),
	.init = init,
	.reset = reset,
	.free = free_rng,
	.read = read_rng,
	.write = write_rng,
};
