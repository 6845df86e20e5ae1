/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which layer costs what, in the order they run; where there is no room for all, the costly ones stay. */
#include "gui/panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROW 28 /* at most, and at least: */
#define ROW_LEAST 21.5f
#define GAP 4

struct row {
	int index;
	char name[64];
	double cycles, macs, energy_uj; /* of all calls; energy 0: not known */
	uint32_t colour;
	bool shown;
};

static int layer_rows(const struct gui_frame *frame)
{
	return frame->report.layers ? frame->report.layers : (int)frame->series.layers;
}

/* From the report, which is complete, else from what the record has seen. */
static double rows_of(const struct gui_frame *frame, struct row *row, int rows)
{
	double sum = 0;
	for (int i = 0; i < rows; i++) {
		char op[40];
		if (frame->report.layers) {
			const struct gui_report_layer *layer = &frame->report.layer[i];
			snprintf(op, sizeof op, "%s", layer->op[0] ? layer->op : layer->name);
			row[i] = (struct row){.index = layer->index,
					      .cycles = layer->cycles,
					      .macs = layer->macs,
					      .energy_uj = layer->energy_uj};
		} else {
			const struct gui_layer_sum *layer = &frame->series.layer[i];
			gui_format_op(layer->op, op, sizeof op);
			row[i] = (struct row){
				.index = i, .cycles = (double)layer->cycles, .macs = (double)layer->macs};
		}
		snprintf(row[i].name, sizeof row[i].name, "%s", op);
		row[i].colour = gui_format_op_colour(op);
		sum += row[i].cycles;
	}
	return sum;
}

/* Marks the `room` costliest rows. */
static void choose(struct row *row, int rows, int room)
{
	for (int n = 0; n < room && n < rows; n++) {
		int best = -1;
		for (int i = 0; i < rows; i++)
			if (!row[i].shown && (best < 0 || row[i].cycles > row[best].cycles))
				best = i;
		row[best].shown = true;
	}
}

static void draw_row(struct gui_frame *frame, struct gui_rect rect, const struct row *row, double sum,
		     double most)
{
	char text[96], share[24];
	double part = sum > 0 ? row->cycles / sum : 0;
	struct gui_rect bar = {rect.x, rect.y, rect.w - 58, rect.h - GAP};
	float baseline = bar.y + bar.h / 2 + 4;
	snprintf(share, sizeof share, "%.1f %%", part * 100);
	snprintf(text, sizeof text, "%d", row->index);
	float wide = most > 0 ? (float)(row->cycles / most) * bar.w : 0;
	gui_draw_round(&frame->draw, (struct gui_rect){bar.x, bar.y, wide < 3 ? 3 : wide, bar.h}, 3,
		       gui_palette_fade(row->colour, 0.34f));
	gui_draw_round(&frame->draw, (struct gui_rect){bar.x, bar.y, 3, bar.h}, 1.5f, row->colour);
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_RIGHT, bar.x + 25, baseline, 0, GUI_DIM, text);
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, bar.x + 32, baseline, bar.w - 34, GUI_INK, row->name);
	gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, rect.x + rect.w, baseline + 0.5f, 54, GUI_SOFT,
		       share);
}

/* What a layer takes in one inference. */
static void describe(const struct row *row, double inferences, char *ret_text, size_t size)
{
	char cycles[32], energy[32];
	gui_format_join(gui_format_count(row->cycles / inferences), cycles, sizeof cycles);
	size_t n = (size_t)snprintf(ret_text, size, "%s cycles", cycles);
	if (row->macs > 0 && row->cycles > 0 && n < size)
		n += (size_t)snprintf(ret_text + n, size - n, " · %.2f MAC/cycle", row->macs / row->cycles);
	if (row->energy_uj > 0 && n < size) {
		gui_format_join(gui_format_energy(row->energy_uj / inferences / 1e6), energy, sizeof energy);
		snprintf(ret_text + n, size - n, " · %s", energy);
	}
}

static void draw_rest(struct gui_frame *frame, struct gui_rect rect, float y, int rows, double part)
{
	char text[32];
	snprintf(text, sizeof text, "%d more", rows);
	gui_panel_text(frame, GUI_FONT_SMALL, GUI_LEFT, rect.x + 32, y + 14.5f, 0, GUI_DIM, text);
	snprintf(text, sizeof text, "%.1f %%", part * 100);
	gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, rect.x + rect.w, y + 15, 54, GUI_DIM, text);
}

void gui_panel_layers(struct gui_frame *frame, struct gui_rect rect)
{
	int rows = layer_rows(frame);
	float high = rows ? (rect.h - 20) / (float)rows : ROW;
	high = high > ROW ? ROW : high < ROW_LEAST ? ROW_LEAST : high;
	int room = (int)((rect.h - 20) / high + 0.01f);
	struct row row[GUI_SERIES_LAYERS];
	double sum = rows_of(frame, row, rows), most = 0, hidden = 0;
	double inferences = frame->series.inferences ? (double)frame->series.inferences : 1;
	char remark[96] = "", count[32];
	gui_format_join(gui_format_count(sum / inferences), count, sizeof count);
	if (sum > 0)
		snprintf(remark, sizeof remark, "%s an inference", count);
	/* A line for the rest, if there is a rest. */
	bool all = rows <= room;
	choose(row, rows, all ? rows : room - 1);
	for (int i = 0; i < rows; i++)
		most = row[i].cycles > most ? row[i].cycles : most;
	float y = rect.y + 23;
	for (int i = 0; i < rows; i++) {
		struct gui_rect line = {rect.x, y, rect.w, high};
		if (!row[i].shown) {
			hidden += row[i].cycles;
			continue;
		}
		if (gui_panel_pointed(frame, line))
			describe(&row[i], inferences, remark, sizeof remark);
		draw_row(frame, line, &row[i], sum, most);
		y += high;
	}
	if (!all && room > 0)
		draw_rest(frame, rect, y, rows - (room - 1), sum > 0 ? hidden / sum : 0);
	gui_panel_title(frame, rect, "cycles per layer", remark);
}
