/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bad input, as a user meets it: one line that says where and what, the right exit code, nothing lost. Each reader has
 * its own tests and fuzzer; here it is the whole program that must be kind.
 */
#include "tests/cli_fixture.h"

#include <elf.h>

#define BOARD "nucleo-l4r5zi"
#define GOOD SOURCE(VIBRATION "scenario.yaml")
#define MODEL SOURCE(VIBRATION "vibration.tflite")
#define INPUT SOURCE("tests/data/vibration/input_0.bin")
#define FIRMWARE(name) text("%s/tests/fw/%s-m4.elf", build_root, name)

/* --- the command line ------------------------------------------------------------------------------------ */

static void a_wrong_command_line_is_told_in_one_line(void **state)
{
	REFUSED(USAGE, "unknown command 'rnu'; did you mean 'run'?", "rnu");
	REFUSED(USAGE, "unknown option '--frob'", "run", "--frob");
	REFUSED(USAGE, "did you mean '--board'", "size", "--baord", "x");
	REFUSED(USAGE, "unknown option '-z'", "infer", "-z");
	REFUSED(USAGE, "--time needs a TIME", "run", "--time");
	REFUSED(USAGE, "-t needs a TIME", "run", "-qt");
	REFUSED(USAGE, "--quiet takes no value", "run", "--quiet=3");
	REFUSED(USAGE, "several options", "run", "--s", "3");
	REFUSED(USAGE, "'2' has no unit", "run", "--time", "2");
	REFUSED(USAGE, "--time", "run", "--time", "0s");
	REFUSED(USAGE, "--time", "run", "--time", "-1s");
	REFUSED(USAGE, "--seed", "run", "--seed", "x");
	REFUSED(USAGE, "--seed", "run", "--seed", "99999999999999999999");
	REFUSED(USAGE, "--at", "run", "--at", "0x100000000");
	REFUSED(USAGE, "needs a SCENARIO.yaml", "run");
	REFUSED(USAGE, "--board and --firmware", "run", "--board", BOARD);
	REFUSED(USAGE, "a second one", "run", "a", "b");
	REFUSED(USAGE, "the scenario names its own", "run", "a", "--board", BOARD);
	REFUSED(USAGE, "needs a MODEL", "size");
	REFUSED(USAGE, "needs --board", "infer", "a");
	REFUSED(USAGE, "needs --input", "infer", "a", "--board", BOARD);
	REFUSED(USAGE, "a second one", "boards", "a", "b");
	REFUSED(USAGE, "did you mean '--screenshot'?", "gui", "x.twr", "--sreenshot", "x.png");
	REFUSED(USAGE, "not of the form", "gui", "x.twr", "--size", "big");
	REFUSED(USAGE, "which run?", "gui");
}

static void a_board_that_nobody_knows_is_refused_with_those_that_are(void **state)
{
	REFUSED(USAGE, "did you mean '" BOARD "'", "boards", "nucleo-l4r5z");
	REFUSED(USAGE, "no board is called 'x'; known: disco-f746ng", "run", "--board", "x", "--firmware", "y");
	REFUSED(USAGE, "no board is called 'x'", "size", MODEL, "--board", "x");
	REFUSED(USAGE, "no board is called 'x'", "infer", MODEL, "--board", "x", "--input", INPUT);
	REFUSED(USAGE, "no.yaml: No such file", "run", "--board", "/no.yaml", "--firmware", "y");
}

/* --- files ----------------------------------------------------------------------------------------------- */

static void a_file_that_is_not_there_is_named(void **state)
{
	static const char none[] = "/nowhere/none.x";
	REFUSED(USAGE, none, "run", none);
	REFUSED(USAGE, none, "run", "--board", BOARD, "--firmware", none);
	REFUSED(USAGE, none, "size", none);
	REFUSED(USAGE, "/nowhere/none.twr", "gui", "/nowhere/none.twr", "--screenshot", SCRATCH("none.png"));
	REFUSED(USAGE, none, "infer", none, "--board", BOARD, "--input", INPUT);
	REFUSED(USAGE, none, "infer", MODEL, "--board", BOARD, "--input", none);
}

static void check_odd_file(const char *path, const char *said)
{
	REFUSED(USAGE, said, "run", path);
	REFUSED(USAGE, said, "run", "--board", BOARD, "--firmware", path);
	REFUSED(USAGE, path, "size", path);
	REFUSED(USAGE, path, "infer", path, "--board", BOARD, "--input", INPUT);
	REFUSED(USAGE, path, "infer", MODEL, "--board", BOARD, "--input", path);
}

static void a_folder_a_device_and_an_empty_file_are_no_input(void **state)
{
	assert_int_equal(mkfifo(SCRATCH("fifo"), 0600), 0);
	check_odd_file(scratch, "not a regular file");
	check_odd_file("/dev/null", "not a regular file");
	check_odd_file("/dev/zero", "not a regular file");
	check_odd_file(SCRATCH("fifo"), "not a regular file");
	check_odd_file(put_text("empty", ""), "empty");
}

/* --- scenarios ------------------------------------------------------------------------------------------- */

static void lay_out(void)
{
	copy_in(VIBRATION "vibration.tflite", "vibration.tflite");
	copy_in(VIBRATION "labels.txt", "labels.txt");
}

/* The first `find` replaced: refused, and the message tells file:line:column of it. */
static void check_mistake(const char *find, const char *replace, const char *said)
{
	lay_out();
	const char *path = put_changed("bad.yaml", GOOD, find, replace);
	struct ran ran = RUN("run", path);
	int line, column;
	size_t length = strlen(path);
	if (ran.exit != USAGE || !is_one_line(&ran) || strncmp(ran.err + 11, path, length) != 0 ||
	    sscanf(ran.err + 11 + length, ":%d:%d: ", &line, &column) != 2 || !strstr(ran.err, said))
		fail_msg("'%s': exit %d, not a place and \"%s\", but:\n%s", replace, ran.exit, said, ran.err);
	ran_free(&ran);
}

static void a_mistake_in_a_scenario_is_told_with_its_place_and_the_choice(void **state)
{
	check_mistake("board:", "bord:", "4:1: unknown key 'bord'; did you mean 'board'?");
	check_mistake("nucleo-l4r5zi", "nucleo-l4r5zy", "4:8: no board is called");
	check_mistake("board: nucleo-l4r5zi\n", "", "key 'board' is missing");
	check_mistake("1600Hz", "1600", "has no unit; a frequency such as");
	check_mistake("1600Hz", "1600ms", "is no unit of frequency");
	check_mistake("duration: 10s", "duration: 10V", "is no unit of time");
	check_mistake("duration: 10s", "duration: -1s", "is negative");
	check_mistake("duration: 10s", "duration: 1e30s", "is too large");
	check_mistake("model: vibration.tflite", "model: none.tflite", "the model 'none.tflite' does not exist");
	check_mistake("labels: labels.txt", "labels: none.txt", "does not exist");
	check_mistake("firmware: runtime", "firmware: none.elf", "does not exist");
	check_mistake("sensors:", "sensors: [", "did not find expected");
	check_mistake("sensors:", "sensors: *a", "");
	check_mistake("duration:", "\tduration:", "");
	check_mistake("accelerometer:", "gyroskope:", "none of the sensors known by name");
	check_mistake("accelerometer:", "gyroscope:", "");
	check_mistake("kind: dropout", "kind: dropot", "is not one of: dropout");
	check_mistake("sensor: accelerometer", "sensor: microphone", "");
	check_mistake("label: healthy", "label: helthy", "did you mean 'healthy'?");
	check_mistake("latency_ms: 20", "latency: 20", "unknown key 'latency'");
	check_mistake("latency_ms: 20", "latency_ms: fast", "");
	check_mistake("firmware: runtime", "firmware: runtime\narena: 1000", "6:8: an arena of 1000 bytes");
	check_mistake("firmware: runtime", "firmware: runtime\narena: 8000",
		      "6:8: an arena of 8000 bytes; "); /* the plan fits, the sensor's frames do not */
	check_mistake("board: nucleo-l4r5zi\nfirmware: runtime", "board: nucleo-f103rb\nfirmware: runtime\nclock: 8MHz\n"
		      "arena: 13295", ": 5616 for its tensors, 7680 for frames of 'accelerometer'");
	check_mistake("    rate: 1600Hz", "    channels: [x, y, z, w]\n    scale: 1/2048\n    rate: 1600Hz",
		      "sensor 'accelerometer' does not fill the model: it has 4 channels; ");
	check_mistake("faults:", "  gyroscope: {rate: 100Hz, source: {constant: 1}}\nfaults:",
		      "board nucleo-l4r5zi has no sensor 'gyroscope'; it has: accelerometer, microphone");
	check_mistake("firmware: runtime", "firmware: runtime\nclock: 0Hz", "6:8: 0Hz is out of range");
	check_mistake("rate: 1600Hz", "rate: 100MHz", "is out of range");
	check_mistake("between: [0s, 3s]", "between: [3s, 0s]", "3s comes after 0s");
	check_mistake("name: vibration", "name: \xff\xfe", "UTF-8");
	check_mistake("- {noise: white, level: 12mg}", "- {wav: none.wav}", "the sound file 'none.wav' does not exist");
	check_mistake("- {noise: white, level: 12mg}", "- {csv: none.csv}", "the CSV file 'none.csv' does not exist");
}

static void a_scenario_cut_off_anywhere_is_told_or_runs(void **state)
{
	size_t size;
	lay_out();
	uint8_t *whole = bytes_of(GOOD, &size);
	for (size_t keep = 0; keep < size; keep += 61) {
		const char *path = put_bytes("cut.yaml", whole, keep);
		struct ran ran = RUN("run", path, "--quiet", "--time", "20ms");
		bool told = ran.exit == USAGE && is_one_line(&ran) && strstr(ran.err, text("%s:", path));
		if (!told && ran.exit != HELD && ran.exit != FAILED)
			fail_msg("%zu bytes: exit %d:\n%s", keep, ran.exit, ran.err);
		ran_free(&ran);
	}
	free(whole);
}

/* --- data of scenarios ----------------------------------------------------------------------------------- */

static void put_le(uint8_t *at, uint32_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* 16-bit PCM, three channels, 1600 Hz. */
static size_t make_wav(uint8_t *to, unsigned frames)
{
	uint32_t data = frames * 6;
	memcpy(to, "RIFF....WAVEfmt ", 16);
	put_le(to + 4, 36 + data, 4);
	put_le(to + 16, 16, 4);
	put_le(to + 20, 1, 2);
	put_le(to + 22, 3, 2);
	put_le(to + 24, 1600, 4);
	put_le(to + 28, 1600 * 6, 4);
	put_le(to + 32, 6, 2);
	put_le(to + 34, 16, 2);
	memcpy(to + 36, "data", 4);
	put_le(to + 40, data, 4);
	for (unsigned i = 0; i < frames * 3; i++)
		put_le(to + 44 + 2 * i, i * 37, 2);
	return 44 + data;
}

/* The scenario plays `name`; each cut either runs or is refused in one line that names it. */
static void check_cuts(const char *name, const char *source, const uint8_t *whole, size_t size, size_t step)
{
	unsigned refused = 0;
	lay_out();
	put_changed("data.yaml", GOOD, "- {noise: white, level: 12mg}", source);
	for (size_t keep = 0; keep <= size; keep += step) {
		put_bytes(name, whole, keep);
		struct ran ran = RUN("run", SCRATCH("data.yaml"), "--quiet", "--time", "20ms");
		if (ran.exit == USAGE && is_one_line(&ran) && strstr(ran.err, name))
			refused++;
		else if (ran.exit != HELD && ran.exit != FAILED)
			fail_msg("%s with %zu bytes: exit %d:\n%s", name, keep, ran.exit, ran.err);
		ran_free(&ran);
	}
	assert_true(refused > 0);
}

static void a_sound_file_cut_off_anywhere_is_told_or_plays(void **state)
{
	uint8_t wav[44 + 6 * 100];
	check_cuts("cut.wav", "- {wav: cut.wav, loop: true}", wav, make_wav(wav, 100), 9);
}

static void a_table_cut_off_anywhere_is_told_or_plays(void **state)
{
	static const char csv[] = "t,x,y,z\n0,0.1,0.2,1\n0.1,0.3,-0.2,1.1\n0.2,1e-3,,0.9\n0.3,oops,0,0\n";
	check_cuts("cut.csv", "- {csv: cut.csv}", (const uint8_t *)csv, strlen(csv), 3);
}

static void a_word_in_a_table_is_told_with_its_place(void **state)
{
	lay_out();
	put_text("bad.csv", "t,x,y,z\n0,0.1,0.2,1\n0.1,0.3,oops,1.1\n");
	put_changed("bad.yaml", GOOD, "- {noise: white, level: 12mg}", "- {csv: bad.csv}");
	REFUSED(USAGE, "bad.csv:3:9", "run", SCRATCH("bad.yaml"));
}

/* --- models ---------------------------------------------------------------------------------------------- */

static void a_model_cut_off_anywhere_is_told_in_one_line(void **state)
{
	size_t size;
	uint8_t *whole = bytes_of(MODEL, &size);
	for (size_t keep = 0; keep < size; keep += 97 + keep / 8) {
		const char *path = put_bytes("cut.tflite", whole, keep);
		REFUSED(USAGE, path, "infer", path, "--board", BOARD, "--input", INPUT);
		REFUSED(USAGE, path, "size", path);
	}
	free(whole);
}

static void what_is_no_model_is_told_so(void **state)
{
	REFUSED(USAGE, "TensorFlow Lite", "size", GOOD);
	REFUSED(USAGE, "TensorFlow Lite", "infer", INPUT, "--board", BOARD, "--input", INPUT);
	lay_out();
	put_changed("bad.yaml", GOOD, "model: vibration.tflite", "model: labels.txt");
	REFUSED(USAGE, "labels.txt: the model is not", "run", SCRATCH("bad.yaml"));
}

static void a_model_that_does_not_fit_the_board_is_told_with_the_room(void **state)
{
	const char *flash = put_changed("flash.yaml", SOURCE("sim/boards/nucleo-g0b1re.yaml"), "bytes: 512KiB", "bytes: 40KiB");
	const char *ram = put_changed("ram.yaml", SOURCE("sim/boards/nucleo-g0b1re.yaml"), "bytes: 144KiB", "bytes: 8KiB");
	REFUSED(USAGE, "40960", "infer", MODEL, "--board", flash, "--input", INPUT);
	REFUSED(USAGE, "the model needs 5616", "infer", MODEL, "--board", ram, "--input", INPUT);
	lay_out();
	put_changed("bad.yaml", GOOD, "board: nucleo-l4r5zi", "board: flash.yaml");
	REFUSED(USAGE, "40960", "run", SCRATCH("bad.yaml"));
}

static void inputs_of_another_size_are_refused(void **state)
{
	const char *path = put_text("short.bin", "short");
	REFUSED(USAGE, "5 bytes, but the input of", "infer", MODEL, "--board", BOARD, "--input", path);
	REFUSED(USAGE, "take", "infer", MODEL, "--board", BOARD, "--input", INPUT, "--input", INPUT);
	REFUSED(USAGE, "has 1 outputs, not 2", "infer", MODEL, "--board", BOARD, "--input", INPUT, "--output",
		SCRATCH("a"), "--output", SCRATCH("b"));
	assert_int_not_equal(access(SCRATCH("a"), F_OK), 0);
}

/* --- firmware files -------------------------------------------------------------------------------------- */

/* Told in one line, or whatever is left of it ran: it may fault, give up or be cut short, but never kill us. */
static void check_some_firmware(const char *path, const char *what)
{
	struct ran ran = RUN("run", "--board", BOARD, "--firmware", path, "--time", "5ms", "--quiet");
	bool told = ran.exit == USAGE && is_one_line(&ran) && strstr(ran.err, path);
	if (!told && (ran.exit == USAGE || ran.exit > FAULT))
		fail_msg("%s: exit %d:\n%s", what, ran.exit, ran.err);
	ran_free(&ran);
}

static void firmware_cut_off_anywhere_is_told_or_faults(void **state)
{
	size_t size;
	uint8_t *whole = bytes_of(FIRMWARE("hello"), &size);
	for (size_t keep = 1; keep < size; keep += 1 + keep / 4)
		check_some_firmware(put_bytes("cut.elf", whole, keep), text("%zu bytes of an ELF file", keep));
	free(whole);
}

static void a_broken_elf_header_is_told_or_faults(void **state)
{
	size_t size;
	uint8_t *whole = bytes_of(FIRMWARE("hello"), &size);
	for (size_t at = 0; at < 52; at++) {
		uint8_t was = whole[at];
		whole[at] ^= 0xA5;
		check_some_firmware(put_bytes("flip.elf", whole, size), text("byte %zu of an ELF file", at));
		whole[at] = was;
	}
	free(whole);
}

static void firmware_for_another_machine_is_told_so(void **state)
{
	size_t size;
	uint8_t *whole = bytes_of(FIRMWARE("hello"), &size);
	REFUSED(USAGE, "32-bit Arm is expected", "run", "--board", BOARD, "--firmware", BUILT("thumbwatt"));
	((Elf32_Ehdr *)whole)->e_machine = EM_RISCV;
	REFUSED(USAGE, "Arm", "run", "--board", BOARD, "--firmware", put_bytes("riscv.elf", whole, size));
	((Elf32_Ehdr *)whole)->e_machine = EM_ARM;
	((Elf32_Ehdr *)whole)->e_ident[EI_DATA] = ELFDATA2MSB;
	REFUSED(USAGE, "big.elf", "run", "--board", BOARD, "--firmware", put_bytes("big.elf", whole, size));
	free(whole);
	/* The right architecture, but instructions that the core lacks: a fault, told as a story. */
	struct ran ran = RUN("run", "--board", "nucleo-g0b1re", "--firmware", FIRMWARE("hello"), "--time", "1s", "-q");
	assert_int_equal(ran.exit, FAULT);
	assert_non_null(strstr(ran.err, "cortex-m0plus"));
	ran_free(&ran);
}

static size_t make_hex(char *to, unsigned records)
{
	char *at = to + sprintf(to, ":020000040800F2\n");
	for (unsigned r = 0; r < records; r++) {
		unsigned sum = 16 + (r * 16 >> 8) + (r * 16 & 0xFF);
		at += sprintf(at, ":10%04X00", r * 16);
		for (unsigned i = 0; i < 16; i++, sum += 0x20)
			at += sprintf(at, "20");
		at += sprintf(at, "%02X\n", -sum & 0xFF);
	}
	at += sprintf(at, ":00000001FF\n");
	return (size_t)(at - to);
}

static void intel_hex_cut_off_anywhere_is_told_with_its_line(void **state)
{
	char hex[2000];
	size_t size = make_hex(hex, 12);
	for (size_t keep = 1; keep < size - 12; keep += 23) {
		const char *path = put_bytes("cut.hex", hex, keep);
		REFUSED(USAGE, path, "run", "--board", BOARD, "--firmware", path, "--time", "1ms");
	}
	char *sum = strstr(hex, ":10003000") + 9;
	*sum = '3';
	REFUSED(USAGE, "bad.hex:5", "run", "--board", BOARD, "--firmware", put_bytes("bad.hex", hex, size));
}

static void rubbish_in_place_of_a_vector_table_is_told(void **state)
{
	static const uint32_t tables[][4] = {
		{0, 0, 0, 0},                                     /* nothing flashed */
		{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, /* erased */
		{0x20001000, 0x08000009, 0, 0},                   /* plausible; then code that is none */
		{0x20001000, 0x08000008, 0, 0},                   /* no Thumb bit */
		{0x20001000, 0x60000001, 0, 0},                   /* reset into nothing */
		{0x60000000, 0x08000009, 0xB500B500, 0},          /* stack in nothing */
		{0x20000002, 0x20000001, 0, 0},
	};
	for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
		const char *path = put_bytes("rubbish.bin", tables[i], sizeof tables[i]);
		struct ran ran = RUN("run", "--board", BOARD, "--firmware", path, "--time", "1ms", "-q");
		if (!(ran.exit == USAGE && is_one_line(&ran) && strstr(ran.err, path)) && !(ran.exit == FAULT && ran.err_bytes))
			fail_msg("table %u: exit %d:\n%s", i, ran.exit, ran.err);
		ran_free(&ran);
	}
	for (size_t bytes = 1; bytes < 9; bytes++)
		check_some_firmware(put_bytes("tiny.bin", tables[2], bytes), text("%zu raw bytes", bytes));
	uint8_t *large = calloc(1, 4 << 20);
	assert_non_null(large);
	REFUSED(USAGE, "large.bin", "run", "--board", BOARD, "--firmware", put_bytes("large.bin", large, 4 << 20));
	free(large);
}

/* --- firmware that misbehaves ---------------------------------------------------------------------------- */

/* A board of our own, as in tests/machine_fixture.h: the fixtures' console is Arm's UART at 0x40004000. */
static const char *fixture_board(void)
{
	static const char devices[] = "console: line\ndevices:\n  line: {type: cmsdk-uart, at: 0x40004000, irq: [1, 2, 3]}\n";
	char *board = (char *)bytes_of(SOURCE("sim/boards/" BOARD ".yaml"), NULL);
	char *from = strstr(board, "console:"), *to = strstr(board, "\nflash:\n"), *made = malloc(strlen(board) + 100);
	assert_true(from && to && made);
	sprintf(made, "%.*s%s%s", (int)(from - board), board, devices, to);
	const char *path = put_text("fixture.yaml", made);
	free(made);
	free(board);
	return path;
}

/* A fixture with its case chosen: `selected` lies behind the vector table (tests/fw/start.c). */
static const char *with_case(const char *fixture, uint32_t which)
{
	size_t size;
	uint8_t *elf = bytes_of(FIRMWARE(fixture), &size);
	const Elf32_Ehdr *head = (const Elf32_Ehdr *)elf;
	const Elf32_Phdr *part = (const Elf32_Phdr *)(elf + head->e_phoff);
	for (unsigned i = 0; i < head->e_phnum; i++)
		if (part[i].p_type == PT_LOAD && part[i].p_paddr == 0x08000000)
			memcpy(elf + part[i].p_offset + 0xC0, &which, sizeof which);
	const char *path = put_bytes(text("%s-%u.elf", fixture, which), elf, size);
	free(elf);
	return path;
}

static struct ran run_case(const char *fixture, uint32_t which, const char *time)
{
	return RUN("run", "--board", fixture_board(), "--firmware", with_case(fixture, which), "--time", time, "--json",
		   SCRATCH("case.json"));
}

static void check_story(const char *fixture, uint32_t which, const char *said)
{
	struct ran ran = run_case(fixture, which, "50ms");
	if (ran.exit != FAULT || !strstr(ran.err, said) || !strstr(ran.err, "registers:") || !strstr(ran.err, "backtrace"))
		fail_msg("%s, case %u: exit %d:\n%s", fixture, which, ran.exit, ran.err);
	char *report = (char *)bytes_of(SCRATCH("case.json"), NULL);
	assert_non_null(strstr(report, "\"level\": \"invalid\""));
	free(report);
	ran_free(&ran);
}

static void a_fault_is_told_as_a_story_and_gives_3(void **state)
{
	check_story("faults", 1, "read of 0x60000000: nothing is there");
	check_story("faults", 5, "is no instruction");
	check_story("faults", 12, "nothing is there");
	check_story("talk", 5, "write to 0x60000000"); /* whose handler spins for ever */
}

static void a_lock_up_is_told_as_a_story_and_gives_3(void **state)
{
	check_story("faults", 0x200 | 1, "fault");
	char *report = (char *)bytes_of(SCRATCH("case.json"), NULL);
	assert_non_null(strstr(report, "\"stop\": \"lockup\""));
	free(report);
}

static void firmware_that_never_ends_gives_3_when_its_time_is_over(void **state)
{
	struct ran ran = run_case("talk", 4, "20ms");
	assert_int_equal(ran.exit, FAULT);
	assert_non_null(strstr(ran.err, "thumbwatt: the firmware did not finish within --time 0.02 s"));
	assert_non_null(strstr(ran.out, "asleep 0.0 %"));
	ran_free(&ran);
}

static void firmware_that_sleeps_for_ever_ends_at_once_and_is_told(void **state)
{
	struct ran ran = run_case("talk", 3, "1000h");
	assert_non_null(strstr(ran.out, "asleep-forever"));
	ran_free(&ran);
}

static void the_status_of_firmware_decides(void **state)
{
	struct ran ran = run_case("talk", 0, "1s");
	assert_int_equal(ran.exit, HELD);
	ran_free(&ran);
	ran = run_case("hello", 0, "1s");
	assert_int_equal(ran.exit, FAILED);
	assert_memory_equal(ran.out, "hello\nsum=42\n", 13);
	assert_non_null(strstr(ran.err, "thumbwatt: the firmware ended with status 7"));
	ran_free(&ran);
}

/* What it said, whole and unchanged, and a report that is JSON all the same. */
static void check_rubbish(uint32_t which, size_t bytes)
{
	struct ran ran = run_case("talk", which, "100s");
	uint32_t random = 1;
	assert_int_equal(ran.exit, HELD);
	assert_true(ran.out_bytes > bytes);
	for (size_t i = 0; i < bytes; i++) {
		if (i % 4096 == 0)
			random = 1;
		random = random * 1664525 + 1013904223;
		if ((uint8_t)ran.out[i] != (random >> 24 == 4 ? 5 : random >> 24))
			fail_msg("byte %zu is another", i);
	}
	size_t size;
	char *report = (char *)bytes_of(SCRATCH("case.json"), &size);
	assert_int_equal(strlen(report), size); /* no NUL */
	assert_memory_equal(report + size - 2, "}\n", 2);
	free(report);
	ran_free(&ran);
}

static void rubbish_on_a_port_is_kept_as_it_is(void **state)
{
	check_rubbish(2, 4096);
}

static void ten_megabytes_of_rubbish_are_kept_as_they_are(void **state)
{
	check_rubbish(1, 10000000 / 4096 * 4096);
}

/* --- outputs --------------------------------------------------------------------------------------------- */

static const char precious[] = "keep me";

static void check_kept(const char *path)
{
	char *content = (char *)bytes_of(path, NULL);
	assert_string_equal(content, precious);
	free(content);
}

static void an_output_that_is_there_survives_a_failure(void **state)
{
	const char *path = put_text("precious", precious), *model = put_text("broken.tflite", "TFL3");
	REFUSED(USAGE, "broken.tflite", "size", model, "--json", path);
	check_kept(path);
	REFUSED(USAGE, "broken.tflite", "infer", model, "--board", BOARD, "--input", INPUT, "--output", path);
	check_kept(path);
	REFUSED(USAGE, "nowhere", "run", "/nowhere.yaml", "--json", path);
	check_kept(path);
	REFUSED(USAGE, "cannot be made a folder", "run", GOOD, "--out", path);
	check_kept(path);
	/* The folder takes no new file: the old one stays whole. Root may write anywhere, so this one is a device. */
	REFUSED(OURS, "No space left", "infer", MODEL, "--board", BOARD, "--input", INPUT, "--output", "/dev/full", "-q");
	struct stat st;
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void an_output_that_cannot_be_written_is_named(void **state)
{
	REFUSED(OURS, "/dev/full: cannot be written: No space left", "run", GOOD, "--quiet", "--json", "/dev/full");
	REFUSED(OURS, "/dev/full: cannot be written: No space left", "size", MODEL, "--quiet", "--json", "/dev/full");
	REFUSED(USAGE, "/nowhere/x", "size", MODEL, "--quiet", "--json", "/nowhere/x");
	REFUSED(USAGE, "/nowhere/x", "infer", MODEL, "--board", BOARD, "--input", INPUT, "--quiet", "--layers", "/nowhere/x");
	REFUSED(USAGE, scratch, "run", GOOD, "--quiet", "--json", scratch);
	REFUSED(USAGE, "cannot be made a folder", "run", GOOD, "--quiet", "--out", "/dev/null/x");
	WORKS("size", MODEL, "--quiet", "--json", "/dev/null");
}

static void a_link_is_written_through(void **state)
{
	const char *target = put_text("target", precious), *link = SCRATCH("link");
	assert_int_equal(symlink(target, link), 0);
	WORKS("infer", MODEL, "--board", BOARD, "--input", INPUT, "--output", link, "--quiet");
	struct stat st;
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 3);
}

static void a_summary_is_not_lost_with_a_full_disk(void **state)
{
	struct ran ran = RUN("run", GOOD, "--json", "/dev/full");
	assert_int_equal(ran.exit, OURS);
	assert_non_null(strstr(ran.out, "9 of 9 held"));
	ran_free(&ran);
}

static void a_record_that_is_none_is_told_by_the_window(void **state)
{
	size_t size;
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	const char *out = SCRATCH("whole");
	WORKS("run", GOOD, "--quiet", "--out", out);
	uint8_t *whole = bytes_of(SCRATCH("whole/run.twr"), &size);
	for (size_t keep = 0; keep < size; keep += size / 6 + 1) {
		const char *path = put_bytes("cut.twr", whole, keep);
		struct ran ran = RUN("gui", path, "--screenshot", SCRATCH("cut.png"));
		if (ran.exit != USAGE || !strstr(ran.err, path) || !is_one_line(&ran))
			fail_msg("%zu bytes of a record: exit %d:\n%s", keep, ran.exit, ran.err);
		ran_free(&ran);
	}
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_command_line_is_told_in_one_line),
		cmocka_unit_test(a_board_that_nobody_knows_is_refused_with_those_that_are),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
		cmocka_unit_test(a_folder_a_device_and_an_empty_file_are_no_input),
		cmocka_unit_test(a_mistake_in_a_scenario_is_told_with_its_place_and_the_choice),
		cmocka_unit_test(a_scenario_cut_off_anywhere_is_told_or_runs),
		cmocka_unit_test(a_sound_file_cut_off_anywhere_is_told_or_plays),
		cmocka_unit_test(a_table_cut_off_anywhere_is_told_or_plays),
		cmocka_unit_test(a_word_in_a_table_is_told_with_its_place),
		cmocka_unit_test(a_model_cut_off_anywhere_is_told_in_one_line),
		cmocka_unit_test(what_is_no_model_is_told_so),
		cmocka_unit_test(a_model_that_does_not_fit_the_board_is_told_with_the_room),
		cmocka_unit_test(inputs_of_another_size_are_refused),
		cmocka_unit_test(firmware_cut_off_anywhere_is_told_or_faults),
		cmocka_unit_test(a_broken_elf_header_is_told_or_faults),
		cmocka_unit_test(firmware_for_another_machine_is_told_so),
		cmocka_unit_test(intel_hex_cut_off_anywhere_is_told_with_its_line),
		cmocka_unit_test(rubbish_in_place_of_a_vector_table_is_told),
		cmocka_unit_test(a_fault_is_told_as_a_story_and_gives_3),
		cmocka_unit_test(a_lock_up_is_told_as_a_story_and_gives_3),
		cmocka_unit_test(firmware_that_never_ends_gives_3_when_its_time_is_over),
		cmocka_unit_test(firmware_that_sleeps_for_ever_ends_at_once_and_is_told),
		cmocka_unit_test(the_status_of_firmware_decides),
		cmocka_unit_test(rubbish_on_a_port_is_kept_as_it_is),
		cmocka_unit_test(ten_megabytes_of_rubbish_are_kept_as_they_are),
		cmocka_unit_test(an_output_that_is_there_survives_a_failure),
		cmocka_unit_test(an_output_that_cannot_be_written_is_named),
		cmocka_unit_test(a_link_is_written_through),
		cmocka_unit_test(a_summary_is_not_lost_with_a_full_disk),
		cmocka_unit_test(a_record_that_is_none_is_told_by_the_window),
	};
	return cmocka_run_group_tests(tests, cli_begin, cli_end);
}
