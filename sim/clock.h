/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual time: a cycle counter, the picoseconds it stands for, and the events that wait for them.
 *
 *   t_ps(cycle) = base_ps + (cycle - base_cycle) * 10^12 / hz        (rounded up; see below)
 *
 * A change of clock moves the base and carries the fraction of a picosecond along, so that no number of
 * changes makes time drift. An event falls due in the cycle whose interval [t(c), t(c+1)) holds its time; an
 * event set for cycle N comes back in cycle N.
 *
 * Invariant: two runs with the same inputs fire the same events in the same order. Ties fire in the order in
 * which they were set. Events are owned by, and embedded in, the device that set them; nothing allocates.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_PS_PER_S UINT64_C(1000000000000)
#define SIM_NEVER UINT64_MAX /* of a time or a cycle: not in this run */

struct sim_event {
	void (*fire)(struct sim_event *event, uint64_t due_ps); /* may set itself, or others, again */
	uint64_t due_ps;
	struct sim_event *next;
	bool set;
};

struct sim_clock {
	uint64_t cycle;    /* of the core clock since power-on; goes on in sleep, stands still in stop */
	uint64_t deadline; /* first cycle at which somebody must look: the next event's, or 0 for "at once" */
	uint64_t hz;
	uint64_t cycle_ps, cycle_part; /* length of a cycle: whole picoseconds, and 2^-64 ps */
	uint64_t base_cycle, base_ps, base_fraction; /* fraction: 2^-64 ps */
	struct sim_event *first;                     /* sorted by due_ps, then by order of setting */
	uint64_t stopped_ps;                         /* time spent with the clock off (stop mode) */
	/* Told after a change of hz, so that timers counted in clock ticks can set their events again. */
	void (*changed)(void *context, uint64_t old_hz);
	void *context;
};

void sim_clock_init(struct sim_clock *clock, uint64_t hz);

/* Changes the core clock at the current cycle. hz in 1 … 10^10. */
void sim_clock_set_hz(struct sim_clock *clock, uint64_t hz);

uint64_t sim_clock_now_ps(const struct sim_clock *clock);

/* Time of a cycle at the clock of today; `cycle` not before the last change of clock. */
uint64_t sim_clock_ps_of(const struct sim_clock *clock, uint64_t cycle);

/* The cycle in which `ps` falls at the clock of today; the current one if `ps` has passed. */
uint64_t sim_clock_cycle_of(const struct sim_clock *clock, uint64_t ps);

/* Sets (or moves) an event. A time that has passed falls due at once. */
void sim_clock_at_ps(struct sim_clock *clock, struct sim_event *event, uint64_t due_ps);
void sim_clock_at_cycle(struct sim_clock *clock, struct sim_event *event, uint64_t cycle);
void sim_clock_cancel(struct sim_clock *clock, struct sim_event *event);

/* Fires everything due up to the current cycle, then sets `deadline` to the next event's cycle. */
void sim_clock_fire_due(struct sim_clock *clock);

/* Cycle of the next event, SIM_NEVER if none waits. */
uint64_t sim_clock_next_cycle(const struct sim_clock *clock);
uint64_t sim_clock_next_ps(const struct sim_clock *clock);

/* Asks the run loop to look before the next block. */
static inline void sim_clock_kick(struct sim_clock *clock)
{
	clock->deadline = 0;
}

/* Stop mode: time passes up to `ps`, the cycle counter does not move. */
void sim_clock_stand_still_until(struct sim_clock *clock, uint64_t ps);

#endif
