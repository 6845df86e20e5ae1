/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sensor's channels over time. Few samples: a line through them; many: the band between the smallest and the
 * largest of each column. What the scenario did to the sensor (notes that last) is shaded behind.
 */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace {
	const struct prof_sensor *about;
	unsigned sensor;
	size_t frames;
	float middle,
		per_count; /* pixels: y = middle - count * per_count; middle: where zero is or would be */
	bool both_signs;
	int first, last;         /* pixel columns */
	size_t first_frame, last_frame;
};

/* The range of all channels so far: one scale for them all, which zoom leaves alone. */
static void range_of(const struct gui_frame *frame, const struct trace *trace, double *ret_low,
		     double *ret_high)
{
	int least = 0, most = 0;
	for (unsigned c = 0; c < trace->about->channels && trace->frames; c++) {
		int16_t low, high;
		prof_record_envelope(frame->record, trace->sensor, c, 0, trace->frames, &low, &high);
		least = !c || low < least ? low : least;
		most = !c || high > most ? high : most;
	}
	*ret_low = least * trace->about->scale;
	*ret_high = most * trace->about->scale;
}

/*
 * Symmetric around zero where values have both signs or come near it (sound, acceleration); else what they span
 * (a temperature). `ret_remark` says which.
 */
static void set_scale(const struct gui_frame *frame, struct trace *trace, struct gui_rect lane,
		      char *ret_remark, size_t size)
{
	double low, high, scale = trace->about->scale, half = (lane.h - 16) / 2 * frame->draw.scale;
	range_of(frame, trace, &low, &high);
	trace->both_signs = low < 0;
	double most = fabs(low) > fabs(high) ? fabs(low) : fabs(high), middle = 0, full;
	if (high - low < 0.5 * most) {
		double step = gui_lane_nice((high - low) / 2 > fabs(scale) ? (high - low) / 2 : fabs(scale));
		low = floor(low / step) * step;
		high = ceil(high / step) * step;
		high = high > low ? high : low + step;
		middle = (low + high) / 2;
		full = (high - low) / 2;
		snprintf(ret_remark, size, "%g … %g %s", low, high, trace->about->unit);
	} else {
		full = gui_lane_nice(most * 1.02);
		snprintf(ret_remark, size, "± %g %s", full, trace->about->unit);
	}
	trace->per_count = (float)(half * scale / full);
	trace->middle = (float)((lane.y + lane.h / 2) * frame->draw.scale + half * middle / full);
}

static float y_of(const struct trace *trace, int count)
{
	return trace->middle - (float)count * trace->per_count;
}

/* A gap in the frames (a silent sensor) interrupts the line. */
static bool connected(const struct trace *trace, const struct prof_frame *a, const struct prof_frame *b)
{
	double period_ps = trace->about->rate_mhz ? 1e15 / (double)trace->about->rate_mhz : 1e12;
	return (double)(b->t_ps - a->t_ps) < 1.75 * period_ps;
}

static void line_through(struct gui_frame *frame, const struct trace *trace, unsigned channel,
			 uint32_t colour)
{
	struct gui_curve *curve = &frame->curve[0];
	const struct prof_frame *last = NULL;
	float last_x = 0, scale = frame->draw.scale;
	double pixels_apart = 0;
	gui_curve_reset(curve, trace->first, trace->last - trace->first);
	for (size_t i = trace->first_frame; i < trace->last_frame; i++) {
		const struct prof_frame *item = prof_record_frame(frame->record, trace->sensor, i);
		float x = gui_view_x(&frame->view, (double)item->t_ps) * scale;
		if (last && connected(trace, last, item)) {
			gui_curve_segment(curve, last_x, y_of(trace, last->count[channel]), x,
					  y_of(trace, item->count[channel]));
			pixels_apart = x - last_x;
		}
		last = item;
		last_x = x;
	}
	gui_draw_curve(&frame->draw, curve, 1.4f, gui_palette_fade(colour, 0.9f));
	if (pixels_apart < 9 * scale)
		return;
	for (size_t i = trace->first_frame; i < trace->last_frame; i++) {
		const struct prof_frame *item = prof_record_frame(frame->record, trace->sensor, i);
		gui_draw_disc(&frame->draw, gui_view_x(&frame->view, (double)item->t_ps),
			      y_of(trace, item->count[channel]) / scale, 2.2f, colour);
	}
}

static void band_of(struct gui_frame *frame, const struct trace *trace, unsigned channel, uint32_t colour)
{
	struct gui_curve *curve = &frame->curve[0];
	size_t from = trace->first_frame;
	gui_curve_reset(curve, trace->first, trace->last - trace->first);
	for (int column = trace->first; column < trace->last; column++) {
		size_t to = prof_record_find_frame(frame->record, trace->sensor,
						   gui_lane_time(frame, column + 1)) +
			    1;
		int16_t low, high;
		if (to > from) {
			prof_record_envelope(frame->record, trace->sensor, channel, from, to, &low, &high);
			gui_curve_band(curve, column, y_of(trace, high), y_of(trace, low));
		}
		from = to > from ? to : from;
	}
	/* The more samples in a column, the more the channels overlap: their outlines must tell them apart. */
	float each = (float)(trace->last_frame - trace->first_frame) / (float)(trace->last - trace->first);
	gui_draw_band(&frame->draw, curve, 1.0f, gui_lane_solid(each / 24), gui_palette_fade(colour, 0.7f));
}

/* Notes that last are shaded; one that begins with another sensor's name belongs to that one. */
static bool concerns(const struct gui_frame *frame, const struct trace *trace, const char *text)
{
	size_t mine = strlen(trace->about->name);
	if (!strncmp(text, trace->about->name, mine))
		return true;
	for (unsigned i = 0; i < prof_record_sensors(frame->record); i++) {
		const char *name = prof_record_sensor(frame->record, i)->name;
		if (*name && !strncmp(text, name, strlen(name)))
			return false;
	}
	return true;
}

/* The note's part in sight; false if there is none, or it is not this sensor's business. */
static bool span_of(const struct gui_frame *frame, const struct trace *trace, const struct prof_note *note,
		    float *ret_from, float *ret_to)
{
	float left = frame->view.x, right = frame->view.x + frame->view.w;
	float from = gui_view_x(&frame->view, (double)note->begin_ps),
	      to = gui_view_x(&frame->view, (double)note->end_ps);
	if (note->end_ps <= note->begin_ps || to <= left || from >= right ||
	    !concerns(frame, trace, note->text))
		return false;
	*ret_from = from < left ? left : from;
	*ret_to = to > right ? right : to < from + 2 ? from + 2 : to;
	return true;
}

static void shade(struct gui_frame *frame, const struct trace *trace, struct gui_rect lane)
{
	size_t notes = prof_record_count(frame->record, PROF_TRACK_NOTE);
	float from, to;
	for (size_t i = 0; i < notes; i++) {
		const struct prof_note *note = prof_record_item(frame->record, PROF_TRACK_NOTE, i);
		if (span_of(frame, trace, note, &from, &to))
			gui_draw_fill(&frame->draw,
				      (struct gui_rect){from, lane.y + 4, to - from, lane.h - 8},
				      gui_palette_fade(GUI_RED, 0.16f));
	}
}

/* What the shades are, where there is room between the last name and the end of the lane. */
static void name_shades(struct gui_frame *frame, const struct trace *trace, struct gui_rect lane)
{
	size_t notes = prof_record_count(frame->record, PROF_TRACK_NOTE), mine = strlen(trace->about->name);
	float from, to, free_from = frame->view.x, right = frame->view.x + frame->view.w;
	for (size_t i = 0; i < notes && lane.h > 40; i++) {
		const struct prof_note *note = prof_record_item(frame->record, PROF_TRACK_NOTE, i);
		if (!span_of(frame, trace, note, &from, &to) || from + 5 < free_from || right - from < 40)
			continue;
		const char *text = note->text;
		if (!strncmp(text, trace->about->name, mine))
			text += mine + strspn(text + mine, ": ");
		free_from = from + 13 +
			    gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, from + 5, lane.y + 16,
					   right - from > 168 ? 160 : right - from - 8, GUI_RED, text);
	}
}

/* As many as a count is worth, three at most. */
static int decimals(double scale)
{
	double digits = scale > 0 ? ceil(-log10(scale) - 1e-9) : 3;
	return digits < 0 ? 0 : digits > 3 ? 3 : (int)digits;
}

static void readouts(struct gui_frame *frame, const struct trace *trace, struct gui_rect lane)
{
	size_t at = prof_record_find_frame(frame->record, trace->sensor, gui_lane_moment(frame));
	float row = 17, y = lane.y + 20;
	if (at == SIZE_MAX)
		return;
	const struct prof_frame *item = prof_record_frame(frame->record, trace->sensor, at);
	for (unsigned c = 0; c < trace->about->channels && y <= lane.y + lane.h - 4; c++, y += row) {
		char text[64];
		snprintf(text, sizeof text, "%s", trace->about->channel[c]);
		gui_lane_readout(frame, lane, y, gui_palette_channel(c), text);
		double value = item->count[c] * trace->about->scale;
		const char *sign = value < 0 ? "−" : trace->both_signs ? "+" : "";
		snprintf(text, sizeof text, "%s%.*f", sign, decimals(trace->about->scale), fabs(value));
		float right = frame->view.x + frame->view.w + 10;
		float name = gui_panel_width(frame, GUI_FONT_BODY, trace->about->channel[c]);
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, right + (name < 16 ? 20 : name + 8), y,
			       lane.x + lane.w - right - 8 - (name < 16 ? 20 : name + 8), GUI_SOFT, text);
	}
}

static void draw_channels(struct gui_frame *frame, struct trace *trace)
{
	gui_lane_columns(frame, &trace->first, &trace->last);
	size_t from =
		prof_record_find_frame(frame->record, trace->sensor, gui_lane_time(frame, trace->first));
	size_t to = prof_record_find_frame(frame->record, trace->sensor, gui_lane_time(frame, trace->last));
	trace->first_frame = from == SIZE_MAX ? 0 : from;
	/* One more than what is in sight, so that the line leaves at the edge. */
	trace->last_frame = to == SIZE_MAX ? 0 : to + 2 < trace->frames ? to + 2 : trace->frames;
	if (trace->last <= trace->first || trace->last_frame <= trace->first_frame)
		return;
	bool few = trace->last_frame - trace->first_frame < 2 * (size_t)(trace->last - trace->first);
	for (unsigned c = 0; c < trace->about->channels; c++)
		(few ? line_through : band_of)(frame, trace, c, gui_palette_channel(c));
}

void gui_lane_sensor(struct gui_frame *frame, struct gui_rect lane, unsigned sensor)
{
	struct trace trace = {.about = prof_record_sensor(frame->record, sensor), .sensor = sensor,
			      .frames = prof_record_frames(frame->record, sensor)};
	char remark[64];
	set_scale(frame, &trace, lane, remark, sizeof remark);
	gui_lane_title(frame, lane, trace.about->name, trace.frames ? remark : trace.about->unit);
	shade(frame, &trace, lane);
	struct gui_clip before = gui_lane_clip(frame, lane);
	gui_draw_across(&frame->draw, frame->view.x, trace.middle / frame->draw.scale, frame->view.w, 0,
			gui_palette_fade(GUI_LINE, 0.8f));
	draw_channels(frame, &trace);
	gui_draw_unclip(&frame->draw, before);
	name_shades(frame, &trace, lane);
	readouts(frame, &trace, lane);
}
