/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arguments.h"

#include "base/near.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 32, EXIT_USAGE = 2 };

void arguments_refuse_va(const char *program, const char *format, va_list args)
{
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(EXIT_USAGE);
}

void arguments_refuse(const char *program, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	arguments_refuse_va(program, format, args);
}

static bool is_named(const struct argp_option *option)
{
	return option->name || option->key;
}

static void refuse(const char *program, const struct argp *argp, const char *word)
{
	const char *names[MOST_OPTIONS + 2];
	char list[400];
	unsigned count = 0;
	for (const struct argp_option *o = argp->options; o && is_named(o) && count < MOST_OPTIONS; o++)
		names[count++] = o->name;
	names[count++] = "help";
	names[count] = NULL;
	const char *meant = near_name(word, names);
	near_list(names, list, sizeof list);
	if (meant)
		arguments_refuse(program, "unknown option '--%s'; did you mean '--%s'? accepted: %s", word, meant, list);
	arguments_refuse(program, "unknown option '--%s'; accepted: %s", word, list);
}

/* By its name, or the beginning of it if no other begins so; some are argp's own. */
static const struct argp_option *long_option(const char *program, const struct argp *argp, const char *word)
{
	static const struct argp_option OWN[] = {
		{"help", 0, NULL, 0, NULL, 0}, {"usage", 0, NULL, 0, NULL, 0}, {"version", 0, NULL, 0, NULL, 0}};
	const struct argp_option *found = NULL;
	size_t length = strlen(word);
	unsigned matches = 0;
	for (unsigned i = 0; i < (argp_program_version ? 3 : 2); i++)
		if (strncmp(word, OWN[i].name, length) == 0 && ++matches)
			found = &OWN[i];
	for (const struct argp_option *o = argp->options; o && is_named(o); o++) {
		if (strcmp(word, o->name) == 0)
			return o;
		if (strncmp(word, o->name, length) == 0 && ++matches)
			found = o;
	}
	if (matches == 0)
		refuse(program, argp, word);
	if (matches > 1)
		arguments_refuse(program, "'--%s' is the beginning of several options", word);
	return found;
}

/* "--name", "--name=value"; returns how many words of argv it takes. */
static int check_long(const char *program, const struct argp *argp, int left, char **argv)
{
	char word[64];
	const char *name = argv[0] + 2, *equals = strchr(name, '=');
	snprintf(word, sizeof word, "%.*s", (int)(equals ? equals - name : (long)strlen(name)), name);
	const struct argp_option *option = long_option(program, argp, word);
	if (!option->arg && equals)
		arguments_refuse(program, "--%s takes no value", option->name);
	if (option->arg && !equals && left < 2)
		arguments_refuse(program, "--%s needs a %s", option->name, option->arg);
	return option->arg && !equals ? 2 : 1;
}

/* "-q", "-qt", "-t2s" */
static int check_short(const char *program, const struct argp *argp, int left, char **argv)
{
	for (const char *at = argv[0] + 1; *at; at++) {
		const struct argp_option *o = argp->options;
		while (o && is_named(o) && o->key != *at)
			o++;
		if (*at == '?' || (*at == 'V' && argp_program_version))
			continue;
		if (!o || !is_named(o))
			arguments_refuse(program, "unknown option '-%c'; `--help` lists the options", *at);
		if (!o->arg)
			continue;
		if (!at[1] && left < 2)
			arguments_refuse(program, "-%c needs a %s", *at, o->arg);
		return at[1] ? 1 : 2;
	}
	return 1;
}

static void check(const char *program, const struct argp *argp, int argc, char **argv)
{
	for (int i = 1; i < argc;) {
		if (strcmp(argv[i], "--") == 0)
			return;
		if (strncmp(argv[i], "--", 2) == 0)
			i += check_long(program, argp, argc - i, argv + i);
		else if (argv[i][0] == '-' && argv[i][1])
			i += check_short(program, argp, argc - i, argv + i);
		else
			i++;
	}
}

void arguments_parse(const char *program, const struct argp *argp, int argc, char **argv, void *input)
{
	argp_err_exit_status = EXIT_USAGE;
	check(program, argp, argc, argv);
	int error = argp_parse(argp, argc, argv, 0, NULL, input);
	if (error)
		arguments_refuse(program, "%s", strerror(error));
}
