/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter that runs down, as Arm's CMSDK timers and watchdog have it. Knows no registers: they embed it.
 *
 *   … 2 1 0 reload reload-1 …      a period is reload + 1 ticks; 0 is reached by counting, not by being written
 *
 * The count is computed when somebody looks; an event waits for the next 0 only while `zero` is not up.
 */
#ifndef SIM_DEVICES_DOWN_COUNTER_H
#define SIM_DEVICES_DOWN_COUNTER_H

#include "sim/device.h"

struct sim_down_counter {
	struct sim_event due;
	struct sim_device *device;
	uint64_t tick;    /* core cycles of a tick */
	uint64_t since;   /* core cycle at which `count` began */
	uint32_t count, reload;
	bool on, one_shot;
	bool zero;        /* 0 was reached; the owner takes it down */
	/* Told when 0 is reached while `zero` was down, `zero` being up already. */
	void (*reached)(struct sim_down_counter *counter);
};

void sim_down_counter_init(struct sim_down_counter *counter, struct sim_device *device,
			   void (*reached)(struct sim_down_counter *));
void sim_down_counter_free(struct sim_down_counter *counter);

/* Brings count and zero up to the current cycle. Before every look at, and every change of, the fields above. */
void sim_down_counter_settle(struct sim_down_counter *counter);
/* After every change. */
void sim_down_counter_schedule(struct sim_down_counter *counter);

#endif
