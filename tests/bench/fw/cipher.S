/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void cipher_block(const uint32_t key[44], const uint32_t in[4], uint32_t out[4], const uint32_t table[256])
 *
 *   AES-128 of one block. table[x]: the bytes 2 s, s, s, 3 s of the S-box's s (little endian); the other three
 *   tables are its rotations, which the EOR does; the last round takes the plain s from byte 1.
 */
	.syntax unified
	.thumb
	.text

/* Column `to` (its round key is in it) of the round, from columns a, b, c, d. */
.macro column to, a, b, c, d
	uxtb	r0, \a
	uxtb	r1, \b, ror #8
	uxtb	r2, \c, ror #16
	lsr	r3, \d, #24
	ldr	r0, [r12, r0, lsl #2]
	ldr	r1, [r12, r1, lsl #2]
	ldr	r2, [r12, r2, lsl #2]
	ldr	r3, [r12, r3, lsl #2]
	eor	\to, \to, r0
	eor	\to, \to, r1, ror #24
	eor	\to, \to, r2, ror #16
	eor	\to, \to, r3, ror #8
.endm
.macro last to, a, b, c, d
	uxtb	r0, \a
	uxtb	r1, \b, ror #8
	uxtb	r2, \c, ror #16
	lsr	r3, \d, #24
	ldrb	r0, [r12, r0, lsl #2]
	ldrb	r1, [r12, r1, lsl #2]
	ldrb	r2, [r12, r2, lsl #2]
	ldrb	r3, [r12, r3, lsl #2]
	eor	\to, \to, r0
	eor	\to, \to, r1, lsl #8
	eor	\to, \to, r2, lsl #16
	eor	\to, \to, r3, lsl #24
.endm
.macro forth how
	ldm	lr!, {r8-r11}
	\how	r8, r4, r5, r6, r7
	\how	r9, r5, r6, r7, r4
	\how	r10, r6, r7, r4, r5
	\how	r11, r7, r4, r5, r6
.endm
.macro back how
	ldm	lr!, {r4-r7}
	\how	r4, r8, r9, r10, r11
	\how	r5, r9, r10, r11, r8
	\how	r6, r10, r11, r8, r9
	\how	r7, r11, r8, r9, r10
.endm

	.balign 4
	.global cipher_block
	.type cipher_block, %function
cipher_block:
	push	{r2, r4-r11, lr}
	mov	lr, r0
	mov	r12, r3
	ldm	r1, {r4-r7}
	ldm	lr!, {r8-r11}
	eor	r4, r4, r8
	eor	r5, r5, r9
	eor	r6, r6, r10
	eor	r7, r7, r11
	.rept 4
	forth	column
	back	column
	.endr
	forth	column
	add	r12, r12, #1
	back	last
	pop	{r2}
	stm	r2, {r4-r7}
	pop	{r4-r11, pc}
	.size cipher_block, . - cipher_block
