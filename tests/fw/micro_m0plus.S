/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cortex-M0+: its rules, one by one. How to read and write them: micro.h. */
#include "micro.h"

MICRO("data processing", 1, "DDI0484C table 3-1", adds r0, r1, r2)
MICRO("a load", 2, "DDI0484C table 3-1", ldr r0, [r4])
MICRO("a taken branch", 2, "DDI0484C table 3-1", b 5f; nop; 5:)
