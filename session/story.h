/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault told for people: what, where in the source, registers, fault status, and how it came there. */
#ifndef SESSION_STORY_H
#define SESSION_STORY_H

#include "profiler/symbols.h"
#include "sim/machine.h"

/* Several lines, ending in a newline; the caller frees. symbols may be NULL. NULL: out of memory. */
char *session_story_of(const struct sim_fault *fault, const struct sim_machine *machine, struct prof_symbols *symbols);

#endif
