/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "profiler/symbols.h"

/* Two files with a static function of the same name each, an alias, an inline function, a label without a
 * type. */
static const char source_a[] =
	"extern int other(int);\n"
	"extern int labelled(int);\n"
	"__attribute__((noinline)) static int helper(int x)\n"
	"{\n"
	"	return x * 3;\n"
	"}\n"
	"__attribute__((noinline)) int unused_alias_target(int x) { return x - 1; }\n"
	"int __weird(int x) __attribute__((weak, alias(\"unused_alias_target\")));\n"
	"int (*volatile pointer)(int) = unused_alias_target;\n"
	"__attribute__((noinline)) int pointed(int x) { return other(x) + other(x + 1); }\n"
	"int (*volatile second)(int) = pointed;\n"
	"int run(int x)\n"
	"{\n"
	"	return helper(x) + other(x) + pointer(x) + __weird(x) + labelled(x) + second(x);\n"
	"}\n"
	"__attribute__((section(\".vectors\"), used)) void *const vectors[] = {(void *)0x20001000, (void "
	"*)run, 0,\n"
	"	(void *)other};\n";
static const char source_b[] =
	"__attribute__((noinline)) static int helper(int x) { return x ^ 5; }\n"
	"int other(int x) { return helper(x) + helper(x + 1); }\n";
static const char source_s[] = ".syntax unified\n.thumb\n.text\n.align 2\n.global labelled\nlabelled:\n	adds "
			       "r0, #1\n	bx lr\n";
static const char script_ld[] =
	"SECTIONS { . = 0x08000000; .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } . = 0x20000000;\n"
	".data : AT(0x08004000) { *(.data*) } _end = .; }\nENTRY(run)\n";

static char folder[] = "/tmp/thumbwatt-symbols-XXXXXX";

static char *in_folder(const char *name)
{
	static char path[4][128];
	static int turn;
	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static void put(const char *name, const char *text)
{
	struct err err;
	assert_true(file_write(in_folder(name), text, strlen(text), &err));
}

static int build(void **state)
{
	char command[512];
	assert_non_null(mkdtemp(folder));
	put("a.c", source_a);
	put("b.c", source_b);
	put("s.s", source_s);
	put("l.ld", script_ld);
	snprintf(command, sizeof command,
		 "cd %s && arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -g -O1 -ffunction-sections -nostdlib -T "
		 "l.ld a.c b.c s.s "
		 "-o f.elf 2>err.txt && arm-none-eabi-objcopy -O binary -j .text f.elf f.bin && "
		 "arm-none-eabi-strip f.elf -o s.elf",
		 folder);
	return system(command);
}

static int clean(void **state)
{
	static const char *const files[] = {"a.c",   "b.c",   "s.s",   "l.ld",
					    "f.elf", "s.elf", "f.bin", "err.txt"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(in_folder(files[i]));
	return rmdir(folder);
}

static struct prof_symbols *symbols_of(const char *name, enum sim_image_format format)
{
	struct err err = {0};
	struct sim_segment segment = {.at = 0x08000000};
	struct sim_image image = {
		.format = format, .segment = &segment, .segments = 1, .vectors = 0x08000000};
	struct prof_symbols *symbols = NULL;
	size_t size;
	assert_true(file_read(in_folder("f.bin"), 1 << 20, &segment.data, &size, &err));
	segment.bytes = (uint32_t)size;
	snprintf(image.path, sizeof image.path, "%s", in_folder(name));
	if (!prof_symbols_create(&image, &symbols, &err))
		fail_msg("%s", err.text);
	free(segment.data);
	return symbols;
}

static uint32_t address(const struct prof_symbols *symbols, const char *name)
{
	uint32_t at = 0, bytes;
	assert_true(prof_symbols_find(symbols, name, &at, &bytes));
	return at;
}

static const struct prof_function *function_at(struct prof_symbols *symbols, uint32_t pc)
{
	const struct prof_function *f = prof_symbols_get(symbols, prof_symbols_function(symbols, pc));
	assert_non_null(f);
	return f;
}

static void every_byte_of_a_function_belongs_to_it(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	uint32_t at, bytes;
	assert_true(prof_symbols_find(symbols, "run", &at, &bytes));
	assert_int_equal(at & 1, 0);
	assert_true(bytes > 8);
	uint32_t number = prof_symbols_function(symbols, at);
	for (uint32_t pc = at; pc < at + bytes; pc++)
		assert_int_equal(prof_symbols_function(symbols, pc), number);
	assert_string_equal(prof_symbols_get(symbols, number)->name, "run");
	assert_false(prof_symbols_get(symbols, number)->made_up);
	prof_symbols_destroy(symbols);
}

static void statics_of_one_name_are_told_apart_by_file(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	unsigned in_a = 0, in_b = 0;
	for (unsigned i = 0; i < prof_symbols_functions(symbols); i++) {
		const struct prof_function *f = prof_symbols_get(symbols, i);
		if (strcmp(f->name, "helper") != 0)
			continue;
		in_a += strstr(f->file, "a.c") != NULL;
		in_b += strstr(f->file, "b.c") != NULL;
	}
	assert_int_equal(in_a, 1);
	assert_int_equal(in_b, 1);
	prof_symbols_destroy(symbols);
}

static void an_alias_goes_by_its_strong_plain_name(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	assert_int_equal(address(symbols, "__weird"), address(symbols, "unused_alias_target"));
	assert_string_equal(function_at(symbols, address(symbols, "__weird"))->name, "unused_alias_target");
	prof_symbols_destroy(symbols);
}

static void mapping_symbols_are_not_names(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	uint32_t at, bytes;
	assert_false(prof_symbols_find(symbols, "$t", &at, &bytes));
	assert_false(prof_symbols_find(symbols, "$d", &at, &bytes));
	prof_symbols_destroy(symbols);
}

static void an_untyped_label_names_code_once_it_runs(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	uint32_t at = address(symbols, "labelled");
	assert_string_equal(function_at(symbols, at)->name, "labelled");
	assert_string_equal(function_at(symbols, at + 2)->name, "labelled");
	prof_symbols_destroy(symbols);
}

static void a_line_is_the_one_the_compiler_says(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.elf", SIM_IMAGE_ELF);
	const char *file = NULL;
	unsigned line = 0;
	assert_true(prof_symbols_line(symbols, address(symbols, "run") + 2, &file, &line));
	assert_non_null(strstr(file, "a.c"));
	assert_in_range(line, 12, 15);
	assert_true(prof_symbols_line(symbols, address(symbols, "other") | 1, &file, &line));
	assert_non_null(strstr(file, "b.c"));
	assert_int_equal(line, 2);
	line = 77;
	assert_false(prof_symbols_line(symbols, 0x07ffffff, &file, &line));
	assert_false(prof_symbols_line(symbols, 0x30000000, &file, &line));
	assert_int_equal(line, 77);
	assert_int_equal(function_at(symbols, address(symbols, "run"))->line, 12);
	prof_symbols_destroy(symbols);
}

/* The stripped image must be cut into the same functions as the symbols say, for all that calls and vectors
 * reach. */
static void without_symbols_the_called_functions_are_found(void **state)
{
	struct prof_symbols *named = symbols_of("f.elf", SIM_IMAGE_ELF);
	struct prof_symbols *bare[] = {symbols_of("s.elf", SIM_IMAGE_ELF),
				       symbols_of("f.bin", SIM_IMAGE_BIN)};
	static const char *const reached[] = {"run", "other", "unused_alias_target", "labelled"};
	for (int b = 0; b < 2; b++) {
		for (size_t i = 0; i < sizeof reached / sizeof *reached; i++) {
			uint32_t at = address(named, reached[i]);
			const struct prof_function *f = function_at(bare[b], at);
			char name[16];
			snprintf(name, sizeof name, "sub_%08x", at);
			assert_true(f->made_up);
			assert_string_equal(f->name, name);
			assert_int_equal(f->at, at);
		}
		prof_symbols_destroy(bare[b]);
	}
	prof_symbols_destroy(named);
}

static void a_function_reached_by_pointer_starts_at_its_prologue(void **state)
{
	struct prof_symbols *named = symbols_of("f.elf", SIM_IMAGE_ELF),
			    *bare = symbols_of("f.bin", SIM_IMAGE_BIN);
	uint32_t at = address(named, "pointed");
	const struct prof_function *f = function_at(bare, at);
	assert_int_equal(f->at, at);
	assert_ptr_equal(function_at(bare, at + 4), f);
	prof_symbols_destroy(named);
	prof_symbols_destroy(bare);
}

static void a_number_keeps_its_function(void **state)
{
	struct prof_symbols *symbols = symbols_of("f.bin", SIM_IMAGE_BIN);
	uint32_t number = prof_symbols_function(symbols, 0x08000010);
	char name[32];
	snprintf(name, sizeof name, "%s", prof_symbols_get(symbols, number)->name);
	for (uint32_t pc = 0x20000000; pc < 0x20000000 + 40 * 0x200000u; pc += 0x200000)
		prof_symbols_function(symbols, pc);
	assert_string_equal(prof_symbols_get(symbols, number)->name, name);
	assert_null(prof_symbols_get(symbols, prof_symbols_functions(symbols)));
	prof_symbols_destroy(symbols);
}

static void a_file_that_is_no_elf_is_the_users_mistake(void **state)
{
	struct err err = {0};
	struct sim_image image = {.format = SIM_IMAGE_ELF};
	struct prof_symbols *symbols = NULL;
	snprintf(image.path, sizeof image.path, "%s", in_folder("l.ld"));
	assert_false(prof_symbols_create(&image, &symbols, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_of_a_function_belongs_to_it),
		cmocka_unit_test(statics_of_one_name_are_told_apart_by_file),
		cmocka_unit_test(an_alias_goes_by_its_strong_plain_name),
		cmocka_unit_test(mapping_symbols_are_not_names),
		cmocka_unit_test(an_untyped_label_names_code_once_it_runs),
		cmocka_unit_test(a_line_is_the_one_the_compiler_says),
		cmocka_unit_test(without_symbols_the_called_functions_are_found),
		cmocka_unit_test(a_function_reached_by_pointer_starts_at_its_prologue),
		cmocka_unit_test(a_number_keeps_its_function),
		cmocka_unit_test(a_file_that_is_no_elf_is_the_users_mistake),
	};
	return cmocka_run_group_tests(tests, build, clean);
}
