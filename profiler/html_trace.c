/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thins a record out to what a page can draw. */
#include "profiler/html.h"

#include "profiler/energy.h"
#include "profiler/ops.h"
#include "profiler/report.h"

#include <stdlib.h>
#include <string.h>

#define BINS 1800          /* of time, over the whole run */
#define MAX_POINTS 3000    /* of a sensor, before it is shown as a band of extremes */
#define MAX_NOTES 400
#define MAX_MEMORY 1000
#define MAX_LAYERS 2000
#define MAX_LOST 500

static json_t *seconds(uint64_t ps)
{
	return json_real((double)ps / 1e12);
}

static json_t *number_or_null(bool known, double value)
{
	return known ? json_real(value) : json_null();
}

/* --- power ------------------------------------------------------------------------------------------ */

struct bins {
	double energy[BINS]; /* nW * ps */
	double low[BINS], high[BINS];
};

static void add_stretch(struct bins *bins, double step_ps, uint64_t from, uint64_t to, double nw)
{
	size_t first = (size_t)((double)from / step_ps), last = (size_t)((double)to / step_ps);
	for (size_t b = first; b <= last && b < BINS; b++) {
		double begin = (double)b * step_ps, end = begin + step_ps;
		double overlap =
			((double)to < end ? (double)to : end) - ((double)from > begin ? (double)from : begin);
		if (overlap <= 0)
			continue;
		bins->energy[b] += nw * overlap;
		bins->low[b] = bins->high[b] == 0 || nw < bins->low[b] ? nw : bins->low[b];
		bins->high[b] = nw > bins->high[b] ? nw : bins->high[b];
	}
}

static json_t *power_json(const struct prof_record *record, const struct prof_prices *prices, uint64_t end_ps)
{
	size_t count = prof_record_count(record, PROF_TRACK_POWER);
	double step_ps = (double)end_ps / BINS;
	struct bins *bins = calloc(1, sizeof *bins);
	json_t *power = json_object(), *mean = json_array(), *low = json_array(), *high = json_array();
	for (size_t i = 0; bins && i < count; i++) {
		const struct prof_power *p = prof_record_item(record, PROF_TRACK_POWER, i);
		const struct prof_power *next =
			i + 1 < count ? prof_record_item(record, PROF_TRACK_POWER, i + 1) : NULL;
		uint64_t to = next && next->t_ps < end_ps ? next->t_ps : end_ps;
		if (p->t_ps < to)
			add_stretch(bins, step_ps, p->t_ps, to, (double)prof_energy_stretch_nw(record, prices, i));
	}
	for (size_t b = 0; bins && count && end_ps && b < BINS; b++) {
		json_array_append_new(mean, json_real(bins->energy[b] / step_ps / 1e6));
		json_array_append_new(low, json_real(bins->low[b] / 1e6));
		json_array_append_new(high, json_real(bins->high[b] / 1e6));
	}
	free(bins);
	json_object_set_new(power, "step_s", json_real(step_ps / 1e12));
	json_object_set_new(power, "mean", mean);
	json_object_set_new(power, "low", low);
	json_object_set_new(power, "high", high);
	return power;
}

/* --- sensors ---------------------------------------------------------------------------------------- */

static json_t *points(const struct prof_record *record, unsigned sensor)
{
	const struct prof_sensor *about = prof_record_sensor(record, sensor);
	json_t *list = json_array();
	for (size_t i = 0; i < prof_record_frames(record, sensor); i++) {
		const struct prof_frame *frame = prof_record_frame(record, sensor, i);
		json_t *point = json_array();
		json_array_append_new(point, seconds(frame->t_ps));
		for (unsigned c = 0; c < about->channels; c++)
			json_array_append_new(point, json_real(frame->count[c] * about->scale));
		json_array_append_new(list, point);
	}
	return list;
}

static void put_bands(json_t *item, const struct prof_record *record, unsigned sensor, uint64_t end_ps)
{
	const struct prof_sensor *about = prof_record_sensor(record, sensor);
	json_t *lows = json_array(), *highs = json_array();
	for (unsigned c = 0; c < about->channels; c++) {
		json_t *low = json_array(), *high = json_array();
		size_t first = 0;
		for (size_t b = 0; b < BINS; b++) {
			uint64_t until = (uint64_t)((double)end_ps * (double)(b + 1) / BINS);
			size_t found = prof_record_find_frame(record, sensor, until),
			       last = found == SIZE_MAX ? 0 : found + 1;
			int16_t a = 0, z = 0;
			if (first < last)
				prof_record_envelope(record, sensor, c, first, last, &a, &z);
			double x = a * about->scale, y = z * about->scale;
			json_array_append_new(low, number_or_null(first < last, x < y ? x : y));
			json_array_append_new(high, number_or_null(first < last, x < y ? y : x));
			first = last;
		}
		json_array_append_new(lows, low);
		json_array_append_new(highs, high);
	}
	json_object_set_new(item, "step_s", json_real((double)end_ps / 1e12 / BINS));
	json_object_set_new(item, "low", lows);
	json_object_set_new(item, "high", highs);
}

static json_t *sensor_json(const struct prof_record *record, unsigned sensor, uint64_t end_ps)
{
	const struct prof_sensor *about = prof_record_sensor(record, sensor);
	size_t frames = prof_record_frames(record, sensor);
	json_t *item = json_object(), *channels = json_array(), *lost = json_array();
	for (unsigned c = 0; c < about->channels; c++) {
		json_t *name = json_string(about->channel[c]);
		json_array_append_new(channels, name ? name : json_string("?"));
	}
	for (size_t i = 0; i < frames && json_array_size(lost) < MAX_LOST; i++)
		if (prof_record_frame(record, sensor, i)->lost)
			json_array_append_new(lost, seconds(prof_record_frame(record, sensor, i)->t_ps));
	json_t *name = json_string(about->name), *unit = json_string(about->unit);
	json_object_set_new(item, "name", name ? name : json_string("sensor"));
	json_object_set_new(item, "unit", unit ? unit : json_string(""));
	json_object_set_new(item, "channels", channels);
	json_object_set_new(item, "frames", json_integer((json_int_t)frames));
	json_object_set_new(item, "lost", lost);
	if (frames <= MAX_POINTS)
		json_object_set_new(item, "points", points(record, sensor));
	else
		put_bands(item, record, sensor, end_ps);
	return item;
}

/* --- the rest --------------------------------------------------------------------------------------- */

static json_t *notes_json(const struct prof_record *record)
{
	json_t *list = json_array();
	size_t count = prof_record_count(record, PROF_TRACK_NOTE);
	for (size_t i = 0; i < count && i < MAX_NOTES; i++) {
		const struct prof_note *note = prof_record_item(record, PROF_TRACK_NOTE, i);
		json_t *item = json_object(), *text = json_string(note->text);
		json_object_set_new(item, "from_s", seconds(note->begin_ps));
		json_object_set_new(item, "to_s", seconds(note->end_ps));
		json_object_set_new(item, "kind", json_integer(note->kind));
		json_object_set_new(item, "text", text ? text : json_string("(not text)"));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *memory_json(const struct prof_record *record)
{
	json_t *list = json_array();
	size_t count = prof_record_count(record, PROF_TRACK_MEMORY), step = count / MAX_MEMORY + 1;
	for (size_t i = 0; i < count; i++) {
		if (i % step != 0 && i + 1 != count)
			continue;
		const struct prof_memory *m = prof_record_item(record, PROF_TRACK_MEMORY, i);
		json_t *item = json_array();
		json_array_append_new(item, seconds(m->t_ps));
		json_array_append_new(item, json_integer(m->stack_peak));
		json_array_append_new(item, json_integer(m->arena_peak));
		json_array_append_new(list, item);
	}
	return list;
}

/* The inference in the middle of the run: past warming up, and whole. Its times are relative to nothing but
 * zero. */
static json_t *close_up_json(const struct prof_record *record)
{
	size_t count = prof_record_count(record, PROF_TRACK_INFERENCE);
	if (count == 0)
		return json_null();
	const struct prof_inference *one = prof_record_item(record, PROF_TRACK_INFERENCE, count / 2);
	json_t *item = json_object(), *layers = json_array();
	size_t i = prof_record_find(record, PROF_TRACK_LAYER, one->begin_ps);
	for (i = i == SIZE_MAX ? 0 : i; i < prof_record_count(record, PROF_TRACK_LAYER); i++) {
		const struct prof_layer *layer = prof_record_item(record, PROF_TRACK_LAYER, i);
		if (layer->end_ps > one->end_ps || json_array_size(layers) == MAX_LAYERS)
			break;
		if (layer->begin_ps < one->begin_ps)
			continue;
		json_t *bar = json_array();
		json_array_append_new(bar, seconds(layer->begin_ps - one->begin_ps));
		json_array_append_new(bar, seconds(layer->end_ps - one->begin_ps));
		json_array_append_new(bar, json_integer(layer->index));
		json_array_append_new(bar, json_string(prof_op_name(layer->op)));
		json_array_append_new(layers, bar);
	}
	json_object_set_new(item, "index", json_integer(one->index));
	json_object_set_new(item, "from_s", json_real(0));
	json_object_set_new(item, "to_s", seconds(one->end_ps - one->begin_ps));
	json_object_set_new(item, "layers", layers);
	return item;
}

json_t *prof_html_trace(const struct prof_record *record, const json_t *report)
{
	uint64_t end_ps = prof_record_now(record, NULL).ps;
	struct prof_prices prices;
	json_t *trace = json_object(), *sensors = json_array();
	prof_prices_of_report(report, &prices);
	for (unsigned s = 0; s < prof_record_sensors(record); s++)
		json_array_append_new(sensors, sensor_json(record, s, end_ps));
	json_object_set_new(trace, "end_s", seconds(end_ps));
	json_object_set_new(trace, "power", power_json(record, &prices, end_ps));
	json_object_set_new(trace, "sensors", sensors);
	json_object_set_new(trace, "notes", notes_json(record));
	json_object_set_new(trace, "memory", memory_json(record));
	json_object_set_new(trace, "close_up", close_up_json(record));
	return trace;
}
