/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/image.h"

/* A small executable: vectors and code in flash, data copied from flash to RAM, 64 bytes of bss. */
struct fixture {
	Elf32_Ehdr header;
	Elf32_Phdr program[2];
	uint8_t text[32];
	uint8_t data[8];
	Elf32_Sym symbol[5];
	char strings[48];
	char names[64];
	Elf32_Shdr section[7];
};

static const char strings[] = "\0main\0state\0$t\0g_pfnVectors";
static const char names[] = "\0.isr_vector\0.data\0.bss\0.symtab\0.strtab\0.shstrtab";

static void make_sections(struct fixture *f)
{
	f->section[1] = (Elf32_Shdr){ .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		.sh_addr = 0x08000100, .sh_offset = offsetof(struct fixture, text), .sh_size = sizeof f->text };
	f->section[2] = (Elf32_Shdr){ .sh_name = 13, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_WRITE,
		.sh_addr = 0x20000000, .sh_offset = offsetof(struct fixture, data), .sh_size = sizeof f->data };
	f->section[3] = (Elf32_Shdr){ .sh_name = 19, .sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC | SHF_WRITE,
		.sh_addr = 0x20000008, .sh_offset = offsetof(struct fixture, symbol), .sh_size = 64 };
	f->section[4] = (Elf32_Shdr){ .sh_name = 24, .sh_type = SHT_SYMTAB, .sh_offset = offsetof(struct fixture, symbol),
		.sh_size = sizeof f->symbol, .sh_link = 5, .sh_entsize = sizeof(Elf32_Sym), .sh_addralign = 4 };
	f->section[5] = (Elf32_Shdr){ .sh_name = 32, .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct fixture, strings),
		.sh_size = sizeof f->strings };
	f->section[6] = (Elf32_Shdr){ .sh_name = 40, .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct fixture, names),
		.sh_size = sizeof f->names };
}

static struct fixture make_elf(void)
{
	struct fixture f = { 0 };
	memcpy(f.header.e_ident, ELFMAG, SELFMAG);
	f.header.e_ident[EI_CLASS] = ELFCLASS32;
	f.header.e_ident[EI_DATA] = ELFDATA2LSB;
	f.header.e_ident[EI_VERSION] = EV_CURRENT;
	f.header.e_type = ET_EXEC;
	f.header.e_machine = EM_ARM;
	f.header.e_version = EV_CURRENT;
	f.header.e_entry = 0x08000111;
	f.header.e_phoff = offsetof(struct fixture, program);
	f.header.e_shoff = offsetof(struct fixture, section);
	f.header.e_ehsize = sizeof f.header;
	f.header.e_phentsize = sizeof f.program[0];
	f.header.e_phnum = 2;
	f.header.e_shentsize = sizeof f.section[0];
	f.header.e_shnum = 7;
	f.header.e_shstrndx = 6;
	/* As GNU ld does when flash does not start on a page: the first segment takes the headers with it. */
	uint32_t front = offsetof(struct fixture, text);
	f.program[0] = (Elf32_Phdr){ .p_type = PT_LOAD, .p_offset = 0, .p_vaddr = 0x08000100 - front,
		.p_paddr = 0x08000100 - front, .p_filesz = front + sizeof f.text, .p_memsz = front + sizeof f.text,
		.p_flags = PF_R | PF_X };
	f.program[1] = (Elf32_Phdr){ .p_type = PT_LOAD, .p_offset = offsetof(struct fixture, data),
		.p_vaddr = 0x20000000, .p_paddr = 0x08000120, .p_filesz = sizeof f.data, .p_memsz = 72,
		.p_flags = PF_R | PF_W };
	for (unsigned i = 0; i < sizeof f.text; i++)
		f.text[i] = (uint8_t)(i + 1);
	memcpy(f.data, "thedata", 8);
	memcpy(f.strings, strings, sizeof strings);
	memcpy(f.names, names, sizeof names);
	f.symbol[1] = (Elf32_Sym){ .st_name = 1, .st_value = 0x08000111, .st_size = 16, .st_shndx = 1,
		.st_info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC) };
	f.symbol[2] = (Elf32_Sym){ .st_name = 6, .st_value = 0x20000004, .st_size = 4, .st_shndx = 2,
		.st_info = ELF32_ST_INFO(STB_LOCAL, STT_OBJECT) };
	f.symbol[3] = (Elf32_Sym){ .st_name = 12, .st_value = 0x08000100, .st_shndx = 1 };
	f.symbol[4] = (Elf32_Sym){ .st_name = 15, .st_value = 0x08000110, .st_size = 8, .st_shndx = 1,
		.st_info = ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT) };
	make_sections(&f);
	return f;
}

static bool parse_elf(const struct fixture *f, struct sim_image *image, struct err *err)
{
	return sim_image_parse("fw.elf", (const uint8_t *)f, sizeof *f, 0, image, err);
}

static bool parse_text(const char *text, struct sim_image *image, struct err *err)
{
	return sim_image_parse("fw.hex", (const uint8_t *)text, strlen(text), 0, image, err);
}

static void assert_elf_fails(const struct fixture *f, const char *text)
{
	struct sim_image image = { .segments = 77 };
	struct err err;
	assert_false(parse_elf(f, &image, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, text);
	assert_int_equal(image.segments, 77);
}

static void assert_hex_fails(const char *hex, const char *text)
{
	struct sim_image image = { .segments = 77 };
	struct err err;
	assert_false(parse_text(hex, &image, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, text);
	assert_int_equal(image.segments, 77);
}

static void elf_bytes_go_to_their_physical_addresses(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.format, SIM_IMAGE_ELF);
	assert_int_equal(image.segments, 2);
	assert_int_equal(image.segment[1].at, 0x08000120);
	assert_int_equal(image.segment[1].bytes, 8);
	assert_string_equal((char *)image.segment[1].data, "thedata");
	assert_int_equal(image.entry, 0x08000111);
	assert_int_equal(strlen(image.sha256), 64);
	sim_image_free(&image);
	assert_null(image.segment);
}

static void elf_headers_in_front_of_the_first_section_are_not_loaded(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.segment[0].at, 0x08000100);
	assert_int_equal(image.segment[0].bytes, 32);
	assert_int_equal(image.segment[0].data[0], 1);
	sim_image_free(&image);
}

static void elf_sizes_are_counted_by_section(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.text_bytes, 32);
	assert_int_equal(image.data_bytes, 8);
	assert_int_equal(image.bss_bytes, 64);
	assert_int_equal(image.variable_ranges, 2);
	assert_int_equal(image.variables[0].bytes + image.variables[1].bytes, 72);
	sim_image_free(&image);
	f.header.e_shnum = 0;
	f.header.e_shoff = 0;
	f.header.e_shstrndx = 0;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.data_bytes, 8);
	assert_int_equal(image.bss_bytes, 64);
	assert_null(image.symbols);
	sim_image_free(&image);
}

static void elf_vectors_are_found_by_section_then_symbol_then_address(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.vectors, 0x08000100);
	sim_image_free(&image);
	f.names[2] = 'X';
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.vectors, 0x08000110);
	sim_image_free(&image);
	f.strings[15] = 'X';
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.vectors, 0x08000100);
	sim_image_free(&image);
	/* Vectors that start-up code copies to RAM are read where they lie in flash. */
	f = make_elf();
	f.names[2] = 'X';
	f.symbol[4].st_value = 0x20000004;
	assert_true(parse_elf(&f, &image, &err));
	assert_int_equal(image.vectors, 0x08000124);
	sim_image_free(&image);
}

static void elf_symbols_are_found_by_name_without_the_thumb_bit(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	uint32_t value = 0, bytes = 0;
	assert_true(parse_elf(&f, &image, &err));
	assert_true(sim_image_symbol(&image, "main", &value, &bytes));
	assert_int_equal(value, 0x08000110);
	assert_int_equal(bytes, 16);
	assert_true(sim_image_symbol(&image, "state", &value, &bytes));
	assert_int_equal(value, 0x20000004);
	assert_false(sim_image_symbol(&image, "mai", &value, &bytes));
	assert_false(sim_image_symbol(&image, "$t", &value, &bytes));
	assert_false(sim_image_symbol(&image, "", &value, &bytes));
	assert_int_equal(value, 0x20000004);
	sim_image_free(&image);
}

static void elf_of_another_kind_is_refused_in_a_sentence(void **state)
{
	struct fixture f = make_elf();
	f.header.e_ident[EI_CLASS] = ELFCLASS64;
	assert_elf_fails(&f, "fw.elf: a 64-bit ELF file; 32-bit Arm is expected");
	f = make_elf();
	f.header.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_elf_fails(&f, "fw.elf: a big-endian ELF file; little-endian Arm is expected");
	f = make_elf();
	f.header.e_machine = EM_RISCV;
	assert_elf_fails(&f, "fw.elf: an ELF file for machine 243; Arm (40) is expected");
	f = make_elf();
	f.header.e_type = ET_REL;
	assert_elf_fails(&f, "fw.elf: an object file that has not been linked; an executable is expected");
	f = make_elf();
	f.program[0].p_type = f.program[1].p_type = PT_NOTE;
	assert_elf_fails(&f, "fw.elf: holds no bytes to load");
}

static void elf_that_claims_bytes_it_has_not_is_refused(void **state)
{
	struct fixture f = make_elf();
	struct sim_image image;
	struct err err;
	f.program[1].p_offset = 0x7fffffff;
	char wanted[160];
	snprintf(wanted, sizeof wanted, "fw.elf: program header 1 wants 8 bytes at offset 2147483647, but the file has "
		 "only %zu bytes", sizeof f);
	assert_elf_fails(&f, wanted);
	f = make_elf();
	f.program[1].p_paddr = 0xfffffffc;
	assert_elf_fails(&f, "fw.elf: program header 1: 8 bytes at 0xfffffffc reach past the end of the address space");
	f = make_elf();
	f.program[1].p_memsz = 4;
	assert_elf_fails(&f, "fw.elf: program header 1: 8 bytes in the file, but only 4 in memory");
	f = make_elf();
	f.program[1].p_paddr = 0x0800011f;
	assert_elf_fails(&f, "fw.elf: two segments claim address 0x0800011f: 32 bytes at 0x08000100, and 8 bytes at "
			 "0x0800011f");
	f = make_elf();
	assert_false(sim_image_parse("fw.elf", (uint8_t *)&f, 20, 0, &image, &err));
	assert_string_equal(err.text, "fw.elf: ELF file cut short: 20 bytes, the header alone has 52");
}

static void elf_with_a_damaged_byte_never_crashes(void **state)
{
	struct fixture good = make_elf();
	const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	for (size_t i = 4; i < sizeof good; i++) {
		for (unsigned v = 0; v < sizeof values; v++) {
			struct fixture f = good;
			struct sim_image image;
			struct err err;
			((uint8_t *)&f)[i] = values[v];
			if (parse_elf(&f, &image, &err))
				sim_image_free(&image);
			else
				assert_memory_equal(err.text, "fw.elf: ", 8);
		}
	}
	for (size_t size = 0; size < sizeof good; size++) {
		uint8_t *cut = malloc(size + 1);
		struct sim_image image;
		struct err err;
		memcpy(cut, &good, size);
		if (sim_image_parse("fw.elf", cut, size, 0, &image, &err))
			sim_image_free(&image);
		free(cut);
	}
}

static void hex_records_that_touch_become_one_segment(void **state)
{
	struct sim_image image;
	struct err err;
	assert_true(parse_text(":020000040800F2\r\n"
			       ":0400040005060708DE\r\n"
			       ":0400000001020304F2\r\n"
			       ":01001000AA45\r\n"
			       ":0400000508000111DD\n"
			       "\n:00000001FF\n", &image, &err));
	assert_int_equal(image.format, SIM_IMAGE_HEX);
	assert_int_equal(image.segments, 2);
	assert_int_equal(image.segment[0].at, 0x08000000);
	assert_int_equal(image.segment[0].bytes, 8);
	assert_memory_equal(image.segment[0].data, "\1\2\3\4\5\6\7\10", 8);
	assert_int_equal(image.segment[1].at, 0x08000010);
	assert_int_equal(image.vectors, 0x08000000);
	assert_int_equal(image.entry, 0x08000111);
	assert_int_equal(image.text_bytes, 9);
	sim_image_free(&image);
}

static void hex_knows_segment_addresses_and_lower_case(void **state)
{
	struct sim_image image;
	struct err err;
	assert_true(parse_text(":020000021000EC\n:0100f000ab64\n:0400000300003800C1\n:00000001ff", &image, &err));
	assert_int_equal(image.segments, 1);
	assert_int_equal(image.segment[0].at, 0x100f0);
	assert_int_equal(image.segment[0].data[0], 0xab);
	sim_image_free(&image);
}

static void hex_mistakes_are_told_with_line_and_column(void **state)
{
	assert_hex_fails(":0400000001020304F3\n", "fw.hex:1:18: checksum is 0xf3, the record's bytes make 0xf2");
	assert_hex_fails(":020000040800F2\n:04000000010203\n", "fw.hex:2:16: the record ends too early");
	assert_hex_fails(":0G0000\n", "fw.hex:1:3: 0x47 is not a hexadecimal digit");
	assert_hex_fails(":00000001FF\n:00000001FF\n", "fw.hex:2:1: a record follows the end record");
	assert_hex_fails(":0400000001020304F2\n", "fw.hex:1:1: the file ends without an end record (:00000001FF): it "
			 "may be cut short");
	assert_hex_fails(":00000001FF x\n", "fw.hex:1:13: text behind the record's checksum");
	assert_hex_fails(":00000006FA\n", "fw.hex:1:8: record type 06 is not one of: 00, 01, 02, 03, 04, 05");
	assert_hex_fails(":0100000408F3\n", "fw.hex:1:2: a record of type 04 holds 2 bytes, this one says 1");
	assert_hex_fails(":00000001FF\nS1\n", "fw.hex:2:1: a record starts with ':', this line with 0x53");
	assert_hex_fails(":00000001FF\n", "fw.hex: holds no bytes to load");
}

static void hex_bytes_given_twice_are_refused(void **state)
{
	assert_hex_fails(":0400000001020304F2\n:01000300AA52\n:00000001FF\n",
			 "fw.hex:2:1: address 0x00000003 was already given in line 1");
	assert_hex_fails(":01000300AA52\n:0400000001020304F2\n:00000001FF\n",
			 "fw.hex:2:1: address 0x00000003 was already given in line 1");
}

static void hex_addresses_stay_inside_their_space(void **state)
{
	assert_hex_fails(":020000021000EC\n:02FFFF000102FD\n:00000001FF\n",
			 "fw.hex:2:4: 2 bytes at offset 0xffff leave the 64 KiB segment");
	assert_hex_fails(":02000004FFFFFC\n:02FFFF000102FD\n:00000001FF\n",
			 "fw.hex:2:4: 2 bytes at 0xffffffff reach past the end of the address space");
}

static void raw_files_are_loaded_where_told(void **state)
{
	char path[] = "/tmp/thumbwatt-image-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	close(fd);
	struct sim_image image;
	struct err err;
	assert_true(sim_image_read(path, 0x08000000, &image, &err));
	assert_int_equal(image.format, SIM_IMAGE_BIN);
	assert_int_equal(image.segment[0].at, 0x08000000);
	assert_int_equal(image.segment[0].bytes, 3);
	assert_int_equal(image.vectors, 0x08000000);
	assert_string_equal(image.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(image.path, path);
	sim_image_free(&image);
	assert_false(sim_image_read(path, 0xfffffffe, &image, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	unlink(path);
	assert_false(sim_image_read(path, 0, &image, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(sim_image_parse("fw.bin", NULL, 0, 0, &image, &err));
	assert_string_equal(err.text, "fw.bin: empty; ELF, Intel HEX or raw binary firmware is expected");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elf_bytes_go_to_their_physical_addresses),
		cmocka_unit_test(elf_headers_in_front_of_the_first_section_are_not_loaded),
		cmocka_unit_test(elf_sizes_are_counted_by_section),
		cmocka_unit_test(elf_vectors_are_found_by_section_then_symbol_then_address),
		cmocka_unit_test(elf_symbols_are_found_by_name_without_the_thumb_bit),
		cmocka_unit_test(elf_of_another_kind_is_refused_in_a_sentence),
		cmocka_unit_test(elf_that_claims_bytes_it_has_not_is_refused),
		cmocka_unit_test(elf_with_a_damaged_byte_never_crashes),
		cmocka_unit_test(hex_records_that_touch_become_one_segment),
		cmocka_unit_test(hex_knows_segment_addresses_and_lower_case),
		cmocka_unit_test(hex_mistakes_are_told_with_line_and_column),
		cmocka_unit_test(hex_bytes_given_twice_are_refused),
		cmocka_unit_test(hex_addresses_stay_inside_their_space),
		cmocka_unit_test(raw_files_are_loaded_where_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
