/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people read them: three digits, and the unit that makes them so. */
#ifndef GUI_FORMAT_H
#define GUI_FORMAT_H

#include "gui/report.h"

struct gui_figure {
	char value[24];
	const char *unit;
};

struct gui_figure gui_format_time(double seconds);   /* 34.1 ms */
struct gui_figure gui_format_energy(double joules);  /* 1.43 mJ */
struct gui_figure gui_format_power(double watts);    /* 6.3 mW */
struct gui_figure gui_format_bytes(double bytes);    /* 27.5 KiB */
struct gui_figure gui_format_count(double count);    /* 4.09 M */
struct gui_figure gui_format_days(double days);      /* 418 days, 3.2 years */

/* "60.0" becomes "60": for limits, which people write. */
struct gui_figure gui_format_trim(struct gui_figure figure);

/* "34.1 ms" */
void gui_format_join(struct gui_figure figure, char *ret_text, size_t size);

/* How good a metric is: "± 3 %", "exact", "measured", or "" where nothing is said. */
void gui_format_quality(const struct gui_metric *metric, char *ret_text, size_t size);

/* What a TFLite builtin operator is called; "OP 77" for those the runtime does not know. */
void gui_format_op(unsigned op, char *ret_text, size_t size);

/* An operator's colour by its name, the same in every panel. */
uint32_t gui_format_op_colour(const char *name);

#endif
