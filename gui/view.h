/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of virtual time that the lanes show, and how it moves: zoom, pan, follow. Knows nothing of what is
 * drawn. Times are picoseconds in double: exact below 2^53 ps (2.5 hours), and nothing is computed from them.
 */
#ifndef GUI_VIEW_H
#define GUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#define GUI_PS_PER_S 1e12

struct gui_view {
	double begin_ps, end_ps;           /* shown now */
	double want_begin_ps, want_end_ps; /* where it is moving to */
	double span_ps;                    /* of the whole run: its duration or now, whichever is later */
	double now_ps;
	bool follow; /* keeps now in sight */
	float x, w;  /* of the lanes, logical units */
};

/* `duration_ps` 0: unknown. */
void gui_view_init(struct gui_view *view, double duration_ps);
void gui_view_place(struct gui_view *view, float x, float w);

/* The run has come to `now_ps`; `elapsed_s` of the user's time went by (a negative one: arrive at once). */
void gui_view_update(struct gui_view *view, double now_ps, double elapsed_s);
bool gui_view_moving(const struct gui_view *view);

/* Shows 1 / `factor` of the time; what lies at `x` stays there. */
void gui_view_zoom(struct gui_view *view, double factor, float x);
/* Moves what is shown by `dx` logical units, as a drag does; follows no more. */
void gui_view_pan(struct gui_view *view, float dx);
/* Shows [begin, end) with a margin; follows no more. */
void gui_view_show(struct gui_view *view, double begin_ps, double end_ps);
/* Everything, and from now on whatever comes. */
void gui_view_follow(struct gui_view *view);

float gui_view_x(const struct gui_view *view, double at_ps);
double gui_view_time(const struct gui_view *view, float x);

/* The step, 1, 2 or 5 times a power of ten, at which ticks are at least `apart` logical units apart. */
double gui_view_step(const struct gui_view *view, float apart);
/* "6.48 s", with as many decimals as `step_ps` needs. */
void gui_view_label(double at_ps, double step_ps, char *ret_text, size_t size);

#endif
