/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware that says nothing: what its symbols tell about heap, arena and inferences. */
#include "tests/prof_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static const char source[] =
	"__attribute__((section(\".noinit\"))) char tensor_arena[512];\n"
	"__attribute__((noinline)) int Invoke(int x) { return x * 3; }\n"
	"int _sbrk(int x) { return x; }\n"
	"int run(int x) { return Invoke(x) + _sbrk(x) + tensor_arena[0]; }\n";

static char folder[] = "/tmp/thumbwatt-firmware-XXXXXX";
static char elf[64];

static int build(void **state)
{
	char command[400], path[64];
	struct err err;
	board.memory[0] = (struct sim_memory){.name = "ram", .kind = SIM_RAM, .at = RAM, .bytes = 4096};
	board.memories = 1;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a.c", folder);
	snprintf(elf, sizeof elf, "%s/a.elf", folder);
	assert_true(file_write(path, source, sizeof source - 1, &err));
	snprintf(command, sizeof command,
		 "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O1 -nostdlib -Ttext=0x08000000 "
		 "-Wl,--section-start=.noinit=0x20000100,--defsym=end=0x20000400 -e run %s -o %s 2>/dev/null",
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

static bool open_with(struct play *p, const char *probe, struct err *err)
{
	struct sim_segment none = {.data = (uint8_t *)""};
	struct sim_image image = {.format = SIM_IMAGE_ELF, .segment = &none};
	snprintf(image.path, sizeof image.path, "%s", elf);
	*p = (struct play){.fake = {.stacks = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}}};
	memset(p->fake.ram, 0xaa, sizeof p->fake.ram); /* what RAM holds after power-on */
	assert_true(prof_record_create(&p->record, err));
	struct prof_options options = {
		.board = &board,
		.record = p->record,
		.image = &image,
		.probe = probe,
		.access = {&p->fake, fake_read, fake_watch, fake_top, fake_stacks, fake_instructions,
			   fake_now, fake_honesty},
	};
	bool ok = prof_profiler_create(&options, &p->profiler, err);
	if (ok)
		p->observer = prof_profiler_observer(p->profiler);
	else
		prof_record_destroy(p->record);
	return ok;
}

static void the_heap_reaches_to_the_highest_changed_byte_below_the_stack(void **state)
{
	struct play p;
	struct err err;
	struct prof_report_about about = {0};
	assert_true(open_with(&p, NULL, &err));
	p.fake.stacks.main_top = RAM + 4096;
	p.fake.stacks.main_low = RAM + 4096 - 300;
	p.fake.ram[0x200] = 1;        /* a variable, below `end` */
	p.fake.ram[0x400 + 99] = 1;   /* the heap */
	p.fake.ram[4096 - 300] = 1;   /* the stack */
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	double heap = 0;
	assert_true(prof_report_number(r, "memory.heap_peak_bytes", &heap));
	assert_int_equal(heap, 100);
	end(&p, r);
}

static void an_arena_is_known_by_its_name(void **state)
{
	struct play p;
	struct err err;
	struct prof_report_about about = {0};
	double value = 0;
	assert_true(open_with(&p, NULL, &err));
	assert_int_equal(p.fake.watched_at, RAM + 0x100);
	assert_int_equal(p.fake.watched_bytes, 512);
	p.fake.top = 333;
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	assert_true(prof_report_number(r, "memory.arena_bytes", &value));
	assert_int_equal(value, 333);
	assert_true(prof_report_number(r, "memory.ram_bytes", &value));
	assert_int_equal(value, 0); /* it lies in bss, which is counted there */
	end(&p, r);
}

static void each_call_of_the_probe_is_an_inference(void **state)
{
	struct play p;
	struct err err;
	struct prof_report_about about = {0};
	assert_true(open_with(&p, "Invoke", &err));
	uint32_t at = 0, bytes;
	assert_true(prof_symbols_find(prof_profiler_symbols(p.profiler), "Invoke", &at, &bytes));
	uint32_t probe = p.observer.function_of(p.observer.context, at), other = probe + 100;
	for (int i = 0; i < 3; i++) {
		pass(&p, 50, false);
		p.observer.edge(p.observer.edge_context, p.fake.now.active, SIM_EDGE_CALL, other, probe, at, RAM + 900);
		pass(&p, 200, false);
		p.observer.edge(p.observer.edge_context, p.fake.now.active, SIM_EDGE_CALL, probe, other, 0, RAM + 800);
		pass(&p, 100, false);
		p.observer.edge(p.observer.edge_context, p.fake.now.active, SIM_EDGE_RETURN, other, probe, at + 8,
				RAM + 800);
		p.observer.edge(p.observer.edge_context, p.fake.now.active, SIM_EDGE_RETURN, probe, other, 0, RAM + 900);
	}
	json_t *r = finish(&p, SIM_STOP_TIME, &about);
	double cycles = 0;
	assert_int_equal(prof_profiler_totals(p.profiler)->inferences, 3);
	assert_true(prof_report_number(r, "inferences.cycles.max", &cycles));
	assert_int_equal(cycles, 300);
	end(&p, r);
}

static void a_probe_that_is_not_there_is_the_users_mistake(void **state)
{
	struct play p;
	struct err err = {0};
	assert_false(open_with(&p, "Invoek", &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "Invoek"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_heap_reaches_to_the_highest_changed_byte_below_the_stack),
		cmocka_unit_test(an_arena_is_known_by_its_name),
		cmocka_unit_test(each_call_of_the_probe_is_an_inference),
		cmocka_unit_test(a_probe_that_is_not_there_is_the_users_mistake),
	};
	return cmocka_run_group_tests(tests, build, clean);
}
