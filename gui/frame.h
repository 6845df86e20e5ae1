/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One picture of the window: everything that is on it is drawn here, from a record and a view, into memory. The
 * same record, size, scale, view and pointer give the same pixels. Knows neither SDL's windows nor threads.
 */
#ifndef GUI_FRAME_H
#define GUI_FRAME_H

#include "base/err.h"
#include "gui/draw.h"
#include "gui/report.h"
#include "gui/series.h"
#include "gui/text.h"
#include "gui/view.h"

#define GUI_MIN_WIDTH 880
#define GUI_MIN_HEIGHT 560

enum gui_action {
	GUI_ACTION_NONE,
	GUI_ACTION_PAUSE,
	GUI_ACTION_STEP,
	GUI_ACTION_SPEED, /* the next one; after the fastest the slowest */
	GUI_ACTION_FOLLOW,
	GUI_ACTION_HELP,
	GUI_ACTION_LANES, /* where time is zoomed and dragged */
};

/* What the run is doing, as the bar on top shows it. */
struct gui_status {
	bool live; /* a machine runs or waits; otherwise a finished record is shown */
	bool paused, over, stepping;
	double speed; /* times real time; 0: as fast as it goes */
	double mips, realtime; /* how fast it really goes */
};

struct gui_hot {
	struct gui_rect rect;
	enum gui_action action;
};

#define GUI_FRAME_HOTS 16
struct gui_frame {
	struct gui_draw draw;
	struct gui_text *text;
	const struct prof_record *record;
	struct gui_series series;
	struct gui_report report;
	unsigned report_version;
	struct gui_view view;
	struct gui_status status;
	char title[96];
	bool help;

	bool pointing; /* the pointer is over the window, at: */
	float pointer_x, pointer_y;
	bool cursor; /* … over the lanes, so a moment is pointed at: */
	double cursor_ps;

	struct gui_hot hot[GUI_FRAME_HOTS];
	int hots;
	struct gui_curve curve[2]; /* scratch of the lane being drawn */
};

/* `record` must outlive the frame. `duration_ps` 0: unknown. */
bool gui_frame_create(const struct prof_record *record, const char *title, uint64_t duration_ps, float scale,
		      struct gui_frame **ret_frame, struct err *err);
void gui_frame_destroy(struct gui_frame *frame);

/* Pixels per logical unit. On false, the old one stays. */
bool gui_frame_set_scale(struct gui_frame *frame, float scale, struct err *err);

/* Takes in what the record has gained; `elapsed_s` as in gui_view_update. */
void gui_frame_update(struct gui_frame *frame, double elapsed_s);

/* Draws into pixels[width * height], 0xAARRGGBB. */
void gui_frame_draw(struct gui_frame *frame, uint32_t *pixels, int width, int height);

/* Shows the inference pointed at, or the last one, and nothing else. */
void gui_frame_show_inference(struct gui_frame *frame);

/* What a click at logical (x, y) means, going by the last picture drawn. */
enum gui_action gui_frame_action(const struct gui_frame *frame, float x, float y);

#endif
