/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/energy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define wide unsigned __int128

uint64_t prof_prices_nw(const struct prof_prices *prices, enum sim_power_state state, uint64_t hz)
{
	const struct prof_price *price = &prices->state[state];
	double nw = 1000.0 * (price->base_uw + price->uw_per_mhz * ((double)hz / 1e6));
	return nw > 0 && nw < 1e15 ? (uint64_t)(nw + 0.5) : 0;
}

static uint64_t to_pj(wide nw_ps)
{
	return (uint64_t)((nw_ps + 500000000u) / 1000000000u);
}

/* The stretch of power item `index`, clipped. Returns false if it lies outside or is empty. */
static bool stretch(const struct prof_record *record, size_t index, size_t count, uint64_t begin_ps,
		    uint64_t end_ps, uint64_t *ret_from, uint64_t *ret_to)
{
	const struct prof_power *power = prof_record_item(record, PROF_TRACK_POWER, index);
	uint64_t from = power->t_ps, to = end_ps;
	if (index + 1 < count)
		to = ((const struct prof_power *)prof_record_item(record, PROF_TRACK_POWER, index + 1))->t_ps;
	*ret_from = from > begin_ps ? from : begin_ps;
	*ret_to = to < end_ps ? to : end_ps;
	return *ret_from < *ret_to;
}

void prof_energy_between(const struct prof_record *record, const struct prof_prices *prices,
			 uint64_t begin_ps, uint64_t end_ps, struct prof_energy *ret_energy)
{
	size_t count = prof_record_count(record, PROF_TRACK_POWER);
	size_t first = prof_record_find(record, PROF_TRACK_POWER, begin_ps);
	wide state[SIM_POWER_STATES] = {0}, total = 0;
	struct prof_energy energy = {0};
	for (size_t i = first == SIZE_MAX ? 0 : first; i < count; i++) {
		const struct prof_power *power = prof_record_item(record, PROF_TRACK_POWER, i);
		uint64_t from, to;
		if (power->t_ps >= end_ps)
			break;
		if (!stretch(record, i, count, begin_ps, end_ps, &from, &to))
			continue;
		state[power->state] += (wide)prof_prices_nw(prices, power->state, power->hz) * (to - from);
		energy.state[power->state].ps += to - from;
	}
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		energy.state[s].pj = to_pj(state[s]);
		energy.ps += energy.state[s].ps;
		energy.low_pj += (double)energy.state[s].pj * (1 + prices->state[s].low_pct / 100);
		energy.high_pj += (double)energy.state[s].pj * (1 + prices->state[s].high_pct / 100);
		total += state[s];
	}
	energy.pj = to_pj(total);
	*ret_energy = energy;
}

double prof_energy_average_mw(const struct prof_energy *energy)
{
	return energy->ps ? (double)energy->pj / (double)energy->ps * 1000 : 0;
}

double prof_energy_battery_days(const struct prof_energy *energy, double mah, double mv)
{
	double mw = prof_energy_average_mw(energy);
	return mw > 0 ? mah * mv / 1000 / mw / 24 : 0;
}

static void csv_row(FILE *out, uint64_t ps, uint64_t nw, uint32_t supply_mv)
{
	fprintf(out, "%llu.%06llu,%.3f\n", (unsigned long long)(ps / 1000000000),
		(unsigned long long)(ps % 1000000000 / 1000), supply_mv ? (double)nw / supply_mv : 0.0);
}

char *prof_energy_csv(const struct prof_record *record, const struct prof_prices *prices, size_t *ret_bytes)
{
	size_t count = prof_record_count(record, PROF_TRACK_POWER);
	uint64_t end_ps = prof_record_now(record, NULL).ps;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_bytes);
	if (!out)
		return NULL;
	fputs("Timestamp(ms),Current(uA)\n", out);
	bool drawing = false;
	uint64_t last_nw = 0;
	for (size_t i = 0; i < count; i++) {
		const struct prof_power *power = prof_record_item(record, PROF_TRACK_POWER, i);
		uint64_t nw = prof_prices_nw(prices, power->state, power->hz), from, to;
		if (!stretch(record, i, count, 0, end_ps, &from, &to) || (drawing && nw == last_nw))
			continue;
		if (drawing)
			csv_row(out, from, last_nw, prices->supply_mv);
		csv_row(out, from, nw, prices->supply_mv);
		last_nw = nw;
		drawing = true;
	}
	if (drawing)
		csv_row(out, end_ps, last_nw, prices->supply_mv);
	bool ok = !ferror(out);
	if (fclose(out) != 0 || !ok) {
		free(text);
		return NULL;
	}
	return text;
}

const char *prof_power_state_name(enum sim_power_state state)
{
	static const char *const name[SIM_POWER_STATES] = {"run", "sleep", "stop"};
	return name[state];
}
