/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cortex-M7: its rules, one by one. How to read and write them: micro.h. */
#include "micro.h"

MICRO("two adds that do not depend", 1, "jnk0le cortex_m7", adds r0, r1; adds r2, r3)
MICRO_DEARER("two multiplies", "two adds that do not depend", "jnk0le cortex_m7", muls r0, r1; muls r2, r3)
