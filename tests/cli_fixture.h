/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thumbwatt as people use it: a process with arguments, whose exit code, output and messages a test asks about.
 * Every run has a time limit; all files lie in a folder that is gone afterwards. A test program has one fixture.
 */
#ifndef TESTS_CLI_FIXTURE_H
#define TESTS_CLI_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_S = 100 };
enum { HELD, FAILED, USAGE, FAULT, OURS };

struct ran {
	int exit;  /* the exit code */
	char *out; /* NUL-terminated */
	char *err;
	size_t out_bytes, err_bytes;
};

extern char **environ;
static char scratch[256], source_root[512], build_root[512];

/* Text by format, for paths and messages; good for the next 64 calls. */
static inline const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline const char *text(const char *format, ...)
{
	static char ring[64][4096];
	static unsigned next;
	char *to = ring[next++ % 64];
	va_list args;
	va_start(args, format);
	vsnprintf(to, sizeof *ring, format, args);
	va_end(args);
	return to;
}

#define SCRATCH(name) text("%s/%s", scratch, name)
#define SOURCE(name) text("%s/%s", source_root, name)
#define BUILT(name) text("%s/%s", build_root, name)
#define VIBRATION "scenarios/vibration/"

static inline int cli_begin(void **state)
{
	snprintf(source_root, sizeof source_root, "%s", getenv("SOURCE_ROOT"));
	snprintf(build_root, sizeof build_root, "%s", getenv("BUILD_ROOT"));
	snprintf(scratch, sizeof scratch, "/tmp/thumbwatt-cli-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static inline int cli_end(void **state)
{
	const char *argv[] = {"rm", "-rf", scratch, NULL};
	pid_t pid;
	int status;
	return posix_spawnp(&pid, "rm", NULL, NULL, (char **)argv, environ) != 0 || waitpid(pid, &status, 0) != pid;
}

/* --- files ----------------------------------------------------------------------------------------------- */

static inline uint8_t *bytes_of(const char *path, size_t *ret_size)
{
	struct stat st;
	FILE *in = fopen(path, "rb");
	if (!in || fstat(fileno(in), &st) != 0)
		fail_msg("%s cannot be read", path);
	uint8_t *bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, in), st.st_size);
	fclose(in);
	bytes[st.st_size] = 0;
	if (ret_size)
		*ret_size = (size_t)st.st_size;
	return bytes;
}

/* Writes into the scratch folder; returns the path. */
static inline const char *put_bytes(const char *name, const void *bytes, size_t size)
{
	const char *path = SCRATCH(name);
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
	return path;
}

static inline const char *put_text(const char *name, const char *content)
{
	return put_bytes(name, content, strlen(content));
}

static inline void copy_in(const char *from, const char *name)
{
	size_t size;
	uint8_t *bytes = bytes_of(SOURCE(from), &size);
	put_bytes(name, bytes, size);
	free(bytes);
}

/* A copy of a text file in which the first `find` is `replace`; the caller frees. */
static inline char *changed(const char *path, const char *find, const char *replace)
{
	size_t size;
	char *from = (char *)bytes_of(path, &size), *at = strstr(from, find), *to = malloc(size + strlen(replace) + 1);
	if (!at || !to)
		fail_msg("%s does not hold '%s'", path, find);
	sprintf(to, "%.*s%s%s", (int)(at - from), from, replace, at + strlen(find));
	free(from);
	return to;
}

static inline const char *put_changed(const char *name, const char *path, const char *find, const char *replace)
{
	char *content = changed(path, find, replace);
	const char *put = put_text(name, content);
	free(content);
	return put;
}

/* --- processes ------------------------------------------------------------------------------------------- */

static inline pid_t launch(const char *const *arguments)
{
	char *argv[24] = {(char *)BUILT("thumbwatt")};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	for (unsigned i = 0; arguments[i]; i++) {
		assert_true(i < 22);
		argv[i + 1] = (char *)arguments[i];
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, SCRATCH("stdout"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, SCRATCH("stderr"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int error = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
	if (error)
		fail_msg("%s: %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static inline const char *command_line(const char *const *arguments)
{
	static char line[1000];
	size_t used = 0;
	line[0] = 0;
	for (; *arguments && used < sizeof line; arguments++)
		used += (size_t)snprintf(line + used, sizeof line - used, " %s", *arguments);
	return line;
}

static inline struct ran collect(pid_t pid, const char *const *arguments)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	struct ran ran;
	int status;
	time_t latest = time(NULL) + LIMIT_S;
	pid_t ended;
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && time(NULL) < latest)
		nanosleep(&nap, NULL);
	if (ended != pid) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		fail_msg("thumbwatt%s: not done in %d s", command_line(arguments), LIMIT_S);
	}
	if (!WIFEXITED(status))
		fail_msg("thumbwatt%s: died of signal %d", command_line(arguments), WTERMSIG(status));
	ran.exit = WEXITSTATUS(status);
	ran.out = (char *)bytes_of(SCRATCH("stdout"), &ran.out_bytes);
	ran.err = (char *)bytes_of(SCRATCH("stderr"), &ran.err_bytes);
	return ran;
}

static inline struct ran run_words(const char *const *arguments)
{
	return collect(launch(arguments), arguments);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define RUN(...) run_words(WORDS(__VA_ARGS__))

static inline void ran_free(struct ran *ran)
{
	free(ran->out);
	free(ran->err);
}

static inline bool is_one_line(const struct ran *ran)
{
	const char *end = strchr(ran->err, '\n');
	bool ours = strncmp(ran->err, "thumbwatt: ", 11) == 0 || strncmp(ran->err, "thumbwatt-gui: ", 15) == 0;
	return ours && end && end[1] == 0 && ran->err_bytes < 1100;
}

/* It ends with this code and one line on stderr that holds `said`. */
static inline void check_refused(int code, const char *said, const char *const *arguments)
{
	struct ran ran = run_words(arguments);
	if (ran.exit != code || !is_one_line(&ran) || !strstr(ran.err, said))
		fail_msg("thumbwatt%s: exit %d, not %d with \"%s\"; it said:\n%s", command_line(arguments), ran.exit, code,
			 said, ran.err);
	ran_free(&ran);
}

#define REFUSED(code, said, ...) check_refused(code, said, WORDS(__VA_ARGS__))

/* It ends with this code and nothing on stderr. */
static inline void check_quiet(int code, const char *const *arguments)
{
	struct ran ran = run_words(arguments);
	if (ran.exit != code || ran.err_bytes)
		fail_msg("thumbwatt%s: exit %d, not %d; it said:\n%s", command_line(arguments), ran.exit, code, ran.err);
	ran_free(&ran);
}

#define WORKS(...) check_quiet(HELD, WORDS(__VA_ARGS__))

#endif
