/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware files: ELF, Intel HEX, raw binary. An image is segments of bytes with load addresses, and, for ELF,
 * a way to find symbols. Nothing here knows a board; whether segments fit is the machine's question.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct sim_segment {
	uint32_t at; /* load (physical) address */
	uint32_t bytes;
	uint8_t *data;
};

/* Addresses at run time that the firmware reserves as variables: its sections that can be written. */
struct sim_range {
	uint32_t at, bytes;
};

enum sim_image_format { SIM_IMAGE_ELF, SIM_IMAGE_HEX, SIM_IMAGE_BIN };

struct sim_image {
	enum sim_image_format format;
	struct sim_segment *segment;
	unsigned segments;
	uint32_t vectors;                             /* of the vector table: as section or symbol says, else the lowest address */
	uint32_t entry;                               /* as the file says; 0 where it says nothing (raw) */
	uint32_t text_bytes, data_bytes, bss_bytes;   /* ELF: by section flags; else text_bytes = all */
	struct sim_range *variables;                  /* ELF with sections only, in the file's order; at most 256 */
	unsigned variable_ranges;
	char sha256[65];
	char path[512];
	struct sim_image_symbols *symbols;            /* sim/image.c's own; NULL: none */
};

/*
 * Reads an image. The kind is told by content (ELF magic, ':' records), else raw, loaded at `raw_at`.
 * Broken files are ERR_INPUT with the place (HEX: line; ELF: what is wrong). sim_image_free frees.
 */
bool sim_image_read(const char *path, uint32_t raw_at, struct sim_image *ret_image, struct err *err);

/* The same from memory; `name` stands for the file in messages, `bytes` are not needed afterwards. */
bool sim_image_parse(const char *name, const uint8_t *bytes, size_t size, uint32_t raw_at,
		     struct sim_image *ret_image, struct err *err);
void sim_image_free(struct sim_image *image);

/* ELF only: value and size of a symbol (functions without the Thumb bit). False if there is none. */
bool sim_image_symbol(const struct sim_image *image, const char *name, uint32_t *ret_value, uint32_t *ret_bytes);

/* SHA-256 of any file's bytes, as reports name it: 64 hexadecimal digits. */
void sim_image_hash(const void *bytes, size_t size, char ret_hex[65]);

#endif
