/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `thumbwatt accuracy` has found, as people and as programs read it: each image, each core, all of them, and whether
 * the models of each board and the boards for each model come in the order that the hardware has.
 */
#ifndef CLI_ACCURACY_TABLE_H
#define CLI_ACCURACY_TABLE_H

#include "base/err.h"
#include "session/mlperf_replay.h"

#include <stddef.h>

struct cli_accuracy_row {
	const struct session_mlperf_point *point;
	const struct session_replay *replay;
	double left_out_pct; /* the error with its board's constant fitted without this image; NAN: not known */
};

struct cli_accuracy_table {
	const struct cli_accuracy_row *row;
	size_t rows;
	bool left_out; /* those errors were asked for */
	bool inputs;   /* results were compared where inputs are at hand */
};

/* To stdout. Fails only without memory. */
bool cli_accuracy_print(const struct cli_accuracy_table *table, struct err *err);

/* schema thumbwatt.accuracy/1. */
bool cli_accuracy_write_json(const struct cli_accuracy_table *table, const char *path, struct err *err);

#endif
