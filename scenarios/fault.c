/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/fault.h"

#include <math.h>

/* The key that states how strong a fault is, and which keys it takes. In the order of enum scn_fault_kind. */
static const struct kind {
	const char *level;
	const char *keys[10];
} kinds[] = {
	{NULL, {"sensor", "kind", "at", "for"}},
	{NULL, {"sensor", "kind", "at", "for", "channels"}},
	{"amplitude", {"sensor", "kind", "at", "for", "channels", "amplitude", "rate", "jitter"}},
	{"to", {"sensor", "kind", "at", "for", "channels", "to"}},
	{"level", {"sensor", "kind", "at", "for", "channels", "level"}},
	{"level", {"sensor", "kind", "at", "for", "channels", "level"}},
};

static bool find_sensor(const struct yaml_node *node, const struct scn_sensor *sensors, unsigned count,
			unsigned *ret_index, struct err *err)
{
	const char *names[SCN_MAX_SENSORS + 1] = {0};
	if (count == 0)
		return yaml_err(node, err, "this scenario has no sensors");
	for (unsigned i = 0; i < count && i < SCN_MAX_SENSORS; i++)
		names[i] = sensors[i].name;
	return yaml_choice(node, names, ret_index, err);
}

static bool read_spikes(const struct yaml_node *node, const struct scn_sensor *sensor, struct scn_fault *fault,
			struct err *err)
{
	const struct yaml_node *rate = yaml_get(node, "rate"), *jitter = yaml_get(node, "jitter");
	struct scn_impulses *spikes = &fault->spikes;
	spikes->either_sign = rate != NULL;
	if (!yaml_frequency_mhz(rate, &spikes->rate_mhz, err) || !yaml_time_ps(jitter, &spikes->jitter_ps, err))
		return false;
	if (rate && (spikes->rate_mhz == 0 || spikes->rate_mhz > sensor->signal.rate_mhz))
		return yaml_err(rate, err, "a rate above 0, at most the sensor's %gHz, is expected here",
				(double)sensor->signal.rate_mhz / 1000);
	if (jitter && !rate)
		return yaml_err_key(jitter, err, "jitter needs a rate, such as rate: 5Hz");
	if (jitter && (double)spikes->jitter_ps > 0.5e15 / (double)spikes->rate_mhz)
		return yaml_err(jitter, err, "at most half of the time between two spikes is expected");
	if (!rate) { /* one spike: the first of a slow sequence whose window ends at once */
		spikes->rate_mhz = 1;
		fault->for_ps = 1;
	}
	return true;
}

static bool read_strength(const struct yaml_node *node, const struct scn_sensor *sensor, const struct kind *kind,
			  struct scn_fault *fault, struct err *err)
{
	const struct yaml_node *level;
	if (!kind->level)
		return true;
	if (!yaml_need(node, kind->level, &level, err) ||
	    !scn_sensor_amplitude(sensor, level, &fault->level, err))
		return false;
	if (fault->level < 0 && (fault->kind == SCN_CLIP || fault->kind == SCN_NOISE))
		return yaml_err(level, err, "%s is negative; a level above 0 is expected", level->text);
	if (fault->kind == SCN_DRIFT && fault->for_ps == SCN_FOREVER)
		return yaml_err_key(node, err, "a drift needs to know how long it takes, such as for: 2s");
	return fault->kind != SCN_SPIKE || read_spikes(node, sensor, fault, err);
}

bool scn_fault_read(const struct yaml_node *node, const struct scn_sensor *sensors, unsigned count,
		    struct scn_fault *ret_fault, struct err *err)
{
	static const char *const names[] = {"dropout", "stuck", "spike", "drift", "clip", "noise", NULL};
	const struct yaml_node *name, *kind, *duration = yaml_get(node, "for");
	struct scn_fault fault = {.for_ps = SCN_FOREVER};
	unsigned index = 0;
	if (!yaml_shape(node, YAML_MAP, "a fault such as {sensor: microphone, kind: dropout, at: 4s, for: 200ms}",
			err) ||
	    !yaml_need(node, "kind", &kind, err) || !yaml_choice(kind, names, &index, err) ||
	    !yaml_keys(node, kinds[index].keys, err) || !yaml_need(node, "sensor", &name, err) ||
	    !find_sensor(name, sensors, count, &fault.sensor, err))
		return false;
	const struct scn_sensor *sensor = &sensors[fault.sensor];
	fault.kind = (enum scn_fault_kind)index;
	fault.channels = (1u << sensor->signal.channels) - 1;
	if (!yaml_time_ps(yaml_get(node, "at"), &fault.at_ps, err) ||
	    !yaml_time_ps(duration, &fault.for_ps, err) ||
	    !scn_sensor_channels(sensor, yaml_get(node, "channels"), &fault.channels, err))
		return false;
	if (fault.for_ps == 0)
		return yaml_err(duration, err, "a time above 0 is expected here");
	if (!read_strength(node, sensor, &kinds[index], &fault, err))
		return false;
	*ret_fault = fault;
	return true;
}
