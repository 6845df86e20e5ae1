/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cortex-M0+: its rules, one by one. How to read and write them: micro.h.
 *
 *   T  DDI0484C table 3-1, as the RP2040 datasheet repeats it (table 81)      J  jnk0le, random/pipeline cycle test/doc/cortex_m0.md
 */
#include "micro.h"
#define T "DDI0484C table 3-1"
#define J "jnk0le cortex_m0"

/* Data processing */
MICRO("data processing", 1, T, adds r0, r1, r2)
MICRO("shifts, extensions, reversals", 9, T, lsls r0, r1, #3 ; lsrs r0, r1 ; asrs r0, r1 ; rors r0, r1 ; sxtb r0, r1 ; uxth r0, r1 ; rev r0, r1 ; rev16 r0, r1 ; revsh r0, r1)
MICRO("high registers", 3, T, mov r8, r0 ; add r0, r8 ; cmp r8, r0)
MICRO("the stack pointer", 3, T, add r0, sp, #4 ; sub sp, #8 ; add sp, #8)
MICRO("ADR", 1, T, add r0, pc, #4)
MICRO("MULS chain", 1, T ": 1 or 32, the vendor's choice", muls r0, r1, r0)

/* Loads and stores */
MICRO("a load", 2, T, ldr r0, [r4])
MICRO("a load, used at once", 3, J ": no load-to-use latency", ldr r0, [r4] ; adds r1, r0, r3)
MICRO("a load whose address another has loaded", 4, J ": no load-to-use latency", ldr r0, [r4] ; ldr r0, [r7, r0])
MICRO("four loads", 8, T, ldr r0, [r4] ; ldr r1, [r4, #4] ; ldr r2, [r4, #8] ; ldr r3, [r4, #12])
MICRO("bytes and halfwords", 8, T, ldrb r0, [r4] ; ldrh r1, [r4] ; ldrsb r1, [r4, r0] ; ldrsh r2, [r4, r0])
MICRO("a literal", 2, T, ldr r0, =0x11223344)
MICRO("off the stack pointer", 6, T, sub sp, #8 ; str r0, [sp] ; ldr r0, [sp] ; add sp, #8)
MICRO("a store", 2, T, str r0, [r4])
MICRO("stores of bytes and halfwords", 6, T, strb r0, [r4] ; strh r0, [r4] ; strb r0, [r4, r1])
MICRO("a load behind a store", 4, T, str r0, [r4] ; ldr r1, [r5])
MICRO("LDM of one", 2, T ": 1 + N", ldmia r4!, {r0})
MICRO("LDM of four", 5, T ": 1 + N", ldmia r4!, {r0-r3})
MICRO("LDM of seven", 8, T ": 1 + N", ldmia r7!, {r0-r6})
MICRO("STM of four", 5, T ": 1 + N", stmia r4!, {r0-r3})
MICRO("copying by LDM and STM", 10, T ": 1 + N each", ldmia r4!, {r0-r3} ; stmia r5!, {r0-r3})
MICRO("PUSH and POP of four", 10, T ": 1 + N each", push {r0-r3} ; pop {r0-r3})
MICRO("PUSH with LR", 8, T ": 1 + N each", push {r0, r1, lr} ; pop {r0-r2})
MICRO("the single-cycle I/O port", 4, T ": 1 each", movs r0, #5 ; lsls r0, #28 ; ldr r1, [r0, #4] ; str r1, [r0, #8])

/* Branches */
MICRO("a taken branch", 2, T, b 5f ; nop ; 5:)
MICRO("a conditional branch, taken", 3, T, cmp r0, r0 ; beq 5f ; nop ; 5:)
MICRO("a conditional branch, not taken", 3, T, cmp r0, r0 ; bne 5f ; nop ; 5:)
MICRO("a loop", 30, T ": 1 + 10 + 9 * 2 + 1", movs r0, #10 ; 5: subs r0, #1 ; bne 5b)
MICRO("BL, BX", 7, T ": 3 + 2, and B", bl 5f ; b 6f ; 5: bx lr ; 6:)
MICRO("POP with PC", 13, T ": 3 + N; BL 3, PUSH 3, B 2", bl 5f ; b 6f ; 5: push {r0, lr} ; pop {r0, pc} ; 6:)
MICRO("BX to what was computed", 4, T, mov r0, pc ; adds r0, #5 ; bx r0 ; nop)
MICRO("BLX", 4, T, mov r0, pc ; adds r0, #5 ; blx r0 ; nop)
MICRO("MOV to PC", 4, T, mov r0, pc ; adds r0, #4 ; mov pc, r0 ; nop)
MICRO("ADD to PC", 3, T, movs r0, #0 ; add pc, r0 ; nop)

/* The system */
MICRO("MRS, MSR", 6, T ": 3 each", mrs r0, primask ; msr primask, r0)
MICRO("barriers", 9, T ": 3 each", dmb ; dsb ; isb)
MICRO("CPS", 2, T, cpsid i ; cpsie i)
MICRO("SEV, NOP", 2, T, sev ; nop)
