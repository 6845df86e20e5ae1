/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void field_mul(uint32_t out[8], const uint32_t a[8], const uint32_t b[8])
 *
 *   out = a * b mod 2^256 - 38, below 2^256; out may be a or b
 *
 * Row by row: nine registers hold a row's eight words and its carry, and trade places from row to row. The core's work
 * is 64 multiply-accumulates and as many loads.
 */
	.syntax unified
	.thumb
	.text

/* Word `i` of a times b, onto x0 … x7; the carry becomes x8. The lowest word is done, and its register is free. */
.macro row i, x0, x1, x2, x3, x4, x5, x6, x7, x8
	ldr	r12, [r1, #4 * \i]
	mov	\x8, #0
	step	0, \x0, \x8
	step	1, \x1, \x8
	step	2, \x2, \x8
	step	3, \x3, \x8
	step	4, \x4, \x8
	step	5, \x5, \x8
	step	6, \x6, \x8
	step	7, \x7, \x8
	str	\x0, [sp, #4 * \i]
.endm
.macro step j, low, carry
	ldr	lr, [r2, #4 * \j]
	umaal	\low, \carry, r12, lr
.endm
/* A word of the upper half, folded: 2^256 is 38. */
.macro fold j, high
	ldr	lr, [sp, #4 * \j]
	umaal	lr, r11, r12, \high
	mov	\high, lr
.endm

	.balign 4
	.global field_mul
	.type field_mul, %function
field_mul:
	push	{r0, r4-r11, lr}
	sub	sp, sp, #32
	ldr	r12, [r1]
	ldr	lr, [r2]
	umull	r4, r3, r12, lr
	str	r4, [sp]
	mov	r5, #0
	ldr	lr, [r2, #4]
	umaal	r5, r3, r12, lr
	mov	r6, #0
	ldr	lr, [r2, #8]
	umaal	r6, r3, r12, lr
	mov	r7, #0
	ldr	lr, [r2, #12]
	umaal	r7, r3, r12, lr
	mov	r8, #0
	ldr	lr, [r2, #16]
	umaal	r8, r3, r12, lr
	mov	r9, #0
	ldr	lr, [r2, #20]
	umaal	r9, r3, r12, lr
	mov	r10, #0
	ldr	lr, [r2, #24]
	umaal	r10, r3, r12, lr
	mov	r11, #0
	ldr	lr, [r2, #28]
	umaal	r11, r3, r12, lr
	row	1, r5, r6, r7, r8, r9, r10, r11, r3, r4
	row	2, r6, r7, r8, r9, r10, r11, r3, r4, r5
	row	3, r7, r8, r9, r10, r11, r3, r4, r5, r6
	row	4, r8, r9, r10, r11, r3, r4, r5, r6, r7
	row	5, r9, r10, r11, r3, r4, r5, r6, r7, r8
	row	6, r10, r11, r3, r4, r5, r6, r7, r8, r9
	row	7, r11, r3, r4, r5, r6, r7, r8, r9, r10
	mov	r12, #38
	mov	r11, #0
	fold	0, r3
	fold	1, r4
	fold	2, r5
	fold	3, r6
	fold	4, r7
	fold	5, r8
	fold	6, r9
	fold	7, r10
	mul	r11, r11, r12
	adds	r3, r3, r11
	adcs	r4, r4, #0
	adcs	r5, r5, #0
	adcs	r6, r6, #0
	adcs	r7, r7, #0
	adcs	r8, r8, #0
	adcs	r9, r9, #0
	adcs	r10, r10, #0
	mov	r11, #0
	adc	r11, r11, #0
	mul	r11, r11, r12
	add	r3, r3, r11		/* what wrapped left almost nothing: no further carry */
	add	sp, sp, #32
	pop	{r0}
	stm	r0, {r3-r10}
	pop	{r4-r11, pc}
	.size field_mul, . - field_mul
