/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cortex-M4: its rules, one by one. How to read and write them: micro.h. */
#include "micro.h"

MICRO("data processing", 1, "DDI0439 table 3-1", adds r0, r1, r2)
MICRO("four loads in a row, then one that breaks the chain", 6, "DDI0439 3.3.2: n loads take n + 1",
	ldr r0, [r4]; ldr r1, [r4, #4]; ldr r2, [r4, #8]; ldr r3, [r4, #12]; nop)
MICRO("a load", 3, "DDI0439 table 3-1", ldr r0, [r4]; adds r1, r2, r3)
