/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/table.h"
#include "base/file.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY (-1)
#define TIME (-2)

struct reader {
	const char *path;
	const char *at, *end; /* what is left of the text */
	int line;
	char separator;
	int use[SCN_TABLE_MAX_COLUMNS]; /* per column of the file: which one asked for, or NOBODY, TIME */
	unsigned columns;               /* of the file */
	double time_scale;              /* ps per unit of the time column */
	locale_t c_locale;
	uint64_t room;
};

struct cell {
	const char *at;
	size_t length;
	int column; /* of the text, from 1 */
};

/* The next line that is not empty and no comment, without its end; false at the end of the text. */
static bool next_line(struct reader *r, const char **ret_line, size_t *ret_length)
{
	while (r->at < r->end) {
		const char *line = r->at;
		const char *newline = memchr(line, '\n', (size_t)(r->end - line));
		size_t length = (size_t)((newline ? newline : r->end) - line);
		r->at = newline ? newline + 1 : r->end;
		r->line++;
		if (length && line[length - 1] == '\r')
			length--;
		size_t blank = 0;
		while (blank < length && isspace((unsigned char)line[blank]))
			blank++;
		if (blank == length || line[0] == '#')
			continue;
		*ret_line = line;
		*ret_length = length;
		return true;
	}
	return false;
}

/* Takes the next cell off the line, without the blanks and quotes around it; false at its end. */
static bool next_cell(const struct reader *r, const char *line, size_t length, size_t *offset, struct cell *ret)
{
	if (*offset > length)
		return false;
	const char *start = line + *offset;
	const char *stop = memchr(start, r->separator, length - *offset);
	if (!stop)
		stop = line + length;
	*offset = (size_t)(stop - line) + 1;
	while (start < stop && isspace((unsigned char)*start))
		start++;
	while (stop > start && isspace((unsigned char)stop[-1]))
		stop--;
	if (stop - start >= 2 && *start == '"' && stop[-1] == '"') {
		start++;
		stop--;
	}
	*ret = (struct cell){start, (size_t)(stop - start), (int)(start - line) + 1};
	return true;
}

static bool named(const struct cell *cell, const char *name)
{
	return strlen(name) == cell->length && !strncasecmp(cell->at, name, cell->length);
}

static int column_of(struct reader *r, const struct cell *cell, const char *const *names)
{
	static const struct {
		const char *name;
		double scale;
	} times[] = {{"time", 1e12}, {"t", 1e12}, {"time_s", 1e12}, {"time_ms", 1e9}, {"time_us", 1e6}};
	for (int i = 0; names[i]; i++)
		if (named(cell, names[i]))
			return i;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (named(cell, times[i].name)) {
			r->time_scale = times[i].scale;
			return TIME;
		}
	return NOBODY;
}

static bool no_column(const struct reader *r, const char *const *names, struct err *err)
{
	char list[128] = "";
	for (size_t used = 0; *names && used < sizeof list - 24; names++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%.20s", used ? ", " : "", *names);
	return err_input_at(err, r->path, r->line ? r->line : 1, 1,
			    "no column is named after a channel; expected: %s", list);
}

static bool use_twice(const struct reader *r, const struct cell *cell, struct err *err)
{
	return err_input_at(err, r->path, r->line, cell->column, "column '%.*s' stands here twice",
			    (int)(cell->length < 40 ? cell->length : 40), cell->at);
}

static bool read_header(struct reader *r, const char *const *names, struct scn_table *table, bool *ret_time,
			struct err *err)
{
	const char *line;
	size_t length, offset = 0;
	if (!next_line(r, &line, &length))
		return no_column(r, names, err);
	r->separator = memchr(line, '\t', length) ? '\t' : memchr(line, ';', length) ? ';' : ',';
	struct cell cell;
	int others = 0, other = 0;
	while (next_cell(r, line, length, &offset, &cell)) {
		if (r->columns == SCN_TABLE_MAX_COLUMNS)
			return err_input_at(err, r->path, r->line, cell.column, "more than %d columns",
					    SCN_TABLE_MAX_COLUMNS);
		int use = column_of(r, &cell, names);
		if ((use == TIME && *ret_time) || (use >= 0 && table->present >> use & 1))
			return use_twice(r, &cell, err);
		if (use == TIME)
			*ret_time = true;
		if (use >= 0)
			table->present |= 1u << use;
		if (use == NOBODY) {
			others++;
			other = (int)r->columns;
		}
		r->use[r->columns++] = use;
	}
	if (!table->present && table->columns == 1 && others == 1) {
		r->use[other] = 0;
		table->present = 1;
	}
	return table->present ? true : no_column(r, names, err);
}

static bool read_number(const struct reader *r, const struct cell *cell, double *ret_value, struct err *err)
{
	char text[64], *end;
	int shown = (int)(cell->length < 32 ? cell->length : 32);
	if (cell->length == 0)
		return err_input_at(err, r->path, r->line, cell->column, "a number is expected here");
	if (cell->length < sizeof text && !memchr(cell->at, 0, cell->length)) {
		memcpy(text, cell->at, cell->length);
		text[cell->length] = 0;
		double value = strtod_l(text, &end, r->c_locale);
		if (*end == 0 && isfinite(value)) {
			*ret_value = value;
			return true;
		}
	}
	return err_input_at(err, r->path, r->line, cell->column, "'%.*s' is not a number", shown, cell->at);
}

static bool grow(struct reader *r, struct scn_table *table, bool time, struct err *err)
{
	if (table->rows < r->room)
		return true;
	uint64_t room = r->room ? r->room * 2 : 256;
	float *values = realloc(table->values, room * table->columns * sizeof *values);
	if (values)
		table->values = values;
	uint64_t *times = time ? realloc(table->time_ps, room * sizeof *times) : NULL;
	if (times)
		table->time_ps = times;
	if (!values || (time && !times))
		return err_internal(err, "%s: out of memory", r->path);
	memset(values + r->room * table->columns, 0, (room - r->room) * table->columns * sizeof *values);
	r->room = room;
	return true;
}

static bool store(const struct reader *r, const struct cell *cell, int use, double value, double *first_time,
		  struct scn_table *table, struct err *err)
{
	if (use >= 0) {
		if (!(fabs(value) <= SCN_TABLE_MAX_VALUE))
			return err_input_at(err, r->path, r->line, cell->column, "%g is beyond 1e9", value);
		table->values[table->rows * table->columns + (unsigned)use] = (float)value;
		return true;
	}
	if (table->rows == 0)
		*first_time = value;
	double ps = (value - *first_time) * r->time_scale;
	if (!(ps >= 0 && ps < 1e19))
		return err_input_at(err, r->path, r->line, cell->column,
				    "time %g is before the first row's or too far on", value);
	uint64_t rounded = (uint64_t)(ps + 0.5);
	if (table->rows && rounded <= table->time_ps[table->rows - 1])
		return err_input_at(err, r->path, r->line, cell->column,
				    "time does not rise from the row before");
	table->time_ps[table->rows] = rounded;
	return true;
}

static bool read_rows(struct reader *r, struct scn_table *table, bool time, struct err *err)
{
	const char *line;
	size_t length;
	double first_time = 0;
	while (next_line(r, &line, &length)) {
		size_t offset = 0;
		struct cell cell;
		unsigned column = 0;
		if (!grow(r, table, time, err))
			return false;
		for (; column < r->columns && next_cell(r, line, length, &offset, &cell); column++) {
			double value = 0;
			if (r->use[column] == NOBODY)
				continue;
			if (!read_number(r, &cell, &value, err) ||
			    !store(r, &cell, r->use[column], value, &first_time, table, err))
				return false;
		}
		if (column < r->columns || next_cell(r, line, length, &offset, &cell))
			return err_input_at(err, r->path, r->line, 1, "%s than the %u columns of the header",
					    column < r->columns ? "fewer" : "more", r->columns);
		table->rows++;
	}
	return table->rows ? true : err_input_at(err, r->path, r->line, 1, "no rows below the header");
}

bool scn_table_parse(const char *path, const char *text, size_t size, const char *const *names,
		     struct scn_table *ret_table, struct err *err)
{
	struct reader r = {.path = path, .at = text, .end = text + size};
	struct scn_table table = {0};
	bool time = false;
	while (names[table.columns])
		table.columns++;
	if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) /* byte order mark */
		r.at += 3;
	r.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!r.c_locale)
		return err_internal(err, "%s: out of memory", path);
	bool ok = read_header(&r, names, &table, &time, err) && read_rows(&r, &table, time, err);
	freelocale(r.c_locale);
	if (!ok) {
		scn_table_free(&table);
		return false;
	}
	if (time) {
		uint64_t last = table.time_ps[table.rows - 1];
		uint64_t step = table.rows > 1 ? last / (table.rows - 1) : 1;
		table.length_ps = last > UINT64_MAX - step ? UINT64_MAX : last + step;
	}
	*ret_table = table;
	return true;
}

bool scn_table_load(const char *path, const char *const *names, struct scn_table *ret_table, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, SCN_TABLE_MAX_BYTES, &bytes, &size, err))
		return false;
	bool ok = scn_table_parse(path, (const char *)bytes, size, names, ret_table, err);
	free(bytes);
	return ok;
}

void scn_table_free(struct scn_table *table)
{
	free(table->values);
	free(table->time_ps);
	*table = (struct scn_table){0};
}

/* Between a row and the next; behind the last one, towards the first if it loops, else the last holds. */
static void blend(const struct scn_table *table, uint64_t row, double fraction, bool loop, double *ret_values)
{
	uint64_t next = row + 1 < table->rows ? row + 1 : loop ? 0 : row;
	const float *a = table->values + row * table->columns, *b = table->values + next * table->columns;
	for (unsigned c = 0; c < table->columns; c++)
		ret_values[c] = a[c] + fraction * ((double)b[c] - a[c]);
}

bool scn_table_at_row(const struct scn_table *table, int64_t whole, double fraction, bool loop,
		      double *ret_values)
{
	if (whole < 0 || (!loop && (uint64_t)whole >= table->rows))
		return false;
	blend(table, (uint64_t)whole % table->rows, fraction, loop, ret_values);
	return true;
}

bool scn_table_at_time(const struct scn_table *table, uint64_t ps, bool loop, double *ret_values)
{
	if (loop)
		ps %= table->length_ps;
	if (ps >= table->length_ps)
		return false;
	uint64_t low = 0, high = table->rows; /* time_ps[low] <= ps < time_ps[high] */
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (table->time_ps[middle] <= ps)
			low = middle;
		else
			high = middle;
	}
	uint64_t until = high < table->rows ? table->time_ps[high] : table->length_ps;
	double fraction = (double)(ps - table->time_ps[low]) / (double)(until - table->time_ps[low]);
	blend(table, low, fraction, loop, ret_values);
	return true;
}
