/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt size: one model on every board: does it fit, how long, how many microjoules. */
#include "base/file.h"
#include "cli/command.h"
#include "session/inference.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_JSON = 256, OPTION_PERIOD };

struct arguments {
	const char *model, *board, *json;
	bool quiet;
};

struct row {
	struct sim_board board;
	bool fits;
	char why_not[512];
	struct session_inference cost;
	double latency_ms, energy_uj, battery_days;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'b': a->board = text; return 0;
	case 'q': a->quiet = true; return 0;
	case OPTION_JSON: a->json = text; return 0;
	case ARGP_KEY_ARG:
		if (a->model)
			cli_usage("one model at a time; '%s' is a second one", text);
		a->model = text;
		return 0;
	case ARGP_KEY_END:
		if (!a->model)
			cli_usage("size needs a MODEL.tflite; see thumbwatt size --help");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option OPTIONS[] = {
	{"board", 'b', "BOARD", 0, "only this board", 0},
	{"json", OPTION_JSON, "FILE", 0, "write the table as JSON ('-': to standard output)", 0},
	{"quiet", 'q', NULL, 0, "print nothing but errors", 0},
	{0},
};

static const struct argp ARGP = {
	OPTIONS, parse, "MODEL.tflite",
	"Runs the model with the bundled int8 runtime on every board of the catalogue and says what it costs there.\v"
	"Battery days assume one inference a second, stop mode in between, and the battery of the board's file. "
	"Time, energy and RAM are the model's alone: firmware that listens to a sensor also prepares its windows and keeps "
	"its frames; a scenario shows that.\n\n"
	"Example:\n  thumbwatt size kws.tflite --json sizes.json",
	NULL, NULL, NULL,
};

#define PERIOD_S 1.0

static void price(struct row *row)
{
	const struct sim_board *board = &row->board;
	double stop_uw = sim_board_power_uw(board, SIM_POWER_STOP, board->clock_hz, board->supply_mv);
	double seconds = (double)row->cost.cycles[0] / (double)board->clock_hz;
	row->latency_ms = seconds * 1e3;
	row->energy_uj = sim_board_run_uj(board, row->cost.cycles[0], row->cost.waited[0], board->clock_hz, board->supply_mv);
	double period_s = seconds < PERIOD_S ? PERIOD_S : seconds;
	double average_uw = (row->energy_uj + stop_uw * (period_s - seconds)) / period_s;
	row->battery_days = average_uw > 0 ? board->battery_mah * board->battery_mv / average_uw / 24 : 0;
}

/* Zeros are as good as any input: int8 inference costs the same for every value, but for a few branches. */
static bool fill(struct row *row, const char *path, const uint8_t *model, size_t model_bytes,
		 const struct session_model *about, struct err *err)
{
	uint8_t *zeros = calloc(about->input_bytes ? about->input_bytes : 1, 1);
	if (!zeros)
		return err_internal(err, "out of memory");
	const struct session_bundle bundle = {
		.mode = RT_MODE_INFER, .model_path = path, .model = model, .model_bytes = model_bytes, .inputs = zeros,
		.inputs_bytes = about->input_bytes, .runs = 1, .clock_hz = row->board.clock_hz,
	};
	struct err why;
	row->fits = session_infer(&row->board, &bundle, &row->cost, &why);
	free(zeros);
	if (row->fits) {
		price(row);
		return true;
	}
	/* The table names board and model already: keep what comes behind them. */
	const char *reason = strstr(why.text, row->board.name);
	reason = reason ? strstr(reason, ": ") : NULL;
	snprintf(row->why_not, sizeof row->why_not, "%.500s", reason ? reason + 2 : why.text);
	if (why.kind == ERR_INTERNAL)
		*err = why;
	return why.kind != ERR_INTERNAL;
}

static void print_table(const char *path, const struct session_model *about, const struct row *rows, size_t count)
{
	printf("%s: %u operators, arena %u bytes\n\n%-16s %-13s %9s %10s %9s %9s %10s %s\n", path, about->operators,
	       about->arena_bytes, "board", "core", "ms", "uJ", "flash", "RAM", "battery", "");
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		if (!row->fits) {
			printf("%-16s %-13s does not fit: %s\n", row->board.name, sim_core_name(row->board.core),
			       row->why_not);
			continue;
		}
		printf("%-16s %-13s %9.2f %10.1f %9u %9u %7.0f d\n", row->board.name, sim_core_name(row->board.core),
		       row->latency_ms, row->energy_uj, row->cost.flash_bytes,
		       row->cost.ram_bytes + row->cost.arena_bytes, row->battery_days);
	}
	printf("\nms and uJ are estimates; `--json` has their ranges, `thumbwatt boards BOARD` their sources.\n");
}

static json_t *quality(const char *grade, double value, double low_pct, double high_pct, const char *source)
{
	return json_pack("{s:s, s:f, s:f, s:s}", "grade", grade, "low", value * (1 + low_pct / 100), "high",
			 value * (1 + high_pct / 100), "source", source);
}

static json_t *row_json(const struct row *row)
{
	static const char *const GRADE[] = {"estimated", "calibrated", "measured"};
	const struct sim_board *board = &row->board;
	const struct sim_power *run = &board->power[SIM_POWER_RUN];
	json_t *json = json_pack("{s:s, s:s, s:b}", "board", board->name, "core", sim_core_name(board->core), "fits",
				 row->fits);
	if (!row->fits) {
		json_object_set_new(json, "why_not", json_string(row->why_not));
		return json;
	}
	enum sim_grade worse = run->grade < board->timing_grade ? run->grade : board->timing_grade;
	json_t *known = json_pack(
		"{s:o, s:o}", "latency_ms",
		quality(GRADE[board->timing_grade], row->latency_ms, board->timing_low_pct, board->timing_high_pct,
			board->timing_source),
		"energy_uj",
		quality(GRADE[worse], row->energy_uj,
			((1 + board->timing_low_pct / 100) * (1 + run->low_pct / 100) - 1) * 100,
			((1 + board->timing_high_pct / 100) * (1 + run->high_pct / 100) - 1) * 100, run->source));
	json_t *rest = json_pack("{s:n, s:I, s:I, s:I, s:f, s:f, s:f, s:I, s:o}", "why_not", "flash_bytes",
				 (json_int_t)row->cost.flash_bytes, "ram_bytes",
				 (json_int_t)(row->cost.ram_bytes + row->cost.arena_bytes), "arena_bytes",
				 (json_int_t)row->cost.arena_bytes, "latency_ms", row->latency_ms, "energy_uj",
				 row->energy_uj, "battery_days", row->battery_days, "cycles",
				 (json_int_t)row->cost.cycles[0], "quality", known);
	json_object_update(json, rest);
	json_decref(rest);
	return json;
}

static bool write_json(const char *to, const char *path, const struct row *rows, size_t count, struct err *err)
{
	json_t *boards = json_array(), *all = json_pack("{s:s, s:o}", "model", path, "boards", boards);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(boards, row_json(&rows[i]));
	char *text = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	json_decref(all);
	if (!text)
		return err_internal(err, "out of memory");
	bool ok = true;
	if (strcmp(to, "-") == 0)
		puts(text);
	else
		ok = file_write(to, text, strlen(text), err);
	free(text);
	return ok;
}

static bool fill_all(char **names, size_t count, struct row *rows, const char *path, const uint8_t *model,
		     size_t model_bytes, const struct session_model *about, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (!sim_board_read(names[i], &rows[i].board, err) ||
		    !fill(&rows[i], path, model, model_bytes, about, err))
			return false;
	return true;
}

static bool size(const struct arguments *a, struct err *err)
{
	uint8_t *model;
	size_t model_bytes, count = 0;
	struct session_model about;
	char *one[] = {(char *)a->board, NULL}, **names = a->board ? one : sim_board_names(err);
	if (!names)
		return false;
	while (names[count])
		count++;
	struct row *rows = calloc(count ? count : 1, sizeof *rows);
	bool ok = rows ? file_read(a->model, 64 << 20, &model, &model_bytes, err) : err_internal(err, "out of memory");
	if (ok) {
		ok = session_model_check(a->model, model, model_bytes, &about, err) &&
		     fill_all(names, count, rows, a->model, model, model_bytes, &about, err);
		if (ok && !a->quiet && !(a->json && strcmp(a->json, "-") == 0))
			print_table(a->model, &about, rows, count);
		ok = ok && (!a->json || write_json(a->json, a->model, rows, count, err));
		free(model);
	}
	for (size_t i = 0; rows && i < count; i++)
		session_inference_free(&rows[i].cost);
	free(rows);
	if (!a->board)
		sim_board_names_free(names);
	return ok;
}

int cli_size(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct err err;
	cli_parse(&ARGP, argc, argv, &arguments);
	return size(&arguments, &err) ? CLI_OK : cli_fail(&err);
}
