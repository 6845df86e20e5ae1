/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
#include "page_css.inc"
	;
static const char script[] =
#include "page_js.inc"
	;

/*
 * JSON inside <script>: '<' could end the element or start a comment, U+2028 and U+2029 end a line in some
 * scripts. In JSON these characters occur within strings only, where their \u form means the same.
 */
static void write_json(FILE *out, const char *json)
{
	for (const char *c = json; *c; c++) {
		if (*c == '<' || *c == '>' || *c == '&')
			fprintf(out, "\\u%04x", *c);
		else if (strncmp(c, "\xe2\x80\xa8", 3) == 0 || strncmp(c, "\xe2\x80\xa9", 3) == 0) {
			fputs(c[2] == '\xa8' ? "\\u2028" : "\\u2029", out);
			c += 2;
		} else
			fputc(*c, out);
	}
}

static void write_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&' || *text == '"' || *text == '\'')
			fprintf(out, "&#%d;", *text);
		else
			fputc(*text, out);
	}
}

static const char *text_of(const json_t *report, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(report, key));
	return text ? text : otherwise;
}

char *prof_html_make(const struct prof_record *record, const json_t *report, size_t *ret_bytes)
{
	json_t *trace = prof_html_trace(record, report);
	char *report_json = json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(10));
	char *trace_json = trace ? json_dumps(trace, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
	char *page = NULL;
	FILE *out = report_json && trace_json ? open_memstream(&page, ret_bytes) : NULL;
	bool ok = out != NULL;
	if (ok) {
		fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
		      out);
		write_text(out, text_of(report, "scenario", "run"));
		fputs(" on ", out);
		write_text(out, text_of(report, "board", "a board"));
		fprintf(out, "</title>\n<style>\n%s</style>\n<main id=\"page\"></main>\n", style);
		fputs("<noscript>The numbers are in report.json; the plots need JavaScript.</noscript>\n"
		      "<script id=\"data\" type=\"application/json\">{\"report\":", out);
		write_json(out, report_json);
		fputs(",\"trace\":", out);
		write_json(out, trace_json);
		fprintf(out, "}</script>\n<script>\n%s</script>\n</html>\n", script);
		ok = !ferror(out);
		ok = fclose(out) == 0 && ok;
	}
	if (!ok) {
		free(page);
		page = NULL;
	}
	free(report_json);
	free(trace_json);
	json_decref(trace);
	return page;
}
