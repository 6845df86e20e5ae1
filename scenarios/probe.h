/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an inference begins and ends, for firmware that does not say so itself.
 *
 *   probe: Invoke                                    # from each call of this function to its return
 *   probe: 0x08001234                                # the same by address
 *   probe: pin:gpiob.5                               # from this output's rising to its falling
 *   probe: {begin: "uart:start", end: "uart:done"}   # texts on the console
 *   probe: {begin: 0x08001234, end: 0x080012A0}      # two instructions
 *   probe: {begin: {pin: gpiob.5, level: 0}, end: {uart: "done\r\n", port: usart1}}
 *
 * On the command line the same words, BEGIN or BEGIN,END: `--probe uart:start,uart:done`.
 *
 * A begin while an inference is under way changes nothing, and neither does an end when none is.
 */
#ifndef SCENARIOS_PROBE_H
#define SCENARIOS_PROBE_H

#include "base/yaml.h"

#define SCN_MAX_MOMENT 64

enum scn_moment_kind {
	SCN_MOMENT_SYMBOL,  /* the function or label is reached */
	SCN_MOMENT_ADDRESS,
	SCN_MOMENT_PIN,     /* an output takes that level */
	SCN_MOMENT_UART,    /* the last byte of a text is out */
	SCN_MOMENT_RETURN,  /* end only: the function in which it began has returned */
};

struct scn_moment {
	enum scn_moment_kind kind;
	uint32_t address;
	char name[128];    /* of the symbol, the port of pins, or the UART; empty: the console */
	unsigned pin;
	bool level;
	uint8_t text[SCN_MAX_MOMENT];
	uint32_t length;
};

struct scn_probe {
	struct scn_moment begin, end;
};

/* The scenario's key `probe`; NULL: *ret_probe stays as it is. */
bool scn_probe_read(const struct yaml_node *node, struct scn_probe *ret_probe, struct err *err);

/* As on the command line. */
bool scn_probe_parse(const char *text, struct scn_probe *ret_probe, struct err *err);

#endif
