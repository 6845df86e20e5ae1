/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Anti-aliased drawing into memory. All of the window is drawn here and reaches the screen as one texture: a
 * screenshot is the window, pixel for pixel, on any machine and without a display.
 *
 * Coordinates are logical units; `scale` pixels make one. Rectangles snap to whole pixels, so that edges stay
 * crisp at any scale. Colours are 0xAARRGGBB; the destination is always opaque.
 */
#ifndef GUI_DRAW_H
#define GUI_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gui_rect {
	float x, y, w, h;
};

struct gui_clip {
	int left, top, right, bottom; /* pixels, right and bottom excluded */
};

struct gui_draw {
	uint32_t *pixels; /* width * height, owned by the caller */
	int width, height;
	float scale;
	struct gui_clip clip;
};

void gui_draw_init(struct gui_draw *draw, uint32_t *pixels, int width, int height, float scale);
void gui_draw_clear(struct gui_draw *draw, uint32_t colour);

/* Narrows the clip to `rect`; returns the one before, to be put back with gui_draw_unclip. */
struct gui_clip gui_draw_clip(struct gui_draw *draw, struct gui_rect rect);
void gui_draw_unclip(struct gui_draw *draw, struct gui_clip before);

/* The pixel that logical `v` falls on. */
int gui_draw_pixel(const struct gui_draw *draw, float v);

void gui_draw_fill(struct gui_draw *draw, struct gui_rect rect, uint32_t colour);
void gui_draw_round(struct gui_draw *draw, struct gui_rect rect, float radius, uint32_t colour);
void gui_draw_disc(struct gui_draw *draw, float x, float y, float radius, uint32_t colour);
/* A filled triangle that points right: the "play" sign. */
void gui_draw_play(struct gui_draw *draw, struct gui_rect rect, uint32_t colour);

/* One pixel thin (more on dense screens), from x (y) for `length`; `dash` 0: solid. */
void gui_draw_across(struct gui_draw *draw, float x, float y, float length, float dash, uint32_t colour);
void gui_draw_down(struct gui_draw *draw, float x, float y, float length, float dash, uint32_t colour);

/* Multiplies everything in the clip by 1 - alpha of `colour` and adds it: a veil. */
void gui_draw_veil(struct gui_draw *draw, uint32_t colour);

/* Blends a mask of coverage, 0 … 255, with its top left corner at pixel (x, y). */
void gui_draw_mask(struct gui_draw *draw, int x, int y, const uint8_t *mask, int w, int h, uint32_t colour);

/* A column of pixels from `top` to `bottom` (pixels, fractions count as coverage). */
void gui_draw_column(struct gui_draw *draw, int column, float top, float bottom, uint32_t colour);

/*
 * A curve y(x), as the band of y that it covers in each column of pixels. Whether it comes from a million
 * samples or from two, it costs its columns.
 */
#define GUI_DRAW_COLUMNS 8192
struct gui_curve {
	int first, columns; /* pixel columns [first, first + columns) */
	float low[GUI_DRAW_COLUMNS], high[GUI_DRAW_COLUMNS]; /* pixels; low > high: nothing in this column */
};

void gui_curve_reset(struct gui_curve *curve, int first, int columns);
/* Pixels; columns outside of the curve are left out. */
void gui_curve_band(struct gui_curve *curve, int column, float y0, float y1);
void gui_curve_segment(struct gui_curve *curve, float x0, float y0, float x1, float y1);
/* Strokes it `width` logical units wide; neighbouring bands are joined where they do not touch. */
void gui_draw_curve(struct gui_draw *draw, const struct gui_curve *curve, float width, uint32_t colour);
/* The same with the inside of high bands only `inside` (0 … 1) as solid: what lies behind shows through. */
void gui_draw_band(struct gui_draw *draw, const struct gui_curve *curve, float width, float inside,
		   uint32_t colour);
/* Fills between the curve's upper edge and the pixel row `base`. */
void gui_draw_under(struct gui_draw *draw, const struct gui_curve *curve, float base, uint32_t colour);

#endif
