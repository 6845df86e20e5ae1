/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What panels share: text and bars, and the figures that come from the report or, until it is there, the record. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

float gui_panel_text(struct gui_frame *frame, enum gui_font font, enum gui_align align, float x,
		     float baseline, float room, uint32_t colour, const char *string)
{
	return gui_text_draw(frame->text, &frame->draw, font, align, x, baseline, room, colour, string);
}

float gui_panel_width(struct gui_frame *frame, enum gui_font font, const char *string)
{
	return gui_text_width(frame->text, font, string);
}

void gui_panel_title(struct gui_frame *frame, struct gui_rect rect, const char *title, const char *remark)
{
	gui_panel_title_in(frame, rect, title, remark, GUI_DIM);
}

void gui_panel_title_in(struct gui_frame *frame, struct gui_rect rect, const char *title, const char *remark,
			uint32_t colour)
{
	float wide =
		gui_panel_text(frame, GUI_FONT_BOLD, GUI_LEFT, rect.x, rect.y + 10, rect.w, GUI_INK, title);
	gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, rect.x + rect.w, rect.y + 10, rect.w - wide - 16,
		       colour, remark);
}

void gui_panel_hot(struct gui_frame *frame, struct gui_rect rect, enum gui_action action)
{
	if (frame->hots < GUI_FRAME_HOTS)
		frame->hot[frame->hots++] = (struct gui_hot){rect, action};
}

bool gui_panel_pointed(const struct gui_frame *frame, struct gui_rect r)
{
	return frame->pointing && frame->pointer_x >= r.x && frame->pointer_x < r.x + r.w &&
	       frame->pointer_y >= r.y && frame->pointer_y < r.y + r.h;
}

void gui_panel_gauge(struct gui_frame *frame, struct gui_rect rect, double part, uint32_t colour)
{
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	gui_draw_round(&frame->draw, rect, rect.h / 2, GUI_TRACK);
	struct gui_rect full = rect;
	full.w = rect.w * (float)part;
	/* What is there is seen, however little. */
	if (part > 0 && full.w < rect.h)
		full.w = rect.h;
	gui_draw_round(&frame->draw, full, rect.h / 2, colour);
}

/* --- figures ------------------------------------------------------------------------------------------- */

double gui_frame_energy_mj(const struct gui_frame *frame, const uint64_t state_ps[SIM_POWER_STATES])
{
	double mj = 0;
	for (int i = 0; i < SIM_POWER_STATES; i++)
		mj += frame->report.power_mw[i] * (double)state_ps[i] / GUI_PS_PER_S;
	return mj;
}

double gui_frame_mean_mw(const struct gui_frame *frame)
{
	uint64_t state[SIM_POWER_STATES];
	if (frame->report.average_mw.known)
		return frame->report.average_mw.value;
	gui_series_states(&frame->series, 0, frame->series.now_ps, state);
	return frame->series.now_ps
		       ? gui_frame_energy_mj(frame, state) / ((double)frame->series.now_ps / GUI_PS_PER_S)
		       : 0;
}

static struct gui_metric so_far(bool known, double value)
{
	return (struct gui_metric){.known = known, .value = value};
}

struct gui_metric gui_frame_latency_ms(const struct gui_frame *frame)
{
	const struct gui_series *series = &frame->series;
	if (frame->report.latency_ms.known)
		return frame->report.latency_ms;
	if (!series->inferences)
		return so_far(false, 0);
	return so_far(true, (double)series->latency_sum_ps / (double)series->inferences / 1e9);
}

struct gui_metric gui_frame_energy_uj(const struct gui_frame *frame)
{
	const struct gui_series *series = &frame->series;
	if (frame->report.energy_uj.known)
		return frame->report.energy_uj;
	if (!series->inferences || !frame->report.priced)
		return so_far(false, 0);
	return so_far(true, gui_frame_energy_mj(frame, series->inference_state_ps) * 1e3 /
				    (double)series->inferences);
}

struct gui_metric gui_frame_arena_bytes(const struct gui_frame *frame)
{
	if (frame->report.arena_bytes.known)
		return frame->report.arena_bytes;
	if (!frame->series.memories)
		return so_far(false, 0);
	const struct prof_memory *last =
		prof_record_item(frame->record, PROF_TRACK_MEMORY, frame->series.memories - 1);
	return so_far(true, last->arena_peak);
}

struct gui_metric gui_frame_battery_days(const struct gui_frame *frame)
{
	return frame->report.battery_days;
}

const char *gui_frame_label(const struct gui_frame *frame, unsigned label)
{
	static char number[32]; /* drawn before the next call; the window draws from one thread */
	if (label < (unsigned)frame->report.labels && frame->report.label[label][0])
		return frame->report.label[label];
	snprintf(number, sizeof number, "class %u", label);
	return number;
}
