/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/lines.h"

#include <stdlib.h>
#include <string.h>

static void add(struct prof_lines *lines, const struct prof_line_cost *cost)
{
	if (lines->count == lines->room) {
		size_t room = lines->room ? lines->room * 2 : 1024;
		struct prof_line_cost *bigger = realloc(lines->cost, room * sizeof *bigger);
		if (!bigger) {
			lines->cut = true;
			return;
		}
		lines->cost = bigger;
		lines->room = room;
	}
	lines->cost[lines->count++] = *cost;
}

void prof_lines_add(struct prof_lines *lines, struct prof_symbols *symbols,
		    const struct sim_block_count *block)
{
	uint32_t function = prof_symbols_function(symbols, block->at);
	uint64_t given = 0;
	struct prof_line_cost now = {.function = function, .file = ""};
	prof_symbols_line(symbols, block->at, &now.file, &now.line);
	for (uint32_t at = 2; at <= block->bytes; at += 2) {
		struct prof_line_cost next = {.function = function, .file = ""};
		if (at < block->bytes)
			prof_symbols_line(symbols, block->at + at, &next.file, &next.line);
		if (at < block->bytes && next.line == now.line && next.file == now.file)
			continue;
		uint64_t upto = at >= block->bytes
					? block->cycles
					: (uint64_t)((unsigned __int128)block->cycles * at / block->bytes);
		now.cycles = upto - given;
		given = upto;
		if (now.cycles)
			add(lines, &now);
		now = next;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct prof_line_cost *x = a, *y = b;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	int order = strcmp(x->file, y->file);
	if (order)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

void prof_lines_sort(struct prof_lines *lines)
{
	size_t kept = 0;
	if (lines->count)
		qsort(lines->cost, lines->count, sizeof *lines->cost, by_place);
	for (size_t i = 0; i < lines->count; i++) {
		if (kept && by_place(&lines->cost[kept - 1], &lines->cost[i]) == 0)
			lines->cost[kept - 1].cycles += lines->cost[i].cycles;
		else
			lines->cost[kept++] = lines->cost[i];
	}
	lines->count = kept;
}

void prof_lines_free(struct prof_lines *lines)
{
	free(lines->cost);
	*lines = (struct prof_lines){0};
}
