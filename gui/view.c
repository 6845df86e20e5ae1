/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/view.h"

#include <math.h>
#include <stdio.h>

#define LEAST_PS 1e6         /* 1 us across the window: a hundred cycles */
#define LIVE_SPAN_PS 10e12   /* followed at first where the run is longer than WHOLE_SPAN_PS */
#define WHOLE_SPAN_PS 30e12  /* a run up to this long is shown as a whole while it goes */
#define NOW_AT 0.86          /* where now stands in a view that follows */
#define SETTLE_S 0.07        /* time constant of the movement */

static double clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

static void want(struct gui_view *view, double begin_ps, double span_ps)
{
	span_ps = clamp(span_ps, LEAST_PS, view->span_ps);
	view->want_begin_ps = clamp(begin_ps, 0, view->span_ps - span_ps);
	view->want_end_ps = view->want_begin_ps + span_ps;
}

void gui_view_init(struct gui_view *view, double duration_ps)
{
	*view = (struct gui_view){.span_ps = duration_ps > 1e9 ? duration_ps : 1e12, .follow = true, .w = 1};
	want(view, 0, duration_ps > WHOLE_SPAN_PS ? LIVE_SPAN_PS : view->span_ps);
	view->begin_ps = view->want_begin_ps;
	view->end_ps = view->want_end_ps;
}

void gui_view_place(struct gui_view *view, float x, float w)
{
	view->x = x;
	view->w = w < 1 ? 1 : w;
}

void gui_view_update(struct gui_view *view, double now_ps, double elapsed_s)
{
	bool whole = view->want_begin_ps <= 0 && view->want_end_ps >= view->span_ps;
	view->now_ps = now_ps;
	if (now_ps > view->span_ps)
		view->span_ps = now_ps;
	double span = view->want_end_ps - view->want_begin_ps;
	/* A run that outgrows what was said of it is shown as a whole while that is of use, then its last seconds. */
	bool outgrown = whole && view->span_ps > span;
	if (view->follow && outgrown && view->span_ps <= WHOLE_SPAN_PS)
		want(view, 0, view->span_ps);
	else if (view->follow && (outgrown || !whole))
		want(view, now_ps - NOW_AT * (outgrown ? LIVE_SPAN_PS : span),
		     outgrown ? LIVE_SPAN_PS : span);
	double part = elapsed_s < 0 ? 1 : 1 - exp(-elapsed_s / SETTLE_S);
	double move_begin = view->want_begin_ps - view->begin_ps, move_end = view->want_end_ps - view->end_ps;
	/* Less than a tenth of a pixel left: arrive, so that a still window needs no more frames. */
	double small = (view->want_end_ps - view->want_begin_ps) / view->w / 10;
	if (fabs(move_begin) < small && fabs(move_end) < small)
		part = 1;
	view->begin_ps = part >= 1 ? view->want_begin_ps : view->begin_ps + part * move_begin;
	view->end_ps = part >= 1 ? view->want_end_ps : view->end_ps + part * move_end;
}

bool gui_view_moving(const struct gui_view *view)
{
	return view->begin_ps != view->want_begin_ps || view->end_ps != view->want_end_ps;
}

void gui_view_zoom(struct gui_view *view, double factor, float x)
{
	double part = clamp(((double)x - view->x) / view->w, 0, 1);
	double span = view->want_end_ps - view->want_begin_ps, at = view->want_begin_ps + part * span;
	double next = clamp(span / factor, LEAST_PS, view->span_ps);
	want(view, at - part * next, next);
	if (view->now_ps < view->want_begin_ps || view->now_ps > view->want_end_ps)
		view->follow = false;
}

void gui_view_pan(struct gui_view *view, float dx)
{
	double span = view->want_end_ps - view->want_begin_ps;
	view->follow = false;
	want(view, view->want_begin_ps - dx / view->w * span, span);
	/* The hand moves it: no easing, or it would lag behind. */
	view->begin_ps = view->want_begin_ps;
	view->end_ps = view->want_end_ps;
}

void gui_view_show(struct gui_view *view, double begin_ps, double end_ps)
{
	double margin = (end_ps - begin_ps) * 0.08;
	view->follow = false;
	want(view, begin_ps - margin, end_ps - begin_ps + 2 * margin);
}

void gui_view_follow(struct gui_view *view)
{
	view->follow = true;
	want(view, 0, view->span_ps);
}

float gui_view_x(const struct gui_view *view, double at_ps)
{
	double x = view->x + (at_ps - view->begin_ps) / (view->end_ps - view->begin_ps) * view->w;
	return (float)clamp(x, -1e6, 1e6);
}

double gui_view_time(const struct gui_view *view, float x)
{
	return view->begin_ps + ((double)x - view->x) / view->w * (view->end_ps - view->begin_ps);
}

double gui_view_step(const struct gui_view *view, float apart)
{
	static const double nice[] = {1, 2, 5, 10};
	double least = (view->end_ps - view->begin_ps) * apart / view->w;
	double power = pow(10, floor(log10(least)));
	for (int i = 0; i < 3; i++)
		if (nice[i] * power >= least)
			return nice[i] * power;
	return 10 * power;
}

void gui_view_label(double at_ps, double step_ps, char *ret_text, size_t size)
{
	int decimals = (int)ceil(-log10(step_ps / GUI_PS_PER_S) - 1e-9);
	snprintf(ret_text, size, "%.*f s", decimals < 0 ? 0 : decimals, at_ps / GUI_PS_PER_S);
}
