/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power over time at the board's prices: a step curve while steps can be seen, else the mean of each column in
 * front of its range.
 */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct scale {
	float base;   /* pixels: 0 mW */
	float per_mw; /* pixels */
	double full;  /* mW at the top */
};

static double budget_mw(const struct gui_frame *frame)
{
	for (int i = 0; i < frame->report.budgets; i++)
		if (!strcmp(frame->report.budget[i].metric, "average_mw") ||
		    !strcmp(frame->report.budget[i].metric, "energy.average_mw"))
			return frame->report.budget[i].limit;
	return 0;
}

static double highest(const struct gui_frame *frame)
{
	/* A state the run was never in does not count: a board may have a fast clock that nobody uses. */
	uint64_t state[SIM_POWER_STATES];
	double most = budget_mw(frame);
	gui_series_states(&frame->series, 0, frame->series.now_ps, state);
	for (int i = 0; i < SIM_POWER_STATES; i++)
		if (state[i] && frame->report.power_mw[i] > most)
			most = frame->report.power_mw[i];
	return most;
}

/* What a column of pixels holds. */
struct cell {
	float top, bottom, mean; /* pixels */
	float share;             /* of the column's time at the top; 1: it holds one state */
	bool there;
};

static struct cell cell_at(const struct gui_frame *frame, const struct scale *scale, int column)
{
	const double *price = frame->report.power_mw;
	uint64_t from = gui_lane_time(frame, column), to = gui_lane_time(frame, column + 1),
		 state[SIM_POWER_STATES];
	double low = INFINITY, high = -INFINITY, sum = 0, time = 0;
	gui_series_states(&frame->series, from, to > from ? to : from + 1, state);
	for (int i = 0; i < SIM_POWER_STATES; i++) {
		if (!state[i])
			continue;
		low = price[i] < low ? price[i] : low;
		high = price[i] > high ? price[i] : high;
		sum += price[i] * (double)state[i];
		time += (double)state[i];
	}
	if (time <= 0)
		return (struct cell){0};
	return (struct cell){
		.top = scale->base - (float)high * scale->per_mw,
		.bottom = scale->base - (float)low * scale->per_mw,
		.mean = scale->base - (float)(sum / time) * scale->per_mw,
		.share = high > low ? (float)((sum / time - low) / (high - low)) : 1,
		.there = true,
	};
}

static bool mixed(const struct cell *cell)
{
	return cell->there && cell->share < 1;
}

/* Hardly a column holds one state: steps would be a wall of edges. */
static bool crowded(const struct cell *cell, int columns)
{
	int neighbours = 0;
	for (int i = 1; i < columns; i++)
		neighbours += mixed(&cell[i]) && mixed(&cell[i - 1]);
	return neighbours > 2 + columns / 4;
}

/* The range as a veil, the mean as a line. */
static void draw_mean(struct gui_frame *frame, const struct cell *cell, int first, int last, float base)
{
	struct gui_curve *line = &frame->curve[0];
	gui_curve_reset(line, first, last - first);
	for (int column = first; column < last; column++, cell++) {
		if (!cell->there)
			continue;
		gui_draw_column(&frame->draw, column, cell->top, cell->bottom,
				gui_palette_fade(GUI_POWER, 0.13f));
		gui_draw_column(&frame->draw, column, cell->mean, base, gui_palette_fade(GUI_POWER, 0.16f));
		gui_curve_band(line, column, cell->mean, cell->mean);
	}
	gui_draw_curve(&frame->draw, line, 1.4f, GUI_POWER);
}

/*
 * A column with both an edge and one level on each side is that edge. One that leaves a level and is back at it
 * holds a pulse shorter than itself: drawn as solid as it is long, or a wake-up would look like work.
 */
static void draw_steps(struct gui_frame *frame, const struct cell *cell, int first, int last, float base)
{
	float half = 0.7f * frame->draw.scale, level = NAN;
	for (int i = 0; i < last - first; i++) {
		const struct cell *c = &cell[i];
		if (!c->there)
			continue;
		gui_draw_column(&frame->draw, first + i, c->bottom, base, gui_palette_fade(GUI_POWER, 0.2f));
		bool pure = !mixed(c), back = !pure && i + 1 < last - first && !mixed(&cell[i + 1]) &&
					      cell[i + 1].bottom == level;
		float y = pure ? c->top : back || isnan(level) ? c->bottom : level;
		if (!pure)
			gui_draw_column(&frame->draw, first + i, c->top, c->bottom,
					gui_palette_fade(GUI_POWER, 0.12f + 0.88f * c->share));
		if (pure && !isnan(level) && level != y) {
			float from = level < y ? level : y, to = level < y ? y : level;
			gui_draw_column(&frame->draw, first + i, from - half, to + half, GUI_POWER);
		} else {
			gui_draw_column(&frame->draw, first + i, y - half, y + half, GUI_POWER);
		}
		level = y;
	}
}

static void draw_power(struct gui_frame *frame, const struct scale *scale, int first, int last)
{
	static struct cell cell[GUI_DRAW_COLUMNS]; /* scratch; the window draws from one thread */
	last = last - first > GUI_DRAW_COLUMNS ? first + GUI_DRAW_COLUMNS : last;
	for (int i = 0; i < last - first; i++)
		cell[i] = cell_at(frame, scale, first + i);
	if (crowded(cell, last - first))
		draw_mean(frame, cell, first, last, scale->base);
	else
		draw_steps(frame, cell, first, last, scale->base);
}

static void draw_level(struct gui_frame *frame, const struct scale *scale, double mw, uint32_t colour,
		       float dash)
{
	float y = (scale->base - (float)mw * scale->per_mw) / frame->draw.scale;
	gui_draw_across(&frame->draw, frame->view.x, y, frame->view.w, dash, colour);
}

static void readout(struct gui_frame *frame, struct gui_rect lane)
{
	char text[64], joined[48];
	double mean = gui_frame_mean_mw(frame), limit = budget_mw(frame), y = lane.y + 20;
	if (gui_lane_looks_back(frame)) {
		uint64_t at = gui_lane_moment(frame), state[SIM_POWER_STATES];
		gui_series_states(&frame->series, at, at + 1, state);
		double mw = gui_frame_energy_mj(frame, state) * GUI_PS_PER_S;
		gui_format_join(gui_format_power(mw / 1e3), joined, sizeof joined);
		gui_lane_readout(frame, lane, (float)y, GUI_POWER, joined);
		y += 17;
	}
	gui_format_join(gui_format_power(mean / 1e3), joined, sizeof joined);
	snprintf(text, sizeof text, "mean %s", joined);
	gui_lane_readout(frame, lane, (float)y, limit > 0 && mean > limit ? GUI_RED : GUI_SOFT, text);
	if (limit > 0) {
		gui_format_join(gui_format_trim(gui_format_power(limit / 1e3)), joined, sizeof joined);
		snprintf(text, sizeof text, "budget %s", joined);
		gui_lane_readout(frame, lane, (float)y + 17, gui_palette_fade(GUI_RED, 0.9f), text);
	}
}

static void ticks(struct gui_frame *frame, const struct scale *scale, struct gui_rect lane)
{
	char text[24];
	int parts = lane.h > 100 ? 2 : 1;
	for (int i = 0; i <= parts; i++) {
		double mw = scale->full * i / parts;
		snprintf(text, sizeof text, "%g", mw);
		draw_level(frame, scale, mw, gui_palette_fade(GUI_LINE, 0.8f), 0);
		gui_lane_tick(frame, (scale->base - (float)mw * scale->per_mw) / frame->draw.scale, text);
	}
}

void gui_lane_power(struct gui_frame *frame, struct gui_rect lane)
{
	int first, last;
	gui_lane_title(frame, lane, "power", frame->report.priced ? "mW" : "not priced");
	if (!frame->report.priced)
		return;
	struct scale scale = {.full = gui_lane_nice(highest(frame) * 1.04)};
	scale.base = (float)gui_draw_pixel(&frame->draw, lane.y + lane.h - 11);
	scale.per_mw = (scale.base - (lane.y + 16) * frame->draw.scale) / (float)scale.full;
	ticks(frame, &scale, lane);
	struct gui_clip before = gui_lane_clip(frame, lane);
	gui_lane_columns(frame, &first, &last);
	draw_power(frame, &scale, first, last);
	draw_level(frame, &scale, gui_frame_mean_mw(frame), gui_palette_fade(GUI_INK, 0.6f), 5);
	if (budget_mw(frame) > 0)
		draw_level(frame, &scale, budget_mw(frame), gui_palette_fade(GUI_RED, 0.9f), 2);
	gui_draw_unclip(&frame->draw, before);
	readout(frame, lane);
}
