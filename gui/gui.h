/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window, for those who have a run to show. It draws from the record alone and knows no scenarios: whoever
 * opens it brings the one function that makes virtual time go on.
 */
#ifndef GUI_GUI_H
#define GUI_GUI_H

#include "base/err.h"
#include "profiler/record.h"

#include <stdbool.h>
#include <stdint.h>

struct gui_run {
	void *context;
	struct prof_record *record;
	/*
	 * Runs the machine to virtual time `until_ps` (or a little further: whole blocks) on the caller's thread,
	 * always the same one, and sets the record's now. False: the run is over. NULL: a finished record.
	 */
	bool (*advance)(void *context, uint64_t until_ps);
	const char *title;
	uint64_t duration_ps; /* 0: unknown */
};

/* Opens the window and returns when it is closed. The machine runs on a thread of the window's own. */
bool gui_show(const struct gui_run *run, struct err *err);

/*
 * Draws the record in one picture of width * height pixels and writes it as PNG. Needs no display. The same record
 * gives the same file on the same machine (another machine's font renderer may differ in a shade).
 */
bool gui_screenshot(const struct prof_record *record, const char *title, const char *png_path, int width,
		    int height, struct err *err);

#endif
