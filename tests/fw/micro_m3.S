/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cortex-M3: its rules, one by one. How to read and write them: micro.h. */
#include "micro.h"

MICRO("data processing", 1, "DDI0337 table 3-1", adds r0, r1, r2)
