/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/export.h"

#include "profiler/ops.h"
#include "profiler/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *finish(FILE *out, char **text)
{
	bool ok = !ferror(out);
	ok = fclose(out) == 0 && ok;
	if (!ok) {
		free(*text);
		return NULL;
	}
	return *text;
}

/* --- callgrind (Valgrind manual, "Callgrind Format Specification") ---------------------------------- */

struct arc {
	uint32_t from, to;
	uint64_t calls, cycles;
};

static int by_ends(const void *a, const void *b)
{
	const struct arc *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* All pairs of caller and callee. Exceptions' roots are nobody's callees. */
static struct arc *arcs_of(const struct prof_calltree *tree, size_t *ret_count)
{
	size_t nodes = prof_calltree_nodes(tree), count = 0, kept = 0;
	struct arc *arc = calloc(nodes, sizeof *arc);
	uint64_t *below = calloc(nodes, sizeof *below);
	for (size_t n = nodes; arc && below && n-- > 1;) {
		struct prof_call_node node = prof_calltree_node(tree, n),
				      parent = prof_calltree_node(tree, node.parent);
		below[n] += node.self_cycles;
		below[node.parent] += below[n];
		if (node.parent != 0 && parent.function < PROF_IRQ_FUNCTION)
			arc[count++] = (struct arc){parent.function, node.function, node.calls, below[n]};
	}
	if (!below) {
		free(arc);
		arc = NULL;
	}
	free(below);
	if (!arc)
		return NULL;
	qsort(arc, count, sizeof *arc, by_ends);
	for (size_t i = 0; i < count; i++) {
		if (kept && by_ends(&arc[kept - 1], &arc[i]) == 0) {
			arc[kept - 1].calls += arc[i].calls;
			arc[kept - 1].cycles += arc[i].cycles;
		} else {
			arc[kept++] = arc[i];
		}
	}
	*ret_count = kept;
	return arc;
}

/* One line, whatever the name. */
static void put_name(FILE *out, const char *key, const char *name)
{
	fprintf(out, "%s=", key);
	for (const char *c = name[0] ? name : "???"; *c; c++)
		fputc((unsigned char)*c < 0x20 ? '?' : *c, out);
	fputc('\n', out);
}

static void put_function(FILE *out, const struct prof_profiler *profiler, uint32_t number, uint64_t self,
			 const struct arc *arc, size_t arcs)
{
	struct prof_symbols *symbols = prof_profiler_symbols(profiler);
	const struct prof_lines *lines = prof_profiler_lines(profiler);
	const struct prof_function *f = prof_symbols_get(symbols, number);
	const char *file = f->file;
	uint64_t by_line = 0;
	fputc('\n', out);
	put_name(out, "fl", f->file);
	put_name(out, "fn", f->name);
	for (size_t i = 0; i < lines->count; i++) {
		const struct prof_line_cost *line = &lines->cost[i];
		if (line->function != number || by_line + line->cycles > self)
			continue;
		if (strcmp(line->file, file) != 0) { /* inlined from there */
			put_name(out, "fi", line->file);
			file = line->file;
		}
		by_line += line->cycles;
		fprintf(out, "%u %llu\n", line->line, (unsigned long long)line->cycles);
	}
	if (strcmp(file, f->file) != 0)
		put_name(out, "fe", f->file);
	if (self > by_line) /* what blocks do not know: entries of exceptions, waits */
		fprintf(out, "%u %llu\n", f->line, (unsigned long long)(self - by_line));
	for (size_t i = 0; i < arcs; i++) {
		const struct prof_function *to = prof_symbols_get(symbols, arc[i].to);
		if (arc[i].from != number || !to)
			continue;
		put_name(out, "cfi", to->file);
		put_name(out, "cfn", to->name);
		fprintf(out, "calls=%llu %u\n%u %llu\n", (unsigned long long)arc[i].calls, to->line, f->line,
			(unsigned long long)arc[i].cycles);
	}
}

char *prof_export_callgrind(const struct prof_profiler *profiler)
{
	const struct prof_calltree *tree = prof_profiler_calltree(profiler);
	struct prof_function_cost *costs = NULL;
	size_t count = 0, arcs = 0, size;
	char *text = NULL;
	if (!tree || !prof_calltree_functions(tree, &costs, &count))
		return NULL;
	struct arc *arc = arcs_of(tree, &arcs);
	FILE *out = arc ? open_memstream(&text, &size) : NULL;
	if (out) {
		fputs("# callgrind format\nversion: 1\ncreator: thumbwatt\n"
		      "desc: Unit: cycles of the core clock, awake\npositions: line\nevents: Cycles\n", out);
		for (size_t i = 0; i < count; i++)
			if (prof_symbols_get(prof_profiler_symbols(profiler), costs[i].function))
				put_function(out, profiler, costs[i].function, costs[i].self_cycles, arc,
					     arcs);
	}
	free(arc);
	free(costs);
	return out ? finish(out, &text) : NULL;
}

/* --- trace events ("Trace Event Format") ------------------------------------------------------------ */

enum { THREAD_INFERENCE = 1, THREAD_LAYER, THREAD_INTERRUPT, THREAD_EVENT };

struct events {
	FILE *out;
	bool any;
};

static void begin(struct events *e, const char *phase, int thread, uint64_t ps)
{
	fprintf(e->out, "%s\n{\"ph\":\"%s\",\"pid\":1,\"tid\":%d,\"ts\":%llu.%06llu", e->any ? "," : "",
		phase, thread, (unsigned long long)(ps / 1000000), (unsigned long long)(ps % 1000000));
	e->any = true;
}

static void put_string(struct events *e, const char *key, const char *text)
{
	json_t *string = json_string(text);
	char *dump = string ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
	fprintf(e->out, ",\"%s\":%s", key, dump ? dump : "\"?\"");
	free(dump);
	json_decref(string);
}

static void duration(struct events *e, uint64_t from_ps, uint64_t to_ps)
{
	uint64_t ps = to_ps - from_ps;
	fprintf(e->out, ",\"dur\":%llu.%06llu", (unsigned long long)(ps / 1000000),
		(unsigned long long)(ps % 1000000));
}

static void name_threads(struct events *e)
{
	static const char *const name[] = {[THREAD_INFERENCE] = "inference",
					   [THREAD_LAYER] = "layer",
					   [THREAD_INTERRUPT] = "interrupts",
					   [THREAD_EVENT] = "results and events"};
	for (int t = THREAD_INFERENCE; t <= THREAD_EVENT; t++) {
		begin(e, "M", t, 0);
		fprintf(e->out, ",\"name\":\"thread_name\",\"args\":{\"name\":\"%s\"}}", name[t]);
	}
}

static void put_work(struct events *e, const struct prof_record *record)
{
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_INFERENCE); i++) {
		const struct prof_inference *x = prof_record_item(record, PROF_TRACK_INFERENCE, i);
		begin(e, "X", THREAD_INFERENCE, x->begin_ps);
		duration(e, x->begin_ps, x->end_ps);
		fprintf(e->out, ",\"name\":\"inference %u\",\"args\":{\"cycles\":%llu}}", x->index,
			(unsigned long long)x->cycles);
	}
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_LAYER); i++) {
		const struct prof_layer *x = prof_record_item(record, PROF_TRACK_LAYER, i);
		begin(e, "X", THREAD_LAYER, x->begin_ps);
		duration(e, x->begin_ps, x->end_ps);
		fprintf(e->out, ",\"name\":\"%u %s\",\"args\":{\"cycles\":%llu,\"macs\":%llu}}", x->index,
			prof_op_name(x->op), (unsigned long long)x->cycles, (unsigned long long)x->macs);
	}
}

/* A return without its entry, or an entry that never returns, would shift all that follow: only pairs are
 * written. */
static void put_interrupts(struct events *e, const struct prof_record *record)
{
	struct {
		uint64_t ps;
		int32_t number;
	} open[64];
	unsigned depth = 0;
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_EXCEPTION); i++) {
		const struct prof_exception *x = prof_record_item(record, PROF_TRACK_EXCEPTION, i);
		if (x->entry) {
			if (depth < 64) {
				open[depth].ps = x->t_ps;
				open[depth++].number = x->number;
			}
			continue;
		}
		while (depth > 0 && open[depth - 1].number != x->number)
			depth--;
		if (depth == 0)
			continue;
		depth--;
		begin(e, "X", THREAD_INTERRUPT, open[depth].ps);
		duration(e, open[depth].ps, x->t_ps);
		fprintf(e->out, ",\"name\":\"%s %d\"}", x->number < 16 ? "exception" : "irq",
			x->number < 16 ? x->number : x->number - 16);
	}
}

static void put_moments(struct events *e, const struct prof_record *record, const json_t *report)
{
	const json_t *labels = json_object_get(report, "labels");
	char number[24];
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_RESULT); i++) {
		const struct prof_result *x = prof_record_item(record, PROF_TRACK_RESULT, i);
		const char *label = json_string_value(json_array_get(labels, x->label));
		snprintf(number, sizeof number, "class %u", x->label);
		begin(e, "i", THREAD_EVENT, x->t_ps);
		put_string(e, "name", label ? label : number);
		fputs(",\"s\":\"t\"}", e->out);
	}
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_NOTE); i++) {
		const struct prof_note *x = prof_record_item(record, PROF_TRACK_NOTE, i);
		begin(e, "X", THREAD_EVENT, x->begin_ps);
		duration(e, x->begin_ps, x->end_ps);
		put_string(e, "name", x->text);
		fputc('}', e->out);
	}
}

static void put_counters(struct events *e, const struct prof_record *record, const json_t *report)
{
	struct prof_prices prices;
	prof_prices_of_report(report, &prices);
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_POWER); i++) {
		const struct prof_power *x = prof_record_item(record, PROF_TRACK_POWER, i);
		begin(e, "C", 0, x->t_ps);
		fprintf(e->out, ",\"name\":\"power (mW)\",\"args\":{\"mW\":%.6g}}",
			(double)prof_energy_stretch_nw(record, &prices, i) / 1e6);
	}
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_MEMORY); i++) {
		const struct prof_memory *x = prof_record_item(record, PROF_TRACK_MEMORY, i);
		begin(e, "C", 0, x->t_ps);
		fprintf(e->out,
			",\"name\":\"memory, highest so far (bytes)\",\"args\":{\"arena\":%u,\"stack\":%u}}",
			x->arena_peak, x->stack_peak);
	}
}

char *prof_export_trace(const struct prof_record *record, const json_t *report)
{
	char *text = NULL;
	size_t size;
	struct events e = {.out = open_memstream(&text, &size)};
	if (!e.out)
		return NULL;
	fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", e.out);
	name_threads(&e);
	put_work(&e, record);
	put_interrupts(&e, record);
	put_moments(&e, record, report);
	put_counters(&e, record, report);
	fputs("\n]}\n", e.out);
	return finish(e.out, &text);
}
