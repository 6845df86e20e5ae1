/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 independent watchdog. RM0432 (L4+) chapter 43.
 *
 *   00 KR   04 PR   08 RLR   0C SR   10 WINR   14 EWCR (U5: like memory)
 *
 *   KR: 0xCCCC starts, 0xAAAA reloads, 0x5555 lets write PR, RLR and WINR until the next key
 *   option lsi_hz: its clock (32000)     window: false where there is no WINR (F1)
 *
 *   time-out = (RLR + 1) * 4 * 2^PR / lsi_hz          reloading while the counter is above WINR resets, too
 *
 * Once started, only a reset stops it: it runs in sleep and stop mode, as the option bytes of new chips have it.
 * New values of PR, RLR and WINR hold at once (SR reads 0); on silicon they take up to five clocks.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stddef.h>

enum { KR = 0x00, PR = 0x04, RLR = 0x08, SR = 0x0C, WINR = 0x10 };

struct iwdg {
	struct sim_event due;
	struct sim_device *device;
	uint64_t lsi_hz, loaded_ps;
	bool has_window, running, writable;
	uint32_t prescaler, reload, window;
};

static uint64_t tick_ps(const struct iwdg *w)
{
	unsigned shift = w->prescaler > 6 ? 6 : w->prescaler;
	return (SIM_PS_PER_S << (2 + shift)) / w->lsi_hz;
}

static void schedule(struct iwdg *w)
{
	if (w->running)
		sim_clock_at_ps(w->device->wires->clock, &w->due,
				w->loaded_ps + (uint64_t)(w->reload + 1) * tick_ps(w));
	else
		sim_clock_cancel(w->device->wires->clock, &w->due);
}

static void ask_reset(struct iwdg *w)
{
	const struct sim_wires *wires = w->device->wires;
	w->running = false;
	schedule(w);
	if (wires->reset_cause)
		*wires->reset_cause = SIM_RESET_WATCHDOG;
	wires->reset(wires->machine);
}

static void due(struct sim_event *event, uint64_t due_ps)
{
	ask_reset((struct iwdg *)((char *)event - offsetof(struct iwdg, due)));
}

static void load(struct iwdg *w)
{
	w->loaded_ps = sim_clock_now_ps(w->device->wires->clock);
	schedule(w);
}

static uint32_t counter(const struct iwdg *w)
{
	uint64_t passed = (sim_clock_now_ps(w->device->wires->clock) - w->loaded_ps) / tick_ps(w);
	return passed > w->reload ? 0 : w->reload - (uint32_t)passed;
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"lsi_hz", "window", NULL};
	struct iwdg *w = device->state;
	w->device = device;
	w->due.fire = due;
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "lsi_hz", 32000, 1000, 100000, &w->lsi_hz, err) &&
	       sim_device_option_bool(device, "window", true, &w->has_window, err);
}

static void reset(struct sim_device *device)
{
	struct iwdg *w = device->state;
	w->running = w->writable = false;
	w->prescaler = 0;
	w->reload = w->window = 0xFFF;
	schedule(w);
}

static void free_iwdg(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct iwdg *)device->state)->due);
}

static uint32_t read_iwdg(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct iwdg *w = device->state;
	uint32_t at = offset & ~3u, value = 0;
	if (at == PR)
		value = w->prescaler;
	else if (at == RLR)
		value = w->reload;
	else if (at == WINR && w->has_window)
		value = w->window;
	else if (at != KR && at != SR)
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
	return sim_register_part(value, offset, size);
}

static void take_key(struct iwdg *w, uint32_t key)
{
	w->writable = key == 0x5555;
	if (key == 0xCCCC && !w->running) {
		w->running = true;
		load(w);
	} else if (key == 0xAAAA && w->running) {
		if (w->has_window && w->window < 0xFFF && counter(w) > w->window)
			ask_reset(w);
		else
			load(w);
	}
}

static void write_iwdg(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct iwdg *w = device->state;
	uint32_t at = offset & ~3u;
	value = sim_register_merge(0, offset, size, value);
	if (at == KR) {
		take_key(w, value & 0xFFFF);
	} else if (at == PR || at == RLR || (at == WINR && w->has_window)) {
		if (!w->writable)
			return;
		if (at == PR)
			w->prescaler = value & 7;
		else if (at == RLR)
			w->reload = value & 0xFFF;
		else
			w->window = value & 0xFFF;
		if (at == WINR || w->running) /* writing the window loads the counter; so does, here, any other change */
			load(w);
	} else {
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	}
}

const struct sim_device_type sim_stm32_iwdg_type = {
	.name = "stm32-iwdg",
	.what = "STM32 independent watchdog: resets",
	.bytes = 0x400,
	.state_bytes = sizeof(struct iwdg),
	.init = init,
	.reset = reset,
	.free = free_iwdg,
	.read = read_iwdg,
	.write = write_iwdg,
};
