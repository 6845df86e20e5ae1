/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sensor as a scenario describes it: how often and how finely it measures, and what it senses.
 *
 *     accelerometer:
 *       rate: 104Hz
 *       scale: 1/2048                       # physical units per count
 *       channels: [x, y, z]
 *       source: [{z: {constant: 1g}}, {noise: white, level: 2mg}]
 *
 * Known by name, with channels and scale that may be left out: microphone (audio; 1/32768 of full scale),
 * accelerometer (x, y, z; 1/2048 g: 16 g in all), gyroscope (x, y, z; 2000/32768 degrees per second).
 * Any other name states both. Full scale is 32768 counts: 0 dBFS.
 */
#ifndef SCENARIOS_SENSOR_H
#define SCENARIOS_SENSOR_H

#include "base/yaml.h"
#include "scenarios/signal.h"

#define SCN_MAX_SENSORS 8 /* of a scenario */

/* Of a value in the scenario's file, for what only the board can refuse. */
struct scn_place {
	int line, column;
};

struct scn_sensor {
	struct scn_place place;
	char name[32];
	double scale; /* physical units per count */
	char unit[8]; /* "g", "" if none is known */
	char channel[SCN_MAX_CHANNELS][16];
	struct scn_signal signal; /* with its rate and number of channels */
};

/* From an entry of the scenario's map `sensors`. Files named in it are looked for beside the scenario. */
bool scn_sensor_read(const struct yaml_node *node, struct scn_sensor *ret_sensor, struct err *err);
void scn_sensor_free(struct scn_sensor *sensor);

/*
 * Readers for what is written in a sensor's terms. amplitude: a number in its unit, or 30mg, or -40dBFS; within
 * 1e6. channels: one name or a list of names, as a mask. All take NULL as base/yaml.h's do.
 */
bool scn_sensor_amplitude(const struct scn_sensor *sensor, const struct yaml_node *node, double *ret_value,
			  struct err *err);
bool scn_sensor_channels(const struct scn_sensor *sensor, const struct yaml_node *node, uint32_t *ret_mask,
			 struct err *err);

/* A frequency that the sensor's rate can show: above 0, up to half of it. */
bool scn_sensor_tone(const struct scn_sensor *sensor, const struct yaml_node *node, uint64_t *ret_mhz,
		     struct err *err);

/* Appends the sources that `node` describes to the sensor's signal (scenarios/source.c). */
bool scn_sources_read(const struct yaml_node *node, struct scn_sensor *sensor, struct err *err);

/* A path as written, seen from the file in which it stands. The caller frees *ret_path. */
bool scn_file_beside(const struct yaml_node *node, const char *what, char **ret_path, struct err *err);

#endif
