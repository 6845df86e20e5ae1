/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt-gui: opens a run in the window, or draws one picture of it. */
#include "base/arguments.h"
#include "gui/gui.h"
#include "session/session.h"

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
	"SCENARIO.yaml runs live; RUN.twr is a recorded run.\n\n"
	"  thumbwatt-gui scenarios/vibration/scenario.yaml\n"
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
			arguments_refuse("thumbwatt-gui", "--size %s: not of the form 1440x900", value);
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->path)
			arguments_refuse("thumbwatt-gui", "one run at a time: %s", value);
		arguments->path = value;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->path)
			arguments_refuse("thumbwatt-gui", "which run? Name a scenario (.yaml) or a recorded run (.twr)");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);
	return n >= m && !strcmp(path + n - m, end);
}

/* --- a recorded run: no machine, nothing to advance ----------------------------------------------------------- */

static bool draw(const struct arguments *arguments, const struct gui_run *run, struct err *err)
{
	return arguments->screenshot ? gui_screenshot(run->record, run->title, arguments->screenshot, arguments->width,
						      arguments->height, err)
				     : gui_show(run, err);
}

static bool show_recorded(const struct arguments *arguments, struct err *err)
{
	struct prof_record *record;
	if (!prof_record_load(arguments->path, &record, err))
		return false;
	const char *slash = strrchr(arguments->path, '/');
	const struct gui_run run = {.record = record, .title = slash ? slash + 1 : arguments->path};
	bool ok = draw(arguments, &run, err);
	prof_record_destroy(record);
	return ok;
}

/* --- a scenario, live --------------------------------------------------------------------------------------------- */

#define STEP_PS 1000000000ull /* 1 ms */

struct live {
	struct session *session;
	bool failed; /* to finish; read when the machine's thread has ended */
	struct err err;
};

static bool advance(void *context, uint64_t until_ps)
{
	struct live *live = context;
	uint64_t now_ps = session_now_ps(live->session); /* may be ahead of the record's: see session_now_ps */
	if (session_advance(live->session, until_ps > now_ps ? until_ps : now_ps + STEP_PS))
		return true;
	live->failed = !session_finish(live->session, 0, &live->err);
	return false;
}

static bool show_live(const struct arguments *arguments, struct err *err)
{
	const struct session_options wanted = {.scenario = arguments->path, .functions = true};
	struct live live = {0};
	if (!session_open(&wanted, &live.session, err))
		return false;
	const struct gui_run run = {
		.context = &live, .record = session_record(live.session), .advance = advance,
		.title = session_title(live.session), .duration_ps = session_duration_ps(live.session),
	};
	if (arguments->screenshot)
		while (advance(&live, run.duration_ps))
			;
	bool ok = draw(arguments, &run, err);
	if (ok && live.failed) {
		*err = live.err;
		ok = false;
	}
	session_close(live.session);
	return ok;
}

static bool show(const struct arguments *arguments, struct err *err)
{
	return ends_with(arguments->path, ".twr") ? show_recorded(arguments, err) : show_live(arguments, err);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {options, parse, "SCENARIO.yaml|RUN.twr", about};
	struct arguments arguments = {.width = 1440, .height = 900};
	struct err err;
	arguments_parse("thumbwatt-gui", &argp, argc, argv, &arguments);
	if (show(&arguments, &err))
		return EXIT_SUCCESS;
	fprintf(stderr, "thumbwatt-gui: %s\n", err.text);
	return err.kind == ERR_INPUT ? 2 : 4;
}
