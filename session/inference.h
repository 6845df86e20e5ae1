/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bundled runtime on a board, run on raw tensor bytes: what `infer` and `size` are made of.
 */
#ifndef SESSION_INFERENCE_H
#define SESSION_INFERENCE_H

#include "session/bundled.h"
#include "sim/machine.h"

struct session_layer {
	uint32_t index, op, tensor, bytes, crc32; /* CRC-32 of the (first) output tensor, zlib's */
	uint64_t cycles, macs;
};

struct session_output {
	uint32_t run, index, tensor;
	size_t bytes;
	uint8_t *data; /* owned */
};

struct session_inference {
	uint32_t runs;
	uint64_t *cycles;              /* [runs]: preparation of the input and all layers */
	uint64_t *waited;              /* [runs]: of these, waiting for memory */
	struct session_layer *layer;   /* [runs][layers / runs], in the order they ran */
	size_t layers;
	struct session_output *output;
	size_t outputs;
	uint64_t instructions;         /* of the whole run, start-up included */
	double seconds;                /* virtual time of the whole run */
	uint32_t arena_bytes;          /* written: highest byte touched; the plan's figure if watching is not possible */
	uint32_t arena_planned, arena_capacity;
	uint32_t stack_bytes;          /* highest use of the main stack */
	uint32_t flash_bytes;          /* firmware and model */
	uint32_t firmware_bytes;
	uint32_t ram_bytes;            /* what the firmware itself takes (stack, data, bss), without the arena */
};

/*
 * Runs bundle->runs inferences. A model that does not fit or that the runtime refuses is ERR_INPUT; a fault of
 * the firmware is ERR_INTERNAL with its story (ours to answer for). The caller frees with session_inference_free.
 */
bool session_infer(const struct sim_board *board, const struct session_bundle *bundle,
		   struct session_inference *ret_inference, struct err *err);
void session_inference_free(struct session_inference *inference);

#endif
