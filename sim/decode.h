/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One Thumb instruction, from bytes to what timing and legality need to know: which registers it
 * reads in which role, what it writes, how it transfers control, and the least architecture it needs.
 *
 * Deliberately not known here: what the instruction computes (Unicorn does that), which instructions
 * stand around it (the IT state is applied by sim_insn_predicate), and how long it takes (sim/timing).
 *
 * Source: Armv6-M (DDI0419), Armv7-M (DDI0403) and Armv8-M (DDI0553) Architecture Reference Manuals,
 * chapters "The Thumb instruction set encoding". Encodings that the manuals call UNPREDICTABLE are
 * decoded as their nearest defined neighbour, as silicon usually does; UNDEFINED ones give SIM_OP_UNDEFINED.
 * Not covered: Armv8.1-M (MVE, low-overhead loops): those words decode as undefined.
 *
 * Invariant: the size depends on the first halfword only, so a walk never loses step.
 */
#ifndef SIM_DECODE_H
#define SIM_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/arch.h"
#include "sim/decode_ops.h"

enum sim_branch {
	SIM_BRANCH_NONE,
	SIM_BRANCH_CONDITIONAL,   /* Bcc, CBZ, B inside an IT block */
	SIM_BRANCH_UNCONDITIONAL, /* B */
	SIM_BRANCH_CALL,          /* BL */
	SIM_BRANCH_RETURN,        /* BX LR, POP {…, PC}, LDR PC, [SP]…, LDM …, {PC}, MOV PC, LR */
	SIM_BRANCH_INDIRECT,      /* BX, TBB, TBH, ADD PC, MOV PC, LDR PC from elsewhere */
	SIM_BRANCH_INDIRECT_CALL, /* BLX Rm */
};

enum { SIM_SP = 13, SIM_LR = 14, SIM_PC = 15, SIM_CONDITION_ALWAYS = 14 };

/*
 * Register masks: bit n = Rn, or Sn in the fp_ masks (Dn = S2n and S2n+1). A register stands in exactly
 * one source mask per role it plays; the PC is never a source. `dst` includes a written-back base.
 */
struct sim_insn {
	uint32_t address;
	uint32_t encoding;  /* 16-bit: the halfword. 32-bit: first halfword << 16 | second */
	uint32_t target;    /* of a direct branch; the address of the literal (literal set); what ADR gives */
	int32_t offset;     /* of a load or store with an immediate: address = base + offset */
	int32_t sp_delta;   /* what the instruction adds to SP when sp_known */

	uint32_t fp_src, fp_mul, fp_acc, fp_data, fp_dst;
	uint16_t addr;      /* form an address, or a branch's target */
	uint16_t src;       /* ordinary operands */
	uint16_t shifted;   /* pass the barrel shifter before use: ADD r0, r1, r2, LSL #2 → r2 */
	uint16_t mul;       /* multiplicands */
	uint16_t acc;       /* accumulators of a multiply-accumulate */
	uint16_t data;      /* stored */
	uint16_t dst;
	uint16_t wb;        /* the base register a load or store updates; also in dst */

	uint16_t op;        /* enum sim_op */
	uint8_t cls;        /* enum sim_class */
	uint8_t arch;       /* mask of enum sim_arch */
	uint8_t size;       /* 2 or 4 */
	uint8_t branch;     /* enum sim_branch */
	uint8_t condition;  /* of Bcc, or set by sim_insn_predicate; else SIM_CONDITION_ALWAYS */
	uint8_t access;     /* bytes of one transfer: 1, 2, 4; 0: none */
	uint8_t transfers;  /* words (or the one byte or halfword) moved to or from memory */
	uint8_t it_length;  /* IT: instructions that follow in its block, 1 to 4 */
	uint8_t it_mask;    /* IT: the low 4 bits of the encoding */

	bool sets_flags : 1;
	bool reads_flags : 1;
	bool shift_operand : 1;    /* operand 2 is a register with a non-zero shift */
	bool built_constant : 1;   /* operand 2 is a constant that the shifter rotates into place */
	bool register_offset : 1;
	bool literal : 1;          /* load relative to the PC */
	bool post_index : 1;
	bool is_double : 1;        /* FP: works on D registers */
	bool predicated : 1;       /* inside an IT block (set by sim_insn_predicate) */
	bool sp_known : 1;         /* false: SP changes by an amount the code does not show */
	bool exclusive : 1;        /* LDREX, STREX and their acquire forms */
};

/*
 * Decodes the instruction at `code`.
 *
 *   code      `bytes` bytes of code, little endian
 *   bytes     at least 2; with 2 bytes of a 32-bit instruction the result is SIM_OP_UNDEFINED of size 4
 *   address   where the code stands (bit 0 clear); decides targets only
 *   ret       always filled
 *
 * Returns ret->size.
 */
unsigned sim_decode(const uint8_t *code, size_t bytes, uint32_t address, struct sim_insn *ret);

/*
 * Puts a decoded instruction inside an IT block: 16-bit data processing no longer sets flags (compares
 * still do), the instruction reads the flags, and B becomes conditional. A return or an indirect branch
 * keeps its kind: `predicated` tells that it may fall through.
 */
void sim_insn_predicate(struct sim_insn *insn, unsigned condition);

/* Condition of the `index`th (from 0) instruction behind an IT, from the IT itself. */
unsigned sim_insn_it_condition(const struct sim_insn *it, unsigned index);

/* Whether a core with the features `arch` (sim_arch_of) has it. UDF and undefined words are legal nowhere. */
bool sim_insn_legal(const struct sim_insn *insn, unsigned arch);

/* "SMLAD", "VADD", "undefined": the mnemonic without condition, S and type suffixes. Static text. */
const char *sim_insn_name(const struct sim_insn *insn);

#endif
