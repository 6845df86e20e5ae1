/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_WORD 48

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: row by row, keeping the last two rows for swaps. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	if (n > MAX_WORD || m > MAX_WORD)
		return MAX_WORD;
	unsigned rows[3][MAX_WORD + 1], *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		unsigned *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

const char *near_name(const char *word, const char *const *names)
{
	unsigned best = (unsigned)strlen(word) / 3;
	const char *found = NULL;
	if (best < 1)
		best = 1;
	for (; *names; names++) {
		unsigned d = distance(word, *names);
		if (d < best || (d == best && !found)) {
			best = d;
			found = *names;
		}
	}
	return found;
}

const char *near_list(const char *const *names, char *ret_text, size_t size)
{
	size_t used = 0;
	ret_text[0] = 0;
	for (; *names; names++) {
		const char *comma = used ? ", " : "";
		if (used + strlen(comma) + strlen(*names) + sizeof ", …" > size) {
			snprintf(ret_text + used, size - used, "%s…", comma);
			break;
		}
		used += (size_t)snprintf(ret_text + used, size - used, "%s%s", comma, *names);
	}
	return ret_text;
}
