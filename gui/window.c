/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window: events in, frames out. A frame is drawn in memory (gui/frame) and copied to the window as it is, so
 * a machine without a graphics card shows it as fast as one with. When nothing moves, nothing is drawn.
 */
#include "gui/frame.h"
#include "gui/gui.h"
#include "gui/runner.h"

#include <SDL.h>
#include <stdlib.h>

#define FRAME_MS 16
#define IDLE_MS 200 /* how often a still window looks whether the record has changed */

static const double speeds[] = {1, 2, 8, 0};
#define SPEEDS 4

struct window {
	const struct gui_run *run;
	struct gui_runner *runner; /* NULL: a finished record */
	struct gui_frame *frame;
	SDL_Window *window;
	uint32_t *pixels;
	int width, height; /* pixels */
	float dense;       /* pixels per unit of the window system */
	float zoom;        /* the user's: logical units are larger */
	int speed;         /* index */
	bool quit, dirty, dragging, dragged;
	SDL_Cursor *hand, *arrow;
};

/* --- what the user wants ------------------------------------------------------------------------------- */

static void set_speed(struct window *w, int speed)
{
	w->speed = speed < 0 ? 0 : speed >= SPEEDS ? SPEEDS - 1 : speed;
	if (w->runner)
		gui_runner_set_speed(w->runner, speeds[w->speed]);
}

static void pause_or_run(struct window *w)
{
	if (!w->runner)
		return;
	struct gui_status status;
	gui_runner_status(w->runner, &status);
	gui_runner_pause(w->runner, !status.paused);
}

static void set_zoom(struct window *w, float zoom)
{
	struct err err;
	zoom = zoom < 0.6f ? 0.6f : zoom > 3 ? 3 : zoom;
	if (gui_frame_set_scale(w->frame, w->dense * zoom, &err))
		w->zoom = zoom;
	else
		SDL_Log("%s", err.text);
}

static void act(struct window *w, enum gui_action action)
{
	switch (action) {
	case GUI_ACTION_PAUSE:
		pause_or_run(w);
		break;
	case GUI_ACTION_STEP:
		if (w->runner)
			gui_runner_step(w->runner);
		break;
	case GUI_ACTION_SPEED:
		set_speed(w, (w->speed + 1) % SPEEDS);
		break;
	case GUI_ACTION_FOLLOW:
		gui_view_follow(&w->frame->view);
		break;
	case GUI_ACTION_HELP:
		w->frame->help = !w->frame->help;
		break;
	case GUI_ACTION_LANES:
	case GUI_ACTION_NONE:
		break;
	}
}

static void control_key(struct window *w, SDL_Keycode key)
{
	switch (key) {
	case SDLK_PLUS:
	case SDLK_EQUALS:
	case SDLK_KP_PLUS:
		set_zoom(w, w->zoom * 1.1f);
		break;
	case SDLK_MINUS:
	case SDLK_KP_MINUS:
		set_zoom(w, w->zoom / 1.1f);
		break;
	case SDLK_0:
		set_zoom(w, 1);
		break;
	case SDLK_q:
	case SDLK_w:
		w->quit = true;
		break;
	}
}

static void escape(struct window *w)
{
	/* The help, never the window: a key pressed once too often must not end a run. */
	if (w->frame->help)
		w->frame->help = false;
}

static void plain_key(struct window *w, SDL_Keycode key)
{
	struct gui_view *view = &w->frame->view;
	switch (key) {
	case SDLK_SPACE:
		act(w, GUI_ACTION_PAUSE);
		break;
	case SDLK_n:
		act(w, GUI_ACTION_STEP);
		break;
	case SDLK_f:
	case SDLK_HOME:
		act(w, GUI_ACTION_FOLLOW);
		break;
	case SDLK_i:
		gui_frame_show_inference(w->frame);
		break;
	case SDLK_LEFT:
		gui_view_pan(view, view->w / 8);
		break;
	case SDLK_RIGHT:
		gui_view_pan(view, -view->w / 8);
		break;
	case SDLK_UP:
		gui_view_zoom(view, 1.5, view->x + view->w / 2);
		break;
	case SDLK_DOWN:
		gui_view_zoom(view, 1 / 1.5, view->x + view->w / 2);
		break;
	case SDLK_h:
	case SDLK_F1:
		act(w, GUI_ACTION_HELP);
		break;
	case SDLK_ESCAPE:
		escape(w);
		break;
	case SDLK_q:
		w->quit = true;
		break;
	}
}

/* Characters, not keys: where + and ? are depends on the keyboard. */
static void character(struct window *w, const char *text)
{
	if (*text == '+' || *text == '=')
		set_speed(w, w->speed + 1);
	else if (*text == '-')
		set_speed(w, w->speed - 1);
	else if (*text == '?')
		act(w, GUI_ACTION_HELP);
}

static void point(struct window *w, int x, int y)
{
	w->frame->pointing = true;
	w->frame->pointer_x = (float)x / w->zoom;
	w->frame->pointer_y = (float)y / w->zoom;
}

static void moved(struct window *w, const SDL_MouseMotionEvent *event)
{
	point(w, event->x, event->y);
	if (w->dragging && event->xrel) {
		gui_view_pan(&w->frame->view, (float)event->xrel / w->zoom);
		w->dragged = true;
	}
	enum gui_action under = gui_frame_action(w->frame, w->frame->pointer_x, w->frame->pointer_y);
	SDL_SetCursor(under != GUI_ACTION_NONE && under != GUI_ACTION_LANES ? w->hand : w->arrow);
}

static void pressed(struct window *w, const SDL_MouseButtonEvent *event)
{
	if (event->button != SDL_BUTTON_LEFT)
		return;
	point(w, event->x, event->y);
	enum gui_action action = gui_frame_action(w->frame, w->frame->pointer_x, w->frame->pointer_y);
	w->dragging = action == GUI_ACTION_LANES;
	w->dragged = false;
	act(w, w->dragging && event->clicks == 2 ? GUI_ACTION_FOLLOW : action);
}

static void wheel(struct window *w, const SDL_MouseWheelEvent *event)
{
	struct gui_view *view = &w->frame->view;
	float x = w->frame->pointer_x;
	if (!w->frame->pointing || gui_frame_action(w->frame, x, w->frame->pointer_y) != GUI_ACTION_LANES)
		return;
	if (event->preciseX != 0)
		gui_view_pan(view, -event->preciseX * 40);
	if (event->preciseY != 0)
		gui_view_zoom(view, SDL_pow(1.25, (double)event->preciseY), x);
}

static void handle(struct window *w, const SDL_Event *event)
{
	w->dirty = true;
	switch (event->type) {
	case SDL_QUIT:
		w->quit = true;
		break;
	case SDL_KEYDOWN:
		if (event->key.keysym.mod & (KMOD_CTRL | KMOD_GUI))
			control_key(w, event->key.keysym.sym);
		else
			plain_key(w, event->key.keysym.sym);
		break;
	case SDL_TEXTINPUT:
		character(w, event->text.text);
		break;
	case SDL_MOUSEMOTION:
		moved(w, &event->motion);
		break;
	case SDL_MOUSEBUTTONDOWN:
		pressed(w, &event->button);
		break;
	case SDL_MOUSEBUTTONUP:
		w->dragging = false;
		break;
	case SDL_MOUSEWHEEL:
		wheel(w, &event->wheel);
		break;
	case SDL_WINDOWEVENT:
		if (event->window.event == SDL_WINDOWEVENT_LEAVE)
			w->frame->pointing = false;
		break;
	}
}

/* --- what the user sees -------------------------------------------------------------------------------- */

/* The pixels get the size of the window's surface, which may be denser than the window's coordinates. */
static bool fit(struct window *w, const SDL_Surface *surface, struct err *err)
{
	int logical_w, logical_h;
	if (surface->w == w->width && surface->h == w->height)
		return true;
	uint32_t *pixels = malloc((size_t)surface->w * (size_t)surface->h * sizeof *pixels);
	if (!pixels)
		return err_internal(err, "a picture of %dx%d: out of memory", surface->w, surface->h);
	free(w->pixels);
	w->pixels = pixels;
	w->width = surface->w;
	w->height = surface->h;
	SDL_GetWindowSize(w->window, &logical_w, &logical_h);
	float dense = logical_w > 0 ? (float)surface->w / (float)logical_w : 1;
	if (dense == w->dense)
		return true;
	w->dense = dense;
	return gui_frame_set_scale(w->frame, dense * w->zoom, err);
}

static bool show_frame(struct window *w, double elapsed_s, struct err *err)
{
	SDL_Surface *surface = SDL_GetWindowSurface(w->window);
	if (!surface)
		return err_internal(err, "the window's surface: %s", SDL_GetError());
	if (!fit(w, surface, err))
		return false;
	if (w->runner)
		gui_runner_status(w->runner, &w->frame->status);
	gui_frame_update(w->frame, elapsed_s);
	gui_frame_draw(w->frame, w->pixels, w->width, w->height);
	SDL_ConvertPixels(w->width, w->height, SDL_PIXELFORMAT_RGB888, w->pixels,
			  w->width * (int)sizeof *w->pixels, surface->format->format, surface->pixels,
			  surface->pitch);
	SDL_UpdateWindowSurface(w->window);
	w->dirty = false;
	return true;
}

static bool moving(struct window *w)
{
	const struct gui_status *status = &w->frame->status;
	bool runs = w->runner && !status->over && (!status->paused || status->stepping);
	return runs || w->dirty || gui_view_moving(&w->frame->view);
}

static bool loop(struct window *w, struct err *err)
{
	uint64_t last = SDL_GetPerformanceCounter(), frequency = SDL_GetPerformanceFrequency();
	while (!w->quit) {
		SDL_Event event;
		bool any = moving(w) ? SDL_PollEvent(&event) : SDL_WaitEventTimeout(&event, IDLE_MS);
		for (; any; any = SDL_PollEvent(&event))
			handle(w, &event);
		uint64_t now = SDL_GetPerformanceCounter();
		double elapsed_s = (double)(now - last) / (double)frequency;
		last = now;
		/* After a pause the view must not jump to where it would have been long ago. */
		if (!show_frame(w, elapsed_s < 0.1 ? elapsed_s : 0.016, err))
			return false;
		uint64_t took_ms = (SDL_GetPerformanceCounter() - now) * 1000 / frequency;
		if (took_ms < FRAME_MS)
			SDL_Delay((uint32_t)(FRAME_MS - took_ms));
	}
	return true;
}

static bool open_window(struct window *w, struct err *err)
{
	const uint32_t flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
	char title[160];
	/* On X11 the picture goes over as shared memory; SDL's other way takes a detour through OpenGL. */
	if (!SDL_strcmp(SDL_GetCurrentVideoDriver(), "x11"))
		SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	SDL_snprintf(title, sizeof title, "%s%sthumbwatt", w->run->title ? w->run->title : "",
		     w->run->title ? " · " : "");
	w->window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 1440, 900, flags);
	if (!w->window)
		return err_internal(err, "no window: %s", SDL_GetError());
	SDL_SetWindowMinimumSize(w->window, GUI_MIN_WIDTH, GUI_MIN_HEIGHT);
	w->hand = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_HAND);
	w->arrow = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
	SDL_StartTextInput();
	return true;
}

static void close_window(struct window *w)
{
	gui_runner_stop(w->runner);
	if (w->hand)
		SDL_FreeCursor(w->hand);
	if (w->arrow)
		SDL_FreeCursor(w->arrow);
	if (w->window)
		SDL_DestroyWindow(w->window);
	free(w->pixels);
	gui_frame_destroy(w->frame);
	SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

bool gui_show(const struct gui_run *run, struct err *err)
{
	struct window w = {.run = run, .zoom = 1, .dense = 1, .dirty = true};
	SDL_SetMainReady();
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	if (SDL_InitSubSystem(SDL_INIT_VIDEO) < 0)
		return err_internal(err, "no display: %s", SDL_GetError());
	bool ok = gui_frame_create(run->record, run->title, run->duration_ps, 1, &w.frame, err) &&
		  open_window(&w, err) &&
		  (!run->advance || gui_runner_start(run, speeds[w.speed], false, &w.runner, err)) &&
		  loop(&w, err);
	close_window(&w);
	return ok;
}
