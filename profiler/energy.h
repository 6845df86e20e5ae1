/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stretch of a recorded run cost, in picojoules:
 *
 *   E = sum over stretches of the power track: P[state](MHz) * time - D * time spent waiting for memory
 *
 *   P = base_uw + uw_per_mhz * MHz, of the price's range that holds MHz
 *   D = discount * P in state run, else 0; both in whole nanowatts
 *
 * A stretch's waits are spread evenly over it; the profiler begins a new stretch where an inference or a layer begins
 * or ends, so that these have their own. Sums are exact integers (nanowatts times picoseconds in 128 bits), rounded once at the end, so that parts
 * do not drift from their whole by more than a picojoule each; waits are cut off to whole picoseconds. Knows no board: prices come as a table
 * (prof_prices_of_board makes one).
 */
#ifndef PROFILER_ENERGY_H
#define PROFILER_ENERGY_H

#include "profiler/record.h"
#include "sim/board.h"

struct prof_price {
	double base_uw, uw_per_mhz; /* above all ranges */
	struct prof_price_range {
		double up_to_mhz, base_uw, uw_per_mhz;
	} range[SIM_MAX_POWER_RANGES]; /* by clock */
	unsigned ranges;
	double stall_discount_pct;  /* how much less while the core waits for memory */
	double low_pct, high_pct; /* the true power is expected within (1 + low/100) … (1 + high/100) */
	enum sim_grade grade;
	char source[256];
};

struct prof_prices {
	uint32_t supply_mv;
	struct prof_price state[SIM_POWER_STATES];
};

/* supply_mv 0: the board's own. */
void prof_prices_of_board(const struct sim_board *board, uint32_t supply_mv, struct prof_prices *ret_prices);

/* Without waits for memory. */
uint64_t prof_prices_nw(const struct prof_prices *prices, enum sim_power_state state, uint64_t hz);

/* Mean power over stretch `index` of the power track, its waits included. */
uint64_t prof_energy_stretch_nw(const struct prof_record *record, const struct prof_prices *prices, size_t index);

struct prof_energy {
	uint64_t ps, pj;
	struct {
		uint64_t ps, pj;
	} state[SIM_POWER_STATES];
	double low_pj, high_pj; /* by the states' ranges */
};

/* Over [begin_ps, end_ps]; what lies before the power track's first item costs nothing. */
void prof_energy_between(const struct prof_record *record, const struct prof_prices *prices,
			 uint64_t begin_ps, uint64_t end_ps, struct prof_energy *ret_energy);

double prof_energy_average_mw(const struct prof_energy *energy); /* 0 for no time at all */

/* Days that a battery of mah at mv lasts at this average; 0 if it lasts for ever or there is none. */
double prof_energy_battery_days(const struct prof_energy *energy, double mah, double mv);

/*
 * The current of the whole run as CSV, header `Timestamp(ms),Current(uA)`. A step curve: each change is two
 * rows of one time, the current before and the current after, so that straight lines between rows draw it as
 * it was, and the trapezoid rule integrates it exactly. The caller frees; NULL: out of memory.
 */
char *prof_energy_csv(const struct prof_record *record, const struct prof_prices *prices, size_t *ret_bytes);

const char *prof_power_state_name(enum sim_power_state state); /* "run", "sleep", "stop" */

#endif
