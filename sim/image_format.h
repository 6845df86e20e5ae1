/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between sim/image.c and its readers of ELF and Intel HEX; nobody else includes this. */
#ifndef SIM_IMAGE_FORMAT_H
#define SIM_IMAGE_FORMAT_H

#include "sim/image.h"

/* Appends a copy of `data`; bytes > 0. Order does not matter, overlap is found later. */
bool sim_image_add(struct sim_image *image, uint32_t at, const uint8_t *data, uint32_t bytes, struct err *err);

/* Fill image (path is set; all else zero). On false the caller frees what has been added. */
bool sim_image_parse_elf(struct sim_image *image, const uint8_t *bytes, size_t size, bool *ret_has_vectors,
			 struct err *err);
bool sim_image_parse_hex(struct sim_image *image, const uint8_t *bytes, size_t size, struct err *err);

void sim_image_symbols_free(struct sim_image_symbols *symbols);

#endif
