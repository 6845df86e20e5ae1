/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a finished run leaves in its folder. */
#ifndef SESSION_OUTPUT_H
#define SESSION_OUTPUT_H

#include "profiler/profiler.h"

#include <jansson.h>

/* The report as text. What cannot be written is ERR_INPUT or ERR_INTERNAL (base/file.h) and leaves what was there. */
bool session_output_report(const json_t *report, const char *path, struct err *err);

/* Everything that session_write promises, in the order of their worth: what fails ends it. */
bool session_output_write(struct prof_profiler *profiler, const json_t *report, const char *folder, struct err *err);

#endif
