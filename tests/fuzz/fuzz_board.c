/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: any YAML is a board that keeps its promises, or a sentence with its place. */
#include "sim/board_read.h"
#include "sim/device.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sim_board board;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err;
	if (!sim_board_read_text("fuzz.yaml", data, size, &board, &err)) {
		assert(err.kind == ERR_INPUT && memcmp(err.text, "fuzz.yaml:", 10) == 0);
		return 0;
	}
	assert(board.memories > 0 && board.devices > 0 && board.clock_hz > 0);
	for (unsigned i = 0; i < board.devices; i++) {
		assert(sim_device_type_find(board.device[i].type));
		assert(sim_placement_bytes(&board.device[i]) > 0);
		for (unsigned k = 0; k < board.device[i].irqs; k++)
			assert((uint32_t)board.device[i].irq[k] < board.irq_count);
	}
	return 0;
}
