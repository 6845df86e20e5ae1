/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong with a sensor, and when. Faults act on values, in the order in which they are written, before
 * they are rounded to counts; a dropout then swallows whole frames.
 *
 *   dropout   no frames at all: the sensor is silent
 *   stuck     the last value before the fault stays
 *   spike     amplitude is added to one sample at `at`, or, with a rate, to one in each 1 / rate, with either sign
 *   drift     level * (t - at) / for is added
 *   clip      the value stays within -level … level
 *   noise     Gaussian noise of RMS level is added
 */
#ifndef SCENARIOS_FAULT_H
#define SCENARIOS_FAULT_H

#include "scenarios/sensor.h"

#define SCN_MAX_FAULTS 32

enum scn_fault_kind { SCN_DROPOUT, SCN_STUCK, SCN_SPIKE, SCN_DRIFT, SCN_CLIP, SCN_NOISE };

struct scn_fault {
	enum scn_fault_kind kind;
	unsigned sensor;        /* index among the scenario's */
	uint32_t channels;      /* bit per channel */
	uint64_t at_ps, for_ps; /* SCN_FOREVER: to the end */
	double level;           /* physical */
	struct scn_impulses spikes;
};

/* From an entry of the scenario's list `faults`; its sensor is one of `sensors`. */
bool scn_fault_read(const struct yaml_node *node, const struct scn_sensor *sensors, unsigned count,
		    struct scn_fault *ret_fault, struct err *err);

static inline bool scn_fault_active(const struct scn_fault *fault, uint64_t ps)
{
	return ps >= fault->at_ps && ps - fault->at_ps < fault->for_ps;
}

#endif
