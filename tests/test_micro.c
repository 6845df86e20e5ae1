/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each core's micro-kernels (tests/fw/micro_*.S) take, in the machine, the cycles that their sources give. */
#include "tests/machine_fixture.h"

#include <math.h>

/* As MICRO_ENTRY of tests/fw/micro.h lays it out. */
struct micro {
	uint32_t few, many, name, source;
	double cycles, slack;
	uint32_t other, none;
};

enum { MOST = 256, COPIES = 16, TEXT = 160 };

struct measured {
	struct micro micro;
	char name[TEXT], source[TEXT], other[TEXT];
	double cycles;
};

static void read_text(const struct rig *r, uint32_t at, char text[TEXT])
{
	memset(text, 0, TEXT);
	for (unsigned i = 0; at && i < TEXT - 1; i++) {
		assert_true(sim_machine_read(r->machine, at + i, &text[i], 1));
		if (text[i] == 0)
			return;
	}
}

static unsigned measure(enum sim_core core, const char *file, struct measured *ret)
{
	struct rig *r = rig_new(core);
	uint32_t begin, end, results, bytes;
	rig_load_named(r, file, 0);
	assert_true(sim_image_symbol(&r->image, "__start_micro_table", &begin, &bytes));
	assert_true(sim_image_symbol(&r->image, "__stop_micro_table", &end, &bytes));
	assert_true(sim_image_symbol(&r->image, "micro_result", &results, &bytes));
	assert_int_equal(rig_run(r, 100000), SIM_STOP_EXIT);
	assert_int_equal(sim_machine_exit_status(r->machine), 0);
	unsigned count = (end - begin) / sizeof(struct micro);
	for (unsigned i = 0; i < count; i++) {
		uint32_t cycles[2];
		assert_true(sim_machine_read(r->machine, begin + i * sizeof(struct micro), &ret[i].micro, sizeof ret[i].micro));
		assert_true(sim_machine_read(r->machine, results + i * sizeof cycles, cycles, sizeof cycles));
		read_text(r, ret[i].micro.name, ret[i].name);
		read_text(r, ret[i].micro.source, ret[i].source);
		read_text(r, ret[i].micro.other, ret[i].other);
		ret[i].cycles = ((double)cycles[1] - cycles[0]) / COPIES;
	}
	rig_end(r);
	return count;
}

static const struct measured *find(const struct measured *all, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	fail_msg("no kernel '%s' to compare with", name);
	return NULL;
}

/* What is wrong with it, or NULL. */
static bool holds(const struct measured *all, unsigned count, const struct measured *one)
{
	if (one->other[0])
		return one->cycles > find(all, count, one->other)->cycles;
	return fabs(one->cycles - one->micro.cycles) <= one->micro.slack + 0.005;
}

static void check(enum sim_core core, const char *file)
{
	static struct measured all[MOST];
	unsigned count = measure(core, file, all), wrong = 0;
	assert_in_range(count, 1, MOST);
	for (unsigned i = 0; i < count; i++) {
		const struct measured *one = &all[i];
		bool ok = holds(all, count, one);
		char expected[2 * TEXT];
		if (one->other[0])
			snprintf(expected, sizeof expected, "> %s", one->other);
		else
			snprintf(expected, sizeof expected, "%.2f", one->micro.cycles);
		printf("%-5s %-60s %6.2f  %s%s%s%s\n", file + strlen("micro-"), one->name, one->cycles, expected,
		       ok ? "" : "  WRONG (", ok ? "" : one->source, ok ? "" : ")");
		wrong += !ok;
	}
	if (wrong)
		fail_msg("%u of %u kernels", wrong, count);
}

static void m0_kernels_take_the_documented_cycles(void **state) { check(SIM_M0, "micro-m0"); }
static void m0plus_kernels_take_the_documented_cycles(void **state) { check(SIM_M0PLUS, "micro-m0plus"); }
static void m3_kernels_take_the_documented_cycles(void **state) { check(SIM_M3, "micro-m3"); }
static void m4_kernels_take_the_documented_cycles(void **state) { check(SIM_M4, "micro-m4"); }
static void m7_kernels_take_the_documented_cycles(void **state) { check(SIM_M7, "micro-m7"); }
static void m33_kernels_take_the_documented_cycles(void **state) { check(SIM_M33, "micro-m33"); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m0_kernels_take_the_documented_cycles),
		cmocka_unit_test(m0plus_kernels_take_the_documented_cycles),
		cmocka_unit_test(m3_kernels_take_the_documented_cycles),
		cmocka_unit_test(m4_kernels_take_the_documented_cycles),
		cmocka_unit_test(m7_kernels_take_the_documented_cycles),
		cmocka_unit_test(m33_kernels_take_the_documented_cycles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
