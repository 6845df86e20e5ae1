/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: any bytes as a table. What is accepted is finite at every time and row. */
#include "scenarios/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_everywhere(const struct scn_table *table, bool loop)
{
	double v[8] = {0};
	if (table->time_ps) {
		static const uint64_t times[] = {0, 1, 1000000000, UINT64_MAX};
		for (size_t i = 0; i < sizeof times / sizeof *times; i++)
			scn_table_at_time(table, times[i], loop, v);
		if (!scn_table_at_time(table, table->time_ps[table->rows - 1], loop, v))
			abort();
	} else {
		static const int64_t rows[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			scn_table_at_row(table, rows[i], 0.5, loop, v);
		if (!scn_table_at_row(table, (int64_t)table->rows - 1, 0.5, loop, v))
			abort();
	}
	for (unsigned c = 0; c < table->columns; c++)
		if (!(fabs(v[c]) <= SCN_TABLE_MAX_VALUE * 1.0001))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const three[] = {"x", "y", "z", NULL}, *const one[] = {"q", NULL};
	const char *const *const asked[] = {three, one};
	for (int i = 0; i < 2; i++) {
		struct scn_table table;
		struct err err;
		if (!scn_table_parse("f.csv", (const char *)data, size, asked[i], &table, &err)) {
			if (err.kind == ERR_INPUT && strncmp(err.text, "f.csv:", 6) != 0)
				abort();
			continue;
		}
		read_everywhere(&table, false);
		read_everywhere(&table, true);
		scn_table_free(&table);
	}
	return 0;
}
