/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums and peaks over a record, kept up as it grows, so that what a column of pixels stands for (a microsecond
 * or a minute) costs two binary searches. Only indexes and totals live here; the record keeps the data. Knows
 * nothing of pixels; prices (watts) come from outside.
 */
#ifndef GUI_SERIES_H
#define GUI_SERIES_H

#include "profiler/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gui_activity { GUI_ACTIVE_RUN, GUI_ACTIVE_IRQ, GUI_ACTIVE_SLEEP, GUI_ACTIVE_STOP, GUI_ACTIVITIES };

/* Time spent in each power state before an item of the power track. */
struct gui_power_sum {
	uint64_t t_ps, before_ps[SIM_POWER_STATES];
	uint32_t state;
};

/* Time spent in exception handlers before an item of the exception track, and how many were open after it. */
struct gui_irq_sum {
	uint64_t t_ps, before_ps;
	uint32_t depth;
};

/* Results in a row that name the same class. */
struct gui_band {
	uint64_t begin_ps; /* of its first result; it lasts to the next band's */
	uint32_t label, count;
	double score_sum; /* of the best scores */
};

struct gui_line {
	uint64_t t_ps; /* of its first byte */
	enum prof_note_kind kind;
	bool uart, from_host;
	char *text;
};

struct gui_layer_sum {
	uint32_t op;
	uint64_t calls, cycles, macs, ps;
};

struct gui_peak {
	uint32_t low, high;
};

/* Smallest and largest value over any range of items: level n holds one entry per 16^(n + 1) items. */
#define GUI_SERIES_LEVELS 7
struct gui_peaks {
	struct gui_peak *level[GUI_SERIES_LEVELS];
	size_t count[GUI_SERIES_LEVELS], room[GUI_SERIES_LEVELS];
};

#define GUI_SERIES_LAYERS 256
#define GUI_SERIES_PORTS 16
struct gui_series {
	const struct prof_record *record;
	uint64_t now_ps, instructions;

	struct gui_power_sum *power;
	size_t powers, power_room;
	struct gui_irq_sum *irq;
	size_t irqs, irq_room;
	struct gui_band *band;
	size_t bands, band_room, results;
	struct gui_line *line;
	size_t lines, line_room, uart_bytes, notes;
	struct {
		char text[200];
		size_t length;
		uint64_t t_ps;
		bool from_host;
	} open[GUI_SERIES_PORTS]; /* each port's line so far */
	struct gui_peaks arena, stack;
	size_t memories;

	size_t inferences, layers_seen;
	uint64_t latency_sum_ps, latency_low_ps, latency_high_ps;
	uint64_t inference_state_ps[SIM_POWER_STATES]; /* within inferences */
	struct gui_layer_sum layer[GUI_SERIES_LAYERS];
	size_t layers; /* highest index seen, plus one */
	uint64_t layer_cycles;
	bool full; /* out of memory: shows what it has */
};

void gui_series_init(struct gui_series *series, const struct prof_record *record);
void gui_series_finish(struct gui_series *series);

/* Takes in what the record has gained. */
void gui_series_update(struct gui_series *series);

/* Time in each power state, and in each activity, within [from, to), as far as the run has come. */
void gui_series_states(const struct gui_series *series, uint64_t from_ps, uint64_t to_ps,
		       uint64_t ret_ps[SIM_POWER_STATES]);
void gui_series_activities(const struct gui_series *series, uint64_t from_ps, uint64_t to_ps,
			   uint64_t ret_ps[GUI_ACTIVITIES]);

/* Over memory items [first, last), which must not be empty. */
struct gui_peak gui_series_peak(const struct gui_series *series, bool stack, size_t first, size_t last);

/* The last line that began at or before `t_ps`, the last band likewise; SIZE_MAX if none. */
size_t gui_series_line_at(const struct gui_series *series, uint64_t t_ps);
size_t gui_series_band_at(const struct gui_series *series, uint64_t t_ps);

#endif
