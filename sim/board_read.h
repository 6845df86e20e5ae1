/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between sim/board.c, which finds a board, and sim/board_read.c, which reads it. */
#ifndef SIM_BOARD_READ_H
#define SIM_BOARD_READ_H

#include "sim/board.h"

#include <stddef.h>

bool sim_board_read_file(const char *path, struct sim_board *ret_board, struct err *err);

/* The same from memory; messages call it `name`. */
bool sim_board_read_text(const char *name, const void *bytes, size_t size, struct sim_board *ret_board,
			 struct err *err);

extern const char *const sim_core_names[]; /* NULL-terminated, in the order of enum sim_core */

#endif
