/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 general purpose, advanced and basic timers, counting up. RM0432 (L4+) chapters 37 to 41; all families alike.
 *
 *   00 CR1   04 CR2   08 SMCR   0C DIER   10 SR   14 EGR   18 1C CCMR   20 CCER   24 CNT   28 PSC   2C ARR   30 RCR
 *   34 … 40 CCR1 … CCR4   44 BDTR   and beyond, all but CNT and the flags like memory
 *
 *   option bits: width of the counter, 16 or 32 (16)     bus: 1, 2, 3: its clock is the APB bus's timer clock
 *   option kernel_div: where no clock controller says, core clock / N (1)
 *   interrupt 0: update; compare matches too if there is no interrupt 1     interrupt 1: compare matches
 *
 * The counter is computed when somebody looks: nothing happens at a count unless an interrupt is enabled for it.
 * It counts core cycles, so it follows changes of the core clock and stands still in stop mode.
 * Not modelled, and reported when switched on: counting down or both ways, external clocks and slave modes, input
 * capture, outputs, DMA, the repetition counter.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { CR1 = 0x00, SMCR = 0x08, DIER = 0x0C, SR = 0x10, EGR = 0x14, CNT = 0x24, PSC = 0x28, ARR = 0x2C, CCR1 = 0x34,
       END = 0x70 };

#define CR1_CEN (1u << 0)
#define CR1_UDIS (1u << 1)
#define CR1_URS (1u << 2)
#define CR1_OPM (1u << 3)
#define CR1_ARPE (1u << 7)
#define CR1_DOWN_OR_BOTH (7u << 4)
#define FLAG_UPDATE 1u
#define FLAG_COMPARES (15u << 1) /* in SR, and as enables in DIER */
#define CHANNELS 4

struct timer {
	struct sim_event due;
	struct sim_device *device;
	uint64_t bits, kernel_div, bus;
	uint32_t memory[END / 4]; /* registers as written; CNT, SR and EGR live below */
	uint32_t count, flags;
	uint32_t top, divider;    /* ARR, and PSC + 1, in force: both change at an update */
	uint64_t clock_div;       /* core cycles of one tick of its clock */
	uint64_t since;           /* core cycle at which `count` began */
};

static uint32_t width_mask(const struct timer *t)
{
	return t->bits == 32 ? UINT32_MAX : 0xFFFF;
}

static uint64_t ticks_to_cycles(const struct timer *t, uint64_t ticks)
{
	return ticks * t->divider * t->clock_div;
}

static bool counting(const struct timer *t)
{
	return (t->memory[CR1 / 4] & CR1_CEN) && t->top > 0; /* with ARR 0 the counter stands still */
}

/* Ticks until the counter is 0 again. A counter beyond ARR runs on to the end of its width. */
static uint64_t ticks_to_wrap(const struct timer *t)
{
	return (t->count > t->top ? (uint64_t)width_mask(t) : t->top) + 1 - t->count;
}

/* Ticks until the counter equals `value` next; UINT64_MAX: never. */
static uint64_t ticks_to_match(const struct timer *t, uint32_t value)
{
	if (value > t->count && (value <= t->top || t->count > t->top))
		return value - t->count;
	return value <= t->top ? ticks_to_wrap(t) + value : UINT64_MAX;
}

static void take_preloads(struct timer *t)
{
	t->divider = (t->memory[PSC / 4] & 0xFFFF) + 1;
	t->top = t->memory[ARR / 4] & width_mask(t);
}

static void flag_matches(struct timer *t, uint64_t ticks)
{
	for (unsigned i = 0; i < CHANNELS; i++)
		if (ticks_to_match(t, t->memory[CCR1 / 4 + i] & width_mask(t)) <= ticks)
			t->flags |= 2u << i;
}

/* Counts `ticks`, at most to the next wrap. */
static void count_on(struct timer *t, uint64_t ticks)
{
	uint64_t wrap = ticks_to_wrap(t);
	flag_matches(t, ticks);
	t->since += ticks_to_cycles(t, ticks);
	if (ticks < wrap) {
		t->count += (uint32_t)ticks;
		return;
	}
	t->count = 0;
	if (t->memory[CR1 / 4] & CR1_UDIS)
		return;
	t->flags |= FLAG_UPDATE;
	take_preloads(t);
	if (t->memory[CR1 / 4] & CR1_OPM)
		t->memory[CR1 / 4] &= ~CR1_CEN;
}

static void settle_until(struct timer *t, uint64_t now)
{
	/* The first wrap may bring new preloads; after the second all wraps are alike and whole rounds can be skipped. */
	for (int wraps = 0; counting(t) && now > t->since; wraps++) {
		uint64_t tick = ticks_to_cycles(t, 1), ticks = (now - t->since) / tick, wrap = ticks_to_wrap(t);
		if (wraps == 2) {
			uint64_t round = ticks_to_cycles(t, (uint64_t)t->top + 1);
			t->since += (now - t->since) / round * round;
			ticks = (now - t->since) / tick;
		}
		count_on(t, ticks < wrap ? ticks : wrap);
		if (ticks < wrap)
			return;
	}
	if (!counting(t))
		t->since = now;
}

/* Brings counter and flags up to the current cycle. */
static void settle(struct timer *t)
{
	settle_until(t, t->device->wires->clock->cycle);
	t->clock_div = sim_device_bus_div(t->device, t->bus, true, t->kernel_div);
}

static void update_irq(struct timer *t)
{
	uint32_t on = t->flags & t->memory[DIER / 4];
	bool alone = t->device->place->irqs < 2;
	sim_device_irq(t->device, 0, on & (alone ? FLAG_UPDATE | FLAG_COMPARES : FLAG_UPDATE));
	sim_device_irq(t->device, 1, on & FLAG_COMPARES);
}

/* Wakes at the next flag that is enabled and not yet up. */
static void schedule(struct timer *t)
{
	struct sim_clock *clock = t->device->wires->clock;
	uint32_t wanted = t->memory[DIER / 4] & ~t->flags;
	uint64_t ticks = UINT64_MAX;
	update_irq(t);
	if (!counting(t)) {
		sim_clock_cancel(clock, &t->due);
		return;
	}
	if ((wanted & FLAG_UPDATE) || (t->memory[CR1 / 4] & CR1_OPM))
		ticks = ticks_to_wrap(t);
	for (unsigned i = 0; i < CHANNELS; i++) {
		uint64_t match = ticks_to_match(t, t->memory[CCR1 / 4 + i] & width_mask(t));
		if ((wanted & 2u << i) && match < ticks)
			ticks = match;
	}
	/* A preload that waits may change what follows the wrap: look again there. */
	if (ticks != UINT64_MAX && ticks > ticks_to_wrap(t))
		ticks = ticks_to_wrap(t);
	sim_clock_at_cycle(clock, &t->due, ticks == UINT64_MAX ? SIM_NEVER : t->since + ticks_to_cycles(t, ticks));
}

static void event_due(struct sim_event *event, uint64_t due_ps)
{
	struct timer *t = (struct timer *)((char *)event - offsetof(struct timer, due));
	settle(t);
	schedule(t);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "bits", "bus", "kernel_div", NULL };
	struct timer *t = device->state;
	t->device = device;
	t->due.fire = event_due;
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "bits", 16, 16, 32, &t->bits, err) &&
	       sim_device_option_number(device, "bus", 0, 1, SIM_BUSES, &t->bus, err) &&
	       sim_device_option_number(device, "kernel_div", 1, 1, 4096, &t->kernel_div, err);
}

static void reset(struct sim_device *device)
{
	struct timer *t = device->state;
	for (unsigned i = 0; i < END / 4; i++)
		t->memory[i] = 0;
	t->memory[ARR / 4] = width_mask(t);
	t->count = t->flags = 0;
	t->since = device->wires->clock->cycle;
	t->clock_div = sim_device_bus_div(device, t->bus, true, t->kernel_div);
	take_preloads(t);
	schedule(t);
}

static void free_timer(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct timer *)device->state)->due);
}

static uint32_t read_timer(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct timer *t = device->state;
	uint32_t at = offset & ~3u, value;
	if (at >= END) {
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
	settle(t);
	value = at == CNT ? t->count : at == SR ? t->flags : at == EGR ? 0 : t->memory[at / 4];
	return sim_register_part(value, offset, size);
}

/* EGR: flags by software. UG starts over. */
static void generate(struct timer *t, uint32_t value)
{
	t->flags |= value & FLAG_COMPARES;
	if (!(value & 1))
		return;
	t->count = 0;
	t->since = t->device->wires->clock->cycle;
	take_preloads(t);
	if (!(t->memory[CR1 / 4] & (CR1_URS | CR1_UDIS)))
		t->flags |= FLAG_UPDATE;
}

static void report_unmodelled(struct sim_device *device, uint32_t at, uint32_t value)
{
	bool beyond = at >= END || (at == CR1 && (value & CR1_DOWN_OR_BOTH)) || (at == SMCR && value) ||
		      (at == DIER && value >> 5) || at == 0x30;
	if (beyond)
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
}

static void write_timer(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct timer *t = device->state;
	uint32_t at = offset & ~3u;
	settle(t);
	uint32_t old = at >= END || at == EGR ? 0 : at == CNT ? t->count : at == SR ? UINT32_MAX : t->memory[at / 4];
	value = sim_register_merge(old, offset, size, value);
	report_unmodelled(device, at, value);
	if (at == SR) {
		t->flags &= value; /* written 0 to clear */
	} else if (at == EGR) {
		generate(t, value);
	} else if (at == CNT) {
		t->count = value & width_mask(t);
		t->since = device->wires->clock->cycle;
	} else if (at < END) {
		t->memory[at / 4] = value;
	}
	if (at == ARR && !(t->memory[CR1 / 4] & CR1_ARPE))
		t->top = value & width_mask(t);
	schedule(t);
}

/* Cycles go on as they are; only the time at which they come has changed. */
static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	settle(device->state);
	schedule(device->state);
}

const struct sim_device_type sim_stm32_timer_type = {
	.name = "stm32-timer",
	.what = "STM32 timer counting up: update, one pulse, compare interrupts",
	.bytes = 0x400,
	.state_bytes = sizeof(struct timer),
	.init = init,
	.reset = reset,
	.free = free_timer,
	.read = read_timer,
	.write = write_timer,
	.clock_changed = clock_changed,
};
