/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All links of a run (session/talk_link.h), and the pace of virtual time while somebody may answer through
 * one.
 *
 *   real time since the pace began = virtual time since then / speed
 *
 * Paced, the machine runs in steps of TALK_STEP_PS and waits after each for real time to come up; input cuts
 * the wait short. If the host falls back by more than a tenth of a second, the pace begins anew: lost time is
 * never made up by a rush in which the other side's timeouts would pass. Input enters at the virtual moment
 * the run has reached, so a run with interactive input is not deterministic; one that reads a file is.
 */
#ifndef SESSION_TALK_H
#define SESSION_TALK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALK_STEP_PS UINT64_C(1000000000) /* 1 ms: how late input may be noticed */
#define TALK_MAX_LINKS 8

struct session_talk;

/* The machine's side of the links. `ready`: whether the port would hear a byte now; until then input waits
 * outside. */
struct session_talk_ports {
	void *context;
	const char *console;
	bool (*exists)(void *context, const char *port);
	bool (*ready)(void *context, const char *port);
	void (*send)(void *context, const char *port, const uint8_t *bytes, size_t count);
	/* For messages: the names there are, "usart1, lpuart1". */
	void (*names)(void *context, char *ret_text, size_t size);
};

/*
 * Opens `count` links as --uart writes them. speed: 1 is real time; 0: as fast as it goes. Two links on
 * standard input, an unknown port, or a port with two links are ERR_INPUT.
 */
bool session_talk_create(const char *const *links, unsigned count, double speed,
			 const struct session_talk_ports *ports, struct session_talk **ret_talk,
			 struct err *err);
void session_talk_destroy(struct session_talk *talk);

/* A byte from the firmware. True: this port has a link. */
bool session_talk_heard(struct session_talk *talk, const char *port, uint8_t byte);

/* Hands on what has come and what goes out. */
void session_talk_exchange(struct session_talk *talk);

/* Somebody may still send something. */
bool session_talk_live(const struct session_talk *talk);
bool session_talk_paced(const struct session_talk *talk);

/* Virtual time is at now_ps: if paced, waits for real time, for input, or for a signal. */
void session_talk_wait(struct session_talk *talk, uint64_t now_ps);

/* Where a link can be reached: "pty PATH", "tcp PORT", "stdio". False: no such link. */
bool session_talk_place(const struct session_talk *talk, const char *port, char *ret_text, size_t size);

#endif
