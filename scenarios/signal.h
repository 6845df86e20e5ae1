/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sensor senses, in its physical unit: a sum of sources, each in its window of time and on its channels.
 *
 *   value[c](n) = sum over sources s on channel c, active at t = n / rate, of gain_s[c] * s(t - at_s, c)
 *
 * Sample n stands at exactly n / rate: positions and phases are computed in integers from n, never accumulated, so
 * the millionth sample is where it should be. Only pink noise has a state; so samples are taken in order.
 *
 *   constant   amplitude
 *   sine       sum of amplitude * sin(2 pi (hz t + phase))
 *   chirp      amplitude * sin(2 pi (from t + (to - from) t^2 / (2 over))), t < over
 *   noise      white: Gaussian, `amplitude` is its RMS; independent on each channel
 *              pink: ten first-order processes of equal power, their corners a factor of 3 apart from a quarter
 *              of the rate downwards: 1/f within 0.4 dB from rate / 20000 to 0.45 rate
 *   steps      the value of the last step that has come, 0 before the first
 *   impulses   at k / rate + jitter * u_k, u_k uniform in -1 … 1: amplitude * e^(-t / decay) * sin(2 pi ring t);
 *              without ring no sine, without decay one sample
 *   table      rows of a CSV file (scenarios/table.h), in the physical unit
 *   wave       a sound file (scenarios/wave.h), whose full scale is the sensor's
 *
 * It knows neither YAML (scenarios/sensor.h) nor faults, counts and the machine (scenarios/stimulus.h).
 * Two evaluations with the same seed give the same values, on every machine.
 */
#ifndef SCENARIOS_SIGNAL_H
#define SCENARIOS_SIGNAL_H

#include "scenarios/table.h"
#include "scenarios/wave.h"

#include <stdbool.h>
#include <stdint.h>

#define SCN_MAX_CHANNELS 8 /* as many as the machine's sensor port has */
#define SCN_MAX_SOURCES 32 /* of one sensor */
#define SCN_MAX_TONES 16   /* of one sine sum */
#define SCN_MAX_STEPS 256
#define SCN_FOREVER UINT64_MAX
#define SCN_PINK_STAGES 10

enum scn_source_kind {
	SCN_CONSTANT,
	SCN_SINE,
	SCN_CHIRP,
	SCN_WHITE,
	SCN_PINK,
	SCN_STEPS,
	SCN_IMPULSES,
	SCN_TABLE,
	SCN_WAVE,
};

struct scn_tone {
	uint64_t mhz; /* millihertz */
	double amplitude;
	double turns; /* phase at the source's start, in [0, 1) */
};

struct scn_step {
	uint64_t at_ps; /* after the source's start; rising */
	double value;
};

struct scn_impulses {
	uint64_t rate_mhz;
	uint64_t jitter_ps; /* less than half the time between two */
	uint64_t ring_mhz;  /* 0: none */
	uint64_t decay_ps;  /* time constant; 0: one sample */
	bool either_sign;   /* sign is random too */
};

struct scn_source {
	enum scn_source_kind kind;
	uint32_t channels;      /* bit per channel it is on */
	uint64_t at_ps, for_ps; /* SCN_FOREVER: to the end */
	double gain[SCN_MAX_CHANNELS];
	double amplitude; /* constant, chirp, noise, impulses */
	bool loop;        /* chirp, table, wave */
	union {
		struct {
			struct scn_tone tone[SCN_MAX_TONES];
			unsigned tones;
		} sine;
		struct {
			uint64_t from_mhz, to_mhz, over_ps;
		} chirp;
		struct {
			struct scn_step *step; /* owned */
			unsigned steps;
		} steps;
		struct scn_impulses impulses;
		struct {
			struct scn_table
				rows;      /* owned; a column for each of the sensor's channels, or one for all */
			uint64_t rate_mhz; /* of rows without time */
		} table;
		struct {
			struct scn_wave sound; /* owned; of 1 channel or of the sensor's number */
			double full_scale;
		} wave;
	};
};

struct scn_signal {
	uint64_t rate_mhz; /* 1 … SCN_MAX_RATE_MHZ */
	unsigned channels;
	struct scn_source source[SCN_MAX_SOURCES];
	unsigned sources;
};

/* What a run of the signal remembers. Plain data; the signal itself is shared and constant. */
struct scn_signal_run {
	const struct scn_signal *signal; /* outlives the run */
	uint64_t seed;
	double pink[SCN_MAX_SOURCES][SCN_MAX_CHANNELS][SCN_PINK_STAGES];
};

void scn_signal_free(struct scn_signal *signal);

void scn_signal_start(struct scn_signal_run *run, const struct scn_signal *signal, uint64_t seed);

/* Time of sample n, rounded down; SCN_FOREVER beyond 2^64 ps. */
uint64_t scn_signal_time_ps(const struct scn_signal *signal, uint64_t n);

/* Sample n, of all channels, into ret_values[signal->channels]. n counts from 0, up by one each call (or by
 * scn_signal_skip); n < 2^44. */
void scn_signal_sample(struct scn_signal_run *run, uint64_t n, double *ret_values);

/*
 * Passes over the samples from `n` up to, not including, `to`, as if they had been taken. Pink noise is run through
 * the last SCN_PINK_MEMORY of them: of what was before, its slowest stage keeps less than 10^-18.
 */
void scn_signal_skip(struct scn_signal_run *run, uint64_t n, uint64_t to);

#define SCN_PINK_MEMORY (UINT64_C(1) << 19)

/*
 * What impulses of amplitude 1 add up to at sample n of a stream of rate_mhz, the first one being due at at_ps;
 * those due at at_ps + for_ps or later are left out. (Spikes, a fault, are impulses too.)
 */
double scn_impulses_at(const struct scn_impulses *impulses, uint64_t seed, uint64_t n, uint64_t rate_mhz,
		       uint64_t at_ps, uint64_t for_ps);

/* How many impulses may sound at once; more are refused when they are read. */
#define SCN_MAX_OVERLAP 256
#define SCN_DECAYS 14 /* time constants after which an impulse has died away: e^-14 is below half a count */

#endif
