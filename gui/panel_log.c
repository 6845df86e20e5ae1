/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware said and what happened to it, up to the moment pointed at. */
#include "gui/panel.h"

#include <stdio.h>

#define ROW 20

static uint32_t colour_of(const struct gui_line *line)
{
	if (line->uart)
		return line->from_host ? GUI_TEAL : GUI_INK;
	switch (line->kind) {
	case PROF_NOTE_WARNING:
		return GUI_AMBER;
	case PROF_NOTE_FAULT:
		return GUI_RED;
	default:
		return GUI_DIM;
	}
}

void gui_panel_log(struct gui_frame *frame, struct gui_rect rect, bool trust)
{
	const struct gui_series *series = &frame->series;
	char text[64], label[40] = "";
	uint64_t moment = gui_lane_moment(frame);
	int rows = (int)((rect.h - 16) / ROW);
	size_t end = gui_series_line_at(series, moment) + 1;
	size_t first = end > (size_t)rows ? end - (size_t)rows : 0;
	float y = rect.y + 32;
	if (frame->cursor && moment < series->now_ps)
		snprintf(label, sizeof label, "until %.3f s", (double)moment / GUI_PS_PER_S);
	uint32_t colour = GUI_DIM;
	const char *remark = trust && !*label ? gui_panel_trust(frame, &colour) : label;
	gui_panel_title_in(frame, rect, "uart and events", remark, colour);
	for (size_t i = first; i < end; i++, y += ROW) {
		const struct gui_line *line = &series->line[i];
		snprintf(text, sizeof text, "%9.3f", (double)line->t_ps / GUI_PS_PER_S);
		float x = rect.x +
			  gui_panel_text(frame, GUI_FONT_MONO, GUI_LEFT, rect.x, y, 0, GUI_FAINT, text) + 14;
		gui_draw_round(&frame->draw, (struct gui_rect){x, y - 10, 2, 12}, 1,
			       line->uart ? gui_palette_fade(colour_of(line), 0.5f) : colour_of(line));
		gui_panel_text(frame, GUI_FONT_MONO, GUI_LEFT, x + 10, y, rect.x + rect.w - x - 10,
			       colour_of(line), line->text);
	}
}
