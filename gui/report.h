/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report's JSON as plain values that panels can draw. Every key may be missing: while the machine runs, only
 * what is known beforehand is there.
 */
#ifndef GUI_REPORT_H
#define GUI_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gui_metric {
	bool known;
	double value;
	char grade[16];  /* measured, calibrated, estimated; empty: not said */
	bool ranged;     /* low and high are given */
	double low, high;
};

struct gui_report_layer {
	int index;
	char op[32], name[64];
	double cycles, macs, energy_uj;
};

struct gui_report_function {
	char name[64];
	double cycles;
};

struct gui_report_budget {
	char metric[48];
	double limit, actual;
	bool known, pass; /* known: actual is given */
};

#define GUI_REPORT_LAYERS 128
#define GUI_REPORT_FUNCTIONS 64
#define GUI_REPORT_BUDGETS 16
#define GUI_REPORT_LABELS 32

struct gui_report {
	char scenario[96], board[48], core[32];
	double clock_hz, supply_mv;
	struct gui_metric latency_ms, energy_uj, arena_bytes, battery_days, average_mw;
	double inferences, mips;
	double battery_mah, arena_capacity, stack_peak, stack_capacity;
	bool priced;        /* power_mw is given */
	double power_mw[3]; /* by enum sim_power_state */
	struct gui_report_layer layer[GUI_REPORT_LAYERS];
	int layers;
	struct gui_report_function function[GUI_REPORT_FUNCTIONS]; /* most cycles first */
	int functions;
	double function_cycles; /* of all functions, listed or not */
	struct gui_report_budget budget[GUI_REPORT_BUDGETS];
	int budgets;
	char label[GUI_REPORT_LABELS][32];
	int labels;
	char validity[16], issue[200]; /* issue: the first one */
	int issues, guessed;           /* guessed: registers that nobody models; -1: not said */
};

/* `text` may be NULL or no JSON at all: everything is unknown then. */
void gui_report_read(struct gui_report *report, const char *text);

#endif
