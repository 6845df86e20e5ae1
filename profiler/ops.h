/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of TensorFlow Lite's builtin operators by code. */
#ifndef PROFILER_OPS_H
#define PROFILER_OPS_H

#include <stdint.h>

/* "CONV_2D"; "OP_1234" for a code that has no name here (good until the next call from the same thread). */
const char *prof_op_name(uint32_t op);

#endif
