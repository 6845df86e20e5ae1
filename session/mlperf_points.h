/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Points: published firmware whose latency somebody measured on real silicon. A CSV table with a head line; columns in
 * any order, others are ignored:
 *
 *   board             of our catalogue
 *   benchmark         ad, ic, kws, vww, …
 *   us_per_inference  measured
 *   image…            path of the image below the clone of its repository: the column that begins with `image_in`, else
 *                     the first that has `image` but not `sha` in its name
 *   …sha256…          of the image; an empty one is not checked. May be missing
 *   power_mw          measured mean power while it infers; empty: none. These three may be missing
 *   power_supply_v    … at this supply voltage; needed if there is a power
 *   power_measured_on … on other firmware for the same model, if so: which
 */
#ifndef SESSION_MLPERF_POINTS_H
#define SESSION_MLPERF_POINTS_H

#include "base/err.h"

#include <stddef.h>

struct session_mlperf_point {
	char board[48], benchmark[32], image[320], sha256[65];
	double measured_us;
	double power_mw, power_supply_v; /* 0: not measured */
	char power_measured_on[128];
	int line; /* of the table */
};

struct session_mlperf_points {
	struct session_mlperf_point *point; /* owned */
	size_t count;
};

/* Reads a table; `name` is for messages. A table without rows is ERR_INPUT. The caller frees. */
bool session_mlperf_points_parse(const char *name, const char *text, struct session_mlperf_points *ret_points,
				 struct err *err);
bool session_mlperf_points_read(const char *path, struct session_mlperf_points *ret_points, struct err *err);
void session_mlperf_points_free(struct session_mlperf_points *points);

/* The points we calibrate on: session/mlperf_points.csv. */
extern const char session_mlperf_points_builtin[];

#endif
