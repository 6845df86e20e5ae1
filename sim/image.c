/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all kinds of firmware files share: telling them apart, the raw one, the hash, and the check that no byte
 * is given twice. sim/image_elf.c and sim/image_hex.c read the other two. Knows no board.
 *
 * Invariant: a returned image has at least one segment, segments are sorted by address, none is empty, none
 * overlaps another, none reaches past 4 GiB.
 */
#include "sim/image.h"
#include "sim/image_format.h"

#include "base/file.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_BYTES ((size_t)256 << 20) /* an ELF with all its debug information stays far below */

void sim_image_hash(const void *bytes, size_t size, char ret_hex[65])
{
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&context);
	sha256_update(&context, size, bytes);
	sha256_digest(&context, sizeof digest, digest);
	for (unsigned i = 0; i < sizeof digest; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

bool sim_image_add(struct sim_image *image, uint32_t at, const uint8_t *data, uint32_t bytes, struct err *err)
{
	/* Grown by powers of two: a HEX file may hold a segment per line. */
	if ((image->segments & (image->segments - 1)) == 0) {
		size_t room = image->segments ? 2 * (size_t)image->segments : 1;
		struct sim_segment *more = realloc(image->segment, room * sizeof *more);
		if (!more)
			return err_internal(err, "%s: out of memory for %zu segments", image->path, room);
		image->segment = more;
	}
	uint8_t *copy = malloc(bytes);
	if (!copy)
		return err_internal(err, "%s: out of memory for %u bytes", image->path, bytes);
	memcpy(copy, data, bytes);
	image->segment[image->segments++] = (struct sim_segment){ .at = at, .bytes = bytes, .data = copy };
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct sim_segment *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool check_segments(struct sim_image *image, struct err *err)
{
	if (image->segments == 0)
		return err_input(err, "%s: holds no bytes to load", image->path);
	qsort(image->segment, image->segments, sizeof *image->segment, by_address);
	for (unsigned i = 1; i < image->segments; i++) {
		const struct sim_segment *a = &image->segment[i - 1], *b = &image->segment[i];
		if ((uint64_t)a->at + a->bytes > b->at)
			return err_input(err, "%s: two segments claim address 0x%08x: %u bytes at 0x%08x, and %u bytes "
					 "at 0x%08x", image->path, b->at, a->bytes, a->at, b->bytes, b->at);
	}
	return true;
}

static bool parse_raw(struct sim_image *image, const uint8_t *bytes, size_t size, uint32_t raw_at, struct err *err)
{
	if (size == 0)
		return err_input(err, "%s: empty; ELF, Intel HEX or raw binary firmware is expected", image->path);
	if (raw_at + (uint64_t)size > UINT64_C(1) << 32)
		return err_input(err, "%s: %zu bytes from 0x%08x on reach past the end of the address space", image->path,
				 size, raw_at);
	image->format = SIM_IMAGE_BIN;
	return sim_image_add(image, raw_at, bytes, (uint32_t)size, err);
}

static bool parse(struct sim_image *image, const uint8_t *bytes, size_t size, uint32_t raw_at, struct err *err)
{
	bool has_vectors = false;
	bool ok;
	if (size >= 4 && memcmp(bytes, "\177ELF", 4) == 0)
		ok = sim_image_parse_elf(image, bytes, size, &has_vectors, err);
	else if (size >= 1 && bytes[0] == ':') /* no vector table starts so: stack pointers are multiples of 4 */
		ok = sim_image_parse_hex(image, bytes, size, err);
	else
		ok = parse_raw(image, bytes, size, raw_at, err);
	if (!ok || !check_segments(image, err))
		return false;
	if (!has_vectors)
		image->vectors = image->segment[0].at;
	if (image->format != SIM_IMAGE_ELF)
		for (unsigned i = 0; i < image->segments; i++)
			image->text_bytes += image->segment[i].bytes;
	return true;
}

bool sim_image_parse(const char *name, const uint8_t *bytes, size_t size, uint32_t raw_at,
		     struct sim_image *ret_image, struct err *err)
{
	struct sim_image image = { 0 };
	snprintf(image.path, sizeof image.path, "%s", name);
	if (!parse(&image, bytes, size, raw_at, err)) {
		sim_image_free(&image);
		return false;
	}
	sim_image_hash(bytes, size, image.sha256);
	*ret_image = image;
	return true;
}

bool sim_image_read(const char *path, uint32_t raw_at, struct sim_image *ret_image, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, MAX_FILE_BYTES, &bytes, &size, err))
		return false;
	bool ok = sim_image_parse(path, bytes, size, raw_at, ret_image, err);
	free(bytes);
	return ok;
}

void sim_image_free(struct sim_image *image)
{
	for (unsigned i = 0; i < image->segments; i++)
		free(image->segment[i].data);
	free(image->segment);
	free(image->variables);
	sim_image_symbols_free(image->symbols);
	memset(image, 0, sizeof *image);
}
