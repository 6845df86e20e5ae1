/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt accuracy: published firmware with measured latency, replayed; and how far off it would be had it not been seen. */
#include "base/units.h"
#include "cli/accuracy_table.h"
#include "cli/command.h"
#include "session/mlperf_batch.h"
#include "session/mlperf_fit.h"
#include "sim/board.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_JSON = 256, OPTION_INPUTS, OPTION_COMPARE, OPTION_WINDOW, OPTION_AS_FITTED };

struct arguments {
	struct session_replay_options replay;
	const char *points, *json, *board, *benchmark;
	unsigned jobs;
	bool quiet, as_fitted;
};

struct run {
	struct session_mlperf_points points;
	struct session_batch_item *item; /* [points.count] as the boards are, then those with a slower bus */
	struct cli_accuracy_row *row;                 /* [points.count] */
	size_t items;
};

/* --- arguments ------------------------------------------------------------------------------------------------ */

static unsigned parse_number(const char *option, const char *text, uint64_t least, uint64_t most)
{
	struct err err;
	uint64_t value;
	if (!units_integer(text, UNIT_NUMBER, 0, &value, &err))
		cli_usage("%s: %s", option, err.text);
	if (value < least || value > most)
		cli_usage("%s: %s is not in %llu … %llu", option, text, (unsigned long long)least, (unsigned long long)most);
	return (unsigned)value;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'p': a->points = text; return 0;
	case 'b': a->board = text; return 0;
	case 'm': a->benchmark = text; return 0;
	case 'j': a->jobs = parse_number("--jobs", text, 1, SESSION_MOST_JOBS); return 0;
	case 'q': a->quiet = true; return 0;
	case OPTION_JSON: a->json = text; return 0;
	case OPTION_INPUTS: a->replay.inputs = text; return 0;
	case OPTION_COMPARE: a->replay.compare = parse_number("--compare", text, 0, 1000000); return 0;
	case OPTION_WINDOW: a->replay.window = true; return 0;
	case OPTION_AS_FITTED: a->as_fitted = true; return 0;
	case ARGP_KEY_ARG:
		if (a->replay.results)
			cli_usage("one folder at a time; '%s' is a second one", text);
		a->replay.results = text;
		return 0;
	case ARGP_KEY_END:
		if (!a->replay.results)
			cli_usage("accuracy needs the DIR of a results repository; see thumbwatt accuracy --help");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option OPTIONS[] = {
	{"points", 'p', "FILE.csv", 0, "other points: columns board, benchmark, us_per_inference, image_in_…, image_sha256; "
	 "power_mw, power_supply_v, power_measured_on", 0},
	{"inputs", OPTION_INPUTS, "DIR", 0, "folder of the inputs (kws01/*.bin): results are compared with the logs", 0},
	{"compare", OPTION_COMPARE, "N", 0, "inputs of the accuracy log to compare, at most (5)", 0},
	{"window", OPTION_WINDOW, NULL, 0, "replay a whole performance window too (slow)", 0},
	{"as-fitted", OPTION_AS_FITTED, NULL, 0, "no column of images left out, and no runs for it", 0},
	{"board", 'b', "BOARD", 0, "only this board's points", 0},
	{"benchmark", 'm', "NAME", 0, "only this benchmark's points", 0},
	{"jobs", 'j', "N", 0, "images at a time (as many as the host has processors)", 0},
	{"json", OPTION_JSON, "FILE", 0, "write the numbers", 0},
	{"quiet", 'q', NULL, 0, "no progress on stderr", 0},
	{0},
};

static const struct argp ARGP = {
	OPTIONS, parse, "DIR",
	"Replays published firmware from a clone of an MLPerf Tiny results repository (without --points: "
	"mlcommons/tiny_results_v1.1) and prints how far our latency is from the measured one, and whether the firmware "
	"prints what the hardware printed.\v"
	"Examples:\n"
	"  thumbwatt accuracy tiny_results_v1.1\n"
	"  thumbwatt accuracy tiny_results_v1.1 --board nucleo-l4r5zi --inputs energyrunner/datasets --json accuracy.json",
	NULL, NULL, NULL,
};

/* --- choosing ------------------------------------------------------------------------------------------------- */

static bool chosen(const struct arguments *a, const struct session_mlperf_point *point)
{
	return (!a->board || strcmp(a->board, point->board) == 0) &&
	       (!a->benchmark || strcmp(a->benchmark, point->benchmark) == 0);
}

static bool read_points(const struct arguments *a, struct session_mlperf_points *ret_points, struct err *err)
{
	struct session_mlperf_points points;
	bool ok = a->points ? session_mlperf_points_read(a->points, &points, err)
			    : session_mlperf_points_parse("the built-in table", session_mlperf_points_builtin, &points, err);
	if (!ok)
		return false;
	size_t kept = 0, all = points.count;
	for (size_t i = 0; i < all; i++)
		if (chosen(a, &points.point[i]))
			points.point[kept++] = points.point[i];
	points.count = kept;
	if (kept == 0) {
		session_mlperf_points_free(&points);
		return err_input(err, "none of the table's %zu points is of that board and benchmark", all);
	}
	*ret_points = points;
	return true;
}

/* --- running -------------------------------------------------------------------------------------------------- */

static void report_progress(void *context, const struct session_batch_item *item, size_t done, size_t count)
{
	const struct session_replay *replay = &item->replay;
	fprintf(stderr, "[%zu/%zu] %s %s: ", done, count, item->point->board, item->point->benchmark);
	if (replay->state != SESSION_REPLAY_RAN)
		fprintf(stderr, "%s\n", replay->why);
	else if (item->options.slower_bus != 0)
		fprintf(stderr, "%.1f us with a bus a cycle slower\n", replay->simulated_us);
	else
		fprintf(stderr, "%.1f us, %+.2f %%\n", replay->simulated_us, replay->error_pct);
}

/* One replay of each point, and one more if its board has a fitted constant. */
static bool plan(struct run *run, const struct arguments *a, struct err *err)
{
	size_t count = run->points.count;
	struct sim_board board;
	struct err ignored; /* a board that cannot be read is told by its replay */
	run->item = calloc(2 * count, sizeof *run->item);
	run->row = calloc(count, sizeof *run->row);
	if (!run->item || !run->row)
		return err_internal(err, "out of memory");
	for (size_t i = 0; i < count; i++)
		run->item[i] = (struct session_batch_item){&run->points.point[i], a->replay, {0}};
	run->items = count;
	for (size_t i = 0; i < count && !a->as_fitted; i++) {
		if (!sim_board_read(run->points.point[i].board, &board, &ignored) || !board.bus_fit.fitted)
			continue;
		struct session_batch_item *item = &run->item[run->items++];
		*item = (struct session_batch_item){&run->points.point[i], a->replay, {0}};
		item->options.compare = 0;
		item->options.slower_bus = 1;
	}
	return true;
}

/* Relative error, and what a cycle more does to it. False: not all of that is known. */
static bool fit_image(const struct run *run, size_t row, struct session_fit_image *ret_image)
{
	const struct session_batch_item *base = &run->item[row];
	*ret_image = (struct session_fit_image){.error = base->replay.error_pct / 100};
	for (size_t i = run->points.count; i < run->items; i++) {
		const struct session_batch_item *item = &run->item[i];
		if (item->point != base->point)
			continue;
		ret_image->slope = (item->replay.error_pct - base->replay.error_pct) / 100;
		if (item->replay.state != SESSION_REPLAY_RAN)
			return false;
	}
	return base->replay.state == SESSION_REPLAY_RAN;
}

static bool leave_out(const struct run *run, size_t row, struct session_fit_image *image, double *ret_pct)
{
	struct sim_board board;
	struct err err;
	size_t count = 0, left_out = 0;
	if (!fit_image(run, row, &image[0]) || !sim_board_read(run->row[row].point->board, &board, &err))
		return false;
	for (size_t i = 0; i < run->points.count; i++) {
		if (strcmp(run->row[i].point->board, run->row[row].point->board) != 0 || !fit_image(run, i, &image[count]))
			continue;
		if (i == row)
			left_out = count;
		count++;
	}
	*ret_pct = 100 * session_fit_left_out(&board, image, count, left_out);
	return true;
}

static bool run_all(struct run *run, const struct arguments *a, struct err *err)
{
	struct session_fit_image *image = calloc(run->points.count, sizeof *image);
	bool ok = image ? session_batch_run(run->item, run->items, a->jobs, a->quiet ? NULL : report_progress, NULL, err)
			: err_internal(err, "out of memory");
	for (size_t i = 0; ok && i < run->points.count; i++)
		run->row[i] = (struct cli_accuracy_row){run->item[i].point, &run->item[i].replay, NAN};
	for (size_t i = 0; ok && i < run->points.count && !a->as_fitted; i++)
		leave_out(run, i, image, &run->row[i].left_out_pct);
	free(image);
	return ok;
}

/* --- the command ---------------------------------------------------------------------------------------------- */

static size_t count_state(const struct run *run, enum session_replay_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < run->points.count; i++)
		count += run->row[i].replay->state == state;
	return count;
}

static bool tell_all(const struct run *run, const struct arguments *a, struct err *err)
{
	const struct cli_accuracy_table table = {.row = run->row, .rows = run->points.count, .left_out = !a->as_fitted,
						 .inputs = a->replay.inputs != NULL};
	if (!cli_accuracy_print(&table, err))
		return false;
	size_t none = count_state(run, SESSION_REPLAY_MISSING) + count_state(run, SESSION_REPLAY_DIFFERS);
	if (none == run->points.count)
		return err_input(err, "%s holds none of the %zu images", a->replay.results, none);
	return !a->json || cli_accuracy_write_json(&table, a->json, err);
}

static bool check_folder(const char *path, struct err *err)
{
	struct stat about;
	if (stat(path, &about) != 0)
		return err_input(err, "%s: %s", path, strerror(errno));
	return S_ISDIR(about.st_mode) || err_input(err, "%s is no folder", path);
}

int cli_accuracy(int argc, char **argv)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct arguments a = {.replay.compare = 5,
			      .jobs = processors < 1 ? 1 : processors > SESSION_MOST_JOBS ? SESSION_MOST_JOBS : (unsigned)processors};
	struct run run = {0};
	struct err err;
	cli_parse(&ARGP, argc, argv, &a);
	if (!check_folder(a.replay.results, &err) || (a.replay.inputs && !check_folder(a.replay.inputs, &err)) ||
	    !read_points(&a, &run.points, &err))
		return cli_fail(&err);
	bool ok = plan(&run, &a, &err) && run_all(&run, &a, &err) && tell_all(&run, &a, &err);
	int status = ok ? CLI_OK : cli_fail(&err);
	if (status == CLI_OK && count_state(&run, SESSION_REPLAY_FAILED) > 0)
		status = CLI_FAULT;
	free(run.item);
	free(run.row);
	session_mlperf_points_free(&run.points);
	return status;
}
