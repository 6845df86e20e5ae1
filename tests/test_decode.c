/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder against GNU objdump, in three ways: every 16-bit word, many 32-bit words, and compiled code for
 * every core; then its own promises by hand (registers by role, SP, legality).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capstone/capstone.h>

#include "sim/decode.h"

/* One line of objdump's listing. */
struct line {
	uint32_t address;
	uint8_t bytes[4];
	unsigned size;
	char name[32];      /* upper case, cut at the dot */
	char operands[128];
	bool defined, unpredictable;
};

static bool parse_line(const char *text, struct line *ret)
{
	unsigned address, first, second = 0;
	char hex[32], name[32] = "", operands[128] = "";
	int fields;

	memset(ret, 0, sizeof *ret);
	if (sscanf(text, " %x:\t%31[0-9a-f ]\t%31[^\t\n]\t%127[^\n]", &address, hex, name, operands) < 3)
		return false;
	fields = sscanf(hex, "%4x %4x", &first, &second);
	ret->address = address;
	ret->size = fields == 2 ? 4 : 2;
	if (name[0] == '.') /* data between code */
		return false;
	ret->bytes[0] = first;
	ret->bytes[1] = first >> 8;
	ret->bytes[2] = second;
	ret->bytes[3] = second >> 8;
	ret->defined = name[0] != '@' && !strstr(text, "UNDEFINED") && !strstr(text, "<undefined>") &&
	               !strstr(name, "??") && strncmp(name, "undefined", 9) != 0;
	ret->unpredictable = strstr(text, "UNPREDICTABLE") || strstr(text, "illegal");
	for (unsigned i = 0; name[i] && name[i] != '.' && name[i] != ' '; i++)
		ret->name[i] = toupper((unsigned char)name[i]);
	strcpy(ret->operands, operands);
	return true;
}

static bool ends_in_condition(const char *text)
{
	static const char *const conditions[] = {"EQ", "NE", "CS", "CC", "MI", "PL", "VS", "VC", "HI",
	                                         "LS", "GE", "LT", "GT", "LE", "HS", "LO"};

	for (unsigned i = 0; i < sizeof conditions / sizeof *conditions; i++)
		if (strcmp(text, conditions[i]) == 0)
			return true;
	return false;
}

/* The oracles' other names for the same operation. */
static const char *const aliases[][2] = {
	{"RSB", "NEG"}, {"LDM", "LDMIA"}, {"STM", "STMIA"}, {"VLDM", "VLDMIA"}, {"VSTM", "VSTMIA"},
	{"VLDM", "FLDMIAX"}, {"VSTM", "FSTMIAX"}, {"VLDMDB", "FLDMDBX"}, {"VSTMDB", "FSTMDBX"},
	{"VPOP", "FLDMIAX"}, {"VPUSH", "FSTMDBX"}, {"ADR", "ADD"}, {"ADR", "ADDW"}, {"ADR", "SUBW"},
	{"HINT", "NOP"}, {"HINT", "SEVL"}, {"HINT", "ESB"}, {"HINT", "PSB"}, {"HINT", "TSB"},
	{"HINT", "CLRBHB"}, {"HINT", "BTI"}, {"HINT", "PAC"}, {"HINT", "AUT"}, {"HINT", "PACBTI"},
	{"DSB", "SSBB"}, {"DSB", "PSSBB"}, {"DSB", "DFB"}, {"DBG", "NOP"}, {"ADD", "ADDW"}, {"MOVW", "MOV"},
	{"STC", "STCL"}, {"LDC", "LDCL"}, {"STC2", "STC2L"}, {"LDC2", "LDC2L"}, {"VSEL", "VSELEQ"},
	{"VSEL", "VSELVS"}, {"VSEL", "VSELGE"}, {"VSEL", "VSELGT"}, {"LSL", "MOV"}, {"BX", "BXNS"},
	{"POP", "LDMIA"}, {"PUSH", "STMDB"}, {"HINT", "LDRSH"}, {"HINT", "LDRSHT"},
	{"PLDW", "LDRH"}, {"PLDW", "LDRHT"}, {"PLI", "LDRSBT"}, {"PLD", "LDRBT"},
};

static bool tail_is_fine(const char *tail)
{
	return *tail == '\0' || ends_in_condition(tail) ||
	       (*tail == 'S' && (tail[1] == '\0' || ends_in_condition(tail + 1)));
}

static bool same_operation(const char *ours, const char *theirs)
{
	if (strcmp(ours, "IT") == 0)
		return strncmp(theirs, "IT", 2) == 0 && strspn(theirs + 1, "TE") == strlen(theirs + 1);
	if (strncmp(theirs, ours, strlen(ours)) == 0 && tail_is_fine(theirs + strlen(ours)))
		return true;
	for (unsigned i = 0; i < sizeof aliases / sizeof *aliases; i++) {
		const char *other = aliases[i][1];

		if (strcmp(ours, aliases[i][0]) == 0 && strncmp(theirs, other, strlen(other)) == 0 &&
		    tail_is_fine(theirs + strlen(other)))
			return true;
	}
	return false;
}

/* D16 to D31, or a Q register. */
static bool uses_big_register_file(const char *operands)
{
	for (const char *c = operands; *c; c++) {
		if (c != operands && isalnum((unsigned char)c[-1]))
			continue;
		if (*c == 'q' && isdigit((unsigned char)c[1]))
			return true;
		if (*c == 'd' && atoi(c + 1) > 15)
			return true;
	}
	return strstr(operands, "-d") && atoi(strstr(operands, "-d") + 2) > 15;
}

/* What objdump knows and we must not: the A and R profiles, Armv8.1-M, Advanced SIMD, other vendors' coprocessors. */
static bool foreign_to_m_profile(const struct line *line)
{
	static const char *const names[] = {"SRS", "RFE", "BXJ", "SMC", "HVC", "ERET", "LDREXD", "STREXD", "LDAEXD",
		"STLEXD", "SETEND", "SETPAN", "DCPS", "HLT", "CRC32", "BLX", "CF", "CLRM", "CS", "CINC", "CINV",
		"CNEG", "CPS", "VSCCLRM", "VJCVT", "VINS", "VMOVX", "LCTP", "LETP", "VDUP", "MRS", "MSR",
		"BFL", "BFX", "BFCSEL"};
	bool byte_lane = strcmp(line->name, "VMOV") == 0 && strchr(line->operands, '[');
	bool simd = (line->bytes[1] & 0xef) == 0xef || (line->bytes[1] == 0xf9 && !(line->bytes[0] & 0x10));
	bool unindexed = strchr(line->operands, '{') && (line->name[0] == 'L' || line->name[0] == 'S');

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(line->name, names[i], strlen(names[i])) == 0)
			return true;
	if (strcmp(line->name, "BF") == 0)
		return true;
	return simd || unindexed || byte_lane || uses_big_register_file(line->operands);
}

struct tally {
	unsigned lines, defined, outvoted, wrong;
};

static void complain(const struct sim_insn *insn, const struct line *line, const char *what, struct tally *tally)
{
	if (tally->wrong++ < 40)
		print_message("%08x: %08x size %u: ours %s, objdump %s %s: %s\n", line->address, insn->encoding,
		              insn->size, sim_insn_name(insn), line->name, line->operands, what);
}

/* The second oracle: capstone's name for the word as M-profile code; "" if it knows none. */
static void capstone_name(const struct line *line, char ret[32])
{
	static csh handle;
	cs_insn *insn;
	unsigned i = 0;

	if (!handle)
		assert_int_equal(cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS | CS_MODE_V8, &handle), CS_ERR_OK);
	ret[0] = '\0';
	if (cs_disasm(handle, line->bytes, line->size, line->address, 1, &insn) != 1)
		return;
	for (; insn->mnemonic[i] && insn->mnemonic[i] != '.' && i < 31; i++)
		ret[i] = toupper((unsigned char)insn->mnemonic[i]);
	ret[i] = '\0';
	cs_free(insn, 1);
}

/* Where objdump differs, capstone has a vote: both oracles together are wrong less often than one. */
static void check_operation(const struct sim_insn *insn, const struct line *line, struct tally *tally)
{
	bool ours = insn->op != SIM_OP_UNDEFINED;
	char second[32];

	if (insn->cls == SIM_CLASS_COPROC) /* oracles give other vendors' coprocessors names of their own */
		return;
	if (ours ? line->defined && same_operation(sim_insn_name(insn), line->name) : !line->defined) {
		tally->defined += ours;
		return;
	}
	capstone_name(line, second);
	if (ours ? same_operation(sim_insn_name(insn), second) : !second[0] || foreign_to_m_profile(line))
		tally->outvoted++;
	else
		complain(insn, line, second, tally);
}

static bool check_target(const struct sim_insn *insn, const struct line *line)
{
	const char *last = strrchr(line->operands, ',');
	uint32_t target;

	if (insn->branch != SIM_BRANCH_CONDITIONAL && insn->branch != SIM_BRANCH_UNCONDITIONAL &&
	    insn->branch != SIM_BRANCH_CALL)
		return true;
	last = last ? last + 1 : line->operands;
	if (sscanf(last, " %x", &target) != 1)
		return false;
	return target == insn->target;
}

/* What the listing's core has; all ones: do not ask. */
static unsigned required_arch = ~0u;

static void check_line(const struct line *line, struct tally *tally)
{
	struct sim_insn insn;

	tally->lines++;
	sim_decode(line->bytes, line->size, line->address, &insn);
	if (insn.size != line->size) {
		complain(&insn, line, "size", tally);
	} else if (insn.op == SIM_OP_IT && insn.it_length != strlen(line->name) - 1) {
		complain(&insn, line, "length", tally);
	} else if (!line->unpredictable) {
		check_operation(&insn, line, tally);
		if (insn.op != SIM_OP_UNDEFINED && line->defined && !check_target(&insn, line))
			complain(&insn, line, "target", tally);
		if (required_arch != ~0u && !sim_insn_legal(&insn, required_arch))
			complain(&insn, line, "not legal on the core it was compiled for", tally);
	}
}

static struct tally check_listing(const char *command)
{
	struct tally tally = {0};
	char text[512];
	struct line line;
	FILE *listing = popen(command, "r");

	assert_non_null(listing);
	while (fgets(text, sizeof text, listing))
		if (parse_line(text, &line))
			check_line(&line, &tally);
	assert_int_equal(pclose(listing), 0);
	return tally;
}

static struct tally check_words(const void *bytes, size_t size, const char *name)
{
	char path[512], command[1024];
	const char *root = getenv("BUILD_ROOT");
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/%s.bin", root ? root : "build", name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	snprintf(command, sizeof command, "arm-none-eabi-objdump -D -z -b binary -marm -Mforce-thumb '%s'", path);
	return check_listing(command);
}

static void every_16_bit_word_decodes_as_in_objdump(void **state)
{
	static uint8_t code[2 * 0xe800];
	struct tally tally;

	for (unsigned word = 0; word < 0xe800; word++) {
		unsigned put = word > 0xbf00 && word < 0xc000 && word & 15 ? 0xbf00 : word; /* not IT */

		code[2 * word] = put;
		code[2 * word + 1] = put >> 8;
	}
	tally = check_words(code, sizeof code, "decode_16");
	assert_int_equal(tally.lines, 0xe800);
	assert_int_equal(tally.wrong, 0);
	assert_true(tally.defined > 50000);
}

static uint32_t random_word(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Random fields under every leading halfword pattern, dense where encodings are: 0xf000 zeros are frequent. */
static uint32_t shaped_word(uint32_t *seed)
{
	uint32_t first = 0xe800 + random_word(seed) % 0x1800, second = random_word(seed) & 0xffff;
	uint32_t shape = random_word(seed);

	if (shape & 1)
		second |= 0xf000;
	if (shape & 2)
		second &= 0xff0f;
	if (shape & 4)
		second = (second & 0xf1ff) | 0x0a00;
	if ((shape & 0x18) == 0x18)
		second = (second & 0xf0ff) | 0x0f00;
	if ((shape & 0x60) == 0x60)
		first |= 15;
	return first << 16 | second;
}

static void random_32_bit_words_decode_as_in_objdump(void **state)
{
	enum { WORDS = 400000 };
	uint8_t *code = malloc(4 * WORDS);
	uint32_t seed = 20240229;
	struct tally tally;

	for (unsigned i = 0; i < WORDS; i++) {
		uint32_t word = shaped_word(&seed);

		code[4 * i] = word >> 16;
		code[4 * i + 1] = word >> 24;
		code[4 * i + 2] = word;
		code[4 * i + 3] = word >> 8;
	}
	tally = check_words(code, 4 * WORDS, "decode_32");
	free(code);
	print_message("%u lines, %u agreed, %u settled by capstone\n", tally.lines, tally.defined, tally.outvoted);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.lines, WORDS);
	assert_true(tally.defined > WORDS / 4);
}

/* Real code for every core: sizes, operations, branch targets, and that the core may run all of it. */
static void compiled_code_decodes_and_is_legal_on_its_core(void **state)
{
	static const struct {
		const char *flags;
		enum sim_core core;
		enum sim_fpu fpu;
	} builds[] = {
		{"-mcpu=cortex-m0 -O2", SIM_M0, SIM_FPU_NONE},
		{"-mcpu=cortex-m0plus -Os", SIM_M0PLUS, SIM_FPU_NONE},
		{"-mcpu=cortex-m3 -O2", SIM_M3, SIM_FPU_NONE},
		{"-mcpu=cortex-m4 -O3", SIM_M4, SIM_FPU_NONE},
		{"-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2", SIM_M4, SIM_FPU_SP},
		{"-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-sp-d16 -O2", SIM_M7, SIM_FPU_SP},
		{"-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16 -O3", SIM_M7, SIM_FPU_DP},
		{"-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16 -mcmse -O2", SIM_M33, SIM_FPU_SP},
	};
	const char *source = getenv("SOURCE_ROOT"), *build = getenv("BUILD_ROOT");
	char command[2048];

	assert_non_null(source);
	for (unsigned i = 0; i < sizeof builds / sizeof *builds; i++) {
		struct tally tally;

		snprintf(command, sizeof command,
		         "arm-none-eabi-gcc -mthumb %s -ffast-math -nostartfiles -Wl,-e0,--defsym=sink=0x8001"
		         " '%s/tests/decode_code.c' -o '%s/tests/decode_code.elf' -lm"
		         " && arm-none-eabi-objdump -d -z '%s/tests/decode_code.elf'",
		         builds[i].flags, source, build, build);
		required_arch = sim_arch_of(builds[i].core, builds[i].fpu);
		tally = check_listing(command);
		required_arch = ~0u;
		assert_int_equal(tally.wrong, 0);
		print_message("%s: %u instructions, %u settled by capstone\n", builds[i].flags, tally.lines, tally.outvoted);
		assert_true(tally.defined > 250);
		assert_true(tally.defined + tally.outvoted == tally.lines);
	}
}

static struct sim_insn decode(uint32_t encoding, uint32_t address)
{
	bool wide = encoding >> 16 != 0;
	uint32_t first = wide ? encoding >> 16 : encoding;
	uint8_t code[4] = {first, first >> 8, encoding, encoding >> 8};
	struct sim_insn insn;

	assert_int_equal(sim_decode(code, wide ? 4 : 2, address, &insn), wide ? 4 : 2);
	return insn;
}

static void registers_stand_in_the_mask_of_their_role(void **state)
{
	struct sim_insn insn = decode(0xfb214302, 0); /* smlad r3, r1, r2, r4 */

	assert_string_equal(sim_insn_name(&insn), "SMLAD");
	assert_int_equal(insn.mul, 1 << 1 | 1 << 2);
	assert_int_equal(insn.acc, 1 << 4);
	assert_int_equal(insn.dst, 1 << 3);
	insn = decode(0xeb010382, 0); /* add r3, r1, r2, lsl #2 */
	assert_int_equal(insn.src, 1 << 1);
	assert_int_equal(insn.shifted, 1 << 2);
	assert_true(insn.shift_operand);
	insn = decode(0xf8410f04, 0); /* str r0, [r1, #4]! */
	assert_int_equal(insn.data, 1 << 0);
	assert_int_equal(insn.addr, 1 << 1);
	assert_int_equal(insn.wb, 1 << 1);
	assert_int_equal(insn.dst, 1 << 1);
	assert_int_equal(insn.offset, 4);
	insn = decode(0xe8f10203, 0); /* ldrd r0, r2, [r1], #12 */
	assert_int_equal(insn.dst, 1 << 0 | 1 << 1 | 1 << 2);
	assert_true(insn.post_index);
	insn = decode(0xfbc12302, 0); /* smlal r2, r3, r1, r2 */
	assert_int_equal(insn.acc, 1 << 2 | 1 << 3);
	insn = decode(0xeee00a81, 0); /* vfma.f32 s1, s1, s2 */
	assert_int_equal(insn.fp_acc, 1 << 1);
	assert_int_equal(insn.fp_mul, 1 << 1 | 1 << 2);
	insn = decode(0xee312b03, 0); /* vadd.f64 d2, d1, d3 */
	assert_int_equal(insn.fp_dst, 3 << 4);
	assert_int_equal(insn.fp_src, 3 << 2 | 3 << 6);
}

static void branches_tell_their_kind_and_target(void **state)
{
	static const struct {
		uint32_t encoding;
		enum sim_branch kind;
		uint32_t target;
	} cases[] = {
		{0xd1fe, SIM_BRANCH_CONDITIONAL, 0x1000}, {0xe7fe, SIM_BRANCH_UNCONDITIONAL, 0x1000},
		{0xb108, SIM_BRANCH_CONDITIONAL, 0x1006}, {0xf7fffffe, SIM_BRANCH_CALL, 0x1000},
		{0xf0008000, SIM_BRANCH_CONDITIONAL, 0x1004}, {0xf000b800, SIM_BRANCH_UNCONDITIONAL, 0x1004},
		{0x4770, SIM_BRANCH_RETURN, 0}, {0x4718, SIM_BRANCH_INDIRECT, 0},
		{0x4798, SIM_BRANCH_INDIRECT_CALL, 0}, {0xbd10, SIM_BRANCH_RETURN, 0},
		{0x46f7, SIM_BRANCH_RETURN, 0}, {0x468f, SIM_BRANCH_INDIRECT, 0},
		{0xf85dfb04, SIM_BRANCH_RETURN, 0}, {0xf853f022, SIM_BRANCH_INDIRECT, 0},
		{0xe8dff003, SIM_BRANCH_INDIRECT, 0}, {0xe8bd8010, SIM_BRANCH_RETURN, 0},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_insn insn = decode(cases[i].encoding, 0x1000);

		assert_int_equal(insn.branch, cases[i].kind);
		assert_int_equal(insn.target, cases[i].target);
	}
}

static void stack_moves_are_known_where_the_code_shows_them(void **state)
{
	static const struct {
		uint32_t encoding;
		bool known;
		int32_t delta;
	} cases[] = {
		{0xb510, true, -8}, {0xbc18, true, 8}, {0xb086, true, -24}, {0xb006, true, 24},
		{0xe92d4ff0, true, -36}, {0xe8bd8ff0, true, 36}, {0xf5ad7d00, true, -512}, {0xf6ad0d04, true, -2052},
		{0xed2d8b10, true, -64}, {0xecbd8b10, true, 64}, {0xf84d4d04, true, -4}, {0xf85d4b04, true, 4},
		{0x46bd, false, 0}, {0x449d, false, 0}, {0xf3808808, false, 0}, {0xebad0d03, false, 0}, {0x1840, true, 0},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_insn insn = decode(cases[i].encoding, 0);

		assert_int_equal(insn.sp_known, cases[i].known);
		assert_int_equal(insn.sp_delta, cases[i].delta);
	}
}

static void legality_follows_the_architecture_of_the_core(void **state)
{
	static const struct {
		uint32_t encoding;
		const char *cores; /* M0 M0+ M3 M4 M4F M7 M7-DP M33 */
	} cases[] = {
		{0x1840, "yyyyyyyy"},     /* adds */
		{0xf7fffffe, "yyyyyyyy"}, /* bl */
		{0xf3bf8f5f, "yyyyyyyy"}, /* dmb */
		{0xb108, "nnyyyyyy"},     /* cbz */
		{0xbf08, "nnyyyyyy"},     /* it eq */
		{0xfbb0f0f1, "nnyyyyyy"}, /* udiv */
		{0xfb214302, "nnnyyyyy"}, /* smlad */
		{0xfa2ff080, "nnnyyyyy"}, /* sxtb16 */
		{0xee300a20, "nnnnyyyy"}, /* vadd.f32 */
		{0xed900b00, "nnnnyyyy"}, /* vldr d0 */
		{0xfe800a20, "nnnnnyyy"}, /* vmaxnm.f32 */
		{0xee300b01, "nnnnnnyn"}, /* vadd.f64 */
		{0xeeb70ac0, "nnnnnnyn"}, /* vcvt.f64.f32 */
		{0xe97fe97f, "nnnnnnny"}, /* sg */
		{0xe8d00faf, "nnnnnnny"}, /* lda */
		{0x4704, "nnnnnnny"},     /* bxns */
		{0xee010f10, "nnnnnnnn"}, /* mcr p15 */
		{0xde00, "nnnnnnnn"},     /* udf */
		{0xffffffff, "nnnnnnnn"},
	};
	static const struct {
		enum sim_core core;
		enum sim_fpu fpu;
	} cores[] = {{SIM_M0, 0}, {SIM_M0PLUS, 0}, {SIM_M3, 0}, {SIM_M4, 0}, {SIM_M4, SIM_FPU_SP},
	             {SIM_M7, SIM_FPU_SP}, {SIM_M7, SIM_FPU_DP}, {SIM_M33, SIM_FPU_SP}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_insn insn = decode(cases[i].encoding, 0);

		for (unsigned c = 0; c < sizeof cores / sizeof *cores; c++)
			assert_int_equal(sim_insn_legal(&insn, sim_arch_of(cores[c].core, cores[c].fpu)),
			                 cases[i].cores[c] == 'y');
	}
}

static void it_gives_each_follower_its_condition_and_takes_its_flags(void **state)
{
	struct sim_insn it = decode(0xbf0d, 0); /* iteet eq */
	struct sim_insn insn = decode(0x1840, 2);

	assert_int_equal(it.it_length, 4);
	assert_int_equal(sim_insn_it_condition(&it, 0), 0);
	assert_int_equal(sim_insn_it_condition(&it, 1), 1);
	assert_int_equal(sim_insn_it_condition(&it, 2), 1);
	assert_int_equal(sim_insn_it_condition(&it, 3), 0);
	assert_int_equal(decode(0xbf18, 0).it_length, 1);
	assert_true(insn.sets_flags);
	sim_insn_predicate(&insn, 1);
	assert_false(insn.sets_flags);
	assert_true(insn.reads_flags);
	insn = decode(0xe7fe, 0);
	sim_insn_predicate(&insn, 1);
	assert_int_equal(insn.branch, SIM_BRANCH_CONDITIONAL);
}

static void literals_and_constants_are_recognised(void **state)
{
	assert_int_equal(decode(0x4a01, 0x1002).target, 0x1008);
	assert_true(decode(0x4a01, 0x1002).literal);
	assert_int_equal(decode(0xf85f0004, 0x1002).target, 0x1000);
	assert_int_equal(decode(0xed9f0a01, 0x1000).target, 0x1008);
	assert_false(decode(0xf04f00ff, 0).built_constant);
	assert_false(decode(0xf04f10ff, 0).built_constant); /* 0x00ff00ff */
	assert_true(decode(0xf44f7080, 0).built_constant);  /* 0x100 */
}

static void a_cut_off_instruction_is_undefined_and_keeps_its_size(void **state)
{
	static const uint8_t half[2] = {0x00, 0xf0};
	struct sim_insn insn;

	assert_int_equal(sim_decode(half, 2, 0, &insn), 4);
	assert_int_equal(insn.op, SIM_OP_UNDEFINED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_16_bit_word_decodes_as_in_objdump),
		cmocka_unit_test(random_32_bit_words_decode_as_in_objdump),
		cmocka_unit_test(compiled_code_decodes_and_is_legal_on_its_core),
		cmocka_unit_test(registers_stand_in_the_mask_of_their_role),
		cmocka_unit_test(branches_tell_their_kind_and_target),
		cmocka_unit_test(stack_moves_are_known_where_the_code_shows_them),
		cmocka_unit_test(legality_follows_the_architecture_of_the_core),
		cmocka_unit_test(it_gives_each_follower_its_condition_and_takes_its_flags),
		cmocka_unit_test(literals_and_constants_are_recognised),
		cmocka_unit_test(a_cut_off_instruction_is_undefined_and_keeps_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
