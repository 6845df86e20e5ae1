/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/devices/down_counter.h"

#include <stddef.h>

static void due(struct sim_event *event, uint64_t due_ps)
{
	struct sim_down_counter *c = (struct sim_down_counter *)((char *)event - offsetof(struct sim_down_counter, due));
	bool was = c->zero;
	sim_down_counter_settle(c);
	if (c->zero && !was)
		c->reached(c);
	sim_down_counter_schedule(c);
}

void sim_down_counter_init(struct sim_down_counter *counter, struct sim_device *device,
			   void (*reached)(struct sim_down_counter *))
{
	*counter = (struct sim_down_counter){.due = {.fire = due}, .device = device, .tick = 1, .reached = reached};
}

void sim_down_counter_free(struct sim_down_counter *counter)
{
	sim_clock_cancel(counter->device->wires->clock, &counter->due);
}

static uint64_t ticks_to_zero(const struct sim_down_counter *c)
{
	if (c->count > 0)
		return c->count;
	return c->reload > 0 ? (uint64_t)c->reload + 1 : UINT64_MAX; /* stands at 0 */
}

void sim_down_counter_settle(struct sim_down_counter *c)
{
	uint64_t now = c->device->wires->clock->cycle;
	if (!c->on) {
		c->since = now;
		return;
	}
	uint64_t ticks = (now - c->since) / c->tick, first = ticks_to_zero(c);
	c->since += ticks * c->tick;
	if (ticks == 0)
		return;
	if (ticks < first) {
		c->count = first == UINT64_MAX ? 0 : (uint32_t)(first - ticks);
		return;
	}
	c->zero = true;
	c->count = 0;
	if (c->one_shot) {
		c->on = false;
		return;
	}
	uint64_t rest = (ticks - first) % ((uint64_t)c->reload + 1);
	c->count = rest ? (uint32_t)(c->reload + 1 - rest) : 0;
}

void sim_down_counter_schedule(struct sim_down_counter *c)
{
	struct sim_clock *clock = c->device->wires->clock;
	uint64_t ticks = ticks_to_zero(c);
	if (!c->on || c->zero || ticks == UINT64_MAX)
		sim_clock_cancel(clock, &c->due);
	else
		sim_clock_at_cycle(clock, &c->due, c->since + ticks * c->tick);
}
