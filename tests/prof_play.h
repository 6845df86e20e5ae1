/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine played by the test: it calls the profiler's observer and answers through struct prof_access. */
#ifndef TESTS_PROF_PLAY_H
#define TESTS_PROF_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "profiler/report.h"
#include "runtime/protocol.h"

#define PLAYED __attribute__((unused)) static

#define RAM 0x20000000u
#define MS UINT64_C(1000000000)

struct fake {
	uint8_t ram[4096];
	struct sim_when now;
	struct sim_stacks stacks;
	uint32_t watched_at, watched_bytes, top;
	struct sim_honesty honesty;
};

PLAYED bool fake_read(void *machine, uint32_t at, void *ret_bytes, uint32_t count)
{
	struct fake *f = machine;
	if (at < RAM || at - RAM > sizeof f->ram || sizeof f->ram - (at - RAM) < count)
		return false;
	memcpy(ret_bytes, f->ram + (at - RAM), count);
	return true;
}

PLAYED int fake_watch(void *machine, uint32_t at, uint32_t bytes)
{
	struct fake *f = machine;
	f->watched_at = at;
	f->watched_bytes = bytes;
	return at >= RAM ? 3 : -1;
}

PLAYED uint32_t fake_top(void *machine, int watch)
{
	assert_int_equal(watch, 3);
	return ((struct fake *)machine)->top;
}

PLAYED struct sim_stacks fake_stacks(void *machine)
{
	return ((struct fake *)machine)->stacks;
}

PLAYED uint64_t fake_instructions(void *machine)
{
	return ((struct fake *)machine)->now.active * 4 / 5;
}

PLAYED struct sim_when fake_now(void *machine)
{
	return ((struct fake *)machine)->now;
}

PLAYED void fake_honesty(void *machine, struct sim_honesty *ret_honesty)
{
	*ret_honesty = ((struct fake *)machine)->honesty;
}

static struct sim_board board = {
	.name = "bench", .core = SIM_M4, .clock_hz = 100000000, .supply_mv = 3000, .regulator = SIM_LDO,
	.battery_mah = 220, .battery_mv = 3000, .timing_low_pct = -5, .timing_high_pct = 10,
	.timing_grade = SIM_CALIBRATED, .timing_source = "bench timing",
	.power = {[SIM_POWER_RUN] = {.ua_per_mhz = 100, .at_mv = 3000, .low_pct = -10, .high_pct = 10,
				     .grade = SIM_MEASURED, .source = "datasheet"},
		  [SIM_POWER_SLEEP] = {.base_ua = 1000, .at_mv = 3000, .grade = SIM_MEASURED},
		  [SIM_POWER_STOP] = {.base_ua = 1, .at_mv = 3000, .grade = SIM_MEASURED}},
};

struct play {
	struct fake fake;
	struct prof_record *record;
	struct prof_profiler *profiler;
	struct sim_observer observer;
};

/* At 100 MHz a cycle is 10 ns. */
PLAYED void pass(struct play *p, uint64_t cycles, bool asleep)
{
	p->fake.now.cycle += cycles;
	p->fake.now.active += asleep ? 0 : cycles;
	p->fake.now.ps += cycles * 10000;
}

PLAYED void start(struct play *p)
{
	struct err err;
	*p = (struct play){.fake = {.stacks = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}}};
	assert_true(prof_record_create(&p->record, &err));
	struct prof_options options = {
		.board = &board,
		.record = p->record,
		.access = {&p->fake, fake_read, fake_watch, fake_top, fake_stacks, fake_instructions,
			   fake_now, fake_honesty},
	};
	assert_true(prof_profiler_create(&options, &p->profiler, &err));
	p->observer = prof_profiler_observer(p->profiler);
	p->observer.power(p->observer.context, p->fake.now, SIM_POWER_RUN, 100000000);
}

PLAYED void mark(struct play *p, struct sim_mark m)
{
	p->observer.mark(p->observer.context, p->fake.now, &m);
}

PLAYED void power(struct play *p, enum sim_power_state state)
{
	p->observer.power(p->observer.context, p->fake.now, state, 100000000);
}

PLAYED json_t *finish(struct play *p, enum sim_stop stop, const struct prof_report_about *about)
{
	prof_profiler_finish(p->profiler, stop);
	json_t *report = prof_report_make(p->profiler, about);
	assert_non_null(report);
	return report;
}

PLAYED void end(struct play *p, json_t *report)
{
	json_decref(report);
	prof_profiler_destroy(p->profiler);
	prof_record_destroy(p->record);
}

#endif
