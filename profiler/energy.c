/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/energy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define wide unsigned __int128

uint64_t prof_prices_nw(const struct prof_prices *prices, enum sim_power_state state, uint64_t hz)
{
	const struct prof_price *price = &prices->state[state];
	double mhz = (double)hz / 1e6, base_uw = price->base_uw, uw_per_mhz = price->uw_per_mhz;
	for (unsigned r = price->ranges; r-- > 0;) {
		if (mhz > price->range[r].up_to_mhz)
			break;
		base_uw = price->range[r].base_uw;
		uw_per_mhz = price->range[r].uw_per_mhz;
	}
	double nw = 1000.0 * (base_uw + uw_per_mhz * mhz);
	return nw > 0 && nw < 1e15 ? (uint64_t)(nw + 0.5) : 0;
}

static uint64_t to_pj(wide nw_ps)
{
	return (uint64_t)((nw_ps + 500000000u) / 1000000000u);
}

/* From one item of the power track to the next, or to now. */
struct stretch {
	uint64_t from, to;   /* clipped to what is asked for */
	uint64_t nw;         /* while the core does not wait */
	uint64_t discount_nw, waited_ps, ps; /* while it does; that and all time, of the whole stretch */
};

static uint64_t waited_ps(uint64_t cycles, uint64_t hz, uint64_t most)
{
	wide ps = hz ? (wide)cycles * 1000000000000u / hz : 0;
	return ps < most ? (uint64_t)ps : most;
}

/* Returns false if nothing of it lies in [begin_ps, end_ps]; the stretch is set all the same. */
static bool stretch_at(const struct prof_record *record, const struct prof_prices *prices, size_t index, size_t count,
		       uint64_t begin_ps, uint64_t end_ps, struct stretch *ret_stretch)
{
	const struct prof_power *power = prof_record_item(record, PROF_TRACK_POWER, index);
	struct sim_when until = prof_record_now(record, NULL);
	if (index + 1 < count) {
		const struct prof_power *next = prof_record_item(record, PROF_TRACK_POWER, index + 1);
		until = (struct sim_when){.ps = next->t_ps, .waited = next->waited};
	}
	struct stretch s = {
		.from = power->t_ps > begin_ps ? power->t_ps : begin_ps,
		.to = until.ps < end_ps ? until.ps : end_ps,
		.nw = prof_prices_nw(prices, power->state, power->hz),
		.ps = until.ps > power->t_ps ? until.ps - power->t_ps : 0,
	};
	if (index + 1 == count && until.ps < end_ps) { /* goes on: nobody said how */
		s.to = end_ps;
		s.ps = end_ps > power->t_ps ? end_ps - power->t_ps : 0;
	}
	if (power->state == SIM_POWER_RUN && until.waited > power->waited) {
		s.discount_nw = (uint64_t)((double)s.nw * prices->state[SIM_POWER_RUN].stall_discount_pct / 100 + 0.5);
		s.waited_ps = waited_ps(until.waited - power->waited, power->hz, s.ps);
	}
	*ret_stretch = s;
	return s.from < s.to;
}

/* Nanowatts times picoseconds of the clipped stretch. */
static wide stretch_energy(const struct stretch *s)
{
	uint64_t ps = s->to - s->from;
	uint64_t waited = s->ps ? (uint64_t)((wide)s->waited_ps * ps / s->ps) : 0;
	return (wide)s->nw * ps - (wide)s->discount_nw * waited;
}

uint64_t prof_energy_stretch_nw(const struct prof_record *record, const struct prof_prices *prices, size_t index)
{
	struct stretch s;
	stretch_at(record, prices, index, prof_record_count(record, PROF_TRACK_POWER), 0, prof_record_now(record, NULL).ps,
		   &s);
	s.to = s.from + s.ps; /* also if nobody has said yet how far the run has come */
	return s.ps ? (uint64_t)((stretch_energy(&s) + s.ps / 2) / s.ps) : s.nw;
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
		struct stretch s;
		if (power->t_ps >= end_ps)
			break;
		if (!stretch_at(record, prices, i, count, begin_ps, end_ps, &s))
			continue;
		state[power->state] += stretch_energy(&s);
		energy.state[power->state].ps += s.to - s.from;
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
		struct stretch s;
		if (!stretch_at(record, prices, i, count, 0, end_ps, &s))
			continue;
		uint64_t nw = prof_energy_stretch_nw(record, prices, i);
		if (drawing && nw == last_nw)
			continue;
		if (drawing)
			csv_row(out, s.from, last_nw, prices->supply_mv);
		csv_row(out, s.from, nw, prices->supply_mv);
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
