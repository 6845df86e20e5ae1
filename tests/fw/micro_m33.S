/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cortex-M33: its rules, one by one. How to read and write them: micro.h. */
#include "micro.h"

MICRO("data processing", 1, "jnk0le cortex_m33", adds r0, r1, r2)
