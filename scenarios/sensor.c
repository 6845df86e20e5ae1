/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/sensor.h"
#include "base/file.h"
#include "base/near.h"
#include "scenarios/numeric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct known_sensor {
	const char *name, *unit;
	double scale;
	unsigned channels;
	const char *channel[3];
} known_sensors[] = {
	{"microphone", "", 1.0 / 32768, 1, {"audio"}},
	{"accelerometer", "g", 1.0 / 2048, 3, {"x", "y", "z"}},
	{"gyroscope", "", 2000.0 / 32768, 3, {"x", "y", "z"}},
};

static const struct known_sensor *known(const char *name)
{
	for (size_t i = 0; i < sizeof known_sensors / sizeof *known_sensors; i++)
		if (!strcmp(known_sensors[i].name, name))
			return &known_sensors[i];
	return NULL;
}

bool scn_sensor_amplitude(const struct scn_sensor *sensor, const struct yaml_node *node, double *ret_value,
			  struct err *err)
{
	double value;
	if (!node)
		return true;
	bool text = node->shape == YAML_TEXT, g = !strcmp(sensor->unit, "g");
	if (text && units_has(node->text, UNIT_LEVEL)) {
		double db;
		if (!yaml_quantity(node, UNIT_LEVEL, 0, &db, err))
			return false;
		if (fabs(db) > 200)
			return yaml_err(node, err, "%s is out of range; a level within 200dBFS is expected",
					node->text);
		value = 32768 * sensor->scale * scn_from_db(db);
	} else if (text && g && units_has(node->text, UNIT_ACCELERATION)) {
		if (!yaml_quantity(node, UNIT_ACCELERATION, 0, &value, err))
			return false;
	} else {
		struct err why;
		if (!text || !units_double(node->text, UNIT_NUMBER, 0, &value, &why))
			return yaml_err(node, err,
					"'%.64s' is no amplitude of '%s'; a number such as 0.5%s or -40dBFS is "
					"expected",
					text ? node->text : "…", sensor->name, g ? ", 30mg" : "");
	}
	if (!(fabs(value) <= 1e6))
		return yaml_err(node, err, "%s is out of range; at most 1e6 is expected", node->text);
	*ret_value = value;
	return true;
}

static int channel_number(const struct scn_sensor *sensor, const char *name)
{
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (!strcmp(sensor->channel[c], name))
			return (int)c;
	return -1;
}

bool scn_sensor_channels(const struct scn_sensor *sensor, const struct yaml_node *node, uint32_t *ret_mask,
			 struct err *err)
{
	const char *names[SCN_MAX_CHANNELS + 1] = {0};
	uint32_t mask = 0;
	if (!node)
		return true;
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		names[c] = sensor->channel[c];
	for (const struct yaml_node *n = yaml_items(node); n; n = yaml_item_after(node, n)) {
		unsigned index;
		if (!yaml_choice(n, names, &index, err))
			return false;
		mask |= 1u << index;
	}
	if (!mask)
		return yaml_err(node, err, "at least one channel is expected here");
	*ret_mask = mask;
	return true;
}

bool scn_sensor_tone(const struct scn_sensor *sensor, const struct yaml_node *node, uint64_t *ret_mhz,
		     struct err *err)
{
	uint64_t mhz;
	if (!node)
		return true;
	bool bare = node->shape == YAML_TEXT && !units_has(node->text, UNIT_FREQUENCY) && node->key &&
		    !strcmp(node->key, "hz");
	if (!yaml_scaled(node, bare ? UNIT_NUMBER : UNIT_FREQUENCY, -3, &mhz, err))
		return false;
	if (mhz == 0 || mhz > sensor->signal.rate_mhz / 2)
		return yaml_err(node, err,
				"%s cannot be shown at a rate of %gHz; above 0, at most half of it is expected",
				node->text, (double)sensor->signal.rate_mhz / 1000);
	*ret_mhz = mhz;
	return true;
}

bool scn_file_beside(const struct yaml_node *node, const char *what, char **ret_path, struct err *err)
{
	const char *text;
	struct stat st;
	if (!yaml_string(node, &text, err))
		return false;
	char *path = file_path_beside(node->file, text);
	if (!path)
		return err_internal(err, "out of memory");
	bool there = stat(path, &st) == 0, file = there && S_ISREG(st.st_mode);
	if (!file) {
		yaml_err(node, err, "%s '%.256s' %s (looked for %.256s)", what, text,
			 there ? "is not a regular file" : "does not exist", path);
		free(path);
		return false;
	}
	*ret_path = path;
	return true;
}

/* 1/2048, 0.000488 or 0.488mg */
static bool read_scale(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	if (!node)
		return true;
	double above, below = 1;
	const char *slash = node->shape == YAML_TEXT ? strchr(node->text, '/') : NULL;
	if (slash) {
		char text[32];
		struct err why;
		snprintf(text, sizeof text, "%.*s", (int)(slash - node->text), node->text);
		if (!units_double(text, UNIT_NUMBER, 0, &above, &why) ||
		    !units_double(slash + 1, UNIT_NUMBER, 0, &below, &why))
			return yaml_err(node, err, "%s", why.text);
	} else if (!scn_sensor_amplitude(sensor, node, &above, err)) {
		return false;
	}
	double scale = above / below;
	if (!(scale >= 1e-12 && scale <= 1e6))
		return yaml_err(node, err,
				"%s is no scale; physical units per count, such as 1/2048, are expected",
				node->text);
	sensor->scale = scale;
	return true;
}

static bool read_channel_names(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	static const char *const taken[] = {"constant", "sine", "chirp", "noise", "steps",
					    "impulses", "csv",  "wav",   "at",    "for",
					    "gain",     "loop", "level", "rate",  NULL};
	unsigned count = 0;
	if (!node)
		return true;
	for (const struct yaml_node *n = yaml_items(node); n; n = yaml_item_after(node, n)) {
		if (count == SCN_MAX_CHANNELS)
			return yaml_err(n, err, "more than %d channels", SCN_MAX_CHANNELS);
		if (!yaml_copy(n, sensor->channel[count], sizeof sensor->channel[count], err))
			return false;
		for (const char *const *t = taken; *t; t++)
			if (!strcmp(*t, n->text))
				return yaml_err(n, err, "'%s' cannot name a channel: it is a key of sources",
						n->text);
		sensor->signal.channels = count;
		if (channel_number(sensor, n->text) >= 0)
			return yaml_err(n, err, "channel '%s' stands here twice", n->text);
		count++;
	}
	if (!count)
		return yaml_err(node, err, "names of channels, such as [x, y, z], are expected here");
	sensor->signal.channels = count;
	return true;
}

static bool read_rate(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	uint64_t rate;
	if (!yaml_frequency_mhz(node, &rate, err))
		return false;
	if (rate == 0 || rate > SCN_MAX_RATE_MHZ)
		return yaml_err(node, err, "%s is out of range; a rate from 1mHz to 1MHz is expected",
				node->text);
	sensor->signal.rate_mhz = rate;
	return true;
}

static bool read_into(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err)
{
	static const char *const keys[] = {"rate", "scale", "channels", "source", NULL};
	const struct yaml_node *rate, *source, *scale = yaml_get(node, "scale"),
					       *channels = yaml_get(node, "channels");
	if (!yaml_keys(node, keys, err) || !yaml_need(node, "rate", &rate, err) ||
	    !yaml_need(node, "source", &source, err))
		return false;
	const struct known_sensor *like = known(sensor->name);
	if (like) {
		sensor->scale = like->scale;
		sensor->signal.channels = like->channels;
		snprintf(sensor->unit, sizeof sensor->unit, "%s", like->unit);
		for (unsigned c = 0; c < like->channels; c++)
			snprintf(sensor->channel[c], sizeof sensor->channel[c], "%s", like->channel[c]);
	} else if (!scale || !channels) {
		return yaml_err_key(node, err,
				    "'%s' is none of the sensors known by name (microphone, accelerometer, "
				    "gyroscope), so it needs 'scale' and 'channels'",
				    sensor->name);
	}
	return read_rate(rate, sensor, err) && read_channel_names(channels, sensor, err) &&
	       read_scale(scale, sensor, err) && scn_sources_read(source, sensor, err);
}

bool scn_sensor_read(const struct yaml_node *node, struct scn_sensor *ret_sensor, struct err *err)
{
	struct scn_sensor *sensor = calloc(1, sizeof *sensor);
	if (!sensor)
		return err_internal(err, "out of memory");
	bool ok = strlen(node->key) > 0 && strlen(node->key) < sizeof sensor->name;
	if (!ok)
		yaml_err_key(node, err, "a sensor's name of 1 to %zu bytes is expected here",
			     sizeof sensor->name - 1);
	if (ok) {
		snprintf(sensor->name, sizeof sensor->name, "%s", node->key);
		sensor->place = (struct scn_place){node->key_line, node->key_column};
		ok = read_into(node, sensor, err);
	}
	if (ok)
		*ret_sensor = *sensor;
	else
		scn_sensor_free(sensor);
	free(sensor);
	return ok;
}

void scn_sensor_free(struct scn_sensor *sensor)
{
	scn_signal_free(&sensor->signal);
}
