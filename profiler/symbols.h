/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which function and which source line holds an address: from an ELF's symbol table and DWARF, or, where
 * those are silent (stripped, HEX, raw binary), from functions discovered by following the code.
 *
 * Invariant: a function, once numbered, keeps its number and its name.
 */
#ifndef PROFILER_SYMBOLS_H
#define PROFILER_SYMBOLS_H

#include "base/err.h"
#include "sim/image.h"

struct prof_symbols;

struct prof_function {
	const char *name;
	const char *file;    /* "" if unknown */
	uint32_t at, bytes;  /* without the Thumb bit; bytes 0: unknown, up to the next */
	unsigned line;       /* 0 if unknown */
	bool made_up;        /* the name is ours: sub_08001234 */
};

/* Reads image->path again if it is an ELF. The image is used during the call only. */
bool prof_symbols_create(const struct sim_image *image, struct prof_symbols **ret_symbols, struct err *err);
void prof_symbols_destroy(struct prof_symbols *symbols);

/*
 * Number of the function that holds pc, in O(log n). Code without a symbol gets a function `sub_ADDRESS` the
 * first time it is asked for: its start is the target of a call, a vector, or the first instruction seen of
 * it.
 */
uint32_t prof_symbols_function(struct prof_symbols *symbols, uint32_t pc);

unsigned prof_symbols_functions(const struct prof_symbols *symbols);
const struct prof_function *prof_symbols_get(const struct prof_symbols *symbols, uint32_t function);

/* The source line of an instruction. False (outputs untouched) if the image does not say. */
bool prof_symbols_line(const struct prof_symbols *symbols, uint32_t pc, const char **ret_file,
		       unsigned *ret_line);

/* Value and size of any named symbol, function or not (functions without the Thumb bit). */
bool prof_symbols_find(const struct prof_symbols *symbols, const char *name, uint32_t *ret_value,
		       uint32_t *ret_bytes);

#endif
