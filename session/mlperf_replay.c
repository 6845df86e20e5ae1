/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_replay.h"

#include "base/file.h"
#include "session/mlperf.h"
#include "session/mlperf_log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_INPUT ((size_t)16 << 20)
#define WINDOW_US 10e6 /* the rules: at least 10 s */
enum { PATH_BYTES = 4500 };

struct replay {
	const struct session_mlperf_point *point;
	const struct session_replay_options *options;
	struct session_replay *result;
	struct sim_board board;
	struct session_mlperf *dut;
	struct session_mlperf_log performance, accuracy;
};

/*
 * Submissions keep code and logs apart: SUBMITTER/code/BOARD/BENCHMARK/… and SUBMITTER/results/BOARD/BENCHMARK/KIND/log.txt.
 * False: the image does not lie so.
 */
static bool log_path(const struct replay *replay, const char *kind, char ret_path[PATH_BYTES])
{
	const char *image = replay->point->image, *code = strstr(image, "/code/");
	if (!code)
		return false;
	const char *board = code + strlen("/code/"), *end = board;
	for (int parts = 0; parts < 2; parts++) {
		const char *slash = strchr(end, '/');
		if (!slash)
			return false;
		end = slash + 1;
	}
	snprintf(ret_path, PATH_BYTES, "%.4000s/%.*s/results/%.*s%s/log.txt", replay->options->results, (int)(code - image),
		 image, (int)(end - board), board, kind);
	return access(ret_path, R_OK) == 0;
}

/* A log that is not there, or not readable, is empty. */
static void read_log(const struct replay *replay, const char *kind, struct session_mlperf_log *ret_log)
{
	char path[PATH_BYTES];
	struct err err;
	*ret_log = (struct session_mlperf_log){0};
	if (log_path(replay, kind, path))
		session_mlperf_log_read(path, ret_log, &err);
}

static bool find_input(const struct replay *replay, const struct session_mlperf_window *window,
		       char ret_path[PATH_BYTES])
{
	static const char *const BELOW[] = {"", "datasets/"};
	for (unsigned i = 0; replay->options->inputs && window->input[0] && i < 2; i++) {
		snprintf(ret_path, PATH_BYTES, "%.4000s/%s%s", replay->options->inputs, BELOW[i], window->input);
		if (access(ret_path, R_OK) == 0)
			return true;
	}
	return false;
}

static bool load_input(struct replay *replay, const struct session_mlperf_window *window, const char *path,
		       struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, MOST_INPUT, &bytes, &size, err))
		return false;
	size_t count = window->bytes ? window->bytes : size - (window->offset < size ? window->offset : size);
	bool ok = count > 0 && window->offset <= size && count <= size - window->offset
			  ? session_mlperf_load(replay->dut, bytes + window->offset, count, err)
			  : err_input(err, "%s is shorter than the log says", path);
	free(bytes);
	return ok;
}

/* Loads, infers and compares as the log says. *ret_us: between the laps. */
static bool replay_window(struct replay *replay, const struct session_mlperf_window *window, const char *path,
			  double *ret_us, struct err *err)
{
	struct session_replay *result = replay->result;
	struct session_mlperf_reply reply;
	if (!load_input(replay, window, path, err) ||
	    !session_mlperf_infer(replay->dut, window->inferences, window->warm_ups, ret_us, &reply, err))
		return false;
	bool match = strcmp(reply.results, window->results) == 0;
	result->compared++;
	result->matched += match;
	if (!match && !result->outputs_why[0])
		snprintf(result->outputs_why, sizeof result->outputs_why, "%.80s: [%.140s], the log has [%.140s]",
			 window->input, reply.results, window->results);
	return true;
}

static bool compare(struct replay *replay, struct err *err)
{
	const struct session_replay_options *options = replay->options;
	struct session_replay *result = replay->result;
	char path[PATH_BYTES];
	double us;
	for (size_t i = 0; i < replay->accuracy.count && result->compared < options->compare; i++)
		if (find_input(replay, &replay->accuracy.window[i], path) &&
		    !replay_window(replay, &replay->accuracy.window[i], path, &us, err))
			return false;
	if (options->window && replay->performance.count > 0 &&
	    find_input(replay, &replay->performance.window[0], path)) {
		const struct session_mlperf_window *window = &replay->performance.window[0];
		if (!replay_window(replay, window, path, &us, err))
			return false;
		result->simulated_us = us / window->inferences;
	}
	if (result->compared > 0)
		return true;
	const struct session_mlperf_log *log = replay->accuracy.count ? &replay->accuracy : &replay->performance;
	if (!log->count)
		snprintf(result->outputs_why, sizeof result->outputs_why, "no log beside the image");
	else if (!options->inputs)
		snprintf(result->outputs_why, sizeof result->outputs_why, "no folder of inputs given");
	else if (options->compare)
		snprintf(result->outputs_why, sizeof result->outputs_why, "input %.120s is not at hand", log->window[0].input);
	return true;
}

static bool measure(struct replay *replay, struct err *err)
{
	struct session_replay *result = replay->result;
	if (!session_mlperf_measure(replay->dut, &result->inference_us, &result->overhead_us, err))
		return false;
	result->inferences = replay->performance.count ? replay->performance.window[0].inferences
						       : (unsigned)ceil(WINDOW_US / result->inference_us);
	result->simulated_us = result->inference_us + result->overhead_us / result->inferences;
	return true;
}

static void price(struct replay *replay)
{
	struct session_replay *result = replay->result;
	const struct sim_board *board = &replay->board;
	uint32_t supply_mv = (uint32_t)(replay->point->power_supply_v * 1000 + 0.5);
	result->waiting = session_mlperf_waiting(replay->dut);
	result->power_mw = sim_board_power_uw(board, SIM_POWER_RUN, session_mlperf_clock_hz(replay->dut),
					      supply_mv ? supply_mv : board->supply_mv) *
			   sim_board_stall_factor(board, result->waiting) / 1000;
	result->energy_uj = result->power_mw * result->inference_us / 1000;
	result->power_low_pct = board->power[SIM_POWER_RUN].low_pct;
	result->power_high_pct = board->power[SIM_POWER_RUN].high_pct;
}

static uint32_t first_flash(const struct sim_board *board)
{
	for (unsigned i = 0; i < board->memories; i++)
		if (board->memory[i].kind == SIM_FLASH)
			return board->memory[i].at;
	return board->memory[0].at;
}

static bool run_image(struct replay *replay, const struct sim_image *image, struct err *err)
{
	struct session_replay *result = replay->result;
	read_log(replay, "performance", &replay->performance);
	read_log(replay, "accuracy", &replay->accuracy);
	bool ok = session_mlperf_start(&replay->board, image, &replay->dut, err) && measure(replay, err) &&
		  compare(replay, err);
	if (ok)
		price(replay);
	if (ok)
		result->error_pct = (result->simulated_us / replay->point->measured_us - 1) * 100;
	session_mlperf_destroy(replay->dut);
	session_mlperf_log_free(&replay->performance);
	session_mlperf_log_free(&replay->accuracy);
	return ok;
}

static bool replay_file(struct replay *replay, const char *path, struct err *err)
{
	struct session_replay *result = replay->result;
	struct sim_image image;
	if (!sim_board_read(replay->point->board, &replay->board, err))
		return false;
	sim_board_slow_bus(&replay->board, replay->options->slower_bus);
	result->low_pct = replay->board.timing_low_pct;
	result->high_pct = replay->board.timing_high_pct;
	snprintf(result->core, sizeof result->core, "%s", sim_core_name(replay->board.core));
	if (!sim_image_read(path, first_flash(&replay->board), &image, err))
		return false;
	bool ok = true;
	if (replay->point->sha256[0] && strcmp(replay->point->sha256, image.sha256) != 0) {
		result->state = SESSION_REPLAY_DIFFERS;
		snprintf(result->why, sizeof result->why, "sha256 is %s, the table has %s", image.sha256,
			 replay->point->sha256);
	} else {
		ok = run_image(replay, &image, err);
	}
	sim_image_free(&image);
	return ok;
}

void session_replay_point(const struct session_mlperf_point *point, const struct session_replay_options *options,
			  struct session_replay *ret_replay)
{
	struct replay replay = {.point = point, .options = options, .result = ret_replay};
	char path[PATH_BYTES];
	struct err err;
	*ret_replay = (struct session_replay){.state = SESSION_REPLAY_RAN};
	snprintf(path, sizeof path, "%.4000s/%s", options->results, point->image);
	if (access(path, R_OK) != 0) {
		ret_replay->state = SESSION_REPLAY_MISSING;
		snprintf(ret_replay->why, sizeof ret_replay->why, "not there");
	} else if (!replay_file(&replay, path, &err)) {
		ret_replay->state = SESSION_REPLAY_FAILED;
		snprintf(ret_replay->why, sizeof ret_replay->why, "%.399s", err.text);
	}
}
