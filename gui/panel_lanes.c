/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time card: lanes one above the other on one time axis, the grid behind them, now and the cursor across them. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>

#define GUTTER 130     /* left: names and ticks */
#define READOUT 136    /* right: values */
#define READOUT_SMALL 126
#define AXIS 30
#define PAD 14

/* --- helpers for lanes --------------------------------------------------------------------------------- */

void gui_lane_title(struct gui_frame *frame, struct gui_rect lane, const char *title, const char *remark)
{
	float x = lane.x + PAD, room = frame->view.x - x - 8;
	gui_panel_text(frame, GUI_FONT_BOLD, GUI_LEFT, x, lane.y + 20, room, GUI_INK, title);
	if (lane.h >= 40)
		gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, x, lane.y + 36, room, GUI_DIM, remark);
}

void gui_lane_readout(struct gui_frame *frame, struct gui_rect lane, float baseline, uint32_t colour,
		      const char *string)
{
	float x = frame->view.x + frame->view.w + 10;
	gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, x, baseline, lane.x + lane.w - x - 6, colour, string);
}

void gui_lane_tick(struct gui_frame *frame, float y, const char *string)
{
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_RIGHT, frame->view.x - 8, y + 4, 0, GUI_DIM, string);
}

void gui_lane_columns(const struct gui_frame *frame, int *ret_first, int *ret_last)
{
	const struct gui_view *view = &frame->view;
	int left = gui_draw_pixel(&frame->draw, view->x),
	    right = gui_draw_pixel(&frame->draw, view->x + view->w);
	int now = (int)ceilf(gui_view_x(view, (double)frame->series.now_ps) * frame->draw.scale);
	*ret_first = left;
	*ret_last = now < left ? left : now < right ? now : right;
}

uint64_t gui_lane_time(const struct gui_frame *frame, int column)
{
	double at = gui_view_time(&frame->view, (float)column / frame->draw.scale);
	double now = (double)frame->series.now_ps;
	return (uint64_t)(at < 0 ? 0 : at > now ? now : at);
}

bool gui_lane_looks_back(const struct gui_frame *frame)
{
	return frame->cursor && frame->cursor_ps >= 0 && frame->cursor_ps < (double)frame->series.now_ps;
}

uint64_t gui_lane_moment(const struct gui_frame *frame)
{
	return gui_lane_looks_back(frame) ? (uint64_t)frame->cursor_ps : frame->series.now_ps;
}

struct gui_clip gui_lane_clip(struct gui_frame *frame, struct gui_rect lane)
{
	return gui_draw_clip(&frame->draw, (struct gui_rect){frame->view.x, lane.y, frame->view.w, lane.h});
}

float gui_lane_solid(float crowd)
{
	float solid = crowd > 1 ? 1 - 0.16f * log2f(crowd) : 1;
	return solid < 0.3f ? 0.3f : solid;
}

double gui_lane_nice(double value)
{
	static const double nice[] = {1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10};
	if (!(value > 0))
		return 1;
	double power = pow(10, floor(log10(value)));
	for (size_t i = 0; i < sizeof nice / sizeof *nice; i++)
		if (nice[i] * power >= value * 0.999999)
			return nice[i] * power;
	return 10 * power;
}

/* --- the card ------------------------------------------------------------------------------------------ */

static void draw_grid(struct gui_frame *frame, struct gui_rect area, float axis_y)
{
	const struct gui_view *view = &frame->view;
	double step = gui_view_step(view, view->w < 500 ? 84 : 100);
	float pill = frame->cursor ? frame->pointer_x : -1e6f;
	for (double i = ceil(view->begin_ps / step - 1e-6); i * step <= view->end_ps + step * 1e-6; i++) {
		float x = gui_view_x(view, i * step), half;
		char label[40];
		gui_view_label(i == 0 ? 0 : i * step, step, label, sizeof label);
		half = gui_panel_width(frame, GUI_FONT_SMALL, label) / 2;
		gui_draw_down(&frame->draw, x, area.y + 8, axis_y - area.y - 8, 0,
			      gui_palette_fade(GUI_LINE, 0.55f));
		if (x + half <= area.x + area.w - 6 && fabsf(x - pill) > half + 40)
			gui_panel_text(frame, GUI_FONT_SMALL, GUI_CENTRE, x, axis_y + 19, 0, GUI_DIM, label);
	}
}

static void draw_now(struct gui_frame *frame, float top, float bottom)
{
	float x = gui_view_x(&frame->view, (double)frame->series.now_ps);
	if (x < frame->view.x || x > frame->view.x + frame->view.w + 0.5f)
		return;
	gui_draw_down(&frame->draw, x, top, bottom - top, 0, gui_palette_fade(GUI_SOFT, 0.55f));
}

/* What happened, as signs on the axis: moments only, what lasts is shaded in the lanes. */
static void draw_events(struct gui_frame *frame, float top, float axis_y)
{
	size_t notes = prof_record_count(frame->record, PROF_TRACK_NOTE);
	uint64_t from = frame->view.begin_ps > 0 ? (uint64_t)frame->view.begin_ps : 0;
	size_t first = prof_record_find(frame->record, PROF_TRACK_NOTE, from);
	for (size_t i = first == SIZE_MAX ? 0 : first; i < notes; i++) {
		const struct prof_note *note = prof_record_item(frame->record, PROF_TRACK_NOTE, i);
		float x = gui_view_x(&frame->view, (double)note->begin_ps);
		if (x > frame->view.x + frame->view.w)
			break;
		if (x < frame->view.x || note->end_ps > note->begin_ps)
			continue;
		bool fault = note->kind == PROF_NOTE_FAULT;
		uint32_t colour = fault ? GUI_RED : note->kind == PROF_NOTE_WARNING ? GUI_AMBER : GUI_DIM;
		if (fault)
			gui_draw_down(&frame->draw, x, top, axis_y - top, 4, gui_palette_fade(GUI_RED, 0.8f));
		gui_draw_disc(&frame->draw, x + 0.5f, axis_y, 2.6f, colour);
	}
}

static void draw_cursor(struct gui_frame *frame, float top, float axis_y)
{
	char label[40];
	if (!frame->cursor)
		return;
	float x = gui_view_x(&frame->view, frame->cursor_ps);
	if (x < frame->view.x - 0.5f || x > frame->view.x + frame->view.w + 0.5f)
		return;
	double pixel = (frame->view.end_ps - frame->view.begin_ps) / frame->view.w;
	gui_view_label(frame->cursor_ps, pixel, label, sizeof label);
	float half = gui_panel_width(frame, GUI_FONT_SMALL, label) / 2 + 8;
	gui_draw_down(&frame->draw, x, top, axis_y - top, 0, gui_palette_fade(GUI_INK, 0.75f));
	gui_draw_round(&frame->draw, (struct gui_rect){x - half, axis_y + 5, 2 * half, 20}, 5, GUI_INK);
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_CENTRE, x, axis_y + 19, 0, GUI_BACK, label);
}

struct row {
	void (*draw)(struct gui_frame *frame, struct gui_rect lane);
	float least, share; /* height: at least, and its share of what is left */
};

static const struct row rows[] = {
	{gui_lane_result, 58, 0.25f}, {gui_lane_power, 62, 2.2f},  {gui_lane_core, 38, 0.1f},
	{gui_lane_layers, 38, 0.1f},  {gui_lane_memory, 54, 1.4f},
};
#define ROWS (sizeof rows / sizeof *rows)

/* Heights of the sensors' lanes, and how many of them there is room for; many share the room of three. */
struct heights {
	unsigned sensors;
	float sensor, spare,
		shares; /* a sensor's lane; what the other lanes divide among them by their shares */
};

static struct heights heights_in(float room, unsigned sensors)
{
	float least = 0, shares = 0, share = sensors < 3 ? 3 : 8 / (float)sensors;
	float low = sensors < 3 ? 64 : sensors < 5 ? 42 : 24;
	for (size_t i = 0; i < ROWS; i++) {
		least += rows[i].least;
		shares += rows[i].share;
	}
	unsigned most = room > least + low ? (unsigned)((room - least) / low) : 0;
	unsigned shown = sensors < most ? sensors : most;
	float spare = room - least - low * (float)shown;
	spare = spare > 0 ? spare : 0;
	shares += share * (float)shown;
	return (struct heights){shown, floorf(low + spare * share / shares), spare, shares};
}

static void place(struct gui_frame *frame, struct gui_rect card)
{
	gui_view_place(&frame->view, card.x + GUTTER,
		       card.w - GUTTER - (card.w < 760 ? READOUT_SMALL : READOUT));
	struct gui_rect plot = {frame->view.x, card.y, frame->view.w, card.h};
	frame->cursor = gui_panel_pointed(frame, plot) && !frame->help;
	frame->cursor_ps = gui_view_time(&frame->view, frame->pointer_x);
	gui_panel_hot(frame, plot, GUI_ACTION_LANES);
}

static void separate(struct gui_frame *frame, struct gui_rect lane)
{
	gui_draw_across(&frame->draw, lane.x + PAD, lane.y + lane.h, lane.w - 2 * PAD, 0, GUI_LINE);
}

/* Returns where the last lane ends. */
static float draw_lanes(struct gui_frame *frame, struct gui_rect card, float bottom)
{
	unsigned sensors = prof_record_sensors(frame->record);
	struct gui_rect lane = {card.x, card.y + 4, card.w, 0};
	struct heights heights = heights_in(bottom - lane.y, sensors);
	char more[32];
	for (unsigned i = 0; i < heights.sensors; i++, lane.y += lane.h) {
		lane.h = heights.sensor;
		gui_lane_sensor(frame, lane, i);
		separate(frame, lane);
	}
	for (size_t i = 0; i < ROWS; i++, lane.y += lane.h) {
		lane.h = floorf(rows[i].least + heights.spare * rows[i].share / heights.shares);
		rows[i].draw(frame, lane);
		separate(frame, lane);
	}
	if (heights.sensors < sensors) {
		snprintf(more, sizeof more, "+ %u sensor%s", sensors - heights.sensors,
			 sensors - heights.sensors == 1 ? "" : "s");
		gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, card.x + PAD, lane.y + 23, 0, GUI_DIM, more);
	}
	return lane.y;
}

void gui_panel_lanes(struct gui_frame *frame, struct gui_rect card)
{
	float axis_y = card.y + card.h - AXIS;
	place(frame, card);
	draw_grid(frame, card, axis_y);
	float end = draw_lanes(frame, card, axis_y - 4);
	draw_now(frame, card.y + 8, axis_y);
	draw_events(frame, card.y + 8, end);
	draw_cursor(frame, card.y + 8, axis_y);
}
