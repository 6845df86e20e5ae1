/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sound file, readable at any position between its frames.
 *
 *   value(p) = sum over frames i of in[i] * h((p - i) / w),  w = max(1, file's rate / rate asked for)
 *
 * with h a windowed sinc that is 1 at 0 and 0 at every other whole number: at the file's own rate its samples come
 * back bit for bit; a lower rate is band-limited first. Beyond both ends the file is silent (or repeats).
 * Knows nothing of sensors. Full scale is 1.
 */
#ifndef SCENARIOS_WAVE_H
#define SCENARIOS_WAVE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SCN_WAVE_MAX_BYTES ((size_t)128 << 20)
#define SCN_WAVE_MAX_SAMPLES (UINT64_C(32) << 20) /* frames times channels */
#define SCN_WAVE_MAX_CHANNELS 8

struct scn_wave {
	uint64_t rate_hz;
	uint64_t frames;
	unsigned channels;
	float *samples; /* [frames][channels] */
};

/*
 * Reads WAV (also WAVEX, RF64) or FLAC of 1 … 8 channels and 1 Hz … 1 MHz. Refused, with the path in front: other
 * formats, no frames at all, files cut short, samples that are not numbers or exceed 1000 times full scale.
 */
bool scn_wave_load(const char *path, struct scn_wave *ret_wave, struct err *err);
bool scn_wave_parse(const char *path, const uint8_t *bytes, size_t size, struct scn_wave *ret_wave,
		    struct err *err);
void scn_wave_free(struct scn_wave *wave);

/*
 * Value at frame `whole` + `fraction` (in [0, 1)) of one channel, or with channel -1 of the mean of all.
 * narrow: file's rate / rate asked for; below 1 it counts as 1, above 1024 as 1024.
 */
double scn_wave_at(const struct scn_wave *wave, int64_t whole, double fraction, int channel, double narrow,
		   bool loop);

#endif
