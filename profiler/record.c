/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record's storage. Knows nothing of what its numbers mean, nor of files (record_file.c).
 *
 * Every track is a vector of buckets, each twice the size of the one before. Buckets are never reallocated,
 * so an item's address is good for the record's life. Invariant: an item is complete before the count that
 * makes it visible is stored (release), and readers load the count (acquire) before they touch an item.
 */
#include "profiler/record.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BITS 8 /* the first bucket holds 256 items */
#define BUCKETS 32
#define FAN_BITS 4   /* a node of the pyramid covers 16 of the level below */
#define LEVELS 7
#define MAX_SENSORS 32
#define MAX_PORTS 64

struct vector {
	size_t item_bytes;
	_Atomic size_t count;
	_Atomic(char *) bucket[BUCKETS];
};

struct extremes {
	int16_t low[SIM_MAX_CHANNELS], high[SIM_MAX_CHANNELS];
};

struct trace {
	struct prof_sensor about;
	struct vector frames;
	struct vector level[LEVELS]; /* level[l]: extremes of 16^(l + 1) frames */
};

struct prof_record {
	struct vector track[PROF_TRACKS];
	_Atomic(struct trace *) trace[MAX_SENSORS];
	atomic_uint traces;
	_Atomic(char *) port[MAX_PORTS];
	atomic_uint ports;
	atomic_bool cut;
	/* A sequence lock: odd while the writer is at it. */
	atomic_uint now_turn;
	_Atomic uint64_t now_ps, now_cycle, now_active, now_waited, now_instructions;
	pthread_mutex_t report_lock;
	char *report;
	unsigned report_version;
};

static const struct {
	size_t bytes, time_at;
} track_shape[PROF_TRACKS] = {
	[PROF_TRACK_POWER] = {sizeof(struct prof_power), offsetof(struct prof_power, t_ps)},
	[PROF_TRACK_INFERENCE] = {sizeof(struct prof_inference), offsetof(struct prof_inference, end_ps)},
	[PROF_TRACK_LAYER] = {sizeof(struct prof_layer), offsetof(struct prof_layer, end_ps)},
	[PROF_TRACK_RESULT] = {sizeof(struct prof_result), offsetof(struct prof_result, t_ps)},
	[PROF_TRACK_MEMORY] = {sizeof(struct prof_memory), offsetof(struct prof_memory, t_ps)},
	[PROF_TRACK_EXCEPTION] = {sizeof(struct prof_exception), offsetof(struct prof_exception, t_ps)},
	[PROF_TRACK_UART] = {sizeof(struct prof_uart), offsetof(struct prof_uart, t_ps)},
	[PROF_TRACK_NOTE] = {sizeof(struct prof_note), offsetof(struct prof_note, begin_ps)},
};

static unsigned bucket_of(size_t index, size_t *ret_offset)
{
	size_t shifted = index + ((size_t)1 << FIRST_BITS);
	unsigned top = 63u - (unsigned)__builtin_clzll(shifted);
	*ret_offset = shifted - ((size_t)1 << top);
	return top - FIRST_BITS;
}

static const void *vector_item(const struct vector *v, size_t index)
{
	size_t offset;
	unsigned b = bucket_of(index, &offset);
	return atomic_load_explicit(&v->bucket[b], memory_order_relaxed) + offset * v->item_bytes;
}

static size_t vector_count(const struct vector *v)
{
	return atomic_load_explicit(&v->count, memory_order_acquire);
}

static bool vector_append(struct vector *v, const void *item)
{
	size_t count = atomic_load_explicit(&v->count, memory_order_relaxed), offset;
	unsigned b = bucket_of(count, &offset);
	if (b >= BUCKETS)
		return false;
	char *bucket = atomic_load_explicit(&v->bucket[b], memory_order_relaxed);
	if (!bucket) {
		bucket = malloc(v->item_bytes << (FIRST_BITS + b));
		if (!bucket)
			return false;
		atomic_store_explicit(&v->bucket[b], bucket, memory_order_relaxed);
	}
	memcpy(bucket + offset * v->item_bytes, item, v->item_bytes);
	atomic_store_explicit(&v->count, count + 1, memory_order_release);
	return true;
}

static void vector_free(struct vector *v)
{
	for (unsigned b = 0; b < BUCKETS; b++)
		free(atomic_load(&v->bucket[b]));
}

bool prof_record_create(struct prof_record **ret_record, struct err *err)
{
	struct prof_record *record = calloc(1, sizeof *record);
	if (!record)
		return err_internal(err, "out of memory for a record");
	for (int t = 0; t < PROF_TRACKS; t++)
		record->track[t].item_bytes = track_shape[t].bytes;
	pthread_mutex_init(&record->report_lock, NULL);
	*ret_record = record;
	return true;
}

void prof_record_destroy(struct prof_record *record)
{
	if (!record)
		return;
	for (int t = 0; t < PROF_TRACKS; t++)
		vector_free(&record->track[t]);
	for (unsigned s = 0; s < atomic_load(&record->traces); s++) {
		struct trace *trace = atomic_load(&record->trace[s]);
		vector_free(&trace->frames);
		for (int l = 0; l < LEVELS; l++)
			vector_free(&trace->level[l]);
		free(trace);
	}
	for (unsigned p = 0; p < atomic_load(&record->ports); p++)
		free(atomic_load(&record->port[p]));
	pthread_mutex_destroy(&record->report_lock);
	free(record->report);
	free(record);
}

static uint64_t time_of(const struct vector *v, size_t time_at, size_t index)
{
	uint64_t t;
	memcpy(&t, (const char *)vector_item(v, index) + time_at, sizeof t);
	return t;
}

static void append(struct prof_record *record, struct vector *v, size_t time_at, const void *item)
{
	size_t count = vector_count(v);
	uint64_t t;
	memcpy(&t, (const char *)item + time_at, sizeof t);
	assert(count == 0 || time_of(v, time_at, count - 1) <= t);
	/* Once something is lost, the record ends there for every track: a hole nobody sees would be worse. */
	if (atomic_load(&record->cut) || !vector_append(v, item))
		atomic_store(&record->cut, true);
}

void prof_record_append(struct prof_record *record, enum prof_track track, const void *item)
{
	append(record, &record->track[track], track_shape[track].time_at, item);
}

bool prof_record_is_cut(const struct prof_record *record)
{
	return atomic_load(&record->cut);
}

unsigned prof_record_add_sensor(struct prof_record *record, const struct prof_sensor *sensor)
{
	assert(sensor->channels >= 1 && sensor->channels <= SIM_MAX_CHANNELS);
	unsigned index = atomic_load(&record->traces);
	struct trace *trace = index < MAX_SENSORS ? calloc(1, sizeof *trace) : NULL;
	if (!trace) {
		atomic_store(&record->cut, true);
		return PROF_NO_SENSOR;
	}
	trace->about = *sensor;
	/* An hour of a microphone is 58 million frames. */
	size_t counts = sensor->channels * sizeof(int16_t), align = alignof(struct prof_frame);
	trace->frames.item_bytes = (offsetof(struct prof_frame, count) + counts + align - 1) / align * align;
	for (int l = 0; l < LEVELS; l++)
		trace->level[l].item_bytes = sizeof(struct extremes);
	atomic_store(&record->trace[index], trace);
	atomic_store_explicit(&record->traces, index + 1, memory_order_release);
	return index;
}

static void widen(struct extremes *e, unsigned channel, int16_t low, int16_t high)
{
	if (low < e->low[channel])
		e->low[channel] = low;
	if (high > e->high[channel])
		e->high[channel] = high;
}

/* The 16 items of the level below that end with its last one, as one node. */
static struct extremes summarise(const struct trace *trace, int level, size_t end)
{
	struct extremes all;
	for (unsigned c = 0; c < SIM_MAX_CHANNELS; c++) {
		all.low[c] = INT16_MAX;
		all.high[c] = INT16_MIN;
	}
	for (size_t i = end - ((size_t)1 << FAN_BITS); i < end; i++) {
		const struct prof_frame *frame = level == 0 ? vector_item(&trace->frames, i) : NULL;
		const struct extremes *node = level == 0 ? NULL : vector_item(&trace->level[level - 1], i);
		for (unsigned c = 0; c < trace->about.channels; c++)
			widen(&all, c, frame ? frame->count[c] : node->low[c],
			      frame ? frame->count[c] : node->high[c]);
	}
	return all;
}

void prof_record_append_frame(struct prof_record *record, unsigned sensor, const struct prof_frame *frame)
{
	if (sensor == PROF_NO_SENSOR)
		return;
	assert(sensor < atomic_load(&record->traces));
	struct trace *trace = atomic_load(&record->trace[sensor]);
	append(record, &trace->frames, offsetof(struct prof_frame, t_ps), frame);
	size_t count = vector_count(&trace->frames);
	for (int l = 0; l < LEVELS && count % (1u << FAN_BITS) == 0; l++) {
		count >>= FAN_BITS;
		if (vector_count(&trace->level[l]) == count)
			return; /* the frame was not taken */
		struct extremes node = summarise(trace, l, count << FAN_BITS);
		if (!vector_append(&trace->level[l], &node)) {
			atomic_store(&record->cut, true);
			return;
		}
	}
}

unsigned prof_record_add_port(struct prof_record *record, const char *name)
{
	unsigned ports = atomic_load(&record->ports);
	for (unsigned p = 0; p < ports; p++)
		if (strcmp(atomic_load(&record->port[p]), name) == 0)
			return p;
	char *copy = ports < MAX_PORTS ? strdup(name) : NULL;
	if (!copy) {
		atomic_store(&record->cut, true);
		return 0;
	}
	atomic_store(&record->port[ports], copy);
	atomic_store_explicit(&record->ports, ports + 1, memory_order_release);
	return ports;
}

void prof_record_set_now(struct prof_record *record, struct sim_when now, uint64_t instructions)
{
	unsigned turn = atomic_load_explicit(&record->now_turn, memory_order_relaxed);
	atomic_store_explicit(&record->now_turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&record->now_ps, now.ps, memory_order_relaxed);
	atomic_store_explicit(&record->now_cycle, now.cycle, memory_order_relaxed);
	atomic_store_explicit(&record->now_active, now.active, memory_order_relaxed);
	atomic_store_explicit(&record->now_waited, now.waited, memory_order_relaxed);
	atomic_store_explicit(&record->now_instructions, instructions, memory_order_relaxed);
	atomic_store_explicit(&record->now_turn, turn + 2, memory_order_release);
}

struct sim_when prof_record_now(const struct prof_record *record, uint64_t *ret_instructions)
{
	struct sim_when now;
	uint64_t instructions;
	unsigned before, after;
	do {
		before = atomic_load_explicit(&record->now_turn, memory_order_acquire);
		now.ps = atomic_load_explicit(&record->now_ps, memory_order_relaxed);
		now.cycle = atomic_load_explicit(&record->now_cycle, memory_order_relaxed);
		now.active = atomic_load_explicit(&record->now_active, memory_order_relaxed);
		now.waited = atomic_load_explicit(&record->now_waited, memory_order_relaxed);
		instructions = atomic_load_explicit(&record->now_instructions, memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&record->now_turn, memory_order_relaxed);
	} while ((before & 1) || before != after);
	if (ret_instructions)
		*ret_instructions = instructions;
	return now;
}

void prof_record_set_report(struct prof_record *record, const char *json_text)
{
	char *copy = strdup(json_text);
	if (!copy) {
		atomic_store(&record->cut, true);
		return;
	}
	pthread_mutex_lock(&record->report_lock);
	char *old = record->report;
	record->report = copy;
	record->report_version++;
	pthread_mutex_unlock(&record->report_lock);
	free(old);
}

char *prof_record_report(const struct prof_record *record, unsigned *ret_version)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&record->report_lock; /* a lock is not part of the value */
	pthread_mutex_lock(lock);
	char *copy = record->report ? strdup(record->report) : NULL;
	if (ret_version)
		*ret_version = record->report_version;
	pthread_mutex_unlock(lock);
	return copy;
}

/* --- reading ---------------------------------------------------------------------------------------- */

size_t prof_record_count(const struct prof_record *record, enum prof_track track)
{
	return vector_count(&record->track[track]);
}

const void *prof_record_item(const struct prof_record *record, enum prof_track track, size_t index)
{
	assert(index < prof_record_count(record, track));
	return vector_item(&record->track[track], index);
}

static size_t find(const struct vector *v, size_t time_at, uint64_t t_ps)
{
	size_t low = 0, high = vector_count(v);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (time_of(v, time_at, middle) <= t_ps)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? SIZE_MAX : low - 1;
}

size_t prof_record_find(const struct prof_record *record, enum prof_track track, uint64_t t_ps)
{
	return find(&record->track[track], track_shape[track].time_at, t_ps);
}

unsigned prof_record_sensors(const struct prof_record *record)
{
	return atomic_load_explicit(&record->traces, memory_order_acquire);
}

static const struct trace *trace_of(const struct prof_record *record, unsigned sensor)
{
	assert(sensor < prof_record_sensors(record));
	return atomic_load(&record->trace[sensor]);
}

const struct prof_sensor *prof_record_sensor(const struct prof_record *record, unsigned sensor)
{
	return &trace_of(record, sensor)->about;
}

size_t prof_record_frames(const struct prof_record *record, unsigned sensor)
{
	return vector_count(&trace_of(record, sensor)->frames);
}

const struct prof_frame *prof_record_frame(const struct prof_record *record, unsigned sensor, size_t index)
{
	assert(index < prof_record_frames(record, sensor));
	return vector_item(&trace_of(record, sensor)->frames, index);
}

size_t prof_record_find_frame(const struct prof_record *record, unsigned sensor, uint64_t t_ps)
{
	return find(&trace_of(record, sensor)->frames, offsetof(struct prof_frame, t_ps), t_ps);
}

/* The widest node of the pyramid that starts at `at` and ends by `last`: its level, or -1 for the frame
 * itself. */
static int widest_at(const struct trace *trace, size_t at, size_t last)
{
	int best = -1;
	for (int l = 0; l < LEVELS; l++) {
		unsigned bits = FAN_BITS * (unsigned)(l + 1);
		size_t span = (size_t)1 << bits;
		if (at % span != 0 || last - at < span || at >> bits >= vector_count(&trace->level[l]))
			break;
		best = l;
	}
	return best;
}

void prof_record_envelope(const struct prof_record *record, unsigned sensor, unsigned channel, size_t first,
			  size_t last, int16_t *ret_low, int16_t *ret_high)
{
	const struct trace *trace = trace_of(record, sensor);
	assert(channel < trace->about.channels);
	size_t count = vector_count(&trace->frames);
	int16_t low = INT16_MAX, high = INT16_MIN;
	if (last > count)
		last = count;
	for (size_t at = first; at < last;) {
		int l = widest_at(trace, at, last);
		int16_t a, b;
		if (l < 0) {
			const struct prof_frame *frame = vector_item(&trace->frames, at++);
			a = b = frame->count[channel];
		} else {
			unsigned bits = FAN_BITS * (unsigned)(l + 1);
			const struct extremes *node = vector_item(&trace->level[l], at >> bits);
			a = node->low[channel];
			b = node->high[channel];
			at += (size_t)1 << bits;
		}
		low = a < low ? a : low;
		high = b > high ? b : high;
	}
	*ret_low = first < last ? low : 0;
	*ret_high = first < last ? high : 0;
}

unsigned prof_record_ports(const struct prof_record *record)
{
	return atomic_load_explicit(&record->ports, memory_order_acquire);
}

const char *prof_record_port(const struct prof_record *record, unsigned port)
{
	return port < prof_record_ports(record) ? atomic_load(&record->port[port]) : NULL;
}
