/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One workload run by all who can run it, in turns, so that a busy machine slows all alike. Every contestant gets
 * the same ELF file and must print the same checksum. Knows how to start each of them; not what is made of it.
 */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include "base/err.h"

#include <stdint.h>

enum contestant {
	OURS_PROFILE,   /* as `thumbwatt run`: call tree, record, energy */
	OURS_ADDRESSES, /* …with code in flash behind a cache, every data address followed */
	OURS_PLAIN,     /* the machine alone */
	STOCK_RAW,      /* Unicorn as it comes, no hook */
	STOCK_BLOCK,    /* …with one block hook */
	QEMU,
	CONTESTANTS,
};

struct workload {
	const char *name, *firmware, *what;
	const char *core;      /* "m0plus", "m4", "m33" or "m7": which board, which QEMU machine */
	uint32_t rounds, tiny; /* full and smallest size */
	uint32_t flags;        /* or-ed into the rounds: see the firmware */
	bool interrupts;       /* bare Unicorn has none */
	uint32_t qemu_round;   /* instructions of a round on QEMU where the clock decides; 0: as everywhere */
};

struct turn {
	bool ran;
	double cpu_s;
	uint64_t instructions, cycles; /* 0: not counted by this contestant */
	char checksum[32];
};

struct contest {
	const struct workload *workload;
	char folder[512];      /* of the programs and firmware */
	char patched[600];     /* firmware with its rounds set */
	char smallest[600];    /* …for one round: what starting QEMU costs */
	uint32_t rounds;
	uint64_t smallest_instructions; /* known after contest_prepare */
	bool qemu;             /* installed */
};

/* Writes both firmware files into `scratch`. */
bool contest_prepare(struct contest *contest, const char *scratch, struct err *err);

/* Runs one contestant once. ret_turn->ran is false where it cannot run this. */
bool contest_turn(const struct contest *contest, enum contestant who, struct turn *ret_turn, struct err *err);

/* Why it cannot, for people; NULL: it can. */
const char *contest_cannot(const struct contest *contest, enum contestant who);

#endif
