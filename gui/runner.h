/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's thread: calls the run's `advance` in slices, paced to the speed the user chose. Knows nothing of
 * windows. Every function may be called from one other thread at any time.
 */
#ifndef GUI_RUNNER_H
#define GUI_RUNNER_H

#include "base/err.h"
#include "gui/frame.h"
#include "gui/gui.h"

struct gui_runner;

/* Begins at `speed` times real time (0: as fast as it goes), running or `paused`. `run` must outlive the runner. */
bool gui_runner_start(const struct gui_run *run, double speed, bool paused, struct gui_runner **ret_runner,
		      struct err *err);
/* Ends the thread after the slice it is in. NULL: nothing. */
void gui_runner_stop(struct gui_runner *runner);

void gui_runner_pause(struct gui_runner *runner, bool paused);
/* Runs, whatever the speed, until one more inference has ended, then pauses. */
void gui_runner_step(struct gui_runner *runner);
void gui_runner_set_speed(struct gui_runner *runner, double speed);
void gui_runner_status(struct gui_runner *runner, struct gui_status *ret_status);

#endif
