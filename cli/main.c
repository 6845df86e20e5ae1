/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/near.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static const struct cli_command COMMANDS[] = {
	{"run", "run a scenario, or any firmware on a board, and judge it", cli_run},
	{"size", "will this model fit, how long and how many microjoules per board", cli_size},
	{"infer", "one inference of a model on a board, on raw tensor bytes", cli_infer},
	{"gui", "a scenario live in a window, or a recorded run", cli_gui},
	{"boards", "the catalogue of boards, with where each number comes from", cli_boards},
	{"accuracy", "published firmware with measured latency, replayed: our error", cli_accuracy},
};
enum { COUNT = sizeof COMMANDS / sizeof *COMMANDS };

int cli_fail(const struct err *err)
{
	fprintf(stderr, "thumbwatt: %s\n", err->text);
	return err->kind == ERR_INTERNAL ? CLI_INTERNAL : CLI_USAGE;
}

void cli_usage(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	arguments_refuse_va("thumbwatt", format, args);
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	arguments_parse("thumbwatt", argp, argc, argv, input);
}

static void help(FILE *out)
{
	fprintf(out,
		"thumbwatt " VERSION ": know what your model costs before you have the board\n\n"
		"Usage: thumbwatt COMMAND [OPTION...]\n\n");
	for (int i = 0; i < COUNT; i++)
		fprintf(out, "  %-9s %s\n", COMMANDS[i].name, COMMANDS[i].what);
	fprintf(out,
		"\nExamples:\n"
		"  thumbwatt run scenarios/vibration/scenario.yaml --out result\n"
		"  thumbwatt run --board nucleo-l4r5zi --firmware build/firmware.elf --time 2s\n"
		"  thumbwatt size scenarios/vibration/vibration.tflite\n\n"
		"`thumbwatt COMMAND --help` explains a command. Exit codes: 0 all held, 1 an expectation or budget failed,\n"
		"2 bad usage or input, 3 the firmware faulted or did not finish, 4 our own error.\n");
}

static void unknown(const char *word) __attribute__((noreturn));
static void unknown(const char *word)
{
	const char *names[COUNT + 1] = {NULL};
	char list[200];
	for (int i = 0; i < COUNT; i++)
		names[i] = COMMANDS[i].name;
	const char *meant = near_name(word, names);
	near_list(names, list, sizeof list);
	if (meant)
		cli_usage("unknown command '%s'; did you mean '%s'? commands: %s", word, meant, list);
	cli_usage("unknown command '%s'; commands: %s", word, list);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return CLI_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("thumbwatt " VERSION);
		return CLI_OK;
	}
	for (int i = 0; i < COUNT; i++) {
		if (strcmp(argv[1], COMMANDS[i].name) != 0)
			continue;
		static char name[64];
		snprintf(name, sizeof name, "thumbwatt %s", argv[1]);
		argv[1] = name;
		return COMMANDS[i].run(argc - 1, argv + 1);
	}
	unknown(argv[1]);
}
