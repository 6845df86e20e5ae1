/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run left behind, in the plain form in which scenarios/judge.h wants it. */
#ifndef SESSION_EVIDENCE_H
#define SESSION_EVIDENCE_H

#include "profiler/record.h"
#include "profiler/report.h"
#include "scenarios/scenario.h"

enum { SESSION_MAX_PORTS = 16 };

/* All that each port said, with times. Zeroed is empty. */
struct session_evidence {
	struct session_heard {
		char port[32];
		uint8_t *bytes;
		uint64_t *t_ps;
		size_t count, room;
	} heard[SESSION_MAX_PORTS];
	unsigned ports;
};

void session_evidence_heard(struct session_evidence *evidence, const char *port, uint64_t t_ps, uint8_t byte);
void session_evidence_free(struct session_evidence *evidence);

struct session_judgement {
	struct prof_expectation *expectation;
	unsigned expectations;
	struct prof_budget *budget;
	unsigned budgets;
	bool all_pass;
	struct scn_verdict *verdict; /* what the expectations' texts point into */
};

struct session_ending {
	const char *console;
	bool exited;
	int exit_status;
};

/* Judges expectations, UART script and budgets. `report` is the report without them. */
bool session_judge(const struct scn_scenario *scenario, const struct scn_script *script,
		   const struct session_evidence *evidence, const struct prof_record *record, const json_t *report,
		   const struct session_ending *ending, struct session_judgement *ret_judgement, struct err *err);
void session_judgement_free(struct session_judgement *judgement);

#endif
