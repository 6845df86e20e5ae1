/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal we were started on: raw while a UART is on it, as it was afterwards, however the process ends
 * (SIGKILL alone excepted). And the wish to end a run: the first SIGINT, SIGTERM or SIGHUP asks, a second one
 * kills.
 */
#ifndef SESSION_TALK_TERMINAL_H
#define SESSION_TALK_TERMINAL_H

#include <stdbool.h>

/* Once per process at most; restored by session_terminal_restore, at exit, and by every signal that ends us.
 */
void session_terminal_raw(int fd);
void session_terminal_restore(void);

/* From now on, SIGINT and the like are a wish. */
void session_interrupt_listen(void);
bool session_interrupted(void);

#endif
