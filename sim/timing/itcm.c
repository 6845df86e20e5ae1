/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/timing/itcm.h"

#include <stdlib.h>
#include <string.h>

enum { NO_LINE = -1 };

bool sim_itcm_create(struct sim_itcm *itcm, const struct sim_flash_timing *flash)
{
	memset(itcm, 0, sizeof *itcm);
	itcm->lines = flash->line_bytes ? flash->art_bytes / flash->line_bytes : 0;
	itcm->tag = malloc((itcm->lines + 1) * sizeof *itcm->tag);
	if (itcm->tag)
		sim_itcm_forget(itcm);
	return itcm->tag;
}

void sim_itcm_destroy(struct sim_itcm *itcm)
{
	free(itcm->tag);
}

void sim_itcm_forget(struct sim_itcm *itcm)
{
	memset(itcm->tag, NO_LINE, itcm->lines * sizeof *itcm->tag);
	itcm->now = itcm->ahead = (uint32_t)NO_LINE;
}

static uint32_t place_of(const struct sim_itcm *itcm, uint32_t line)
{
	uint32_t place = 0;

	while (place < itcm->lines && itcm->tag[place] != line)
		place++;
	return place;
}

/* True: it was held. It is now, if anything is. */
static bool look_up(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t line)
{
	uint32_t place = flash->art_on ? place_of(itcm, line) : itcm->lines;
	bool held = place < itcm->lines;

	if (!flash->art_on)
		return false;
	if (!held)
		place = itcm->lines - 1;
	memmove(&itcm->tag[1], &itcm->tag[0], place * sizeof *itcm->tag);
	itcm->tag[0] = line;
	return held;
}

/* The line behind is read while this one, which is there at `at`, executes. */
static void read_ahead(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t line, uint64_t at)
{
	itcm->ahead = (uint32_t)NO_LINE;
	if (!flash->prefetch || (flash->art_on && place_of(itcm, line) < itcm->lines))
		return;
	itcm->ahead = line;
	itcm->there = at + flash->wait_states + 1;
}

static unsigned enter(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t line, uint64_t now)
{
	unsigned wait = flash->wait_states;

	if (line == itcm->now)
		return 0;
	if (look_up(itcm, flash, line))
		wait = 0;
	else if (line == itcm->ahead)
		wait = itcm->there <= now ? 0 : itcm->there - now < wait ? (unsigned)(itcm->there - now) : wait;
	itcm->now = line;
	read_ahead(itcm, flash, line + 1, now + wait);
	return wait;
}

unsigned sim_itcm_fetch(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t address, uint32_t bytes,
                        uint32_t cycles, uint64_t now)
{
	uint32_t first = address / flash->line_bytes, last = (address + bytes - 1) / flash->line_bytes;
	unsigned wait = 0;

	for (uint32_t line = first; line <= last; line++) {
		uint32_t begins = line == first ? 0 : line * flash->line_bytes - address;

		wait += enter(itcm, flash, line, now + wait + cycles * begins / bytes);
	}
	return wait;
}

unsigned sim_itcm_read(struct sim_itcm *itcm, const struct sim_flash_timing *flash, uint32_t address)
{
	uint32_t line = address / flash->line_bytes;

	return line == itcm->now || look_up(itcm, flash, line) ? 0 : flash->wait_states;
}
