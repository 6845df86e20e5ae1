/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/stimulus.h"
#include "scenarios/numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FRAMES (UINT64_C(1) << 44) /* what scn_position can count */

struct stream_fault {
	const struct scn_fault *fault;
	uint64_t seed;
	double held[SCN_MAX_CHANNELS]; /* stuck: the value before */
	bool holding;
};

struct scn_stream {
	const struct scn_sensor *sensor;
	struct scn_signal_run run;
	struct stream_fault fault[SCN_MAX_FAULTS];
	unsigned faults;
	uint64_t next; /* frame */
	uint64_t end_ps;
};

bool scn_stream_create(const struct scn_sensor *sensors, unsigned index, const struct scn_fault *faults,
		       unsigned fault_count, uint64_t end_ps, uint64_t seed, struct scn_stream **ret_stream,
		       struct err *err)
{
	struct scn_stream *stream = calloc(1, sizeof *stream);
	if (!stream)
		return err_internal(err, "out of memory");
	uint64_t own = scn_hash_text(seed, sensors[index].name);
	stream->sensor = &sensors[index];
	stream->end_ps = end_ps;
	scn_signal_start(&stream->run, &stream->sensor->signal, own);
	for (unsigned i = 0; i < fault_count && stream->faults < SCN_MAX_FAULTS; i++)
		if (faults[i].sensor == index)
			/* behind the sources' seeds, so that a fault added to a scenario leaves the rest as it was */
			stream->fault[stream->faults++] = (struct stream_fault){
				.fault = &faults[i], .seed = scn_hash(own, SCN_MAX_SOURCES + i)};
	*ret_stream = stream;
	return true;
}

void scn_stream_destroy(struct scn_stream *stream)
{
	free(stream);
}

/* Skips the frames that dropouts swallow; false at the end of the stream. */
static bool skip_silence(struct scn_stream *stream, uint64_t *ret_now)
{
	const struct scn_signal *signal = &stream->sensor->signal;
	for (;;) {
		uint64_t now = stream->next < MAX_FRAMES ? scn_signal_time_ps(signal, stream->next) : SCN_FOREVER;
		if (now == SCN_FOREVER || now >= stream->end_ps)
			return false;
		const struct scn_fault *silence = NULL;
		for (unsigned i = 0; i < stream->faults && !silence; i++)
			if (stream->fault[i].fault->kind == SCN_DROPOUT &&
			    scn_fault_active(stream->fault[i].fault, now))
				silence = stream->fault[i].fault;
		if (!silence) {
			*ret_now = now;
			return true;
		}
		if (silence->for_ps > SCN_FOREVER - 1 - silence->at_ps)
			return false;
		/* the first n with n / rate >= the dropout's end */
		unsigned __int128 past = (unsigned __int128)(silence->at_ps + silence->for_ps) * signal->rate_mhz;
		uint64_t next = (uint64_t)((past + UINT64_C(999999999999999)) / UINT64_C(1000000000000000));
		if (next >= MAX_FRAMES || scn_signal_time_ps(signal, next) >= stream->end_ps)
			return false;
		scn_signal_skip(&stream->run, stream->next, next);
		stream->next = next;
	}
}

static double faulty(struct stream_fault *f, double value, unsigned channel, uint64_t n, uint64_t now,
		     double spikes)
{
	const struct scn_fault *fault = f->fault;
	switch (fault->kind) {
	case SCN_DROPOUT:
		break;
	case SCN_STUCK:
		return f->held[channel];
	case SCN_SPIKE:
		return value + fault->level * spikes;
	case SCN_DRIFT:
		return value + fault->level * ((double)(now - fault->at_ps) / (double)fault->for_ps);
	case SCN_CLIP:
		return value > fault->level ? fault->level : value < -fault->level ? -fault->level : value;
	case SCN_NOISE:
		return value + fault->level * scn_gaussian(scn_hash(f->seed, channel), n);
	}
	return value;
}

static void apply(struct scn_stream *stream, struct stream_fault *f, uint64_t n, uint64_t now, double *values)
{
	const struct scn_fault *fault = f->fault;
	const struct scn_signal *signal = &stream->sensor->signal;
	double spikes = 0;
	bool active = scn_fault_active(fault, now);
	if (fault->kind == SCN_SPIKE) { /* a spike due in the window may show in the first sample behind it */
		spikes = scn_impulses_at(&fault->spikes, f->seed, n, signal->rate_mhz, fault->at_ps,
					 fault->for_ps);
		active = spikes != 0;
	}
	if (fault->kind == SCN_STUCK && (!active || !f->holding)) {
		memcpy(f->held, values, sizeof f->held);
		f->holding = true;
	}
	for (unsigned c = 0; c < signal->channels && active; c++)
		if (fault->channels >> c & 1)
			values[c] = faulty(f, values[c], c, n, now, spikes);
}

static int16_t to_count(double value, double scale)
{
	double count = floor(value / scale + 0.5);
	return count >= INT16_MAX ? INT16_MAX : count <= INT16_MIN ? INT16_MIN : (int16_t)count;
}

bool scn_stream_next(struct scn_stream *stream, uint64_t *ret_t_ps, int16_t counts[SCN_MAX_CHANNELS])
{
	uint64_t now;
	double values[SCN_MAX_CHANNELS] = {0};
	if (!skip_silence(stream, &now))
		return false;
	uint64_t n = stream->next++;
	scn_signal_sample(&stream->run, n, values);
	for (unsigned i = 0; i < stream->faults; i++)
		apply(stream, &stream->fault[i], n, now, values);
	for (unsigned c = 0; c < SCN_MAX_CHANNELS; c++)
		counts[c] = c < stream->sensor->signal.channels ? to_count(values[c], stream->sensor->scale) : 0;
	*ret_t_ps = now;
	return true;
}
