/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/wave.h"
#include "base/file.h"
#include "scenarios/numeric.h"

#include <math.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file as libsndfile sees it: bytes in memory, so that a FIFO cannot hang it and a fuzzer can feed it. */
struct memory {
	const uint8_t *bytes;
	sf_count_t size, at;
};

static sf_count_t memory_size(void *user)
{
	return ((struct memory *)user)->size;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *user)
{
	struct memory *m = user;
	sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m->at : m->size;
	if (offset < -base || offset > m->size - base)
		return -1;
	return m->at = base + offset;
}

static sf_count_t memory_read(void *to, sf_count_t count, void *user)
{
	struct memory *m = user;
	if (count > m->size - m->at)
		count = m->size - m->at;
	if (count <= 0)
		return 0;
	memcpy(to, m->bytes + m->at, (size_t)count);
	m->at += count;
	return count;
}

static sf_count_t memory_write(const void *from, sf_count_t count, void *user)
{
	return 0;
}

static sf_count_t memory_tell(void *user)
{
	return ((struct memory *)user)->at;
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* libsndfile plays a WAV that was cut short as if it were a shorter one. A test that hears half a word must not pass. */
static bool whole(const char *path, const uint8_t *bytes, size_t size, struct err *err)
{
	if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
		return true;
	for (size_t at = 12; at + 8 <= size;) {
		uint32_t chunk = le32(bytes + at + 4);
		size_t left = size - at - 8;
		if (!memcmp(bytes + at, "data", 4)) {
			if (chunk > left && chunk != UINT32_MAX) /* a streaming writer leaves the size open */
				return err_input(
					err, "%s: cut short: %u bytes of samples are announced, %zu are there",
					path, chunk, left);
			return true;
		}
		if (chunk >= left)
			break;
		at += 8 + (size_t)chunk + (chunk & 1);
	}
	return err_input(err, "%s: a WAV file without samples (no data chunk)", path);
}

static bool acceptable(const char *path, const SF_INFO *info, struct err *err)
{
	int format = info->format & SF_FORMAT_TYPEMASK;
	if (format != SF_FORMAT_WAV && format != SF_FORMAT_WAVEX && format != SF_FORMAT_RF64 &&
	    format != SF_FORMAT_FLAC)
		return err_input(err, "%s: neither WAV nor FLAC", path);
	if (info->channels < 1 || info->channels > SCN_WAVE_MAX_CHANNELS)
		return err_input(err, "%s: %d channels; 1 to %d are accepted", path, info->channels,
				 SCN_WAVE_MAX_CHANNELS);
	if (info->samplerate < 1 || info->samplerate > 1000000)
		return err_input(err, "%s: a rate of %d Hz; 1 Hz to 1 MHz is accepted", path, info->samplerate);
	if (info->frames < 1)
		return err_input(err, "%s: no samples", path);
	if ((uint64_t)info->frames > SCN_WAVE_MAX_SAMPLES / (unsigned)info->channels)
		return err_input(err, "%s: too long: %lld samples on each channel", path,
				 (long long)info->frames);
	return true;
}

static bool samples_are_numbers(const char *path, const struct scn_wave *wave, struct err *err)
{
	for (uint64_t i = 0; i < wave->frames * wave->channels; i++)
		if (!(fabsf(wave->samples[i]) <= 1000))
			return err_input(err, "%s: frame %llu is not a number within 1000 times full scale", path,
					 (unsigned long long)(i / wave->channels));
	return true;
}

/*
 * Reads in steps: a header may announce more frames than a few bytes can hold, and memory is only taken for what
 * is there.
 */
static bool read_samples(const char *path, SNDFILE *file, struct scn_wave *wave, struct err *err)
{
	uint64_t got = 0, room = 0;
	for (;;) {
		if (got == room) {
			room = room ? room * 2 : 65536;
			if (room > wave->frames)
				room = wave->frames;
			float *more = realloc(wave->samples, room * wave->channels * sizeof *more);
			if (!more)
				return err_internal(err, "%s: out of memory", path);
			wave->samples = more;
		}
		sf_count_t n =
			sf_readf_float(file, wave->samples + got * wave->channels, (sf_count_t)(room - got));
		if (n <= 0)
			break;
		got += (uint64_t)n;
		if (got == wave->frames)
			break;
	}
	if (got < wave->frames)
		return err_input(err, "%s: cut short or damaged: %llu frames are announced, %llu can be read",
				 path, (unsigned long long)wave->frames, (unsigned long long)got);
	return samples_are_numbers(path, wave, err);
}

#define ZEROS 16   /* zero crossings of h on each side */
#define PHASES 512 /* points of the table between two of them; linear between points: error below 2e-6 */

/* h(x) at x >= 0: sinc under a Blackman-Harris window (its four cosine terms: Harris 1978, table 1, -92 dB). */
static double kernel(double x)
{
	if (x >= ZEROS)
		return 0;
	double turns = x / (2 * ZEROS) + 0.5; /* the window's middle is at half a turn */
	double c1 = scn_sine(turns + 0.25), c2 = scn_sine(2 * turns + 0.25), c3 = scn_sine(3 * turns + 0.25);
	double window = 0.35875 - 0.48829 * c1 + 0.14128 * c2 - 0.01168 * c3;
	return x == 0 ? 1 : window * scn_sine(x / 2) / (3.14159265358979323846 * x);
}

static double table[ZEROS * PHASES + 1];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
	for (int i = 0; i <= ZEROS * PHASES; i++)
		table[i] = kernel((double)i / PHASES);
}

bool scn_wave_parse(const char *path, const uint8_t *bytes, size_t size, struct scn_wave *ret_wave,
		    struct err *err)
{
	struct memory memory = {.bytes = bytes, .size = (sf_count_t)size};
	SF_VIRTUAL_IO io = {memory_size, memory_seek, memory_read, memory_write, memory_tell};
	SF_INFO info = {0};
	if (!whole(path, bytes, size, err))
		return false;
	SNDFILE *file = sf_open_virtual(&io, SFM_READ, &info, &memory);
	if (!file)
		return err_input(err, "%s: not a sound file that can be read: %s", path, sf_strerror(NULL));
	struct scn_wave wave = {0};
	bool ok = acceptable(path, &info, err);
	if (ok) {
		wave.rate_hz = (uint64_t)info.samplerate;
		wave.frames = (uint64_t)info.frames;
		wave.channels = (unsigned)info.channels;
		ok = read_samples(path, file, &wave, err);
	}
	sf_close(file);
	if (!ok) {
		free(wave.samples);
		return false;
	}
	pthread_once(&table_once, fill_table);
	*ret_wave = wave;
	return true;
}

bool scn_wave_load(const char *path, struct scn_wave *ret_wave, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, SCN_WAVE_MAX_BYTES, &bytes, &size, err))
		return false;
	bool ok = scn_wave_parse(path, bytes, size, ret_wave, err);
	free(bytes);
	return ok;
}

void scn_wave_free(struct scn_wave *wave)
{
	free(wave->samples);
	*wave = (struct scn_wave){0};
}

static double kernel_at(double x)
{
	double at = fabs(x) * PHASES;
	if (at >= ZEROS * PHASES)
		return 0;
	int i = (int)at;
	return table[i] + (at - i) * (table[i + 1] - table[i]);
}

static double sample(const struct scn_wave *wave, int64_t frame, int channel, bool loop)
{
	int64_t frames = (int64_t)wave->frames;
	if (loop)
		frame = (frame % frames + frames) % frames;
	if (frame < 0 || frame >= frames)
		return 0;
	const float *at = wave->samples + (size_t)frame * wave->channels;
	if (channel >= 0)
		return at[channel];
	double sum = 0;
	for (unsigned c = 0; c < wave->channels; c++)
		sum += at[c];
	return sum / wave->channels;
}

double scn_wave_at(const struct scn_wave *wave, int64_t at, double fraction, int channel, double narrow,
		   bool loop)
{
	double w = narrow < 1 ? 1 : narrow > 1024 ? 1024 : narrow;
	if (w == 1 && fraction == 0)
		return sample(wave, at, channel, loop);
	int64_t reach = (int64_t)ceil(ZEROS * w);
	double sum = 0, weights = 0;
	for (int64_t i = -reach; i <= reach + 1; i++) {
		double h = kernel_at((fraction - (double)i) / w);
		weights += h;
		sum += h * sample(wave, at + i, channel, loop);
	}
	return sum / weights;
}
