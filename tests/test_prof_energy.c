/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/energy.h"

#define MS UINT64_C(1000000000)

/* run: 1 mW + 0.1 mW per MHz; sleep: 0.3 mW; stop: 1.5 uW */
static const struct prof_prices prices = {
	.supply_mv = 3000,
	.state = {[SIM_POWER_RUN] = {.base_uw = 1000, .uw_per_mhz = 100, .low_pct = -10, .high_pct = 20},
		  [SIM_POWER_SLEEP] = {.base_uw = 300, .low_pct = 0, .high_pct = 0},
		  [SIM_POWER_STOP] = {.base_uw = 1.5}},
};

static struct prof_record *run(const struct prof_power *power, size_t count, uint64_t end_ps)
{
	struct prof_record *record = NULL;
	struct err err;
	assert_true(prof_record_create(&record, &err));
	for (size_t i = 0; i < count; i++)
		prof_record_append(record, PROF_TRACK_POWER, &power[i]);
	prof_record_set_now(record, (struct sim_when){.ps = end_ps}, 0);
	return record;
}

static const struct prof_power duty[] = {
	{.t_ps = 0, .hz = 80000000, .state = SIM_POWER_RUN},         /* 9 mW for 10 ms: 90 uJ */
	{.t_ps = 10 * MS, .hz = 80000000, .state = SIM_POWER_SLEEP}, /* 0.3 mW for 90 ms: 27 uJ */
	{.t_ps = 100 * MS, .hz = 4000000, .state = SIM_POWER_RUN},   /* 1.4 mW for 100 ms: 140 uJ */
	{.t_ps = 200 * MS, .hz = 4000000, .state = SIM_POWER_STOP},  /* 1.5 uW for 800 ms: 1.2 uJ */
};

static void energy_is_power_times_time_by_state(void **state)
{
	struct prof_record *record = run(duty, 4, 1000 * MS);
	struct prof_energy e;
	prof_energy_between(record, &prices, 0, 1000 * MS, &e);
	assert_int_equal(e.state[SIM_POWER_RUN].pj, 230000000);
	assert_int_equal(e.state[SIM_POWER_SLEEP].pj, 27000000);
	assert_int_equal(e.state[SIM_POWER_STOP].pj, 1200000);
	assert_int_equal(e.pj, 258200000);
	assert_int_equal(e.ps, 1000 * MS);
	assert_int_equal(e.state[SIM_POWER_RUN].ps, 110 * MS);
	assert_true(fabs(prof_energy_average_mw(&e) - 0.2582) < 1e-12);
	/* 220 mAh * 3 V = 660 mWh; / 0.2582 mW / 24 h */
	assert_true(fabs(prof_energy_battery_days(&e, 220, 3000) - 106.5065840433772) < 1e-9);
	assert_true(fabs(e.low_pj - (258200000 - 23000000)) < 1);
	assert_true(fabs(e.high_pj - (258200000 + 46000000)) < 1);
	prof_record_destroy(record);
}

static void parts_add_up_to_the_whole(void **state)
{
	struct prof_record *record = run(duty, 4, 1000 * MS);
	uint64_t sum = 0, step = 7 * MS + 12345;
	unsigned parts = 0;
	for (uint64_t t = 0; t < 1000 * MS; t += step, parts++) {
		struct prof_energy e;
		prof_energy_between(record, &prices, t, t + step < 1000 * MS ? t + step : 1000 * MS, &e);
		sum += e.pj;
	}
	assert_in_range(sum, 258200000 - parts, 258200000 + parts);
	prof_record_destroy(record);
}

static void a_month_asleep_is_exact(void **state)
{
	const struct prof_power stop = {.state = SIM_POWER_STOP, .hz = 1};
	uint64_t month = UINT64_C(30) * 86400 * 1000 * MS;
	struct prof_record *record = run(&stop, 1, month);
	struct prof_energy e;
	prof_energy_between(record, &prices, 0, month, &e);
	assert_int_equal(e.pj, UINT64_C(30) * 86400 * 1500000);
	prof_record_destroy(record);
}

static void nothing_costs_nothing(void **state)
{
	struct prof_record *record = run(NULL, 0, 0);
	struct prof_energy e;
	prof_energy_between(record, &prices, 0, 1000 * MS, &e);
	assert_int_equal(e.pj, 0);
	assert_true(prof_energy_average_mw(&e) == 0);
	assert_true(prof_energy_battery_days(&e, 220, 3000) == 0);
	size_t bytes;
	char *csv = prof_energy_csv(record, &prices, &bytes);
	assert_string_equal(csv, "Timestamp(ms),Current(uA)\n");
	free(csv);
	prof_record_destroy(record);
}

static void the_csv_is_a_step_curve(void **state)
{
	struct prof_record *record = run(duty, 4, 1000 * MS);
	size_t bytes;
	char *csv = prof_energy_csv(record, &prices, &bytes);
	assert_string_equal(csv, "Timestamp(ms),Current(uA)\n"
				 "0.000000,3000.000\n"
				 "10.000000,3000.000\n10.000000,100.000\n"
				 "100.000000,100.000\n100.000000,466.667\n"
				 "200.000000,466.667\n200.000000,0.500\n"
				 "1000.000000,0.500\n");
	assert_int_equal(bytes, strlen(csv));
	free(csv);
	prof_record_destroy(record);
}

/* What a person with a spreadsheet would do to it. */
static void the_csvs_trapezoids_are_the_energy(void **state)
{
	struct prof_record *record = run(duty, 4, 1000 * MS);
	size_t bytes;
	char *csv = prof_energy_csv(record, &prices, &bytes), *at = strchr(csv, '\n') + 1;
	double last_ms = 0, last_ua = 0, uas = 0;
	while (*at) {
		double ms = strtod(at, &at), ua = strtod(at + 1, &at);
		uas += (ms - last_ms) / 1000 * (ua + last_ua) / 2;
		last_ms = ms;
		last_ua = ua;
		at++;
	}
	assert_true(fabs(uas * 3 - 258.2) < 0.001); /* uJ at 3 V */
	free(csv);
	prof_record_destroy(record);
}

/* 80 MHz: 9 mW, 30 % less while waiting. A quarter of the first ms waits, nothing of the second, all of the third. */
static const struct prof_power waiting[] = {
	{.t_ps = 0, .hz = 80000000, .state = SIM_POWER_RUN},
	{.t_ps = 1 * MS, .hz = 80000000, .state = SIM_POWER_RUN, .waited = 20000},
	{.t_ps = 2 * MS, .hz = 80000000, .state = SIM_POWER_RUN, .waited = 20000},
	{.t_ps = 3 * MS, .hz = 80000000, .state = SIM_POWER_SLEEP, .waited = 100000},
};

static struct prof_prices discounted(void)
{
	struct prof_prices p = prices;
	p.state[SIM_POWER_RUN].stall_discount_pct = 30;
	return p;
}

static void waiting_for_memory_costs_less(void **state)
{
	static const uint64_t pj[] = {8325000, 9000000, 6300000};
	const struct prof_prices p = discounted();
	struct prof_record *record = run(waiting, 4, 4 * MS);
	struct prof_energy e;
	for (unsigned i = 0; i < 3; i++) {
		prof_energy_between(record, &p, i * MS, (i + 1) * MS, &e);
		assert_int_equal(e.pj, pj[i]);
		assert_int_equal(prof_energy_stretch_nw(record, &p, i), pj[i]);
		prof_energy_between(record, &prices, i * MS, (i + 1) * MS, &e);
		assert_int_equal(e.pj, 9000000);
	}
	prof_energy_between(record, &p, 0, 4 * MS, &e);
	assert_int_equal(e.state[SIM_POWER_RUN].pj, pj[0] + pj[1] + pj[2]);
	assert_int_equal(e.state[SIM_POWER_SLEEP].pj, 300000);
	prof_record_destroy(record);
}

static void parts_of_a_stretch_share_its_waits(void **state)
{
	const struct prof_prices p = discounted();
	struct prof_record *record = run(waiting, 4, 4 * MS);
	struct prof_energy whole, part;
	uint64_t sum = 0, step = MS / 7, parts = 0;
	prof_energy_between(record, &p, 0, 3 * MS, &whole);
	for (uint64_t t = 0; t < 3 * MS; t += step, parts++) {
		prof_energy_between(record, &p, t, t + step < 3 * MS ? t + step : 3 * MS, &part);
		sum += part.pj;
	}
	assert_in_range(sum, whole.pj - parts, whole.pj + parts);
	prof_energy_between(record, &p, MS / 4, MS / 2, &part);
	assert_int_equal(part.pj, 8325000 / 4);
	prof_record_destroy(record);
}

static void no_file_makes_a_core_wait_longer_than_it_ran(void **state)
{
	const struct prof_power odd[] = {
		{.hz = 80000000, .state = SIM_POWER_RUN, .waited = 5},
		{.t_ps = 1 * MS, .hz = 0, .state = SIM_POWER_RUN, .waited = UINT64_MAX},
		{.t_ps = 2 * MS, .hz = 80000000, .state = SIM_POWER_RUN, .waited = 7},
		{.t_ps = 3 * MS, .hz = 80000000, .state = SIM_POWER_STOP, .waited = 1},
	};
	const struct prof_prices p = discounted();
	struct prof_record *record = run(odd, 4, 3 * MS);
	struct prof_energy e;
	prof_energy_between(record, &p, 0, 3 * MS, &e);
	assert_int_equal(e.pj, 6300000 + 1000000 + 9000000);
	prof_record_destroy(record);
}

static void each_range_of_clocks_has_its_own_line(void **state)
{
	const struct prof_prices p = {.state = {[SIM_POWER_RUN] = {
		.base_uw = 1000, .uw_per_mhz = 100, .ranges = 2,
		.range = {{.up_to_mhz = 24, .base_uw = 10, .uw_per_mhz = 40}, {.up_to_mhz = 55, .base_uw = 20, .uw_per_mhz = 60}}}}};
	static const struct {
		uint64_t hz, uw;
	} points[] = {{0, 10}, {24000000, 970}, {24000001, 1460}, {55000000, 3320}, {56000000, 6600}, {80000000, 9000}};
	for (unsigned i = 0; i < sizeof points / sizeof *points; i++)
		assert_int_equal(prof_prices_nw(&p, SIM_POWER_RUN, points[i].hz) / 1000, points[i].uw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(energy_is_power_times_time_by_state),
		cmocka_unit_test(parts_add_up_to_the_whole),
		cmocka_unit_test(waiting_for_memory_costs_less),
		cmocka_unit_test(parts_of_a_stretch_share_its_waits),
		cmocka_unit_test(no_file_makes_a_core_wait_longer_than_it_ran),
		cmocka_unit_test(each_range_of_clocks_has_its_own_line),
		cmocka_unit_test(a_month_asleep_is_exact),
		cmocka_unit_test(nothing_costs_nothing),
		cmocka_unit_test(the_csv_is_a_step_curve),
		cmocka_unit_test(the_csvs_trapezoids_are_the_energy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
