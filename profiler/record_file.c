/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record as a file. Uses the record's public interface only. The file's layout is stated in record.h.
 *
 * Invariant: what prof_record_load accepts obeys everything the record's readers rely on (order of time,
 * ports and sensors that exist, strings that end), whoever wrote the file.
 */
#include "base/file.h"
#include "profiler/record.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Items go to the file as they lie in memory; every hole in them is a named `reserved`. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little endian");
static_assert(sizeof(struct prof_power) == 40 && sizeof(struct prof_inference) == 32, "file layout");
static_assert(sizeof(struct prof_layer) == 48 && sizeof(struct prof_result) == 88, "file layout");
static_assert(sizeof(struct prof_memory) == 24 && sizeof(struct prof_exception) == 16, "file layout");
static_assert(sizeof(struct prof_uart) == 16 && sizeof(struct prof_note) == 256, "file layout");
static_assert(sizeof(struct prof_frame) == 32, "file layout");

#define VERSION 3
#define CHUNK_BYTES (1u << 18)        /* of items, before packing */
#define MAX_RAW (UINT64_C(1) << 32)   /* of a whole file: a small file must not fill all memory */
#define MAX_FILE ((size_t)1 << 30)
#define MAX_REPORT (1u << 26)

static const char magic[8] = {'T', 'W', 'R', 'E', 'C', '\r', '\n', 0x1a};

enum chunk_kind {
	CHUNK_SENSOR = 1,
	CHUNK_PORT,
	CHUNK_TRACK,
	CHUNK_FRAMES,
	CHUNK_REPORT,
	CHUNK_NOW,
	CHUNK_END
};

struct chunk {
	uint32_t kind, id, raw_bytes, packed_bytes, crc, reserved;
};

struct file_sensor {
	char name[32], unit[16], channel[SIM_MAX_CHANNELS][16];
	uint32_t channels, reserved;
	double scale;
	uint64_t rate_mhz;
};

struct file_now {
	uint64_t ps, cycle, active, waited, instructions;
};

static const uint32_t item_bytes[PROF_TRACKS] = {
	[PROF_TRACK_POWER] = sizeof(struct prof_power),
	[PROF_TRACK_INFERENCE] = sizeof(struct prof_inference),
	[PROF_TRACK_LAYER] = sizeof(struct prof_layer),
	[PROF_TRACK_RESULT] = sizeof(struct prof_result),
	[PROF_TRACK_MEMORY] = sizeof(struct prof_memory),
	[PROF_TRACK_EXCEPTION] = sizeof(struct prof_exception),
	[PROF_TRACK_UART] = sizeof(struct prof_uart),
	[PROF_TRACK_NOTE] = sizeof(struct prof_note),
};

/* --- writing ---------------------------------------------------------------------------------------- */

struct writer {
	uint8_t *bytes;
	size_t used, room;
	bool failed;
};

static uint8_t *writer_room(struct writer *w, size_t more)
{
	if (!w->failed && w->room - w->used < more) {
		size_t room = (w->used + more) * 2;
		uint8_t *bytes = realloc(w->bytes, room);
		w->failed = !bytes;
		if (bytes) {
			w->bytes = bytes;
			w->room = room;
		}
	}
	return w->failed ? NULL : w->bytes + w->used;
}

static void write_chunk(struct writer *w, enum chunk_kind kind, uint32_t id, const void *raw,
			size_t raw_bytes)
{
	uLongf packed = compressBound(raw_bytes);
	uint8_t *at = writer_room(w, sizeof(struct chunk) + packed);
	if (!at)
		return;
	if (compress2(at + sizeof(struct chunk), &packed, raw, raw_bytes, 4) != Z_OK) {
		w->failed = true;
		return;
	}
	struct chunk head = {.kind = kind, .id = id, .raw_bytes = (uint32_t)raw_bytes,
			     .packed_bytes = (uint32_t)packed,
			     .crc = (uint32_t)crc32(0, raw, (uInt)raw_bytes)};
	memcpy(at, &head, sizeof head);
	w->used += sizeof head + packed;
}

static void write_track(struct writer *w, const struct prof_record *record, enum prof_track track,
			uint8_t *raw)
{
	size_t count = prof_record_count(record, track), bytes = item_bytes[track], used = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(raw + used, prof_record_item(record, track, i), bytes);
		used += bytes;
		if (i + 1 == count || used + bytes > CHUNK_BYTES) {
			write_chunk(w, CHUNK_TRACK, track, raw, used);
			used = 0;
		}
	}
}

static void write_frames(struct writer *w, const struct prof_record *record, unsigned sensor, uint8_t *raw)
{
	size_t count = prof_record_frames(record, sensor), used = 0;
	for (size_t i = 0; i < count; i++) {
		const struct prof_frame *frame = prof_record_frame(record, sensor, i);
		struct prof_frame whole = {.t_ps = frame->t_ps, .lost = frame->lost};
		memcpy(whole.count, frame->count, prof_record_sensor(record, sensor)->channels * sizeof *whole.count);
		memcpy(raw + used, &whole, sizeof whole);
		used += sizeof(struct prof_frame);
		if (i + 1 == count || used + sizeof(struct prof_frame) > CHUNK_BYTES) {
			write_chunk(w, CHUNK_FRAMES, sensor, raw, used);
			used = 0;
		}
	}
}

static void write_sensor(struct writer *w, const struct prof_record *record, unsigned sensor)
{
	const struct prof_sensor *about = prof_record_sensor(record, sensor);
	struct file_sensor file;
	memset(&file, 0, sizeof file);
	memcpy(file.name, about->name, strnlen(about->name, sizeof file.name - 1));
	memcpy(file.unit, about->unit, strnlen(about->unit, sizeof file.unit - 1));
	for (unsigned c = 0; c < about->channels; c++)
		memcpy(file.channel[c], about->channel[c], strnlen(about->channel[c], 15));
	file.channels = about->channels;
	file.scale = about->scale;
	file.rate_mhz = about->rate_mhz;
	write_chunk(w, CHUNK_SENSOR, sensor, &file, sizeof file);
}

static void write_all(struct writer *w, const struct prof_record *record, uint8_t *raw)
{
	uint8_t *start = writer_room(w, 16);
	if (!start)
		return;
	memset(start, 0, 16);
	memcpy(start, magic, sizeof magic);
	start[8] = VERSION;
	w->used = 16;
	for (unsigned p = 0; p < prof_record_ports(record); p++)
		write_chunk(w, CHUNK_PORT, p, prof_record_port(record, p),
			    strlen(prof_record_port(record, p)));
	for (unsigned s = 0; s < prof_record_sensors(record); s++)
		write_sensor(w, record, s);
	for (int t = 0; t < PROF_TRACKS; t++)
		write_track(w, record, t, raw);
	for (unsigned s = 0; s < prof_record_sensors(record); s++)
		write_frames(w, record, s, raw);
	char *report = prof_record_report(record, NULL);
	if (report)
		write_chunk(w, CHUNK_REPORT, 0, report, strlen(report));
	free(report);
	struct file_now now = {0};
	struct sim_when when = prof_record_now(record, &now.instructions);
	now.ps = when.ps;
	now.cycle = when.cycle;
	now.active = when.active;
	now.waited = when.waited;
	write_chunk(w, CHUNK_NOW, 0, &now, sizeof now);
	write_chunk(w, CHUNK_END, 0, "", 0);
}

bool prof_record_save(const struct prof_record *record, const char *path, struct err *err)
{
	struct writer w = {0};
	uint8_t *raw = malloc(CHUNK_BYTES);
	if (raw)
		write_all(&w, record, raw);
	bool ok = raw && !w.failed;
	ok = ok ? file_write(path, w.bytes, w.used, err)
		: err_internal(err, "%s: out of memory for the record", path);
	free(raw);
	free(w.bytes);
	return ok;
}

/* --- reading ---------------------------------------------------------------------------------------- */

struct reader {
	const char *path;
	struct prof_record *record;
	uint64_t raw_total;
	uint64_t last_ps[PROF_TRACKS];
	struct err *err;
};

static bool ends(const char *text, size_t room)
{
	return memchr(text, 0, room) != NULL;
}

static bool sane_result(const struct prof_result *r)
{
	for (unsigned i = 0; i < PROF_MAX_SCORES; i++)
		if (!isfinite(r->score[i]))
			return false;
	return r->scores <= PROF_MAX_SCORES;
}

/* Time of a track's item, or UINT64_MAX if no run can have said it. */
static uint64_t item_time(const struct prof_record *record, enum prof_track track, const void *item)
{
	const struct prof_power *power = item;
	const struct prof_inference *inference = item;
	const struct prof_layer *layer = item;
	const struct prof_uart *uart = item;
	const struct prof_note *note = item;
	switch (track) {
	case PROF_TRACK_POWER:
		return power->state < SIM_POWER_STATES ? power->t_ps : UINT64_MAX;
	case PROF_TRACK_INFERENCE:
		return inference->begin_ps <= inference->end_ps ? inference->end_ps : UINT64_MAX;
	case PROF_TRACK_LAYER:
		return layer->begin_ps <= layer->end_ps ? layer->end_ps : UINT64_MAX;
	case PROF_TRACK_RESULT:
		return sane_result(item) ? ((const struct prof_result *)item)->t_ps : UINT64_MAX;
	case PROF_TRACK_MEMORY:
		return ((const struct prof_memory *)item)->t_ps;
	case PROF_TRACK_EXCEPTION:
		return ((const struct prof_exception *)item)->t_ps;
	case PROF_TRACK_UART:
		return uart->port < prof_record_ports(record) ? uart->t_ps : UINT64_MAX;
	case PROF_TRACK_NOTE:
		return note->begin_ps <= note->end_ps && note->kind <= PROF_NOTE_FAULT &&
		       ends(note->text, sizeof note->text) ? note->begin_ps : UINT64_MAX;
	default:
		return UINT64_MAX;
	}
}

static bool read_items(struct reader *r, const struct chunk *head, const uint8_t *raw)
{
	union { /* gives the item its alignment */
		struct prof_note note;
		struct prof_result result;
		uint8_t bytes[256];
	} item;
	if (head->id >= PROF_TRACKS || head->raw_bytes % item_bytes[head->id] != 0)
		return err_input(r->err, "%s: a track this version does not know", r->path);
	uint32_t bytes = item_bytes[head->id];
	for (uint32_t at = 0; at < head->raw_bytes; at += bytes) {
		memcpy(item.bytes, raw + at, bytes);
		uint64_t t = item_time(r->record, head->id, &item);
		if (t == UINT64_MAX || t < r->last_ps[head->id])
			return err_input(r->err, "%s: damaged: item %zu of track %u cannot be", r->path,
					 prof_record_count(r->record, head->id), head->id);
		r->last_ps[head->id] = t;
		prof_record_append(r->record, head->id, &item);
	}
	return true;
}

static bool read_frames(struct reader *r, const struct chunk *head, const uint8_t *raw)
{
	if (head->id >= prof_record_sensors(r->record) || head->raw_bytes % sizeof(struct prof_frame) != 0)
		return err_input(r->err, "%s: damaged: samples of sensor %u, which is not there", r->path,
				 head->id);
	size_t had = prof_record_frames(r->record, head->id);
	uint64_t last = had ? prof_record_frame(r->record, head->id, had - 1)->t_ps : 0;
	for (uint32_t at = 0; at < head->raw_bytes; at += sizeof(struct prof_frame)) {
		struct prof_frame frame;
		memcpy(&frame, raw + at, sizeof frame);
		if (frame.t_ps < last)
			return err_input(r->err, "%s: damaged: samples of sensor %u go back in time", r->path,
					 head->id);
		last = frame.t_ps;
		prof_record_append_frame(r->record, head->id, &frame);
	}
	return true;
}

static bool read_sensor(struct reader *r, const struct chunk *head, const uint8_t *raw)
{
	struct file_sensor file;
	struct prof_sensor sensor;
	bool sane = head->raw_bytes == sizeof file && head->id == prof_record_sensors(r->record);
	if (sane) {
		memcpy(&file, raw, sizeof file);
		sane = file.channels >= 1 && file.channels <= SIM_MAX_CHANNELS && isfinite(file.scale) &&
		       ends(file.name, sizeof file.name) && ends(file.unit, sizeof file.unit);
		for (unsigned c = 0; c < SIM_MAX_CHANNELS; c++)
			sane = sane && ends(file.channel[c], sizeof file.channel[c]);
	}
	if (!sane)
		return err_input(r->err, "%s: damaged: sensor %u makes no sense", r->path, head->id);
	memset(&sensor, 0, sizeof sensor);
	memcpy(sensor.name, file.name, sizeof sensor.name);
	memcpy(sensor.unit, file.unit, sizeof sensor.unit);
	memcpy(sensor.channel, file.channel, sizeof sensor.channel);
	sensor.channels = file.channels;
	sensor.scale = file.scale;
	sensor.rate_mhz = file.rate_mhz;
	prof_record_add_sensor(r->record, &sensor);
	return true;
}

/* raw ends with a NUL that the chunk does not count. */
static bool read_chunk(struct reader *r, const struct chunk *head, const uint8_t *raw)
{
	const char *text = (const char *)raw;
	struct file_now now;
	switch (head->kind) {
	case CHUNK_SENSOR:
		return read_sensor(r, head, raw);
	case CHUNK_PORT:
		if (strlen(text) != head->raw_bytes || prof_record_add_port(r->record, text) != head->id)
			return err_input(r->err, "%s: damaged: the name of port %u", r->path, head->id);
		return true;
	case CHUNK_TRACK:
		return read_items(r, head, raw);
	case CHUNK_FRAMES:
		return read_frames(r, head, raw);
	case CHUNK_REPORT:
		if (strlen(text) != head->raw_bytes)
			return err_input(r->err, "%s: damaged: the report holds a NUL", r->path);
		prof_record_set_report(r->record, text);
		return true;
	case CHUNK_NOW:
		if (head->raw_bytes != sizeof now)
			return err_input(r->err, "%s: damaged: the time it ended", r->path);
		memcpy(&now, raw, sizeof now);
		prof_record_set_now(r->record, (struct sim_when){now.ps, now.cycle, now.active, now.waited},
				    now.instructions);
		return true;
	default:
		return err_input(r->err, "%s: a chunk of kind %u, which this version does not know", r->path,
				 head->kind);
	}
}

static bool unpack_chunk(struct reader *r, const struct chunk *head, const uint8_t *packed)
{
	uint32_t most = head->kind == CHUNK_REPORT ? MAX_REPORT : CHUNK_BYTES;
	r->raw_total += head->raw_bytes;
	if (head->raw_bytes > most || r->raw_total > MAX_RAW)
		return err_input(r->err, "%s: damaged: a chunk of %u bytes", r->path, head->raw_bytes);
	uint8_t *raw = malloc((size_t)head->raw_bytes + 1);
	if (!raw)
		return err_internal(r->err, "%s: out of memory", r->path);
	uLongf got = head->raw_bytes;
	bool ok = uncompress(raw, &got, packed, head->packed_bytes) == Z_OK && got == head->raw_bytes &&
		  crc32(0, raw, head->raw_bytes) == head->crc;
	if (ok) {
		raw[head->raw_bytes] = 0;
		ok = read_chunk(r, head, raw);
	} else {
		err_input(r->err, "%s: damaged: a chunk does not match its checksum", r->path);
	}
	free(raw);
	return ok;
}

static bool read_all(struct reader *r, const uint8_t *bytes, size_t size)
{
	if (size < 16 || memcmp(bytes, magic, sizeof magic) != 0)
		return err_input(r->err, "%s: not a thumbwatt record (.twr)", r->path);
	if (bytes[8] != VERSION || bytes[9] || bytes[10] || bytes[11])
		return err_input(r->err, "%s: a record of another version (this program reads version %d)",
				 r->path, VERSION);
	for (size_t at = 16; size - at >= sizeof(struct chunk);) {
		struct chunk head;
		memcpy(&head, bytes + at, sizeof head);
		at += sizeof head;
		if (head.kind == CHUNK_END)
			return prof_record_is_cut(r->record)
				       ? err_internal(r->err, "%s: out of memory", r->path)
				       : true;
		if (head.packed_bytes > size - at)
			break;
		if (!unpack_chunk(r, &head, bytes + at))
			return false;
		at += head.packed_bytes;
	}
	return err_input(r->err, "%s: cut off: the end of the record is missing", r->path);
}

bool prof_record_load(const char *path, struct prof_record **ret_record, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	struct reader r = {.path = path, .err = err};
	if (!file_read(path, MAX_FILE, &bytes, &size, err))
		return false;
	bool ok = prof_record_create(&r.record, err) && read_all(&r, bytes, size);
	free(bytes);
	if (ok)
		*ret_record = r.record;
	else
		prof_record_destroy(r.record);
	return ok;
}
