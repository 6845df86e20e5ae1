/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help for messages: which known name a mistyped word is nearest to, and the names as a list. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/*
 * The one of `names` (NULL-terminated) fewest edits away (insert, delete, replace, swap of neighbours; letters'
 * case does not count), or NULL if none is near enough to be meant: one edit, or one for each three letters.
 */
const char *near_name(const char *word, const char *const *names);

/* "a, b, c" into ret_text, cut with "…" where it does not fit. Returns ret_text. */
const char *near_list(const char *const *names, char *ret_text, size_t size);

#endif
