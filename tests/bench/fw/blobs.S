/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model and one input of it, as they are in the repository; paths come from the build. */
	.syntax unified
	.section .rodata
	.global model, model_end, input, input_end
	.balign 16
model:
	.incbin MODEL
model_end:
	.balign 16
input:
	.incbin INPUT
input_end:
