/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPTED "a function's name, an address, pin:PORT.N, pin:PORT.N=0 or uart:TEXT"

/* Messages without a place: the callers add theirs. */
static bool parse_pin(const char *text, struct scn_moment *moment, struct err *err)
{
	const char *dot = strrchr(text, '.');
	char *end = NULL;
	unsigned long pin = dot ? strtoul(dot + 1, &end, 10) : 0;
	if (!dot || dot == text || dot[1] < '0' || dot[1] > '9' || pin > 31 ||
	    (size_t)(dot - text) >= sizeof moment->name ||
	    (*end && strcmp(end, "=0") != 0 && strcmp(end, "=1") != 0))
		return err_input(
			err, "'%s' is no pin; PORT.N such as gpiob.5 is expected, with =0 for its falling",
			text);
	memcpy(moment->name, text, (size_t)(dot - text));
	moment->kind = SCN_MOMENT_PIN;
	moment->pin = (unsigned)pin;
	moment->level = strcmp(end, "=0") != 0;
	return true;
}

static bool set_text(const char *text, size_t length, struct scn_moment *moment, struct err *err)
{
	if (length == 0 || length > SCN_MAX_MOMENT)
		return err_input(err, "%zu bytes of text; 1 to %d are accepted", length, SCN_MAX_MOMENT);
	moment->kind = SCN_MOMENT_UART;
	memcpy(moment->text, text, length);
	moment->length = (uint32_t)length;
	return true;
}

static bool parse_moment(const char *text, struct scn_moment *ret_moment, struct err *err)
{
	struct scn_moment moment = {0};
	if (strncmp(text, "pin:", 4) == 0) {
		if (!parse_pin(text + 4, &moment, err))
			return false;
	} else if (strncmp(text, "uart:", 5) == 0) {
		if (!set_text(text + 5, strlen(text + 5), &moment, err))
			return false;
	} else if (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long long at = strtoull(text, &end, 0);
		if (*end || at > UINT32_MAX)
			return err_input(err, "'%s' is no address; " ACCEPTED " is expected", text);
		moment.kind = SCN_MOMENT_ADDRESS;
		moment.address = (uint32_t)at;
	} else {
		if (!*text || strlen(text) >= sizeof moment.name)
			return err_input(err, "'%s': " ACCEPTED " is expected", text);
		moment.kind = SCN_MOMENT_SYMBOL;
		snprintf(moment.name, sizeof moment.name, "%s", text);
	}
	*ret_moment = moment;
	return true;
}

/* What ends it where only the beginning is said. */
static bool end_of(const struct scn_moment *begin, struct scn_moment *ret_end, struct err *err)
{
	if (begin->kind == SCN_MOMENT_UART)
		return err_input(err, "a text on a UART begins an inference; what ends it must be said, too");
	*ret_end = *begin;
	if (begin->kind == SCN_MOMENT_PIN)
		ret_end->level = !begin->level;
	else
		ret_end->kind = SCN_MOMENT_RETURN;
	return true;
}

bool scn_probe_parse(const char *text, struct scn_probe *ret_probe, struct err *err)
{
	struct scn_probe probe;
	char begin[256];
	const char *comma = strchr(text, ',');
	size_t length = comma ? (size_t)(comma - text) : strlen(text);
	if (length >= sizeof begin)
		return err_input(err, "too long; BEGIN or BEGIN,END is expected, each " ACCEPTED);
	memcpy(begin, text, length);
	begin[length] = 0;
	if (!parse_moment(begin, &probe.begin, err) ||
	    !(comma ? parse_moment(comma + 1, &probe.end, err) : end_of(&probe.begin, &probe.end, err)))
		return false;
	*ret_probe = probe;
	return true;
}

/* --- YAML --------------------------------------------------------------------------------------------- */

static bool read_map(const struct yaml_node *node, struct scn_moment *ret_moment, struct err *err)
{
	static const char *const pin_keys[] = {"pin", "level", NULL},
				 *const uart_keys[] = {"uart", "port", NULL},
				 *const symbol_keys[] = {"symbol", NULL},
				 *const address_keys[] = {"address", NULL};
	const struct yaml_node *pin = yaml_get(node, "pin"), *uart = yaml_get(node, "uart"),
			       *symbol = yaml_get(node, "symbol"), *address = yaml_get(node, "address");
	struct scn_moment moment = {0};
	struct err plain;
	uint64_t level = 1;
	const char *text;
	if (pin) {
		if (!yaml_keys(node, pin_keys, err) || !yaml_string(pin, &text, err) ||
		    !yaml_unsigned(yaml_get(node, "level"), 1, &level, err))
			return false;
		if (!parse_pin(text, &moment, &plain))
			return yaml_err(pin, err, "%s", plain.text);
		moment.level = yaml_get(node, "level") ? level : moment.level;
	} else if (uart) {
		if (!yaml_keys(node, uart_keys, err) || !yaml_shape(uart, YAML_TEXT, "text", err) ||
		    !yaml_copy(yaml_get(node, "port"), moment.name, sizeof moment.name, err))
			return false;
		if (!set_text(uart->text, uart->length, &moment, &plain))
			return yaml_err(uart, err, "%s", plain.text);
	} else if (symbol) {
		moment.kind = SCN_MOMENT_SYMBOL;
		if (!yaml_keys(node, symbol_keys, err) ||
		    !yaml_copy(symbol, moment.name, sizeof moment.name, err))
			return false;
	} else {
		moment.kind = SCN_MOMENT_ADDRESS;
		if (!yaml_keys(node, address_keys, err) || !yaml_need(node, "address", &address, err) ||
		    !yaml_u32(address, &moment.address, err))
			return false;
	}
	*ret_moment = moment;
	return true;
}

static bool read_moment(const struct yaml_node *node, struct scn_moment *ret_moment, struct err *err)
{
	struct err plain;
	const char *text;
	if (node->shape == YAML_MAP)
		return read_map(node, ret_moment, err);
	if (!yaml_string(node, &text, err))
		return false;
	return parse_moment(text, ret_moment, &plain) ? true : yaml_err(node, err, "%s", plain.text);
}

bool scn_probe_read(const struct yaml_node *node, struct scn_probe *ret_probe, struct err *err)
{
	static const char *const keys[] = {"begin", "end", NULL};
	const struct yaml_node *begin = yaml_get(node, "begin"), *end = yaml_get(node, "end");
	struct scn_probe probe;
	struct err plain;
	if (!node)
		return true;
	if ((begin || end) && (!yaml_keys(node, keys, err) || !yaml_need(node, "begin", &begin, err)))
		return false;
	if (!begin)
		begin = node;
	if (!read_moment(begin, &probe.begin, err))
		return false;
	if (end && !read_moment(end, &probe.end, err))
		return false;
	if (!end && !end_of(&probe.begin, &probe.end, &plain))
		return yaml_err(begin, err, "%s", plain.text);
	*ret_probe = probe;
	return true;
}
