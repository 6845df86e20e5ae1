/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/draw.h"

#include <math.h>

void gui_draw_init(struct gui_draw *draw, uint32_t *pixels, int width, int height, float scale)
{
	draw->pixels = pixels;
	draw->width = width;
	draw->height = height;
	draw->scale = scale;
	draw->clip = (struct gui_clip){0, 0, width, height};
}

static inline uint32_t *row_of(struct gui_draw *draw, int y)
{
	return draw->pixels + (size_t)y * (size_t)draw->width;
}

/* alpha 0 … 256. Two channels at a time; the sums cannot carry into the neighbour. */
static inline uint32_t mix(uint32_t under, uint32_t over, uint32_t alpha)
{
	uint32_t rest = 256 - alpha;
	uint32_t rb = ((over & 0xFF00FFu) * alpha + (under & 0xFF00FFu) * rest) >> 8 & 0xFF00FFu;
	uint32_t g = ((over & 0x00FF00u) * alpha + (under & 0x00FF00u) * rest) >> 8 & 0x00FF00u;
	return 0xFF000000u | rb | g;
}

static inline uint32_t alpha_of(uint32_t colour)
{
	uint32_t alpha = colour >> 24;
	return alpha + (alpha >> 7); /* 255 becomes 256 */
}

static inline uint32_t covered(uint32_t colour, float coverage)
{
	return (uint32_t)((float)alpha_of(colour) * coverage + 0.5f);
}

static void fill_row(uint32_t *row, int from, int to, uint32_t colour)
{
	uint32_t alpha = alpha_of(colour);
	if (alpha == 256)
		for (int x = from; x < to; x++)
			row[x] = colour;
	else
		for (int x = from; x < to; x++)
			row[x] = mix(row[x], colour, alpha);
}

static struct gui_clip cut(const struct gui_clip *clip, int left, int top, int right, int bottom)
{
	struct gui_clip c = {
		left > clip->left ? left : clip->left,
		top > clip->top ? top : clip->top,
		right < clip->right ? right : clip->right,
		bottom < clip->bottom ? bottom : clip->bottom,
	};
	return c;
}

int gui_draw_pixel(const struct gui_draw *draw, float v)
{
	return (int)lroundf(v * draw->scale);
}

static struct gui_clip pixels_of(const struct gui_draw *draw, struct gui_rect r)
{
	return (struct gui_clip){gui_draw_pixel(draw, r.x), gui_draw_pixel(draw, r.y),
				 gui_draw_pixel(draw, r.x + r.w), gui_draw_pixel(draw, r.y + r.h)};
}

static void fill_pixels(struct gui_draw *draw, struct gui_clip p, uint32_t colour)
{
	struct gui_clip c = cut(&draw->clip, p.left, p.top, p.right, p.bottom);
	for (int y = c.top; y < c.bottom; y++)
		fill_row(row_of(draw, y), c.left, c.right, colour);
}

void gui_draw_clear(struct gui_draw *draw, uint32_t colour)
{
	fill_pixels(draw, (struct gui_clip){0, 0, draw->width, draw->height}, colour);
}

void gui_draw_veil(struct gui_draw *draw, uint32_t colour)
{
	fill_pixels(draw, draw->clip, colour);
}

struct gui_clip gui_draw_clip(struct gui_draw *draw, struct gui_rect rect)
{
	struct gui_clip before = draw->clip, p = pixels_of(draw, rect);
	draw->clip = cut(&before, p.left, p.top, p.right, p.bottom);
	return before;
}

void gui_draw_unclip(struct gui_draw *draw, struct gui_clip before)
{
	draw->clip = before;
}

void gui_draw_fill(struct gui_draw *draw, struct gui_rect rect, uint32_t colour)
{
	fill_pixels(draw, pixels_of(draw, rect), colour);
}

/* --- round things -------------------------------------------------------------------------------------- */

static inline float clamp01(float v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* One row of a corner: pixels whose centre is within `radius` of (cx, cy), soft over one pixel. */
static void corner_row(struct gui_draw *draw, int y, int from, int to, float cx, float cy, float radius,
		       uint32_t colour)
{
	struct gui_clip c = cut(&draw->clip, from, y, to, y + 1);
	if (c.top >= c.bottom)
		return;
	uint32_t *row = row_of(draw, y);
	float dy = (float)y + 0.5f - cy;
	for (int x = c.left; x < c.right; x++) {
		float dx = (float)x + 0.5f - cx;
		float coverage = clamp01(radius + 0.5f - sqrtf(dx * dx + dy * dy));
		if (coverage > 0)
			row[x] = mix(row[x], colour, covered(colour, coverage));
	}
}

void gui_draw_round(struct gui_draw *draw, struct gui_rect rect, float radius, uint32_t colour)
{
	struct gui_clip p = pixels_of(draw, rect);
	int wide = p.right - p.left, high = p.bottom - p.top;
	if (wide <= 0 || high <= 0)
		return;
	int r = gui_draw_pixel(draw, radius), most = (wide < high ? wide : high) / 2;
	r = r < most ? r : most;
	for (int i = 0; i < r; i++) {
		float top = (float)(p.top + r), bottom = (float)(p.bottom - r);
		float left = (float)(p.left + r), right = (float)(p.right - r), round = (float)r;
		corner_row(draw, p.top + i, p.left, p.left + r, left, top, round, colour);
		corner_row(draw, p.top + i, p.right - r, p.right, right, top, round, colour);
		corner_row(draw, p.bottom - 1 - i, p.left, p.left + r, left, bottom, round, colour);
		corner_row(draw, p.bottom - 1 - i, p.right - r, p.right, right, bottom, round, colour);
	}
	fill_pixels(draw, (struct gui_clip){p.left + r, p.top, p.right - r, p.top + r}, colour);
	fill_pixels(draw, (struct gui_clip){p.left, p.top + r, p.right, p.bottom - r}, colour);
	fill_pixels(draw, (struct gui_clip){p.left + r, p.bottom - r, p.right - r, p.bottom}, colour);
}

void gui_draw_disc(struct gui_draw *draw, float x, float y, float radius, uint32_t colour)
{
	float cx = x * draw->scale, cy = y * draw->scale, r = radius * draw->scale;
	for (int row = (int)floorf(cy - r - 1); row <= (int)ceilf(cy + r + 1); row++)
		corner_row(draw, row, (int)floorf(cx - r - 1), (int)ceilf(cx + r + 1), cx, cy, r, colour);
}

void gui_draw_play(struct gui_draw *draw, struct gui_rect rect, uint32_t colour)
{
	struct gui_clip p = pixels_of(draw, rect);
	float middle = (float)(p.top + p.bottom) / 2, half = (float)(p.bottom - p.top) / 2;
	for (int x = p.left; x < p.right; x++) {
		float open = half * (1 - ((float)(x - p.left) + 0.5f) / (float)(p.right - p.left));
		gui_draw_column(draw, x, middle - open, middle + open, colour);
	}
}

/* --- thin lines ---------------------------------------------------------------------------------------- */

static int thin(const struct gui_draw *draw)
{
	return draw->scale < 1.5f ? 1 : (int)draw->scale;
}

void gui_draw_across(struct gui_draw *draw, float x, float y, float length, float dash, uint32_t colour)
{
	int top = gui_draw_pixel(draw, y), left = gui_draw_pixel(draw, x),
	    right = gui_draw_pixel(draw, x + length);
	int step = dash > 0 ? gui_draw_pixel(draw, dash) : right - left;
	for (int at = left; at < right && step > 0; at += dash > 0 ? 2 * step : step) {
		int end = at + step < right ? at + step : right;
		fill_pixels(draw, (struct gui_clip){at, top, end, top + thin(draw)}, colour);
	}
}

void gui_draw_down(struct gui_draw *draw, float x, float y, float length, float dash, uint32_t colour)
{
	int left = gui_draw_pixel(draw, x), top = gui_draw_pixel(draw, y),
	    bottom = gui_draw_pixel(draw, y + length);
	int step = dash > 0 ? gui_draw_pixel(draw, dash) : bottom - top;
	for (int at = top; at < bottom && step > 0; at += dash > 0 ? 2 * step : step) {
		int end = at + step < bottom ? at + step : bottom;
		fill_pixels(draw, (struct gui_clip){left, at, left + thin(draw), end}, colour);
	}
}

void gui_draw_mask(struct gui_draw *draw, int x, int y, const uint8_t *mask, int w, int h, uint32_t colour)
{
	struct gui_clip c = cut(&draw->clip, x, y, x + w, y + h);
	uint32_t alpha = alpha_of(colour);
	for (int py = c.top; py < c.bottom; py++) {
		uint32_t *row = row_of(draw, py);
		const uint8_t *from = mask + (size_t)(py - y) * (size_t)w;
		for (int px = c.left; px < c.right; px++) {
			uint32_t m = from[px - x];
			if (m)
				row[px] = mix(row[px], colour, (m + (m >> 7)) * alpha >> 8);
		}
	}
}

/* --- curves -------------------------------------------------------------------------------------------- */

void gui_draw_column(struct gui_draw *draw, int column, float top, float bottom, uint32_t colour)
{
	if (column < draw->clip.left || column >= draw->clip.right || !(bottom > top))
		return;
	top = top < (float)draw->clip.top ? (float)draw->clip.top : top;
	bottom = bottom > (float)draw->clip.bottom ? (float)draw->clip.bottom : bottom;
	int y = (int)top, full = (int)bottom;
	if (!(bottom > top))
		return;
	uint32_t *pixel = row_of(draw, y) + column;
	uint32_t alpha = alpha_of(colour);
	size_t stride = (size_t)draw->width;
	if (y == full) {
		*pixel = mix(*pixel, colour, covered(colour, bottom - top));
		return;
	}
	*pixel = mix(*pixel, colour, covered(colour, (float)(y + 1) - top));
	for (y++, pixel += stride; y < full; y++, pixel += stride)
		*pixel = mix(*pixel, colour, alpha);
	if (y < draw->clip.bottom && bottom > (float)full)
		*pixel = mix(*pixel, colour, covered(colour, bottom - (float)full));
}

void gui_curve_reset(struct gui_curve *curve, int first, int columns)
{
	curve->first = first;
	curve->columns = columns < 0 ? 0 : columns < GUI_DRAW_COLUMNS ? columns : GUI_DRAW_COLUMNS;
	for (int i = 0; i < curve->columns; i++) {
		curve->low[i] = INFINITY;
		curve->high[i] = -INFINITY;
	}
}

void gui_curve_band(struct gui_curve *curve, int column, float y0, float y1)
{
	int i = column - curve->first;
	if (i < 0 || i >= curve->columns)
		return;
	float low = y0 < y1 ? y0 : y1, high = y0 < y1 ? y1 : y0;
	if (low < curve->low[i])
		curve->low[i] = low;
	if (high > curve->high[i])
		curve->high[i] = high;
}

void gui_curve_segment(struct gui_curve *curve, float x0, float y0, float x1, float y1)
{
	float left = (float)curve->first, right = (float)(curve->first + curve->columns);
	if (!(x1 >= x0) || x1 < left || x0 >= right)
		return;
	float slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
	int from = (int)floorf(x0 > left ? x0 : left), to = (int)floorf(x1 < right ? x1 : right - 1);
	for (int column = from; column <= to; column++) {
		float begin = (float)column > x0 ? (float)column : x0,
		      end = (float)(column + 1) < x1 ? (float)(column + 1) : x1;
		float ya = y0 + (begin - x0) * slope;
		gui_curve_band(curve, column, ya, x1 > x0 ? y0 + (end - x0) * slope : y1);
	}
}

static void band_column(struct gui_draw *draw, int column, float top, float bottom, float edge,
			uint32_t colour, uint32_t inner)
{
	if (bottom - top <= 2.5f * edge || inner == colour) {
		gui_draw_column(draw, column, top, bottom, colour);
		return;
	}
	gui_draw_column(draw, column, top, top + edge, colour);
	gui_draw_column(draw, column, top + edge, bottom - edge, inner);
	gui_draw_column(draw, column, bottom - edge, bottom, colour);
}

void gui_draw_curve(struct gui_draw *draw, const struct gui_curve *curve, float width, uint32_t colour)
{
	gui_draw_band(draw, curve, width, 1, colour);
}

void gui_draw_band(struct gui_draw *draw, const struct gui_curve *curve, float width, float inside,
		   uint32_t colour)
{
	uint32_t inner = (colour & 0xFFFFFFu) | (uint32_t)((float)(colour >> 24) * inside + 0.5f) << 24;
	float half = width * draw->scale / 2, last_low = 0, last_high = 0;
	bool joined = false;
	for (int i = 0; i < curve->columns; i++) {
		float low = curve->low[i], high = curve->high[i];
		bool drawn = low <= high;
		if (drawn) {
			float top = joined && last_high < low ? last_high : low;
			float bottom = joined && last_low > high ? last_low : high;
			band_column(draw, curve->first + i, top - half, bottom + half, 2 * half, colour,
				    inner);
		}
		joined = drawn;
		last_low = low;
		last_high = high;
	}
}

void gui_draw_under(struct gui_draw *draw, const struct gui_curve *curve, float base, uint32_t colour)
{
	for (int i = 0; i < curve->columns; i++)
		if (curve->low[i] <= curve->high[i])
			gui_draw_column(draw, curve->first + i, curve->low[i], base, colour);
}
