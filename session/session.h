/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run from beginning to end: a scenario, or any firmware on a board, in a machine, watched by a profiler.
 * The command line and the window drive it; both see the record grow and get the same report.
 *
 *   session_open → session_advance until it says false → session_finish → report, files, exit status → session_close
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/err.h"
#include "profiler/record.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct session_options {
	const char *scenario;       /* a file; or NULL, and then board and firmware */
	const char *board, *firmware;
	uint32_t raw_at;            /* where a raw binary is loaded; 0: the board's first flash */
	uint64_t time_ps;           /* at most; 0: the scenario's duration, without a scenario no limit */
	const uint64_t *seed;       /* NULL: the scenario's */
	const char *semihosting_dir; /* NULL: no files for the guest */
	const char *probe;          /* where inferences begin and end (scenarios/probe.h); NULL: the scenario's, or marks */
	bool functions;             /* build the call tree */
	const char *const *uart;    /* [uarts] links as session/talk_link.h reads them */
	unsigned uarts;
	double speed;               /* of virtual time while somebody may answer: 1 is real time, 0 as fast as it goes */
	bool eot;                   /* ASCII 4 on the console ends the run, as Arm's models do; always so on MPS2 boards */
	bool plain_store_path;
	bool until_idle;            /* without a scenario: asleep for good is the end, if nobody may answer */
	/* Every byte a UART without a link sends, as it comes; may be NULL. */
	void (*heard)(void *context, const char *port, uint8_t byte);
	void *context;
};

/* How a run went, most serious first. */
enum session_verdict {
	SESSION_FAULTED,    /* faulted (even if a handler caught it), locked up, or gave up */
	SESSION_UNFINISHED, /* its time ran out, without a scenario that says how long it should be */
	SESSION_FAILED,     /* an expectation or a budget did not hold; without a scenario: exit status not 0 */
	SESSION_PASSED,
};

/* The options are used during the call; strings in them must outlive the session. */
bool session_open(const struct session_options *options, struct session **ret_session, struct err *err);
void session_close(struct session *session);

/* Runs to virtual time `until_ps`, or as far as it goes. False: the run is over. Always on one thread. */
bool session_advance(struct session *session, uint64_t until_ps);

/* Where the link of a UART (NULL: the console) can be reached: "pty PATH", "tcp PORT", "stdio". False: it has none. */
bool session_place(const struct session *session, const char *port, char *ret_text, size_t size);

/* Judges, and makes the report. Once, after the last advance. */
bool session_finish(struct session *session, double wall_s, struct err *err);

struct prof_record *session_record(struct session *session);
const char *session_title(const struct session *session);
uint64_t session_duration_ps(const struct session *session); /* 0: not known */
uint64_t session_now_ps(const struct session *session);
int session_exit_status(const struct session *session);      /* of the guest's semihosting exit */

/* After session_finish. */
enum session_verdict session_verdict(const struct session *session);
const json_t *session_report(const struct session *session);
/* The story of the first fault, several lines; NULL if there was none. */
const char *session_story(const struct session *session);
/*
 * report.json, report.html, power.csv, trace.json and run.twr into a folder, made if it is not there; stacks.txt and
 * callgrind.out, too, if functions were asked for.
 */
bool session_write(struct session *session, const char *folder, struct err *err);
bool session_write_report(struct session *session, const char *path, struct err *err);

#endif
