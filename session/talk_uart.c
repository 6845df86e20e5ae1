/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/talk_uart.h"

#include <stdio.h>
#include <string.h>

bool session_talk_is_port(struct sim_machine *machine, const char *port)
{
	struct sim_device *device = sim_machine_device(machine, port);
	return (device && device->type->receive) || strcmp(port, "itm") == 0 ||
	       strcmp(port, "semihosting") == 0;
}

bool session_talk_is_ready(struct sim_machine *machine, const char *port)
{
	struct sim_device *device = sim_machine_device(machine, port);
	return device && device->type->receive && (!device->type->listens || device->type->listens(device));
}

void session_talk_names(struct sim_machine *machine, char *ret_text, size_t size)
{
	const struct sim_board *board = sim_machine_board(machine);
	size_t used = 0;
	for (unsigned i = 0; i < board->devices && used < size; i++) {
		const struct sim_device_type *type = sim_device_type_find(board->device[i].type);
		if (type && type->receive)
			used += (size_t)snprintf(ret_text + used, size - used, "%s, ", board->device[i].name);
	}
	if (used < size)
		snprintf(ret_text + used, size - used, "itm, semihosting, rtt");
}
