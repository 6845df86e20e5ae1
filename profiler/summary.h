/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report as 30 lines or less for a terminal. Works from the JSON, so a report read back from a file prints
 * the same. */
#ifndef PROFILER_SUMMARY_H
#define PROFILER_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* `colour`: the caller has looked whether `out` is a terminal that wants it. */
void prof_summary_print(const json_t *report, FILE *out, bool colour);

/* isatty, and neither NO_COLOR is set nor TERM is "dumb". */
bool prof_summary_wants_colour(FILE *out);

#endif
