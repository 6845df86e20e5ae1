/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/clock.h"

#include <assert.h>
#include <stddef.h>

typedef unsigned __int128 u128;

/* A cycle's length, so that telling the time multiplies and does not divide. */
static void set_length(struct sim_clock *clock, uint64_t hz)
{
	clock->hz = hz;
	clock->cycle_ps = SIM_PS_PER_S / hz;
	clock->cycle_part = (uint64_t)(((u128)(SIM_PS_PER_S % hz) << 64) / hz);
}

void sim_clock_init(struct sim_clock *clock, uint64_t hz)
{
	assert(hz > 0 && hz <= UINT64_C(10000000000));
	*clock = (struct sim_clock){.deadline = SIM_NEVER};
	set_length(clock, hz);
}

/* Whole picoseconds of `cycles` cycles; *ret_rest / hz of one are left over. */
static uint64_t span_ps(const struct sim_clock *clock, uint64_t cycles, uint64_t *ret_rest)
{
	/* Cut off, the part of a length makes the product at most one too low: the rest tells. */
	uint64_t whole = cycles * clock->cycle_ps + (uint64_t)(((u128)cycles * clock->cycle_part) >> 64);
	uint64_t rest = cycles * SIM_PS_PER_S - whole * clock->hz; /* modulo 2^64, and below 2 hz */
	bool low = rest >= clock->hz;
	*ret_rest = low ? rest - clock->hz : rest;
	return whole + low;
}

/* The same from the base on, with its fraction; what is left over in 2^-64 ps. */
static uint64_t since_base_ps(const struct sim_clock *clock, uint64_t cycle, uint64_t *ret_fraction)
{
	uint64_t rest, whole = span_ps(clock, cycle - clock->base_cycle, &rest);
	u128 fraction = (rest ? ((u128)rest << 64) / clock->hz : 0) + clock->base_fraction;
	*ret_fraction = (uint64_t)fraction;
	return whole + (uint64_t)(fraction >> 64);
}

uint64_t sim_clock_ps_of(const struct sim_clock *clock, uint64_t cycle)
{
	assert(cycle >= clock->base_cycle);
	uint64_t left, whole = clock->base_fraction ? since_base_ps(clock, cycle, &left)
						    : span_ps(clock, cycle - clock->base_cycle, &left);
	return clock->base_ps + whole + (left != 0);
}

uint64_t sim_clock_now_ps(const struct sim_clock *clock)
{
	return sim_clock_ps_of(clock, clock->cycle);
}

uint64_t sim_clock_cycle_of(const struct sim_clock *clock, uint64_t ps)
{
	if (ps == SIM_NEVER)
		return SIM_NEVER;
	if (ps <= clock->base_ps)
		return clock->cycle;
	uint64_t cycle = (uint64_t)((u128)(ps - clock->base_ps) * clock->hz / SIM_PS_PER_S) + clock->base_cycle;
	/* The base's fraction can make the quotient one too high: the cycle must have begun by `ps`. */
	while (cycle > clock->base_cycle && sim_clock_ps_of(clock, cycle) > ps)
		cycle--;
	return cycle > clock->cycle ? cycle : clock->cycle;
}

static void move_base(struct sim_clock *clock)
{
	uint64_t fraction, whole = since_base_ps(clock, clock->cycle, &fraction);
	clock->base_cycle = clock->cycle;
	clock->base_ps += whole;
	clock->base_fraction = fraction;
}

void sim_clock_set_hz(struct sim_clock *clock, uint64_t hz)
{
	assert(hz > 0 && hz <= UINT64_C(10000000000));
	uint64_t old_hz = clock->hz;
	if (hz == old_hz)
		return;
	move_base(clock);
	set_length(clock, hz);
	if (clock->changed)
		clock->changed(clock->context, old_hz);
	sim_clock_kick(clock);
}

void sim_clock_stand_still_until(struct sim_clock *clock, uint64_t ps)
{
	uint64_t now = sim_clock_now_ps(clock);
	if (ps <= now)
		return;
	move_base(clock);
	clock->stopped_ps += ps - now;
	clock->base_ps = ps;
	clock->base_fraction = 0;
	if (clock->changed)
		clock->changed(clock->context, clock->hz);
	sim_clock_kick(clock);
}

void sim_clock_cancel(struct sim_clock *clock, struct sim_event *event)
{
	if (!event->set)
		return;
	for (struct sim_event **at = &clock->first; *at; at = &(*at)->next) {
		if (*at == event) {
			*at = event->next;
			break;
		}
	}
	event->set = false;
	event->next = NULL;
}

void sim_clock_at_ps(struct sim_clock *clock, struct sim_event *event, uint64_t due_ps)
{
	assert(event->fire);
	sim_clock_cancel(clock, event);
	if (due_ps == SIM_NEVER)
		return;
	struct sim_event **at = &clock->first;
	while (*at && (*at)->due_ps <= due_ps)
		at = &(*at)->next;
	event->due_ps = due_ps;
	event->next = *at;
	event->set = true;
	*at = event;
	uint64_t cycle = sim_clock_cycle_of(clock, due_ps);
	if (cycle < clock->deadline)
		clock->deadline = cycle;
}

void sim_clock_at_cycle(struct sim_clock *clock, struct sim_event *event, uint64_t cycle)
{
	if (cycle == SIM_NEVER)
		sim_clock_cancel(clock, event);
	else
		sim_clock_at_ps(clock, event, sim_clock_ps_of(clock, cycle < clock->cycle ? clock->cycle : cycle));
}

uint64_t sim_clock_next_ps(const struct sim_clock *clock)
{
	return clock->first ? clock->first->due_ps : SIM_NEVER;
}

uint64_t sim_clock_next_cycle(const struct sim_clock *clock)
{
	return sim_clock_cycle_of(clock, sim_clock_next_ps(clock));
}

void sim_clock_fire_due(struct sim_clock *clock)
{
	/* Due by the end of the current cycle's interval: the event's cycle has come. */
	while (clock->first && sim_clock_cycle_of(clock, clock->first->due_ps) <= clock->cycle) {
		struct sim_event *event = clock->first;
		clock->first = event->next;
		event->set = false;
		event->next = NULL;
		event->fire(event, event->due_ps);
	}
	clock->deadline = sim_clock_next_cycle(clock);
}
