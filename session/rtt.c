/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/rtt.h"

#include <stdlib.h>
#include <string.h>

static const char ID[16] = "SEGGER RTT";
enum { COUNTS = 16, BUFFERS = 24, BUFFER_BYTES = 24, MOST_BUFFERS = 32, LONGEST = 1 << 20 };
#define GRID_PS (SIM_PS_PER_S / 1000)
#define SEARCH_PS (SIM_PS_PER_S / 50) /* a search through all RAM takes the host its time */

struct buffer {
	uint32_t name, at, bytes, written, read, flags;
};

static bool is_block(const struct session_rtt *rtt, uint32_t at)
{
	char id[16];
	uint32_t counts[2];
	return sim_machine_read(rtt->machine, at, id, sizeof id) && memcmp(id, ID, sizeof ID) == 0 &&
	       sim_machine_read(rtt->machine, at + COUNTS, counts, sizeof counts) && counts[0] >= 1 &&
	       counts[0] <= MOST_BUFFERS && counts[1] <= MOST_BUFFERS;
}

static uint32_t search_memory(const struct session_rtt *rtt, const struct sim_memory *memory)
{
	uint8_t *copy = malloc(memory->bytes);
	uint32_t found = 0;
	bool read = copy && sim_machine_read(rtt->machine, memory->at, copy, memory->bytes);
	for (uint32_t i = 0; read && !found && i + sizeof ID <= memory->bytes; i += 4)
		if (memcmp(copy + i, ID, sizeof ID) == 0 && is_block(rtt, memory->at + i))
			found = memory->at + i;
	free(copy);
	return found;
}

static uint32_t find(const struct session_rtt *rtt)
{
	if (rtt->symbol)
		return is_block(rtt, rtt->symbol) ? rtt->symbol : 0;
	const struct sim_board *board = sim_machine_board(rtt->machine);
	for (unsigned i = 0; i < board->memories; i++) {
		uint32_t at = board->memory[i].kind == SIM_RAM ? search_memory(rtt, &board->memory[i]) : 0;
		if (at)
			return at;
	}
	return 0;
}

void session_rtt_start(struct session_rtt *rtt, struct sim_machine *machine, uint32_t symbol, bool search,
		       void (*heard)(void *context, struct sim_when when, const char *port, uint8_t byte),
		       void *context)
{
	*rtt = (struct session_rtt){.machine = machine,
				    .context = context,
				    .heard = heard,
				    .on = symbol || search,
				    .search = search && !symbol,
				    .symbol = symbol};
	rtt->next_ps = GRID_PS;
}

uint64_t session_rtt_wake_ps(const struct session_rtt *rtt)
{
	return rtt->on ? rtt->next_ps : SIM_NEVER;
}

/* Nothing of the guest's is believed: offsets beyond the buffer are no offsets. */
static bool get_buffer(const struct session_rtt *rtt, bool down, uint32_t *ret_at, struct buffer *ret)
{
	uint32_t counts[2];
	if (!sim_machine_read(rtt->machine, rtt->at + COUNTS, counts, sizeof counts) ||
	    counts[0] > MOST_BUFFERS || (down && counts[1] == 0))
		return false;
	*ret_at = rtt->at + BUFFERS + (down ? counts[0] * BUFFER_BYTES : 0);
	return sim_machine_read(rtt->machine, *ret_at, ret, sizeof *ret) && ret->bytes > 1 &&
	       ret->bytes <= LONGEST && ret->written < ret->bytes && ret->read < ret->bytes;
}

static void read_up(struct session_rtt *rtt)
{
	struct buffer b;
	uint32_t at;
	uint8_t byte;
	if (!get_buffer(rtt, false, &at, &b))
		return;
	struct sim_when now = sim_machine_now(rtt->machine);
	uint32_t before = b.read;
	while (b.read != b.written && sim_machine_read(rtt->machine, b.at + b.read, &byte, 1)) {
		rtt->heard(rtt->context, now, "rtt", byte);
		b.read = (b.read + 1) % b.bytes;
	}
	if (b.read != before)
		sim_machine_write(rtt->machine, at + offsetof(struct buffer, read), &b.read, 4);
}

static void write_down(struct session_rtt *rtt)
{
	struct buffer b;
	uint32_t at;
	size_t taken = 0;
	if (rtt->pendings == 0 || !get_buffer(rtt, true, &at, &b))
		return;
	while (taken < rtt->pendings && (b.written + 1) % b.bytes != b.read &&
	       sim_machine_write(rtt->machine, b.at + b.written, &rtt->pending[taken], 1)) {
		b.written = (b.written + 1) % b.bytes;
		taken++;
	}
	if (taken == 0)
		return;
	sim_machine_write(rtt->machine, at + offsetof(struct buffer, written), &b.written, 4);
	rtt->pendings -= taken;
	memmove(rtt->pending, rtt->pending + taken, rtt->pendings);
}

void session_rtt_step(struct session_rtt *rtt, uint64_t now_ps)
{
	if (!rtt->on || now_ps < rtt->next_ps)
		return;
	if (!rtt->at || !is_block(rtt, rtt->at)) /* gone: the firmware has been reset */
		rtt->at = find(rtt);
	uint64_t grid = rtt->at || rtt->symbol ? GRID_PS : SEARCH_PS;
	rtt->next_ps = (now_ps / grid + 1) * grid;
	if (!rtt->at)
		return;
	read_up(rtt);
	write_down(rtt);
}

bool session_rtt_ready(const struct session_rtt *rtt)
{
	return rtt->at && rtt->pendings == 0;
}

void session_rtt_send(struct session_rtt *rtt, const uint8_t *bytes, size_t count)
{
	size_t room = sizeof rtt->pending - rtt->pendings;
	if (count > room)
		count = room; /* as on a line: what does not fit is lost */
	memcpy(rtt->pending + rtt->pendings, bytes, count);
	rtt->pendings += count;
}
