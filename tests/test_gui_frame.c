/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gui/frame.h"
#include "gui/palette.h"
#include "tests/gui_synthetic.h"

#define S 1000000000000ull

struct picture {
	struct prof_record *record;
	struct gui_frame *frame;
	uint32_t *pixels;
	int width, height;
};

static struct picture picture_of(struct prof_record *record, uint64_t duration_ps, int width, int height,
				 float scale)
{
	struct picture p = {.record = record, .width = width, .height = height};
	struct err err;
	if (!gui_frame_create(p.record, "test.twr", duration_ps, scale, &p.frame, &err))
		fail_msg("%s", err.text);
	p.pixels = calloc((size_t)width * (size_t)height, sizeof *p.pixels);
	assert_non_null(p.pixels);
	return p;
}

static void draw(struct picture *p)
{
	/* Twice: the first drawing tells the view how wide it is. */
	gui_frame_draw(p->frame, p->pixels, p->width, p->height);
	gui_frame_update(p->frame, -1);
	gui_frame_draw(p->frame, p->pixels, p->width, p->height);
}

static void finish(struct picture *p)
{
	gui_frame_destroy(p->frame);
	prof_record_destroy(p->record);
	free(p->pixels);
}

static void the_same_record_gives_the_same_pixels(void **state)
{
	struct picture a = picture_of(gui_synthetic_run(4), 0, 1000, 640, 1);
	struct picture b = picture_of(a.record, 0, 1000, 640, 1);
	draw(&a);
	draw(&b);
	assert_memory_equal(a.pixels, b.pixels, 1000 * 640 * sizeof *a.pixels);
	gui_frame_destroy(b.frame);
	free(b.pixels);
	finish(&a);
}

/* --- text neither overlaps nor leaves the window --- */

struct boxes {
	struct gui_rect box[400];
	char text[400][64];
	int count;
	float w, h;
	bool watching;
};

static void drawn(void *context, struct gui_rect box, const char *string)
{
	struct boxes *boxes = context;
	if (!boxes->watching)
		return;
	assert_true(boxes->count < 400);
	if (box.x < 0 || box.y < 0 || box.x + box.w > boxes->w || box.y + box.h > boxes->h)
		fail_msg("'%s' leaves the window of %g x %g", string, (double)boxes->w, (double)boxes->h);
	for (int i = 0; i < boxes->count; i++) {
		const struct gui_rect *b = &boxes->box[i];
		/* Line spacing may be as tight as letters allow: 2 units of descenders are forgiven. */
		if (box.x < b->x + b->w && b->x < box.x + box.w && box.y + 2 < b->y + b->h &&
		    b->y + 2 < box.y + box.h)
			fail_msg("'%s' and '%s' overlap at %g, %g in %g x %g", string, boxes->text[i],
				 (double)box.x, (double)box.y, (double)boxes->w, (double)boxes->h);
	}
	boxes->box[boxes->count] = box;
	snprintf(boxes->text[boxes->count++], sizeof boxes->text[0], "%s", string);
}

static void check_texts(struct picture *p, struct boxes *boxes, float scale)
{
	boxes->w = (float)p->width / scale;
	boxes->h = (float)p->height / scale;
	boxes->count = 0;
	gui_frame_update(p->frame, -1);
	gui_text_set_watch(p->frame->text, (struct gui_text_watch){drawn, boxes});
	boxes->watching = false;
	gui_frame_draw(p->frame, p->pixels, p->width, p->height);
	boxes->watching = true;
	gui_frame_draw(p->frame, p->pixels, p->width, p->height);
	assert_true(boxes->count > 40);
}

static void texts_do_not_overlap_at_any_size(void **state)
{
	static const struct {
		int width, height;
		float scale;
	} sizes[] = {{880, 560, 1},   {1000, 640, 1},  {1180, 700, 1},   {1440, 900, 1},
		     {1920, 1080, 1}, {2880, 1800, 2}, {1320, 840, 1.5f}};
	static const char *const reports[] = {NULL, "{\"board\": \"b\"}"};
	static struct boxes boxes;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int j = 0; j < 6; j++) {
			bool live = j & 1, pointing = j & 2, bare = j >= 4;
			struct prof_record *record = live ? gui_synthetic_begin() : gui_synthetic_run(10);
			if (live)
				gui_synthetic_advance(record, 6500 * (S / 1000));
			if (bare)
				prof_record_set_report(record, reports[1]);
			struct picture p = picture_of(record, live ? 10 * S : 0, sizes[i].width,
						      sizes[i].height, sizes[i].scale);
			p.frame->status = (struct gui_status){.live = live, .mips = 1234, .realtime = 123.4};
			draw(&p);
			for (int step = 0; step < (pointing ? 9 : 1); step++) {
				p.frame->pointing = pointing;
				p.frame->pointer_x = p.frame->view.x + p.frame->view.w * (float)step / 8.01f;
				p.frame->pointer_y = 200;
				check_texts(&p, &boxes, sizes[i].scale);
			}
			finish(&p);
		}
}

static void texts_do_not_overlap_at_any_zoom(void **state)
{
	static struct boxes boxes;
	struct picture p = picture_of(gui_synthetic_run(70), 0, 1000, 640, 1);
	draw(&p);
	p.frame->view.follow = false;
	for (int i = 0; i < 60; i++) {
		gui_view_zoom(&p.frame->view, 1.3, 300);
		check_texts(&p, &boxes, 1);
	}
	finish(&p);
}

/* --- what is drawn is what happened --- */

static bool close_to(uint32_t a, uint32_t b)
{
	for (int i = 0; i < 24; i += 8)
		if (abs((int)(a >> i & 255) - (int)(b >> i & 255)) > 3)
			return false;
	return true;
}

static int count_colour(const struct picture *p, struct gui_rect r, uint32_t colour)
{
	int count = 0;
	for (int y = (int)r.y; y < (int)(r.y + r.h); y++)
		for (int x = (int)r.x; x < (int)(r.x + r.w); x++)
			count += close_to(p->pixels[y * p->width + x], colour);
	return count;
}

static void a_running_core_is_blue_and_a_sleeping_one_is_not(void **state)
{
	struct picture p = picture_of(gui_synthetic_run(10), 0, 1440, 900, 1);
	gui_frame_draw(p.frame, p.pixels, p.width, p.height);
	p.frame->view.follow = false;
	p.frame->view.want_begin_ps = 2.25e12;
	p.frame->view.want_end_ps = 2.35e12;
	draw(&p);
	float run = gui_view_x(&p.frame->view, 2.28e12), asleep = gui_view_x(&p.frame->view, 2.312e12);
	assert_true(count_colour(&p, (struct gui_rect){run, 80, 1, 600}, GUI_RUN) > 10);
	assert_int_equal(count_colour(&p, (struct gui_rect){asleep, 80, 1, 600}, GUI_RUN), 0);
	assert_true(count_colour(&p, (struct gui_rect){asleep, 80, 1, 600}, GUI_ASLEEP) > 10);
	finish(&p);
}

static void nothing_is_drawn_in_the_future(void **state)
{
	struct prof_record *record = gui_synthetic_begin();
	gui_synthetic_advance(record, 4 * S);
	struct picture p = picture_of(record, 10 * S, 1440, 900, 1);
	draw(&p);
	struct gui_view *view = &p.frame->view;
	struct gui_rect future = {gui_view_x(view, 4.1e12), 80, 0, 560}, past = {view->x, 80, 0, 560};
	future.w = view->x + view->w - future.x;
	past.w = future.x - past.x;
	static const uint32_t colours[] = {GUI_POWER, GUI_RUN, GUI_STACK};
	for (int i = 0; i < 3; i++) {
		assert_true(count_colour(&p, past, colours[i]) > 50);
		assert_int_equal(count_colour(&p, future, colours[i]), 0);
	}
	finish(&p);
}

static void a_click_finds_what_was_drawn(void **state)
{
	struct picture p = picture_of(gui_synthetic_run(1), 0, 1440, 900, 1);
	draw(&p);
	for (int x = 0; x < 1440; x += 3)
		assert_int_not_equal(gui_frame_action(p.frame, (float)x, 20), GUI_ACTION_PAUSE);
	p.frame->status.live = true;
	draw(&p);
	bool found[GUI_ACTION_LANES + 1] = {false};
	for (int x = 0; x < 1440; x += 3)
		found[gui_frame_action(p.frame, (float)x, 20)] = true;
	assert_true(found[GUI_ACTION_PAUSE] && found[GUI_ACTION_STEP] && found[GUI_ACTION_SPEED]);
	assert_int_equal(gui_frame_action(p.frame, 600, 300), GUI_ACTION_LANES);
	p.frame->help = true;
	draw(&p);
	assert_int_equal(gui_frame_action(p.frame, 600, 300), GUI_ACTION_HELP);
	finish(&p);
}

static void an_inference_is_shown_from_its_begin_to_its_end(void **state)
{
	struct picture p = picture_of(gui_synthetic_run(5), 0, 1440, 900, 1);
	draw(&p);
	for (int pointed = 0; pointed < 2; pointed++) {
		size_t wanted = pointed ? 8 : prof_record_count(p.record, PROF_TRACK_INFERENCE) - 1;
		const struct prof_inference *item = prof_record_item(p.record, PROF_TRACK_INFERENCE, wanted);
		gui_view_follow(&p.frame->view);
		p.frame->pointing = pointed;
		draw(&p);
		p.frame->pointer_x = gui_view_x(&p.frame->view, (double)item->begin_ps + 1e10);
		p.frame->pointer_y = 300;
		draw(&p);
		gui_frame_show_inference(p.frame);
		draw(&p);
		float from = gui_view_x(&p.frame->view, (double)item->begin_ps),
		      to = gui_view_x(&p.frame->view, (double)item->end_ps);
		assert_true(from > p.frame->view.x && to < p.frame->view.x + p.frame->view.w);
		assert_true(to - from > p.frame->view.w * 0.8f);
	}
	finish(&p);
}

static void an_empty_record_can_be_drawn(void **state)
{
	struct prof_record *record;
	struct err err;
	assert_true(prof_record_create(&record, &err));
	struct picture p = picture_of(record, 0, 1000, 640, 1);
	p.frame->pointing = true;
	p.frame->pointer_x = 300;
	p.frame->pointer_y = 300;
	draw(&p);
	finish(&p);
}

static void many_sensors_and_layers_can_be_drawn(void **state)
{
	static struct boxes boxes;
	struct prof_record *record = gui_synthetic_run(2);
	for (unsigned i = 0; i < 7; i++) {
		struct prof_sensor sensor = {.unit = "°C",
					     .channel = {"in", "out", "ambient air", "d", "e", "f", "g", "h"},
					     .channels = 1 + i,
					     .scale = 0.01,
					     .rate_mhz = 1000};
		snprintf(sensor.name, sizeof sensor.name, "thermometer number %u", i);
		unsigned index = prof_record_add_sensor(record, &sensor);
		prof_record_append_frame(record, index,
					 &(struct prof_frame){.t_ps = 0, .count = {-32768, 32767}});
	}
	struct prof_note note = {.begin_ps = 1, .end_ps = 1, .kind = PROF_NOTE_FAULT};
	memset(note.text, 'w', sizeof note.text - 1);
	prof_record_append(record, PROF_TRACK_NOTE, &note);
	for (unsigned i = 0; i < 300; i++)
		prof_record_append(
			record, PROF_TRACK_LAYER,
			&(struct prof_layer){
				.begin_ps = 2 * S, .end_ps = 2 * S, .cycles = i, .index = i, .op = i});
	struct picture p = picture_of(record, 0, 880, 560, 1);
	p.frame->pointing = true;
	p.frame->pointer_x = 300;
	p.frame->pointer_y = 300;
	draw(&p);
	check_texts(&p, &boxes, 1);
	finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_record_gives_the_same_pixels),
		cmocka_unit_test(texts_do_not_overlap_at_any_size),
		cmocka_unit_test(texts_do_not_overlap_at_any_zoom),
		cmocka_unit_test(a_running_core_is_blue_and_a_sleeping_one_is_not),
		cmocka_unit_test(nothing_is_drawn_in_the_future),
		cmocka_unit_test(a_click_finds_what_was_drawn),
		cmocka_unit_test(an_inference_is_shown_from_its_begin_to_its_end),
		cmocka_unit_test(an_empty_record_can_be_drawn),
		cmocka_unit_test(many_sensors_and_layers_can_be_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
