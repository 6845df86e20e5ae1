/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the decoder's files only. An encoding is a row {mask, value, operation, features, filler}; the
 * first row that matches wins, so special cases stand above the general ones.
 */
#ifndef SIM_DECODE_INTERNAL_H
#define SIM_DECODE_INTERNAL_H

#include "sim/decode.h"

struct sim_pattern {
	uint32_t mask, value;
	uint16_t op;
	uint8_t arch;
	void (*fill)(struct sim_insn *insn); /* reads insn->encoding; NULL: no operands */
};

#define SIM_REG(n) ((uint16_t)(1u << (n)))

static inline uint32_t sim_bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((2u << (high - low)) - 1);
}

static inline int32_t sim_signed(uint32_t value, unsigned bits)
{
	return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

/* PC-relative data: the PC is read word-aligned and one instruction ahead. */
static inline uint32_t sim_literal_base(uint32_t address)
{
	return (address & ~3u) + 4;
}

/* Marks a change of SP whose size the encoding shows. */
static inline void sim_moves_sp(struct sim_insn *insn, int32_t delta)
{
	insn->sp_delta = delta;
	insn->sp_known = true;
}

void sim_decode_set_op(struct sim_insn *insn, unsigned op);
void sim_decode_undefined(struct sim_insn *insn);
void sim_decode_row(struct sim_insn *insn, const struct sim_pattern *table, size_t rows);

/* A block transfer with base `n` and core registers `list`; `step` is +1 (IA) or -1 (DB). */
void sim_decode_many(struct sim_insn *insn, unsigned n, uint16_t list, bool writeback, int step);

void sim_decode16(struct sim_insn *insn);
void sim_decode32(struct sim_insn *insn);
void sim_decode_coproc(struct sim_insn *insn);

#endif
