/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record: everything a run said, in the order it said it. Report, pictures and window are made from a
 * record alone, so that a run can be reopened and looks the same. It holds counts and times (cycles,
 * picoseconds, raw sensor counts); prices (watts, joules) are applied by those who read it.
 *
 * One thread appends; any number of threads read at the same time without locks: items, once appended,
 * never move or change, and `prof_record_count` says how many there are.
 */
#ifndef PROFILER_RECORD_H
#define PROFILER_RECORD_H

#include "base/err.h"
#include "sim/observer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prof_record;

/* --- what there is to append and to read: one track each -------------------------------------------- */

enum prof_track {
	PROF_TRACK_POWER, /* struct prof_power: holds from t_ps to the next */
	PROF_TRACK_INFERENCE, /* struct prof_inference: appended when it ends */
	PROF_TRACK_LAYER, /* struct prof_layer: appended when it ends */
	PROF_TRACK_RESULT, /* struct prof_result */
	PROF_TRACK_MEMORY, /* struct prof_memory: appended when one of its numbers changed, at most once a
			      block of work */
	PROF_TRACK_EXCEPTION, /* struct prof_exception */
	PROF_TRACK_UART, /* struct prof_uart: a byte */
	PROF_TRACK_NOTE, /* struct prof_note: scenario actions, faults, warnings */
	PROF_TRACKS
};

struct prof_power {
	uint64_t t_ps, cycle, hz;
	uint64_t waited; /* as in struct sim_when: what the stretch waited for memory is the difference to the next */
	uint32_t state;  /* enum sim_power_state; one may follow itself */
	uint32_t reserved;
};

struct prof_inference {
	uint64_t begin_ps, end_ps;
	uint64_t cycles; /* active ones */
	uint32_t index, reserved;
};

struct prof_layer {
	uint64_t begin_ps, end_ps;
	uint64_t cycles, macs;
	uint32_t inference, index, op; /* op: TFLite builtin operator code */
	uint32_t reserved;
};

#define PROF_MAX_SCORES 16
struct prof_result {
	uint64_t t_ps;
	uint32_t inference, label; /* label: index of the best class */
	float score[PROF_MAX_SCORES];
	uint32_t scores;
	uint32_t reserved;
};

struct prof_memory {
	uint64_t t_ps;
	uint32_t stack_bytes;  /* in use now (main stack) */
	uint32_t stack_peak;
	uint32_t arena_bytes;  /* in use now: live tensors' top, as far as known; else arena_peak */
	uint32_t arena_peak;   /* bytes ever written, from the arena's base */
};

struct prof_exception {
	uint64_t t_ps;
	int32_t number; /* 16 + irq */
	uint32_t entry; /* 1 entry, 0 return */
};

struct prof_uart {
	uint64_t t_ps;
	uint16_t port; /* index into the record's port names */
	uint8_t byte, sent_by_host;
	uint32_t reserved;
};

enum prof_note_kind { PROF_NOTE_INFO, PROF_NOTE_STIMULUS, PROF_NOTE_WARNING, PROF_NOTE_FAULT };
struct prof_note {
	uint64_t begin_ps, end_ps; /* equal: a moment */
	uint32_t kind;
	char text[236];
};

/* A sensor's trace: frames of counts at a constant rate, in segments where the sensor was not silent. */
struct prof_sensor {
	char name[32], unit[16];
	char channel[SIM_MAX_CHANNELS][16];
	unsigned channels;
	double scale;      /* unit per count */
	uint64_t rate_mhz; /* frames per 1000 s */
};

/* The record keeps the counts of the sensor's channels only: read no others, and copy none as a whole. */
struct prof_frame {
	uint64_t t_ps;
	uint32_t lost; /* 1: the FIFO was full */
	int16_t count[SIM_MAX_CHANNELS];
	uint32_t reserved;
};

/* --- making one ------------------------------------------------------------------------------------- */

bool prof_record_create(struct prof_record **ret_record, struct err *err);
void prof_record_destroy(struct prof_record *record);

/* `item` is copied. Items of a track come in the order of time. Out of memory: the record says so and stops
 * growing. */
void prof_record_append(struct prof_record *record, enum prof_track track, const void *item);

#define PROF_NO_SENSOR UINT32_MAX

/* Before the first frame of it. Returns the sensor's index; PROF_NO_SENSOR (whose frames are dropped) if
 * there is no room. */
unsigned prof_record_add_sensor(struct prof_record *record, const struct prof_sensor *sensor);
void prof_record_append_frame(struct prof_record *record, unsigned sensor, const struct prof_frame *frame);

unsigned prof_record_add_port(struct prof_record *record, const char *name); /* same name: same index */

/* True if memory ran out and the record ends before the run did. */
bool prof_record_is_cut(const struct prof_record *record);

/* How far the run has come; readers draw up to here. */
void prof_record_set_now(struct prof_record *record, struct sim_when now, uint64_t instructions);

/*
 * The record's other half is one JSON object, the report of DESIGN section 5 as far as it is known, and
 * whatever a reader needs to price and label (board, labels, budgets, layer names, power table). Set before
 * the run (what is known) and after it (the final report). `text` is copied.
 */
void prof_record_set_report(struct prof_record *record, const char *json_text);

/* --- reading one ------------------------------------------------------------------------------------ */

size_t prof_record_count(const struct prof_record *record, enum prof_track track);
const void *prof_record_item(const struct prof_record *record, enum prof_track track, size_t index);
/* Index of the last item with t_ps (end_ps of inferences and layers, begin_ps of notes) <= t_ps; SIZE_MAX if
 * none. */
size_t prof_record_find(const struct prof_record *record, enum prof_track track, uint64_t t_ps);

unsigned prof_record_sensors(const struct prof_record *record);
const struct prof_sensor *prof_record_sensor(const struct prof_record *record, unsigned sensor);
size_t prof_record_frames(const struct prof_record *record, unsigned sensor);
const struct prof_frame *prof_record_frame(const struct prof_record *record, unsigned sensor, size_t index);
size_t prof_record_find_frame(const struct prof_record *record, unsigned sensor, uint64_t t_ps);

/*
 * Smallest and largest count per channel over frames [first, last): from a pyramid, so that drawing a trace
 * costs pixels, not samples. An empty range gives 0, 0.
 */
void prof_record_envelope(const struct prof_record *record, unsigned sensor, unsigned channel, size_t first,
			  size_t last, int16_t *ret_low, int16_t *ret_high);

unsigned prof_record_ports(const struct prof_record *record);
const char *prof_record_port(const struct prof_record *record, unsigned port); /* NULL: no such port */
struct sim_when prof_record_now(const struct prof_record *record, uint64_t *ret_instructions);

/* A copy of the report text as last set; the caller frees. NULL if none. *ret_version counts the settings. */
char *prof_record_report(const struct prof_record *record, unsigned *ret_version);

/* --- the file (extension .twr) ---------------------------------------------------------------------- */

/*
 * Little endian. 8 bytes of magic, u32 version, u32 0, then chunks: u32 kind, u32 id, u32 raw bytes, u32
 * packed bytes, u32 CRC-32 of the raw bytes, u32 0, and the zlib stream. The last chunk is of kind END.
 * prof_record_load takes any bytes: a file that is damaged, cut off, or holds what no run could have said is
 * ERR_INPUT and names the place.
 */
bool prof_record_save(const struct prof_record *record, const char *path, struct err *err);
bool prof_record_load(const char *path, struct prof_record **ret_record, struct err *err);

#endif
