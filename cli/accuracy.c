/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt accuracy: published firmware with measured latency, replayed; and how far off it would be had it not been seen. */
#include "base/file.h"
#include "base/units.h"
#include "cli/command.h"
#include "session/mlperf_batch.h"
#include "session/mlperf_fit.h"
#include "sim/board.h"

#include <errno.h>
#include <jansson.h>
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

struct row {
	const struct session_mlperf_point *point;
	const struct session_replay *replay;
	double left_out_pct; /* the error with constants fitted without this image; NAN: not known */
};

struct run {
	struct session_mlperf_points points;
	struct session_batch_item *item; /* [points.count] as the boards are, then those with a constant shifted */
	struct row *row;                 /* [points.count] */
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
	{"points", 'p', "FILE.csv", 0, "other points: columns board, benchmark, us_per_inference, image_in_…, image_sha256", 0},
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
	const char *shifted = "";
	for (unsigned k = 0; k < SIM_FITTED_COUNT; k++)
		if (item->options.shift[k] != 0)
			shifted = sim_fitted_names[k];
	fprintf(stderr, "[%zu/%zu] %s %s: ", done, count, item->point->board, item->point->benchmark);
	if (replay->state != SESSION_REPLAY_RAN)
		fprintf(stderr, "%s\n", replay->why);
	else if (shifted[0])
		fprintf(stderr, "%.1f us with a cycle more of %s\n", replay->simulated_us, shifted);
	else
		fprintf(stderr, "%.1f us, %+.2f %%\n", replay->simulated_us, replay->error_pct);
}

/* One replay of each point, and one more for each constant that its board was fitted with. */
static bool plan(struct run *run, const struct arguments *a, struct err *err)
{
	size_t count = run->points.count;
	struct sim_board board;
	struct err ignored; /* a board that cannot be read is told by its replay */
	run->item = calloc(count * (1 + SIM_FITTED_COUNT), sizeof *run->item);
	run->row = calloc(count, sizeof *run->row);
	if (!run->item || !run->row)
		return err_internal(err, "out of memory");
	for (size_t i = 0; i < count; i++)
		run->item[i] = (struct session_batch_item){&run->points.point[i], a->replay, {0}};
	run->items = count;
	for (size_t i = 0; i < count && !a->as_fitted; i++) {
		bool known = sim_board_read(run->points.point[i].board, &board, &ignored);
		for (unsigned k = 0; known && k < SIM_FITTED_COUNT; k++) {
			if (!board.fit[k].fitted)
				continue;
			struct session_batch_item *item = &run->item[run->items++];
			*item = (struct session_batch_item){&run->points.point[i], a->replay, {0}};
			item->options.compare = 0;
			item->options.shift[k] = 1;
		}
	}
	return true;
}

/* Relative error, and what a cycle more of each constant does to it. False: not all of that is known. */
static bool fit_image(const struct run *run, size_t row, struct session_fit_image *ret_image)
{
	const struct session_batch_item *base = &run->item[row];
	*ret_image = (struct session_fit_image){.error = base->replay.error_pct / 100};
	bool known = base->replay.state == SESSION_REPLAY_RAN;
	for (size_t i = run->points.count; i < run->items; i++) {
		const struct session_batch_item *item = &run->item[i];
		for (unsigned k = 0; item->point == base->point && k < SIM_FITTED_COUNT; k++)
			if (item->options.shift[k] != 0)
				ret_image->slope[k] = (item->replay.error_pct - base->replay.error_pct) / 100;
		known = known && (item->point != base->point || item->replay.state == SESSION_REPLAY_RAN);
	}
	return known;
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
		run->row[i] = (struct row){run->item[i].point, &run->item[i].replay, NAN};
	for (size_t i = 0; ok && i < run->points.count && !a->as_fitted; i++)
		leave_out(run, i, image, &run->row[i].left_out_pct);
	free(image);
	return ok;
}

/* --- numbers -------------------------------------------------------------------------------------------------- */

struct errors {
	double *pct, *left_out_pct; /* absolute; room for as many as there are points */
	size_t count, left_out_count;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Absolute errors of the images of a core (NULL: all), sorted. */
static void collect(const struct run *run, const char *core, struct errors *errors)
{
	errors->count = errors->left_out_count = 0;
	for (size_t i = 0; i < run->points.count; i++) {
		const struct row *row = &run->row[i];
		if (row->replay->state != SESSION_REPLAY_RAN || (core && strcmp(core, row->replay->core) != 0))
			continue;
		errors->pct[errors->count++] = fabs(row->replay->error_pct);
		if (!isnan(row->left_out_pct))
			errors->left_out_pct[errors->left_out_count++] = fabs(row->left_out_pct);
	}
	qsort(errors->pct, errors->count, sizeof *errors->pct, by_size);
	qsort(errors->left_out_pct, errors->left_out_count, sizeof *errors->left_out_pct, by_size);
}

static double median(const double *sorted, size_t count)
{
	return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* --- printing ------------------------------------------------------------------------------------------------- */

static const char *verdict(const struct session_replay *replay, char text[40])
{
	if (replay->compared == 0)
		return "not compared";
	snprintf(text, 40, "%u of %u %s", replay->matched, replay->compared,
		 replay->matched == replay->compared ? "match" : "match, DIFFERS");
	return text;
}

static void print_summary(const struct errors *errors)
{
	printf("median %.2f %%, worst %.2f %%", median(errors->pct, errors->count), errors->pct[errors->count - 1]);
	if (errors->left_out_count > 0)
		printf("; left out: median %.2f %%, worst %.2f %%", median(errors->left_out_pct, errors->left_out_count),
		       errors->left_out_pct[errors->left_out_count - 1]);
	printf("\n");
}

static void print_row(const struct row *row)
{
	char outputs[40], left_out[24] = "–";
	bool known = !isnan(row->left_out_pct);
	if (known)
		snprintf(left_out, sizeof left_out, "%+.2f %%", row->left_out_pct);
	printf("  %-16s %-8s %14.2f %14.2f %+9.2f %% %*s   %s\n", row->point->board, row->point->benchmark,
	       row->point->measured_us, row->replay->simulated_us, row->replay->error_pct, known ? 11 : 13, left_out,
	       verdict(row->replay, outputs));
}

static void print_core(const struct run *run, const char *core, struct errors *errors)
{
	collect(run, core, errors);
	if (errors->count == 0)
		return;
	printf("%s: ", core);
	print_summary(errors);
	for (size_t i = 0; i < run->points.count; i++)
		if (run->row[i].replay->state == SESSION_REPLAY_RAN && strcmp(run->row[i].replay->core, core) == 0)
			print_row(&run->row[i]);
}

static void print_notes(const struct run *run, const struct arguments *a)
{
	static const char *const STATE[] = {"", "missing", "differs", "FAILED"};
	for (size_t i = 0; i < run->points.count; i++) {
		const struct session_mlperf_point *point = run->row[i].point;
		const struct session_replay *replay = run->row[i].replay;
		if (replay->state != SESSION_REPLAY_RAN)
			printf("%s: %s %s: %s: %s\n", STATE[replay->state], point->board, point->benchmark, point->image,
			       replay->why);
		else if (replay->outputs_why[0] && a->replay.inputs)
			printf("outputs: %s %s: %s\n", point->board, point->benchmark, replay->outputs_why);
	}
}

static void print_all(const struct run *run, const struct arguments *a, struct errors *errors)
{
	collect(run, NULL, errors);
	if (errors->count > 0) {
		printf("  %-16s %-8s %14s %14s %11s %11s   %s\n", "board", "model", "measured us", "simulated us", "error",
		       "left out", "outputs");
		for (enum sim_core core = 0; core < SIM_CORES; core++)
			print_core(run, sim_core_name(core), errors);
		collect(run, NULL, errors);
		printf("all %zu images: ", errors->count);
		print_summary(errors);
		if (!a->as_fitted)
			printf("left out: with the board's fitted constants (thumbwatt boards BOARD) fitted without that image\n");
	}
	print_notes(run, a);
	if (!a->replay.inputs)
		printf("outputs were not compared: --inputs names the folder of the inputs (github.com/eembc/energyrunner, datasets)\n");
}

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static json_t *image_json(const struct row *row)
{
	const struct session_mlperf_point *point = row->point;
	const struct session_replay *replay = row->replay;
	bool ran = replay->state == SESSION_REPLAY_RAN;
	json_t *o = json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:o}", "image", point->image, "board", point->board,
			      "benchmark", point->benchmark, "measured_us", point->measured_us,
			      "simulated_us", ran ? json_real(replay->simulated_us) : json_null(),
			      "error_pct", ran ? json_real(replay->error_pct) : json_null(),
			      "outputs_match", ran && replay->compared ? json_boolean(replay->matched == replay->compared)
								       : json_null());
	if (!o)
		return NULL;
	if (ran)
		json_object_set_new(o, "outputs_compared", json_integer(replay->compared));
	else
		json_object_set_new(o, "failure", json_string(replay->why));
	if (ran)
		json_object_set_new(o, "left_out_error_pct", isnan(row->left_out_pct) ? json_null() : json_real(row->left_out_pct));
	if (ran)
		json_object_set_new(o, "inferences", json_integer(replay->inferences));
	if (replay->outputs_why[0])
		json_object_set_new(o, "outputs_note", json_string(replay->outputs_why));
	return o;
}

static json_t *summary_json(const struct errors *errors)
{
	size_t count = errors->count, left = errors->left_out_count;
	return json_pack("{s:i, s:o, s:o, s:o, s:o}", "images", (int)count, "median_abs_error_pct",
			 count ? json_real(median(errors->pct, count)) : json_null(), "max_abs_error_pct",
			 count ? json_real(errors->pct[count - 1]) : json_null(), "left_out_median_abs_error_pct",
			 left ? json_real(median(errors->left_out_pct, left)) : json_null(), "left_out_max_abs_error_pct",
			 left ? json_real(errors->left_out_pct[left - 1]) : json_null());
}

/* An image that ran or failed is in `images`; one that is not there, or not the one meant, in `missing`. */
static json_t *all_json(const struct run *run, struct errors *errors)
{
	json_t *images = json_array(), *missing = json_array(), *cores = json_object();
	for (size_t i = 0; i < run->points.count; i++) {
		const struct row *row = &run->row[i];
		if (row->replay->state == SESSION_REPLAY_RAN || row->replay->state == SESSION_REPLAY_FAILED)
			json_array_append_new(images, image_json(row));
		else
			json_array_append_new(missing, json_pack("{s:s, s:s, s:s, s:s}", "image", row->point->image, "board",
								 row->point->board, "benchmark", row->point->benchmark,
								 "why", row->replay->why));
	}
	for (enum sim_core core = 0; core < SIM_CORES; core++) {
		collect(run, sim_core_name(core), errors);
		if (errors->count > 0)
			json_object_set_new(cores, sim_core_name(core), summary_json(errors));
	}
	collect(run, NULL, errors);
	json_t *all = json_pack("{s:s}", "schema", "thumbwatt.accuracy/1"), *summary = summary_json(errors);
	json_object_update(all, summary);
	json_decref(summary);
	json_object_set_new(all, "images", images);
	json_object_set_new(all, "missing", missing);
	json_object_set_new(all, "by_core", cores);
	return all;
}

static bool write_json(const struct run *run, struct errors *errors, const char *path, struct err *err)
{
	json_t *all = all_json(run, errors);
	char *text = all ? json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
	bool ok = text ? file_write(path, text, strlen(text), err) : err_internal(err, "out of memory");
	free(text);
	json_decref(all);
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
	struct errors errors = {.pct = calloc(run->points.count, sizeof *errors.pct),
				.left_out_pct = calloc(run->points.count, sizeof *errors.left_out_pct)};
	bool ok = (errors.pct && errors.left_out_pct) || err_internal(err, "out of memory");
	if (ok) {
		print_all(run, a, &errors);
		size_t none = count_state(run, SESSION_REPLAY_MISSING) + count_state(run, SESSION_REPLAY_DIFFERS);
		if (none == run->points.count)
			ok = err_input(err, "%s holds none of the %zu images", a->replay.results, none);
	}
	if (ok && a->json)
		ok = write_json(run, &errors, a->json, err);
	free(errors.pct);
	free(errors.left_out_pct);
	return ok;
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
