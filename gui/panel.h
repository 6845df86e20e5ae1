/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame is made of, one file each. Cards get the space within their margins; lanes get a full row of the
 * time card, and put their curve where the view is.
 */
#ifndef GUI_PANEL_H
#define GUI_PANEL_H

#include "gui/format.h"
#include "gui/frame.h"
#include "gui/palette.h"

void gui_panel_bar(struct gui_frame *frame, struct gui_rect rect);
void gui_panel_lanes(struct gui_frame *frame, struct gui_rect card);
/* `trust`: it also says whether the run is to be believed. */
void gui_panel_log(struct gui_frame *frame, struct gui_rect rect, bool trust);
void gui_panel_headline(struct gui_frame *frame, struct gui_rect rect);
void gui_panel_layers(struct gui_frame *frame, struct gui_rect rect);
void gui_panel_budgets(struct gui_frame *frame, struct gui_rect rect);
void gui_panel_functions(struct gui_frame *frame, struct gui_rect rect);
void gui_panel_help(struct gui_frame *frame, struct gui_rect rect);

/* Whether the run is to be believed, in a sentence; "" if nothing is known. */
const char *gui_panel_trust(const struct gui_frame *frame, uint32_t *ret_colour);

/* How many layers there are to list, and how many budgets. */
int gui_panel_budget_rows(const struct gui_frame *frame);

void gui_lane_sensor(struct gui_frame *frame, struct gui_rect lane, unsigned sensor);
void gui_lane_result(struct gui_frame *frame, struct gui_rect lane);
void gui_lane_power(struct gui_frame *frame, struct gui_rect lane);
void gui_lane_core(struct gui_frame *frame, struct gui_rect lane);
void gui_lane_layers(struct gui_frame *frame, struct gui_rect lane);
void gui_lane_memory(struct gui_frame *frame, struct gui_rect lane);

/* --- for panels ---------------------------------------------------------------------------------------- */

/* Title at the left, a remark at the right, on a card's first line. */
void gui_panel_title_in(struct gui_frame *frame, struct gui_rect rect, const char *title, const char *remark,
			uint32_t colour);
void gui_panel_title(struct gui_frame *frame, struct gui_rect rect, const char *title, const char *remark);
float gui_panel_text(struct gui_frame *frame, enum gui_font font, enum gui_align align, float x,
		     float baseline, float room, uint32_t colour, const char *string);
float gui_panel_width(struct gui_frame *frame, enum gui_font font, const char *string);
void gui_panel_hot(struct gui_frame *frame, struct gui_rect rect, enum gui_action action);
bool gui_panel_pointed(const struct gui_frame *frame, struct gui_rect rect);
/* `part` of a bar, 0 … 1, on its empty track. */
void gui_panel_gauge(struct gui_frame *frame, struct gui_rect rect, double part, uint32_t colour);

/* --- for lanes ----------------------------------------------------------------------------------------- */

/* Name and unit, left of the curve. */
void gui_lane_title(struct gui_frame *frame, struct gui_rect lane, const char *title, const char *remark);
/* A remark right of the curve: the value under the cursor, or what the lane comes to. */
void gui_lane_readout(struct gui_frame *frame, struct gui_rect lane, float baseline, uint32_t colour,
		      const char *string);
/* A tick's label at height y. */
void gui_lane_tick(struct gui_frame *frame, float y, const char *string);
/* The pixel columns of the curve that are in the past: [*ret_first, *ret_last). */
void gui_lane_columns(const struct gui_frame *frame, int *ret_first, int *ret_last);
/* When a column begins, within [0, now]. */
uint64_t gui_lane_time(const struct gui_frame *frame, int column);
/* The readouts tell of a moment in the past, the cursor's; else of now and of the whole. */
bool gui_lane_looks_back(const struct gui_frame *frame);
/* The moment the readouts tell of: the cursor's, else now. */
uint64_t gui_lane_moment(const struct gui_frame *frame);
/* What is below it is drawn within the curve's part of the lane only. */
struct gui_clip gui_lane_clip(struct gui_frame *frame, struct gui_rect lane);
/* How solid to fill a band where a column holds `crowd` times as many values as can be told apart: 0.3 … 1. */
float gui_lane_solid(float crowd);
/* The least of 1, 2, 2.5, 4, 5, 8 times a power of ten that is not below `value`. */
double gui_lane_nice(double value);

/* Energy and power at the board's prices; 0 where the report has none. */
double gui_frame_energy_mj(const struct gui_frame *frame, const uint64_t state_ps[SIM_POWER_STATES]);
double gui_frame_mean_mw(const struct gui_frame *frame);
/* The report's number, or what the record says so far. */
struct gui_metric gui_frame_latency_ms(const struct gui_frame *frame);
struct gui_metric gui_frame_energy_uj(const struct gui_frame *frame);
struct gui_metric gui_frame_arena_bytes(const struct gui_frame *frame);
struct gui_metric gui_frame_battery_days(const struct gui_frame *frame);
const char *gui_frame_label(const struct gui_frame *frame, unsigned label);

#endif
