/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of a run as JSON, schema `thumbwatt.report/1`. Keys stand in a fixed order and numbers have one
 * form, so that two runs of the same inputs give the same bytes but for the object `host`, which comes last.
 *
 * Beyond the keys that budgets and scripts rely on: `stop` (why the run ended), `waited_cycles` (in which the core
 * stood still for memory), `lines` (the 60 dearest source lines), `faults`, `labels`, `sensors`, `board_memory`
 * {flash_bytes, ram_bytes}, `power_table` (state → mW at `clock_hz`, with this run's waits), `power_model` (to price
 * other clocks: mW = (base_uw + uw_per_mhz * MHz) / 1000, of the first of `ranges` whose `up_to_mhz` is not exceeded,
 * else of the state; less `stall_discount_pct` while the core waits for memory), `memory.arena_touched_bytes`,
 * `memory.process_stack_peak_bytes`; of a function `waited_self`, `energy_self_uj`, `energy_total_uj`.
 *
 * What was not there is null, never 0: no inference, no heap, no battery.
 */
#ifndef PROFILER_REPORT_H
#define PROFILER_REPORT_H

#include "profiler/profiler.h"

#include <jansson.h>

#define PROF_REPORT_SCHEMA "thumbwatt.report/1"

struct prof_expectation {
	const char *name, *detail;
	bool pass;
};

struct prof_budget {
	const char *metric;
	double limit, actual; /* actual: NAN where the run has no such number */
	bool pass;
};

/* What only the caller knows. All pointers are used during the call only; NULL where there is none. */
struct prof_report_about {
	const char *scenario;
	uint64_t seed;
	const struct sim_image *firmware;
	const char *model_path, *model_sha256;
	uint64_t model_bytes;
	uint64_t extra_flash_bytes;    /* labels, inputs: what was flashed beside firmware and model */
	const char *const *label;
	unsigned labels;
	const struct prof_expectation *expectation;
	unsigned expectations;
	const struct prof_budget *budget;
	unsigned budgets;
	uint64_t fastest_hz;            /* that the board's numbers are good for; 0: not known */
	const char *firmware_path;      /* NULL: the image's */
	const char *(*status_text)(uint32_t status); /* of RT_MARK_ERROR; NULL: the firmware's numbers are its own */
	double battery_mah, battery_mv; /* 0: the board's */
	double wall_s;
	const char *version;
};

/* A new reference. NULL: out of memory. After prof_profiler_finish. */
json_t *prof_report_make(const struct prof_profiler *profiler, const struct prof_report_about *about);

/* As text, ending in a newline; the caller frees. */
char *prof_report_text(const json_t *report);

/* A number by path, "inferences.latency_ms.mean"; false if there is none. Budgets name their metrics so. */
bool prof_report_number(const json_t *report, const char *path, double *ret_value);

/* The prices that a report was made with (its `power_model`); zeros where it has none. */
void prof_prices_of_report(const json_t *report, struct prof_prices *ret_prices);

#endif
