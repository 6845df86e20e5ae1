/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows Thumb code from an entry to find the functions it calls, for images without symbols. It reads the
 * image, not the machine; jumps through tables and pointers are not followed (they are found when they run).
 */
#ifndef PROFILER_SCAN_H
#define PROFILER_SCAN_H

#include "sim/image.h"

struct prof_scan;

/* Copies the image's bytes. NULL: out of memory. */
struct prof_scan *prof_scan_create(const struct sim_image *image);
void prof_scan_destroy(struct prof_scan *scan);

/* Visits all code that can be reached from `entry` by jumps; tells each target of a BL, also repeatedly. */
void prof_scan_follow(struct prof_scan *scan, uint32_t entry, void (*call)(void *context, uint32_t target),
		      void *context);

/* Visited before, as part of something. */
bool prof_scan_seen(const struct prof_scan *scan, uint32_t pc);

/* The instruction at pc saves the link register: only the start of a function does. */
bool prof_scan_is_prologue(const struct prof_scan *scan, uint32_t pc);

bool prof_scan_word(const struct prof_scan *scan, uint32_t at, uint32_t *ret_word);

#endif
