/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles and traces for other people's viewers. Each returns text that the caller frees, or NULL: out of
 * memory.
 *
 *   callgrind        KCachegrind, speedscope: cycles by function, call and source line
 *   collapsed stacks flame graphs: prof_calltree_collapsed
 *   trace events     Perfetto, speedscope, chrome://tracing: inferences, layers, interrupts, results, power
 *                    and memory over time
 */
#ifndef PROFILER_EXPORT_H
#define PROFILER_EXPORT_H

#include "profiler/profiler.h"

#include <jansson.h>

/* NULL, too, if there was no call tree. */
char *prof_export_callgrind(const struct prof_profiler *profiler);

char *prof_export_trace(const struct prof_record *record, const json_t *report);

#endif
