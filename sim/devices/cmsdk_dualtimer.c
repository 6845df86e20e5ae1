/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's CMSDK APB dual timer (MPS2 boards). DDI 0479D, section 4.5. Two counters alike, the second 0x20 further on.
 *
 *   00 LOAD   04 VALUE   08 CONTROL   0C INTCLR   10 RIS   14 MIS   18 BGLOAD   FD0 … FFC identification
 *
 *   CONTROL 0: one shot   1: 32 bits (else 16)   2…3: ticks of 1, 16, 256 cycles   5: interrupt enable
 *           6: periodic (else free running)   7: enable
 *   interrupt 0: either counter's
 *
 * The integration test registers (F00, F04) are not modelled.
 */
#include "sim/devices/cmsdk.h"
#include "sim/devices/down_counter.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { LOAD = 0x00, VALUE = 0x04, CONTROL = 0x08, INTCLR = 0x0C, RIS = 0x10, MIS = 0x14, BGLOAD = 0x18, NEXT = 0x20 };

#define CONTROL_ONE_SHOT (1u << 0)
#define CONTROL_32 (1u << 1)
#define CONTROL_INTERRUPT (1u << 5)
#define CONTROL_PERIODIC (1u << 6)
#define CONTROL_ENABLE (1u << 7)

struct dual {
	struct half {
		struct sim_down_counter counter;
		uint32_t load, control;
	} half[2];
};

static uint32_t mask(const struct half *h)
{
	return h->control & CONTROL_32 ? UINT32_MAX : 0xFFFF;
}

static void update_irq(struct sim_device *device)
{
	struct dual *d = device->state;
	bool level = false;
	for (unsigned i = 0; i < 2; i++)
		level |= d->half[i].counter.zero && (d->half[i].control & CONTROL_INTERRUPT);
	sim_device_irq(device, 0, level);
}

static void reached(struct sim_down_counter *counter)
{
	update_irq(counter->device);
}

/* Control and load decide how the counter goes on. */
static void apply(struct half *h)
{
	static const uint16_t tick[4] = {1, 16, 256, 256};
	struct sim_down_counter *c = &h->counter;
	c->tick = tick[h->control >> 2 & 3];
	c->one_shot = h->control & CONTROL_ONE_SHOT;
	c->on = h->control & CONTROL_ENABLE;
	c->reload = (h->control & CONTROL_PERIODIC ? h->load : UINT32_MAX) & mask(h);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {NULL};
	struct dual *d = device->state;
	for (unsigned i = 0; i < 2; i++)
		sim_down_counter_init(&d->half[i].counter, device, reached);
	return sim_device_options_known(device, known, err);
}

static void reset(struct sim_device *device)
{
	struct dual *d = device->state;
	for (unsigned i = 0; i < 2; i++) {
		struct half *h = &d->half[i];
		sim_down_counter_settle(&h->counter);
		h->load = 0;
		h->control = CONTROL_INTERRUPT;
		h->counter.count = UINT32_MAX;
		h->counter.zero = false;
		apply(h);
		sim_down_counter_schedule(&h->counter);
	}
	update_irq(device);
}

static void free_dual(struct sim_device *device)
{
	struct dual *d = device->state;
	for (unsigned i = 0; i < 2; i++)
		sim_down_counter_free(&d->half[i].counter);
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct dual *d = device->state;
	struct half *h = &d->half[at >= NEXT];
	if (at >= SIM_CMSDK_PID4)
		return sim_cmsdk_identity(at, 0x823);
	sim_down_counter_settle(&h->counter);
	switch (at < 2 * NEXT ? at % NEXT : at) {
	case LOAD:
	case BGLOAD:
		return h->load;
	case VALUE:
		return h->counter.count & mask(h);
	case CONTROL:
		return h->control;
	case INTCLR:
		return 0;
	case RIS:
		return h->counter.zero;
	case MIS:
		return h->counter.zero && (h->control & CONTROL_INTERRUPT);
	default:
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
}

static uint32_t read_dual(struct sim_device *device, uint32_t offset, unsigned size)
{
	uint32_t value = sim_register_part(read_register(device, offset & ~3u), offset, size);
	update_irq(device);
	return value;
}

static void write_half(struct half *h, uint32_t at, uint32_t value)
{
	struct sim_down_counter *c = &h->counter;
	switch (at) {
	case LOAD:
		h->load = value;
		c->count = value & mask(h);
		/* The counter begins anew: a half-gone tick is forgotten. */
		c->since = c->device->wires->clock->cycle;
		break;
	case BGLOAD:
		h->load = value;
		break;
	case CONTROL:
		h->control = value & 0xEF;
		c->count &= mask(h);
		break;
	case INTCLR:
		c->zero = false;
		break;
	default: /* VALUE, RIS, MIS: read only */
		break;
	}
}

static void write_dual(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct dual *d = device->state;
	uint32_t at = offset & ~3u;
	struct half *h = &d->half[at >= NEXT];
	if (at >= 2 * NEXT || at % NEXT > BGLOAD) {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
		return;
	}
	sim_down_counter_settle(&h->counter);
	uint32_t old = at % NEXT == CONTROL ? h->control : at % NEXT == INTCLR ? 0 : h->load;
	write_half(h, at % NEXT, sim_register_merge(old, offset, size, value));
	apply(h);
	sim_down_counter_schedule(&h->counter);
	update_irq(device);
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	struct dual *d = device->state;
	for (unsigned i = 0; i < 2; i++) {
		sim_down_counter_settle(&d->half[i].counter);
		sim_down_counter_schedule(&d->half[i].counter);
	}
	update_irq(device);
}

const struct sim_device_type sim_cmsdk_dualtimer_type = {
	.name = "cmsdk-dualtimer",
	.what = "Arm CMSDK APB dual timer (MPS2)",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct dual),
	.init = init,
	.reset = reset,
	.free = free_dual,
	.read = read_dual,
	.write = write_dual,
	.clock_changed = clock_changed,
};
