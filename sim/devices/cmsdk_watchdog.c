/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's CMSDK APB watchdog (MPS2 boards). DDI 0479D, section 4.6.
 *
 *   00 LOAD   04 VALUE   08 CONTROL   0C INTCLR   10 RIS   14 MIS   C00 LOCK   FD0 … FFC identification
 *
 *   CONTROL 0: count and interrupt   1: the second time-out resets
 *   LOCK: 0x1ACCE551 lets write, anything else locks; reads 1 while locked
 *
 * Counts core cycles down from LOAD. The first 0 raises NMI and starts over; if nobody clears it (INTCLR) before the
 * next 0, and CONTROL 1 is set, the machine starts anew.
 */
#include "sim/devices/cmsdk.h"
#include "sim/devices/down_counter.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { LOAD = 0x00, VALUE = 0x04, CONTROL = 0x08, INTCLR = 0x0C, RIS = 0x10, MIS = 0x14, LOCK = 0xC00 };

#define KEY 0x1ACCE551u

struct watchdog {
	struct sim_down_counter counter;
	uint32_t control;
	bool pending, locked;
};

static void reached(struct sim_down_counter *counter)
{
	const struct sim_wires *wires = counter->device->wires;
	struct watchdog *w = counter->device->state;
	if (w->pending && (w->control & 2)) {
		wires->reset(wires->machine);
		return;
	}
	w->pending = true;
	counter->zero = false; /* the second 0 matters too */
	wires->set_irq(wires->machine, SIM_IRQ_NMI, true);
}

static void set_pending(struct watchdog *w, bool pending)
{
	const struct sim_wires *wires = w->counter.device->wires;
	w->pending = pending;
	wires->set_irq(wires->machine, SIM_IRQ_NMI, pending);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {NULL};
	struct watchdog *w = device->state;
	sim_down_counter_init(&w->counter, device, reached);
	return sim_device_options_known(device, known, err);
}

static void reset(struct sim_device *device)
{
	struct watchdog *w = device->state;
	sim_down_counter_settle(&w->counter);
	w->counter.on = w->counter.zero = w->locked = false;
	w->counter.count = w->counter.reload = UINT32_MAX;
	w->control = 0;
	set_pending(w, false);
	sim_down_counter_schedule(&w->counter);
}

static void free_watchdog(struct sim_device *device)
{
	sim_down_counter_free(&((struct watchdog *)device->state)->counter);
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct watchdog *w = device->state;
	sim_down_counter_settle(&w->counter);
	switch (at) {
	case LOAD:
		return w->counter.reload;
	case VALUE:
		return w->counter.count;
	case CONTROL:
		return w->control;
	case INTCLR:
		return 0;
	case RIS:
	case MIS:
		return w->pending;
	case LOCK:
		return w->locked;
	default:
		if (at >= SIM_CMSDK_PID4)
			return sim_cmsdk_identity(at, 0x824);
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
}

static uint32_t read_watchdog(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void start_over(struct watchdog *w)
{
	w->counter.count = w->counter.reload;
	w->counter.since = w->counter.device->wires->clock->cycle;
	w->counter.zero = false;
}

static void write_watchdog(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct watchdog *w = device->state;
	uint32_t at = offset & ~3u;
	sim_down_counter_settle(&w->counter);
	value = sim_register_merge(at == LOAD ? w->counter.reload : at == CONTROL ? w->control : 0, offset, size, value);
	if (at == LOCK) {
		w->locked = value != KEY;
	} else if (w->locked) {
		return;
	} else if (at == LOAD) {
		w->counter.reload = value;
		start_over(w);
	} else if (at == CONTROL) {
		w->control = value & 3;
		w->counter.on = value & 1;
	} else if (at == INTCLR) {
		set_pending(w, false);
		start_over(w);
	} else {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	}
	sim_down_counter_schedule(&w->counter);
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	struct watchdog *w = device->state;
	sim_down_counter_settle(&w->counter);
	sim_down_counter_schedule(&w->counter);
}

const struct sim_device_type sim_cmsdk_watchdog_type = {
	.name = "cmsdk-watchdog",
	.what = "Arm CMSDK APB watchdog (MPS2): NMI, then reset",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct watchdog),
	.init = init,
	.reset = reset,
	.free = free_watchdog,
	.read = read_watchdog,
	.write = write_watchdog,
	.clock_changed = clock_changed,
};
