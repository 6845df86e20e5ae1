/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Within the report only: the lists, and values that JSON can always hold. */
#ifndef PROFILER_REPORT_PARTS_H
#define PROFILER_REPORT_PARTS_H

#include "profiler/report.h"

json_t *prof_json_text(const char *text); /* broken UTF-8 becomes U+FFFD; NULL becomes null */
json_t *prof_json_bytes(const char *bytes, size_t count);
json_t *prof_json_real(double value);                          /* 10 significant digits; null if not finite */

json_t *prof_report_outputs(const struct prof_profiler *profiler, const struct prof_report_about *about);
json_t *prof_report_layers(const struct prof_profiler *profiler);
json_t *prof_report_functions(const struct prof_profiler *profiler);
json_t *prof_report_lines(const struct prof_profiler *profiler);
json_t *prof_report_uart(const struct prof_profiler *profiler);
json_t *prof_report_honesty(const struct prof_profiler *profiler);
json_t *prof_report_faults(const struct prof_profiler *profiler);
json_t *prof_report_sensors(const struct prof_profiler *profiler);

#endif
