/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 real-time clock with calendar. RM0432 (L4+) chapter 46; RM0444 (G0) chapter 32.
 *
 *         TR DR  CR ISR/ICSR PRER WUTR ALRMAR ALRMBR WPR SSR  SR MISR SCR   backup
 *   v2    00 04  08 0C       10   14   1C     20     24  28                 50 …       F7, L4
 *   v3    00 04  18 0C       10   14   40     48     24  08   50 54   5C               G0, H7A3, U5
 *
 *   option layout: v2, v3 (v2)     hz: its clock (32768)
 *   interrupt 0: wake-up timer; all if there is no interrupt 1     interrupt 1: alarms
 *
 * Counts virtual time, in stop mode too. It runs from power-on, at 00:00:00 on Saturday 1 January 2000 (clock choice
 * and enable are RCC's memory), and a system reset does not touch it, as on silicon; interrupts do not ask EXTI.
 * Not modelled, and reported: 12-hour format, sub-second alarms, time stamps, tamper, calibration, shifts.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stddef.h>
#include <string.h>

#define CR_FMT (1u << 6)
#define CR_ALARM(i) (1u << (8 + (i)))
#define CR_WAKEUP (1u << 10)
#define ISR_ALARM_WRITABLE 3u
#define ISR_WAKEUP_WRITABLE (1u << 2)
#define ISR_YEAR_SET (1u << 4)
#define ISR_SYNCHRONISED (1u << 5)
#define ISR_INITF (1u << 6)
#define ISR_INIT (1u << 7)
#define FLAG_ALARM(i) (1u << (i))
#define FLAG_WAKEUP (1u << 2)
#define DAY_S 86400u

enum role { TR, DR, CR, ISR, PRER, WUTR, ALRMAR, ALRMBR, WPR, SSR, SR, MISR, SCR, OTHER };

struct rtc {
	struct sim_event due;
	struct sim_device *device;
	uint64_t hz;
	bool v3, started, stopped; /* stopped: in initialisation mode */
	unsigned unlocked;         /* 2: both keys came */
	uint64_t origin_ps;        /* at which the calendar said origin_s */
	uint64_t origin_s;         /* seconds since 2000 */
	uint64_t checked_s;        /* alarms up to here have been looked at */
	uint64_t wakeup_ps;        /* next; only while CR_WAKEUP */
	uint32_t cr, prer, wutr, alarm[2], flags, backup[32];
};

static enum role role_of(const struct rtc *r, uint32_t at)
{
	static const uint8_t v2[] = {TR, DR, CR, ISR, PRER, WUTR, OTHER, ALRMAR, ALRMBR, WPR, SSR};
	static const uint8_t v3[] = {TR, DR, SSR, ISR, PRER, WUTR, CR, OTHER, OTHER, WPR, OTHER, OTHER, OTHER, OTHER, OTHER,
				     OTHER, ALRMAR, OTHER, ALRMBR, OTHER, SR, MISR, OTHER, SCR};
	if (r->v3)
		return at / 4 < sizeof v3 ? (enum role)v3[at / 4] : OTHER;
	return at / 4 < sizeof v2 ? (enum role)v2[at / 4] : OTHER;
}

/* --- the calendar ------------------------------------------------------------------------------------------------ */

static uint32_t asynchronous(const struct rtc *r)
{
	return (r->prer >> 16 & 0x7F) + 1;
}

static uint32_t synchronous(const struct rtc *r)
{
	return (r->prer & 0x7FFF) + 1;
}

/* Ticks of the asynchronous prescaler since origin. */
static uint64_t subticks(const struct rtc *r, uint64_t ps)
{
	return (uint64_t)((unsigned __int128)(ps - r->origin_ps) * r->hz / SIM_PS_PER_S / asynchronous(r));
}

static uint64_t now_ps(const struct rtc *r)
{
	return sim_clock_now_ps(r->device->wires->clock);
}

static uint64_t seconds_at(const struct rtc *r, uint64_t ps)
{
	return r->stopped ? r->origin_s : r->origin_s + subticks(r, ps) / synchronous(r);
}

/* When the calendar comes to `s`. */
static uint64_t ps_of_second(const struct rtc *r, uint64_t s)
{
	unsigned __int128 scaled = (unsigned __int128)(s - r->origin_s) * synchronous(r) * asynchronous(r) * SIM_PS_PER_S;
	return r->origin_ps + (uint64_t)((scaled + r->hz - 1) / r->hz);
}

static uint32_t bcd(uint32_t value)
{
	return value / 10 << 4 | value % 10;
}

static uint32_t binary(uint32_t value)
{
	return (value >> 4) * 10 + (value & 15);
}

struct date {
	uint32_t year, month, day, weekday; /* from 2000; 1 … 12; 1 … 31; Monday 1 */
};

static uint32_t days_in(uint32_t year, uint32_t month)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[(month - 1) % 12] + (month == 2 && year % 4 == 0);
}

static struct date date_of(uint64_t s)
{
	uint64_t days = s / DAY_S;
	struct date d = {.month = 1, .weekday = (uint32_t)((days + 5) % 7) + 1};
	for (; days >= 365u + (d.year % 4 == 0); d.year++)
		days -= 365u + (d.year % 4 == 0);
	for (; days >= days_in(d.year, d.month); d.month++)
		days -= days_in(d.year, d.month);
	d.day = (uint32_t)days + 1;
	return d;
}

static uint64_t days_before(uint32_t year, uint32_t month, uint32_t day)
{
	uint64_t days = 365 * (uint64_t)year + (year + 3) / 4 + day - 1;
	for (uint32_t m = 1; m < month && m <= 12; m++)
		days += days_in(year, m);
	return days;
}

static uint32_t time_register(uint64_t s)
{
	uint32_t t = (uint32_t)(s % DAY_S);
	return bcd(t / 3600) << 16 | bcd(t / 60 % 60) << 8 | bcd(t % 60);
}

static uint32_t date_register(uint64_t s)
{
	struct date d = date_of(s);
	return bcd(d.year % 100) << 16 | d.weekday << 13 | bcd(d.month) << 8 | bcd(d.day);
}

static void set_time(struct rtc *r, uint32_t value)
{
	uint32_t t = binary(value >> 16 & 0x3F) * 3600 + binary(value >> 8 & 0x7F) * 60 + binary(value & 0x7F);
	r->origin_s = r->origin_s / DAY_S * DAY_S + t % DAY_S;
}

static void set_date(struct rtc *r, uint32_t value)
{
	uint32_t month = binary(value >> 8 & 0x1F), day = binary(value & 0x3F);
	r->origin_s = days_before(binary(value >> 16 & 0xFF), month ? month : 1, day ? day : 1) * DAY_S + r->origin_s % DAY_S;
}

/* --- alarms and wake-up -------------------------------------------------------------------------------------------- */

static bool matches(uint32_t alarm, uint64_t s)
{
	uint32_t time = time_register(s), date = date_register(s);
	uint32_t day = alarm >> 30 & 1 ? date >> 13 & 7 : date & 0x3F;
	uint32_t wanted = alarm >> 30 & 1 ? alarm >> 24 & 15 : alarm >> 24 & 0x3F;
	return (alarm >> 7 & 1 || (alarm & 0x7F) == (time & 0x7F)) &&
	       (alarm >> 15 & 1 || (alarm >> 8 & 0x7F) == (time >> 8 & 0x7F)) &&
	       (alarm >> 23 & 1 || (alarm >> 16 & 0x3F) == (time >> 16 & 0x3F)) && (alarm >> 31 & 1 || wanted == day);
}

/* First second after `s` at which an enabled alarm rings, at most a day on: there it is looked for again. */
static uint64_t next_alarm(const struct rtc *r, uint64_t s)
{
	uint64_t end = s + DAY_S;
	while (++s < end)
		for (unsigned i = 0; i < 2; i++)
			if ((r->cr & CR_ALARM(i)) && matches(r->alarm[i], s))
				return s;
	return s;
}

/* WUCKSEL: RTC clock / 16, 8, 4, 2; the calendar's second; the same and 65,536 more. */
static uint64_t wakeup_period_ps(const struct rtc *r)
{
	uint32_t select = r->cr & 7;
	uint64_t ticks = (uint64_t)r->wutr + 1 + (select >= 6 ? 65536 : 0);
	uint64_t by = select < 4 ? 16u >> select : (uint64_t)asynchronous(r) * synchronous(r);
	return (uint64_t)((unsigned __int128)ticks * by * SIM_PS_PER_S / r->hz);
}

static void settle_at(struct rtc *r, uint64_t ps)
{
	uint64_t s = seconds_at(r, ps);
	bool any = r->cr & (CR_ALARM(0) | CR_ALARM(1));
	while (any && !r->stopped && r->checked_s < s) {
		uint64_t at = next_alarm(r, r->checked_s);
		if (at > s)
			break;
		for (unsigned i = 0; i < 2; i++)
			if ((r->cr & CR_ALARM(i)) && matches(r->alarm[i], at))
				r->flags |= FLAG_ALARM(i);
		r->checked_s = at;
	}
	if (s > r->checked_s) /* an event looks a cycle's part ahead */
		r->checked_s = s;
	if ((r->cr & CR_WAKEUP) && ps >= r->wakeup_ps) {
		uint64_t period = wakeup_period_ps(r);
		r->flags |= FLAG_WAKEUP;
		r->wakeup_ps += ((ps - r->wakeup_ps) / period + 1) * period;
	}
}

static void update_irq(struct rtc *r)
{
	bool wakeup = (r->flags & FLAG_WAKEUP) && (r->cr >> 14 & 1);
	bool alarm = r->flags & r->cr >> 12 & 3;
	bool alone = r->device->place->irqs < 2;
	sim_device_irq(r->device, 0, wakeup || (alone && alarm));
	sim_device_irq(r->device, 1, alarm);
}

static void schedule(struct rtc *r)
{
	uint64_t next = UINT64_MAX;
	update_irq(r);
	if (!r->stopped && (r->cr & (CR_ALARM(0) | CR_ALARM(1))))
		next = ps_of_second(r, next_alarm(r, r->checked_s));
	if ((r->cr & CR_WAKEUP) && r->wakeup_ps < next)
		next = r->wakeup_ps;
	if (next == UINT64_MAX)
		sim_clock_cancel(r->device->wires->clock, &r->due);
	else
		sim_clock_at_ps(r->device->wires->clock, &r->due, next);
}

static void due(struct sim_event *event, uint64_t due_ps)
{
	struct rtc *r = (struct rtc *)((char *)event - offsetof(struct rtc, due));
	settle_at(r, due_ps);
	schedule(r);
}

/* --- registers ------------------------------------------------------------------------------------------------------- */

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = {"layout", "hz", NULL};
	struct rtc *r = device->state;
	const char *layout = sim_device_option(device, "layout", "v2");
	r->device = device;
	r->due.fire = due;
	r->v3 = strcmp(layout, "v3") == 0;
	if (!r->v3 && strcmp(layout, "v2") != 0)
		return err_input(err, "%s: '%s' is no layout of device '%s'; v2 or v3 is expected", device->board->path, layout,
				 device->place->name);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "hz", 32768, 1000, 1000000, &r->hz, err);
}

static void reset(struct sim_device *device)
{
	struct rtc *r = device->state;
	r->unlocked = 0;
	if (!r->started) { /* the backup domain has power all the time */
		r->started = true;
		r->prer = 0x007F00FF;
		r->wutr = 0xFFFF;
		r->origin_ps = now_ps(r);
	}
	schedule(r);
}

static void free_rtc(struct sim_device *device)
{
	sim_clock_cancel(device->wires->clock, &((struct rtc *)device->state)->due);
}

static uint32_t status(const struct rtc *r)
{
	uint32_t value = ISR_SYNCHRONISED | (r->origin_s >= DAY_S * 366 ? ISR_YEAR_SET : 0);
	value |= r->stopped ? ISR_INIT | ISR_INITF : 0;
	value |= r->cr & CR_WAKEUP ? 0 : ISR_WAKEUP_WRITABLE;
	if (r->v3)
		return value;
	return value | (~r->cr >> 8 & ISR_ALARM_WRITABLE) | r->flags << 8;
}

static uint32_t *backup(struct rtc *r, uint32_t at)
{
	uint32_t first = 0x50;
	return !r->v3 && at >= first && at < first + sizeof r->backup ? &r->backup[(at - first) / 4] : NULL;
}

static uint32_t subseconds(const struct rtc *r)
{
	return r->stopped ? synchronous(r) - 1 : synchronous(r) - 1 - (uint32_t)(subticks(r, now_ps(r)) % synchronous(r));
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct rtc *r = device->state;
	uint64_t s = seconds_at(r, now_ps(r));
	settle_at(r, now_ps(r));
	switch (role_of(r, at)) {
	case TR: return time_register(s);
	case DR: return date_register(s);
	case CR: return r->cr;
	case ISR: return status(r);
	case PRER: return r->prer;
	case WUTR: return r->wutr;
	case ALRMAR: return r->alarm[0];
	case ALRMBR: return r->alarm[1];
	case SSR: return subseconds(r);
	case SR: return r->flags;
	case MISR: return r->flags & r->cr >> 12;
	case WPR:
	case SCR: return 0;
	default: break;
	}
	if (backup(r, at))
		return *backup(r, at);
	device->wires->unmodelled(device->wires->machine, device, at, false, true);
	return 0;
}

static uint32_t read_rtc(struct sim_device *device, uint32_t offset, unsigned size)
{
	uint32_t value = sim_register_part(read_register(device, offset & ~3u), offset, size);
	schedule(device->state);
	return value;
}

static void set_control(struct rtc *r, uint32_t value)
{
	const struct sim_wires *wires = r->device->wires;
	if (!(r->cr & CR_WAKEUP) && (value & CR_WAKEUP)) {
		r->cr = value;
		r->wakeup_ps = now_ps(r) + wakeup_period_ps(r);
	}
	r->cr = value;
	if (value & (CR_FMT | 1u << 11 | 1u << 15)) /* 12 hours, time stamps */
		wires->unmodelled(wires->machine, r->device, r->v3 ? 0x18 : 0x08, true, false);
}

static void set_status(struct rtc *r, uint32_t value)
{
	bool stop = value & ISR_INIT;
	if (!r->v3)
		r->flags &= value >> 8;
	if (r->unlocked < 2 || stop == r->stopped)
		return;
	if (stop)
		r->origin_s = seconds_at(r, now_ps(r));
	r->stopped = stop;
	r->origin_ps = now_ps(r);
	r->checked_s = r->origin_s;
}

static void take_key(struct rtc *r, uint32_t key)
{
	r->unlocked = key == 0xCA ? 1 : key == 0x53 && r->unlocked == 1 ? 2 : 0;
}

/* What the write protection covers. */
static void write_protected(struct rtc *r, enum role role, uint32_t value)
{
	if (role == TR && r->stopped)
		set_time(r, value);
	else if (role == DR && r->stopped)
		set_date(r, value);
	else if (role == PRER && r->stopped)
		r->prer = value & 0x7F7FFF;
	else if (role == CR)
		set_control(r, value);
	else if (role == WUTR && !(r->cr & CR_WAKEUP))
		r->wutr = value & 0xFFFF;
	else if (role == ALRMAR || role == ALRMBR)
		r->alarm[role == ALRMBR] = value;
}

static void write_rtc(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct rtc *r = device->state;
	uint32_t at = offset & ~3u;
	enum role role = role_of(r, at);
	settle_at(r, now_ps(r));
	if (size < 4 && role != WPR && role != SCR)
		value = sim_register_merge(read_register(device, at), offset, size, value);
	if (role == WPR)
		take_key(r, value & 0xFF);
	else if (role == ISR)
		set_status(r, value);
	else if (role == SCR)
		r->flags &= ~value;
	else if (backup(r, at))
		*backup(r, at) = value;
	else if (role == OTHER)
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	else if (r->unlocked == 2)
		write_protected(r, role, value);
	schedule(r);
}

const struct sim_device_type sim_stm32_rtc_type = {
	.name = "stm32-rtc",
	.what = "STM32 real-time clock: calendar, alarms, wake-up timer",
	.bytes = 0x400,
	.state_bytes = sizeof(struct rtc),
	.init = init,
	.reset = reset,
	.free = free_rtc,
	.read = read_rtc,
	.write = write_rtc,
};
