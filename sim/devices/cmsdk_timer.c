/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's CMSDK APB timer (MPS2 boards). DDI 0479D, section 4.4.
 *
 *   00 CTRL   04 VALUE   08 RELOAD   0C INTSTATUS / INTCLEAR   FD0 … FFC identification
 *
 *   CTRL 0: enable   1: count while EXTIN is high   2: EXTIN is the clock   3: interrupt enable
 *   interrupt 0: 0 was reached
 *
 * Counts core cycles down. EXTIN is not connected: with CTRL 1 or 2 set the timer stands still, which is reported.
 */
#include "sim/devices/cmsdk.h"
#include "sim/devices/down_counter.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { CTRL = 0x00, VALUE = 0x04, RELOAD = 0x08, INTSTATUS = 0x0C };

#define CTRL_ENABLE (1u << 0)
#define CTRL_EXTERNAL (3u << 1)
#define CTRL_INTERRUPT (1u << 3)

struct timer {
	struct sim_down_counter counter;
	uint32_t ctrl;
	bool pending; /* set only while the interrupt is enabled; stays when it is disabled */
};

static void update(struct timer *t)
{
	if (t->counter.zero && (t->ctrl & CTRL_INTERRUPT))
		t->pending = true;
	t->counter.zero = t->counter.zero && (t->ctrl & CTRL_INTERRUPT);
	sim_device_irq(t->counter.device, 0, t->pending);
	/* Nobody is told of a 0 without an interrupt: no event need wait for it. */
	if (t->ctrl & CTRL_INTERRUPT)
		sim_down_counter_schedule(&t->counter);
	else
		sim_clock_cancel(t->counter.device->wires->clock, &t->counter.due);
}

static void reached(struct sim_down_counter *counter)
{
	update((struct timer *)counter->device->state);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {NULL};
	struct timer *t = device->state;
	sim_down_counter_init(&t->counter, device, reached);
	return sim_device_options_known(device, known, err);
}

static void reset(struct sim_device *device)
{
	struct timer *t = device->state;
	sim_down_counter_settle(&t->counter);
	t->counter.on = t->counter.zero = t->pending = false;
	t->counter.count = t->counter.reload = t->ctrl = 0;
	update(t);
}

static void free_timer(struct sim_device *device)
{
	sim_down_counter_free(&((struct timer *)device->state)->counter);
}

static void settle(struct timer *t)
{
	sim_down_counter_settle(&t->counter);
	update(t);
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct timer *t = device->state;
	settle(t);
	switch (at) {
	case CTRL:
		return t->ctrl;
	case VALUE:
		return t->counter.count;
	case RELOAD:
		return t->counter.reload;
	case INTSTATUS:
		return t->pending;
	default:
		if (at >= SIM_CMSDK_PID4)
			return sim_cmsdk_identity(at, 0x822);
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
}

static uint32_t read_timer(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void set_ctrl(struct timer *t, uint32_t value)
{
	const struct sim_wires *wires = t->counter.device->wires;
	t->ctrl = value & 15;
	t->counter.on = (value & CTRL_ENABLE) && !(value & CTRL_EXTERNAL);
	if (value & CTRL_EXTERNAL)
		wires->unmodelled(wires->machine, t->counter.device, CTRL, true, false);
}

static void write_timer(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct timer *t = device->state;
	uint32_t at = offset & ~3u;
	settle(t);
	uint32_t old = at == CTRL ? t->ctrl : at == VALUE ? t->counter.count : at == RELOAD ? t->counter.reload : 0;
	value = sim_register_merge(old, offset, size, value);
	if (at == CTRL)
		set_ctrl(t, value);
	else if (at == VALUE)
		t->counter.count = value;
	else if (at == RELOAD)
		t->counter.reload = value;
	else if (at == INTSTATUS)
		t->pending = t->pending && !(value & 1);
	else
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	t->counter.zero = t->pending;
	update(t);
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	settle(device->state);
}

const struct sim_device_type sim_cmsdk_timer_type = {
	.name = "cmsdk-timer",
	.what = "Arm CMSDK APB timer (MPS2)",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct timer),
	.init = init,
	.reset = reset,
	.free = free_timer,
	.read = read_timer,
	.write = write_timer,
	.clock_changed = clock_changed,
};
