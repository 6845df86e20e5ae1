/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SEGGER RTT as a debug probe does it: finds the control block in RAM, empties up-buffer 0 as the text of
 * port "rtt", and fills down-buffer 0 with what is sent to that port. Looked at on a grid of 1 ms of virtual
 * time, whoever runs the machine and however, so runs stay the same; firmware that blocks on a full buffer
 * waits that long, as it would for a probe. Offsets: SEGGER_RTT.h, struct SEGGER_RTT_CB: id[16], counts of up
 * and down buffers, then 24 bytes for each buffer: name, buffer, size, write offset, read offset, flags.
 */
#ifndef SESSION_RTT_H
#define SESSION_RTT_H

#include "sim/machine.h"

struct session_rtt {
	struct sim_machine *machine;
	void *context;
	void (*heard)(void *context, struct sim_when when, const char *port, uint8_t byte);
	bool on, search;     /* search: nobody says where the block is */
	uint32_t at;         /* of the control block; 0: not known yet */
	uint32_t symbol;     /* where it will be once the firmware has set it up; 0: unknown */
	uint64_t next_ps;
	uint8_t pending[512]; /* to be sent, not yet taken */
	size_t pendings;
};

/* symbol: address of the control block, if the image tells; search: look for it in all of RAM if not. */
void session_rtt_start(struct session_rtt *rtt, struct sim_machine *machine, uint32_t symbol, bool search,
		       void (*heard)(void *context, struct sim_when when, const char *port, uint8_t byte),
		       void *context);

uint64_t session_rtt_wake_ps(const struct session_rtt *rtt);
void session_rtt_step(struct session_rtt *rtt, uint64_t now_ps);

/* There is a block, and room for more to send. */
bool session_rtt_ready(const struct session_rtt *rtt);
void session_rtt_send(struct session_rtt *rtt, const uint8_t *bytes, size_t count);

#endif
