/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M3: its rules, one by one. How to read and write them: micro.h.
 *
 *   T  DDI0337 table 3-1 and its load and store timings
 *   J  jnk0le, random/pipeline cycle test/doc/cortex_m3m4.md: measured on STM32F103
 */
#include "micro.h"
#define T "DDI0337 table 3-1"
#define J "jnk0le cortex_m3m4"

MICRO("data processing", 1, T, adds r0, r1, r2)
MICRO("bit fields, CLZ, REV, SSAT", 6, T, ubfx r0, r1, #3, #5 ; bfi r0, r1, #3, #5 ; clz r1, r0 ; rev.w r1, r1 ; ssat r0, #8, r1 ; rbit r1, r0)

/* Multiplication */
MICRO("MULS chain", 1, T, muls r0, r1, r0)
MICRO("MLA, MLS", 4, T ": 2", mla r0, r1, r2, r0 ; mls r0, r1, r2, r0)
MICRO_NEAR("UMULL", 4, 1, T ": 3 to 5", umull r0, r3, r1, r2)
MICRO_NEAR("SMLAL", 5.5, 1.5, T ": 4 to 7", smlal r0, r3, r1, r2)
MICRO("UDIV with quotient 0", 3, T ": 2 at least", udiv r0, r1, r2 ; add.w r8, r8, r0)

/* Loads */
MICRO("a load", 3, T ": 2", ldr r0, [r4] ; adds r1, r2, r3)
MICRO_NEAR("four loads", 7, 0.1, T ": n loads take n + 1", ldr r0, [r4] ; ldr r1, [r4, #4] ; ldr r2, [r4, #8] ; ldr r3, [r4, #12] ; movs r0, #1 ; movs r1, #1)
MICRO("post-indexed loads off two bases", 6, J ": not at all", ldr r0, [r4], #4 ; ldr r1, [r5], #4 ; subs r4, #4 ; subs r5, #4)
MICRO_NEAR("a load behind a post-indexed one", 5, 0.1, J ": the first of a chain may be", ldr r0, [r4], #4 ; ldr.w r1, [r5] ; subs r4, #4 ; adds r0, #1)
MICRO("a load, then NOP", 2, J ": loads eat a NOP", ldr r0, [r4] ; nop)
MICRO("an address by the ALU before", 6, J ": a cycle earlier", adds r0, r3, #4 ; ldr r2, [r7, r0] ; adds r1, #1 ; adds r1, #1)
MICRO("LDRD", 3, T ": 1 + 2", ldrd r0, r1, [r4])
MICRO("LDM of four", 5, T ": 1 + N", ldmia.w r4, {r0-r3})

/* Stores */
MICRO("a store", 1, T, str.w r0, [r4])
MICRO("a store with a register offset", 2, J, str.w r0, [r4, r1, lsl #2])
MICRO_NEAR("load and store in turn", 3, 0.1, J, ldr r0, [r4] ; str r0, [r5])
MICRO("a store that writes its base back, behind a load", 5, J ": not behind a load", ldr.w r0, [r4] ; str r0, [r5], #4 ; subs r5, #4 ; adds r1, #1)
MICRO("PUSH and POP of four", 10, T ": 1 + N each", push {r0-r3} ; pop {r0-r3})

/* Branches */
MICRO("a branch taken", 2, T ": 1 + P, P from 1", b 1f ; nop ; 1:)
MICRO("IT behind a 16-bit instruction", 3, J ": folds", cmp r1, r1 ; it eq ; moveq r0, #1 ; nop)

/* 32-bit instructions off a word boundary */
MICRO("three off a word boundary", 6, "compendium.i-0.nl: groups of three or more a cycle more",
	mov r0, r0 ; add.w r0, r1, r2 ; add.w r3, r1, r2 ; add.w r8, r1, r2 ; mov r0, r0)
MICRO("a wide load off a word boundary behind a load", 4, "compendium.i-0.nl: it takes three in a row",
	ldr r0, [r4]; ldr.w r1, [r4, #4]; movs r2, #1)
