/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/inference.h"

#include "runtime/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LONGEST_S 3600 /* of virtual time: beyond, the firmware hangs */

struct run {
	struct sim_machine *machine;
	struct session_inference *result;
	uint64_t inference_began, waited_before, layer_began;
	uint32_t current;
	uint32_t done, status; /* of RT_MARK_DONE */
	uint32_t blamed, blamed_op;
	int watch;
	bool failed; /* out of memory */
	char fault[256];
};

static bool grow(void **array, size_t count, size_t size)
{
	if (count & (count + 1) && count) /* room for 1, 3, 7, 15, … */
		return true;
	void *grown = realloc(*array, (2 * count + 1) * size);
	if (grown)
		*array = grown;
	return grown;
}

static uint32_t crc_of(const struct run *run, uint32_t at, uint32_t bytes)
{
	uint8_t *copy = malloc(bytes ? bytes : 1);
	uint32_t crc = 0;
	if (copy && sim_machine_read(run->machine, at, copy, bytes))
		crc = (uint32_t)crc32(0, copy, bytes);
	free(copy);
	return crc;
}

static void add_layer(struct run *run, struct sim_when when, const struct sim_mark *mark)
{
	struct session_inference *result = run->result;
	if (!grow((void **)&result->layer, result->layers, sizeof *result->layer)) {
		run->failed = true;
		return;
	}
	result->layer[result->layers++] = (struct session_layer){
		.index = mark->index, .op = mark->op, .tensor = mark->tensor, .bytes = mark->bytes,
		.crc32 = crc_of(run, mark->at, mark->bytes), .cycles = when.active - run->layer_began,
		.macs = mark->value,
	};
}

static void add_output(struct run *run, const struct sim_mark *mark)
{
	struct session_inference *result = run->result;
	uint8_t *data = malloc(mark->bytes ? mark->bytes : 1);
	if (!data || !sim_machine_read(run->machine, mark->at, data, mark->bytes) ||
	    !grow((void **)&result->output, result->outputs, sizeof *result->output)) {
		free(data);
		run->failed = true;
		return;
	}
	result->output[result->outputs++] = (struct session_output){
		.run = run->current, .index = mark->index, .tensor = mark->tensor, .bytes = mark->bytes, .data = data};
}

static void on_mark(void *context, struct sim_when when, const struct sim_mark *mark)
{
	struct run *run = context;
	struct session_inference *result = run->result;
	switch (mark->kind) {
	case RT_MARK_ARENA:
		result->arena_capacity = mark->bytes;
		result->arena_planned = mark->value;
		if (run->watch < 0) /* marked before planning and after */
			run->watch = sim_machine_watch(run->machine, mark->at, mark->bytes);
		break;
	case RT_MARK_INFERENCE_BEGIN:
		run->inference_began = when.active;
		run->waited_before = when.waited;
		run->current = mark->index;
		break;
	case RT_MARK_INFERENCE_END:
		if (mark->index < result->runs) {
			result->cycles[mark->index] = when.active - run->inference_began;
			result->waited[mark->index] = when.waited - run->waited_before;
		}
		break;
	case RT_MARK_LAYER_BEGIN: run->layer_began = when.active; break;
	case RT_MARK_LAYER_END: add_layer(run, when, mark); break;
	case RT_MARK_OUTPUT: add_output(run, mark); break;
	case RT_MARK_ERROR:
		run->blamed = mark->index;
		run->blamed_op = mark->op;
		run->status = mark->value;
		break;
	case RT_MARK_DONE:
		run->done = 1;
		sim_machine_ask_stop(run->machine);
		break;
	}
}

static void on_fault(void *context, const struct sim_fault *fault)
{
	struct run *run = context;
	if (!run->fault[0])
		snprintf(run->fault, sizeof run->fault, "at pc 0x%08x, cycle %llu: %s", fault->pc,
			 (unsigned long long)fault->when.cycle, fault->what);
}

static bool judge(const struct run *run, const struct sim_board *board, const struct session_bundle *bundle,
		  struct err *err)
{
	if (run->failed)
		return err_internal(err, "out of memory");
	if (run->fault[0])
		return err_internal(err, "%s on %s: the bundled firmware faulted %s", bundle->model_path, board->name,
				    run->fault);
	if (!run->done)
		return err_internal(err, "%s on %s: the bundled firmware did not end in %d s of virtual time",
				    bundle->model_path, board->name, LONGEST_S);
	if (run->status == RT_NO_MEMORY)
		return err_input(err, "%s does not fit board %s: its arena has %u bytes, the model needs %u",
				 bundle->model_path, board->name, run->result->arena_capacity,
				 run->result->arena_planned);
	if (run->status != RT_OK)
		return err_input(err, "%s on %s: %s", bundle->model_path, board->name,
				 session_status_text(run->status));
	return true;
}

static void collect(struct run *run, uint64_t instructions)
{
	struct session_inference *result = run->result;
	struct sim_stacks stacks = sim_machine_stacks(run->machine);
	result->instructions = instructions;
	result->seconds = (double)sim_machine_now(run->machine).ps / 1e12;
	result->stack_bytes = stacks.main_top - stacks.main_low;
	result->arena_bytes =
		run->watch >= 0 ? sim_machine_watch_top(run->machine, run->watch) : result->arena_planned;
}

static bool run_image(const struct sim_board *board, const struct session_bundle *bundle,
		      const struct sim_image *image, struct session_inference *result, struct err *err)
{
	struct run run = {.result = result, .watch = -1};
	const struct sim_machine_options options = {.clock_hz = bundle->clock_hz};
	const struct sim_observer observer = {.context = &run, .mark = on_mark, .fault = on_fault};
	if (!sim_machine_create(board, &options, &run.machine, err))
		return false;
	bool ok = sim_machine_load(run.machine, image, err) && sim_machine_reset(run.machine, image->vectors, err);
	if (ok) {
		sim_machine_observe(run.machine, &observer);
		sim_machine_run(run.machine, LONGEST_S * SIM_PS_PER_S);
		collect(&run, sim_machine_instructions(run.machine));
		ok = judge(&run, board, bundle, err);
	}
	sim_machine_destroy(run.machine);
	return ok;
}

bool session_infer(const struct sim_board *board, const struct session_bundle *bundle,
		   struct session_inference *ret_inference, struct err *err)
{
	struct session_inference result = {.runs = bundle->runs};
	struct sim_image image;
	struct session_room room;
	if (!session_bundle_image(board, bundle, &image, &room, err))
		return false;
	result.firmware_bytes = room.firmware_bytes;
	result.flash_bytes = result.firmware_bytes + (uint32_t)bundle->model_bytes;
	result.ram_bytes = image.data_bytes + image.bss_bytes;
	result.cycles = calloc(bundle->runs, sizeof *result.cycles);
	result.waited = calloc(bundle->runs, sizeof *result.waited);
	bool ok = result.cycles && result.waited ? run_image(board, bundle, &image, &result, err)
						   : err_internal(err, "out of memory");
	sim_image_free(&image);
	if (ok)
		*ret_inference = result;
	else
		session_inference_free(&result);
	return ok;
}

void session_inference_free(struct session_inference *inference)
{
	for (size_t i = 0; i < inference->outputs; i++)
		free(inference->output[i].data);
	free(inference->output);
	free(inference->layer);
	free(inference->cycles);
	free(inference->waited);
	*inference = (struct session_inference){0};
}
