/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware concluded: a band for results in a row that agree, a dot for each. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>

#define BAND_TOP 10
#define BAND_HIGH 26

static void draw_band(struct gui_frame *frame, struct gui_rect lane, size_t index)
{
	const struct gui_series *series = &frame->series;
	const struct gui_band *band = &series->band[index];
	uint64_t end_ps = index + 1 < series->bands ? series->band[index + 1].begin_ps : series->now_ps;
	float left = frame->view.x, right = left + frame->view.w;
	float from = gui_view_x(&frame->view, (double)band->begin_ps),
	      to = gui_view_x(&frame->view, (double)end_ps);
	uint32_t colour = gui_palette_label(band->label);
	char score[16];
	if (to < left || from > right)
		return;
	/* Cut to what is in sight: then its text is too. */
	from = from < left ? left : from;
	to = to > right ? right : to;
	struct gui_rect rect = {from, lane.y + BAND_TOP, to - from, BAND_HIGH};
	if (rect.w > 3)
		rect.w -= 1.5f;
	gui_draw_fill(&frame->draw, rect, gui_palette_fade(colour, 0.22f));
	gui_draw_fill(&frame->draw, (struct gui_rect){from, rect.y, rect.w < 3 ? rect.w : 3, BAND_HIGH},
		      colour);
	snprintf(score, sizeof score, "%.2f", band->count ? band->score_sum / band->count : 0);
	float wide = band->score_sum > 0 ? gui_panel_width(frame, GUI_FONT_BODY, score) : 0;
	float room = rect.w - 20,
	      name = gui_panel_width(frame, GUI_FONT_BODY, gui_frame_label(frame, band->label));
	bool both = wide > 0 && room >= name + wide + 14;
	if (room > 84 || room >= name)
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, from + 11, rect.y + 17.5f, room, colour,
			       gui_frame_label(frame, band->label));
	if (both)
		gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, from + rect.w - 9, rect.y + 17.5f, 0,
			       gui_palette_fade(colour, 0.75f), score);
}

static void draw_dots(struct gui_frame *frame, struct gui_rect lane)
{
	uint64_t from_ps = frame->view.begin_ps > 0 ? (uint64_t)frame->view.begin_ps : 0;
	size_t first = prof_record_find(frame->record, PROF_TRACK_RESULT, from_ps);
	size_t last = prof_record_find(frame->record, PROF_TRACK_RESULT, (uint64_t)frame->view.end_ps) + 1;
	float y = lane.y + BAND_TOP + BAND_HIGH + 11, before = -10;
	first = first == SIZE_MAX ? 0 : first;
	for (size_t i = first; i < last; i++) {
		const struct prof_result *item = prof_record_item(frame->record, PROF_TRACK_RESULT, i);
		float x = gui_view_x(&frame->view, (double)item->t_ps);
		/* Closer than this they make a line anyway. */
		if (x - before < 1 || x < frame->view.x - 1)
			continue;
		before = x;
		gui_draw_disc(&frame->draw, x, y, 2.4f, gui_palette_label(item->label));
	}
}

static void readout(struct gui_frame *frame, struct gui_rect lane)
{
	size_t at = prof_record_find(frame->record, PROF_TRACK_RESULT, gui_lane_moment(frame));
	if (at == SIZE_MAX)
		return;
	const struct prof_result *item = prof_record_item(frame->record, PROF_TRACK_RESULT, at);
	char text[64];
	gui_lane_readout(frame, lane, lane.y + BAND_TOP + 17.5f, gui_palette_label(item->label),
			 gui_frame_label(frame, item->label));
	if (item->label >= item->scores || item->label >= PROF_MAX_SCORES)
		return;
	snprintf(text, sizeof text, "score %.2f", (double)item->score[item->label]);
	gui_lane_readout(frame, lane, lane.y + BAND_TOP + 35, GUI_DIM, text);
}

void gui_lane_result(struct gui_frame *frame, struct gui_rect lane)
{
	const struct gui_series *series = &frame->series;
	gui_lane_title(frame, lane, "result", "");
	struct gui_clip before = gui_lane_clip(frame, lane);
	size_t first =
		gui_series_band_at(series, frame->view.begin_ps > 0 ? (uint64_t)frame->view.begin_ps : 0);
	size_t last = gui_series_band_at(series, (uint64_t)frame->view.end_ps) + 1;
	for (size_t i = first == SIZE_MAX ? 0 : first; i < last; i++)
		draw_band(frame, lane, i);
	gui_draw_unclip(&frame->draw, before);
	draw_dots(frame, lane);
	readout(frame, lane);
}
