/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: whatever bytes an ELF file has, reading it ends in an image that holds its invariant, or in a sentence. */
#include "sim/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_image image;
	struct err err;
	uint32_t value, bytes;
	uint8_t *file = malloc(size + 4);
	memcpy(file, "\177ELF", 4); /* the fuzzer need not find the way to the reader */
	memcpy(file + 4, data, size);
	if (sim_image_parse("fuzz.elf", file, size + 4, 0, &image, &err)) {
		assert(image.segments > 0 && image.format == SIM_IMAGE_ELF);
		for (unsigned i = 0; i + 1 < image.segments; i++)
			assert((uint64_t)image.segment[i].at + image.segment[i].bytes <= image.segment[i + 1].at);
		sim_image_symbol(&image, "main", &value, &bytes);
		sim_image_free(&image);
	} else {
		assert(err.kind == ERR_INPUT && memcmp(err.text, "fuzz.elf: ", 10) == 0);
	}
	free(file);
	return 0;
}
