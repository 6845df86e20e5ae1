/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a run did what was expected of it, judged from plain data: what the firmware put out and said, how it
 * ended, and numbers by name. Knows nothing of where these come from.
 */
#ifndef SCENARIOS_JUDGE_H
#define SCENARIOS_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One inference's answer. */
struct scn_output {
	uint64_t t_ps;
	const char *label;
	double score; /* 0 … 1 */
};

/* All that came out of one port, each byte with its time (rising). */
struct scn_heard {
	const char *port;
	const uint8_t *bytes;
	const uint64_t *t_ps;
	size_t count;
};

/* A number of the report, by its path: "memory.arena_bytes". */
struct scn_metric {
	const char *path;
	double value;
};

struct scn_evidence {
	const struct scn_output *output; /* in the order of time */
	size_t outputs;
	const struct scn_heard *heard;
	size_t ports;
	const char *console; /* the port that expectations without one mean */
	const struct scn_metric *metric;
	size_t metrics;
	bool exited; /* the firmware ended the run itself */
	int exit_status;
};

enum scn_expect_kind { SCN_EXPECT_LABEL, SCN_EXPECT_UART, SCN_EXPECT_EXIT };

struct scn_expectation {
	enum scn_expect_kind kind;
	char text[256]; /* label, or bytes on the UART */
	uint32_t length;
	char port[32];           /* UART; empty: the console */
	uint64_t from_ps, to_ps; /* both included */
	double min_score;
	uint64_t low, high; /* how often; never is 0, 0 */
	int exit_status;
};

enum scn_direction { SCN_AT_MOST, SCN_AT_LEAST };

struct scn_budget {
	const char *name; /* as written: "latency_ms" */
	const char *path; /* of the metric: "inferences.latency_ms.max" */
	enum scn_direction direction;
	double limit;
};

struct scn_verdict {
	char name[128]; /* what was expected */
	bool pass;
	char detail[256]; /* what was found */
};

struct scn_budget_verdict {
	const char *metric; /* the budget's name */
	double limit, actual;
	bool known; /* false: the run has no such number, and the budget fails; actual is 0 */
	bool pass;
};

void scn_judge_expectation(const struct scn_expectation *expectation, const struct scn_evidence *evidence,
			   struct scn_verdict *ret_verdict);
void scn_judge_budget(const struct scn_budget *budget, const struct scn_evidence *evidence,
		      struct scn_budget_verdict *ret_verdict);

/* Bytes as people can read them: controls, quotes and bytes above 126 as escapes; cut with "…" if they do not fit. */
const char *scn_show_text(const uint8_t *bytes, size_t count, char *ret_text, size_t size);

#endif
