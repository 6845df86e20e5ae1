/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run as one HTML page that needs nothing but itself: report and traces as JSON, style and script inline.
 * What the guest wrote reaches the page as JSON only, with every character escaped that could end the element
 * it stands in, and the script puts it into text nodes only.
 */
#ifndef PROFILER_HTML_H
#define PROFILER_HTML_H

#include "profiler/record.h"

#include <jansson.h>

/* The caller frees. NULL: out of memory. Report and record may also be read back from a file. */
char *prof_html_make(const struct prof_record *record, const json_t *report, size_t *ret_bytes);

/* The traces as the page's script reads them, thinned out to what a screen can show. A new reference. */
json_t *prof_html_trace(const struct prof_record *record, const json_t *report);

#endif
