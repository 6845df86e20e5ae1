/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/space.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RAM_PATTERN 0xA5 /* what RAM holds at power-on is anything: never 0, so that forgotten clearing shows */

static bool add_region(struct sim_space *space, const struct sim_memory *memory, uint32_t at, uint8_t *host,
		       struct err *err)
{
	/* mmap, not calloc: the table is huge and stays untouched where no code is. */
	size_t table = (size_t)memory->bytes / 2 * sizeof(struct sim_block);
	void *blocks = mmap(NULL, table, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint8_t *ran = calloc((size_t)memory->bytes / 4096 + 1, 1);
	if (blocks == MAP_FAILED || !ran) {
		free(ran);
		return err_internal(err, "out of memory for the blocks of %s", memory->name);
	}
	space->region[space->regions++] = (struct sim_region){
		.at = at, .bytes = memory->bytes, .host = host, .memory = memory, .blocks = blocks, .ran = ran,
		.writable = memory->kind == SIM_RAM,
	};
	return true;
}

bool sim_space_create(struct sim_space *space, const struct sim_board *board, struct err *err)
{
	memset(space, 0, sizeof *space);
	for (unsigned i = 0; i < board->memories; i++) {
		const struct sim_memory *memory = &board->memory[i];
		/* The emulator maps whole pages and reads words at the edge. */
		uint8_t *host = NULL;
		if (posix_memalign((void **)&host, 4096, (size_t)memory->bytes + 4096) != 0) {
			sim_space_destroy(space);
			return err_internal(err, "out of memory for %s", memory->name);
		}
		memset(host, memory->kind == SIM_RAM ? RAM_PATTERN : 0xFF, memory->bytes);
		space->host[space->hosts++] = host;
		bool ok = add_region(space, memory, memory->at, host, err);
		for (unsigned a = 0; ok && a < memory->aliases; a++)
			ok = add_region(space, memory, memory->alias[a], host, err);
		if (!ok) {
			sim_space_destroy(space);
			return false;
		}
	}
	return true;
}

void sim_space_destroy(struct sim_space *space)
{
	for (unsigned i = 0; i < space->regions; i++) {
		free(space->region[i].ran);
		munmap(space->region[i].blocks, (size_t)space->region[i].bytes / 2 * sizeof(struct sim_block));
	}
	for (unsigned i = 0; i < space->hosts; i++)
		free(space->host[i]);
	memset(space, 0, sizeof *space);
}

struct sim_region *sim_space_find(const struct sim_space *space, uint32_t at)
{
	for (unsigned i = 0; i < space->regions; i++)
		if (at - space->region[i].at < space->region[i].bytes)
			return (struct sim_region *)&space->region[i];
	return NULL;
}

uint8_t *sim_space_host(const struct sim_space *space, uint32_t at, uint32_t bytes)
{
	const struct sim_region *region = sim_space_find(space, at);
	if (!region || bytes > region->bytes - (at - region->at))
		return NULL;
	return region->host + (at - region->at);
}
