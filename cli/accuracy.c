/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thumbwatt accuracy: published firmware with measured latency, replayed. One process per image, since an image takes
 * seconds and shares nothing with the next; the order of what is printed is the table's, whoever is ready first.
 */
#include "base/file.h"
#include "base/units.h"
#include "cli/command.h"
#include "session/mlperf_replay.h"
#include "sim/board.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTION_JSON = 256, OPTION_INPUTS, OPTION_COMPARE, OPTION_WINDOW, MOST_JOBS = 256 };

struct arguments {
	struct session_replay_options replay;
	const char *points, *json, *board, *benchmark;
	unsigned jobs;
	bool quiet;
};

struct run {
	struct session_mlperf_points points;
	struct session_replay *replay; /* [points.count] */
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
	case 'j': a->jobs = parse_number("--jobs", text, 1, MOST_JOBS); return 0;
	case 'q': a->quiet = true; return 0;
	case OPTION_JSON: a->json = text; return 0;
	case OPTION_INPUTS: a->replay.inputs = text; return 0;
	case OPTION_COMPARE: a->replay.compare = parse_number("--compare", text, 0, 1000000); return 0;
	case OPTION_WINDOW: a->replay.window = true; return 0;
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

struct job {
	pid_t pid;
	int result; /* reading end of its pipe */
	size_t index;
};

static void report_progress(const struct run *run, size_t index, size_t done)
{
	const struct session_mlperf_point *point = &run->points.point[index];
	const struct session_replay *replay = &run->replay[index];
	fprintf(stderr, "[%zu/%zu] %s %s: ", done, run->points.count, point->board, point->benchmark);
	if (replay->state == SESSION_REPLAY_RAN)
		fprintf(stderr, "%.1f us, %+.2f %%\n", replay->simulated_us, replay->error_pct);
	else
		fprintf(stderr, "%s\n", replay->why);
}

static bool start_job(const struct run *run, const struct arguments *a, size_t index, struct job *ret_job,
		      struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_internal(err, "pipe: %s", strerror(errno));
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_internal(err, "fork: %s", strerror(errno));
	}
	if (pid == 0) {
		struct session_replay replay;
		close(ends[0]);
		session_replay_point(&run->points.point[index], &a->replay, &replay);
		_exit(write(ends[1], &replay, sizeof replay) == (ssize_t)sizeof replay ? 0 : 1);
	}
	close(ends[1]);
	*ret_job = (struct job){pid, ends[0], index};
	return true;
}

/* Takes the result of a process that has ended. One that left none died: our own error, told in its row. */
static void end_job(struct run *run, const struct job *job, int status)
{
	struct session_replay *replay = &run->replay[job->index];
	if (read(job->result, replay, sizeof *replay) != (ssize_t)sizeof *replay) {
		*replay = (struct session_replay){.state = SESSION_REPLAY_FAILED};
		snprintf(replay->why, sizeof replay->why, "our own process died of signal %d",
			 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	close(job->result);
}

static bool await_job(struct run *run, struct job *job, unsigned *jobs, size_t *ret_index)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);
	for (unsigned i = 0; i < *jobs; i++) {
		if (job[i].pid != pid)
			continue;
		end_job(run, &job[i], status);
		*ret_index = job[i].index;
		job[i] = job[--*jobs];
		return true;
	}
	return false;
}

static bool run_all(struct run *run, const struct arguments *a, struct err *err)
{
	struct job job[MOST_JOBS];
	unsigned jobs = 0;
	size_t next = 0, done = 0;
	bool ok = true;
	while (jobs > 0 || (ok && next < run->points.count)) {
		size_t index;
		while (ok && jobs < a->jobs && next < run->points.count) {
			ok = start_job(run, a, next, &job[jobs], err);
			if (ok) {
				jobs++;
				next++;
			}
		}
		if (jobs > 0 && await_job(run, job, &jobs, &index)) {
			done++;
			if (!a->quiet)
				report_progress(run, index, done);
		}
	}
	return ok;
}

/* --- numbers -------------------------------------------------------------------------------------------------- */

struct errors {
	double *pct; /* absolute; as many as there are points at most */
	size_t count;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Absolute errors of the images of a core (NULL: all), sorted. */
static void collect(const struct run *run, const char *core, struct errors *errors)
{
	errors->count = 0;
	for (size_t i = 0; i < run->points.count; i++) {
		const struct session_replay *replay = &run->replay[i];
		if (replay->state == SESSION_REPLAY_RAN && (!core || strcmp(core, replay->core) == 0))
			errors->pct[errors->count++] = fabs(replay->error_pct);
	}
	qsort(errors->pct, errors->count, sizeof *errors->pct, by_size);
}

static double median(const struct errors *errors)
{
	size_t n = errors->count;
	return n % 2 ? errors->pct[n / 2] : (errors->pct[n / 2 - 1] + errors->pct[n / 2]) / 2;
}

static double worst(const struct errors *errors)
{
	return errors->pct[errors->count - 1];
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

static void print_core(const struct run *run, const char *core, struct errors *errors)
{
	char text[40];
	collect(run, core, errors);
	if (errors->count == 0)
		return;
	printf("%s: median %.2f %%, worst %.2f %%\n", core, median(errors), worst(errors));
	for (size_t i = 0; i < run->points.count; i++) {
		const struct session_mlperf_point *point = &run->points.point[i];
		const struct session_replay *replay = &run->replay[i];
		if (replay->state == SESSION_REPLAY_RAN && strcmp(replay->core, core) == 0)
			printf("  %-16s %-8s %14.2f %14.2f %+9.2f %%   %s\n", point->board, point->benchmark,
			       point->measured_us, replay->simulated_us, replay->error_pct, verdict(replay, text));
	}
}

static void print_notes(const struct run *run, const struct arguments *a)
{
	static const char *const STATE[] = {"", "missing", "differs", "FAILED"};
	for (size_t i = 0; i < run->points.count; i++) {
		const struct session_mlperf_point *point = &run->points.point[i];
		const struct session_replay *replay = &run->replay[i];
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
		printf("  %-16s %-8s %14s %14s %11s   %s\n", "board", "model", "measured us", "simulated us", "error",
		       "outputs");
		for (enum sim_core core = 0; core < SIM_CORES; core++)
			print_core(run, sim_core_name(core), errors);
		collect(run, NULL, errors);
		printf("all %zu images: median %.2f %%, worst %.2f %%\n", errors->count, median(errors), worst(errors));
	}
	print_notes(run, a);
	if (!a->replay.inputs)
		printf("outputs were not compared: --inputs names the folder of the inputs (github.com/eembc/energyrunner, datasets)\n");
}

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static json_t *image_json(const struct session_mlperf_point *point, const struct session_replay *replay)
{
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
		json_object_set_new(o, "inferences", json_integer(replay->inferences));
	if (replay->outputs_why[0])
		json_object_set_new(o, "outputs_note", json_string(replay->outputs_why));
	return o;
}

static json_t *summary_json(const struct errors *errors)
{
	return json_pack("{s:i, s:f, s:f}", "images", (int)errors->count, "median_abs_error_pct", median(errors),
			 "max_abs_error_pct", worst(errors));
}

/* An image that ran or failed is in `images`; one that is not there, or not the one meant, in `missing`. */
static json_t *all_json(const struct run *run, struct errors *errors)
{
	json_t *images = json_array(), *missing = json_array(), *cores = json_object();
	for (size_t i = 0; i < run->points.count; i++) {
		const struct session_mlperf_point *point = &run->points.point[i];
		const struct session_replay *replay = &run->replay[i];
		if (replay->state == SESSION_REPLAY_RAN || replay->state == SESSION_REPLAY_FAILED)
			json_array_append_new(images, image_json(point, replay));
		else
			json_array_append_new(missing, json_pack("{s:s, s:s, s:s, s:s}", "image", point->image, "board",
								 point->board, "benchmark", point->benchmark, "why",
								 replay->why));
	}
	for (enum sim_core core = 0; core < SIM_CORES; core++) {
		collect(run, sim_core_name(core), errors);
		if (errors->count > 0)
			json_object_set_new(cores, sim_core_name(core), summary_json(errors));
	}
	collect(run, NULL, errors);
	json_t *all = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "schema", "thumbwatt.accuracy/1", "images", images,
				"missing", missing, "median_abs_error_pct",
				errors->count ? json_real(median(errors)) : json_null(), "max_abs_error_pct",
				errors->count ? json_real(worst(errors)) : json_null(), "by_core", cores);
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
		count += run->replay[i].state == state;
	return count;
}

static bool replay_all(struct run *run, const struct arguments *a, struct err *err)
{
	struct errors errors = {.pct = calloc(run->points.count, sizeof *errors.pct)};
	run->replay = calloc(run->points.count, sizeof *run->replay);
	bool ok = run->replay && errors.pct ? run_all(run, a, err) : err_internal(err, "out of memory");
	if (ok) {
		print_all(run, a, &errors);
		size_t none = count_state(run, SESSION_REPLAY_MISSING) + count_state(run, SESSION_REPLAY_DIFFERS);
		if (none == run->points.count)
			ok = err_input(err, "%s holds none of the %zu images", a->replay.results, none);
	}
	if (ok && a->json)
		ok = write_json(run, &errors, a->json, err);
	free(errors.pct);
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
			      .jobs = processors < 1 ? 1 : processors > MOST_JOBS ? MOST_JOBS : (unsigned)processors};
	struct run run = {0};
	struct err err;
	cli_parse(&ARGP, argc, argv, &a);
	if (!check_folder(a.replay.results, &err) || (a.replay.inputs && !check_folder(a.replay.inputs, &err)) ||
	    !read_points(&a, &run.points, &err))
		return cli_fail(&err);
	int status = replay_all(&run, &a, &err) ? CLI_OK : cli_fail(&err);
	if (status == CLI_OK && count_state(&run, SESSION_REPLAY_FAILED) > 0)
		status = CLI_FAULT;
	free(run.replay);
	session_mlperf_points_free(&run.points);
	return status;
}
