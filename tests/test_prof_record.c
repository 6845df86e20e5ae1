/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "profiler/record.h"

static struct prof_record *fresh(void)
{
	struct prof_record *record = NULL;
	struct err err;
	assert_true(prof_record_create(&record, &err));
	return record;
}

static unsigned add_sensor(struct prof_record *record)
{
	struct prof_sensor s = {.name = "imu", .unit = "g", .channel = {"x", "y"}, .channels = 2,
				.scale = 1.0 / 16384, .rate_mhz = 104000};
	return prof_record_add_sensor(record, &s);
}

static void items_never_move(void **state)
{
	struct prof_record *record = fresh();
	struct prof_power p = {.hz = 1};
	prof_record_append(record, PROF_TRACK_POWER, &p);
	const struct prof_power *first = prof_record_item(record, PROF_TRACK_POWER, 0);
	for (uint64_t i = 1; i < 100000; i++) {
		p.t_ps = i * 10;
		prof_record_append(record, PROF_TRACK_POWER, &p);
	}
	assert_ptr_equal(first, prof_record_item(record, PROF_TRACK_POWER, 0));
	assert_int_equal(prof_record_count(record, PROF_TRACK_POWER), 100000);
	for (uint64_t i = 0; i < 100000; i += 997)
		assert_int_equal(
			((const struct prof_power *)prof_record_item(record, PROF_TRACK_POWER, i))->t_ps,
			i * 10);
	prof_record_destroy(record);
}

static void find_gives_the_last_item_not_after(void **state)
{
	struct prof_record *record = fresh();
	assert_int_equal(prof_record_find(record, PROF_TRACK_NOTE, 5), SIZE_MAX);
	const uint64_t at[] = {10, 20, 20, 30};
	for (int i = 0; i < 4; i++) {
		struct prof_note n = {.begin_ps = at[i], .end_ps = at[i] + 100};
		prof_record_append(record, PROF_TRACK_NOTE, &n);
		struct prof_layer l = {.begin_ps = 0, .end_ps = at[i]};
		prof_record_append(record, PROF_TRACK_LAYER, &l);
	}
	assert_int_equal(prof_record_find(record, PROF_TRACK_NOTE, 9), SIZE_MAX);
	assert_int_equal(prof_record_find(record, PROF_TRACK_NOTE, 10), 0);
	assert_int_equal(prof_record_find(record, PROF_TRACK_NOTE, 20), 2);
	assert_int_equal(prof_record_find(record, PROF_TRACK_LAYER, 29), 2);
	assert_int_equal(prof_record_find(record, PROF_TRACK_LAYER, UINT64_MAX), 3);
	prof_record_destroy(record);
}

static int16_t noise(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (int16_t)(*seed >> 16);
}

static void the_pyramid_agrees_with_a_scan(void **state)
{
	struct prof_record *record = fresh();
	unsigned s = add_sensor(record);
	uint32_t seed = 1;
	enum { FRAMES = 20000 };
	for (uint64_t i = 0; i < FRAMES; i++) {
		struct prof_frame f = {.t_ps = i, .count = {noise(&seed), (int16_t)(noise(&seed) / 4)}};
		prof_record_append_frame(record, s, &f);
	}
	for (int trial = 0; trial < 300; trial++) {
		size_t a = (uint16_t)noise(&seed) % FRAMES, b = (uint16_t)noise(&seed) % (FRAMES + 50);
		unsigned channel = (unsigned)trial & 1;
		int16_t low = INT16_MAX, high = INT16_MIN, got_low, got_high;
		for (size_t i = a; i < b && i < FRAMES; i++) {
			int16_t v = prof_record_frame(record, s, i)->count[channel];
			low = v < low ? v : low;
			high = v > high ? v : high;
		}
		prof_record_envelope(record, s, channel, a, b, &got_low, &got_high);
		assert_int_equal(got_low, a < b ? low : 0);
		assert_int_equal(got_high, a < b ? high : 0);
	}
	prof_record_destroy(record);
}

struct shared {
	struct prof_record *record;
	unsigned sensor;
	atomic_bool done;
	atomic_uint bad, looked;
};

static void *read_while_written(void *context)
{
	struct shared *s = context;
	while (!atomic_load(&s->done)) {
		size_t n = prof_record_frames(s->record, s->sensor);
		if (n == 0)
			continue;
		const struct prof_frame *f = prof_record_frame(s->record, s->sensor, n - 1);
		int16_t low, high;
		prof_record_envelope(s->record, s->sensor, 0, 0, n, &low, &high);
		struct sim_when now = prof_record_now(s->record, NULL);
		if (f->t_ps != n - 1 || f->count[0] != (int16_t)((n - 1) & 0x3fff) || low != 0 ||
		    now.cycle != now.ps * 2 || now.active != now.ps * 3)
			atomic_fetch_add(&s->bad, 1);
		atomic_fetch_add(&s->looked, 1);
	}
	return NULL;
}

static void a_reader_on_another_thread_sees_whole_items(void **state)
{
	struct shared s = {.record = fresh()};
	s.sensor = add_sensor(s.record);
	pthread_t reader;
	assert_int_equal(pthread_create(&reader, NULL, read_while_written, &s), 0);
	for (uint64_t i = 0; i < 200000 || atomic_load(&s.looked) < 10; i++) {
		struct prof_frame f = {.t_ps = i, .count = {(int16_t)(i & 0x3fff)}};
		prof_record_append_frame(s.record, s.sensor, &f);
		prof_record_set_now(s.record, (struct sim_when){i, i * 2, i * 3}, i);
	}
	atomic_store(&s.done, true);
	pthread_join(reader, NULL);
	assert_int_equal(atomic_load(&s.bad), 0);
	prof_record_destroy(s.record);
}

static struct prof_record *example(void)
{
	struct prof_record *record = fresh();
	unsigned port = prof_record_add_port(record, "lpuart1"), s = add_sensor(record);
	assert_int_equal(prof_record_add_port(record, "usart2"), port + 1);
	assert_int_equal(prof_record_add_port(record, "lpuart1"), port);
	uint32_t seed = 7;
	for (uint64_t i = 0; i < 9000; i++) {
		struct prof_frame f = {
			.t_ps = i * 7, .count = {noise(&seed), noise(&seed)}, .lost = i % 3 == 0};
		prof_record_append_frame(record, s, &f);
	}
	struct prof_power p = {.t_ps = 3, .hz = 80000000, .state = SIM_POWER_SLEEP};
	struct prof_inference inference = {.begin_ps = 4, .end_ps = 9, .cycles = UINT64_C(9007199254740993)};
	struct prof_layer layer = {.begin_ps = 4, .end_ps = 6, .macs = 12, .op = 3};
	struct prof_result result = {.t_ps = 9, .label = 1, .score = {0.25f, 0.75f}, .scores = 2};
	struct prof_memory memory = {.t_ps = 9, .stack_peak = 480};
	struct prof_exception exception = {.t_ps = 9, .number = 86, .entry = 1};
	struct prof_uart uart = {.t_ps = 10, .port = 1, .byte = 'x'};
	struct prof_note note = {.begin_ps = 10, .end_ps = 11, .kind = PROF_NOTE_FAULT, .text = "dropout"};
	prof_record_append(record, PROF_TRACK_POWER, &p);
	prof_record_append(record, PROF_TRACK_INFERENCE, &inference);
	prof_record_append(record, PROF_TRACK_LAYER, &layer);
	prof_record_append(record, PROF_TRACK_RESULT, &result);
	prof_record_append(record, PROF_TRACK_MEMORY, &memory);
	prof_record_append(record, PROF_TRACK_EXCEPTION, &exception);
	prof_record_append(record, PROF_TRACK_UART, &uart);
	prof_record_append(record, PROF_TRACK_NOTE, &note);
	prof_record_set_report(record, "{\"schema\":1}");
	prof_record_set_now(record, (struct sim_when){12, 13, 14, 16}, 15);
	return record;
}

static const size_t item_bytes[PROF_TRACKS] = {
	sizeof(struct prof_power),  sizeof(struct prof_inference), sizeof(struct prof_layer),
	sizeof(struct prof_result), sizeof(struct prof_memory),    sizeof(struct prof_exception),
	sizeof(struct prof_uart),   sizeof(struct prof_note),
};

static char path[] = "/tmp/thumbwatt-record-XXXXXX";

static void what_is_saved_is_loaded(void **state)
{
	struct prof_record *a = example(), *b = NULL;
	struct err err;
	assert_true(prof_record_save(a, path, &err));
	assert_true(prof_record_load(path, &b, &err));
	for (int t = 0; t < PROF_TRACKS; t++) {
		assert_int_equal(prof_record_count(b, t), 1);
		assert_memory_equal(prof_record_item(a, t, 0), prof_record_item(b, t, 0), item_bytes[t]);
	}
	assert_int_equal(prof_record_frames(b, 0), 9000);
	for (size_t i = 0; i < 9000; i++) {
		const struct prof_frame *was = prof_record_frame(a, 0, i), *is = prof_record_frame(b, 0, i);
		assert_true(was->t_ps == is->t_ps && was->lost == is->lost);
		assert_memory_equal(was->count, is->count, prof_record_sensor(a, 0)->channels * sizeof *was->count);
	}
	assert_string_equal(prof_record_sensor(b, 0)->channel[1], "y");
	assert_true(prof_record_sensor(b, 0)->scale == 1.0 / 16384);
	assert_string_equal(prof_record_port(b, 1), "usart2");
	assert_null(prof_record_port(b, 2));
	char *report = prof_record_report(b, NULL);
	assert_string_equal(report, "{\"schema\":1}");
	free(report);
	uint64_t instructions;
	assert_int_equal(prof_record_now(b, &instructions).active, 14);
	assert_int_equal(prof_record_now(b, NULL).waited, 16);
	assert_int_equal(instructions, 15);
	prof_record_destroy(a);
	prof_record_destroy(b);
}

static void a_damaged_file_is_refused_and_nothing_returned(void **state)
{
	struct prof_record *a = example(), *b = NULL;
	struct err err;
	uint8_t *bytes;
	size_t size;
	assert_true(prof_record_save(a, path, &err));
	prof_record_destroy(a);
	assert_true(file_read(path, 1 << 24, &bytes, &size, &err));
	for (size_t keep = 0; keep < size; keep += 1 + size / 60) {
		assert_true(file_write(path, bytes, keep, &err));
		assert_false(prof_record_load(path, &b, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	/* Every byte of header, chunk heads' kinds, sizes and checksums, and of packed data is needed; 24
	 * reserved ones are not. */
	uint32_t seed = 3;
	unsigned accepted = 0;
	for (int trial = 0; trial < 400; trial++) {
		size_t at = ((size_t)(uint16_t)noise(&seed) << 8 ^ (uint16_t)noise(&seed)) % size;
		bytes[at] ^= 0x41;
		assert_true(file_write(path, bytes, size, &err));
		if (prof_record_load(path, &b, &err)) {
			accepted++;
			prof_record_destroy(b);
			b = NULL;
		}
		assert_null(b);
		bytes[at] ^= 0x41;
	}
	assert_true(accepted <= 4);
	free(bytes);
	unlink(path);
}

static void the_report_is_versioned(void **state)
{
	struct prof_record *record = fresh();
	unsigned version = 9;
	assert_null(prof_record_report(record, &version));
	assert_int_equal(version, 0);
	prof_record_set_report(record, "{}");
	prof_record_set_report(record, "{\"a\":1}");
	char *text = prof_record_report(record, &version);
	assert_string_equal(text, "{\"a\":1}");
	assert_int_equal(version, 2);
	free(text);
	prof_record_destroy(record);
}

int main(void)
{
	close(mkstemp(path));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_never_move),
		cmocka_unit_test(find_gives_the_last_item_not_after),
		cmocka_unit_test(the_pyramid_agrees_with_a_scan),
		cmocka_unit_test(a_reader_on_another_thread_sees_whole_items),
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(a_damaged_file_is_refused_and_nothing_returned),
		cmocka_unit_test(the_report_is_versioned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
