/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M0 and M0+: three and two stages, one instruction at a time, so the cost is the sum of a table.
 *
 *   rule                                   M0       M0+     source                           grade
 *   data processing, branch not taken       1        1      DDI0432C, DDI0484C table 3-1     verified
 *   MULS                                    1 or 32         vendor's choice                  verified
 *   LDR*, STR*, literals                    2        2      the same tables                  verified
 *   LDM, STM, PUSH, POP of N registers     1+N      1+N     the same tables                  verified
 *   POP with PC, N including it            4+N      3+N     the same tables                  verified
 *   B, BX, BLX, MOV PC, ADD PC taken        3        2      the same tables                  verified
 *   BL                                      4        3      the same tables                  verified
 *   MRS, MSR, DMB, DSB, ISB                 4        3      the same tables                  verified
 *   CPS, SEV, NOP; WFI, WFE and the wait    1; 2     1; 2   the same tables                  verified
 *   load-use penalty                       none     none    jnk0le, cortex_m0.md             verified
 *
 * M0+'s table was read in the RP2040 datasheet (table 81), which repeats Arm's. A load or store at the single-cycle I/O port
 * is priced as any other here; the bus gives the cycle back (sim/bus.c).
 *
 * Residual: the RP2040's floating-point ROM (raspberrypi/pico-bootrom, assembled here; random operands, no wait states)
 * against its datasheet's cycles (tables 169, 170), and by this file less the call: double add 91, 88; multiply 155, 154;
 * square root 169, 168; sin 1618, 1618; cos 1617, 1615; exp 804, 799; single cos 587, 593; exp 524, 522; ln 789, 777.
 * Conversions of 15 to 75 cycles, whose way depends on operands that the datasheet does not tell: -18 to -2 %.
 * With flash before it: sim/timing/bare.c.
 */
#include "sim/timing/pipeline.h"

struct state {
	uint32_t cycles;
	uint32_t taken_exit; /* of the last instruction */
};
SIM_PIPELINE_STATE_FITS(struct state);

static void enter(void *memory, const struct sim_timing *timing, bool taken)
{
	struct state *state = memory;

	(void)timing, (void)taken;
	state->cycles = 0;
	state->taken_exit = 0;
}

static unsigned base_cycles(const struct sim_timing *timing, const struct sim_insn *insn)
{
	switch (insn->cls) {
	case SIM_CLASS_MUL:
		return timing->multiply_cycles;
	case SIM_CLASS_LOAD: case SIM_CLASS_STORE:
		return 2;
	case SIM_CLASS_LOAD_MANY: case SIM_CLASS_STORE_MANY:
		return 1 + insn->transfers;
	case SIM_CLASS_BARRIER:
		return timing->core == SIM_M0 ? 4 : 3;
	case SIM_CLASS_SYSTEM:
		return insn->size == 2 ? 1 : timing->core == SIM_M0 ? 4 : 3; /* CPS is 16 bits wide */
	case SIM_CLASS_WAIT:
		return 2;
	default:
		return 1;
	}
}

static unsigned refill(const struct sim_timing *timing, const struct sim_insn *insn)
{
	unsigned cycles = timing->core == SIM_M0 ? 2 : 1;

	if (insn->branch == SIM_BRANCH_NONE)
		return 0;
	if (insn->op == SIM_OP_BL || insn->cls == SIM_CLASS_LOAD_MANY)
		return cycles + 1;
	return cycles;
}

static void issue(void *memory, const struct sim_timing *timing, const struct sim_insn *insn)
{
	struct state *state = memory;

	state->cycles += base_cycles(timing, insn);
	state->taken_exit = refill(timing, insn);
}

static void leave(void *memory, const struct sim_timing *timing, struct sim_block_cost *ret)
{
	struct state *state = memory;

	(void)timing;
	ret->cycles = state->cycles;
	ret->taken_exit = (int16_t)state->taken_exit;
	state->cycles = 0;
	state->taken_exit = 0;
}

const struct sim_pipeline sim_pipeline_m0 = {enter, issue, leave};
