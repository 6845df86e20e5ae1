/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in and out. Knows nothing of formats. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a file of at most `max_bytes` into memory of its own (the caller frees *ret_bytes; one NUL
 * follows the last byte, not counted in *ret_size). Anything but a readable regular file is ERR_INPUT.
 */
bool file_read(const char *path, size_t max_bytes, uint8_t **ret_bytes, size_t *ret_size, struct err *err);

/*
 * Writes a temporary file beside `path` and renames it over `path`: a reader never sees half a file, and on failure
 * the old one is untouched. A link stays and its target is replaced; into a device or a pipe it writes as it stands.
 */
bool file_write(const char *path, const void *bytes, size_t size, struct err *err);

/* mkdir -p */
bool file_make_dir(const char *path, struct err *err);

/* `path` as seen from the folder of the file `beside` (absolute paths stay); the caller frees it. */
char *file_path_beside(const char *beside, const char *path);

#endif
