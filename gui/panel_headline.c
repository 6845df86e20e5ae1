/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four numbers a model is judged by, each with what it is worth. */
#include "gui/panel.h"

#include <stdio.h>
#include <string.h>

/* Number and unit; below, the name; beside or below that, what the number is worth. */
static void figure(struct gui_frame *frame, struct gui_rect rect, const char *name,
		   const struct gui_metric *metric, struct gui_figure value, uint32_t colour)
{
	bool tall = rect.h >= 68;
	float number = rect.y + 26, below = number + (tall ? 20 : 18);
	char worth[64];
	if (!metric->known) {
		gui_panel_text(frame, GUI_FONT_FIGURE, GUI_LEFT, rect.x, number, rect.w, GUI_FAINT, "–");
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, rect.x, below, rect.w, GUI_DIM, name);
		return;
	}
	float wide =
		gui_panel_text(frame, GUI_FONT_FIGURE, GUI_LEFT, rect.x, number, rect.w, colour, value.value);
	gui_panel_text(frame, GUI_FONT_UNIT, GUI_LEFT, rect.x + wide + 6, number, rect.w - wide - 6, GUI_DIM,
		       value.unit);
	wide = gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, rect.x, below, rect.w, GUI_INK, name) + 8;
	gui_format_quality(metric, worth, sizeof worth);
	gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, rect.x + wide, below, rect.w - wide, GUI_SOFT, worth);
	/* "measured" alone is the worth already. */
	if (tall && strcmp(worth, metric->grade))
		gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, rect.x, below + 15, rect.w, GUI_DIM,
			       metric->grade);
}

void gui_panel_headline(struct gui_frame *frame, struct gui_rect rect)
{
	struct gui_metric latency = gui_frame_latency_ms(frame), energy = gui_frame_energy_uj(frame);
	struct gui_metric arena = gui_frame_arena_bytes(frame), days = gui_frame_battery_days(frame);
	char remark[64];
	size_t runs = frame->series.inferences;
	int n = snprintf(remark, sizeof remark, "%zu run%s", runs, runs == 1 ? "" : "s");
	if (frame->report.battery_mah > 0)
		snprintf(remark + n, sizeof remark - (size_t)n, " · %g mAh", frame->report.battery_mah);
	gui_panel_title(frame, rect, "per inference", remark);
	float half = rect.w / 2, row = (rect.h - 20) / 2, y = rect.y + 24;
	struct gui_rect left = {rect.x, y, half - 8, row}, right = {rect.x + half, y, half, row};
	figure(frame, left, "latency", &latency, gui_format_time(latency.value / 1e3), GUI_BLUE);
	figure(frame, right, "energy", &energy, gui_format_energy(energy.value / 1e6), GUI_AMBER);
	left.y = right.y = y + row;
	figure(frame, left, "arena", &arena, gui_format_bytes(arena.value), GUI_VIOLET);
	figure(frame, right, "battery", &days, gui_format_days(days.value), GUI_GREEN);
}
