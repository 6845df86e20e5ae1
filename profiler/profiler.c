/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/profiler.h"

#include "runtime/protocol.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SENSORS 16
#define MAX_LAYERS 4096      /* the guest may mark any index */
#define MAX_HEAP_BYTES (16u << 20)

struct prof_profiler {
	struct sim_board board;
	struct prof_prices prices;
	struct prof_record *record;
	struct prof_access access;
	struct prof_symbols *symbols;
	struct prof_calltree *tree;
	struct prof_totals totals;
	struct prof_lines lines;
	uint64_t last_ps[PROF_TRACKS]; /* the record wants order; marks are exact, other events come at the
					  ends of blocks */
	struct prof_layer_sum *layer;
	size_t layer_room;
	struct sim_fault fault[PROF_MAX_FAULTS];
	struct {
		char name[32];
		unsigned in_record;
		uint64_t last_ps;
	} sensor[MAX_SENSORS];
	unsigned sensors;
	struct {
		char name[32];
		unsigned in_record;
	} port; /* the one that spoke last */
	bool in_inference, in_layer;
	uint32_t inference;
	struct sim_when inference_begin, layer_begin;
	uint32_t layer_index, layer_op;
	uint32_t probe, probe_sp;
	int arena_watch;
	struct prof_memory memory;
	struct prof_note *ahead; /* sorted by begin_ps, the latest first */
	size_t aheads;
	uint32_t heap_at, heap_bytes;
	bool heap_is_array;   /* ucHeap: its whole range belongs to the heap */
	uint8_t *heap_before;
};

/* --- keeping order ---------------------------------------------------------------------------------- */

static uint64_t in_order(struct prof_profiler *p, enum prof_track track, uint64_t ps)
{
	if (ps < p->last_ps[track])
		ps = p->last_ps[track];
	return p->last_ps[track] = ps;
}

static void append_note(struct prof_profiler *p, struct prof_note *note)
{
	note->begin_ps = in_order(p, PROF_TRACK_NOTE, note->begin_ps);
	if (note->end_ps < note->begin_ps)
		note->end_ps = note->begin_ps;
	prof_record_append(p->record, PROF_TRACK_NOTE, note);
}

static void append_notes_until(struct prof_profiler *p, uint64_t ps)
{
	while (p->aheads > 0 && p->ahead[p->aheads - 1].begin_ps <= ps)
		append_note(p, &p->ahead[--p->aheads]);
}

void prof_profiler_note(struct prof_profiler *p, const struct prof_note *note)
{
	struct prof_note *bigger = realloc(p->ahead, (p->aheads + 1) * sizeof *bigger);
	if (!bigger)
		return; /* a note less */
	p->ahead = bigger;
	size_t at = p->aheads++;
	for (; at > 0 && p->ahead[at - 1].begin_ps <= note->begin_ps; at--)
		p->ahead[at] = p->ahead[at - 1];
	p->ahead[at] = *note;
}

static void note_now(struct prof_profiler *p, uint64_t ps, enum prof_note_kind kind, const char *text)
{
	struct prof_note item;
	memset(&item, 0, sizeof item);
	item.begin_ps = item.end_ps = ps;
	item.kind = kind;
	snprintf(item.text, sizeof item.text, "%s", text);
	append_notes_until(p, ps);
	append_note(p, &item);
}

/* --- memory ----------------------------------------------------------------------------------------- */

static uint32_t depth_of(uint32_t top, uint32_t low)
{
	return top != UINT32_MAX && low != UINT32_MAX && low <= top ? top - low : 0;
}

static void look_at_memory(struct prof_profiler *p, uint64_t ps)
{
	struct sim_stacks s = p->access.stacks(p->access.machine);
	struct prof_memory now = {.stack_peak = depth_of(s.main_top, s.main_low)};
	if (p->arena_watch >= 0)
		now.arena_peak = p->access.watch_top(p->access.machine, p->arena_watch);
	now.stack_bytes = now.stack_peak;
	now.arena_bytes = now.arena_peak;
	p->totals.stack_known = s.main_low != UINT32_MAX;
	p->totals.stack_at = s.main_low;
	p->totals.stack_peak = now.stack_peak;
	p->totals.process_stack_peak = depth_of(s.process_top, s.process_low);
	p->totals.arena_peak = now.arena_peak;
	if (now.stack_peak == p->memory.stack_peak && now.arena_peak == p->memory.arena_peak)
		return;
	p->memory = now;
	now.t_ps = in_order(p, PROF_TRACK_MEMORY, ps);
	prof_record_append(p->record, PROF_TRACK_MEMORY, &now);
}

static void watch_arena(struct prof_profiler *p, uint32_t at, uint32_t bytes)
{
	if (p->totals.arena_known)
		return;
	p->arena_watch = p->access.watch(p->access.machine, at, bytes);
	p->totals.arena_known = p->arena_watch >= 0;
	if (!p->totals.arena_known)
		return;
	p->totals.arena_at = at;
	p->totals.arena_capacity = bytes;
}

/* Names by which TFLite Micro applications call their arena; a static of C++ has its file's scope in its
 * name. */
static void find_arena(struct prof_profiler *p)
{
	static const char *const names[] = {"tensor_arena",      "g_tensor_arena",
					    "_ZL12tensor_arena", "s_tensor_arena",
					    "tensorArena",       "_ZN12_GLOBAL__N_112tensor_arenaE",
					    "model_arena"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t at, bytes;
		if (prof_symbols_find(p->symbols, names[i], &at, &bytes) && bytes >= 16)
			watch_arena(p, at, bytes);
	}
}

static uint32_t room_above(const struct sim_board *board, uint32_t at)
{
	for (unsigned m = 0; m < board->memories; m++)
		if (at >= board->memory[m].at && at - board->memory[m].at < board->memory[m].bytes)
			return board->memory[m].bytes - (at - board->memory[m].at);
	return 0;
}

static void find_heap(struct prof_profiler *p)
{
	static const char *const ends[] = {"end", "_end", "__end__", "__HeapBase", "__heap_start"};
	uint32_t at = 0, bytes = 0, ignored;
	p->heap_is_array = prof_symbols_find(p->symbols, "ucHeap", &at, &bytes) && bytes > 0;
	if (!p->heap_is_array) {
		if (!prof_symbols_find(p->symbols, "_sbrk", &ignored, &ignored) &&
		    !prof_symbols_find(p->symbols, "sbrk", &ignored, &ignored))
			return;
		for (size_t i = 0; i < sizeof ends / sizeof *ends && bytes == 0; i++)
			if (prof_symbols_find(p->symbols, ends[i], &at, &ignored))
				bytes = room_above(&p->board, at);
	}
	if (bytes == 0 || bytes > MAX_HEAP_BYTES)
		return;
	p->heap_before = malloc(bytes);
	p->heap_at = p->totals.heap_at = at;
	p->heap_bytes = bytes;
	p->totals.heap_known = p->heap_before && p->access.read(p->access.machine, at, p->heap_before, bytes);
}

static void measure_heap(struct prof_profiler *p)
{
	uint32_t bytes = p->heap_bytes;
	uint32_t stack = p->access.stacks(p->access.machine).main_low;
	uint8_t *now = p->totals.heap_known ? malloc(bytes) : NULL;
	if (!p->heap_is_array && stack >= p->heap_at && stack - p->heap_at < bytes)
		bytes = stack - p->heap_at;
	p->totals.heap_known = now && p->access.read(p->access.machine, p->heap_at, now, bytes);
	while (p->totals.heap_known && bytes > 0 && now[bytes - 1] == p->heap_before[bytes - 1])
		bytes--;
	p->totals.heap_peak = p->totals.heap_known ? bytes : 0;
	free(now);
}

/* --- power ------------------------------------------------------------------------------------------ */

static const struct prof_power *last_power(const struct prof_profiler *p)
{
	size_t count = prof_record_count(p->record, PROF_TRACK_POWER);
	return count ? prof_record_item(p->record, PROF_TRACK_POWER, count - 1) : NULL;
}

static void append_power(struct prof_profiler *p, struct sim_when when, enum sim_power_state state, uint64_t hz)
{
	struct prof_power item = {.t_ps = in_order(p, PROF_TRACK_POWER, when.ps),
				  .cycle = when.cycle,
				  .hz = hz,
				  .waited = when.waited,
				  .state = state};
	prof_record_append(p->record, PROF_TRACK_POWER, &item);
}

/* What waits for memory here is not to be spread over what lies there. */
static void divide_power(struct prof_profiler *p, struct sim_when when)
{
	const struct prof_power *last = last_power(p);
	if (last && last->state == SIM_POWER_RUN && when.waited > last->waited && when.ps > last->t_ps)
		append_power(p, when, SIM_POWER_RUN, last->hz);
}

/* --- inferences and layers -------------------------------------------------------------------------- */

/* A mark tells its exact cycle, other events that of their block's end: within one block they can be out of
 * order. */
static uint64_t cycles_since(struct sim_when begin, struct sim_when end)
{
	return end.active > begin.active ? end.active - begin.active : 0;
}

void prof_profiler_begin(struct prof_profiler *p, struct sim_when when)
{
	divide_power(p, when);
	p->in_inference = true;
	p->in_layer = false;
	p->inference_begin = when;
}

void prof_profiler_end(struct prof_profiler *p, struct sim_when when)
{
	if (!p->in_inference) {
		p->totals.unmatched_marks++;
		return;
	}
	divide_power(p, when);
	p->in_inference = p->in_layer = false;
	struct prof_inference item = {
		.end_ps = in_order(p, PROF_TRACK_INFERENCE, when.ps),
		.cycles = cycles_since(p->inference_begin, when),
		.index = (uint32_t)p->totals.inferences++,
	};
	item.begin_ps = p->inference_begin.ps < item.end_ps ? p->inference_begin.ps : item.end_ps;
	prof_record_append(p->record, PROF_TRACK_INFERENCE, &item);
	look_at_memory(p, when.ps);
}

static struct prof_layer_sum *layer_sum(struct prof_profiler *p, uint32_t index, uint32_t op)
{
	size_t at = 0;
	while (at < p->totals.layers && p->layer[at].index < index)
		at++;
	if (at < p->totals.layers && p->layer[at].index == index)
		return &p->layer[at];
	if (p->totals.layers == MAX_LAYERS)
		return NULL;
	if (p->totals.layers == p->layer_room) {
		size_t room = p->layer_room ? p->layer_room * 2 : 64;
		struct prof_layer_sum *bigger = realloc(p->layer, room * sizeof *bigger);
		if (!bigger)
			return NULL;
		p->totals.layer = p->layer = bigger;
		p->layer_room = room;
	}
	memmove(p->layer + at + 1, p->layer + at, (p->totals.layers - at) * sizeof *p->layer);
	p->layer[at] = (struct prof_layer_sum){.index = index, .op = op};
	p->totals.layers++;
	return &p->layer[at];
}

static void begin_layer(struct prof_profiler *p, struct sim_when when, const struct sim_mark *mark)
{
	divide_power(p, when);
	p->in_layer = true;
	p->layer_begin = when;
	p->layer_index = mark->index;
	p->layer_op = mark->op;
}

static void end_layer(struct prof_profiler *p, struct sim_when when, const struct sim_mark *mark)
{
	if (!p->in_layer || p->layer_index != mark->index) {
		p->totals.unmatched_marks++;
		return;
	}
	divide_power(p, when);
	p->in_layer = false;
	struct prof_layer item = {
		.end_ps = in_order(p, PROF_TRACK_LAYER, when.ps),
		.cycles = cycles_since(p->layer_begin, when),
		.macs = mark->value,
		.inference = (uint32_t)p->totals.inferences,
		.index = mark->index,
		.op = mark->op,
	};
	item.begin_ps = p->layer_begin.ps < item.end_ps ? p->layer_begin.ps : item.end_ps;
	prof_record_append(p->record, PROF_TRACK_LAYER, &item);
	struct prof_layer_sum *sum = layer_sum(p, mark->index, mark->op);
	if (sum) {
		sum->calls++;
		sum->cycles += item.cycles;
		sum->macs += item.macs;
		sum->ps += item.end_ps - item.begin_ps;
	}
	look_at_memory(p, when.ps);
}

static void add_result(struct prof_profiler *p, struct sim_when when, const struct sim_mark *mark)
{
	int8_t score[PROF_MAX_SCORES];
	uint32_t count = mark->bytes < PROF_MAX_SCORES ? mark->bytes : PROF_MAX_SCORES;
	struct prof_result item = {.t_ps = in_order(p, PROF_TRACK_RESULT, when.ps), .label = mark->index};
	/* Told after its inference has ended, or just before. */
	item.inference = (uint32_t)(p->in_inference || p->totals.inferences == 0 ? p->totals.inferences
										: p->totals.inferences - 1);
	float scale;
	memcpy(&scale, &mark->tensor, sizeof scale);
	bool told = scale > 0 && isfinite(scale);
	if (p->access.read(p->access.machine, mark->at, score, count)) {
		item.scores = count;
		for (uint32_t i = 0; i < count; i++)
			item.score[i] = told ? (float)(score[i] - (int32_t)mark->op) * scale : ((float)score[i] + 128) / 256;
	}
	prof_record_append(p->record, PROF_TRACK_RESULT, &item);
}

static void on_mark(void *context, struct sim_when when, const struct sim_mark *mark)
{
	struct prof_profiler *p = context;
	char text[96];
	switch (mark->kind) {
	case RT_MARK_ARENA:
		if (!p->totals.arena_known) {
			watch_arena(p, mark->at, mark->bytes);
			p->totals.arena_is_extra = p->totals.arena_known;
		}
		p->totals.arena_planned = mark->value;
		break;
	case RT_MARK_INFERENCE_BEGIN:
		prof_profiler_begin(p, when);
		break;
	case RT_MARK_INFERENCE_END:
		prof_profiler_end(p, when);
		break;
	case RT_MARK_LAYER_BEGIN:
		begin_layer(p, when, mark);
		break;
	case RT_MARK_LAYER_END:
		end_layer(p, when, mark);
		break;
	case RT_MARK_RESULT:
		add_result(p, when, mark);
		break;
	case RT_MARK_ERROR:
		p->totals.firmware_failed = true;
		p->totals.error_status = mark->value;
		p->totals.error_index = mark->index;
		p->totals.error_op = mark->op;
		snprintf(text, sizeof text, "the firmware stopped with status %u", mark->value);
		note_now(p, when.ps, PROF_NOTE_FAULT, text);
		break;
	case RT_MARK_LATE:
		p->totals.late++;
		p->totals.late_frames += mark->value;
		break;
	case RT_MARK_DONE:
		p->totals.done = true;
		p->totals.done_status = mark->value;
		break;
	default:
		break; /* a later protocol's */
	}
}

/* --- the other callbacks ---------------------------------------------------------------------------- */

static uint32_t on_function_of(void *context, uint32_t pc)
{
	struct prof_profiler *p = context;
	return prof_symbols_function(p->symbols, pc);
}

static void on_edge(void *context, uint64_t active, enum sim_edge edge, uint32_t from, uint32_t to, uint32_t pc,
		    uint32_t sp)
{
	struct prof_profiler *p = context;
	if (p->tree)
		prof_calltree_edge(p->tree, active, edge, from, to, sp);
	if (p->probe == SIM_NO_FUNCTION)
		return;
	if ((edge == SIM_EDGE_CALL || edge == SIM_EDGE_JUMP) && to == p->probe && !p->in_inference) {
		p->probe_sp = sp;
		prof_profiler_begin(p, p->access.now(p->access.machine));
	} else if (edge == SIM_EDGE_RETURN && p->in_inference && sp >= p->probe_sp && to != p->probe) {
		prof_profiler_end(p, p->access.now(p->access.machine));
	}
}

static void on_exception(void *context, struct sim_when when, int number, bool entry)
{
	struct prof_profiler *p = context;
	if (p->tree)
		prof_calltree_exception(p->tree, when.active, number, entry);
	struct prof_exception item = {.t_ps = in_order(p, PROF_TRACK_EXCEPTION, when.ps), .number = number,
				      .entry = entry};
	prof_record_append(p->record, PROF_TRACK_EXCEPTION, &item);
}

static void on_power(void *context, struct sim_when when, enum sim_power_state state, uint64_t hz)
{
	struct prof_profiler *p = context;
	const struct prof_power *last = last_power(p);
	if (last && last->state == (uint32_t)state && last->hz == hz)
		return;
	append_power(p, when, state, hz);
	if (state != SIM_POWER_RUN)
		prof_profiler_update(p);
}

static void on_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	struct prof_profiler *p = context;
	if (strcmp(port, p->port.name) != 0) {
		snprintf(p->port.name, sizeof p->port.name, "%s", port);
		p->port.in_record = prof_record_add_port(p->record, port);
	}
	struct prof_uart item = {.t_ps = in_order(p, PROF_TRACK_UART, when.ps),
				 .port = (uint16_t)p->port.in_record,
				 .byte = byte};
	prof_record_append(p->record, PROF_TRACK_UART, &item);
}

void prof_profiler_add_sensor(struct prof_profiler *p, const struct prof_sensor *sensor)
{
	if (p->sensors == MAX_SENSORS)
		return;
	snprintf(p->sensor[p->sensors].name, sizeof p->sensor->name, "%s", sensor->name);
	p->sensor[p->sensors].in_record = prof_record_add_sensor(p->record, sensor);
	p->sensors++;
}

static int sensor_called(struct prof_profiler *p, const char *name, unsigned channels)
{
	for (unsigned s = 0; s < p->sensors; s++)
		if (strncmp(p->sensor[s].name, name, sizeof p->sensor->name - 1) == 0)
			return (int)s;
	struct prof_sensor plain = {.unit = "counts", .channels = channels, .scale = 1};
	snprintf(plain.name, sizeof plain.name, "%s", name);
	for (unsigned c = 0; c < channels; c++)
		snprintf(plain.channel[c], sizeof plain.channel[c], "%u", c);
	unsigned before = p->sensors;
	prof_profiler_add_sensor(p, &plain);
	return p->sensors > before ? (int)before : -1;
}

static void on_sample(void *context, struct sim_when when, const char *sensor, const int16_t *counts,
		      unsigned channels, bool lost)
{
	struct prof_profiler *p = context;
	p->totals.samples++;
	p->totals.samples_lost += lost;
	if (channels < 1 || channels > SIM_MAX_CHANNELS)
		return;
	int s = sensor_called(p, sensor, channels);
	if (s < 0)
		return;
	struct prof_frame frame = {.t_ps = when.ps, .lost = lost};
	if (frame.t_ps < p->sensor[s].last_ps)
		frame.t_ps = p->sensor[s].last_ps;
	p->sensor[s].last_ps = frame.t_ps;
	memcpy(frame.count, counts, channels * sizeof *counts);
	prof_record_append_frame(p->record, p->sensor[s].in_record, &frame);
}

static void on_fault(void *context, const struct sim_fault *fault)
{
	struct prof_profiler *p = context;
	if (p->totals.faults < PROF_MAX_FAULTS)
		p->fault[p->totals.faults++] = *fault;
	if (p->totals.faults_in_all++ < 1000) /* a handler that returns to the fault would fill all memory */
		note_now(p, fault->when.ps, PROF_NOTE_FAULT, fault->what);
}

/* --- its life --------------------------------------------------------------------------------------- */

static bool find_probe(struct prof_profiler *p, const char *name, struct err *err)
{
	uint32_t at, bytes;
	p->probe = SIM_NO_FUNCTION;
	if (!name)
		return true;
	if (!p->symbols || !prof_symbols_find(p->symbols, name, &at, &bytes))
		return err_input(err, "probe '%s': the firmware has no symbol of that name", name);
	p->probe = prof_symbols_function(p->symbols, at);
	return true;
}

bool prof_profiler_create(const struct prof_options *options, struct prof_profiler **ret_profiler,
			  struct err *err)
{
	struct prof_profiler *p = calloc(1, sizeof *p);
	if (!p)
		return err_internal(err, "out of memory for the profiler");
	p->board = *options->board;
	p->record = options->record;
	p->access = options->access;
	p->arena_watch = -1;
	p->totals.fault = p->fault;
	prof_prices_of_board(&p->board, options->supply_mv, &p->prices);
	bool ok = !options->image || prof_symbols_create(options->image, &p->symbols, err);
	ok = ok && (!options->functions || !p->symbols || prof_calltree_create(&p->tree, err));
	ok = ok && find_probe(p, options->probe, err);
	if (!ok) {
		prof_profiler_destroy(p);
		return false;
	}
	if (p->tree)
		prof_calltree_count_waits(p->tree, p->access.waited);
	if (p->symbols) {
		find_arena(p);
		find_heap(p);
	}
	*ret_profiler = p;
	return true;
}

void prof_profiler_destroy(struct prof_profiler *p)
{
	if (!p)
		return;
	prof_calltree_destroy(p->tree);
	prof_symbols_destroy(p->symbols);
	free(p->heap_before);
	free(p->ahead);
	prof_lines_free(&p->lines);
	free(p->layer);
	free(p);
}

struct sim_observer prof_profiler_observer(struct prof_profiler *p)
{
	bool edges = p->tree || p->probe != SIM_NO_FUNCTION;
	return (struct sim_observer){
		.context = p,
		.function_of =
			edges ? on_function_of : NULL, /* without them the machine takes its fast loop */
		.edge = edges ? on_edge : NULL,
		.edge_context = p,
		.exception = on_exception,
		.power = on_power,
		.mark = on_mark,
		.uart = on_uart,
		.sample = on_sample,
		.fault = on_fault,
	};
}

void prof_profiler_update(struct prof_profiler *p)
{
	struct sim_when now = p->access.now(p->access.machine);
	look_at_memory(p, now.ps);
	append_notes_until(p, now.ps);
	prof_record_set_now(p->record, now, p->access.instructions(p->access.machine));
}

static void on_block_count(void *context, const struct sim_block_count *block)
{
	struct prof_profiler *p = context;
	prof_lines_add(&p->lines, p->symbols, block);
}

void prof_profiler_finish(struct prof_profiler *p, enum sim_stop stop)
{
	prof_profiler_update(p);
	p->totals.end = p->access.now(p->access.machine);
	p->totals.instructions = p->access.instructions(p->access.machine);
	p->totals.stop = stop;
	if (p->tree) {
		prof_calltree_settle(p->tree, p->totals.end.active);
		prof_lines_free(&p->lines);
		p->access.blocks(p->access.machine, on_block_count, p);
		prof_lines_sort(&p->lines);
	}
	if (p->heap_before)
		measure_heap(p);
	p->access.honesty(p->access.machine, &p->totals.honesty);
}

const struct prof_totals *prof_profiler_totals(const struct prof_profiler *p)
{
	return &p->totals;
}

const struct prof_record *prof_profiler_record(const struct prof_profiler *p)
{
	return p->record;
}

const struct prof_prices *prof_profiler_prices(const struct prof_profiler *p)
{
	return &p->prices;
}

const struct sim_board *prof_profiler_board(const struct prof_profiler *p)
{
	return &p->board;
}

struct prof_symbols *prof_profiler_symbols(const struct prof_profiler *p)
{
	return p->symbols;
}

const struct prof_calltree *prof_profiler_calltree(const struct prof_profiler *p)
{
	return p->tree;
}

const struct prof_lines *prof_profiler_lines(const struct prof_profiler *p)
{
	return &p->lines;
}

const char *prof_profiler_function_name(void *profiler, uint32_t function)
{
	const struct prof_profiler *p = profiler;
	const struct prof_function *f = p->symbols ? prof_symbols_get(p->symbols, function) : NULL;
	return f ? f->name : "?";
}
