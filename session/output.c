/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/output.h"

#include "base/file.h"
#include "profiler/export.h"
#include "profiler/html.h"
#include "profiler/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_output_report(const json_t *report, const char *path, struct err *err)
{
	char *text = prof_report_text(report);
	bool ok = text ? file_write(path, text, strlen(text), err) : err_internal(err, "%s: out of memory", path);
	free(text);
	return ok;
}

/* Takes `text` over; NULL is no memory. */
static bool put_file(const char *folder, const char *name, char *text, struct err *err)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	bool ok = text ? file_write(path, text, strlen(text), err) : err_internal(err, "%s: out of memory", path);
	free(text);
	return ok;
}

static bool write_profile(struct prof_profiler *profiler, const char *folder, struct err *err)
{
	const struct prof_calltree *tree = prof_profiler_calltree(profiler);
	return !tree ||
	       (put_file(folder, "stacks.txt", prof_calltree_collapsed(tree, prof_profiler_function_name, profiler), err) &&
		put_file(folder, "callgrind.out", prof_export_callgrind(profiler), err));
}

bool session_output_write(struct prof_profiler *profiler, const json_t *report, const char *folder, struct err *err)
{
	const struct prof_record *record = prof_profiler_record(profiler);
	char path[4200];
	size_t size;
	if (strlen(folder) > 4096)
		return err_input(err, "the folder's name is too long");
	if (!file_make_dir(folder, err))
		return false;
	snprintf(path, sizeof path, "%s/run.twr", folder);
	return put_file(folder, "report.json", prof_report_text(report), err) &&
	       put_file(folder, "power.csv", prof_energy_csv(record, prof_profiler_prices(profiler), &size), err) &&
	       put_file(folder, "report.html", prof_html_make(record, report, &size), err) &&
	       put_file(folder, "trace.json", prof_export_trace(record, report), err) &&
	       write_profile(profiler, folder, err) && prof_record_save(record, path, err);
}
