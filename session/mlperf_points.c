/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_points.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 32, MOST_BYTES = 4 << 20 };

const char session_mlperf_points_builtin[] =
#include "session/mlperf_points.inc"
	;

struct columns {
	int board, benchmark, us, image, sha256, power_mw, power_supply_v, power_measured_on;
};

/* Cuts one line at its commas, in place. Quoted fields lose their quotes. Returns how many; *line moves on. */
static int cut(char **line, char *field[MOST_COLUMNS])
{
	int count = 0;
	char *at = *line;
	for (bool more = true; more;) {
		bool quoted = *at == '"';
		at += quoted;
		char *begin = at;
		at += strcspn(at, quoted ? "\"\n" : ",\r\n");
		char *end = at;
		if (quoted && *at == '"')
			at++;
		more = *at == ',';
		at += more;
		if (!more)
			at += strcspn(at, "\n");
		if (count < MOST_COLUMNS)
			field[count++] = begin;
		if (!more && *at == '\n') {
			*at = 0;
			at++;
		}
		*end = 0;
	}
	*line = at;
	return count;
}

static bool begins_with(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool find_columns(const char *name, char *const field[], int count, struct columns *ret, struct err *err)
{
	struct columns c = {-1, -1, -1, -1, -1, -1, -1, -1};
	for (int i = 0; i < count; i++) {
		bool sha = strstr(field[i], "sha256") != NULL;
		if (strcmp(field[i], "board") == 0)
			c.board = i;
		else if (strcmp(field[i], "benchmark") == 0)
			c.benchmark = i;
		else if (strcmp(field[i], "us_per_inference") == 0)
			c.us = i;
		else if (strcmp(field[i], "power_mw") == 0)
			c.power_mw = i;
		else if (strcmp(field[i], "power_supply_v") == 0)
			c.power_supply_v = i;
		else if (strcmp(field[i], "power_measured_on") == 0)
			c.power_measured_on = i;
		else if (sha)
			c.sha256 = i;
		else if (begins_with(field[i], "image_in") ||
			 (c.image < 0 && strstr(field[i], "image") && !strstr(field[i], "sha")))
			c.image = i;
	}
	const char *lacks = c.board < 0 ? "board" : c.benchmark < 0 ? "benchmark" : c.us < 0 ? "us_per_inference"
			  : c.image < 0 ? "image_in_…" : NULL;
	if (lacks)
		return err_input_at(err, name, 1, 1, "no column '%s'; needed: board, benchmark, us_per_inference, image_in_…",
				    lacks);
	*ret = c;
	return true;
}

static const char *at_column(char *const field[], int count, int column)
{
	return column >= 0 && column < count ? field[column] : "";
}

static bool take(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);
	if (length >= size)
		return false;
	memcpy(out, text, length + 1);
	return true;
}

/* A number above 0, or 0 for an empty field. */
static bool may_number(const char *text, double *ret)
{
	char *end;
	*ret = strtod(text, &end);
	return !text[0] || (end != text && !*end && *ret > 0 && *ret < 1e9);
}

static bool read_power(const char *name, int line, char *const field[], int count, const struct columns *c,
		       struct session_mlperf_point *point, struct err *err)
{
	const char *mw = at_column(field, count, c->power_mw), *supply = at_column(field, count, c->power_supply_v);
	if (!may_number(mw, &point->power_mw))
		return err_input_at(err, name, line, 1, "'%.40s' is no power_mw; a number above 0, or nothing, is expected", mw);
	if (!may_number(supply, &point->power_supply_v) || (mw[0] && !supply[0]) || point->power_supply_v > 20)
		return err_input_at(err, name, line, 1, "'%.40s' is no power_supply_v; volts are expected beside a power_mw",
				    supply);
	return true;
}

static bool read_row(const char *name, int line, char *const field[], int count, const struct columns *c,
		     struct session_mlperf_point *ret, struct err *err)
{
	struct session_mlperf_point point = {.line = line};
	const char *us = at_column(field, count, c->us);
	char *end;
	point.measured_us = strtod(us, &end);
	if (end == us || *end || !(point.measured_us > 0 && point.measured_us < 1e12))
		return err_input_at(err, name, line, 1, "'%.40s' is no us_per_inference; a number above 0 is expected", us);
	if (!take(point.board, sizeof point.board, at_column(field, count, c->board)) ||
	    !take(point.benchmark, sizeof point.benchmark, at_column(field, count, c->benchmark)) ||
	    !take(point.image, sizeof point.image, at_column(field, count, c->image)) ||
	    !take(point.sha256, sizeof point.sha256, at_column(field, count, c->sha256)) ||
	    !take(point.power_measured_on, sizeof point.power_measured_on, at_column(field, count, c->power_measured_on)))
		return err_input_at(err, name, line, 1, "a field is too long");
	if (!point.board[0] || !point.image[0])
		return err_input_at(err, name, line, 1, "board and image are needed in every row");
	if (point.sha256[0] && (strlen(point.sha256) != 64 || strspn(point.sha256, "0123456789abcdef") != 64))
		return err_input_at(err, name, line, 1, "'%.64s' is no sha256; 64 small hexadecimal digits are expected",
				    point.sha256);
	if (!read_power(name, line, field, count, c, &point, err))
		return false;
	*ret = point;
	return true;
}

static bool add_row(struct session_mlperf_points *points, const struct session_mlperf_point *point, struct err *err)
{
	struct session_mlperf_point *more = realloc(points->point, (points->count + 1) * sizeof *more);
	if (!more)
		return err_internal(err, "out of memory");
	points->point = more;
	more[points->count++] = *point;
	return true;
}

static bool parse(const char *name, char *text, struct session_mlperf_points *points, struct err *err)
{
	char *field[MOST_COLUMNS];
	struct columns columns = {0};
	if (!find_columns(name, field, cut(&text, field), &columns, err))
		return false;
	for (int line = 2; *text; line++) {
		struct session_mlperf_point point;
		int count = cut(&text, field);
		if (count == 1 && !field[0][0])
			continue;
		if (!read_row(name, line, field, count, &columns, &point, err) || !add_row(points, &point, err))
			return false;
	}
	return points->count > 0 || err_input_at(err, name, 1, 1, "the table has no rows");
}

bool session_mlperf_points_parse(const char *name, const char *text, struct session_mlperf_points *ret_points,
				 struct err *err)
{
	struct session_mlperf_points points = {0};
	char *copy = strdup(text);
	bool ok = copy ? parse(name, copy, &points, err) : err_internal(err, "out of memory");
	free(copy);
	if (ok)
		*ret_points = points;
	else
		session_mlperf_points_free(&points);
	return ok;
}

bool session_mlperf_points_read(const char *path, struct session_mlperf_points *ret_points, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, MOST_BYTES, &bytes, &size, err))
		return false;
	bool ok = session_mlperf_points_parse(path, (const char *)bytes, ret_points, err);
	free(bytes);
	return ok;
}

void session_mlperf_points_free(struct session_mlperf_points *points)
{
	free(points->point);
	*points = (struct session_mlperf_points){0};
}
