/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/talk_uart.h"

#include <stdio.h>

static bool exists(void *context, const char *port, bool *ret_hears)
{
	struct sim_device *device = sim_machine_device(context, port);
	if (!device || !device->type->receive)
		return false;
	*ret_hears = true;
	return true;
}

static bool ready(void *context, const char *port)
{
	struct sim_device *device = sim_machine_device(context, port);
	return device && (!device->type->listens || device->type->listens(device));
}

static void pass_on(void *context, const char *port, const uint8_t *bytes, size_t count)
{
	sim_machine_uart_send(context, port, bytes, count);
}

void session_talk_names(void *machine, char *ret_text, size_t size)
{
	const struct sim_board *board = sim_machine_board(machine);
	size_t used = 0;
	ret_text[0] = 0;
	for (unsigned i = 0; i < board->devices && used < size; i++) {
		const struct sim_device_type *type = sim_device_type_find(board->device[i].type);
		if (type && type->receive)
			used += (size_t)snprintf(ret_text + used, size - used, "%s%s", used ? ", " : "",
						 board->device[i].name);
	}
}

struct session_talk_ports session_talk_uarts(struct sim_machine *machine)
{
	return (struct session_talk_ports){.context = machine, .console = sim_machine_board(machine)->console,
					   .exists = exists, .ready = ready, .send = pass_on,
					   .names = session_talk_names};
}
