/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware said and what happened to it, up to the moment pointed at. */
#include "gui/panel.h"

#include <stdio.h>
#include <string.h>

#define ROW 19.5f
#define MOST_ROWS 3 /* of a line that is too long for one: a fault tells where and why */
#define TEXT_AT 96  /* right of the time */

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

/* Where `text` is cut into rows: at most MOST_ROWS, the last one takes the rest. Returns how many. */
static int rows_of(struct gui_frame *frame, const char *text, float room, const char *ret_row[MOST_ROWS + 1])
{
	int rows = 0;
	const char *end = text + strlen(text);
	while (*text && rows < MOST_ROWS) {
		size_t n = gui_text_fits(frame->text, GUI_FONT_MONO, text, room), word = n;
		/* Between words, unless a word is most of the row. */
		while (text[n] && word > n / 2 && text[word] != ' ')
			word--;
		ret_row[rows++] = text;
		text += text[n] && word > n / 2 ? word : n;
		text += strspn(text, " ");
	}
	ret_row[rows] = end;
	return rows;
}

static void draw_line(struct gui_frame *frame, struct gui_rect rect, float y, const struct gui_line *line,
		      const char *const row[], int rows)
{
	char text[256];
	uint32_t colour = colour_of(line);
	float x = rect.x + TEXT_AT;
	snprintf(text, sizeof text, "%.3f", (double)line->t_ps / GUI_PS_PER_S);
	gui_panel_text(frame, GUI_FONT_MONO, GUI_RIGHT, x - 24, y, TEXT_AT - 24, GUI_FAINT, text);
	gui_draw_round(&frame->draw, (struct gui_rect){x - 10, y - 10, 2, 12 + ROW * (float)(rows - 1)}, 1,
		       line->uart ? gui_palette_fade(colour, 0.5f) : colour);
	for (int i = 0; i < rows; i++) {
		snprintf(text, sizeof text, "%.*s", (int)(row[i + 1] - row[i]), row[i]);
		gui_panel_text(frame, GUI_FONT_MONO, GUI_LEFT, x, y + ROW * (float)i, rect.w - TEXT_AT,
			       colour, text);
	}
}

void gui_panel_log(struct gui_frame *frame, struct gui_rect rect, bool trust)
{
	const struct gui_series *series = &frame->series;
	char label[40] = "";
	uint64_t moment = gui_lane_moment(frame);
	uint32_t colour = GUI_DIM;
	if (gui_lane_looks_back(frame))
		snprintf(label, sizeof label, "until %.3f s", (double)moment / GUI_PS_PER_S);
	const char *remark = trust && !*label ? gui_panel_trust(frame, &colour) : label;
	gui_panel_title_in(frame, rect, "uart and events", remark, colour);
	/* From the last line back, as far as there is room; then down again, so that a short log starts at the top. */
	int room = (int)((rect.h - 14) / ROW), used = 0;
	const char *row[MOST_ROWS + 1];
	size_t end = gui_series_line_at(series, moment) + 1, first = end;
	while (first > 0) {
		int rows = rows_of(frame, series->line[first - 1].text, rect.w - TEXT_AT, row);
		if (used + rows > room)
			break;
		used += rows;
		first--;
	}
	float y = rect.y + 32;
	for (size_t i = first; i < end; i++) {
		int rows = rows_of(frame, series->line[i].text, rect.w - TEXT_AT, row);
		draw_line(frame, rect, y, &series->line[i], row, rows);
		y += ROW * (float)rows;
	}
}
