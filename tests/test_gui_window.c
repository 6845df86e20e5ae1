/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <SDL.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "gui/gui.h"
#include "gui/runner.h"
#include "tests/gui_synthetic.h"

#define MS 1000000000ull
#define S (1000 * MS)

/* A machine that only makes the synthetic record grow. */
struct machine {
	struct prof_record *record;
	uint64_t end_ps;
	unsigned calls;
};

static bool advance(void *context, uint64_t until_ps)
{
	struct machine *machine = context;
	machine->calls++;
	gui_synthetic_advance(machine->record, until_ps);
	struct sim_when now = prof_record_now(machine->record, NULL);
	/* The synthetic record grows in steps of 5 ms; a machine comes as far as it was told. */
	if (now.ps < until_ps)
		gui_synthetic_advance(machine->record, now.ps + 5 * MS);
	return prof_record_now(machine->record, NULL).ps < machine->end_ps;
}

static double clock_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct gui_run run_of(struct machine *machine, uint64_t end_ps)
{
	*machine = (struct machine){.record = gui_synthetic_begin(), .end_ps = end_ps};
	return (struct gui_run){machine, machine->record, advance, "test", end_ps};
}

static struct gui_runner *start(const struct gui_run *run, double speed, bool paused)
{
	struct gui_runner *runner;
	struct err err;
	if (!gui_runner_start(run, speed, paused, &runner, &err))
		fail_msg("%s", err.text);
	return runner;
}

/* Until `wanted` holds of the status, for at most ten seconds. */
static bool wait_for(struct gui_runner *runner, bool (*wanted)(const struct gui_status *status))
{
	for (int i = 0; i < 2000; i++) {
		struct gui_status status;
		gui_runner_status(runner, &status);
		if (wanted(&status))
			return true;
		usleep(5000);
	}
	return false;
}

static bool is_over(const struct gui_status *status)
{
	return status->over;
}

static bool is_paused(const struct gui_status *status)
{
	return status->paused && !status->stepping;
}

static void a_run_as_fast_as_it_goes_comes_to_its_end(void **state)
{
	struct machine machine;
	struct gui_run run = run_of(&machine, 20 * S);
	struct gui_runner *runner = start(&run, 0, false);
	assert_true(wait_for(runner, is_over));
	assert_true(prof_record_now(run.record, NULL).ps >= 20 * S);
	gui_runner_stop(runner);
	prof_record_destroy(run.record);
}

static void a_paused_run_stands_still(void **state)
{
	struct machine machine;
	struct gui_run run = run_of(&machine, 1000 * S);
	struct gui_runner *runner = start(&run, 0, true);
	usleep(60000);
	assert_int_equal(prof_record_now(run.record, NULL).ps, 0);
	gui_runner_pause(runner, false);
	for (int i = 0; i < 2000 && !prof_record_now(run.record, NULL).ps; i++)
		usleep(5000);
	assert_true(prof_record_now(run.record, NULL).ps > 0);
	gui_runner_stop(runner);
	prof_record_destroy(run.record);
}

static void a_step_ends_after_one_more_inference(void **state)
{
	struct machine machine;
	struct gui_run run = run_of(&machine, 1000 * S);
	struct gui_runner *runner = start(&run, 1, true);
	for (size_t i = 1; i <= 4; i++) {
		gui_runner_step(runner);
		assert_true(wait_for(runner, is_paused));
		assert_int_equal(prof_record_count(run.record, PROF_TRACK_INFERENCE), i);
	}
	gui_runner_stop(runner);
	prof_record_destroy(run.record);
}

static void speed_is_held_against_the_clock(void **state)
{
	struct machine machine;
	struct gui_run run = run_of(&machine, 1000 * S);
	double begin = clock_s();
	struct gui_runner *runner = start(&run, 8, false);
	usleep(400000);
	double virtual_s = (double)prof_record_now(run.record, NULL).ps / 1e12, passed = clock_s() - begin;
	gui_runner_stop(runner);
	/* A busy machine may be late, never early by more than a slice. */
	assert_true(virtual_s < passed * 8 + 0.1);
	assert_true(virtual_s > passed * 8 * 0.1);
	prof_record_destroy(run.record);
}

/* --- the window, on SDL's dummy driver: events come from another thread --- */

static void push_key(SDL_Keycode key)
{
	SDL_Event event = {.type = SDL_KEYDOWN};
	event.key.keysym.sym = key;
	SDL_PushEvent(&event);
}

static void push_pointer(int x, int y)
{
	SDL_Event event = {.type = SDL_MOUSEMOTION};
	event.motion.x = x;
	event.motion.y = y;
	event.motion.xrel = 40;
	SDL_PushEvent(&event);
}

static void push_button(uint32_t type, int x, int y)
{
	SDL_Event event = {.type = type};
	event.button.button = SDL_BUTTON_LEFT;
	event.button.clicks = 1;
	event.button.x = x;
	event.button.y = y;
	SDL_PushEvent(&event);
}

static int use(void *context)
{
	struct machine *machine = context;
	SDL_Event wheel = {.type = SDL_MOUSEWHEEL};
	wheel.wheel.preciseY = 3;
	/* The window is there when it runs the machine. */
	for (int i = 0; i < 400 && prof_record_now(machine->record, NULL).ps == 0; i++)
		SDL_Delay(10);
	push_pointer(500, 300);
	SDL_PushEvent(&wheel);
	SDL_Delay(60);
	push_button(SDL_MOUSEBUTTONDOWN, 500, 300);
	push_pointer(540, 300);
	push_button(SDL_MOUSEBUTTONUP, 540, 300);
	push_key(SDLK_SPACE);
	push_key(SDLK_n);
	push_key(SDLK_i);
	push_key(SDLK_h);
	SDL_Delay(60);
	push_key(SDLK_ESCAPE);
	push_key(SDLK_f);
	SDL_Delay(60);
	push_key(SDLK_q);
	return 0;
}

static void the_window_runs_the_machine_and_closes_when_told(void **state)
{
	struct machine machine;
	struct gui_run run = run_of(&machine, 1000 * S);
	struct err err = {0};
	SDL_Thread *user = SDL_CreateThread(use, "user", &machine);
	assert_non_null(user);
	assert_true(gui_show(&run, &err));
	SDL_WaitThread(user, NULL);
	assert_true(machine.calls > 0);
	assert_true(prof_record_count(run.record, PROF_TRACK_INFERENCE) >= 1);
	prof_record_destroy(run.record);
}

static int quit_soon(void *context)
{
	SDL_Delay(400);
	SDL_Event event = {.type = SDL_QUIT};
	SDL_PushEvent(&event);
	return 0;
}

static void a_recorded_run_is_shown_without_a_machine(void **state)
{
	struct gui_run run = {.record = gui_synthetic_run(2), .title = "recorded"};
	struct err err;
	SDL_Thread *user = SDL_CreateThread(quit_soon, "user", NULL);
	assert_non_null(user);
	assert_true(gui_show(&run, &err));
	SDL_WaitThread(user, NULL);
	prof_record_destroy(run.record);
}

static void no_display_is_an_error_not_a_crash(void **state)
{
	struct gui_run run = {.record = gui_synthetic_run(1)};
	struct err err;
	setenv("SDL_VIDEODRIVER", "no-such-driver", 1);
	assert_false(gui_show(&run, &err));
	assert_int_equal(err.kind, ERR_INTERNAL);
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	prof_record_destroy(run.record);
}

static void a_screenshot_is_a_picture_of_that_size_and_always_the_same(void **state)
{
	char folder[] = "/tmp/thumbwatt-test-XXXXXX", path[2][64];
	struct prof_record *record = gui_synthetic_run(3);
	uint8_t *bytes[2];
	size_t size[2];
	struct err err;
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof path[i], "%s/%d.png", folder, i);
		assert_true(gui_screenshot(record, "t", path[i], 1000, 640, &err));
		assert_true(file_read(path[i], 1 << 24, &bytes[i], &size[i], &err));
	}
	assert_int_equal(size[0], size[1]);
	assert_memory_equal(bytes[0], bytes[1], size[0]);
	png_image image = {.version = PNG_IMAGE_VERSION};
	assert_true(png_image_begin_read_from_memory(&image, bytes[0], size[0]));
	assert_int_equal(image.width, 1000);
	assert_int_equal(image.height, 640);
	png_image_free(&image);
	for (int i = 0; i < 2; i++) {
		free(bytes[i]);
		unlink(path[i]);
	}
	rmdir(folder);
	prof_record_destroy(record);
}

/* Runs the program with `arguments` after its name; returns its exit code. */
static int program(const char *arguments)
{
	char command[512];
	snprintf(command, sizeof command, "'%s/thumbwatt-gui' %s 2>/dev/null", getenv("BUILD_ROOT"),
		 arguments);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_program_draws_a_recorded_run(void **state)
{
	char folder[] = "/tmp/thumbwatt-test-XXXXXX", run[64], picture[64], arguments[256];
	struct prof_record *record = gui_synthetic_run(2);
	uint8_t *bytes;
	size_t size;
	struct err err;
	assert_non_null(mkdtemp(folder));
	snprintf(run, sizeof run, "%s/run.twr", folder);
	snprintf(picture, sizeof picture, "%s/window.png", folder);
	assert_true(prof_record_save(record, run, &err));
	snprintf(arguments, sizeof arguments, "%s --screenshot %s --size 1200x700", run, picture);
	assert_int_equal(program(arguments), 0);
	assert_true(file_read(picture, 1 << 24, &bytes, &size, &err));
	assert_memory_equal(bytes + 1, "PNG", 3);
	snprintf(arguments, sizeof arguments, "%s --screenshot %s --size 12x7", run, picture);
	assert_int_equal(program(arguments), 2);
	snprintf(arguments, sizeof arguments, "%s", picture);
	assert_int_equal(program(arguments), 2);
	assert_int_equal(program(""), 2);
	free(bytes);
	unlink(run);
	unlink(picture);
	rmdir(folder);
	prof_record_destroy(record);
}

static void a_screenshot_of_an_impossible_size_is_refused(void **state)
{
	struct prof_record *record = gui_synthetic_run(1);
	struct err err;
	assert_false(gui_screenshot(record, "t", "/nowhere/x.png", 100, 100, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(gui_screenshot(record, "t", "/nowhere/x.png", 1000, 640, &err));
	prof_record_destroy(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_as_fast_as_it_goes_comes_to_its_end),
		cmocka_unit_test(a_paused_run_stands_still),
		cmocka_unit_test(a_step_ends_after_one_more_inference),
		cmocka_unit_test(speed_is_held_against_the_clock),
		cmocka_unit_test(the_window_runs_the_machine_and_closes_when_told),
		cmocka_unit_test(a_recorded_run_is_shown_without_a_machine),
		cmocka_unit_test(no_display_is_an_error_not_a_crash),
		cmocka_unit_test(a_screenshot_is_a_picture_of_that_size_and_always_the_same),
		cmocka_unit_test(the_program_draws_a_recorded_run),
		cmocka_unit_test(a_screenshot_of_an_impossible_size_is_refused),
	};
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
