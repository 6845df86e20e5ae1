/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session_heard *port_of(struct session_evidence *evidence, const char *port)
{
	for (unsigned i = 0; i < evidence->ports; i++)
		if (strcmp(evidence->heard[i].port, port) == 0)
			return &evidence->heard[i];
	if (evidence->ports == SESSION_MAX_PORTS)
		return NULL;
	struct session_heard *heard = &evidence->heard[evidence->ports++];
	snprintf(heard->port, sizeof heard->port, "%s", port);
	return heard;
}

void session_evidence_heard(struct session_evidence *evidence, const char *port, uint64_t t_ps, uint8_t byte)
{
	struct session_heard *heard = port_of(evidence, port);
	if (!heard)
		return;
	if (heard->count == heard->room) {
		size_t room = heard->room ? 2 * heard->room : 1024;
		uint8_t *bytes = realloc(heard->bytes, room);
		if (bytes)
			heard->bytes = bytes;
		uint64_t *times = realloc(heard->t_ps, room * sizeof *times);
		if (times)
			heard->t_ps = times;
		if (!bytes || !times)
			return; /* what is lost makes expectations fail, never hold */
		heard->room = room;
	}
	heard->bytes[heard->count] = byte;
	heard->t_ps[heard->count++] = t_ps;
}

void session_evidence_free(struct session_evidence *evidence)
{
	for (unsigned i = 0; i < evidence->ports; i++) {
		free(evidence->heard[i].bytes);
		free(evidence->heard[i].t_ps);
	}
}

static struct scn_output *outputs_of(const struct scn_scenario *scenario, const struct prof_record *record,
				     size_t *ret_count)
{
	size_t count = prof_record_count(record, PROF_TRACK_RESULT);
	struct scn_output *output = calloc(count ? count : 1, sizeof *output);
	for (size_t i = 0; output && i < count; i++) {
		const struct prof_result *result = prof_record_item(record, PROF_TRACK_RESULT, i);
		const char *label = scn_scenario_label(scenario, result->label);
		output[i] = (struct scn_output){.t_ps = result->t_ps, .label = label ? label : "",
						.score = result->label < result->scores && result->label < PROF_MAX_SCORES
								 ? (double)result->score[result->label]
								 : 0};
	}
	*ret_count = count;
	return output;
}

static void judge_budgets(const struct scn_scenario *scenario, struct scn_evidence *evidence, const json_t *report,
			  struct session_judgement *judgement)
{
	for (unsigned i = 0; i < scenario->budgets; i++) {
		const struct scn_budget *budget = &scenario->budget[i];
		struct scn_metric metric = {.path = budget->path};
		evidence->metric = &metric;
		evidence->metrics = prof_report_number(report, budget->path, &metric.value);
		struct scn_budget_verdict verdict;
		scn_judge_budget(budget, evidence, &verdict);
		judgement->budget[judgement->budgets++] = (struct prof_budget){
			.metric = verdict.metric, .limit = verdict.limit, .actual = verdict.known ? verdict.actual : NAN, .pass = verdict.pass};
		judgement->all_pass = judgement->all_pass && verdict.pass;
	}
}

static void judge_expectations(const struct scn_scenario *scenario, const struct scn_script *script,
			       const struct scn_evidence *evidence, struct session_judgement *judgement)
{
	unsigned count = 0;
	for (; count < scenario->expectations; count++)
		scn_judge_expectation(&scenario->expectation[count], evidence, &judgement->verdict[count]);
	count += scn_script_judge(script, judgement->verdict + count, scenario->lines);
	for (unsigned i = 0; i < count; i++) {
		const struct scn_verdict *verdict = &judgement->verdict[i];
		judgement->expectation[i] = (struct prof_expectation){verdict->name, verdict->detail, verdict->pass};
		judgement->all_pass = judgement->all_pass && verdict->pass;
	}
	judgement->expectations = count;
}

bool session_judge(const struct scn_scenario *scenario, const struct scn_script *script,
		   const struct session_evidence *evidence, const struct prof_record *record, const json_t *report,
		   const struct session_ending *ending, struct session_judgement *ret_judgement, struct err *err)
{
	unsigned most = scenario->expectations + scenario->lines + 1;
	struct session_judgement judgement = {
		.all_pass = true,
		.expectation = calloc(most, sizeof *judgement.expectation),
		.verdict = calloc(most, sizeof *judgement.verdict),
		.budget = calloc(scenario->budgets + 1, sizeof *judgement.budget),
	};
	struct scn_heard heard[SESSION_MAX_PORTS];
	for (unsigned i = 0; i < evidence->ports; i++)
		heard[i] = (struct scn_heard){evidence->heard[i].port, evidence->heard[i].bytes,
					      evidence->heard[i].t_ps, evidence->heard[i].count};
	struct scn_evidence plain = {.heard = heard, .ports = evidence->ports, .console = ending->console,
				     .exited = ending->exited, .exit_status = ending->exit_status};
	struct scn_output *output = outputs_of(scenario, record, &plain.outputs);
	plain.output = output;
	bool ok = judgement.expectation && judgement.verdict && judgement.budget && output;
	if (ok) {
		judge_expectations(scenario, script, &plain, &judgement);
		judge_budgets(scenario, &plain, report, &judgement);
		*ret_judgement = judgement;
	} else {
		session_judgement_free(&judgement);
		err_internal(err, "out of memory");
	}
	free(output);
	return ok;
}

void session_judgement_free(struct session_judgement *judgement)
{
	free(judgement->expectation);
	free(judgement->verdict);
	free(judgement->budget);
}
