/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt infer: raw tensor bytes in, raw tensor bytes out, and what it cost. */
#include "base/file.h"
#include "cli/command.h"
#include "session/inference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TENSORS = 16, MOST_MODEL = 64 << 20, MOST_INPUT = 16 << 20 };
enum { OPTION_LAYERS = 256, OPTION_CLOCK };

struct arguments {
	const char *model, *board, *layers;
	const char *input[MOST_TENSORS], *output[MOST_TENSORS];
	unsigned inputs, outputs;
	bool quiet;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'b': a->board = text; return 0;
	case 'i':
	case 'o': {
		unsigned *count = key == 'i' ? &a->inputs : &a->outputs;
		if (*count == MOST_TENSORS)
			cli_usage("at most %d tensors", MOST_TENSORS);
		(key == 'i' ? a->input : a->output)[(*count)++] = text;
		return 0;
	}
	case 'q': a->quiet = true; return 0;
	case OPTION_LAYERS: a->layers = text; return 0;
	case ARGP_KEY_ARG:
		if (a->model)
			cli_usage("one model at a time; '%s' is a second one", text);
		a->model = text;
		return 0;
	case ARGP_KEY_END:
		if (!a->model)
			cli_usage("infer needs a MODEL.tflite; see thumbwatt infer --help");
		if (!a->board)
			cli_usage("infer needs --board; `thumbwatt boards` lists them");
		if (!a->inputs)
			cli_usage("infer needs --input FILE with the input tensor's bytes");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option OPTIONS[] = {
	{"board", 'b', "BOARD", 0, "board of the catalogue, or a board file", 0},
	{"input", 'i', "FILE", 0, "bytes of an input tensor; repeat for each input of the model", 0},
	{"output", 'o', "FILE", 0, "where to put an output tensor's bytes; repeat for each output", 0},
	{"layers", OPTION_LAYERS, "FILE", 0, "write each layer's output: index, tensor, size, CRC-32, cycles", 0},
	{"quiet", 'q', NULL, 0, "print nothing but errors", 0},
	{0},
};

static const struct argp ARGP = {
	OPTIONS, parse, "MODEL.tflite",
	"Runs one inference of the bundled int8 runtime on an emulated board.\v"
	"Example:\n  thumbwatt infer kws.tflite --board nucleo-l4r5zi --input yes.bin --output scores.bin --layers layers.txt",
	NULL, NULL, NULL,
};

/* All input files, one behind the other. */
static bool read_inputs(const struct arguments *a, uint8_t **ret_bytes, size_t *ret_size, struct err *err)
{
	uint8_t *all = malloc(1);
	size_t size = 0;
	for (unsigned i = 0; all && i < a->inputs; i++) {
		uint8_t *bytes;
		size_t count;
		if (!file_read(a->input[i], MOST_INPUT, &bytes, &count, err)) {
			free(all);
			return false;
		}
		uint8_t *grown = realloc(all, size + count + 1);
		if (grown) {
			all = grown;
			memcpy(all + size, bytes, count);
			size += count;
		}
		free(bytes);
		if (!grown) {
			free(all);
			all = NULL;
		}
	}
	if (!all)
		return err_internal(err, "out of memory");
	*ret_bytes = all;
	*ret_size = size;
	return true;
}

static bool write_layers(const char *path, const struct session_inference *result, struct err *err)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return err_internal(err, "out of memory");
	for (size_t i = 0; i < result->layers; i++) {
		const struct session_layer *layer = &result->layer[i];
		fprintf(out, "  op %2u tensor %3u bytes=%6u crc=%08x cycles=%llu\n", layer->index, layer->tensor,
			layer->bytes, layer->crc32, (unsigned long long)layer->cycles);
	}
	fclose(out);
	bool ok = file_write(path, text, size, err);
	free(text);
	return ok;
}

static bool write_outputs(const struct arguments *a, const struct session_inference *result, struct err *err)
{
	if (a->outputs > result->outputs)
		return err_input(err, "%s has %zu outputs, not %u", a->model, result->outputs, a->outputs);
	for (unsigned i = 0; i < a->outputs; i++)
		if (!file_write(a->output[i], result->output[i].data, result->output[i].bytes, err))
			return false;
	return !a->layers || write_layers(a->layers, result, err);
}

static void summarise(const struct arguments *a, const struct sim_board *board, const struct session_inference *r)
{
	double ms = (double)r->cycles[0] * 1e3 / (double)board->clock_hz;
	double uj = sim_board_run_uj(board, r->cycles[0], r->waited[0], board->clock_hz, board->supply_mv);
	printf("%s on %s (%s, %.0f MHz)\n", a->model, board->name, sim_core_name(board->core),
	       (double)board->clock_hz / 1e6);
	printf("  %llu cycles  %.3f ms  %.1f uJ   (estimated, cycles %+.0f %% to %+.0f %%)\n",
	       (unsigned long long)r->cycles[0], ms, uj, board->timing_low_pct, board->timing_high_pct);
	printf("  arena %u bytes  stack %u bytes  flash %u bytes\n", r->arena_bytes, r->stack_bytes, r->flash_bytes);
}

static bool check_size(const struct arguments *a, const struct session_model *model, size_t given, struct err *err)
{
	if (given == model->input_bytes)
		return true;
	if (model->inputs == 1)
		return err_input(err, "%s: %zu bytes, but the input of %s takes %u", a->input[0], given, a->model,
				 model->input_bytes);
	return err_input(err, "the inputs given have %zu bytes, but the %u inputs of %s take %u", given, model->inputs,
			 a->model, model->input_bytes);
}

static bool infer(const struct arguments *a, struct err *err)
{
	struct sim_board board;
	struct session_model about;
	struct session_inference result;
	uint8_t *model = NULL, *inputs = NULL;
	size_t model_bytes = 0, inputs_bytes = 0;
	bool ok = sim_board_read(a->board, &board, err) && file_read(a->model, MOST_MODEL, &model, &model_bytes, err) &&
		  session_model_check(a->model, model, model_bytes, &about, err) &&
		  read_inputs(a, &inputs, &inputs_bytes, err) && check_size(a, &about, inputs_bytes, err);
	if (ok) {
		const struct session_bundle bundle = {
			.mode = RT_MODE_INFER, .model_path = a->model, .model = model, .model_bytes = model_bytes,
			.inputs = inputs, .inputs_bytes = inputs_bytes, .runs = 1, .clock_hz = board.clock_hz,
			.layer_marks = a->layers != NULL,
		};
		ok = session_infer(&board, &bundle, &result, err);
		if (ok) {
			ok = write_outputs(a, &result, err);
			if (ok && !a->quiet)
				summarise(a, &board, &result);
			session_inference_free(&result);
		}
	}
	free(model);
	free(inputs);
	return ok;
}

int cli_infer(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct err err;
	cli_parse(&ARGP, argc, argv, &arguments);
	return infer(&arguments, &err) ? CLI_OK : cli_fail(&err);
}
