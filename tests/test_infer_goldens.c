/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The public models on every board whose memory holds them: outputs byte for byte, layers by CRC-32. Says so and
 * passes where the models are absent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "session/inference.h"

static const char *const MODELS[] = {"hello_world_int8", "hello_world_float", "micro_speech_quantized", "kws_ref_model",
				     "person_detect"};
enum { MODEL_COUNT = sizeof MODELS / sizeof *MODELS, RUNS = 4 };

static char folder[512];

static bool read_file(uint8_t **bytes, size_t *size, const char *model, const char *format, int run)
{
	char name[64], path[700];
	struct err err;
	snprintf(name, sizeof name, format, run);
	snprintf(path, sizeof path, "%s/%s/%s", folder, model, name);
	return file_read(path, 16 << 20, bytes, size, &err);
}

/* CRC of operator `op` in run `run`, from lines "RUN n …" and "  op  n tensor … crc=xxxxxxxx". */
static uint32_t golden_crc(const char *layers, int run, unsigned op)
{
	char start[16];
	snprintf(start, sizeof start, "RUN %d ", run);
	const char *at = strstr(layers, start);
	for (; at && (at = strstr(at, "\n  op")) != NULL; at++) {
		unsigned index;
		uint32_t crc;
		if (sscanf(at, " op %u tensor %*u bytes= %*u crc=%x", &index, &crc) == 2 && index == op)
			return crc;
	}
	return 0;
}

static bool is_float(const char *model)
{
	return strstr(model, "float") != NULL;
}

/* Equal, or for floats within two in the last place. */
static bool same(const char *model, const uint8_t *golden, const uint8_t *got, size_t bytes)
{
	if (!is_float(model))
		return memcmp(golden, got, bytes) == 0;
	for (size_t i = 0; i + 4 <= bytes; i += 4) {
		int32_t a, b;
		memcpy(&a, golden + i, 4);
		memcpy(&b, got + i, 4);
		if (a - b > 2 || b - a > 2)
			return false;
	}
	return true;
}

static void check_run(const struct sim_board *board, const char *model, const struct session_bundle *bundle, int run,
		      const char *layers, unsigned *fitted)
{
	struct session_inference result;
	struct err err;
	uint8_t *golden;
	size_t golden_bytes;
	if (!session_infer(board, bundle, &result, &err)) {
		/* "has no flash": the FPGA boards, whose memories lie elsewhere */
		if (!strstr(err.text, "does not fit") && !strstr(err.text, "has no flash"))
			fail_msg("%s: %s", model, err.text);
		assert_int_equal(err.kind, ERR_INPUT);
		return;
	}
	(*fitted)++;
	assert_true(read_file(&golden, &golden_bytes, model, "output_%d.bin", run));
	assert_int_equal(result.outputs, 1);
	assert_int_equal(result.output[0].bytes, golden_bytes);
	if (!same(model, golden, result.output[0].data, golden_bytes))
		fail_msg("%s run %d on %s: another output", model, run, board->name);
	for (size_t i = 0; i < result.layers && !is_float(model); i++) {
		uint32_t expected = golden_crc(layers, run, result.layer[i].index);
		if (result.layer[i].crc32 != expected)
			fail_msg("%s run %d on %s, layer %u: crc %08x, not %08x", model, run, board->name,
				 result.layer[i].index, result.layer[i].crc32, expected);
	}
	assert_true(result.layers > 0);
	free(golden);
	session_inference_free(&result);
}

static void every_model_gives_the_golden_bytes_on_every_board_that_holds_it(void **state)
{
	struct err err;
	char **names = sim_board_names(&err);
	assert_non_null(names);
	for (int m = 0; m < MODEL_COUNT; m++) {
		uint8_t *model, *layers, *input;
		size_t model_bytes, layers_bytes, input_bytes;
		unsigned fitted = 0;
		if (!read_file(&model, &model_bytes, MODELS[m], "model.tflite", 0)) {
			print_message("%s is absent: not tried\n", MODELS[m]);
			continue;
		}
		assert_true(read_file(&layers, &layers_bytes, MODELS[m], "layers.txt", 0));
		for (char **name = names; *name; name++) {
			struct sim_board board;
			assert_true(sim_board_read(*name, &board, &err));
			for (int run = 0; run < RUNS; run++) {
				assert_true(read_file(&input, &input_bytes, MODELS[m], "input_%d.bin", run));
				const struct session_bundle bundle = {
					.mode = RT_MODE_INFER, .model_path = MODELS[m], .model = model,
					.model_bytes = model_bytes, .inputs = input, .inputs_bytes = input_bytes,
					.runs = 1, .clock_hz = board.clock_hz, .layer_marks = true,
				};
				check_run(&board, MODELS[m], &bundle, run, (char *)layers, &fitted);
				free(input);
			}
		}
		print_message("%s: %u runs equal\n", MODELS[m], fitted);
		assert_true(fitted > 0);
		free(layers);
		free(model);
	}
	sim_board_names_free(names);
}

int main(void)
{
	const char *root = getenv("SOURCE_ROOT");
	snprintf(folder, sizeof folder, "%s/../shared/models", root ? root : ".");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_gives_the_golden_bytes_on_every_board_that_holds_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
