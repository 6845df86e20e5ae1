/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_log.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)256 << 20)

/* The last two parts of a path: folder and file. */
static void take_input(struct session_mlperf_window *window, const char *path, size_t length)
{
	size_t begin = length;
	for (int slashes = 0; begin > 0; begin--)
		if (path[begin - 1] == '/' && ++slashes == 2)
			break;
	snprintf(window->input, sizeof window->input, "%.*s", (int)(length - begin), path + begin);
}

static void hear_load(struct session_mlperf_window *window, const char *path)
{
	const char *end = strchr(path, '"');
	if (!end)
		return;
	*window = (struct session_mlperf_window){0};
	take_input(window, path, (size_t)(end - path));
	sscanf(end + 1, " %zu %zu", &window->offset, &window->bytes);
}

/* The window is complete: keeps it. What was loaded does not count for the next. */
static bool hear_results(struct session_mlperf_log *log, struct session_mlperf_window *window, const char *text,
			 struct err *err)
{
	size_t length = strcspn(text, "]");
	if (window->inferences == 0 || length >= sizeof window->results)
		return true;
	memcpy(window->results, text, length);
	window->results[length] = 0;
	if ((log->count & (log->count + 1)) == 0) { /* room for 1, 3, 7, 15, … */
		struct session_mlperf_window *more = realloc(log->window, (2 * log->count + 1) * sizeof *more);
		if (!more)
			return err_internal(err, "out of memory");
		log->window = more;
	}
	log->window[log->count++] = *window;
	*window = (struct session_mlperf_window){0};
	return true;
}

static const char *behind(const char *line, const char *word)
{
	const char *found = strstr(line, word);
	return found ? found + strlen(word) : NULL;
}

static bool hear_line(struct session_mlperf_log *log, struct session_mlperf_window *window, const char *line,
		      struct err *err)
{
	const char *at;
	if ((at = behind(line, "Command \"bload dut \"")) != NULL) {
		hear_load(window, at);
	} else if ((at = behind(line, "Command \"dut infer ")) != NULL) {
		unsigned inferences, warm_ups = 0;
		if (sscanf(at, "%u %u", &inferences, &warm_ups) >= 1) {
			window->inferences = inferences;
			window->warm_ups = warm_ups;
			window->laps = 0;
		}
	} else if ((at = behind(line, "dut: m-lap-us-")) != NULL) {
		if (window->laps < 2)
			window->lap_us[window->laps++] = strtoull(at, NULL, 10);
	} else if ((at = behind(line, "dut: m-results-[")) != NULL) {
		return hear_results(log, window, at, err);
	}
	return true;
}

bool session_mlperf_log_parse(const char *text, struct session_mlperf_log *ret_log, struct err *err)
{
	struct session_mlperf_log log = {0};
	struct session_mlperf_window window = {0};
	char line[1600];
	for (bool ok = true; *text;) {
		size_t length = strcspn(text, "\n");
		snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
		ok = hear_line(&log, &window, line, err);
		if (!ok) {
			session_mlperf_log_free(&log);
			return false;
		}
		text += length + (text[length] == '\n');
	}
	*ret_log = log;
	return true;
}

bool session_mlperf_log_read(const char *path, struct session_mlperf_log *ret_log, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, MOST_BYTES, &bytes, &size, err))
		return false;
	bool ok = session_mlperf_log_parse((const char *)bytes, ret_log, err);
	free(bytes);
	return ok;
}

void session_mlperf_log_free(struct session_mlperf_log *log)
{
	free(log->window);
	*log = (struct session_mlperf_log){0};
}
