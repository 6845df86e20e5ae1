/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario: which firmware runs on which board, for how long, what its sensors sense, what is said to it, and
 * what is expected of it. One YAML file; docs/scenarios.md is its reference.
 *
 * Reading is complete: files are opened, signals parsed, names checked. What is read can run. Nothing in it changes
 * during a run; what a run needs of its own are streams and a script (scenarios/stimulus.h), made with its seed.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include "scenarios/expect.h"
#include "scenarios/fault.h"
#include "scenarios/feed.h"
#include "scenarios/probe.h"
#include "scenarios/stimulus.h"

struct scn_scenario {
	char *path;    /* of the scenario's file */
	char name[64]; /* as written, or the file's name without .yaml */
	char description[512];
	char *board;        /* a name, or a path as seen from where we run */
	struct scn_place board_place, arena_place;
	uint64_t clock_hz;  /* 0: the board's */
	uint32_t supply_mv; /* 0: the board's */
	char *firmware;     /* path; NULL: the bundled runtime */
	uint32_t load_at;   /* address of a raw .bin */
	bool has_load_at;   /* false: where the board's flash begins */
	char *model;        /* path; NULL: none */
	char *labels;       /* names, NUL-terminated, one after the other; NULL: none */
	size_t labels_bytes;
	unsigned label_count;
	uint32_t hop;         /* frames between two inferences; 0: a whole window */
	uint32_t arena_bytes; /* 0: what is free */
	uint64_t duration_ps;
	uint64_t seed; /* 1 unless written */
	struct scn_probe probe; /* where inferences begin and end… */
	bool probed;            /* …if it is said */
	bool eot;      /* ASCII 4 on the console ends the run */
	struct scn_sensor *sensor;
	unsigned sensors;
	struct scn_fault *fault;
	unsigned faults;
	struct scn_feed *feed; /* for firmware that we did not write */
	unsigned feeds;
	struct scn_line *line; /* of the UART script */
	unsigned lines;
	struct scn_expectation *expectation;
	unsigned expectations;
	struct scn_budget *budget;
	unsigned budgets;
};

/*
 * Reads a scenario. Paths in it are seen from its folder. What is wrong is ERR_INPUT with file:line:column, and
 * *ret_scenario untouched. scn_scenario_destroy takes NULL.
 */
bool scn_scenario_read(const char *path, struct scn_scenario **ret_scenario, struct err *err);

/* The same from a text; paths in it are seen from the folder of `path`. */
bool scn_scenario_parse(const char *path, const char *text, size_t size, struct scn_scenario **ret_scenario,
			struct err *err);
void scn_scenario_destroy(struct scn_scenario *scenario);

/* Name of a class; NULL from label_count on. */
const char *scn_scenario_label(const struct scn_scenario *scenario, unsigned index);

/* Frames of sensor[index], up to the scenario's end; `seed` is normally scenario->seed. */
bool scn_scenario_stream(const struct scn_scenario *scenario, unsigned index, uint64_t seed,
			 struct scn_stream **ret_stream, struct err *err);

#endif
