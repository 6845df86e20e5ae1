/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cycles went, by function; at the foot, whether the run is to be believed. */
#include "gui/panel.h"

#include <stdio.h>

#define ROW 24

const char *gui_panel_trust(const struct gui_frame *frame, uint32_t *ret_colour)
{
	static char text[256];
	const struct gui_report *report = &frame->report;
	*ret_colour = GUI_DIM;
	if (report->issues) {
		*ret_colour = report->validity[0] == 'i' ? GUI_RED : GUI_AMBER;
		snprintf(text, sizeof text, "%s: %s", report->validity, report->issue);
		return text;
	}
	if (report->guessed > 0)
		snprintf(text, sizeof text, "no faults · %d register%s guessed", report->guessed,
			 report->guessed == 1 ? "" : "s");
	else if (report->guessed == 0)
		snprintf(text, sizeof text, "no faults · every register modelled");
	else
		text[0] = 0;
	return text;
}

void gui_panel_functions(struct gui_frame *frame, struct gui_rect rect)
{
	uint32_t colour;
	const char *foot = gui_panel_trust(frame, &colour);
	const struct gui_report *report = &frame->report;
	float y = rect.y + 22, end = rect.y + rect.h - (*foot ? 20 : 0), name_w = rect.w - 66;
	double sum = report->function_cycles, most = report->functions ? report->function[0].cycles : 0;
	gui_panel_title(frame, rect, "hot functions", report->functions ? "of active cycles" : "");
	if (!report->functions)
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, rect.x, y + 14, rect.w, GUI_FAINT,
			       frame->status.live ? "when the run is over" : "not recorded");
	for (int i = 0; i < report->functions && y + ROW <= end + 4; i++, y += ROW) {
		const struct gui_report_function *function = &report->function[i];
		char share[24];
		snprintf(share, sizeof share, "%.1f %%", sum > 0 ? function->cycles / sum * 100 : 0);
		gui_panel_text(frame, GUI_FONT_MONO, GUI_LEFT, rect.x, y + 12, name_w, GUI_INK,
			       function->name);
		gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, rect.x + rect.w, y + 12, 60, GUI_SOFT, share);
		gui_panel_gauge(frame, (struct gui_rect){rect.x, y + 17, rect.w, 3},
				most > 0 ? function->cycles / most : 0, GUI_BLUE);
	}
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, rect.x, rect.y + rect.h - 1, rect.w, colour, foot);
}
