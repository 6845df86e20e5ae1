/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/report_parts.h"

#include "profiler/ops.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINES 60
#define MAX_UART_BYTES (1u << 20) /* of a port, in the report; the record holds all */

/* --- values ----------------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at `at`, 0 if it is none (RFC 3629: no surrogates, nothing overlong). */
static size_t character(const unsigned char *at, size_t left)
{
	unsigned char a = at[0];
	size_t length = a < 0x80                ? 1
			: a >= 0xc2 && a < 0xe0 ? 2
			: a >= 0xe0 && a < 0xf0 ? 3
			: a >= 0xf0 && a < 0xf5 ? 4
						: 0;
	if (length == 0 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((a == 0xe0 && at[1] < 0xa0) || (a == 0xed && at[1] > 0x9f) || (a == 0xf0 && at[1] < 0x90) ||
	    (a == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

json_t *prof_json_bytes(const char *bytes, size_t count)
{
	char *clean = malloc(count * 3 + 1);
	size_t used = 0;
	if (!clean)
		return NULL;
	for (size_t at = 0; at < count;) {
		size_t length = character((const unsigned char *)bytes + at, count - at);
		memcpy(clean + used, length ? bytes + at : "\xef\xbf\xbd", length ? length : 3);
		used += length ? length : 3;
		at += length ? length : 1;
	}
	json_t *value = json_stringn(clean, used);
	free(clean);
	return value;
}

json_t *prof_json_text(const char *text)
{
	return text ? prof_json_bytes(text, strlen(text)) : json_null();
}

json_t *prof_json_real(double value)
{
	char digits[40];
	if (!isfinite(value))
		return json_null();
	snprintf(digits, sizeof digits, "%.10g", value);
	return json_real(strtod(digits, NULL));
}

static json_t *seconds(uint64_t ps)
{
	return prof_json_real((double)ps / 1e12);
}

static json_t *hex(uint32_t value)
{
	char text[16];
	snprintf(text, sizeof text, "0x%08x", value);
	return json_string(text);
}

/* --- lists ------------------------------------------------------------------------------------------ */

json_t *prof_report_outputs(const struct prof_profiler *profiler, const struct prof_report_about *about)
{
	const struct prof_record *record = prof_profiler_record(profiler);
	json_t *list = json_array();
	for (size_t i = 0; i < prof_record_count(record, PROF_TRACK_RESULT); i++) {
		const struct prof_result *r = prof_record_item(record, PROF_TRACK_RESULT, i);
		json_t *scores = json_array(), *item = json_object();
		char number[24];
		snprintf(number, sizeof number, "class %u", r->label);
		for (uint32_t s = 0; s < r->scores; s++)
			json_array_append_new(scores, prof_json_real((double)r->score[s]));
		json_object_set_new(item, "t_s", seconds(r->t_ps));
		const char *label = r->label < about->labels ? about->label[r->label] : number;
		json_object_set_new(item, "label", prof_json_text(label));
		json_object_set_new(item, "index", json_integer(r->label));
		json_object_set_new(item, "scores", scores);
		json_array_append_new(list, item);
	}
	return list;
}

static uint64_t *layer_energies(const struct prof_profiler *profiler, const struct prof_totals *totals)
{
	const struct prof_record *record = prof_profiler_record(profiler);
	uint64_t *pj = calloc(totals->layers + 1, sizeof *pj);
	for (size_t i = 0; pj && i < prof_record_count(record, PROF_TRACK_LAYER); i++) {
		const struct prof_layer *layer = prof_record_item(record, PROF_TRACK_LAYER, i);
		struct prof_energy energy;
		size_t low = 0, high = totals->layers;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (totals->layer[middle].index < layer->index)
				low = middle + 1;
			else
				high = middle;
		}
		if (low == totals->layers || totals->layer[low].index != layer->index)
			continue;
		prof_energy_between(record, prof_profiler_prices(profiler), layer->begin_ps, layer->end_ps,
				    &energy);
		pj[low] += energy.pj;
	}
	return pj;
}

json_t *prof_report_layers(const struct prof_profiler *profiler)
{
	const struct prof_totals *totals = prof_profiler_totals(profiler);
	uint64_t *pj = layer_energies(profiler, totals);
	json_t *list = json_array();
	for (size_t i = 0; pj && i < totals->layers; i++) {
		const struct prof_layer_sum *layer = &totals->layer[i];
		char name[64];
		snprintf(name, sizeof name, "%u %s", layer->index, prof_op_name(layer->op));
		json_t *item = json_object();
		json_object_set_new(item, "index", json_integer(layer->index));
		json_object_set_new(item, "op", json_string(prof_op_name(layer->op)));
		json_object_set_new(item, "name", json_string(name));
		json_object_set_new(item, "calls", json_integer((json_int_t)layer->calls));
		json_object_set_new(item, "cycles", json_integer((json_int_t)layer->cycles));
		json_object_set_new(item, "macs", json_integer((json_int_t)layer->macs));
		json_object_set_new(item, "energy_uj", prof_json_real((double)pj[i] / 1e6));
		json_array_append_new(list, item);
	}
	free(pj);
	return list;
}

/*
 * What state run took, in microjoules for each cycle that does not wait; one that does costs the discounted rest. So
 * all functions add up to it, at whatever clocks it ran.
 */
static double uj_per_cycle(const struct prof_profiler *profiler)
{
	const struct sim_when *end = &prof_profiler_totals(profiler)->end;
	const struct prof_prices *prices = prof_profiler_prices(profiler);
	struct prof_energy energy;
	prof_energy_between(prof_profiler_record(profiler), prices, 0, end->ps, &energy);
	double discount = prices->state[SIM_POWER_RUN].stall_discount_pct / 100;
	double cycles = (double)end->active - discount * (double)end->waited;
	return cycles > 0 ? (double)energy.state[SIM_POWER_RUN].pj / 1e6 / cycles : 0;
}

json_t *prof_report_functions(const struct prof_profiler *profiler)
{
	const struct prof_calltree *tree = prof_profiler_calltree(profiler);
	struct prof_symbols *symbols = prof_profiler_symbols(profiler);
	struct prof_function_cost *costs = NULL;
	size_t count = 0;
	json_t *list = json_array();
	if (!tree || !prof_calltree_functions(tree, &costs, &count))
		return list;
	double uj = uj_per_cycle(profiler);
	double discount = prof_profiler_prices(profiler)->state[SIM_POWER_RUN].stall_discount_pct / 100;
	for (size_t i = 0; i < count; i++) {
		const struct prof_function *f = prof_symbols_get(symbols, costs[i].function);
		if (!f || (!costs[i].total_cycles && !costs[i].calls))
			continue;
		json_t *item = json_object();
		json_object_set_new(item, "name", prof_json_text(f->name));
		json_object_set_new(item, "file", prof_json_text(f->file));
		json_object_set_new(item, "calls", json_integer((json_int_t)costs[i].calls));
		json_object_set_new(item, "cycles_self", json_integer((json_int_t)costs[i].self_cycles));
		json_object_set_new(item, "cycles_total", json_integer((json_int_t)costs[i].total_cycles));
		json_object_set_new(item, "line", json_integer(f->line));
		json_object_set_new(item, "waited_self", json_integer((json_int_t)costs[i].self_waited));
		json_object_set_new(item, "energy_self_uj",
				    prof_json_real(uj * ((double)costs[i].self_cycles -
							 discount * (double)costs[i].self_waited)));
		json_object_set_new(item, "energy_total_uj",
				    prof_json_real(uj * ((double)costs[i].total_cycles -
							 discount * (double)costs[i].total_waited)));
		json_array_append_new(list, item);
	}
	free(costs);
	return list;
}

static int by_cycles(const void *a, const void *b)
{
	const struct prof_line_cost *const *x = a, *const *y = b;
	if ((*x)->cycles != (*y)->cycles)
		return (*x)->cycles > (*y)->cycles ? -1 : 1;
	return *x < *y ? -1 : *x > *y; /* as they were sorted before */
}

json_t *prof_report_lines(const struct prof_profiler *profiler)
{
	const struct prof_lines *lines = prof_profiler_lines(profiler);
	const struct prof_line_cost **sorted = malloc((lines->count + 1) * sizeof *sorted);
	size_t count = 0;
	json_t *list = json_array();
	for (size_t i = 0; sorted && i < lines->count; i++)
		if (lines->cost[i].line)
			sorted[count++] = &lines->cost[i];
	if (sorted)
		qsort(sorted, count, sizeof *sorted, by_cycles);
	for (size_t i = 0; i < count && i < MAX_LINES; i++) {
		const struct prof_function *f =
			prof_symbols_get(prof_profiler_symbols(profiler), sorted[i]->function);
		json_t *item = json_object();
		json_object_set_new(item, "file", prof_json_text(sorted[i]->file));
		json_object_set_new(item, "line", json_integer(sorted[i]->line));
		json_object_set_new(item, "function", prof_json_text(f ? f->name : NULL));
		json_object_set_new(item, "cycles", json_integer((json_int_t)sorted[i]->cycles));
		json_array_append_new(list, item);
	}
	free(sorted);
	return list;
}

json_t *prof_report_uart(const struct prof_profiler *profiler)
{
	const struct prof_record *record = prof_profiler_record(profiler);
	size_t count = prof_record_count(record, PROF_TRACK_UART);
	json_t *ports = json_object();
	char *bytes = malloc(MAX_UART_BYTES);
	for (unsigned p = 0; bytes && p < prof_record_ports(record); p++) {
		size_t used = 0;
		for (size_t i = 0; i < count && used < MAX_UART_BYTES; i++) {
			const struct prof_uart *u = prof_record_item(record, PROF_TRACK_UART, i);
			if (u->port == p && !u->sent_by_host)
				bytes[used++] = (char)u->byte;
		}
		json_object_set_new(ports, prof_record_port(record, p), prof_json_bytes(bytes, used));
	}
	free(bytes);
	return ports;
}

json_t *prof_report_honesty(const struct prof_profiler *profiler)
{
	const struct sim_honesty *h = &prof_profiler_totals(profiler)->honesty;
	json_t *all = json_object(), *registers = json_array();
	for (unsigned i = 0; i < h->regs; i++) {
		json_t *item = json_object();
		json_object_set_new(item, "device", prof_json_text(h->reg[i].device));
		json_object_set_new(item, "at", hex(h->reg[i].at));
		json_object_set_new(item, "reads", json_integer(h->reg[i].reads));
		json_object_set_new(item, "writes", json_integer(h->reg[i].writes));
		json_object_set_new(item, "guessed", json_boolean(h->reg[i].guessed));
		json_array_append_new(registers, item);
	}
	json_object_set_new(all, "modelled", json_integer(h->modelled));
	json_object_set_new(all, "stubbed", json_integer(h->stubbed));
	json_object_set_new(all, "guessed", json_integer(h->guessed));
	json_object_set_new(all, "polled_cycles", json_integer((json_int_t)h->polled_cycles));
	json_object_set_new(all, "registers", registers);
	return all;
}

static json_t *place(struct prof_symbols *symbols, uint32_t pc)
{
	json_t *item = json_object();
	const char *file = NULL;
	unsigned line = 0;
	json_object_set_new(item, "pc", hex(pc));
	if (!symbols)
		return item;
	const struct prof_function *f = prof_symbols_get(symbols, prof_symbols_function(symbols, pc));
	json_object_set_new(item, "function", prof_json_text(f ? f->name : NULL));
	if (prof_symbols_line(symbols, pc, &file, &line)) {
		json_object_set_new(item, "file", prof_json_text(file));
		json_object_set_new(item, "line", json_integer(line));
	}
	return item;
}

json_t *prof_report_faults(const struct prof_profiler *profiler)
{
	const struct prof_totals *totals = prof_profiler_totals(profiler);
	struct prof_symbols *symbols = prof_profiler_symbols(profiler);
	json_t *list = json_array();
	for (size_t i = 0; i < totals->faults; i++) {
		const struct sim_fault *fault = &totals->fault[i];
		json_t *item = json_object(), *trace = json_array();
		/* A return address lies behind its call. */
		for (unsigned d = 0; d < fault->depth && d < 32; d++)
			json_array_append_new(trace, place(symbols, fault->backtrace[d] - (d ? 2 : 0)));
		json_object_set_new(item, "t_s", seconds(fault->when.ps));
		json_object_set_new(item, "cycle", json_integer((json_int_t)fault->when.cycle));
		json_object_set_new(item, "what", prof_json_text(fault->what));
		json_object_set_new(item, "pc", hex(fault->pc));
		json_object_set_new(item, "address", hex(fault->address));
		json_object_set_new(item, "exception", json_integer(fault->exception));
		json_object_set_new(item, "lockup", json_boolean(fault->lockup));
		json_object_set_new(item, "backtrace", trace);
		json_array_append_new(list, item);
	}
	return list;
}

json_t *prof_report_sensors(const struct prof_profiler *profiler)
{
	const struct prof_record *record = prof_profiler_record(profiler);
	json_t *list = json_array();
	for (unsigned s = 0; s < prof_record_sensors(record); s++) {
		const struct prof_sensor *sensor = prof_record_sensor(record, s);
		uint64_t lost = 0;
		for (size_t i = 0; i < prof_record_frames(record, s); i++)
			lost += prof_record_frame(record, s, i)->lost;
		json_t *item = json_object();
		json_object_set_new(item, "name", prof_json_text(sensor->name));
		json_object_set_new(item, "unit", prof_json_text(sensor->unit));
		json_object_set_new(item, "channels", json_integer(sensor->channels));
		json_object_set_new(item, "rate_hz", prof_json_real((double)sensor->rate_mhz / 1000));
		json_object_set_new(item, "frames", json_integer((json_int_t)prof_record_frames(record, s)));
		json_object_set_new(item, "lost", json_integer((json_int_t)lost));
		json_array_append_new(list, item);
	}
	return list;
}
