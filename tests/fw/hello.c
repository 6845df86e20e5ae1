/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first steps: data and bss set up, the console, arithmetic, the exit status. */
#include "fw.h"

static uint32_t initialised = 41, cleared;

int main(void)
{
	print("hello\n");
	print_number("sum", initialised + cleared + 1);
	return 7;
}
