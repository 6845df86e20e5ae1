/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gui/draw.h"
#include "gui/text.h"

#define W 64
#define H 48
#define BLACK 0xFF000000u
#define WHITE 0xFFFFFFFFu

static uint32_t pixels[W * H];

static struct gui_draw blank(float scale)
{
	struct gui_draw draw;
	gui_draw_init(&draw, pixels, W, H, scale);
	gui_draw_clear(&draw, BLACK);
	return draw;
}

/* How much white there is, in pixels. */
static double light(void)
{
	double sum = 0;
	for (int i = 0; i < W * H; i++)
		sum += (pixels[i] & 0xFF) / 255.0;
	return sum;
}

static void a_rectangle_snaps_to_whole_pixels(void **state)
{
	struct gui_draw draw = blank(1.5f);
	gui_draw_fill(&draw, (struct gui_rect){2.1f, 3.2f, 10, 5}, WHITE);
	for (int i = 0; i < W * H; i++)
		assert_true(pixels[i] == BLACK || pixels[i] == WHITE);
	assert_true(light() == 15 * 7);
}

static void neighbours_neither_overlap_nor_leave_a_gap(void **state)
{
	struct gui_draw draw = blank(1.25f);
	for (int i = 0; i < 10; i++)
		gui_draw_fill(&draw, (struct gui_rect){(float)i * 3.7f, 0, 3.7f, 8}, 0x80FFFFFFu);
	for (int x = 1; x < 46; x++)
		assert_int_equal(pixels[x], pixels[0]);
}

static void nothing_is_drawn_outside_of_the_clip(void **state)
{
	struct gui_draw draw = blank(1);
	struct gui_clip before = gui_draw_clip(&draw, (struct gui_rect){10, 10, 8, 8});
	struct gui_curve *curve = malloc(sizeof *curve);
	static const uint8_t mask[16] = {255, 255, 255, 255, 255, 255, 255, 255,
					 255, 255, 255, 255, 255, 255, 255, 255};
	assert_non_null(curve);
	gui_draw_fill(&draw, (struct gui_rect){-5, -5, 200, 200}, 0xFF0000FFu);
	gui_draw_round(&draw, (struct gui_rect){5, 5, 40, 40}, 9, WHITE);
	gui_draw_disc(&draw, 10, 10, 12, WHITE);
	gui_draw_mask(&draw, 8, 8, mask, 4, 4, WHITE);
	gui_draw_across(&draw, -9, 12, 500, 3, WHITE);
	gui_draw_down(&draw, 12, -9, 500, 0, WHITE);
	gui_draw_veil(&draw, 0x40FF0000u);
	gui_curve_reset(curve, 0, W);
	gui_curve_segment(curve, -20, -100, 90, 300);
	gui_draw_curve(&draw, curve, 3, WHITE);
	gui_draw_under(&draw, curve, 900, WHITE);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			if (x < 10 || x >= 18 || y < 10 || y >= 18)
				assert_int_equal(pixels[y * W + x], BLACK);
	gui_draw_unclip(&draw, before);
	gui_draw_fill(&draw, (struct gui_rect){0, 0, 1, 1}, WHITE);
	assert_int_equal(pixels[0], WHITE);
	free(curve);
}

static void a_column_is_as_light_as_it_is_high(void **state)
{
	for (float top = 4; top < 6; top += 0.23f)
		for (float high = 0.1f; high < 5; high += 0.31f) {
			struct gui_draw draw = blank(1);
			gui_draw_column(&draw, 3, top, top + high, WHITE);
			assert_true(fabs(light() - high) < 0.03);
		}
}

static void a_disc_is_as_light_as_its_area(void **state)
{
	struct gui_draw draw = blank(1);
	gui_draw_disc(&draw, 30.3f, 20.7f, 8, WHITE);
	assert_true(fabs(light() - M_PI * 64) < 2);
}

static void a_curve_has_no_holes_however_steep(void **state)
{
	struct gui_draw draw = blank(1);
	struct gui_curve *curve = malloc(sizeof *curve);
	assert_non_null(curve);
	gui_curve_reset(curve, 2, 50);
	gui_curve_segment(curve, 2, 40, 20, 40);
	gui_curve_segment(curve, 20, 40, 21, 5);
	gui_curve_segment(curve, 21, 5, 52, 5);
	gui_draw_curve(&draw, curve, 1, WHITE);
	/* A connected path: each column's light touches the one before. */
	for (int x = 3; x < 52; x++) {
		bool touches = false;
		for (int y = 0; y < H; y++)
			touches |= pixels[y * W + x] != BLACK &&
				   (pixels[y * W + x - 1] != BLACK ||
				    (y && pixels[(y - 1) * W + x - 1] != BLACK) ||
				    (y + 1 < H && pixels[(y + 1) * W + x - 1] != BLACK));
		assert_true(touches);
	}
	free(curve);
}

static void an_empty_column_interrupts_a_curve(void **state)
{
	struct gui_draw draw = blank(1);
	struct gui_curve *curve = malloc(sizeof *curve);
	assert_non_null(curve);
	gui_curve_reset(curve, 0, 20);
	gui_curve_band(curve, 4, 10, 10);
	gui_curve_band(curve, 6, 30, 30);
	gui_draw_curve(&draw, curve, 1, WHITE);
	assert_true(fabs(light() - 2) < 0.05);
	free(curve);
}

/* --- text --- */

static struct gui_text *fonts(float scale)
{
	struct gui_text *text;
	struct err err;
	if (!gui_text_create(scale, &text, &err))
		fail_msg("%s", err.text);
	return text;
}

static int rightmost(void)
{
	int most = -1;
	for (int i = 0; i < W * H; i++)
		if (pixels[i] != BLACK && i % W > most)
			most = i % W;
	return most;
}

static void text_too_long_for_its_room_ends_within_it(void **state)
{
	struct gui_text *text = fonts(1);
	for (float room = 24; room < 60; room += 5) {
		struct gui_draw draw = blank(1);
		float wide = gui_text_draw(text, &draw, GUI_FONT_BODY, GUI_LEFT, 0, 20, room, WHITE,
					   "depthwise_s8_dsp");
		assert_true(wide <= room);
		assert_true(light() > 5);
		assert_true(rightmost() < (int)room + 1);
	}
	gui_text_destroy(text);
}

static void text_is_as_wide_as_was_said_before(void **state)
{
	struct gui_text *text = fonts(1);
	struct gui_draw draw = blank(1);
	float said = gui_text_width(text, GUI_FONT_BODY, "34.1 µs");
	assert_true(gui_text_draw(text, &draw, GUI_FONT_BODY, GUI_LEFT, 1, 20, 0, WHITE, "34.1 µs") == said);
	assert_true(abs(rightmost() - (int)said) <= 2);
	gui_text_destroy(text);
}

static void what_is_said_to_fit_fits(void **state)
{
	struct gui_text *text = fonts(1.5f);
	const char *string = "HardFault: read of 0x60000000 at µ";
	for (float room = 0; room < 300; room += 7.3f) {
		char part[64] = "";
		size_t n = gui_text_fits(text, GUI_FONT_MONO, string, room);
		assert_in_range(n, 1, strlen(string));
		memcpy(part, string, n);
		if (n > 1)
			assert_true(gui_text_width(text, GUI_FONT_MONO, part) <= room);
	}
	assert_int_equal(gui_text_fits(text, GUI_FONT_MONO, "", 10), 0);
	gui_text_destroy(text);
}

static void bytes_that_are_no_text_are_drawn_as_such(void **state)
{
	struct gui_text *text = fonts(1);
	struct gui_draw draw = blank(1);
	/* A cut sequence, a stray continuation, an overlong one, and one that the string's end cuts. */
	gui_text_draw(text, &draw, GUI_FONT_MONO, GUI_LEFT, 0, 20, 0, WHITE, "\xC3(\x80\xC0\xAF\xE2\x82");
	assert_true(light() > 0);
	/* More different letters than there is room to keep. */
	for (unsigned code = 0x400; code < 0x800; code++) {
		char letter[3] = {(char)(0xC0 | code >> 6), (char)(0x80 | (code & 63)), 0};
		gui_text_draw(text, &draw, GUI_FONT_MONO, GUI_LEFT, 0, 20, 0, WHITE, letter);
	}
	gui_text_destroy(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rectangle_snaps_to_whole_pixels),
		cmocka_unit_test(neighbours_neither_overlap_nor_leave_a_gap),
		cmocka_unit_test(nothing_is_drawn_outside_of_the_clip),
		cmocka_unit_test(a_column_is_as_light_as_it_is_high),
		cmocka_unit_test(a_disc_is_as_light_as_its_area),
		cmocka_unit_test(a_curve_has_no_holes_however_steep),
		cmocka_unit_test(an_empty_column_interrupts_a_curve),
		cmocka_unit_test(text_too_long_for_its_room_ends_within_it),
		cmocka_unit_test(text_is_as_wide_as_was_said_before),
		cmocka_unit_test(what_is_said_to_fit_fits),
		cmocka_unit_test(bytes_that_are_no_text_are_drawn_as_such),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
