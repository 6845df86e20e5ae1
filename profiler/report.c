/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/report.h"

#include "profiler/report_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const grade_name[] = {
	[SIM_ESTIMATED] = "estimated", [SIM_CALIBRATED] = "calibrated", [SIM_MEASURED] = "measured"};

#define MOST_DISCOUNT_PCT 5 /* a number that an estimate moved by more is an estimate */

/* --- distributions ---------------------------------------------------------------------------------- */

struct spread {
	double mean, min, max, p99;
	double low, high; /* the mean's range */
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* p99 is the nearest rank: a value that did occur. Sorts its argument. */
static struct spread spread_of(double *value, size_t count)
{
	struct spread s = {0};
	if (count == 0)
		return s;
	qsort(value, count, sizeof *value, by_value);
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += value[i];
	s.mean = sum / (double)count;
	s.min = value[0];
	s.max = value[count - 1];
	s.p99 = value[(count * 99 + 99) / 100 - 1];
	return s;
}

static json_t *spread_json(const struct spread *s, bool whole, bool p99)
{
	json_t *item = json_object();
	json_object_set_new(item, "mean", prof_json_real(s->mean));
	json_object_set_new(item, "min", whole ? json_integer((json_int_t)s->min) : prof_json_real(s->min));
	json_object_set_new(item, "max", whole ? json_integer((json_int_t)s->max) : prof_json_real(s->max));
	if (p99)
		json_object_set_new(item, "p99", prof_json_real(s->p99));
	return item;
}

/* --- what everything is computed from --------------------------------------------------------------- */

struct making {
	const struct prof_profiler *profiler;
	const struct prof_report_about *about;
	const struct prof_totals *totals;
	const struct prof_record *record;
	const struct prof_prices *prices;
	const struct sim_board *board;
	struct prof_energy energy;
	double total_low_mj, total_high_mj;
	struct spread cycles, latency_ms, energy_uj;
	double battery_mah, battery_mv, days;
	uint64_t clock_hz, flash_bytes, ram_bytes, arena_bytes;
};

/* Of the cycles in which the core ran. */
static double waited_share(const struct making *m)
{
	const struct sim_when *end = &m->totals->end;
	return end->active ? (double)end->waited / (double)end->active : 0;
}

/* The state that took most. */
static const struct prof_price *dearest(const struct making *m)
{
	int most = SIM_POWER_RUN;
	for (int s = 0; s < SIM_POWER_STATES; s++)
		if (m->energy.state[s].pj > m->energy.state[most].pj)
			most = s;
	return &m->prices->state[most];
}

/* Modelled time is off by some percent; only the running part of the energy follows it. */
static void energy_range(const struct making *m, const struct prof_energy *energy, double *ret_low,
			 double *ret_high)
{
	*ret_low = *ret_high = 0;
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		double pj = (double)energy->state[s].pj;
		bool timed = s == SIM_POWER_RUN;
		*ret_low += pj * (1 + m->prices->state[s].low_pct / 100) *
			    (timed ? 1 + m->board->timing_low_pct / 100 : 1);
		*ret_high += pj * (1 + m->prices->state[s].high_pct / 100) *
			     (timed ? 1 + m->board->timing_high_pct / 100 : 1);
	}
}

static bool measure_inferences(struct making *m)
{
	size_t count = prof_record_count(m->record, PROF_TRACK_INFERENCE);
	double *value = malloc((3 * count + 1) * sizeof *value);
	double low_sum = 0, high_sum = 0;
	if (!value)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct prof_inference *inference = prof_record_item(m->record, PROF_TRACK_INFERENCE, i);
		struct prof_energy energy;
		double low, high;
		prof_energy_between(m->record, m->prices, inference->begin_ps, inference->end_ps, &energy);
		energy_range(m, &energy, &low, &high);
		low_sum += low / 1e6;
		high_sum += high / 1e6;
		value[i] = (double)inference->cycles;
		value[count + i] = (double)(inference->end_ps - inference->begin_ps) / 1e9;
		value[2 * count + i] = (double)energy.pj / 1e6;
	}
	m->cycles = spread_of(value, count);
	m->latency_ms = spread_of(value + count, count);
	m->energy_uj = spread_of(value + 2 * count, count);
	m->energy_uj.low = count ? low_sum / (double)count : 0;
	m->energy_uj.high = count ? high_sum / (double)count : 0;
	free(value);
	return true;
}

/* Bytes of `range` that no taken range holds. */
static uint64_t bytes_beside(struct sim_range range, const struct sim_range *taken, unsigned count)
{
	uint64_t bytes = 0;
	for (; count > 0 && range.bytes > 0; taken++, count--) {
		uint64_t begin = range.at, end = begin + range.bytes, from = taken->at, to = from + taken->bytes;
		if (to <= begin || from >= end)
			continue;
		if (from > begin)
			bytes += bytes_beside((struct sim_range){range.at, (uint32_t)(from - begin)}, taken + 1, count - 1);
		range = (struct sim_range){(uint32_t)to, to < end ? (uint32_t)(end - to) : 0};
	}
	return bytes + range.bytes;
}

/* A linker script may reserve the stack or the heap as a section, and an arena may come from the heap: each byte
 * counts once. */
static uint64_t bytes_of_ram(const struct making *m)
{
	const struct sim_image *image = m->about->firmware;
	const struct prof_totals *t = m->totals;
	unsigned sections = image ? image->variable_ranges : 0, taken = sections;
	const struct sim_range extra[] = {
		{t->stack_at, t->stack_peak},
		{t->heap_at, t->heap_known ? t->heap_peak : 0},
		{t->arena_at, t->arena_is_extra ? (uint32_t)m->arena_bytes : 0},
	};
	struct sim_range *range = calloc(sections + 3, sizeof *range);
	uint64_t bytes = image ? (uint64_t)image->data_bytes + image->bss_bytes : 0;
	if (!range)
		return bytes;
	if (sections)
		memcpy(range, image->variables, sections * sizeof *range);
	for (unsigned i = 0; i < 3; i++) {
		bytes += bytes_beside(extra[i], range, taken);
		range[taken++] = extra[i];
	}
	free(range);
	return bytes;
}

static void measure_memory(struct making *m)
{
	const struct sim_image *image = m->about->firmware;
	const struct prof_totals *t = m->totals;
	m->flash_bytes = m->about->model_bytes + m->about->extra_flash_bytes;
	m->arena_bytes = t->arena_peak > t->arena_planned ? t->arena_peak : t->arena_planned;
	if (image)
		m->flash_bytes += (uint64_t)image->text_bytes + image->data_bytes;
	m->ram_bytes = bytes_of_ram(m);
}

static bool measure(struct making *m)
{
	size_t powers = prof_record_count(m->record, PROF_TRACK_POWER);
	prof_energy_between(m->record, m->prices, 0, m->totals->end.ps, &m->energy);
	energy_range(m, &m->energy, &m->total_low_mj, &m->total_high_mj);
	m->total_low_mj /= 1e9;
	m->total_high_mj /= 1e9;
	m->battery_mah = m->about->battery_mah > 0 ? m->about->battery_mah : m->board->battery_mah;
	m->battery_mv = m->about->battery_mv > 0 ? m->about->battery_mv : m->board->battery_mv;
	m->days = prof_energy_battery_days(&m->energy, m->battery_mah, m->battery_mv);
	m->clock_hz = m->board->clock_hz;
	const struct prof_power *last =
		powers ? prof_record_item(m->record, PROF_TRACK_POWER, powers - 1) : NULL;
	if (last)
		m->clock_hz = last->hz;
	measure_memory(m);
	return measure_inferences(m);
}

/* --- validity --------------------------------------------------------------------------------------- */

enum level { LEVEL_OK, LEVEL_DEGRADED, LEVEL_INVALID };

struct issues {
	json_t *list;
	enum level level;
};

static void issue(struct issues *issues, enum level level, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void issue(struct issues *issues, enum level level, const char *code, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	json_t *item = json_object();
	json_object_set_new(item, "code", json_string(code));
	json_object_set_new(item, "text", prof_json_text(text));
	json_array_append_new(issues->list, item);
	if (level > issues->level)
		issues->level = level;
}

static const char *why_it_gave_up(const struct making *m, char *text, size_t size)
{
	const struct prof_totals *t = m->totals;
	int used = snprintf(text, size, "the firmware gave up with status %u", t->error_status);
	if (m->about->status_text)
		used = snprintf(text, size, "the firmware gave up: %s", m->about->status_text(t->error_status));
	if (t->error_index != UINT32_MAX && used > 0 && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, " (operator %u, code %u)", t->error_index, t->error_op);
	return text;
}

static void issues_of_firmware(const struct making *m, struct issues *issues)
{
	const struct prof_totals *t = m->totals;
	char text[200];
	if (t->stop == SIM_STOP_LOCKUP)
		issue(issues, LEVEL_INVALID, "lockup", "the core locked up at %.6f s: %s",
		      (double)t->end.ps / 1e12, t->faults ? t->fault[t->faults - 1].what : "");
	if (t->faults_in_all)
		issue(issues, LEVEL_INVALID, "fault", "%llu fault%s; the first at 0x%08x: %s",
		      (unsigned long long)t->faults_in_all, t->faults_in_all == 1 ? "" : "s", t->fault[0].pc,
		      t->fault[0].what);
	if (t->firmware_failed)
		issue(issues, LEVEL_INVALID, "firmware-error", "%s", why_it_gave_up(m, text, sizeof text));
	if (t->stop == SIM_STOP_ASLEEP && !t->done)
		issue(issues, LEVEL_DEGRADED, "asleep-forever",
		      "at %.6f s the firmware was asleep and nothing was left that could wake it",
		      (double)t->end.ps / 1e12);
	if (t->samples_lost)
		issue(issues, LEVEL_DEGRADED, "sensor-overrun",
		      "%llu of %llu samples were lost: the FIFO was full",
		      (unsigned long long)t->samples_lost, (unsigned long long)t->samples);
	if (t->late)
		issue(issues, LEVEL_DEGRADED, "too-slow",
		      "the firmware fell behind its sensor %llu time%s and passed over %llu of its frames",
		      (unsigned long long)t->late, t->late == 1 ? "" : "s", (unsigned long long)t->late_frames);
	if (t->unmatched_marks)
		issue(issues, LEVEL_DEGRADED, "unmatched-marks", "%llu marks ended what had not begun",
		      (unsigned long long)t->unmatched_marks);
}

static void issues_of_model(const struct making *m, struct issues *issues)
{
	const struct sim_honesty *h = &m->totals->honesty;
	if (h->guessed)
		issue(issues, LEVEL_DEGRADED, "unmodelled-registers",
		      "%u register%s answered with a guess; %llu cycles were spent polling such", h->guessed,
		      h->guessed == 1 ? "" : "s", (unsigned long long)h->polled_cycles);
	if (m->about->fastest_hz && m->clock_hz > m->about->fastest_hz)
		issue(issues, LEVEL_DEGRADED, "overclocked",
		      "the core runs at %.4g MHz, the board at up to %.4g: wait states and power are extrapolated",
		      (double)m->clock_hz / 1e6, (double)m->about->fastest_hz / 1e6);
	if (h->too_fast_hz)
		issue(issues, LEVEL_DEGRADED, "too-few-wait-states",
		      "flash had %u wait state%s at %.4g MHz: silicon may read garbage", h->too_few_wait_states,
		      h->too_few_wait_states == 1 ? "" : "s", (double)h->too_fast_hz / 1e6);
	if (m->board->timing_grade == SIM_ESTIMATED)
		issue(issues, LEVEL_DEGRADED, "timing-estimated",
		      "cycles of this board are estimated, not calibrated: %+g to %+g %%",
		      m->board->timing_low_pct, m->board->timing_high_pct);
	for (int s = 0; s < SIM_POWER_STATES; s++)
		if (m->energy.state[s].ps && m->prices->state[s].grade == SIM_ESTIMATED)
			issue(issues, LEVEL_DEGRADED, "power-estimated",
			      "power of state %s is estimated: %+g to %+g %%", prof_power_state_name(s),
			      m->prices->state[s].low_pct, m->prices->state[s].high_pct);
	const struct prof_calltree *tree = prof_profiler_calltree(m->profiler);
	if (tree && prof_calltree_is_cut(tree))
		issue(issues, LEVEL_DEGRADED, "profile-cut",
		      "calls nest deeper or wider than the profile holds");
	if (prof_record_is_cut(m->record))
		issue(issues, LEVEL_INVALID, "record-cut",
		      "memory ran out and the record ends before the run did");
}

static json_t *validity(const struct making *m)
{
	static const char *const level_name[] = {"ok", "degraded", "invalid"};
	struct issues issues = {.list = json_array()};
	json_t *item = json_object();
	issues_of_firmware(m, &issues);
	issues_of_model(m, &issues);
	json_object_set_new(item, "level", json_string(level_name[issues.level]));
	json_object_set_new(item, "issues", issues.list);
	return item;
}

/* --- quality ---------------------------------------------------------------------------------------- */

static void grade(json_t *all, const char *metric, enum sim_grade grade, double low, double high,
		  const char *source)
{
	json_t *item = json_object();
	json_object_set_new(item, "grade", json_string(grade_name[grade]));
	json_object_set_new(item, "low", prof_json_real(low));
	json_object_set_new(item, "high", prof_json_real(high));
	json_object_set_new(item, "source", prof_json_text(source));
	json_object_set_new(all, metric, item);
}

static void exact(json_t *all, const char *metric, double value, const char *source)
{
	grade(all, metric, SIM_MEASURED, value, value, source);
}

/* What this run's waits change in state run's power, beyond those that it was measured with. */
static double discount_pct(const struct making *m)
{
	return (sim_board_stall_factor(m->board, waited_share(m)) - 1) * 100;
}

static enum sim_grade energy_grade(const struct making *m)
{
	enum sim_grade worst = m->board->timing_grade;
	if (fabs(discount_pct(m)) > MOST_DISCOUNT_PCT && m->board->stall.grade < worst)
		worst = m->board->stall.grade;
	for (int s = 0; s < SIM_POWER_STATES; s++)
		if (m->energy.state[s].ps && m->prices->state[s].grade < worst)
			worst = m->prices->state[s].grade;
	return worst;
}

static void timed(json_t *all, const struct making *m, const char *metric, double value)
{
	grade(all, metric, m->board->timing_grade, value * (1 + m->board->timing_low_pct / 100),
	      value * (1 + m->board->timing_high_pct / 100), m->board->timing_source);
}

static void energy_quality(json_t *all, const struct making *m)
{
	char source[700];
	double seconds = (double)m->energy.ps / 1e12, mwh = m->battery_mah * m->battery_mv / 1000;
	enum sim_grade worst = energy_grade(m);
	snprintf(source, sizeof source, "power: %s; time: %s; waits for memory: %+.1f %% of it", dearest(m)->source,
		 m->board->timing_source, discount_pct(m));
	if (m->totals->inferences)
		grade(all, "inferences.energy_uj.mean", worst, m->energy_uj.low, m->energy_uj.high, source);
	grade(all, "energy.total_mj", worst, m->total_low_mj, m->total_high_mj, source);
	if (seconds > 0) {
		grade(all, "energy.average_mw", worst, m->total_low_mj / seconds, m->total_high_mj / seconds,
		      source);
		if (m->days > 0 && m->total_low_mj > 0)
			grade(all, "energy.battery.days", worst, mwh / (m->total_high_mj / seconds) / 24,
			      mwh / (m->total_low_mj / seconds) / 24, source);
	}
}

static json_t *quality(const struct making *m)
{
	const struct prof_totals *t = m->totals;
	json_t *all = json_object();
	timed(all, m, "cycles", (double)t->end.cycle);
	if (t->inferences) {
		timed(all, m, "inferences.cycles.mean", m->cycles.mean);
		timed(all, m, "inferences.latency_ms.mean", m->latency_ms.mean);
		timed(all, m, "inferences.latency_ms.p99", m->latency_ms.p99);
	}
	energy_quality(all, m);
	exact(all, "memory.flash_bytes", (double)m->flash_bytes, "sizes of firmware and model");
	exact(all, "memory.ram_bytes", (double)m->ram_bytes,
	      "sections of the firmware, watched writes, stack pointer");
	if (t->arena_known)
		exact(all, "memory.arena_bytes", (double)m->arena_bytes, "watched writes");
	if (t->stack_known)
		exact(all, "memory.stack_peak_bytes", t->stack_peak, "stack pointer at every block");
	if (t->heap_known)
		exact(all, "memory.heap_peak_bytes", t->heap_peak, "memory above `end` compared with reset");
	return all;
}

/* --- the parts in order ----------------------------------------------------------------------------- */

static json_t *count_if(bool known, uint64_t value)
{
	return known ? json_integer((json_int_t)value) : json_null();
}

static json_t *firmware(const struct making *m)
{
	const struct sim_image *image = m->about->firmware;
	if (!image)
		return json_null();
	json_t *item = json_object();
	json_object_set_new(item, "path", prof_json_text(m->about->firmware_path ? m->about->firmware_path : image->path));
	json_object_set_new(item, "sha256", prof_json_text(image->sha256));
	json_object_set_new(item, "text_bytes", json_integer(image->text_bytes));
	json_object_set_new(item, "data_bytes", json_integer(image->data_bytes));
	json_object_set_new(item, "bss_bytes", json_integer(image->bss_bytes));
	return item;
}

static json_t *model(const struct making *m)
{
	if (!m->about->model_path)
		return json_null();
	json_t *item = json_object();
	json_object_set_new(item, "path", prof_json_text(m->about->model_path));
	json_object_set_new(item, "sha256", prof_json_text(m->about->model_sha256));
	json_object_set_new(item, "bytes", json_integer((json_int_t)m->about->model_bytes));
	return item;
}

static json_t *inferences(const struct making *m)
{
	json_t *item = json_object();
	bool any = m->totals->inferences > 0;
	json_object_set_new(item, "count", json_integer((json_int_t)m->totals->inferences));
	json_object_set_new(item, "cycles", any ? spread_json(&m->cycles, true, false) : json_null());
	json_object_set_new(item, "latency_ms", any ? spread_json(&m->latency_ms, false, true) : json_null());
	json_object_set_new(item, "energy_uj", any ? spread_json(&m->energy_uj, false, false) : json_null());
	return item;
}

static json_t *memory(const struct making *m)
{
	const struct prof_totals *t = m->totals;
	json_t *item = json_object();
	json_object_set_new(item, "flash_bytes", json_integer((json_int_t)m->flash_bytes));
	json_object_set_new(item, "ram_bytes", json_integer((json_int_t)m->ram_bytes));
	json_object_set_new(item, "arena_bytes", count_if(t->arena_known, m->arena_bytes));
	json_object_set_new(item, "arena_capacity_bytes", count_if(t->arena_known, t->arena_capacity));
	json_object_set_new(item, "stack_peak_bytes", count_if(t->stack_known, t->stack_peak));
	json_object_set_new(item, "heap_peak_bytes", count_if(t->heap_known, t->heap_peak));
	json_object_set_new(item, "arena_touched_bytes", count_if(t->arena_known, t->arena_peak));
	json_object_set_new(item, "process_stack_peak_bytes",
			    count_if(t->process_stack_peak > 0, t->process_stack_peak));
	return item;
}

static json_t *energy(const struct making *m)
{
	json_t *item = json_object(), *by_state = json_object(), *battery = json_object();
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		json_t *state = json_object();
		json_object_set_new(state, "s", prof_json_real((double)m->energy.state[s].ps / 1e12));
		json_object_set_new(state, "mj", prof_json_real((double)m->energy.state[s].pj / 1e9));
		json_object_set_new(by_state, prof_power_state_name(s), state);
	}
	bool known = m->battery_mah > 0 && m->days > 0;
	json_object_set_new(battery, "capacity_mah",
			    m->battery_mah > 0 ? prof_json_real(m->battery_mah) : json_null());
	json_object_set_new(battery, "days", known ? prof_json_real(m->days) : json_null());
	json_object_set_new(item, "total_mj", prof_json_real((double)m->energy.pj / 1e9));
	json_object_set_new(item, "average_mw", prof_json_real(prof_energy_average_mw(&m->energy)));
	json_object_set_new(item, "by_state", by_state);
	json_object_set_new(item, "battery", battery);
	return item;
}

static json_t *board_memory(const struct making *m)
{
	uint64_t bytes[2] = {0};
	json_t *item = json_object();
	for (unsigned i = 0; i < m->board->memories; i++)
		bytes[m->board->memory[i].kind == SIM_RAM] += m->board->memory[i].bytes;
	json_object_set_new(item, "flash_bytes", json_integer((json_int_t)bytes[0]));
	json_object_set_new(item, "ram_bytes", json_integer((json_int_t)bytes[1]));
	return item;
}

/* With this run's own share of waits; before it has run, without any. */
static json_t *power_table(const struct making *m)
{
	json_t *item = json_object();
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		double less = m->prices->state[s].stall_discount_pct / 100 * waited_share(m);
		json_object_set_new(item, prof_power_state_name(s),
				    prof_json_real((double)prof_prices_nw(m->prices, s, m->clock_hz) * (1 - less) / 1e6));
	}
	return item;
}

static json_t *power_ranges(const struct prof_price *price)
{
	json_t *list = json_array();
	for (unsigned r = 0; r < price->ranges; r++) {
		json_t *range = json_object();
		json_object_set_new(range, "up_to_mhz", prof_json_real(price->range[r].up_to_mhz));
		json_object_set_new(range, "base_uw", prof_json_real(price->range[r].base_uw));
		json_object_set_new(range, "uw_per_mhz", prof_json_real(price->range[r].uw_per_mhz));
		json_array_append_new(list, range);
	}
	return list;
}

static json_t *power_model(const struct making *m)
{
	json_t *item = json_object();
	json_object_set_new(item, "supply_mv", json_integer(m->prices->supply_mv));
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		const struct prof_price *price = &m->prices->state[s];
		json_t *state = json_object();
		json_object_set_new(state, "base_uw", prof_json_real(price->base_uw));
		json_object_set_new(state, "uw_per_mhz", prof_json_real(price->uw_per_mhz));
		if (price->ranges)
			json_object_set_new(state, "ranges", power_ranges(price));
		if (price->stall_discount_pct > 0)
			json_object_set_new(state, "stall_discount_pct", prof_json_real(price->stall_discount_pct));
		json_object_set_new(state, "low_pct", prof_json_real(price->low_pct));
		json_object_set_new(state, "high_pct", prof_json_real(price->high_pct));
		json_object_set_new(state, "grade", json_string(grade_name[price->grade]));
		json_object_set_new(state, "source", prof_json_text(price->source));
		json_object_set_new(item, prof_power_state_name(s), state);
	}
	return item;
}

static json_t *verdicts(const struct making *m, bool budgets)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < (budgets ? m->about->budgets : m->about->expectations); i++) {
		json_t *item = json_object();
		if (budgets) {
			const struct prof_budget *b = &m->about->budget[i];
			json_object_set_new(item, "metric", prof_json_text(b->metric));
			json_object_set_new(item, "limit", prof_json_real(b->limit));
			json_object_set_new(item, "actual", prof_json_real(b->actual));
			json_object_set_new(item, "pass", json_boolean(b->pass));
		} else {
			const struct prof_expectation *e = &m->about->expectation[i];
			json_object_set_new(item, "name", prof_json_text(e->name));
			json_object_set_new(item, "pass", json_boolean(e->pass));
			json_object_set_new(item, "detail", prof_json_text(e->detail));
		}
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *labels(const struct making *m)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < m->about->labels; i++)
		json_array_append_new(list, prof_json_text(m->about->label[i]));
	return list;
}

static json_t *host(const struct making *m)
{
	json_t *item = json_object();
	double wall = m->about->wall_s;
	json_object_set_new(item, "wall_s", prof_json_real(wall));
	json_object_set_new(item, "mips",
			    wall > 0 ? prof_json_real((double)m->totals->instructions / wall / 1e6)
				     : json_null());
	json_object_set_new(item, "version", prof_json_text(m->about->version));
	return item;
}

static void put_head(json_t *report, const struct making *m)
{
	static const char *const stop[] = {[SIM_STOP_TIME] = "time",
					   [SIM_STOP_ASKED] = "asked",
					   [SIM_STOP_EXIT] = "exit",
					   [SIM_STOP_LOCKUP] = "lockup",
					   [SIM_STOP_ASLEEP] = "asleep"};
	uint64_t asleep_ps = m->energy.state[SIM_POWER_SLEEP].ps + m->energy.state[SIM_POWER_STOP].ps;
	json_object_set_new(report, "schema", json_string(PROF_REPORT_SCHEMA));
	json_object_set_new(report, "scenario", prof_json_text(m->about->scenario));
	json_object_set_new(report, "board", prof_json_text(m->board->name));
	json_object_set_new(report, "core", prof_json_text(sim_core_name(m->board->core)));
	json_object_set_new(report, "clock_hz", json_integer((json_int_t)m->clock_hz));
	json_object_set_new(report, "seed", json_integer((json_int_t)m->about->seed));
	json_object_set_new(report, "firmware", firmware(m));
	json_object_set_new(report, "model", model(m));
	json_object_set_new(report, "simulated_s", prof_json_real((double)m->totals->end.ps / 1e12));
	json_object_set_new(report, "cycles", json_integer((json_int_t)m->totals->end.cycle));
	json_object_set_new(report, "instructions", json_integer((json_int_t)m->totals->instructions));
	json_object_set_new(report, "sleep_s", prof_json_real((double)asleep_ps / 1e12));
	json_object_set_new(report, "waited_cycles", json_integer((json_int_t)m->totals->end.waited));
	json_object_set_new(report, "stop", json_string(stop[m->totals->stop]));
	json_object_set_new(report, "validity", validity(m));
}

json_t *prof_report_make(const struct prof_profiler *profiler, const struct prof_report_about *about)
{
	struct making m = {
		.profiler = profiler,
		.about = about,
		.totals = prof_profiler_totals(profiler),
		.record = prof_profiler_record(profiler),
		.prices = prof_profiler_prices(profiler),
		.board = prof_profiler_board(profiler),
	};
	json_t *report = json_object();
	if (!report || !measure(&m)) {
		json_decref(report);
		return NULL;
	}
	put_head(report, &m);
	json_object_set_new(report, "inferences", inferences(&m));
	json_object_set_new(report, "outputs", prof_report_outputs(profiler, about));
	json_object_set_new(report, "memory", memory(&m));
	json_object_set_new(report, "energy", energy(&m));
	json_object_set_new(report, "layers", prof_report_layers(profiler));
	json_object_set_new(report, "functions", prof_report_functions(profiler));
	json_object_set_new(report, "uart", prof_report_uart(profiler));
	json_object_set_new(report, "honesty", prof_report_honesty(profiler));
	json_object_set_new(report, "expectations", verdicts(&m, false));
	json_object_set_new(report, "budgets", verdicts(&m, true));
	json_object_set_new(report, "lines", prof_report_lines(profiler));
	json_object_set_new(report, "faults", prof_report_faults(profiler));
	json_object_set_new(report, "sensors", prof_report_sensors(profiler));
	json_object_set_new(report, "labels", labels(&m));
	json_object_set_new(report, "board_memory", board_memory(&m));
	json_object_set_new(report, "power_table", power_table(&m));
	json_object_set_new(report, "power_model", power_model(&m));
	json_object_set_new(report, "quality", quality(&m));
	json_object_set_new(report, "host", host(&m));
	return report;
}
