/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UARTs of a machine as ends of links. */
#ifndef SESSION_TALK_UART_H
#define SESSION_TALK_UART_H

#include "session/talk.h"
#include "sim/machine.h"

struct session_talk_ports session_talk_uarts(struct sim_machine *machine);

/* The names of a board's UARTs, "usart1, lpuart1". */
void session_talk_names(void *machine, char *ret_text, size_t size);

#endif
