/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports of a machine as ends of links: its UARTs, and "itm" and "semihosting", which only speak. */
#ifndef SESSION_TALK_UART_H
#define SESSION_TALK_UART_H

#include "sim/machine.h"

bool session_talk_is_port(struct sim_machine *machine, const char *port);

/* Whether it would hear a byte now. */
bool session_talk_is_ready(struct sim_machine *machine, const char *port);

/* The names there are, "usart1, lpuart1, itm, semihosting, rtt". */
void session_talk_names(struct sim_machine *machine, char *ret_text, size_t size);

#endif
