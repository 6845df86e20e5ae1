/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/summary.h"

#include "profiler/report.h"
#include "profiler/units.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LAYERS 5
#define MAX_VERDICTS 16

struct page {
	const json_t *report;
	FILE *out;
	bool colour;
};

enum ink { INK_PLAIN, INK_BOLD, INK_FAINT, INK_GOOD, INK_BAD, INK_WARN };

static const char *ink(const struct page *page, enum ink which)
{
	static const char *const code[] = {"\033[0m",  "\033[1m",  "\033[2m",
					   "\033[32m", "\033[31m", "\033[33m"};
	return page->colour ? code[which] : "";
}

/* What the guest or a file named must not move the cursor: control characters become '?'. Cut to fit. */
static const char *clean(const char *text, char *room, size_t size)
{
	size_t used = 0;
	for (; text && *text && used + 1 < size; text++)
		room[used++] = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
	while (used > 0 && text && *text && (room[used - 1] & 0x80) && !(room[used - 1] & 0x40))
		used--; /* not half a character */
	if (used > 0 && text && *text && (room[used - 1] & 0xc0) == 0xc0)
		used--;
	room[used] = 0;
	return room;
}

static const char *text_of(const json_t *object, const char *key, char *room, size_t size)
{
	return clean(json_string_value(json_object_get(object, key)), room, size);
}

static double number(const json_t *object, const char *path)
{
	double value = 0;
	prof_report_number(object, path, &value);
	return value;
}

static bool has(const struct page *page, const char *path)
{
	double value;
	return prof_report_number(page->report, path, &value);
}

/* Columns that a text takes: UTF-8 characters. */
static int width(const char *text)
{
	int columns = 0;
	for (; *text; text++)
		columns += (*text & 0xc0) != 0x80;
	return columns;
}

static void pad(const struct page *page, const char *text, int columns)
{
	fprintf(page->out, "%s%*s", text, columns > width(text) ? columns - width(text) : 0, "");
}

/* "  latency        58.35 ms  ±4 %      min 58.31 ms, …" */
static void line(const struct page *page, const char *name, const char *path, enum prof_unit unit,
		 double scale, const char *remark)
{
	char value_text[48], range_text[48];
	double value = number(page->report, path);
	const json_t *quality = json_object_get(json_object_get(page->report, "quality"), path);
	fprintf(page->out, "  %s%-15s%s", ink(page, INK_FAINT), name, ink(page, INK_PLAIN));
	range_text[0] = 0;
	if (quality)
		prof_range_text(value, number(quality, "low"), number(quality, "high"), range_text,
				sizeof range_text);
	fprintf(page->out, "%s", ink(page, INK_BOLD));
	pad(page, prof_unit_text(unit, value * scale, value_text, sizeof value_text),
	    range_text[0] || remark[0] ? 13 : 0);
	fprintf(page->out, "%s", ink(page, INK_PLAIN));
	if (remark[0])
		pad(page, range_text, 15);
	else
		fputs(range_text, page->out);
	fprintf(page->out, "%s\n", remark);
}

static void head(const struct page *page)
{
	char scenario[48], board[40], core[24], clock[32], time[32], instructions[32];
	const json_t *r = page->report;
	double simulated = number(r, "simulated_s");
	text_of(r, "scenario", scenario, sizeof scenario);
	text_of(r, "board", board, sizeof board);
	text_of(r, "core", core, sizeof core);
	prof_unit_text(PROF_HERTZ, number(r, "clock_hz"), clock, sizeof clock);
	prof_unit_text(PROF_SECONDS, simulated, time, sizeof time);
	prof_unit_text(PROF_COUNT, number(r, "instructions"), instructions, sizeof instructions);
	fprintf(page->out, "%s%s%s%s%s  %s, %s\n", ink(page, INK_BOLD), scenario, scenario[0] ? " on " : "",
		board, ink(page, INK_PLAIN), core, clock);
	fprintf(page->out, "%sran %s: %s instructions, asleep %.1f %% of the time%s\n\n",
		ink(page, INK_FAINT), time, instructions,
		simulated > 0 ? 100 * number(r, "sleep_s") / simulated : 0.0, ink(page, INK_PLAIN));
}

static void times_and_energy(const struct page *page)
{
	char remark[160], a[40], b[40], c[40];
	const json_t *r = page->report;
	if (has(page, "inferences.latency_ms.mean")) {
		line(page, "inferences", "inferences.count", PROF_COUNT, 1, "");
		snprintf(remark, sizeof remark, "min %s, p99 %s, max %s",
			 prof_unit_text(PROF_SECONDS, number(r, "inferences.latency_ms.min") / 1e3, a,
					sizeof a),
			 prof_unit_text(PROF_SECONDS, number(r, "inferences.latency_ms.p99") / 1e3, b,
					sizeof b),
			 prof_unit_text(PROF_SECONDS, number(r, "inferences.latency_ms.max") / 1e3, c,
					sizeof c));
		line(page, "latency", "inferences.latency_ms.mean", PROF_SECONDS, 1e-3, remark);
		line(page, "cycles", "inferences.cycles.mean", PROF_COUNT, 1, "per inference");
		line(page, "energy", "inferences.energy_uj.mean", PROF_JOULES, 1e-6, "per inference");
	}
	snprintf(remark, sizeof remark, "%s in all",
		 prof_unit_text(PROF_JOULES, number(r, "energy.total_mj") / 1e3, a, sizeof a));
	line(page, "average power", "energy.average_mw", PROF_WATTS, 1e-3, remark);
	if (has(page, "energy.battery.days")) {
		snprintf(remark, sizeof remark, "of %g mAh", number(r, "energy.battery.capacity_mah"));
		line(page, "battery", "energy.battery.days", PROF_DAYS, 1, remark);
	}
}

static void memory(const struct page *page)
{
	char remark[64], a[40];
	fputc('\n', page->out);
	line(page, "flash", "memory.flash_bytes", PROF_BYTES, 1, "");
	line(page, "RAM", "memory.ram_bytes", PROF_BYTES, 1, "");
	if (has(page, "memory.arena_bytes")) {
		snprintf(remark, sizeof remark, "of %s",
			 prof_unit_text(PROF_BYTES, number(page->report, "memory.arena_capacity_bytes"), a,
					sizeof a));
		line(page, "  arena", "memory.arena_bytes", PROF_BYTES, 1, remark);
	}
	if (has(page, "memory.stack_peak_bytes"))
		line(page, "  stack", "memory.stack_peak_bytes", PROF_BYTES, 1, "");
	if (has(page, "memory.heap_peak_bytes"))
		line(page, "  heap", "memory.heap_peak_bytes", PROF_BYTES, 1, "");
}

/* The largest by `key`, largest first, into `ret`; at most `room`. */
static size_t largest(const json_t *list, const char *key, const json_t **ret, size_t room)
{
	size_t count = 0, i;
	const json_t *item;
	json_array_foreach(list, i, item) {
		size_t at = count < room ? count++ : room;
		for (; at > 0 && number(ret[at - 1], key) < number(item, key); at--)
			if (at < room)
				ret[at] = ret[at - 1];
		if (at < room)
			ret[at] = item;
	}
	return count;
}

/* "27,512,837" */
static const char *grouped(double value, char *text, size_t room)
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%.0f", value);
	size_t used = 0;
	for (int i = 0; i < length && used + 2 < room; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = 0;
	return text;
}

static void costs(const struct page *page, const char *title, const char *list_key, const char *cycles_key)
{
	const json_t *list = json_object_get(page->report, list_key), *top[MAX_LAYERS], *item;
	size_t count = largest(list, cycles_key, top, MAX_LAYERS), i;
	double all = 0;
	json_array_foreach(list, i, item)
		all += number(item, cycles_key);
	if (count == 0 || all == 0)
		return;
	fprintf(page->out, "\n  %s%-34s%14s   share%s\n", ink(page, INK_FAINT), title, "cycles",
		ink(page, INK_PLAIN));
	for (i = 0; i < count; i++) {
		char name[34], cycles[40];
		fputs("  ", page->out);
		pad(page, text_of(top[i], "name", name, sizeof name), 34);
		fprintf(page->out, "%14s  %5.1f %%\n",
			grouped(number(top[i], cycles_key), cycles, sizeof cycles),
			100 * number(top[i], cycles_key) / all);
	}
}

static const char *why_failed(const json_t *verdict, char *text, size_t size)
{
	if (!json_object_get(verdict, "limit"))
		return text_of(verdict, "detail", text, size);
	if (json_is_number(json_object_get(verdict, "actual")))
		snprintf(text, size, "%.6g, limit %.6g", number(verdict, "actual"), number(verdict, "limit"));
	else
		snprintf(text, size, "this run has no such number, limit %.6g", number(verdict, "limit"));
	return text;
}

/* All verdicts in one line, those that failed one by one. */
static void verdicts(const struct page *page, const char *key, const char *name_key)
{
	const json_t *list = json_object_get(page->report, key), *item;
	size_t i, held = 0, shown = 0, count = json_array_size(list);
	char name[80], detail[200];
	if (count == 0)
		return;
	json_array_foreach(list, i, item)
		held += json_is_true(json_object_get(item, "pass"));
	fprintf(page->out, "  %-15s%s%zu of %zu held%s\n", key, ink(page, held == count ? INK_GOOD : INK_BAD), held,
		count, ink(page, INK_PLAIN));
	json_array_foreach(list, i, item) {
		if (json_is_true(json_object_get(item, "pass")) || shown++ >= MAX_VERDICTS)
			continue;
		fprintf(page->out, "    %sfailed%s  %s: %s\n", ink(page, INK_BAD), ink(page, INK_PLAIN),
			text_of(item, name_key, name, sizeof name), why_failed(item, detail, sizeof detail));
	}
	if (shown > MAX_VERDICTS)
		fprintf(page->out, "    and %zu more, which the report names\n", shown - MAX_VERDICTS);
}

static void validity(const struct page *page)
{
	const json_t *validity = json_object_get(page->report, "validity"), *item;
	char level[16], code[32], text[140];
	size_t i;
	text_of(validity, "level", level, sizeof level);
	fprintf(page->out, "  %-15s%s%s%s\n", "validity",
		ink(page, strcmp(level, "ok") == 0        ? INK_GOOD
			  : strcmp(level, "invalid") == 0 ? INK_BAD
							  : INK_WARN),
		level, ink(page, INK_PLAIN));
	json_array_foreach(json_object_get(validity, "issues"), i, item)
		if (i < 5)
			fprintf(page->out, "    %s: %s\n", text_of(item, "code", code, sizeof code),
				text_of(item, "text", text, sizeof text));
}

void prof_summary_print(const json_t *report, FILE *out, bool colour)
{
	const struct page page = {report, out, colour};
	head(&page);
	times_and_energy(&page);
	memory(&page);
	if (json_array_size(json_object_get(report, "layers")))
		costs(&page, "layer", "layers", "cycles");
	else
		costs(&page, "function", "functions", "cycles_self");
	fputc('\n', out);
	verdicts(&page, "expectations", "name");
	verdicts(&page, "budgets", "metric");
	validity(&page);
}

bool prof_summary_wants_colour(FILE *out)
{
	const char *term = getenv("TERM");
	return isatty(fileno(out)) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}
