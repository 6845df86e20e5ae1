/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/accuracy_power.h"

#include <stdio.h>
#include <string.h>

static bool has_power(const struct cli_accuracy_row *row)
{
	return row->point->power_mw > 0 && row->replay->state == SESSION_REPLAY_RAN;
}

static double error_pct(const struct cli_accuracy_row *row)
{
	return (row->replay->power_mw / row->point->power_mw - 1) * 100;
}

static void print_row(const struct cli_accuracy_row *row)
{
	printf("  %-16s %-8s %6.2f V %14.1f %14.1f %+9.2f %% %9.1f %% %14.1f\n", row->point->board, row->point->benchmark,
	       row->point->power_supply_v, row->point->power_mw, row->replay->power_mw, error_pct(row),
	       row->replay->waiting * 100, row->replay->energy_uj);
}

/* Each piece of firmware that power was measured on instead of the image itself, once. */
static void print_stand_ins(const struct cli_accuracy_table *table)
{
	for (size_t i = 0; i < table->rows; i++) {
		const char *on = table->row[i].point->power_measured_on;
		bool told = !has_power(&table->row[i]) || !on[0];
		for (size_t j = 0; j < i && !told; j++)
			told = has_power(&table->row[j]) && strcmp(table->row[j].point->power_measured_on, on) == 0;
		if (!told)
			printf("power was measured on other firmware for the same model and board: %s; energies are of the image "
			       "replayed here\n", on);
	}
}

void cli_accuracy_print_power(const struct cli_accuracy_table *table)
{
	size_t rows = 0;
	for (size_t i = 0; i < table->rows; i++) {
		if (!has_power(&table->row[i]))
			continue;
		if (rows++ == 0)
			printf("power while it infers\n  %-16s %-8s %8s %14s %14s %11s %11s %14s\n", "board", "model", "supply",
			       "measured mW", "simulated mW", "error", "waiting", "uJ each");
		print_row(&table->row[i]);
	}
	if (rows)
		print_stand_ins(table);
}

json_t *cli_accuracy_power_json(const struct cli_accuracy_row *row)
{
	const struct session_replay *replay = row->replay;
	const struct session_mlperf_point *point = row->point;
	bool measured = has_power(row);
	return json_pack("{s:f, s:f, s:f, s:[f, f], s:o, s:o, s:o, s:o}", "waiting_pct", replay->waiting * 100, "mw",
			 replay->power_mw, "uj_per_inference", replay->energy_uj, "error_bar_pct", replay->power_low_pct,
			 replay->power_high_pct, "supply_v", measured ? json_real(point->power_supply_v) : json_null(),
			 "measured_mw", measured ? json_real(point->power_mw) : json_null(), "error_pct",
			 measured ? json_real(error_pct(row)) : json_null(), "measured_on",
			 measured && point->power_measured_on[0] ? json_string(point->power_measured_on) : json_null());
}
