/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One UART's connection to the world outside: standard input and output, a pseudo terminal, or a TCP port of
 * this machine alone (127.0.0.1). Knows nothing of the machine behind it, and never makes it wait:
 *
 *   - input is what has come by now; none is no reason to wait,
 *   - output that a pseudo terminal or a TCP client does not take is kept, up to a limit, then the oldest is
 *     lost. What the firmware said before the first client came is kept for it; what it says between two is
 *     not.
 *   - standard output alone may block, as for any program whose output is piped.
 *
 * On a terminal, standard input is raw: every key but Ctrl-C and Ctrl-\ goes to the firmware. See
 * talk_terminal.h.
 */
#ifndef SESSION_TALK_LINK_H
#define SESSION_TALK_LINK_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum session_link_kind { SESSION_LINK_STDIO, SESSION_LINK_PTY, SESSION_LINK_TCP };

struct session_link_spec {
	char port[32];    /* of the machine; empty: the console */
	enum session_link_kind kind;
	char path[256];   /* PTY: symbolic link to make; empty: none */
	uint16_t tcp;     /* TCP: 0 lets the system choose */
};

/* [NAME=]stdio | [NAME=]pty[:PATH] | [NAME=]tcp:PORT */
bool session_link_parse(const char *text, struct session_link_spec *ret_spec, struct err *err);

struct session_link;

/* Opens it and, but for stdio, says on stderr where it is. */
bool session_link_open(const struct session_link_spec *spec, const char *port, struct session_link **ret_link,
		       struct err *err);

/* Gives what is left to write a short moment, then closes. Takes NULL. */
void session_link_close(struct session_link *link);

const char *session_link_port(const struct session_link *link);

/* Someone may still say something: not so after the end of a file, or once standard input was closed. */
bool session_link_live(const struct session_link *link);

/* Input is for one who waits: a regular file's is not. Such links make virtual time keep the pace of real
 * time. */
bool session_link_interactive(const struct session_link *link);

void session_link_put(struct session_link *link, uint8_t byte);

/* Writes what the other side takes now. */
void session_link_flush(struct session_link *link);

/* Up to `room` bytes that have come; 0: none now. */
size_t session_link_take(struct session_link *link, uint8_t *ret_bytes, size_t room);

/* What to poll for so as not to miss the next input; false: nothing that could be polled for now. */
bool session_link_poll(const struct session_link *link, struct pollfd *ret_poll);

/* Path of the pseudo terminal; NULL if it is none. And the TCP port that was bound; 0 if none. For tests and
 * tools. */
const char *session_link_path(const struct session_link *link);
uint16_t session_link_tcp(const struct session_link *link);

#endif
