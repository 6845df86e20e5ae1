/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of samples in a text file: a header line that names the columns, then one line of numbers per row.
 *
 *     time, x, y, z
 *     0.00, 0.02, -0.01, 0.98
 *
 * Columns are separated by comma, semicolon or tab (the header tells), names are matched without case. A column
 * named time, t or time_s (seconds), time_ms or time_us gives each row's time, which must rise; without one, rows
 * are equally far apart. Columns nobody asks for are skipped, whatever is in them. Lines that are empty or begin
 * with # are skipped. Between rows the value is interpolated linearly. Knows nothing of sensors.
 */
#ifndef SCENARIOS_TABLE_H
#define SCENARIOS_TABLE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SCN_TABLE_MAX_BYTES ((size_t)128 << 20)
#define SCN_TABLE_MAX_COLUMNS 64 /* of the file */
#define SCN_TABLE_MAX_VALUE 1e9

struct scn_table {
	unsigned columns; /* as asked for */
	uint64_t rows;
	float *values;      /* [rows][columns]; a column that is not in the file is all 0 */
	uint32_t present;   /* bit per column asked for */
	uint64_t *time_ps;  /* [rows], the first is 0; NULL: rows are equally far apart */
	uint64_t length_ps; /* with time_ps: of one pass, the last row counting as long as a mean one */
};

/*
 * Reads the columns `names` (NULL-terminated, at most 8, in that order) of a file. If one name is asked for and
 * the file has one column besides the time, that one is taken whatever its name. Refused, as file:line:column:
 * none of the names is there, a row too short, what is not a number, time that does not rise, no rows.
 */
bool scn_table_load(const char *path, const char *const *names, struct scn_table *ret_table, struct err *err);
bool scn_table_parse(const char *path, const char *text, size_t size, const char *const *names,
		     struct scn_table *ret_table, struct err *err);
void scn_table_free(struct scn_table *table);

/*
 * All columns into ret_values[columns]; false (outputs untouched) before the first row, and behind the last
 * unless it loops. at_row: for tables without time, row `whole` + `fraction` in [0, 1).
 */
bool scn_table_at_time(const struct scn_table *table, uint64_t ps, bool loop, double *ret_values);
bool scn_table_at_row(const struct scn_table *table, int64_t whole, double fraction, bool loop,
		      double *ret_values);

#endif
