/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const EXCEPTION[] = {"none", "Reset", "NMI", "HardFault", "MemManage", "BusFault", "UsageFault",
					"SecureFault"};

static const struct {
	uint32_t bit;
	const char *name, *what;
} CFSR[] = {
	{1u << 0, "IACCVIOL", "the MPU forbids execution there"},
	{1u << 1, "DACCVIOL", "the MPU forbids the access"},
	{1u << 3, "MUNSTKERR", "the MPU forbids unstacking"},
	{1u << 4, "MSTKERR", "the MPU forbids stacking"},
	{1u << 7, "MMARVALID", "MMFAR holds the address"},
	{1u << 8, "IBUSERR", "instruction fetch failed"},
	{1u << 9, "PRECISERR", "data access failed"},
	{1u << 10, "IMPRECISERR", "a buffered write failed"},
	{1u << 11, "UNSTKERR", "unstacking failed"},
	{1u << 12, "STKERR", "stacking failed"},
	{1u << 15, "BFARVALID", "BFAR holds the address"},
	{1u << 16, "UNDEFINSTR", "undefined instruction"},
	{1u << 17, "INVSTATE", "execution without the Thumb bit"},
	{1u << 18, "INVPC", "invalid exception return"},
	{1u << 19, "NOCP", "no such coprocessor, or it is off"},
	{1u << 20, "STKOF", "stack limit crossed"},
	{1u << 24, "UNALIGNED", "unaligned access"},
	{1u << 25, "DIVBYZERO", "division by zero"},
};

static void place(FILE *out, struct prof_symbols *symbols, uint32_t pc)
{
	const char *file;
	unsigned line;
	fprintf(out, "0x%08x", pc);
	if (!symbols)
		return;
	const struct prof_function *function = prof_symbols_get(symbols, prof_symbols_function(symbols, pc));
	if (function)
		fprintf(out, " %s+0x%x", function->name, pc - function->at);
	if (prof_symbols_line(symbols, pc, &file, &line))
		fprintf(out, " (%s:%u)", file, line);
}

static void status(FILE *out, const struct sim_fault *fault)
{
	if (fault->cfsr) {
		fprintf(out, "  CFSR 0x%08x:", fault->cfsr);
		for (unsigned i = 0; i < sizeof CFSR / sizeof *CFSR; i++)
			if (fault->cfsr & CFSR[i].bit)
				fprintf(out, " %s (%s)", CFSR[i].name, CFSR[i].what);
		fputc('\n', out);
	}
	if (fault->hfsr)
		fprintf(out, "  HFSR 0x%08x:%s%s%s\n", fault->hfsr, fault->hfsr & 1u << 30 ? " FORCED (escalated)" : "",
			fault->hfsr & 2 ? " VECTTBL" : "", fault->hfsr & 1u << 31 ? " DEBUGEVT" : "");
	if (fault->cfsr & 1u << 15)
		fprintf(out, "  BFAR 0x%08x\n", fault->bfar);
	if (fault->cfsr & 1u << 7)
		fprintf(out, "  MMFAR 0x%08x\n", fault->mmfar);
}

static void registers(FILE *out, const struct sim_fault *fault)
{
	for (unsigned i = 0; i < 13; i++)
		fprintf(out, "%sr%-2u 0x%08x", i % 4 ? "  " : "\n  ", i, fault->r[i]);
	fprintf(out, "\n  sp  0x%08x  lr  0x%08x  pc  0x%08x  xpsr 0x%08x\n  msp 0x%08x  psp 0x%08x  control %u\n",
		fault->r[13], fault->r[14], fault->r[15], fault->xpsr, fault->msp, fault->psp, fault->control);
}

char *session_story_of(const struct sim_fault *fault, const struct sim_machine *machine, struct prof_symbols *symbols)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "%s on %s (%s): %s\n  at cycle %llu, t = %.9f s, pc ", fault->lockup ? "lock-up" : "fault",
		sim_machine_board(machine)->name, sim_core_name(sim_machine_board(machine)->core), fault->what,
		(unsigned long long)fault->when.cycle, (double)fault->when.ps / 1e12);
	place(out, symbols, fault->pc);
	fprintf(out, "\n  taken as %s\n",
		fault->exception >= 0 && fault->exception < 8 ? EXCEPTION[fault->exception] : "an exception");
	status(out, fault);
	fprintf(out, "  registers:");
	registers(out, fault);
	fprintf(out, "  backtrace (return addresses found on the stack):\n");
	for (unsigned i = 0; i < fault->depth; i++) {
		fprintf(out, "  %2u  ", i);
		place(out, symbols, fault->backtrace[i]);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}
