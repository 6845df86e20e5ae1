/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cycles by source line, from the machine's counts of blocks. A block's cycles are shared out over its lines
 * by the bytes of code that each has there: the pipeline is modelled per block, so a finer truth does not
 * exist. Sums are exact.
 */
#ifndef PROFILER_LINES_H
#define PROFILER_LINES_H

#include "profiler/symbols.h"
#include "sim/machine.h"

struct prof_line_cost {
	uint32_t function;
	const char *file; /* of the symbols; "" and line 0 where the image does not say */
	unsigned line;
	uint64_t cycles;
};

struct prof_lines {
	struct prof_line_cost *cost;
	size_t count, room;
	bool cut; /* out of memory */
};

/* Adds a block. Then prof_lines_sort merges what belongs together: by function, file, line. */
void prof_lines_add(struct prof_lines *lines, struct prof_symbols *symbols,
		    const struct sim_block_count *block);
void prof_lines_sort(struct prof_lines *lines);
void prof_lines_free(struct prof_lines *lines);

#endif
