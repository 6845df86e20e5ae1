/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "gui/view.h"

static struct gui_view view_of(double duration_s, double now_s)
{
	struct gui_view view;
	gui_view_init(&view, duration_s * 1e12);
	gui_view_place(&view, 100, 800);
	gui_view_update(&view, now_s * 1e12, -1);
	return view;
}

static void zooming_keeps_the_moment_under_the_pointer(void **state)
{
	struct gui_view view = view_of(10, 10);
	view.follow = false;
	double at = gui_view_time(&view, 420);
	for (int i = 0; i < 40; i++) {
		gui_view_zoom(&view, 1.25, 420);
		gui_view_update(&view, 10e12, -1);
		assert_true(fabs(gui_view_time(&view, 420) - at) < 1e3);
	}
	assert_true(view.end_ps - view.begin_ps < 2e9);
}

static void the_view_never_leaves_the_run(void **state)
{
	struct gui_view view = view_of(10, 10);
	for (int i = 0; i < 200; i++) {
		gui_view_zoom(&view, i % 3 ? 1.7 : 0.3, (float)(100 + i * 37 % 800));
		gui_view_pan(&view, (float)(i * 977 % 3000 - 1500));
		gui_view_update(&view, 10e12, 0.01);
		assert_true(view.begin_ps >= 0);
		assert_true(view.end_ps <= 10e12 + 1);
		assert_true(view.end_ps - view.begin_ps > 0.9e6);
	}
}

static void zooming_out_ends_at_the_whole_run(void **state)
{
	struct gui_view view = view_of(10, 4);
	gui_view_zoom(&view, 50, 300);
	gui_view_zoom(&view, 0.0001, 300);
	gui_view_update(&view, 4e12, -1);
	assert_true(view.begin_ps == 0);
	assert_true(view.end_ps == 10e12);
}

static void a_view_that_follows_keeps_now_in_sight(void **state)
{
	struct gui_view view = view_of(600, 0);
	for (double now = 0; now < 600; now += 0.7) {
		gui_view_update(&view, now * 1e12, -1);
		assert_true(gui_view_x(&view, now * 1e12) <= 900);
		assert_true(gui_view_x(&view, now * 1e12) >= 100);
	}
}

static void a_run_longer_than_was_said_is_still_followed(void **state)
{
	struct gui_view view = view_of(5, 0);
	for (double now = 0; now < 100; now += 0.5) {
		gui_view_update(&view, now * 1e12, -1);
		assert_true(gui_view_x(&view, now * 1e12) <= 900.5f);
	}
}

static void dragging_stops_following(void **state)
{
	struct gui_view view = view_of(600, 300);
	gui_view_pan(&view, 200);
	double begin = view.begin_ps;
	gui_view_update(&view, 400e12, -1);
	assert_true(view.begin_ps == begin);
	gui_view_follow(&view);
	gui_view_update(&view, 400e12, -1);
	assert_true(gui_view_x(&view, 400e12) >= 100 && gui_view_x(&view, 400e12) <= 900);
}

static void movement_is_smooth_and_comes_to_rest(void **state)
{
	struct gui_view view = view_of(10, 10);
	view.follow = false;
	gui_view_zoom(&view, 10, 500);
	int frames = 0;
	double last = view.end_ps - view.begin_ps;
	while (gui_view_moving(&view) && frames < 200) {
		gui_view_update(&view, 10e12, 0.016);
		assert_true(view.end_ps - view.begin_ps <= last);
		last = view.end_ps - view.begin_ps;
		frames++;
	}
	assert_in_range(frames, 5, 60);
	assert_true(fabs(last - 1e12) < 1);
}

static void ticks_are_round_and_far_enough_apart(void **state)
{
	for (double span = 2e6; span < 1e15; span *= 1.37) {
		struct gui_view view = view_of(1000, 1000);
		view.begin_ps = 0;
		view.end_ps = span;
		double step = gui_view_step(&view, 100), digit = step / pow(10, floor(log10(step * 1.0001)));
		assert_true(step / span * 800 >= 99.9);
		assert_true(step / span * 800 <= 251);
		assert_true(fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 || fabs(digit - 5) < 1e-6);
	}
}

static void labels_have_the_decimals_their_step_needs(void **state)
{
	char text[40];
	gui_view_label(2e12, 2e12, text, sizeof text);
	assert_string_equal(text, "2 s");
	gui_view_label(6.5e12, 5e11, text, sizeof text);
	assert_string_equal(text, "6.5 s");
	gui_view_label(6.482e12, 2e9, text, sizeof text);
	assert_string_equal(text, "6.482 s");
	gui_view_label(6.48213e12, 1e7, text, sizeof text);
	assert_string_equal(text, "6.48213 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zooming_keeps_the_moment_under_the_pointer),
		cmocka_unit_test(the_view_never_leaves_the_run),
		cmocka_unit_test(zooming_out_ends_at_the_whole_run),
		cmocka_unit_test(a_view_that_follows_keeps_now_in_sight),
		cmocka_unit_test(a_run_longer_than_was_said_is_still_followed),
		cmocka_unit_test(dragging_stops_following),
		cmocka_unit_test(movement_is_smooth_and_comes_to_rest),
		cmocka_unit_test(ticks_are_round_and_far_enough_apart),
		cmocka_unit_test(labels_have_the_decimals_their_step_needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
