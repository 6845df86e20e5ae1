/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: any bytes as a sound file. What is accepted is finite wherever it is read. */
#include "scenarios/wave.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t where[] = {INT64_MIN / 4, -40, -1, 0, 1, 7, 1000, INT64_MAX / 4};
	static const double narrow[] = {0.5, 1, 2.7, 1e9};
	struct scn_wave wave;
	struct err err;
	if (!scn_wave_parse("f.wav", data, size, &wave, &err))
		return 0;
	if (wave.frames < 1 || wave.channels < 1 || wave.channels > SCN_WAVE_MAX_CHANNELS)
		abort();
	for (size_t i = 0; i < sizeof where / sizeof *where; i++)
		for (size_t k = 0; k < sizeof narrow / sizeof *narrow; k++)
			for (int channel = -1; channel < (int)wave.channels; channel++) {
				/* the widest kernel once only: it is as slow as it is wide */
				if (narrow[k] > 3 && (i || channel))
					continue;
				double v = scn_wave_at(&wave, where[i], 0.3, channel, narrow[k], i & 1);
				if (!(fabs(v) < 1e5))
					abort();
			}
	scn_wave_free(&wave);
	return 0;
}
