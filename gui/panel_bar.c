/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The top: what runs, on which board, the controls, and how far it has come. */
#include "gui/panel.h"

#include <stdio.h>
#include <string.h>

static void button(struct gui_frame *frame, struct gui_rect rect, enum gui_action action, bool enabled)
{
	bool over = enabled && gui_panel_pointed(frame, rect);
	gui_draw_round(&frame->draw, rect, 6, over ? GUI_HOVER : GUI_RAISED);
	if (enabled)
		gui_panel_hot(frame, rect, action);
}

static void label(struct gui_frame *frame, struct gui_rect rect, float sign, bool enabled, const char *text)
{
	gui_panel_text(frame, GUI_FONT_BODY, GUI_CENTRE, rect.x + (rect.w + sign) / 2, rect.y + 19,
		       rect.w - sign - 8, enabled ? GUI_INK : GUI_FAINT, text);
}

static void pause_button(struct gui_frame *frame, struct gui_rect rect)
{
	bool enabled = !frame->status.over;
	const char *text = frame->status.over ? "finished" : frame->status.paused ? "run" : "pause";
	uint32_t colour = enabled ? GUI_INK : GUI_FAINT;
	float sign = frame->status.over ? 0 : 18,
	      x = rect.x + (rect.w - sign - gui_panel_width(frame, GUI_FONT_BODY, text)) / 2;
	button(frame, rect, GUI_ACTION_PAUSE, enabled);
	if (frame->status.over) {
		label(frame, rect, 0, false, text);
		return;
	}
	if (frame->status.paused) {
		gui_draw_play(&frame->draw, (struct gui_rect){x, rect.y + 9, 9, 10}, colour);
	} else {
		gui_draw_fill(&frame->draw, (struct gui_rect){x, rect.y + 9, 3, 10}, colour);
		gui_draw_fill(&frame->draw, (struct gui_rect){x + 6, rect.y + 9, 3, 10}, colour);
	}
	label(frame, rect, sign, enabled, text);
}

static void step_button(struct gui_frame *frame, struct gui_rect rect, bool wide)
{
	const char *text = wide ? "next inference" : "next";
	bool enabled = !frame->status.over;
	uint32_t colour = enabled ? GUI_INK : GUI_FAINT;
	float x = rect.x + (rect.w - 18 - gui_panel_width(frame, GUI_FONT_BODY, text)) / 2;
	button(frame, rect, GUI_ACTION_STEP, enabled);
	gui_draw_play(&frame->draw, (struct gui_rect){x, rect.y + 9, 8, 10}, colour);
	gui_draw_fill(&frame->draw, (struct gui_rect){x + 9, rect.y + 9, 2, 10}, colour);
	label(frame, rect, 18, enabled, text);
}

static void controls(struct gui_frame *frame, float x, bool wide)
{
	char text[32] = "as fast as it goes";
	float pause = wide ? 104 : 84, step = wide ? 140 : 76, speed = wide ? 132 : 96;
	if (frame->status.speed > 0)
		snprintf(text, sizeof text, "speed %g×", frame->status.speed);
	else if (!wide)
		snprintf(text, sizeof text, "speed max");
	pause_button(frame, (struct gui_rect){x, 9, pause, 28});
	step_button(frame, (struct gui_rect){x + pause + 8, 9, step, 28}, wide);
	struct gui_rect rect = {x + pause + step + 16, 9, speed, 28};
	button(frame, rect, GUI_ACTION_SPEED, !frame->status.over);
	label(frame, rect, 0, !frame->status.over, text);
}

static float controls_width(bool wide)
{
	return wide ? 104 + 140 + 132 + 16 : 84 + 76 + 96 + 16;
}

static void board_text(const struct gui_frame *frame, char *ret_text, size_t size)
{
	const struct gui_report *report = &frame->report;
	size_t n = (size_t)snprintf(ret_text, size, "%s", report->board);
	if (report->core[0] && n < size)
		n += (size_t)snprintf(ret_text + n, size - n, "%s%s", n ? " · " : "", report->core);
	if (report->clock_hz > 0 && n < size)
		n += (size_t)snprintf(ret_text + n, size - n, " · %g MHz", report->clock_hz / 1e6);
	if (report->supply_mv > 0 && n < size)
		snprintf(ret_text + n, size - n, " · %.1f V", report->supply_mv / 1e3);
}

/* Right of the bar; returns where it begins. */
static float progress(struct gui_frame *frame, float right, float room, bool wide)
{
	char text[128], time[40];
	const struct gui_status *status = &frame->status;
	snprintf(time, sizeof time, "%.3f s", (double)frame->series.now_ps / GUI_PS_PER_S);
	if (!status->live && frame->report.mips > 0)
		snprintf(text, sizeof text, "%.0f MIPS · recorded run", frame->report.mips);
	else if (!status->live)
		snprintf(text, sizeof text, "recorded run");
	else if (status->paused || status->over)
		snprintf(text, sizeof text, status->over ? "the run is over" : "paused");
	else if (wide)
		snprintf(text, sizeof text, "%.0f MIPS · %.1f× real time", status->mips, status->realtime);
	else
		snprintf(text, sizeof text, "%.0f MIPS · %.1f×", status->mips, status->realtime);
	float taken = gui_panel_text(frame, GUI_FONT_BOLD, GUI_RIGHT, right, 28, room, GUI_INK, time);
	taken += 12;
	taken += gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, right - taken, 28, room - taken, GUI_DIM,
				text);
	return right - taken;
}

void gui_panel_bar(struct gui_frame *frame, struct gui_rect rect)
{
	char board[160];
	bool wide = rect.w >= 1180, live = frame->status.live;
	gui_draw_fill(&frame->draw, rect, GUI_CARD);
	float x = 20, middle = rect.w - (wide ? 316 : 236) - controls_width(wide);
	/* The right end first: what it takes is not there for the name. */
	float end = progress(frame, rect.w - 20, wide ? 280 : live ? 204 : 300, wide);
	float limit = (live ? middle : end) - 16;
	x += gui_panel_text(frame, GUI_FONT_TITLE, GUI_LEFT, x, 29, 0, GUI_INK, "thumbwatt") + 10;
	const char *name = frame->report.scenario[0] ? frame->report.scenario : frame->title;
	x += gui_panel_text(frame, GUI_FONT_UNIT, GUI_LEFT, x, 29, limit - x, GUI_BLUE, name) + 22;
	board_text(frame, board, sizeof board);
	if (limit - x > 60)
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, x, 28, limit - x, GUI_DIM, board);
	if (live)
		controls(frame, middle, wide);
}
