/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt-gui: opens a run in the window, or draws one picture of it. */
#include "gui/gui.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arguments {
	const char *path, *screenshot;
	int width, height;
};

const char *argp_program_version = "thumbwatt-gui 0.1.0";

static const char about[] =
	"Shows a run of Cortex-M inference firmware: sensors, results, power, core, memory.\v"
	"RUN.twr is a recorded run.\n\n"
	"  thumbwatt-gui build/demo/run.twr\n"
	"  thumbwatt-gui run.twr --screenshot window.png --size 1920x1080\n";

static const struct argp_option options[] = {
	{"screenshot", 's', "FILE", 0, "Draw one picture of the run as PNG, without a display", 0},
	{"size", 'z', "WxH", 0, "The picture's size in pixels (default 1440x900)", 0},
	{0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	char rest;
	switch (key) {
	case 's':
		arguments->screenshot = value;
		return 0;
	case 'z':
		if (sscanf(value, "%dx%d%c", &arguments->width, &arguments->height, &rest) != 2)
			argp_error(state, "--size %s: not of the form 1440x900", value);
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->path)
			argp_error(state, "one run at a time: %s", value);
		arguments->path = value;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->path)
			argp_error(state, "which run? Name a recorded run (.twr)");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);
	return n >= m && !strcmp(path + n - m, end);
}

/* A recorded run has no machine: there is nothing to advance. */
static bool open_recorded(const char *path, struct gui_run *ret_run, struct err *err)
{
	struct prof_record *record;
	if (!prof_record_load(path, &record, err))
		return false;
	const char *slash = strrchr(path, '/');
	*ret_run = (struct gui_run){.record = record, .title = slash ? slash + 1 : path};
	return true;
}

static bool open_run(const char *path, struct gui_run *ret_run, struct err *err)
{
	if (ends_with(path, ".twr"))
		return open_recorded(path, ret_run, err);
	return err_input(err, "%s: not a recorded run (.twr)", path);
}

static bool show(const struct arguments *arguments, struct err *err)
{
	struct gui_run run;
	bool ok;
	if (!open_run(arguments->path, &run, err))
		return false;
	if (arguments->screenshot)
		ok = gui_screenshot(run.record, run.title, arguments->screenshot, arguments->width,
				    arguments->height, err);
	else
		ok = gui_show(&run, err);
	prof_record_destroy(run.record);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {options, parse, "RUN.twr", about};
	struct arguments arguments = {.width = 1440, .height = 900};
	struct err err;
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (show(&arguments, &err))
		return EXIT_SUCCESS;
	fprintf(stderr, "thumbwatt-gui: %s\n", err.text);
	return err.kind == ERR_INPUT ? 2 : 4;
}
