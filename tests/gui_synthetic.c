/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gui_synthetic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000000ull
#define S (1000 * MS)
#define HZ 120000000ull
#define STEP (5 * MS) /* what is made at a time */

static const struct {
	uint32_t op, share; /* in 1/1000 of the cycles */
	uint32_t macs, arena;
} layers[] = {{3, 310, 110592, 24576}, {4, 120, 36864, 28160}, {3, 270, 98304, 22528}, {4, 90, 18432, 20480},
	      {3, 140, 49152, 16384}, {1, 20, 0, 8192},       {9, 35, 192, 2048},     {25, 15, 0, 1024}};
#define LAYERS (sizeof layers / sizeof *layers)

static const char first_report[] =
	"{\"schema\": \"thumbwatt.report/1\", \"scenario\": \"vibration-monitor\", \"board\": \"nucleo-l4r5zi\","
	" \"core\": \"Cortex-M4F\", \"clock_hz\": 120000000, \"supply_mv\": 1800,"
	" \"labels\": [\"healthy\", \"imbalance\", \"bearing fault\"],"
	" \"power_table\": {\"run\": 42.0, \"sleep\": 0.34, \"stop\": 0.01},"
	" \"memory\": {\"arena_capacity_bytes\": 32768, \"stack_capacity_bytes\": 4096},"
	" \"energy\": {\"battery\": {\"capacity_mah\": 220}},"
	" \"budgets\": [{\"metric\": \"latency_ms\", \"limit\": 60},"
	" {\"metric\": \"energy_uj_per_inference\", \"limit\": 2000}, {\"metric\": \"arena_bytes\", \"limit\": 32768},"
	" {\"metric\": \"average_mw\", \"limit\": 9}]}";

static const char last_report[] =
	"{\"schema\": \"thumbwatt.report/1\", \"scenario\": \"vibration-monitor\", \"board\": \"nucleo-l4r5zi\","
	" \"core\": \"Cortex-M4F\", \"clock_hz\": 120000000, \"supply_mv\": 1800, \"cycles\": 180000000,"
	" \"labels\": [\"healthy\", \"imbalance\", \"bearing fault\"],"
	" \"power_table\": {\"run\": 42.0, \"sleep\": 0.34, \"stop\": 0.01},"
	" \"inferences\": {\"count\": 40, \"latency_ms\": {\"mean\": 34.1}, \"energy_uj\": {\"mean\": 1432}},"
	" \"memory\": {\"arena_bytes\": 28160, \"arena_capacity_bytes\": 32768, \"stack_capacity_bytes\": 4096,"
	"  \"stack_peak_bytes\": 1236},"
	" \"energy\": {\"average_mw\": 6.3, \"battery\": {\"capacity_mah\": 220, \"days\": 418}},"
	" \"quality\": {\"inferences.latency_ms.mean\": {\"grade\": \"calibrated\", \"low\": 33.1, \"high\": 35.1},"
	"  \"inferences.energy_uj.mean\": {\"grade\": \"estimated\", \"low\": 1318, \"high\": 1546},"
	"  \"memory.arena_bytes\": {\"grade\": \"measured\", \"low\": 28160, \"high\": 28160},"
	"  \"energy.battery.days\": {\"grade\": \"estimated\", \"low\": 376, \"high\": 460}},"
	" \"functions\": [{\"name\": \"conv_s8_dsp\", \"cycles_self\": 104760000},"
	"  {\"name\": \"depthwise_s8_dsp\", \"cycles_self\": 37080000}, {\"name\": \"window_to_input\", \"cycles_self\": 16020000},"
	"  {\"name\": \"requantize_row\", \"cycles_self\": 10980000}, {\"name\": \"softmax_s8\", \"cycles_self\": 2980000},"
	"  {\"name\": \"uart_write\", \"cycles_self\": 1180000}],"
	" \"validity\": {\"level\": \"ok\", \"issues\": []}, \"honesty\": {\"modelled\": 31, \"stubbed\": 2, \"guessed\": 0},"
	" \"budgets\": [{\"metric\": \"latency_ms\", \"limit\": 60, \"actual\": 34.1, \"pass\": true},"
	" {\"metric\": \"energy_uj_per_inference\", \"limit\": 2000, \"actual\": 1432, \"pass\": true},"
	" {\"metric\": \"arena_bytes\", \"limit\": 32768, \"actual\": 28160, \"pass\": true},"
	" {\"metric\": \"average_mw\", \"limit\": 6, \"actual\": 6.3, \"pass\": false}],"
	" \"host\": {\"mips\": 612}}";

struct prof_record *gui_synthetic_begin(void)
{
	struct prof_record *record;
	struct err err;
	struct prof_sensor sensor = {.name = "vibration", .unit = "g", .channel = {"x", "y", "z"}, .channels = 3,
				     .scale = 1.0 / 2048, .rate_mhz = 1600000};
	if (!prof_record_create(&record, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	prof_record_add_sensor(record, &sensor);
	prof_record_add_port(record, "usart3");
	prof_record_set_report(record, first_report);
	prof_record_append(record, PROF_TRACK_POWER, &(struct prof_power){.hz = HZ, .state = SIM_POWER_RUN});
	return record;
}

static unsigned class_at(uint64_t t_ps)
{
	unsigned s = (unsigned)(t_ps / S) % 60;
	return s * 10 + (unsigned)(t_ps % S / (100 * MS)) < 26 ? 0 : s < 5 ? 1 : 2;
}

/* -0.5 … 0.5, the same for the same `what` on every machine. */
static double noise(uint64_t what)
{
	what = (what + 1) * 0x9E3779B97F4A7C15ull;
	what = (what ^ what >> 29) * 0xBF58476D1CE4E5B9ull;
	return (double)(what >> 40) / (1 << 24) - 0.5;
}

static void put_frame(struct prof_record *record, uint64_t index)
{
	struct prof_frame frame = {.t_ps = index * 625000000ull};
	double t = (double)index / 1600, second = (double)(frame.t_ps % (60 * S)) / (double)S;
	double swing = second < 2.4 ? 0.16 : 0.45;
	if (second >= 4.3 && second < 4.5) /* the dropout: silence */
		return;
	for (unsigned c = 0; c < 3; c++) {
		double v = swing * sin(t * 2 * M_PI * 3.1 + c * 2.1) +
			   0.06 * sin(t * 2 * M_PI * 47 * (c + 1)) + 0.05 * noise(index * 8 + c);
		double beat = fmod(t * 7.3 + c * 0.17, 1);
		if (second >= 4.9 && beat < 0.04)
			v += 1.1 * exp(-beat * 70) * sin(beat * 500 + c);
		frame.count[c] = (int16_t)lrint(v * 2048);
	}
	prof_record_append_frame(record, 0, &frame);
}

static void put_power(struct prof_record *record, uint64_t t_ps, enum sim_power_state state)
{
	prof_record_append(record, PROF_TRACK_POWER,
			   &(struct prof_power){.t_ps = t_ps, .hz = HZ, .state = state});
}

static void put_irq(struct prof_record *record, uint64_t t_ps, uint64_t ps)
{
	prof_record_append(record, PROF_TRACK_EXCEPTION,
			   &(struct prof_exception){.t_ps = t_ps, .number = 37, .entry = 1});
	prof_record_append(record, PROF_TRACK_EXCEPTION,
			   &(struct prof_exception){.t_ps = t_ps + ps, .number = 37});
}

static void put_memory(struct prof_record *record, uint64_t t_ps, uint32_t stack, uint32_t arena)
{
	struct prof_memory memory = {t_ps, stack, 1236, arena, 28160};
	prof_record_append(record, PROF_TRACK_MEMORY, &memory);
}

static void put_text(struct prof_record *record, uint64_t t_ps, const char *text)
{
	for (; *text; text++, t_ps += 87 * 1000000ull)
		prof_record_append(record, PROF_TRACK_UART,
				   &(struct prof_uart){.t_ps = t_ps, .byte = (uint8_t)*text});
}

static void put_note(struct prof_record *record, uint64_t begin_ps, uint64_t end_ps, enum prof_note_kind kind,
		     const char *text)
{
	struct prof_note note = {.begin_ps = begin_ps, .end_ps = end_ps, .kind = kind};
	snprintf(note.text, sizeof note.text, "%s", text);
	prof_record_append(record, PROF_TRACK_NOTE, &note);
}

static void put_inference(struct prof_record *record, uint64_t t_ps, uint32_t index)
{
	static const char *const name[] = {"healthy", "imbalance", "bearing fault"};
	uint64_t took = 34100000000ull + (uint64_t)(noise(index) * 4e8), at = t_ps;
	uint32_t cycles = 4092000;
	for (uint32_t i = 0; i < LAYERS; i++) {
		uint64_t ps = took * layers[i].share / 1000;
		struct prof_layer layer = {at,
					   at + ps,
					   (uint64_t)cycles * layers[i].share / 1000,
					   layers[i].macs,
					   index,
					   i,
					   layers[i].op,
					   0};
		put_memory(record, at, 900 + 40 * (i & 3), layers[i].arena);
		prof_record_append(record, PROF_TRACK_LAYER, &layer);
		at += ps;
	}
	put_memory(record, at, 320, 1024);
	struct prof_inference inference = {t_ps, at, cycles, index, 0};
	struct prof_result result = {.t_ps = at, .inference = index, .label = class_at(t_ps), .scores = 3};
	float best = 0.95f + (float)noise(index + 1000000) * 0.06f;
	for (unsigned i = 0; i < 3; i++)
		result.score[i] = i == result.label ? best : (1 - best) / 2;
	prof_record_append(record, PROF_TRACK_INFERENCE, &inference);
	prof_record_append(record, PROF_TRACK_RESULT, &result);
	char text[64];
	snprintf(text, sizeof text, "%s %.2f\n", name[result.label], (double)best);
	put_text(record, at, text);
}

/* One STEP that begins at `t_ps`: a wake-up for samples, or an inference that lasts seven of them. */
static void put_step(struct prof_record *record, uint64_t t_ps)
{
	uint64_t phase = t_ps % (250 * MS);
	for (uint64_t i = t_ps / 625000000ull; i < (t_ps + STEP) / 625000000ull; i++)
		put_frame(record, i);
	if (t_ps % (60 * S) == 4300 * MS)
		put_note(record, t_ps, t_ps + 200 * MS, PROF_NOTE_STIMULUS, "vibration: dropout");
	if (t_ps % (60 * S) == 4900 * MS)
		put_note(record, t_ps, t_ps, PROF_NOTE_STIMULUS, "scenario: impulses 7.3 Hz, 1.1 g");
	if (phase == 10 * MS) {
		put_irq(record, t_ps, 400000000);
		put_power(record, t_ps, SIM_POWER_RUN);
		put_inference(record, t_ps + 450000000, (uint32_t)(t_ps / (250 * MS)));
	} else if (phase == 45 * MS) {
		put_power(record, t_ps + 1200000000, SIM_POWER_SLEEP);
	} else if (phase > 45 * MS && t_ps % (40 * MS) == 0) {
		put_power(record, t_ps, SIM_POWER_RUN);
		put_irq(record, t_ps, 300000000);
		put_power(record, t_ps + 340000000, SIM_POWER_SLEEP);
	} else if (!t_ps) {
		put_power(record, t_ps + 3 * MS, SIM_POWER_SLEEP);
	}
}

void gui_synthetic_advance(struct prof_record *record, uint64_t until_ps)
{
	uint64_t instructions = 0;
	struct sim_when now = prof_record_now(record, &instructions);
	while (now.ps + STEP <= until_ps) {
		put_step(record, now.ps);
		now.ps += STEP;
		now.cycle = now.ps / 1000000 * HZ / 1000000;
		prof_record_set_now(record, now, instructions += 90000);
	}
}

struct prof_record *gui_synthetic_run(unsigned seconds)
{
	struct prof_record *record = gui_synthetic_begin();
	gui_synthetic_advance(record, seconds * S);
	prof_record_set_report(record, last_report);
	return record;
}
