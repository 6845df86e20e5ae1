/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: any text that starts like Intel HEX ends in segments in order, or in a sentence with its line. */
#include "sim/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_image image;
	struct err err;
	uint8_t *file = malloc(size + 1);
	file[0] = ':';
	memcpy(file + 1, data, size);
	if (sim_image_parse("fuzz.hex", file, size + 1, 0, &image, &err)) {
		assert(image.segments > 0 && image.text_bytes <= (size + 1) / 2);
		for (unsigned i = 0; i + 1 < image.segments; i++)
			assert((uint64_t)image.segment[i].at + image.segment[i].bytes < image.segment[i + 1].at);
		sim_image_free(&image);
	} else {
		assert(err.kind == ERR_INPUT && memcmp(err.text, "fuzz.hex:", 9) == 0);
	}
	free(file);
	return 0;
}
