/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources as a scenario writes them: {KIND: …, at, for, gain} or, for single channels, {x: SOURCES, y: SOURCES}.
 * docs/scenarios.md has every key. Adding a kind adds one reader and one line in `kinds`.
 */
#include "scenarios/numeric.h"
#include "scenarios/sensor.h"

#include <stdlib.h>
#include <string.h>

/* Reads a kind: `what` is the value of its own key, `all` the whole source. */
typedef bool kind_reader(const struct scn_sensor *sensor, const struct yaml_node *what,
			 const struct yaml_node *all, struct scn_source *source, struct err *err);

static bool read_constant(const struct scn_sensor *sensor, const struct yaml_node *what,
			  const struct yaml_node *all, struct scn_source *source, struct err *err)
{
	source->kind = SCN_CONSTANT;
	return scn_sensor_amplitude(sensor, what, &source->amplitude, err);
}

static bool read_tone(const struct scn_sensor *sensor, const struct yaml_node *node, struct scn_tone *tone,
		      struct err *err)
{
	static const char *const keys[] = {"hz", "amplitude", "phase", NULL};
	const struct yaml_node *hz, *amplitude;
	double degrees = 0;
	if (!yaml_keys(node, keys, err) || !yaml_need(node, "hz", &hz, err) ||
	    !yaml_need(node, "amplitude", &amplitude, err) || !scn_sensor_tone(sensor, hz, &tone->mhz, err) ||
	    !scn_sensor_amplitude(sensor, amplitude, &tone->amplitude, err) ||
	    !yaml_quantity(yaml_get(node, "phase"), UNIT_ANGLE, 0, &degrees, err))
		return false;
	if (!(degrees >= -360 && degrees <= 360))
		return yaml_err(yaml_get(node, "phase"), err, "a phase from -360deg to 360deg is expected");
	tone->turns = degrees / 360;
	return true;
}

static bool read_sine(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		      struct scn_source *source, struct err *err)
{
	source->kind = SCN_SINE;
	for (const struct yaml_node *n = yaml_items(what); n; n = yaml_item_after(what, n)) {
		if (source->sine.tones == SCN_MAX_TONES)
			return yaml_err(n, err, "more than %d tones in one source", SCN_MAX_TONES);
		if (!read_tone(sensor, n, &source->sine.tone[source->sine.tones++], err))
			return false;
	}
	return source->sine.tones ? true
				  : yaml_err(what, err, "tones such as {hz: 50, amplitude: 0.1} are expected");
}

static bool above_0(const struct yaml_node *node, uint64_t value, const char *expected, struct err *err)
{
	return !node || value ? true : yaml_err(node, err, "%s above 0 is expected here", expected);
}

static bool read_chirp(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		       struct scn_source *source, struct err *err)
{
	static const char *const keys[] = {"from", "to", "over", "amplitude", NULL};
	const struct yaml_node *from, *to, *over, *amplitude;
	source->kind = SCN_CHIRP;
	return yaml_keys(what, keys, err) && yaml_need(what, "from", &from, err) &&
	       yaml_need(what, "to", &to, err) && yaml_need(what, "over", &over, err) &&
	       yaml_need(what, "amplitude", &amplitude, err) &&
	       scn_sensor_tone(sensor, from, &source->chirp.from_mhz, err) &&
	       scn_sensor_tone(sensor, to, &source->chirp.to_mhz, err) &&
	       yaml_time_ps(over, &source->chirp.over_ps, err) &&
	       above_0(over, source->chirp.over_ps, "a time", err) &&
	       scn_sensor_amplitude(sensor, amplitude, &source->amplitude, err) &&
	       yaml_bool(yaml_get(all, "loop"), &source->loop, err);
}

static bool read_noise(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		       struct scn_source *source, struct err *err)
{
	static const char *const colours[] = {"white", "pink", NULL};
	unsigned colour;
	const struct yaml_node *level;
	if (!yaml_choice(what, colours, &colour, err) || !yaml_need(all, "level", &level, err) ||
	    !scn_sensor_amplitude(sensor, level, &source->amplitude, err))
		return false;
	if (source->amplitude < 0)
		return yaml_err(level, err, "%s is negative; an RMS level is expected", level->text);
	source->kind = colour ? SCN_PINK : SCN_WHITE;
	return true;
}

static bool read_step(const struct scn_sensor *sensor, const struct yaml_node *node,
		      const struct scn_step *before, struct scn_step *step, struct err *err)
{
	static const char *const keys[] = {"at", "value", NULL};
	const struct yaml_node *at, *value;
	if (!yaml_keys(node, keys, err) || !yaml_need(node, "at", &at, err) ||
	    !yaml_need(node, "value", &value, err) || !yaml_time_ps(at, &step->at_ps, err) ||
	    !scn_sensor_amplitude(sensor, value, &step->value, err))
		return false;
	if (before && step->at_ps <= before->at_ps)
		return yaml_err(at, err, "%s does not come after the step before", at->text);
	return true;
}

static bool read_steps(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		       struct scn_source *source, struct err *err)
{
	source->kind = SCN_STEPS;
	if (!yaml_shape(what, YAML_LIST, "a list of steps such as {at: 1s, value: 0.5}", err))
		return false;
	if (what->count == 0 || what->count > SCN_MAX_STEPS)
		return yaml_err(what, err, "%u steps; 1 to %d are accepted", what->count, SCN_MAX_STEPS);
	source->steps.step = calloc(what->count, sizeof *source->steps.step);
	if (!source->steps.step)
		return err_internal(err, "out of memory");
	for (const struct yaml_node *n = what->first; n; n = n->next) {
		struct scn_step *step = &source->steps.step[source->steps.steps];
		if (!read_step(sensor, n, source->steps.steps ? step - 1 : NULL, step, err))
			return false;
		source->steps.steps++;
	}
	return true;
}

static bool impulses_fit(const struct scn_sensor *sensor, const struct yaml_node *what,
			 const struct scn_impulses *im, struct err *err)
{
	if (im->rate_mhz == 0 || im->rate_mhz > sensor->signal.rate_mhz)
		return yaml_err(yaml_get(what, "rate"), err,
				"a rate above 0, at most the sensor's %gHz, is expected here",
				(double)sensor->signal.rate_mhz / 1000);
	if (im->ring_mhz && !im->decay_ps)
		return yaml_err_key(yaml_get(what, "ring"), err, "a ring needs a decay, such as decay: 20ms");
	double period_ps = 1e15 / (double)im->rate_mhz;
	if ((double)im->jitter_ps > period_ps / 2)
		return yaml_err(yaml_get(what, "jitter"), err,
				"at most half of the time between two impulses is expected");
	if (SCN_DECAYS * (double)im->decay_ps > (SCN_MAX_OVERLAP - 2) * period_ps)
		return yaml_err(yaml_get(what, "decay"), err,
				"more than %d impulses would ring at once; a shorter decay "
				"or a lower rate is expected",
				SCN_MAX_OVERLAP);
	return true;
}

static bool read_impulses(const struct scn_sensor *sensor, const struct yaml_node *what,
			  const struct yaml_node *all, struct scn_source *source, struct err *err)
{
	static const char *const keys[] = {"rate", "amplitude", "ring", "decay", "jitter", NULL};
	struct scn_impulses *im = &source->impulses;
	const struct yaml_node *rate, *amplitude;
	source->kind = SCN_IMPULSES;
	return yaml_keys(what, keys, err) && yaml_need(what, "rate", &rate, err) &&
	       yaml_need(what, "amplitude", &amplitude, err) && yaml_frequency_mhz(rate, &im->rate_mhz, err) &&
	       scn_sensor_amplitude(sensor, amplitude, &source->amplitude, err) &&
	       scn_sensor_tone(sensor, yaml_get(what, "ring"), &im->ring_mhz, err) &&
	       yaml_time_ps(yaml_get(what, "decay"), &im->decay_ps, err) &&
	       yaml_time_ps(yaml_get(what, "jitter"), &im->jitter_ps, err) && impulses_fit(sensor, what, im, err);
}

static bool read_csv(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		     struct scn_source *source, struct err *err)
{
	const char *names[SCN_MAX_CHANNELS + 1] = {0};
	const struct yaml_node *rate = yaml_get(all, "rate");
	unsigned count = 0, last = 0;
	uint32_t mask = source->channels;
	char *path;
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (mask >> c & 1)
			last = c;
	bool one = mask == 1u << last; /* then the file may have one column, too */
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (!one || c == last)
			names[count++] = sensor->channel[c];
	source->table.rate_mhz = sensor->signal.rate_mhz;
	if (!yaml_bool(yaml_get(all, "loop"), &source->loop, err) ||
	    !yaml_frequency_mhz(rate, &source->table.rate_mhz, err))
		return false;
	if (source->table.rate_mhz == 0 || source->table.rate_mhz > SCN_MAX_RATE_MHZ)
		return yaml_err(rate, err, "a rate from 1mHz to 1MHz is expected here");
	if (!scn_file_beside(what, "the CSV file", &path, err))
		return false;
	bool ok = scn_table_load(path, names, &source->table.rows, err);
	free(path);
	if (!ok)
		return false;
	source->kind = SCN_TABLE;
	if (rate && source->table.rows.time_ps)
		return yaml_err_key(rate, err, "'rate' and the file's own column of times exclude each other");
	return true;
}

static bool read_wav(const struct scn_sensor *sensor, const struct yaml_node *what, const struct yaml_node *all,
		     struct scn_source *source, struct err *err)
{
	struct scn_wave *sound = &source->wave.sound;
	struct err why;
	char *path;
	if (!yaml_bool(yaml_get(all, "loop"), &source->loop, err) ||
	    !scn_file_beside(what, "the sound file", &path, err))
		return false;
	bool ok = scn_wave_load(path, sound, &why);
	free(path);
	if (!ok)
		return why.kind == ERR_INTERNAL ? err_internal(err, "%s", why.text)
						: yaml_err(what, err, "%s", why.text);
	source->kind = SCN_WAVE;
	source->wave.full_scale = 32768 * sensor->scale;
	unsigned channels = sensor->signal.channels;
	if (sound->channels != 1 && channels != 1 && sound->channels != channels)
		return yaml_err(what, err, "a file of %u channels for a sensor of %u; 1 or %u are expected",
				sound->channels, channels, channels);
	return true;
}

static const struct kind {
	const char *name;
	kind_reader *read;
	const char *keys[8]; /* with those that all kinds have */
} kinds[] = {
	{"constant", read_constant, {"constant", "at", "for", "gain"}},
	{"sine", read_sine, {"sine", "at", "for", "gain"}},
	{"chirp", read_chirp, {"chirp", "loop", "at", "for", "gain"}},
	{"noise", read_noise, {"noise", "level", "at", "for", "gain"}},
	{"steps", read_steps, {"steps", "at", "for", "gain"}},
	{"impulses", read_impulses, {"impulses", "at", "for", "gain"}},
	{"csv", read_csv, {"csv", "loop", "rate", "at", "for", "gain"}},
	{"wav", read_wav, {"wav", "loop", "at", "for", "gain"}},
};

static bool find_kind(const struct yaml_node *node, const struct kind **ret_kind, struct err *err)
{
	const struct kind *found = NULL;
	const char *expected = "constant, sine, chirp, noise, steps, impulses, csv, wav";
	if (!yaml_shape(node, YAML_MAP, "a source such as {noise: pink, level: -40dBFS}", err))
		return false;
	for (const struct yaml_node *n = node->first; n; n = n->next)
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			if (strcmp(n->key, kinds[i].name) != 0)
				continue;
			if (found)
				return yaml_err_key(n, err, "'%s' beside '%s': a source has one of %s", n->key,
						    found->name, expected);
			found = &kinds[i];
		}
	if (!found)
		return yaml_err(node, err, "a source needs one of %s%s", expected,
				node->count ? "" : ", or the name of a channel");
	*ret_kind = found;
	return true;
}

/* One number for all channels, or {x: 1, y: 0.5}: channels not named get nothing. */
static bool read_gain(const struct scn_sensor *sensor, const struct yaml_node *node, struct scn_source *source,
		      struct err *err)
{
	double all = node && node->shape == YAML_MAP ? 0 : 1;
	if (node && node->shape == YAML_TEXT && !yaml_number(node, -1e6, 1e6, &all, err))
		return false;
	for (unsigned c = 0; c < SCN_MAX_CHANNELS; c++)
		source->gain[c] = all;
	if (!node || node->shape == YAML_TEXT)
		return true;
	const char *names[SCN_MAX_CHANNELS + 1] = {0};
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		names[c] = sensor->channel[c];
	if (!yaml_keys(node, names, err))
		return false;
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (!yaml_number(yaml_get(node, names[c]), -1e6, 1e6, &source->gain[c], err))
			return false;
	return true;
}

static bool read_source(const struct yaml_node *node, uint32_t mask, struct scn_sensor *sensor, struct err *err)
{
	const struct kind *kind = NULL;
	struct scn_signal *signal = &sensor->signal;
	if (!find_kind(node, &kind, err) || !yaml_keys(node, kind->keys, err))
		return false;
	if (signal->sources == SCN_MAX_SOURCES)
		return yaml_err(node, err, "more than %d sources for one sensor", SCN_MAX_SOURCES);
	struct scn_source *source = &signal->source[signal->sources];
	*source = (struct scn_source){.channels = mask, .for_ps = SCN_FOREVER};
	const struct yaml_node *duration = yaml_get(node, "for");
	bool ok = yaml_time_ps(yaml_get(node, "at"), &source->at_ps, err) &&
		  yaml_time_ps(duration, &source->for_ps, err) &&
		  above_0(duration, source->for_ps, "a time", err) &&
		  read_gain(sensor, yaml_get(node, "gain"), source, err) &&
		  kind->read(sensor, yaml_get(node, kind->name), node, source, err);
	signal->sources++; /* from here on the signal frees what was read, complete or not */
	return ok;
}

static bool is_channel(const struct scn_sensor *sensor, const char *key, uint32_t *ret_mask)
{
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (!strcmp(sensor->channel[c], key)) {
			*ret_mask = 1u << c;
			return true;
		}
	return false;
}

static bool read_list(const struct yaml_node *node, uint32_t mask, struct scn_sensor *sensor, struct err *err)
{
	for (const struct yaml_node *n = yaml_items(node); n; n = yaml_item_after(node, n))
		if (!read_source(n, mask, sensor, err))
			return false;
	return true;
}

static bool read_by_channel(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	const char *names[SCN_MAX_CHANNELS + 1] = {0};
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		names[c] = sensor->channel[c];
	if (!yaml_keys(node, names, err))
		return false;
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		uint32_t mask = 0;
		is_channel(sensor, n->key, &mask);
		if (!read_list(n, mask, sensor, err))
			return false;
	}
	return true;
}

bool scn_sources_read(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	uint32_t all = (1u << sensor->signal.channels) - 1, mask;
	for (const struct yaml_node *n = yaml_items(node); n; n = yaml_item_after(node, n)) {
		bool by_channel = n->shape == YAML_MAP && n->first && is_channel(sensor, n->first->key, &mask);
		if (by_channel ? !read_by_channel(n, sensor, err) : !read_source(n, all, sensor, err))
			return false;
	}
	return true;
}
