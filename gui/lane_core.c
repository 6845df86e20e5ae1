/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core did: program, handlers, sleep; a column that holds several shows them in proportion. */
#include "gui/panel.h"

#include <stdio.h>

static const uint32_t colours[GUI_ACTIVITIES] = {GUI_RUN, GUI_IRQ, GUI_ASLEEP, GUI_STOPPED};
static const char *const names[GUI_ACTIVITIES] = {"run", "irq", "sleep", "stop"};

/* Idle below, activity above it, as solid as its share of the column; handlers tint it by their share of that. */
static void column_of(struct gui_frame *frame, int column, float top, float bottom)
{
	uint64_t ps[GUI_ACTIVITIES], from = gui_lane_time(frame, column),
				     to = gui_lane_time(frame, column + 1);
	gui_series_activities(&frame->series, from, to > from ? to : from + 1, ps);
	float active = (float)(ps[GUI_ACTIVE_RUN] + ps[GUI_ACTIVE_IRQ]);
	float idle = (float)(ps[GUI_ACTIVE_SLEEP] + ps[GUI_ACTIVE_STOP]), solid = active / (active + idle);
	bool stopped = ps[GUI_ACTIVE_STOP] > ps[GUI_ACTIVE_SLEEP];
	if (active + idle <= 0)
		return;
	/* A wake-up of microseconds is a thing to see in a column of milliseconds: at least a trace of it. */
	solid = solid > 0 && solid < 0.88f ? 0.12f + solid : solid;
	gui_draw_column(&frame->draw, column, top, bottom,
			colours[stopped ? GUI_ACTIVE_STOP : GUI_ACTIVE_SLEEP]);
	if (active <= 0)
		return;
	float tint = solid * (float)ps[GUI_ACTIVE_IRQ] / active;
	gui_draw_column(&frame->draw, column, top, bottom, gui_palette_fade(GUI_RUN, solid));
	gui_draw_column(&frame->draw, column, top, bottom, gui_palette_fade(GUI_IRQ, tint));
}

static void readout(struct gui_frame *frame, struct gui_rect lane, float baseline)
{
	uint64_t ps[GUI_ACTIVITIES], now = frame->series.now_ps, at = gui_lane_moment(frame);
	char text[64];
	if (gui_lane_looks_back(frame)) {
		gui_series_activities(&frame->series, at, at + 1, ps);
		for (int i = 0; i < GUI_ACTIVITIES; i++)
			if (ps[i]) {
				gui_lane_readout(frame, lane, baseline,
						 i < GUI_ACTIVE_SLEEP ? colours[i] : GUI_DIM, names[i]);
				return;
			}
	}
	gui_series_activities(&frame->series, 0, now, ps);
	double idle = now ? (double)(ps[GUI_ACTIVE_SLEEP] + ps[GUI_ACTIVE_STOP]) / (double)now : 0;
	snprintf(text, sizeof text, "asleep %.1f %%", idle * 100);
	gui_lane_readout(frame, lane, baseline, GUI_SOFT, text);
}

/* The names are their own legend: each in its colour. */
static void legend(struct gui_frame *frame, struct gui_rect lane, float baseline)
{
	float x = lane.x + 14 + gui_panel_width(frame, GUI_FONT_BOLD, "core") + 10, end = frame->view.x - 8;
	x += gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, x, baseline, end - x, GUI_RUN, "run") + 6;
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, x, baseline, end - x, GUI_IRQ, "irq");
}

void gui_lane_core(struct gui_frame *frame, struct gui_rect lane)
{
	int first, last;
	float top = lane.y + 10, bottom = lane.y + lane.h - 10;
	gui_panel_text(frame, GUI_FONT_BOLD, GUI_LEFT, lane.x + 14, lane.y + lane.h / 2 + 5, 0, GUI_INK,
		       "core");
	legend(frame, lane, lane.y + lane.h / 2 + 5);
	gui_lane_columns(frame, &first, &last);
	struct gui_clip before = gui_lane_clip(frame, lane);
	for (int column = first; column < last; column++)
		column_of(frame, column, (float)gui_draw_pixel(&frame->draw, top),
			  (float)gui_draw_pixel(&frame->draw, bottom));
	gui_draw_unclip(&frame->draw, before);
	readout(frame, lane, lane.y + lane.h / 2 + 5);
}
