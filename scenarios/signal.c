/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/signal.h"
#include "scenarios/numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PS_MHZ UINT64_C(1000000000000000) /* ps per s times mHz per Hz */

void scn_signal_free(struct scn_signal *signal)
{
	for (unsigned i = 0; i < signal->sources; i++) {
		struct scn_source *s = &signal->source[i];
		if (s->kind == SCN_STEPS)
			free(s->steps.step);
		else if (s->kind == SCN_TABLE)
			scn_table_free(&s->table.rows);
		else if (s->kind == SCN_WAVE)
			scn_wave_free(&s->wave.sound);
	}
	signal->sources = 0;
}

static uint64_t pink_seed(uint64_t seed, unsigned source, unsigned channel)
{
	return scn_hash(scn_hash(seed, source), channel);
}

void scn_signal_start(struct scn_signal_run *run, const struct scn_signal *signal, uint64_t seed)
{
	*run = (struct scn_signal_run){.signal = signal, .seed = seed};
	/* Begins as if it had always run: each stage with its own variance, 1. */
	for (unsigned s = 0; s < signal->sources; s++)
		for (unsigned c = 0; c < signal->channels && signal->source[s].kind == SCN_PINK; c++)
			for (unsigned k = 0; k < SCN_PINK_STAGES; k++)
				run->pink[s][c][k] = scn_gaussian(~pink_seed(seed, s, c), k);
}

static uint64_t time_ps(uint64_t rate_mhz, uint64_t n)
{
	unsigned __int128 ps = (unsigned __int128)n * PS_MHZ / rate_mhz;
	return ps >= SCN_FOREVER ? SCN_FOREVER : (uint64_t)ps;
}

uint64_t scn_signal_time_ps(const struct scn_signal *signal, uint64_t n)
{
	return time_ps(signal->rate_mhz, n);
}

/* Seconds since the source began. */
static double seconds(const struct scn_source *s, uint64_t n, uint64_t rate_mhz)
{
	int64_t whole;
	double fraction = scn_position(n, rate_mhz, s->at_ps, 1000, &whole);
	return (double)whole + fraction;
}

static double sine_sum(const struct scn_source *s, uint64_t n, uint64_t rate_mhz)
{
	double sum = 0;
	int64_t whole;
	for (unsigned i = 0; i < s->sine.tones; i++) {
		const struct scn_tone *tone = &s->sine.tone[i];
		double turns = scn_position(n, rate_mhz, s->at_ps, tone->mhz, &whole);
		sum += tone->amplitude * scn_sine(turns + tone->turns);
	}
	return sum;
}

static double chirp(const struct scn_source *s, uint64_t n, uint64_t rate_mhz)
{
	double t = seconds(s, n, rate_mhz), over = (double)s->chirp.over_ps * 1e-12;
	double from = (double)s->chirp.from_mhz * 1e-3, to = (double)s->chirp.to_mhz * 1e-3;
	if (s->loop)
		t -= floor(t / over) * over;
	else if (t >= over)
		return 0;
	return s->amplitude * scn_sine(t * (from + (to - from) * t / (2 * over)));
}

static double last_step(const struct scn_source *s, uint64_t since_ps)
{
	unsigned low = 0, high = s->steps.steps; /* all before low have come, none from high on has */
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (s->steps.step[middle].at_ps <= since_ps)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? s->steps.step[low - 1].value : 0;
}

/* Twelve uniform numbers, each with variance 1, for up to as many stages: the sum of stages is what must be normal. */
static double pink(double *stage, uint64_t seed, uint64_t n)
{
	static const double keep[SCN_PINK_STAGES] = {
		/* e^(-2 pi * 0.25 / 3^k) */
		0.2078795763507619, 0.592384847188389, 0.839849201571523,  0.9434823307129577, 0.980794278574625,
		0.9935566654666612, 0.997847592287192, 0.9992820153838625, 0.999760614493773,  0.9999201984631417,
	};
	double sum = 0;
	uint64_t bits = 0;
	for (unsigned k = 0; k < SCN_PINK_STAGES; k++) {
		if (k % 4 == 0)
			bits = scn_hash(seed, n * 3 + k / 4);
		double u = ((int)(bits >> (16 * (k % 4)) & 0xFFFF) - 32767.5) * (1.7320508075688772 / 32768);
		stage[k] = keep[k] * stage[k] + sqrt(1 - keep[k] * keep[k]) * u;
		sum += stage[k];
	}
	return sum * 0.31622776601683794; /* 1 / sqrt(stages) */
}

/* When impulse k is due: never before at_ps, however early the jitter would have it. */
static uint64_t impulse_ps(const struct scn_impulses *im, uint64_t seed, uint64_t k, uint64_t at_ps)
{
	int64_t jitter = im->jitter_ps ? (int64_t)((double)im->jitter_ps * scn_uniform(seed, 2 * k)) : 0;
	uint64_t after = time_ps(im->rate_mhz, k);
	if (jitter < 0 && after < (uint64_t)-jitter)
		return at_ps;
	after += (uint64_t)jitter;
	return after > SCN_FOREVER - at_ps ? SCN_FOREVER : at_ps + after;
}

static double impulse(const struct scn_impulses *im, uint64_t age_ps)
{
	double age = (double)age_ps * 1e-12;
	double value = im->decay_ps ? scn_exp(-(double)age_ps / (double)im->decay_ps) : 1;
	return im->ring_mhz ? value * scn_sine(age * (double)im->ring_mhz * 1e-3) : value;
}

/* Number of the last impulse that is due `ps` after the first one, jitter aside. */
static uint64_t impulse_number(const struct scn_impulses *im, uint64_t ps)
{
	return (uint64_t)((unsigned __int128)ps * im->rate_mhz / PS_MHZ);
}

double scn_impulses_at(const struct scn_impulses *im, uint64_t seed, uint64_t n, uint64_t rate_mhz,
		       uint64_t at_ps, uint64_t for_ps)
{
	uint64_t now = time_ps(rate_mhz, n), before = n ? time_ps(rate_mhz, n - 1) : 0;
	if (now < at_ps)
		return 0;
	uint64_t sample_ps = now - before;
	uint64_t back = (im->decay_ps ? SCN_DECAYS * im->decay_ps : sample_ps) + im->jitter_ps,
		 since = now - at_ps;
	uint64_t first = since > back ? impulse_number(im, since - back) : 0;
	uint64_t last = impulse_number(im, since + im->jitter_ps);
	double sum = 0;
	for (uint64_t k = first; k <= last; k++) {
		uint64_t due = impulse_ps(im, seed, k, at_ps);
		if (due > now || due - at_ps >= for_ps)
			continue;
		if (!im->decay_ps && n && due <= before)
			continue;
		double sign = im->either_sign && scn_hash(seed, 2 * k + 1) & 1 ? -1 : 1;
		sum += sign * impulse(im, now - due);
	}
	return sum;
}

/* A mono file, or a mono sensor hearing all of the file, or each channel its own. */
static double wave_at(const struct scn_source *s, unsigned channel, unsigned channels, uint64_t n,
		      uint64_t rate_mhz)
{
	const struct scn_wave *w = &s->wave.sound;
	int64_t whole;
	double fraction = scn_position(n, rate_mhz, s->at_ps, w->rate_hz * 1000, &whole);
	if (!s->loop && (uint64_t)whole >= w->frames)
		return 0;
	int from = w->channels == 1 ? 0 : channels == 1 ? -1 : (int)channel;
	double narrow = (double)w->rate_hz * 1000 / (double)rate_mhz;
	return s->wave.full_scale * scn_wave_at(w, whole, fraction, from, narrow, s->loop);
}

/* A table has a column for each channel, or one for all. */
static void table_at(const struct scn_source *s, unsigned channels, uint64_t n, uint64_t now_ps,
		     uint64_t rate_mhz, double *ret_values)
{
	const struct scn_table *rows = &s->table.rows;
	int64_t whole;
	memset(ret_values, 0, channels * sizeof *ret_values);
	if (rows->time_ps) {
		scn_table_at_time(rows, now_ps - s->at_ps, s->loop, ret_values);
	} else {
		double fraction = scn_position(n, rate_mhz, s->at_ps, s->table.rate_mhz, &whole);
		scn_table_at_row(rows, whole, fraction, s->loop, ret_values);
	}
	for (unsigned c = rows->columns; c < channels; c++)
		ret_values[c] = ret_values[0];
}

/* The source's value for each channel; what is the same on all of them is computed once. */
static void source_at(struct scn_signal_run *run, unsigned index, uint64_t n, uint64_t now_ps, double *ret_values)
{
	const struct scn_signal *signal = run->signal;
	const struct scn_source *s = &signal->source[index];
	uint64_t rate = signal->rate_mhz, seed = scn_hash(run->seed, index);
	double same = 0;
	switch (s->kind) {
	case SCN_CONSTANT:
		same = s->amplitude;
		break;
	case SCN_SINE:
		same = sine_sum(s, n, rate);
		break;
	case SCN_CHIRP:
		same = chirp(s, n, rate);
		break;
	case SCN_STEPS:
		same = last_step(s, now_ps - s->at_ps);
		break;
	case SCN_IMPULSES:
		same = s->amplitude * scn_impulses_at(&s->impulses, seed, n, rate, s->at_ps, s->for_ps);
		break;
	case SCN_WHITE:
		for (unsigned c = 0; c < signal->channels; c++)
			ret_values[c] = s->amplitude * scn_gaussian(scn_hash(seed, c), n);
		return;
	case SCN_PINK:
		for (unsigned c = 0; c < signal->channels; c++)
			ret_values[c] =
				s->amplitude * pink(run->pink[index][c], pink_seed(run->seed, index, c), n);
		return;
	case SCN_WAVE:
		for (unsigned c = 0; c < signal->channels; c++)
			ret_values[c] = s->channels >> c & 1 ? wave_at(s, c, signal->channels, n, rate) : 0;
		return;
	case SCN_TABLE:
		table_at(s, signal->channels, n, now_ps, rate, ret_values);
		return;
	}
	for (unsigned c = 0; c < signal->channels; c++)
		ret_values[c] = same;
}

/* An impulse that has begun rings on beyond the window. */
static bool active(const struct scn_source *s, uint64_t now_ps)
{
	return now_ps >= s->at_ps && (now_ps - s->at_ps < s->for_ps || s->kind == SCN_IMPULSES);
}

void scn_signal_skip(struct scn_signal_run *run, uint64_t n, uint64_t to)
{
	const struct scn_signal *signal = run->signal;
	if (to > n + SCN_PINK_MEMORY)
		n = to - SCN_PINK_MEMORY;
	for (unsigned i = 0; i < signal->sources; i++) {
		double values[SCN_MAX_CHANNELS];
		for (uint64_t k = n; k < to && signal->source[i].kind == SCN_PINK; k++) {
			uint64_t now_ps = scn_signal_time_ps(signal, k);
			if (active(&signal->source[i], now_ps))
				source_at(run, i, k, now_ps, values);
		}
	}
}

void scn_signal_sample(struct scn_signal_run *run, uint64_t n, double *ret_values)
{
	const struct scn_signal *signal = run->signal;
	uint64_t now_ps = scn_signal_time_ps(signal, n);
	memset(ret_values, 0, signal->channels * sizeof *ret_values);
	for (unsigned i = 0; i < signal->sources; i++) {
		const struct scn_source *s = &signal->source[i];
		if (!active(s, now_ps))
			continue;
		double values[SCN_MAX_CHANNELS];
		source_at(run, i, n, now_ps, values);
		for (unsigned c = 0; c < signal->channels; c++)
			if (s->channels >> c & 1)
				ret_values[c] += s->gain[c] * values[c];
	}
}
