/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/prof_play.h"

#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "profiler/export.h"

static const char source[] =
	"__attribute__((noinline)) int leaf(int x)\n"
	"{\n"
	"	x *= 3;\n"
	"	return x ^ 77;\n"
	"}\n"
	"int run(int x)\n"
	"{\n"
	"	return leaf(x) + leaf(x + 1);\n"
	"}\n";

static char folder[] = "/tmp/thumbwatt-export-XXXXXX";
static char elf[64];

static int build(void **state)
{
	char command[400], path[64];
	struct err err;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a.c", folder);
	snprintf(elf, sizeof elf, "%s/a.elf", folder);
	assert_true(file_write(path, source, sizeof source - 1, &err));
	snprintf(command, sizeof command,
		 "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -g -O1 -nostdlib -Ttext=0x08000000 "
		 "-e run %s -o %s",
		 path, elf);
	return system(command);
}

static int clean(void **state)
{
	char path[64];
	snprintf(path, sizeof path, "%s/a.c", folder);
	unlink(path);
	unlink(elf);
	return rmdir(folder);
}

static uint32_t leaf_at, leaf_bytes, run_at, run_bytes;

/* 1000 cycles in leaf, 337 in run: as blocks and as edges. */
static void fake_blocks(void *machine, void (*each)(void *context, const struct sim_block_count *block),
			void *context)
{
	each(context,
	     &(struct sim_block_count){.at = leaf_at, .bytes = leaf_bytes, .cycles = 1000, .count = 2});
	each(context, &(struct sim_block_count){.at = run_at, .bytes = run_bytes, .cycles = 337, .count = 1});
}

static void profile(struct play *p)
{
	struct err err = {0};
	struct sim_image image = {.format = SIM_IMAGE_ELF};
	struct sim_segment none = {.data = (uint8_t *)""};
	image.segment = &none;
	snprintf(image.path, sizeof image.path, "%s", elf);
	*p = (struct play){.fake = {.stacks = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}}};
	assert_true(prof_record_create(&p->record, &err));
	struct prof_options options = {
		.board = &board,
		.record = p->record,
		.image = &image,
		.functions = true,
		.access = {&p->fake, fake_read, fake_watch, fake_top, fake_stacks, fake_instructions,
			   fake_now, fake_honesty, fake_blocks, &p->fake.now.waited},
	};
	if (!prof_profiler_create(&options, &p->profiler, &err))
		fail_msg("%s", err.text);
	p->observer = prof_profiler_observer(p->profiler);
	assert_true(prof_symbols_find(prof_profiler_symbols(p->profiler), "leaf", &leaf_at, &leaf_bytes));
	assert_true(prof_symbols_find(prof_profiler_symbols(p->profiler), "run", &run_at, &run_bytes));
	uint32_t leaf = p->observer.function_of(p->observer.context, leaf_at);
	uint32_t run = p->observer.function_of(p->observer.context, run_at);
	power(p, SIM_POWER_RUN);
	p->observer.edge(p->observer.edge_context, p->fake.now.active, SIM_EDGE_JUMP, SIM_NO_FUNCTION, run, run_at, 1000);
	for (int i = 0; i < 2; i++) {
		pass(p, 168, false);
		p->observer.edge(p->observer.edge_context, p->fake.now.active, SIM_EDGE_CALL, run, leaf, leaf_at, 992);
		p->fake.now.waited += 100;
		pass(p, 500, false);
		p->observer.edge(p->observer.edge_context, p->fake.now.active, SIM_EDGE_RETURN, leaf, run, run_at + 4,
				 992);
	}
	pass(p, 1, false);
	prof_profiler_finish(p->profiler, SIM_STOP_TIME);
}

static double of_function(const json_t *report, const char *name, const char *key)
{
	size_t i;
	const json_t *function;
	json_array_foreach(json_object_get(report, "functions"), i, function)
		if (!strcmp(json_string_value(json_object_get(function, "name")), name))
			return json_number_value(json_object_get(function, key));
	fail_msg("no function %s", name);
	return 0;
}

/* 1337 cycles of 10 ns at 30 mW, of which 200, all in leaf, cost half. */
static void functions_share_the_energy_of_running(void **state)
{
	struct play p;
	struct prof_report_about about = {0};
	board.stall = (struct sim_stall){.discount_pct = 50};
	profile(&p);
	json_t *r = prof_report_make(p.profiler, &about);
	double total = json_number_value(json_object_get(json_object_get(r, "energy"), "total_mj")) * 1000;
	assert_true(fabs(total - 0.3711) < 1e-6);
	assert_true(fabs(of_function(r, "leaf", "energy_self_uj") - 0.27) < 1e-6);
	assert_true(fabs(of_function(r, "run", "energy_self_uj") - 0.1011) < 1e-6);
	assert_true(fabs(of_function(r, "run", "energy_total_uj") - total) < 1e-9);
	assert_true(of_function(r, "leaf", "waited_self") == 200);
	board.stall = (struct sim_stall){0};
	end(&p, r);
}

static void callgrind_adds_up_to_the_cycles_that_ran(void **state)
{
	struct play p;
	profile(&p);
	char *text = prof_export_callgrind(p.profiler);
	assert_non_null(text);
	assert_non_null(strstr(text, "events: Cycles\n"));
	assert_non_null(strstr(text, "\nfn=leaf\n"));
	assert_non_null(strstr(text, "cfn=leaf\ncalls=2 1\n6 1000\n"));
	uint64_t self = 0;
	bool inclusive = false;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned at;
		unsigned long long cycles;
		if (sscanf(line, "%u %llu", &at, &cycles) == 2 && !inclusive)
			self += cycles;
		inclusive = strncmp(line, "calls=", 6) == 0;
	}
	assert_int_equal(self, 1337);
	free(text);
	end(&p, NULL);
}

static void lines_share_out_every_cycle_of_a_block(void **state)
{
	struct play p;
	profile(&p);
	const struct prof_lines *lines = prof_profiler_lines(p.profiler);
	uint64_t leaf = 0, run = 0;
	unsigned in_leaf = 0;
	for (size_t i = 0; i < lines->count; i++) {
		assert_non_null(strstr(lines->cost[i].file, "a.c"));
		if (lines->cost[i].line <= 5) {
			leaf += lines->cost[i].cycles;
			in_leaf++;
		} else {
			run += lines->cost[i].cycles;
		}
	}
	assert_int_equal(leaf, 1000);
	assert_int_equal(run, 337);
	assert_in_range(in_leaf, 2, 4);
	end(&p, NULL);
}

static const json_t *event(const json_t *trace, const char *name, size_t nth)
{
	const json_t *item;
	size_t i;
	json_array_foreach(json_object_get(trace, "traceEvents"), i, item)
		if (strcmp(json_string_value(json_object_get(item, "name")), name) == 0 && nth-- == 0)
			return item;
	return NULL;
}

static void trace_events_are_json_whatever_the_guest_says(void **state)
{
	struct play p;
	struct sim_fault fault = {.what = "\"}],\\ \x01 \xff"};
	struct prof_report_about about = {0};
	start(&p);
	p.observer.exception(p.observer.context, p.fake.now, 15, false); /* never entered */
	pass(&p, 100, false);
	p.observer.exception(p.observer.context, p.fake.now, 86, true);
	pass(&p, 250, false);
	p.observer.exception(p.observer.context, p.fake.now, 86, false);
	p.observer.exception(p.observer.context, p.fake.now, 3, true); /* never left */
	mark(&p, (struct sim_mark){.kind = RT_MARK_INFERENCE_BEGIN});
	pass(&p, 123, false);
	mark(&p, (struct sim_mark){.kind = RT_MARK_INFERENCE_END});
	fault.when = p.fake.now;
	p.observer.fault(p.observer.context, &fault);
	json_t *report = finish(&p, SIM_STOP_TIME, &about);
	char *text = prof_export_trace(p.record, report);
	json_error_t error;
	json_t *trace = json_loads(text, 0, &error);
	if (!trace)
		fail_msg("line %d: %s", error.line, error.text);
	assert_true(json_number_value(json_object_get(event(trace, "irq 70", 0), "dur")) == 2.5);
	assert_null(event(trace, "irq 70", 1));
	assert_null(event(trace, "exception 3", 0));
	assert_true(json_number_value(json_object_get(event(trace, "inference 0", 0), "ts")) == 3.5);
	const json_t *power = json_object_get(event(trace, "power (mW)", 0), "args");
	assert_true(json_number_value(json_object_get(power, "mW")) == 30);
	json_decref(trace);
	free(text);
	end(&p, report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_share_the_energy_of_running),
		cmocka_unit_test(callgrind_adds_up_to_the_cycles_that_ran),
		cmocka_unit_test(lines_share_out_every_cycle_of_a_block),
		cmocka_unit_test(trace_events_are_json_whatever_the_guest_says),
	};
	return cmocka_run_group_tests(tests, build, clean);
}
