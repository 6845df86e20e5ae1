/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt run: a scenario, or any firmware on a board, headless. */
#include "base/file.h"
#include "base/units.h"
#include "cli/command.h"
#include "profiler/report.h"
#include "profiler/summary.h"
#include "session/session.h"
#include "session/talk_terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_JSON = 256, OPTION_OUT, OPTION_SEED, OPTION_AT, OPTION_SEMIHOSTING, OPTION_PROBE, OPTION_PLAIN, OPTION_UART,
       OPTION_SPEED, OPTION_EOT };

struct arguments {
	struct session_options options;
	uint64_t seed;
	const char *json, *out;
	const char *uart[8];
	bool quiet;
};

static void parse_time(struct arguments *a, const char *text)
{
	struct err err;
	if (!units_time_ps(text, &a->options.time_ps, &err))
		cli_usage("--time: %s", err.text);
	if (a->options.time_ps == 0)
		cli_usage("--time: more than 0 is expected");
}

static uint64_t parse_number(const char *option, const char *text, uint64_t most)
{
	struct err err;
	uint64_t value;
	if (!units_integer(text, UNIT_NUMBER, 0, &value, &err))
		cli_usage("%s: %s", option, err.text);
	if (value > most)
		cli_usage("%s: '%s' is more than %llu", option, text, (unsigned long long)most);
	return value;
}

static void add_uart(struct arguments *a, const char *text)
{
	if (a->options.uarts == sizeof a->uart / sizeof *a->uart)
		cli_usage("--uart: at most %zu of them", sizeof a->uart / sizeof *a->uart);
	a->uart[a->options.uarts++] = text;
	a->options.uart = a->uart;
}

static void parse_speed(struct arguments *a, const char *text)
{
	char *end;
	a->options.speed = strcmp(text, "max") == 0 ? 0 : strtod(text, &end);
	if (strcmp(text, "max") != 0 && (end == text || *end || !(a->options.speed > 0) || a->options.speed > 1e6))
		cli_usage("--speed: '%s'; max, or how many times real time, such as 1 or 0.5, is expected", text);
}

static void check(const struct arguments *a)
{
	const struct session_options *o = &a->options;
	if (o->scenario && (o->board || o->firmware))
		cli_usage("either a scenario, or --board and --firmware: the scenario names its own");
	if (!o->scenario && !(o->board && o->firmware))
		cli_usage("run needs a SCENARIO.yaml, or --board and --firmware; see thumbwatt run --help");
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'b': a->options.board = text; return 0;
	case 'f': a->options.firmware = text; return 0;
	case 't': parse_time(a, text); return 0;
	case 'q': a->quiet = true; return 0;
	case OPTION_JSON: a->json = text; return 0;
	case OPTION_OUT: a->out = text; return 0;
	case OPTION_SEED:
		a->seed = parse_number("--seed", text, INT64_MAX);
		a->options.seed = &a->seed;
		return 0;
	case OPTION_AT: a->options.raw_at = (uint32_t)parse_number("--at", text, UINT32_MAX); return 0;
	case OPTION_SEMIHOSTING: a->options.semihosting_dir = text; return 0;
	case OPTION_PROBE: a->options.probe = text; return 0;
	case OPTION_UART: add_uart(a, text); return 0;
	case OPTION_SPEED: parse_speed(a, text); return 0;
	case OPTION_EOT: a->options.eot = true; return 0;
	case OPTION_PLAIN: a->options.plain_store_path = true; return 0;
	case ARGP_KEY_ARG:
		if (a->options.scenario)
			cli_usage("one scenario at a time; '%s' is a second one", text);
		a->options.scenario = text;
		return 0;
	case ARGP_KEY_END: check(a); return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option OPTIONS[] = {
	{"board", 'b', "BOARD", 0, "board of the catalogue, or a board file", 0},
	{"firmware", 'f', "FILE", 0, "ELF, Intel HEX or raw binary", 0},
	{"at", OPTION_AT, "ADDRESS", 0, "where a raw binary is loaded (the board's first flash)", 0},
	{"probe", OPTION_PROBE, "BEGIN[,END]", 0,
	 "an inference: a function or address (to its return), pin:PORT.N (while it is high), uart:TEXT,uart:TEXT", 0},
	{"uart", OPTION_UART, "[NAME=]LINK", 0,
	 "connect a UART (the console): stdio, pty, pty:PATH (makes PATH a link to it), or tcp:PORT of this machine", 0},
	{"speed", OPTION_SPEED, "N|max", 0, "of virtual time while a link may answer: 1 (real time) unless given", 0},
	{"eot", OPTION_EOT, NULL, 0, "ASCII 4 on the console ends the run", 0},
	{"time", 't', "TIME", 0, "at most so much virtual time, such as 2s", 0},
	{"seed", OPTION_SEED, "N", 0, "instead of the scenario's seed", 0},
	{"json", OPTION_JSON, "FILE", 0, "write the report ('-': to standard output)", 0},
	{"out", OPTION_OUT, "DIR", 0, "write everything: report.json, report.html, power.csv, trace.json, "
	 "run.twr, stacks.txt, callgrind.out", 0},
	{"semihosting", OPTION_SEMIHOSTING, "DIR", 0, "let the firmware open files below DIR", 0},
	{"plain-stores", OPTION_PLAIN, NULL, 0, "do not speed up the emulator's stores", 0},
	{"quiet", 'q', NULL, 0, "print nothing but errors", 0},
	{0},
};

static const struct argp ARGP = {
	OPTIONS, parse, "SCENARIO.yaml\n--board BOARD --firmware FILE",
	"Runs a scenario headless, prints what it cost, and judges its expectations and budgets; or runs any firmware.\v"
	"Examples:\n"
	"  thumbwatt run scenarios/vibration/scenario.yaml --out result\n"
	"  thumbwatt run --board nucleo-l4r5zi --firmware app.elf --time 2s --json report.json\n"
	"  thumbwatt run --board nucleo-l4r5zi --firmware app.bin --uart pty:/tmp/board --uart usart1=tcp:0",
	NULL, NULL, NULL,
};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void progress(const struct session *session)
{
	enum { WIDTH = 40 };
	uint64_t whole = session_duration_ps(session), now = session_now_ps(session);
	char bar[WIDTH + 1];
	int filled = whole ? (int)((double)now / (double)whole * WIDTH) : 0;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < filled ? '=' : ' ';
	bar[WIDTH] = 0;
	if (whole)
		fprintf(stderr, "\r[%s] %.2f of %.2f s", bar, (double)now / 1e12, (double)whole / 1e12);
	else
		fprintf(stderr, "\r%.3f s of virtual time", (double)now / 1e12);
}

static void heard(void *context, const char *port, uint8_t byte)
{
	fputc(byte, stdout);
}

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

static double run_all(struct session *session, bool show)
{
	double began = now_s(), drawn = began;
	uint64_t step = session_duration_ps(session) / 500;
	if (step == 0)
		step = UINT64_C(10000000000);
	while (session_advance(session, session_now_ps(session) + step)) {
		if (show && now_s() - drawn > 0.1) {
			drawn = now_s();
			progress(session);
		}
	}
	if (show && drawn > began)
		fputs("\r\033[K", stderr);
	return now_s() - began;
}

/* --- what went wrong, for stderr ------------------------------------------------------------------------- */

static void tell_failed_budget(const json_t *budget)
{
	const char *metric = json_string_value(json_object_get(budget, "metric"));
	const json_t *actual = json_object_get(budget, "actual");
	double limit = json_number_value(json_object_get(budget, "limit"));
	if (json_is_number(actual))
		fprintf(stderr, "thumbwatt: budget %s: %.6g, limit %.6g\n", metric, json_number_value(actual), limit);
	else
		fprintf(stderr, "thumbwatt: budget %s: this run has no such number, limit %.6g\n", metric, limit);
}

static void tell_failed(const json_t *report)
{
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(report, "expectations"), i, item)
		if (!json_is_true(json_object_get(item, "pass")))
			fprintf(stderr, "thumbwatt: expected %s: %s\n", json_string_value(json_object_get(item, "name")),
				json_string_value(json_object_get(item, "detail")));
	json_array_foreach (json_object_get(report, "budgets"), i, item)
		if (!json_is_true(json_object_get(item, "pass")))
			tell_failed_budget(item);
}

/* Firmware that gave up without a fault. */
static void tell_given_up(const json_t *report)
{
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(json_object_get(report, "validity"), "issues"), i, item) {
		const char *code = json_string_value(json_object_get(item, "code"));
		if (code && (strcmp(code, "firmware-error") == 0 || strcmp(code, "lockup") == 0))
			fprintf(stderr, "thumbwatt: %s\n", json_string_value(json_object_get(item, "text")));
	}
}

static int verdict(const struct session *session, const struct arguments *a, bool summary)
{
	switch (session_verdict(session)) {
	case SESSION_FAULTED:
		if (!session_story(session))
			tell_given_up(session_report(session));
		return CLI_FAULT;
	case SESSION_UNFINISHED:
		fprintf(stderr, "thumbwatt: the firmware did not finish within --time %.6g s\n",
			(double)a->options.time_ps / 1e12);
		return CLI_FAULT;
	case SESSION_FAILED:
		if (!a->options.scenario)
			fprintf(stderr, "thumbwatt: the firmware ended with status %d\n", session_exit_status(session));
		else if (!summary) /* which names them */
			tell_failed(session_report(session));
		return CLI_FAILED;
	default: return CLI_OK;
	}
}

/* --- the command ----------------------------------------------------------------------------------------- */

static bool write_all(struct session *session, const struct arguments *a, struct err *err)
{
	if (a->out && !session_write(session, a->out, err))
		return false;
	if (!a->json || !is_stdout(a->json))
		return !a->json || session_write_report(session, a->json, err);
	char *text = prof_report_text(session_report(session));
	if (!text)
		return err_internal(err, "out of memory");
	fputs(text, stdout);
	free(text);
	return fflush(stdout) == 0 ? true : err_internal(err, "standard output: %s", strerror(errno));
}

/* What was asked for is shown first, so that a full disk does not lose the result. */
static int conclude(struct session *session, const struct arguments *a)
{
	struct err err;
	bool summary = !a->quiet && !(a->json && is_stdout(a->json));
	fflush(stdout);
	if (session_story(session) && (!a->quiet || session_verdict(session) == SESSION_FAULTED))
		fputs(session_story(session), stderr);
	if (summary)
		prof_summary_print(session_report(session), stdout, prof_summary_wants_colour(stdout));
	fflush(stdout);
	int status = verdict(session, a, summary);
	if (session_interrupted() && a->options.uarts == 0) { /* a conversation ends when the user is done */
		fprintf(stderr, "thumbwatt: interrupted after %.6g s of virtual time\n",
			(double)session_now_ps(session) / 1e12);
		status = CLI_FAULT;
	}
	return write_all(session, a, &err) ? status : cli_fail(&err);
}

int cli_run(int argc, char **argv)
{
	struct arguments a = {.options = {.functions = true, .until_idle = true, .speed = 1}};
	struct session *session;
	struct err err;
	cli_parse(&ARGP, argc, argv, &a);
	/* A scenario's UART text is in its report; firmware run by hand is wanted to speak. */
	if (!a.options.scenario && !a.quiet && !(a.json && is_stdout(a.json)))
		a.options.heard = heard;
	session_interrupt_listen(); /* Ctrl-C ends the run and shows what is known; a second one ends the program */
	if (!session_open(&a.options, &session, &err))
		return cli_fail(&err);
	int status;
	if (a.out && !file_make_dir(a.out, &err)) { /* better now than after the run */
		status = cli_fail(&err);
	} else {
		double wall_s = run_all(session, isatty(STDERR_FILENO) && !a.quiet && a.options.scenario);
		status = session_finish(session, wall_s, &err) ? conclude(session, &a) : cli_fail(&err);
	}
	session_close(session);
	return status;
}
