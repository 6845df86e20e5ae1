/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Micro-kernels: a few instructions, what they cost, and who says so. tests/test_micro.c runs them.
 *
 *   MICRO("name", cycles, "source", instructions)
 *           one copy of the instructions behind another takes so many cycles; hundredths count: 2.5
 *   MICRO_NEAR("name", cycles, slack, "source", instructions)   … give or take `slack` cycles
 *   MICRO_DEARER("name", "other", "source", instructions)
 *           where no document gives a number: a copy takes longer than one of the kernel named `other` (of this file)
 *
 * Instructions are separated by ';'; labels are 1 to 9. They stand 8 times and 24 times in a row, from an 8-byte boundary, each time run twice;
 * the difference of the second times, over 16, is the cost. Memory answers at once. On entry to the first copy:
 *
 *   r0-r3   1, 2, 3, 4          r4, r5, r7   RAM, zero: 2 KiB on a 64-byte boundary; 256, 512 bytes further
 *   r6      the same as r4 in flash          r8-r12 (M3 and up)   8, 9, 10, 11, 12
 *   s0-s31  1.0f, d0-d15 1.0078125 (M4 and up); flags Z
 *
 * All may be changed but SP, which must come back; LR is free. A branch must leave something out: one to the very next
 * instruction is not seen as taken.
 */
#ifndef FW_MICRO_H
#define FW_MICRO_H

#define MICRO(name, cycles, source, ...) MICRO_ENTRY(name, cycles, 0, 0, source, __VA_ARGS__)
#define MICRO_NEAR(name, cycles, slack, source, ...) MICRO_ENTRY(name, cycles, slack, 0, source, __VA_ARGS__)
#define MICRO_DEARER(name, other, source, ...) MICRO_ENTRY(name, 0, 0, 998f, source, __VA_ARGS__) ; MICRO_TEXT(998, other)

#define MICRO_TEXT(label, text) .pushsection .rodata.micro_text ; label: .asciz text ; .popsection

/* As struct micro in tests/test_micro.c. Numbers as double: the host is better at them. */
#define MICRO_ENTRY(name, cycles, slack, other, source, ...)                                                 \
	.pushsection .rodata.micro_text ; 991: .asciz name ; 992: .asciz source ; .popsection ;                  \
	.text ; .balign 8 ; .thumb ;                                                                         \
	993: push {r3, lr} ; .balign 8 ; .rept 8 ; __VA_ARGS__ ; .endr ; pop {r3, pc} ; .ltorg ; .balign 8 ;   \
	994: push {r3, lr} ; .balign 8 ; .rept 24 ; __VA_ARGS__ ; .endr ; pop {r3, pc} ; .ltorg ;              \
	.pushsection micro_table, "a" ; .balign 8 ; .word 993b + 1, 994b + 1, 991b, 992b ; .double cycles, slack ;   \
	.word other, 0 ; .popsection

#ifdef __ASSEMBLER__
	.syntax unified
#endif

#endif
