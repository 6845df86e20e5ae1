/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/frame.h"

#include "gui/panel.h"

#include <stdio.h>
#include <stdlib.h>

#define MARGIN 14
#define GAP 12
#define PAD 14
#define BAR 46

bool gui_frame_create(const struct prof_record *record, const char *title, uint64_t duration_ps, float scale,
		      struct gui_frame **ret_frame, struct err *err)
{
	struct gui_frame *frame = calloc(1, sizeof *frame);
	if (!frame)
		return err_internal(err, "out of memory");
	if (!gui_text_create(scale, &frame->text, err)) {
		free(frame);
		return false;
	}
	frame->draw.scale = scale;
	frame->record = record;
	frame->report_version = UINT32_MAX;
	snprintf(frame->title, sizeof frame->title, "%s", title ? title : "");
	gui_series_init(&frame->series, record);
	uint64_t now_ps = prof_record_now(record, NULL).ps;
	gui_view_init(&frame->view, (double)(duration_ps ? duration_ps : now_ps));
	gui_frame_update(frame, -1);
	*ret_frame = frame;
	return true;
}

void gui_frame_destroy(struct gui_frame *frame)
{
	if (!frame)
		return;
	gui_series_finish(&frame->series);
	gui_text_destroy(frame->text);
	free(frame);
}

bool gui_frame_set_scale(struct gui_frame *frame, float scale, struct err *err)
{
	struct gui_text *text;
	if (!gui_text_create(scale, &text, err))
		return false;
	gui_text_destroy(frame->text);
	frame->text = text;
	frame->draw.scale = scale;
	return true;
}

void gui_frame_update(struct gui_frame *frame, double elapsed_s)
{
	unsigned version;
	char *text = prof_record_report(frame->record, &version);
	if (version != frame->report_version)
		gui_report_read(&frame->report, text);
	frame->report_version = version;
	free(text);
	gui_series_update(&frame->series);
	gui_view_update(&frame->view, (double)frame->series.now_ps, elapsed_s);
}

/* --- where things are ---------------------------------------------------------------------------------- */

static struct gui_rect inner(struct gui_rect card)
{
	return (struct gui_rect){card.x + PAD, card.y + PAD, card.w - 2 * PAD, card.h - 2 * PAD};
}

static struct gui_rect card_at(struct gui_frame *frame, float x, float y, float w, float h)
{
	struct gui_rect card = {x, y, w, h};
	gui_draw_round(&frame->draw, card, 6, GUI_CARD);
	return card;
}

/* The column at the right: headline numbers, layers, budgets. Layers get what the others leave. */
static void draw_column(struct gui_frame *frame, struct gui_rect column, bool tight)
{
	float headline = tight ? 160 : 204, y = column.y;
	int rows = gui_panel_budget_rows(frame);
	float budgets = rows ? 2 * PAD + 20 + (float)rows * (tight ? 26 : 30) - 4 : 0;
	gui_panel_headline(frame, inner(card_at(frame, column.x, y, column.w, headline)));
	y += headline + GAP;
	float layers = column.y + column.h - y - (rows ? budgets + GAP : 0);
	if (layers >= 90)
		gui_panel_layers(frame, inner(card_at(frame, column.x, y, column.w, layers)));
	y += layers + GAP;
	if (rows)
		gui_panel_budgets(frame, inner(card_at(frame, column.x, y, column.w, budgets)));
}

static void draw_cards(struct gui_frame *frame, float w, float h)
{
	bool tight = h < 760; /* no room for functions beside the log: the column takes the whole height */
	float side = w < 1180 ? 300 : w < 1700 ? 372 : 420;
	float foot = tight ? 122 : h < 1000 ? 176 : 232;
	float top = BAR + GAP, left_w = w - 2 * MARGIN - GAP - side, high = h - top - GAP - foot - MARGIN;
	float side_x = MARGIN + left_w + GAP, foot_y = top + high + GAP;
	gui_panel_lanes(frame, card_at(frame, MARGIN, top, left_w, high));
	draw_column(frame, (struct gui_rect){side_x, top, side, tight ? high + GAP + foot : high}, tight);
	gui_panel_log(frame, inner(card_at(frame, MARGIN, foot_y, left_w, foot)), tight);
	if (!tight)
		gui_panel_functions(frame, inner(card_at(frame, side_x, foot_y, side, foot)));
}

void gui_frame_draw(struct gui_frame *frame, uint32_t *pixels, int width, int height)
{
	float scale = frame->draw.scale, w = (float)width / scale, h = (float)height / scale;
	gui_draw_init(&frame->draw, pixels, width, height, scale);
	frame->hots = 0;
	gui_draw_clear(&frame->draw, GUI_BACK);
	gui_panel_bar(frame, (struct gui_rect){0, 0, w, BAR});
	draw_cards(frame, w, h);
	if (frame->help)
		gui_panel_help(frame, (struct gui_rect){0, 0, w, h});
}

void gui_frame_show_inference(struct gui_frame *frame)
{
	size_t count = prof_record_count(frame->record, PROF_TRACK_INFERENCE), i = count - 1;
	if (!count)
		return;
	/* The first that ends after the cursor: the one under it, or the next. */
	if (gui_lane_looks_back(frame))
		i = prof_record_find(frame->record, PROF_TRACK_INFERENCE, gui_lane_moment(frame)) + 1;
	const struct prof_inference *item =
		prof_record_item(frame->record, PROF_TRACK_INFERENCE, i < count ? i : count - 1);
	gui_view_show(&frame->view, (double)item->begin_ps, (double)item->end_ps);
}

enum gui_action gui_frame_action(const struct gui_frame *frame, float x, float y)
{
	/* The last one drawn lies on top. */
	for (int i = frame->hots - 1; i >= 0; i--) {
		const struct gui_rect *r = &frame->hot[i].rect;
		if (x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h)
			return frame->hot[i].action;
	}
	return GUI_ACTION_NONE;
}
