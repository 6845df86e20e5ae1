/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 low-power timer, counting up from 0 to ARR. RM0432 (L4+) chapter 42.
 *
 *   00 ISR   04 ICR   08 IER   0C CFGR   10 CR   14 CMP   18 ARR   1C CNT   24 CFGR2 … like memory
 *
 *   ISR, ICR, IER 0: compare match   1: ARR reached   3: CMP taken   4: ARR taken      (U5: CMP is CCR1, 7 is DIEROK)
 *   CR 0: enable   1: once   2: go on and on
 *   option kernel_hz: its clock, which goes on in stop mode (32768, the crystal's)
 *   interrupt 0: any enabled flag
 *
 * Time is virtual time, not core cycles: what it counts does not depend on the core's clock. The choice of its clock
 * (RCC CCIPR) is not modelled. External clocks, triggers, encoder and time-out mode are reported when switched on.
 * New values of CMP, ARR and DIER hold at once.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stddef.h>

enum { ISR = 0x00, ICR = 0x04, IER = 0x08, CFGR = 0x0C, CR = 0x10, CMP = 0x14, ARR = 0x18, CNT = 0x1C, END = 0x40 };

#define FLAG_MATCH (1u << 0)
#define FLAG_TOP (1u << 1)
#define FLAG_CMP_TAKEN (1u << 3)
#define FLAG_ARR_TAKEN (1u << 4)
#define FLAG_IER_TAKEN (1u << 24)
#define CR_ENABLE (1u << 0)
#define CR_ONCE (1u << 1)
#define CR_CONTINUOUS (1u << 2)
#define CFGR_UNMODELLED 0x01EEE0FFu /* clock by pin, its filters, triggers, count mode, encoder */

struct lptim {
	struct sim_event due;
	struct sim_device *device;
	uint64_t kernel_hz;
	uint64_t origin_ps, settled; /* ticks are counted from origin; flags are up to date for so many of them */
	bool counting, once;
	uint32_t flags, ier, cfgr, cr, cmp, arr, memory[END / 4];
};

static unsigned prescaler(const struct lptim *t)
{
	return 1u << (t->cfgr >> 9 & 7);
}

static uint64_t ticks_at(const struct lptim *t, uint64_t ps)
{
	unsigned __int128 ticks = (unsigned __int128)(ps - t->origin_ps) * t->kernel_hz / SIM_PS_PER_S / prescaler(t);
	return (uint64_t)ticks;
}

/* The first picosecond of a tick. */
static uint64_t ps_of(const struct lptim *t, uint64_t ticks)
{
	unsigned __int128 scaled = (unsigned __int128)ticks * prescaler(t) * SIM_PS_PER_S;
	return t->origin_ps + (uint64_t)((scaled + t->kernel_hz - 1) / t->kernel_hz);
}

static uint64_t round_of(const struct lptim *t)
{
	return (uint64_t)t->arr + 1;
}

/* First tick after `from` on which the counter is `value`; it was 0 at tick 0. */
static uint64_t tick_of(const struct lptim *t, uint64_t from, uint32_t value)
{
	uint64_t in_round = from % round_of(t), base = from - in_round;
	return value > in_round ? base + value : base + round_of(t) + value;
}

static void settle_at(struct lptim *t, uint64_t ps)
{
	uint64_t now = t->counting ? ticks_at(t, ps) : 0;
	if (!t->counting || now <= t->settled)
		return;
	if (t->cmp <= t->arr && tick_of(t, t->settled, t->cmp) <= now)
		t->flags |= FLAG_MATCH;
	if (tick_of(t, t->settled, t->arr) <= now) {
		t->flags |= FLAG_TOP;
		t->counting = !t->once;
	}
	t->settled = now;
}

static void settle(struct lptim *t)
{
	settle_at(t, sim_clock_now_ps(t->device->wires->clock));
}

static void update(struct lptim *t)
{
	struct sim_clock *clock = t->device->wires->clock;
	uint32_t wanted = t->ier & ~t->flags;
	uint64_t next = UINT64_MAX;
	sim_device_irq(t->device, 0, t->flags & t->ier);
	if (t->counting && (wanted & FLAG_MATCH) && t->cmp <= t->arr)
		next = tick_of(t, t->settled, t->cmp);
	if (t->counting && ((wanted & FLAG_TOP) || t->once)) {
		uint64_t top = tick_of(t, t->settled, t->arr);
		next = top < next ? top : next;
	}
	if (next == UINT64_MAX)
		sim_clock_cancel(clock, &t->due);
	else
		sim_clock_at_ps(clock, &t->due, ps_of(t, next));
}

static void due(struct sim_event *event, uint64_t due_ps)
{
	struct lptim *t = (struct lptim *)((char *)event - offsetof(struct lptim, due));
	/* The event comes in the core's cycle that holds its time; that cycle began before. */
	settle_at(t, due_ps);
	update(t);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"kernel_hz", NULL};
	struct lptim *t = device->state;
	t->device = device;
	t->due.fire = due;
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "kernel_hz", 32768, 1, 100000000, &t->kernel_hz, err);
}

static void reset(struct sim_device *device)
{
	struct lptim *t = device->state;
	t->counting = t->once = false;
	t->flags = t->ier = t->cfgr = t->cr = t->cmp = 0;
	t->arr = 1;
	for (unsigned i = 0; i < END / 4; i++)
		t->memory[i] = 0;
	update(t);
}

static void free_lptim(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct lptim *)device->state)->due);
}

static uint32_t count(const struct lptim *t)
{
	return t->counting ? (uint32_t)(t->settled % round_of(t)) : 0;
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct lptim *t = device->state;
	settle(t);
	switch (at) {
	case ISR:
		return t->flags;
	case ICR:
		return 0;
	case IER:
		return t->ier;
	case CFGR:
		return t->cfgr;
	case CR:
		return t->cr;
	case CMP:
		return t->cmp;
	case ARR:
		return t->arr;
	case CNT:
		return count(t);
	default:
		device->wires->unmodelled(device->wires->machine, device, at, false, at >= END);
		return at < END ? t->memory[at / 4] : 0;
	}
}

static uint32_t read_lptim(struct sim_device *device, uint32_t offset, unsigned size)
{
	uint32_t value = sim_register_part(read_register(device, offset & ~3u), offset, size);
	update(device->state);
	return value;
}

static void set_control(struct lptim *t, uint32_t value)
{
	t->cr = value & CR_ENABLE;
	if (!(value & CR_ENABLE)) {
		t->counting = false;
	} else if ((value & (CR_ONCE | CR_CONTINUOUS)) && !t->counting) {
		t->counting = true;
		t->once = !(value & CR_CONTINUOUS);
		t->origin_ps = sim_clock_now_ps(t->device->wires->clock);
		t->settled = 0;
	}
}

/* The counter goes on from where it is: a new round length must not move it. */
static void set_top(struct lptim *t, uint32_t value)
{
	uint64_t at = t->counting ? count(t) : 0;
	if (t->counting && at < t->settled) {
		t->origin_ps = ps_of(t, t->settled - at);
		t->settled = at;
	}
	t->arr = value & 0xFFFF;
	t->flags |= FLAG_ARR_TAKEN;
}

static void write_register(struct sim_device *device, uint32_t at, uint32_t value)
{
	struct lptim *t = device->state;
	switch (at) {
	case ISR:
	case CNT:
		break;
	case ICR:
		t->flags &= ~value;
		break;
	case IER:
		t->ier = value;
		t->flags |= FLAG_IER_TAKEN;
		break;
	case CFGR:
		t->cfgr = value;
		break;
	case CR:
		set_control(t, value);
		break;
	case CMP:
		t->cmp = value & 0xFFFF;
		t->flags |= FLAG_CMP_TAKEN;
		break;
	case ARR:
		set_top(t, value);
		break;
	default:
		if (at < END)
			t->memory[at / 4] = value;
	}
	if (at > CNT || (at == CFGR && (value & CFGR_UNMODELLED)))
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
}

static void write_lptim(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	uint32_t at = offset & ~3u;
	uint32_t old = size == 4 || at == ICR ? 0 : read_register(device, at);
	settle(device->state);
	write_register(device, at, sim_register_merge(old, offset, size, value));
	update(device->state);
}

const struct sim_device_type sim_stm32_lptim_type = {
	.name = "stm32-lptim",
	.what = "STM32 low-power timer: counts time, in stop mode too",
	.bytes = 0x400,
	.state_bytes = sizeof(struct lptim),
	.init = init,
	.reset = reset,
	.free = free_lptim,
	.read = read_lptim,
	.write = write_lptim,
};
