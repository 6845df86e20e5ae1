/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 window watchdog. RM0008 chapter 20, RM0432 chapter 44, RM0444 chapter 29.
 *
 *   00 CR    T 0 … 6   WDGA 7
 *   04 CFR   W 0 … 6   EWI 9   WDGTB 7 … 8 (v1: F1, F7, L4) or 11 … 13 (v2: G0, H7, U5)
 *   08 SR    EWIF 0, cleared by writing 0
 *
 *   a tick lasts 4096 * 2^WDGTB cycles of the bus        option layout: v1, v2 (v1)     bus, kernel_div: as timers have them
 *
 * Bits: ST's CMSIS headers (stm32f103xb.h, f746xx, l4r5xx, g0b1xx, u575xx, h7a3xx). The counter resets the chip when it
 * goes from 0x40 to 0x3F, when T is written below 0x40, and when it is written while above W. At 0x40 EWIF comes up.
 * Writing T leaves the prescaler running, so the last tick but one may be short. It runs in Sleep and stands in Stop.
 *
 * Not here: a counter that counts before WDGA is set; then T is memory. A new bus prescaler holds from the next access.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stddef.h>
#include <string.h>

enum { CR = 0x00, CFR = 0x04, SR = 0x08 };
enum { WDGA = 1 << 7, EWI = 1 << 9, LAST = 0x40 };

struct wwdg {
	struct sim_event due;
	struct sim_device *device;
	uint64_t bus, kernel_div, since; /* core cycle at which `count` began */
	uint64_t tick;                   /* core cycles */
	bool v2, on, early;
	uint32_t count, config;
};

static void set_tick(struct wwdg *w)
{
	uint32_t prescaler = w->v2 ? w->config >> 11 & 7 : w->config >> 7 & 3;
	w->tick = (UINT64_C(4096) << prescaler) * sim_device_bus_div(w->device, w->bus, false, w->kernel_div);
}

static void schedule(struct wwdg *w)
{
	struct sim_clock *clock = w->device->wires->clock;
	uint32_t ticks = w->count > LAST ? w->count - LAST : 1;
	if (w->on)
		sim_clock_at_cycle(clock, &w->due, w->since + ticks * w->tick);
	else
		sim_clock_cancel(clock, &w->due);
}

static void update_irq(struct wwdg *w)
{
	sim_device_irq(w->device, 0, w->early && (w->config & EWI));
}

static void ask_reset(struct wwdg *w)
{
	const struct sim_wires *wires = w->device->wires;
	w->on = false;
	schedule(w);
	if (wires->reset_cause)
		*wires->reset_cause = SIM_RESET_WINDOW_WATCHDOG;
	wires->reset(wires->machine);
}

/* Brings the counter up to the current cycle. */
static void settle(struct wwdg *w)
{
	uint64_t now = w->device->wires->clock->cycle;
	if (!w->on)
		return;
	uint64_t ticks = (now - w->since) / w->tick;
	w->since += ticks * w->tick;
	bool out = ticks > w->count - LAST;
	w->early = w->early || (ticks > 0 && ticks >= w->count - LAST);
	w->count = out ? LAST - 1 : w->count - (uint32_t)ticks;
	update_irq(w);
	if (out)
		ask_reset(w);
}

static void due(struct sim_event *event, uint64_t due_ps)
{
	struct wwdg *w = (struct wwdg *)((char *)event - offsetof(struct wwdg, due));
	settle(w);
	schedule(w);
}

static void write_control(struct wwdg *w, uint32_t value)
{
	uint32_t window = w->config & 0x7F, was = w->count;
	bool refreshed = w->on;
	if (!w->on)
		w->since = w->device->wires->clock->cycle;
	w->on = w->on || (value & WDGA);
	w->count = value & 0x7F;
	if (w->on && (w->count < LAST || (refreshed && was > window)))
		ask_reset(w);
}

static uint32_t read_wwdg(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct wwdg *w = device->state;
	uint32_t at = offset & ~3u, value = 0;
	settle(w);
	if (at == CR)
		value = w->count | (w->on ? WDGA : 0);
	else if (at == CFR)
		value = w->config;
	else if (at == SR)
		value = w->early;
	else
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
	return sim_register_part(value, offset, size);
}

static void write_wwdg(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct wwdg *w = device->state;
	uint32_t at = offset & ~3u, old = at == CR ? w->count : at == CFR ? w->config : w->early;
	settle(w);
	value = sim_register_merge(old, offset, size, value);
	if (at == CR)
		write_control(w, value);
	else if (at == CFR) /* EWI is taken down by a reset only */
		w->config = (value & (w->v2 ? 0x3A7Fu : 0x3FFu)) | (w->config & EWI);
	else if (at == SR)
		w->early = w->early && (value & 1);
	else
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	set_tick(w);
	update_irq(w);
	schedule(w);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"layout", "bus", "kernel_div", NULL};
	struct wwdg *w = device->state;
	const char *layout = sim_device_option(device, "layout", "v1");
	w->device = device;
	w->due.fire = due;
	w->v2 = strcmp(layout, "v2") == 0;
	if (!w->v2 && strcmp(layout, "v1") != 0)
		return err_input(err, "%s: '%s' is no layout of device '%s'; v1 or v2 is expected", device->board->path,
				 layout, device->place->name);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "bus", 0, 1, SIM_BUSES, &w->bus, err) &&
	       sim_device_option_number(device, "kernel_div", 1, 1, 512, &w->kernel_div, err);
}

static void reset(struct sim_device *device)
{
	struct wwdg *w = device->state;
	w->on = w->early = false;
	w->count = w->config = 0x7F;
	set_tick(w);
	update_irq(w);
	schedule(w);
}

static void free_wwdg(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct wwdg *)device->state)->due);
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	schedule(device->state);
}

const struct sim_device_type sim_stm32_wwdg_type = {
	.name = "stm32-wwdg",
	.what = "STM32 window watchdog: resets when refreshed too late or too early",
	.bytes = 0x400,
	.state_bytes = sizeof(struct wwdg),
	.init = init,
	.reset = reset,
	.free = free_wwdg,
	.read = read_wwdg,
	.write = write_wwdg,
	.clock_changed = clock_changed,
};
