/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which core, with which options: the two words that boards, decoder, timing and machine share.
 */
#ifndef SIM_ARCH_H
#define SIM_ARCH_H

enum sim_core { SIM_M0, SIM_M0PLUS, SIM_M3, SIM_M4, SIM_M7, SIM_M33, SIM_CORES };
enum sim_fpu { SIM_FPU_NONE, SIM_FPU_SP, SIM_FPU_DP };

/* Architecture features; an instruction carries all that it needs, a core all that it has. */
enum sim_arch {
	SIM_ARCH_V7M = 1 << 0,     /* beyond Armv6-M: most 32-bit encodings, IT, CBZ */
	SIM_ARCH_DSP = 1 << 1,     /* Armv7E-M: SIMD, saturating adds, halfword multiplies */
	SIM_ARCH_FP_SP = 1 << 2,   /* FPv4-SP: single precision, and moves and loads of doubles */
	SIM_ARCH_FPV5 = 1 << 3,    /* VSEL, VMAXNM, VRINT*, VCVTA… */
	SIM_ARCH_FP_DP = 1 << 4,   /* double precision arithmetic */
	SIM_ARCH_V8M = 1 << 5,     /* acquire/release, TT, SG, BXNS, VLSTM */
	SIM_ARCH_COPROC = 1 << 6,  /* a coprocessor other than the FPU: a vendor's option */
	SIM_ARCH_NEVER = 1 << 7,   /* undefined on every core, UDF included */
};

/* Features of a core as usually built: M33 with its DSP option, no foreign coprocessor. */
unsigned sim_arch_of(enum sim_core core, enum sim_fpu fpu);

#endif
