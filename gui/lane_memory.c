/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tensor arena and the stack: bytes in use over time, against the peak and what there is. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>

static void curve_of(struct gui_frame *frame, bool stack, struct gui_curve *curve, float base, float per_byte)
{
	int first, last;
	size_t count = frame->series.memories, at = SIZE_MAX;
	gui_lane_columns(frame, &first, &last);
	gui_curve_reset(curve, first, last - first);
	for (int column = first; column < last && count; column++) {
		size_t to =
			prof_record_find(frame->record, PROF_TRACK_MEMORY, gui_lane_time(frame, column + 1)) +
			1;
		to = to < count ? to : count;
		if (at == SIZE_MAX) {
			at = prof_record_find(frame->record, PROF_TRACK_MEMORY, gui_lane_time(frame, column));
			at = at == SIZE_MAX ? 0 : at;
		}
		if (!to)
			continue;
		/* What held when the column began, and whatever came in it. */
		struct gui_peak peak = gui_series_peak(&frame->series, stack, at < to ? at : to - 1, to);
		gui_curve_band(curve, column, base - (float)peak.high * per_byte,
			       base - (float)peak.low * per_byte);
		at = to - 1;
	}
}

static void readout_row(struct gui_frame *frame, struct gui_rect lane, float baseline, uint32_t colour,
			const char *name, double bytes, double capacity)
{
	char text[96], part[40], whole[40];
	gui_format_join(gui_format_bytes(bytes), part, sizeof part);
	gui_format_join(gui_format_trim(gui_format_bytes(capacity)), whole, sizeof whole);
	float x = frame->view.x + frame->view.w + 10;
	snprintf(text, sizeof text, "%s %s", name, part);
	gui_lane_readout(frame, lane, baseline, colour, text);
	if (capacity > 0) {
		snprintf(text, sizeof text, "of %s", whole);
		gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, x, baseline + 14, lane.x + lane.w - x - 8,
			       GUI_DIM, text);
	}
}

static void readout(struct gui_frame *frame, struct gui_rect lane)
{
	size_t at = prof_record_find(frame->record, PROF_TRACK_MEMORY, gui_lane_moment(frame));
	if (at == SIZE_MAX)
		return;
	const struct prof_memory *item = prof_record_item(frame->record, PROF_TRACK_MEMORY, at);
	const struct gui_report *report = &frame->report;
	bool now = gui_lane_looks_back(frame), tall = lane.h >= 76;
	readout_row(frame, lane, lane.y + 20, GUI_ARENA, "arena", now ? item->arena_bytes : item->arena_peak,
		    tall ? report->arena_capacity : 0);
	readout_row(frame, lane, lane.y + (tall && report->arena_capacity > 0 ? 54 : 37), GUI_STACK, "stack",
		    now ? item->stack_bytes : item->stack_peak,
		    tall && lane.h >= 90 ? report->stack_capacity : 0);
}

/* Changes a column, as gui_lane_solid takes it. */
static float crowd(const struct gui_frame *frame)
{
	double span = frame->view.end_ps - frame->view.begin_ps, now = (double)frame->series.now_ps;
	double changes = now > 0 ? (double)frame->series.memories * span / now : 0;
	return (float)(changes / (frame->view.w * frame->draw.scale) / 2);
}

/* Full scale in bytes: a power of two or one and a half of it, so that its label is a round number. */
static double full_scale(const struct gui_frame *frame)
{
	const struct prof_memory *last =
		prof_record_item(frame->record, PROF_TRACK_MEMORY, frame->series.memories - 1);
	double most = last->arena_peak > last->stack_peak ? last->arena_peak : last->stack_peak, full = 1024;
	/* The capacity gives the picture its scale unless it would flatten the curve. */
	if (frame->report.arena_capacity > most && frame->report.arena_capacity < 3 * most)
		most = frame->report.arena_capacity;
	while (full < most)
		full *= full * 1.5 >= most ? 1.5 : 2;
	return full;
}

void gui_lane_memory(struct gui_frame *frame, struct gui_rect lane)
{
	gui_lane_title(frame, lane, "memory", "KiB");
	if (!frame->series.memories)
		return;
	double full = full_scale(frame), capacity = frame->report.arena_capacity;
	float base = (float)gui_draw_pixel(&frame->draw, lane.y + lane.h - 11);
	float per_byte = (base - (lane.y + 16) * frame->draw.scale) / (float)full;
	char text[24];
	for (int i = 0; i <= 1; i++) {
		float y = (base - (float)(full * i) * per_byte) / frame->draw.scale;
		gui_draw_across(&frame->draw, frame->view.x, y, frame->view.w, 0,
				gui_palette_fade(GUI_LINE, 0.8f));
		snprintf(text, sizeof text, "%g", full * i / 1024);
		gui_lane_tick(frame, y, text);
	}
	struct gui_clip before = gui_lane_clip(frame, lane);
	curve_of(frame, false, &frame->curve[0], base, per_byte);
	curve_of(frame, true, &frame->curve[1], base, per_byte);
	gui_draw_under(&frame->draw, &frame->curve[0], base, gui_palette_fade(GUI_ARENA, 0.16f));
	float solid = gui_lane_solid(crowd(frame));
	gui_draw_band(&frame->draw, &frame->curve[0], 1.4f, solid,
		      gui_palette_fade(GUI_ARENA, solid < 1 ? 0.85f : 1));
	gui_draw_band(&frame->draw, &frame->curve[1], 1.4f, solid, GUI_STACK);
	if (capacity > 0 && capacity <= full)
		gui_draw_across(&frame->draw, frame->view.x,
				(base - (float)capacity * per_byte) / frame->draw.scale, frame->view.w, 2,
				gui_palette_fade(GUI_RED, 0.9f));
	gui_draw_unclip(&frame->draw, before);
	readout(frame, lane);
}
