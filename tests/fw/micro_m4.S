/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M4: its rules, one by one. How to read and write them: micro.h.
 *
 *   T  DDI0439 table 3-1 and 3.3.2 (load and store timings)      F  DDI0439 table 7-1 and its notes
 *   J  jnk0le, random/pipeline cycle test/doc/cortex_m3m4.md: measured on STM32F407
 *   C  compendium.i-0.nl, instruction alignment: measured on an STM32 with this core
 *   G  GCC config/arm/cortex-m4-fpu.md
 *
 * A kernel stands on a word boundary; one of an odd number of halfwords moves its next copy off it, so kernels are even
 * where that matters.
 */
#include "micro.h"
#define T "DDI0439 table 3-1"
#define L "DDI0439 3.3.2"
#define J "jnk0le cortex_m3m4"
#define F "DDI0439 table 7-1"
#define C "compendium.i-0.nl"
#define G "GCC cortex-m4-fpu.md"

/* Data processing */
MICRO("data processing", 1, T, adds r0, r1, r2)
MICRO("data processing with a shifted operand, used at once", 2, T, add.w r0, r1, r2, lsl #3 ; add.w r3, r0, r0)
MICRO("MOVW and MOVT", 2, T, movw r0, #1234 ; movt r0, #5678)
MICRO("bit fields, CLZ, REV, SSAT", 6, T, ubfx r0, r1, #3, #5 ; bfi r0, r1, #3, #5 ; clz r1, r0 ; rev.w r1, r1 ; ssat r0, #8, r1 ; rbit r1, r0)
MICRO("SIMD: SADD16, SEL, SXTB16, UADD8, PKHBT", 5, T, sadd16 r0, r1, r2 ; sel r0, r0, r1 ; sxtb16 r0, r0, ror #8 ; uadd8 r0, r0, r1 ; pkhbt r0, r0, r1, lsl #16)

/* Multiplication: one cycle each, result at once */
MICRO("MULS chain", 1, T, muls r0, r1, r0)
MICRO("MLA chain on the accumulator", 1, T, mla r0, r1, r2, r0)
MICRO("MLA chain on a multiplicand", 1, T, mla r0, r0, r1, r2)
MICRO("SMULL, UMULL", 2, T, smull r0, r3, r1, r2 ; umull r8, r9, r1, r2)
MICRO("SMLAL, UMAAL chain", 2, T, smlal r0, r3, r1, r2 ; umaal r0, r3, r1, r2)
MICRO("SMLAD chain", 1, T, smlad r0, r1, r2, r0)
MICRO("SMLABB, SMLAWB, SMMLA", 3, T, smlabb r0, r1, r2, r0 ; smlawb r0, r1, r2, r0 ; smmla r0, r1, r2, r0)

/* Loads */
MICRO("a load", 3, T ": 2", ldr r0, [r4] ; adds r1, r2, r3)
MICRO("a load, used at once", 3, T ": 2", ldr r0, [r4] ; adds r1, r0, r3)
MICRO("a byte, a signed halfword", 6, T, ldrb r0, [r4] ; adds r1, r2, r3 ; ldrsh.w r0, [r4] ; add.w r1, r0, r3)
MICRO("a load with a register offset", 3, T, ldr r0, [r4, r3] ; adds r1, r1, r2)
MICRO_NEAR("four loads", 7, 0.1, L ": n loads take n + 1", ldr r0, [r4] ; ldr r1, [r4, #4] ; ldr r2, [r4, #8] ; ldr r3, [r4, #12] ; movs r0, #1 ; movs r1, #1)
MICRO("two loads of different bases", 5, L, ldr r0, [r4] ; ldr r1, [r5] ; adds r2, r2, r3 ; adds r2, r2, r3)
MICRO("a load whose address another has loaded", 6, L ": not pipelined", ldr r0, [r4] ; ldr r0, [r7, r0] ; adds r1, #1 ; adds r2, #1)
MICRO("post-indexed loads off one base", 4, J ": not on the same base", ldr r0, [r4], #4 ; ldr r1, [r4], #-4)
MICRO("post-indexed loads off two bases", 5, J ": alternating works", ldr r0, [r4], #4 ; ldr r1, [r5], #4 ; subs r4, #4 ; subs r5, #4)
MICRO("a load, then NOP", 2, J ": loads eat a NOP", ldr r0, [r4] ; nop)
MICRO("an address by the ALU before", 6, J ": a cycle earlier", adds r0, r3, #4 ; ldr r2, [r7, r0] ; adds r1, #1 ; adds r1, #1)
MICRO("an address by the ALU two before", 5, J, adds r0, r3, #4 ; adds r1, #1 ; ldr r2, [r7, r0] ; adds r1, #1)
MICRO("LDRD", 3, T ": 1 + 2", ldrd r0, r1, [r4])
MICRO("LDM of two", 3, T ": 1 + N", ldmia.w r4, {r0, r1})
MICRO("LDM of four", 5, T ": 1 + N", ldmia.w r4, {r0-r3})
MICRO("LDM of eight", 9, T ": 1 + N", ldmia.w r4, {r0-r3, r8-r11})
MICRO("LDM behind a load", 5, L ": never pipelined", ldr.w r0, [r4] ; ldmia.w r4, {r1, r2})
MICRO("a load behind LDM", 6, L ": never pipelined", ldmia.w r4, {r1, r2} ; ldr r0, [r4] ; adds r1, #1)

/* Stores */
MICRO("a store", 1, L ": always one cycle", str.w r0, [r4])
MICRO("a store of what the ALU gave before", 2, J, adds r0, r1, #1 ; str r0, [r4])
MICRO("a store with a register offset", 2, J, str.w r0, [r4, r1, lsl #2])
MICRO("a store with a register offset, then NOP", 2, J ": eats a NOP", str r0, [r4, r3] ; nop)
MICRO("a store behind a load", 4, J ": removes the load's stall", ldr r0, [r4] ; str r0, [r5] ; adds r1, #1 ; adds r1, #1)
MICRO("a load behind a store", 6, J ": a cycle more", str r0, [r4] ; ldr r1, [r5] ; adds r2, #1 ; adds r2, #1)
MICRO_NEAR("load and store in turn", 3, 0.1, J, ldr r0, [r4] ; str r0, [r5])
MICRO("two loads, two stores", 5, J, ldr r0, [r4] ; ldr r1, [r4, #4] ; str r0, [r5] ; str r1, [r5, #4])
MICRO_NEAR("post-indexed stores off one base", 4, 0.1, J ": not on the same base", str r0, [r4], #4 ; str r0, [r4], #-4)
MICRO("post-indexed stores off two bases", 4, J ": alternating works", str r0, [r4], #4 ; str r0, [r5], #4 ; str r0, [r4], #-4 ; str r0, [r5], #-4)
MICRO("STRD", 3, T ": 1 + 2", strd r0, r1, [r4])
MICRO("STM of four", 5, T ": 1 + N", stmia.w r4, {r0-r3})
MICRO("PUSH and POP of four", 10, T ": 1 + N each", push {r0-r3} ; pop {r0-r3})

/* Hand-unrolled kernels */
MICRO("LDM of four and four MACs", 9, T, ldmia.w r4, {r0-r3} ; smlad r8, r0, r1, r8 ; smlad r9, r2, r3, r9 ; smlad r8, r0, r2, r8 ; smlad r9, r1, r3, r9)
MICRO("LDR, extend, MAC", 7, T, ldr.w r0, [r4] ; sxtb16 r1, r0 ; sxtb16 r0, r0, ror #8 ; ldr.w r2, [r5] ; smlad r8, r0, r2, r8)

/* Divide: 2 to 12 by its operands */
MICRO("UDIV with quotient 0", 3, T ": 2 at least", udiv r0, r1, r2 ; add.w r8, r8, r0)
MICRO_NEAR("UDIV of a word by 1", 14, 1, T ": 12 at most", mvn r0, #0 ; mov.w r9, #1 ; udiv r0, r0, r9 ; add.w r8, r8, r0)

/* Branches */
MICRO("a branch not taken", 2, T, cmp r1, r1 ; bne 1f ; 1:)
MICRO("a branch taken", 2, T ": 1 + P, P from 1", b 1f ; nop ; 1:)
MICRO("a branch taken to a 32-bit instruction off a word boundary", 5, C ": a cycle more", b 1f ; nop ; nop ; 1: add.w r0, r1, r2 ; nop)
MICRO_NEAR("a call, its return, a branch", 7, 1, T ": 1 + P each", bl 1f ; b 2f ; 1: bx lr ; nop ; nop ; 2:)
MICRO("CBZ not taken", 2, T, cbz r1, 1f ; adds r2, #1 ; 1:)
MICRO_NEAR("TBB", 7, 1, T ": 2 + P", movs r0, #0 ; adds r1, #1 ; tbb [pc, r0] ; 1: .byte (2f - 1b) / 2, 0 ; nop ; 2:)
MICRO("IT behind a 16-bit instruction", 3, J ": folds", cmp r1, r1 ; it eq ; moveq r0, #1 ; nop)
MICRO("IT behind a 32-bit instruction", 3, J ": does not fold", cmp.w r1, r1 ; it eq ; moveq r0, #1)
MICRO("skipped instructions", 3, T ": 1 each", cmp r1, r1 ; ite ne ; movne r0, #1 ; moveq r0, #2)

/* 32-bit instructions off a word boundary: the third in a row waits once */
MICRO("two off a word boundary", 4, C, mov r0, r0 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; mov r0, r0)
MICRO("three off a word boundary", 6, C ": groups of three or more a cycle more", mov r0, r0 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; mov r0, r0)
MICRO_NEAR("six off a word boundary", 9, 0.1, C ": once", mov r0, r0 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; mov r0, r0)
MICRO("six on word boundaries", 6, C, add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2)
MICRO_DEARER("with a load among them", "six off a word boundary", C ": mixed groups more than once",
	mov r0, r0 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; ldr.w r0, [r4] ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; add.w r8, r1, r2 ; mov r0, r0)

/* System */
MICRO_NEAR("MRS, MSR", 3, 1, T ": 1 or 2 each", mrs r0, primask ; msr primask, r0)
MICRO("LDREX, STREX", 4, T ": 2 each", ldrex r0, [r4] ; strex r1, r0, [r4])

/* Floating point: single precision */
MICRO("VADD, independent", 2, F ": 1", vadd.f32 s0, s1, s2 ; vadd.f32 s3, s4, s5)
MICRO("VADD chain", 2, F ": 1, one more if used at once", vadd.f32 s0, s0, s1)
MICRO("VMUL chain", 2, F ": 1, one more if used at once", vmul.f32 s0, s0, s1)
MICRO("VMUL to an addend", 4, F ": an addend is consumed later", vmul.f32 s0, s1, s2 ; vfma.f32 s0, s3, s4)
MICRO("VABS, VNEG, used at once", 2, F, vabs.f32 s0, s1 ; vneg.f32 s1, s0)
MICRO_NEAR("VFMA, one accumulator", 3, 0.2, F ": 3", vfma.f32 s0, s1, s2)
MICRO("VFMA, four accumulators", 12, F ": 3 each", vfma.f32 s0, s8, s9 ; vfma.f32 s1, s8, s9 ; vfma.f32 s2, s8, s9 ; vfma.f32 s3, s8, s9)
MICRO("VMLA, one accumulator", 3, F ": 3", vmla.f32 s0, s1, s2)
MICRO_NEAR("VMLA to a multiplicand", 4, 0.2, F ": 3, one more if used at once", vmla.f32 s0, s0, s1)
MICRO("VMUL and VADD instead of VMLA", 3, F, vmul.f32 s1, s2, s3 ; vadd.f32 s0, s0, s1)
MICRO("integer work beside VFMA", 3, G ": goes on", vfma.f32 s0, s1, s2 ; adds r0, #1 ; adds r1, #1)
MICRO("VDIV", 14, F ": 14", vdiv.f32 s0, s1, s2)
MICRO("VSQRT", 14, F ": 14", vsqrt.f32 s0, s1)
MICRO_NEAR("integer work beside VDIV", 14, 0.1, G ": goes on", vdiv.f32 s0, s1, s2 ; .rept 12 ; adds r0, #1 ; .endr)
MICRO_NEAR("a root that is returned and used", 20, 0.2, F ": 14, one more if used at once" , bl 1f ; vadd.f32 s2, s0, s0 ; b 2f ; nop ; 1: vsqrt.f32 s0, s1 ; bx lr ; nop ; 2:)
MICRO_NEAR("VCVT both ways", 4, 0.1, F ": 1, one more if used at once", vcvt.s32.f32 s0, s1 ; vcvt.f32.s32 s1, s0)
MICRO("VCMP, VMRS, a branch not taken", 3, F, vcmp.f32 s0, s1 ; vmrs apsr_nzcv, fpscr ; bne 1f ; 1:)
MICRO("VMOV core to FP and back", 2, F ": 1", vmov s0, r0 ; vmov r1, s0)
MICRO("VMOV of two registers", 2, F ": 2", vmov r0, r1, s0, s1)
MICRO("VMOV immediate, register", 2, F ": 1", vmov.f32 s0, #1.0 ; vmov.f32 s1, s2)
MICRO("VLDR", 3, F ": 2", vldr s0, [r4] ; adds.w r0, r0, #1)
MICRO("VLDR of two words", 4, F ": 3", vldr d0, [r4] ; adds.w r0, r0, #1)
MICRO("VSTR", 1, L ": as STR", vstr s0, [r4])
MICRO("VLDM of four", 5, F ": 1 + N", vldmia r4, {s0-s3})
MICRO("VPUSH and VPOP of eight", 18, F ": 1 + N each", vpush {s16-s23} ; vpop {s16-s23})
MICRO("dot product: two VLDR, VFMA", 6, F ": 3 and 3, held by nothing", vldr s0, [r4] ; vldr s1, [r5] ; vfma.f32 s2, s0, s1)
MICRO_NEAR("dot product: two VLDM of four, four VFMA", 22, 0.2, F, vldmia r4, {s0-s3} ; vldmia r5, {s4-s7} ; vfma.f32 s8, s0, s4 ; vfma.f32 s8, s1, s5 ; vfma.f32 s8, s2, s6 ; vfma.f32 s8, s3, s7)
MICRO("a wide load off a word boundary behind a load", 4, "compendium.i-0.nl: it takes three in a row",
	ldr r0, [r4]; ldr.w r1, [r4, #4]; movs r2, #1)
