/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAN 16

void gui_series_init(struct gui_series *series, const struct prof_record *record)
{
	memset(series, 0, sizeof *series);
	series->record = record;
}

void gui_series_finish(struct gui_series *series)
{
	free(series->power);
	free(series->irq);
	free(series->band);
	for (size_t i = 0; i < series->lines; i++)
		free(series->line[i].text);
	free(series->line);
	for (int i = 0; i < GUI_SERIES_LEVELS; i++) {
		free(series->arena.level[i]);
		free(series->stack.level[i]);
	}
}

/* Room for one more item of `size` bytes in *items; false, and never asked again, when memory is out. */
static bool grow(struct gui_series *series, void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 256;
	void *now;
	memcpy(&now, items, sizeof now);
	void *bigger = realloc(now, more * size);
	if (!bigger) {
		series->full = true;
		return false;
	}
	memcpy(items, &bigger, sizeof bigger);
	*room = more;
	return true;
}

/* --- power and exceptions ------------------------------------------------------------------------------ */

static void take_power(struct gui_series *series, const struct prof_power *item)
{
	if (!grow(series, &series->power, series->powers, &series->power_room, sizeof *series->power))
		return;
	struct gui_power_sum *sum = &series->power[series->powers];
	*sum = (struct gui_power_sum){.t_ps = item->t_ps, .state = item->state < SIM_POWER_STATES ? item->state : 0};
	if (series->powers) {
		const struct gui_power_sum *last = sum - 1;
		memcpy(sum->before_ps, last->before_ps, sizeof sum->before_ps);
		sum->before_ps[last->state] += item->t_ps - last->t_ps;
	}
	series->powers++;
}

static void take_exception(struct gui_series *series, const struct prof_exception *item)
{
	if (!grow(series, &series->irq, series->irqs, &series->irq_room, sizeof *series->irq))
		return;
	struct gui_irq_sum *sum = &series->irq[series->irqs];
	*sum = (struct gui_irq_sum){.t_ps = item->t_ps};
	if (series->irqs) {
		const struct gui_irq_sum *last = sum - 1;
		sum->before_ps = last->before_ps + (last->depth ? item->t_ps - last->t_ps : 0);
		sum->depth = last->depth;
	}
	if (item->entry)
		sum->depth++;
	else if (sum->depth)
		sum->depth--;
	series->irqs++;
}

/* Index of the last of `count` items, `size` bytes each and a time first, at or before `t_ps`; SIZE_MAX: none. */
static size_t last_at(const void *items, size_t count, size_t size, uint64_t t_ps)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t t;
		memcpy(&t, (const char *)items + middle * size, sizeof t);
		if (t <= t_ps)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

static void states_before(const struct gui_series *series, uint64_t t_ps, uint64_t ret_ps[SIM_POWER_STATES])
{
	size_t i = last_at(series->power, series->powers, sizeof *series->power, t_ps);
	memset(ret_ps, 0, SIM_POWER_STATES * sizeof *ret_ps);
	if (i == SIZE_MAX)
		return;
	memcpy(ret_ps, series->power[i].before_ps, sizeof series->power[i].before_ps);
	ret_ps[series->power[i].state] += t_ps - series->power[i].t_ps;
}

static uint64_t irq_before(const struct gui_series *series, uint64_t t_ps)
{
	size_t i = last_at(series->irq, series->irqs, sizeof *series->irq, t_ps);
	if (i == SIZE_MAX)
		return 0;
	return series->irq[i].before_ps + (series->irq[i].depth ? t_ps - series->irq[i].t_ps : 0);
}

void gui_series_states(const struct gui_series *series, uint64_t from_ps, uint64_t to_ps,
		       uint64_t ret_ps[SIM_POWER_STATES])
{
	uint64_t before[SIM_POWER_STATES];
	to_ps = to_ps < series->now_ps ? to_ps : series->now_ps;
	from_ps = from_ps < to_ps ? from_ps : to_ps;
	states_before(series, from_ps, before);
	states_before(series, to_ps, ret_ps);
	for (int i = 0; i < SIM_POWER_STATES; i++)
		ret_ps[i] -= before[i];
}

void gui_series_activities(const struct gui_series *series, uint64_t from_ps, uint64_t to_ps,
			   uint64_t ret_ps[GUI_ACTIVITIES])
{
	uint64_t state[SIM_POWER_STATES];
	gui_series_states(series, from_ps, to_ps, state);
	to_ps = to_ps < series->now_ps ? to_ps : series->now_ps;
	from_ps = from_ps < to_ps ? from_ps : to_ps;
	uint64_t irq = irq_before(series, to_ps) - irq_before(series, from_ps);
	/* A handler that sleeps sleeps: it counts as irq only while the core runs. */
	irq = irq < state[SIM_POWER_RUN] ? irq : state[SIM_POWER_RUN];
	ret_ps[GUI_ACTIVE_RUN] = state[SIM_POWER_RUN] - irq;
	ret_ps[GUI_ACTIVE_IRQ] = irq;
	ret_ps[GUI_ACTIVE_SLEEP] = state[SIM_POWER_SLEEP];
	ret_ps[GUI_ACTIVE_STOP] = state[SIM_POWER_STOP];
}

/* --- results and text ---------------------------------------------------------------------------------- */

static void take_result(struct gui_series *series, const struct prof_result *item)
{
	struct gui_band *last = series->bands ? &series->band[series->bands - 1] : NULL;
	if (!last || last->label != item->label) {
		if (!grow(series, &series->band, series->bands, &series->band_room, sizeof *series->band))
			return;
		last = &series->band[series->bands++];
		*last = (struct gui_band){.begin_ps = item->t_ps, .label = item->label};
	}
	last->count++;
	if (item->label < item->scores && item->label < PROF_MAX_SCORES)
		last->score_sum += item->score[item->label];
}

static void add_line(struct gui_series *series, struct gui_line line, const char *text)
{
	if (!grow(series, &series->line, series->lines, &series->line_room, sizeof *series->line))
		return;
	line.text = strdup(text);
	if (!line.text)
		return;
	/* Two tracks and several ports: a line is known when it ends and stands where it began. */
	size_t at = series->lines++;
	for (; at && series->line[at - 1].t_ps > line.t_ps; at--)
		series->line[at] = series->line[at - 1];
	series->line[at] = line;
}

static void take_byte(struct gui_series *series, const struct prof_uart *item)
{
	unsigned port = item->port % GUI_SERIES_PORTS;
	size_t *length = &series->open[port].length;
	char *text = series->open[port].text;
	if (!*length) {
		series->open[port].t_ps = item->t_ps;
		series->open[port].from_host = item->sent_by_host;
	}
	bool end = item->byte == '\n' || item->byte == '\r';
	if (!end && item->byte != '\t' && item->byte < ' ')
		return;
	if (!end)
		text[(*length)++] = item->byte == '\t' ? ' ' : (char)item->byte;
	if (*length && (end || *length == sizeof series->open[port].text - 1)) {
		text[*length] = 0;
		struct gui_line line = {.t_ps = series->open[port].t_ps, .uart = true,
					.from_host = series->open[port].from_host};
		add_line(series, line, text);
		*length = 0;
	}
}

static void take_note(struct gui_series *series, const struct prof_note *item)
{
	add_line(series, (struct gui_line){.t_ps = item->begin_ps, .kind = item->kind}, item->text);
}

/* --- memory -------------------------------------------------------------------------------------------- */

static void take_peak(struct gui_series *series, struct gui_peaks *peaks, size_t index, uint32_t value)
{
	for (int i = 0; i < GUI_SERIES_LEVELS; i++) {
		index /= FAN;
		if (index == peaks->count[i]) {
			if (!grow(series, &peaks->level[i], peaks->count[i], &peaks->room[i],
				  sizeof **peaks->level))
				return;
			peaks->level[i][peaks->count[i]++] = (struct gui_peak){value, value};
		}
		struct gui_peak *peak = &peaks->level[i][index];
		peak->low = value < peak->low ? value : peak->low;
		peak->high = value > peak->high ? value : peak->high;
	}
}

static void merge(struct gui_peak *into, struct gui_peak from)
{
	into->low = from.low < into->low ? from.low : into->low;
	into->high = from.high > into->high ? from.high : into->high;
}

struct gui_peak gui_series_peak(const struct gui_series *series, bool stack, size_t first, size_t last)
{
	const struct gui_peaks *peaks = stack ? &series->stack : &series->arena;
	struct gui_peak all = {UINT32_MAX, 0};
	while (first < last) {
		/* The largest block that begins here and ends within. */
		size_t block = 1;
		int level = -1;
		while (level + 1 < GUI_SERIES_LEVELS && first % (block * FAN) == 0 &&
		       first + block * FAN <= last) {
			block *= FAN;
			level++;
		}
		if (level >= 0) {
			merge(&all, peaks->level[level][first / block]);
		} else {
			const struct prof_memory *item =
				prof_record_item(series->record, PROF_TRACK_MEMORY, first);
			uint32_t value = stack ? item->stack_bytes : item->arena_bytes;
			merge(&all, (struct gui_peak){value, value});
		}
		first += block;
	}
	return all;
}

/* --- inferences and layers ----------------------------------------------------------------------------- */

static void take_inference(struct gui_series *series, const struct prof_inference *item)
{
	uint64_t ps = item->end_ps - item->begin_ps, before[SIM_POWER_STATES], after[SIM_POWER_STATES];
	if (!series->inferences || ps < series->latency_low_ps)
		series->latency_low_ps = ps;
	if (ps > series->latency_high_ps)
		series->latency_high_ps = ps;
	series->latency_sum_ps += ps;
	states_before(series, item->begin_ps, before);
	states_before(series, item->end_ps, after);
	for (int i = 0; i < SIM_POWER_STATES; i++)
		series->inference_state_ps[i] += after[i] - before[i];
	series->inferences++;
}

static void take_layer(struct gui_series *series, const struct prof_layer *item)
{
	series->layers_seen++;
	if (item->index >= GUI_SERIES_LAYERS)
		return;
	struct gui_layer_sum *sum = &series->layer[item->index];
	sum->op = item->op;
	sum->calls++;
	sum->cycles += item->cycles;
	sum->macs += item->macs;
	sum->ps += item->end_ps - item->begin_ps;
	series->layer_cycles += item->cycles;
	if (item->index >= series->layers)
		series->layers = item->index + 1;
}

void gui_series_update(struct gui_series *series)
{
	const struct prof_record *record = series->record;
	/* Now first: what happened before it is in the tracks already. */
	series->now_ps = prof_record_now(record, &series->instructions).ps;
	if (series->full)
		return;
	/* Power last: an inference that is counted needs the power states within it. */
	size_t count[PROF_TRACKS];
	for (int i = PROF_TRACKS - 1; i >= 0; i--)
		count[i] = prof_record_count(record, i);
	/* Out of memory: a taker leaves its count behind, and the flag ends the loop. */
	while (series->powers < count[PROF_TRACK_POWER] && !series->full)
		take_power(series, prof_record_item(record, PROF_TRACK_POWER, series->powers));
	while (series->irqs < count[PROF_TRACK_EXCEPTION] && !series->full)
		take_exception(series, prof_record_item(record, PROF_TRACK_EXCEPTION, series->irqs));
	for (; series->results < count[PROF_TRACK_RESULT]; series->results++)
		take_result(series, prof_record_item(record, PROF_TRACK_RESULT, series->results));
	for (; series->uart_bytes < count[PROF_TRACK_UART]; series->uart_bytes++)
		take_byte(series, prof_record_item(record, PROF_TRACK_UART, series->uart_bytes));
	for (; series->notes < count[PROF_TRACK_NOTE]; series->notes++)
		take_note(series, prof_record_item(record, PROF_TRACK_NOTE, series->notes));
	for (; series->memories < count[PROF_TRACK_MEMORY] && !series->full; series->memories++) {
		const struct prof_memory *item =
			prof_record_item(record, PROF_TRACK_MEMORY, series->memories);
		take_peak(series, &series->arena, series->memories, item->arena_bytes);
		take_peak(series, &series->stack, series->memories, item->stack_bytes);
	}
	while (series->inferences < count[PROF_TRACK_INFERENCE])
		take_inference(series, prof_record_item(record, PROF_TRACK_INFERENCE, series->inferences));
	while (series->layers_seen < count[PROF_TRACK_LAYER])
		take_layer(series, prof_record_item(record, PROF_TRACK_LAYER, series->layers_seen));
}

size_t gui_series_line_at(const struct gui_series *series, uint64_t t_ps)
{
	return last_at(series->line, series->lines, sizeof *series->line, t_ps);
}

size_t gui_series_band_at(const struct gui_series *series, uint64_t t_ps)
{
	return last_at(series->band, series->bands, sizeof *series->band, t_ps);
}
