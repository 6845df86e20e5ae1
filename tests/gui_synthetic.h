/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up run for tests of the window: a vibration monitor with every kind of item the record knows. */
#ifndef TESTS_GUI_SYNTHETIC_H
#define TESTS_GUI_SYNTHETIC_H

#include "profiler/record.h"

#include <stdbool.h>

/* Appends the time from the record's now to `until_ps`: inferences every 250 ms, 1600 frames a second. */
void gui_synthetic_advance(struct prof_record *record, uint64_t until_ps);

/* A new record with its sensor, port and first report (no results yet). */
struct prof_record *gui_synthetic_begin(void);

/* `seconds` of it, with the final report. */
struct prof_record *gui_synthetic_run(unsigned seconds);

#endif
