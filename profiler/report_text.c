/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports as text and by path: for those who have a report but no run. */
#include "profiler/report.h"

#include <stdlib.h>
#include <string.h>

char *prof_report_text(const json_t *report)
{
	char *text = json_dumps(report, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
	size_t length = text ? strlen(text) : 0;
	char *line = text ? realloc(text, length + 2) : NULL;
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + length, "\n", 2);
	return line;
}

bool prof_report_number(const json_t *report, const char *path, double *ret_value)
{
	const json_t *at = report;
	char key[64];
	while (at && *path) {
		size_t length = strcspn(path, ".");
		if (length == 0 || length >= sizeof key)
			return false;
		memcpy(key, path, length);
		key[length] = 0;
		at = json_object_get(at, key);
		path += length + (path[length] == '.');
	}
	if (!json_is_number(at))
		return false;
	*ret_value = json_number_value(at);
	return true;
}
