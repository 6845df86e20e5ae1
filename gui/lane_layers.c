/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inferences, and where there is room, the layers within each, in the colours of the layers card. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>

#define ROOM_FOR_LAYERS 24 /* logical units: from this width on an inference shows its layers */

static struct gui_rect box(const struct gui_frame *frame, struct gui_rect lane, uint64_t begin_ps,
			   uint64_t end_ps)
{
	float left = frame->view.x, right = left + frame->view.w;
	float from = gui_view_x(&frame->view, (double)begin_ps),
	      to = gui_view_x(&frame->view, (double)end_ps);
	from = from < left ? left : from;
	to = to > right ? right : to;
	return (struct gui_rect){from, lane.y + 8, to - from, lane.h - 16};
}

static void layer_name(const struct gui_frame *frame, const struct prof_layer *layer, char *ret_text,
		       size_t size)
{
	char op[40];
	gui_format_op(layer->op, op, sizeof op);
	for (int i = 0; i < frame->report.layers; i++)
		if (frame->report.layer[i].index == (int)layer->index && frame->report.layer[i].op[0])
			snprintf(op, sizeof op, "%s", frame->report.layer[i].op);
	snprintf(ret_text, size, "%u %s", layer->index, op);
}

static uint32_t colour_of(const struct prof_layer *layer)
{
	char op[40];
	gui_format_op(layer->op, op, sizeof op);
	return gui_format_op_colour(op);
}

static void draw_layer(struct gui_frame *frame, struct gui_rect lane, const struct prof_layer *layer)
{
	struct gui_rect rect = box(frame, lane, layer->begin_ps, layer->end_ps);
	char name[64];
	uint32_t colour = colour_of(layer);
	if (rect.w <= 0)
		return;
	/* A hair of space between neighbours, where it does not cost the layer itself. */
	struct gui_rect body = rect;
	if (body.w > 4)
		body.w -= 1;
	gui_draw_fill(&frame->draw, body, gui_palette_fade(colour, 0.38f));
	gui_draw_fill(&frame->draw, (struct gui_rect){body.x, body.y + body.h - 3, body.w, 3}, colour);
	layer_name(frame, layer, name, sizeof name);
	if (rect.w > 26)
		gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, rect.x + 5, rect.y + rect.h / 2 + 3,
			       rect.w - 9, GUI_INK, name);
}

static void draw_layers(struct gui_frame *frame, struct gui_rect lane, const struct prof_inference *inference)
{
	size_t last = prof_record_find(frame->record, PROF_TRACK_LAYER, inference->end_ps);
	for (size_t i = last; i != SIZE_MAX; i--) {
		const struct prof_layer *layer = prof_record_item(frame->record, PROF_TRACK_LAYER, i);
		if (layer->end_ps <= inference->begin_ps)
			break;
		draw_layer(frame, lane, layer);
	}
}

static void draw_inference(struct gui_frame *frame, struct gui_rect lane,
			   const struct prof_inference *inference)
{
	struct gui_rect rect = box(frame, lane, inference->begin_ps, inference->end_ps);
	if (rect.w < 0)
		return;
	bool layers = rect.w >= ROOM_FOR_LAYERS && frame->series.layers;
	rect.w = rect.w < 1 ? 1 : rect.w;
	gui_draw_fill(&frame->draw, rect, gui_palette_fade(GUI_BLUE, layers ? 0.16f : 0.5f));
	if (layers)
		draw_layers(frame, lane, inference);
}

/* The layer, else the inference, that was going on at `at_ps`. */
static bool what_was(struct gui_frame *frame, uint64_t at_ps, char *ret_name, size_t size, double *ret_s)
{
	size_t count = prof_record_count(frame->record, PROF_TRACK_LAYER);
	size_t i = prof_record_find(frame->record, PROF_TRACK_LAYER, at_ps) + 1;
	if (i < count) {
		const struct prof_layer *layer = prof_record_item(frame->record, PROF_TRACK_LAYER, i);
		if (layer->begin_ps <= at_ps) {
			layer_name(frame, layer, ret_name, size);
			*ret_s = (double)(layer->end_ps - layer->begin_ps) / GUI_PS_PER_S;
			return true;
		}
	}
	i = prof_record_find(frame->record, PROF_TRACK_INFERENCE, at_ps) + 1;
	if (i >= prof_record_count(frame->record, PROF_TRACK_INFERENCE))
		return false;
	const struct prof_inference *inference = prof_record_item(frame->record, PROF_TRACK_INFERENCE, i);
	if (inference->begin_ps > at_ps)
		return false;
	snprintf(ret_name, size, "inference %u", inference->index);
	*ret_s = (double)(inference->end_ps - inference->begin_ps) / GUI_PS_PER_S;
	return true;
}

static void readout(struct gui_frame *frame, struct gui_rect lane)
{
	char name[64], text[64], time[32];
	double seconds;
	if (gui_lane_looks_back(frame) &&
	    what_was(frame, gui_lane_moment(frame), name, sizeof name, &seconds)) {
		gui_format_join(gui_format_time(seconds), time, sizeof time);
		gui_lane_readout(frame, lane, lane.y + lane.h / 2 - 3, GUI_SOFT, name);
		gui_lane_readout(frame, lane, lane.y + lane.h / 2 + 13, GUI_DIM, time);
		return;
	}
	if (!frame->series.inferences)
		return;
	snprintf(text, sizeof text, "%zu inference%s", frame->series.inferences,
		 frame->series.inferences == 1 ? "" : "s");
	gui_lane_readout(frame, lane, lane.y + lane.h / 2 + 5, GUI_SOFT, text);
}

void gui_lane_layers(struct gui_frame *frame, struct gui_rect lane)
{
	const struct prof_record *record = frame->record;
	size_t count = prof_record_count(record, PROF_TRACK_INFERENCE);
	uint64_t begin = frame->view.begin_ps > 0 ? (uint64_t)frame->view.begin_ps : 0;
	gui_panel_text(frame, GUI_FONT_BOLD, GUI_LEFT, lane.x + 14, lane.y + lane.h / 2 + 5, 0, GUI_INK,
		       "layers");
	struct gui_clip before = gui_lane_clip(frame, lane);
	float drawn = -1;
	for (size_t i = prof_record_find(record, PROF_TRACK_INFERENCE, begin) + 1; i < count; i++) {
		const struct prof_inference *item = prof_record_item(record, PROF_TRACK_INFERENCE, i);
		if ((double)item->begin_ps > frame->view.end_ps)
			break;
		/* Several in one pixel are one. */
		float end = gui_view_x(&frame->view, (double)item->end_ps);
		if (end - drawn < 0.5f / frame->draw.scale)
			continue;
		drawn = end;
		draw_inference(frame, lane, item);
	}
	gui_draw_unclip(&frame->draw, before);
	readout(frame, lane);
}
