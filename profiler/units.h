/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people read them: four digits that mean something, the unit scaled to fit. For texts, not for
 * files. */
#ifndef PROFILER_UNITS_H
#define PROFILER_UNITS_H

#include <stddef.h>

enum prof_unit { PROF_SECONDS, PROF_JOULES, PROF_WATTS, PROF_BYTES, PROF_HERTZ, PROF_COUNT, PROF_DAYS };

/* "58.35 ms", "23.9 KiB", "1.204 M". Writes at most `room` bytes; returns `text`. */
const char *prof_unit_text(enum prof_unit unit, double value, char *text, size_t room);

/*
 * How far low and high lie from the value: "±5 %", or "-10/+20 %", or "" where they coincide with it.
 */
const char *prof_range_text(double value, double low, double high, char *text, size_t room);

#endif
