/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two applications share. */
#ifndef RUNTIME_APP_H
#define RUNTIME_APP_H

#include "runtime/interpreter.h"
#include "runtime/status.h"

/* Marks the error and DONE with its number, then sleeps for ever. */
_Noreturn void rt_stop(enum rt_status status, uint32_t operator_index, uint32_t op);

/* RT_MARK_ARENA; `bytes` are those of it that are needed. */
void rt_mark_arena(uint32_t bytes);

/* INFERENCE_BEGIN or INFERENCE_END */
void rt_mark_inference(uint32_t kind, uint32_t index);

/* RT_MODE_STREAM; does not return. */
_Noreturn void rt_stream(struct rt_interpreter *rt);

#endif
