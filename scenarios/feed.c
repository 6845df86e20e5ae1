/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/feed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const FORMS[] = {"int8", "int16", "int32", "float", NULL};
static const uint8_t FORM_BYTES[] = {1, 2, 4, 4};

/* --- values ------------------------------------------------------------------------------------------- */

static double value_of(const struct scn_feed *feed, const struct scn_sensor *sensor, int16_t count)
{
	return feed->physical ? count * sensor->scale * feed->factor : count;
}

static int32_t integer_of(const struct scn_feed *feed, const struct scn_sensor *sensor, int16_t count)
{
	static const double low[] = {INT8_MIN, INT16_MIN, INT32_MIN},
			    high[] = {INT8_MAX, INT16_MAX, INT32_MAX};
	double value = floor(value_of(feed, sensor, count) + 0.5);
	return (int32_t)(value < low[feed->form] ? low[feed->form]
						 : value > high[feed->form] ? high[feed->form] : value);
}

unsigned scn_feed_value(const struct scn_feed *feed, const struct scn_sensor *sensor, int16_t count,
			uint8_t ret_bytes[4])
{
	unsigned bytes = FORM_BYTES[feed->form];
	uint32_t bits;
	if (feed->form == SCN_FLOAT) {
		float value = (float)value_of(feed, sensor, count);
		memcpy(&bits, &value, 4);
	} else {
		bits = (uint32_t)integer_of(feed, sensor, count);
	}
	for (unsigned i = 0; i < bytes; i++)
		ret_bytes[feed->big_endian ? bytes - 1 - i : i] = (uint8_t)(bits >> (8 * i));
	return bytes;
}

/* The channel that "{name}" at the template's place means; -1: it is no such thing. */
static int named(const struct scn_sensor *sensor, const uint8_t *at, const uint8_t *end, size_t *ret_length)
{
	const uint8_t *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
	for (unsigned c = 0; close && c < sensor->signal.channels; c++) {
		size_t length = strlen(sensor->channel[c]);
		if (length == (size_t)(close - at - 1) && memcmp(at + 1, sensor->channel[c], length) == 0) {
			*ret_length = length + 2;
			return (int)c;
		}
	}
	return -1;
}

static size_t text_message(const struct scn_feed *feed, const struct scn_sensor *sensor,
			   const int16_t *counts, uint8_t *ret_bytes)
{
	const uint8_t *end = feed->head + feed->heads;
	size_t used = 0, length;
	for (const uint8_t *at = feed->head; at < end && used < SCN_MAX_MESSAGE - 32;) {
		int channel = named(sensor, at, end, &length);
		if (channel < 0) {
			ret_bytes[used++] = *at++;
			continue;
		}
		char text[32];
		if (feed->form == SCN_FLOAT)
			snprintf(text, sizeof text, "%.6g", value_of(feed, sensor, counts[channel]));
		else
			snprintf(text, sizeof text, "%d", integer_of(feed, sensor, counts[channel]));
		memcpy(ret_bytes + used, text, strlen(text));
		used += strlen(text);
		at += length;
	}
	return used;
}

size_t scn_feed_message(const struct scn_feed *feed, const struct scn_sensor *sensor, const int16_t *counts,
			uint8_t ret_bytes[SCN_MAX_MESSAGE])
{
	if (feed->text)
		return text_message(feed, sensor, counts, ret_bytes);
	size_t used = feed->heads;
	memcpy(ret_bytes, feed->head, feed->heads);
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		used += scn_feed_value(feed, sensor, counts[c], ret_bytes + used);
	memcpy(ret_bytes + used, feed->tail, feed->tails);
	return used + feed->tails;
}

/* --- YAML --------------------------------------------------------------------------------------------- */

static bool read_sensor(const struct yaml_node *map, const struct scn_sensor *sensors, unsigned count,
			struct scn_feed *feed, struct err *err)
{
	const char *names[SCN_MAX_SENSORS + 1] = {NULL};
	const struct yaml_node *node;
	if (!yaml_need(map, "sensor", &node, err))
		return false;
	if (count == 0)
		return yaml_err(node, err, "the scenario has no sensors");
	for (unsigned i = 0; i < count; i++)
		names[i] = sensors[i].name;
	return yaml_choice(node, names, &feed->sensor, err);
}

static bool read_form(const struct yaml_node *map, struct scn_feed *feed, struct err *err)
{
	const struct yaml_node *factor = yaml_get(map, "factor");
	unsigned form = SCN_INT16;
	feed->factor = 1;
	if (!yaml_choice(yaml_get(map, "as"), FORMS, &form, err) ||
	    !yaml_number(factor, -1e9, 1e9, &feed->factor, err))
		return false;
	feed->form = (enum scn_form)form;
	feed->physical = factor || form == SCN_FLOAT;
	return true;
}

static int channel_of(const struct scn_sensor *sensor, const char *name)
{
	for (unsigned c = 0; c < sensor->signal.channels; c++)
		if (strcmp(sensor->channel[c], name) == 0)
			return (int)c;
	return -1;
}

static bool no_such(const struct yaml_node *node, const struct scn_sensor *sensor, const char *others,
		    struct err *err)
{
	char names[200];
	size_t used = 0;
	for (unsigned c = 0; c < sensor->signal.channels && used < sizeof names; c++)
		used += (size_t)snprintf(names + used, sizeof names - used, ", %s", sensor->channel[c]);
	return yaml_err(node, err, "'%s' is not one of: %s%s", node->text, others, names);
}

static bool read_args(const struct yaml_node *node, const struct scn_sensor *sensor, struct scn_feed *feed,
		      struct err *err)
{
	static const char *const keys[] = {"r0", "r1", "r2", "r3", NULL};
	const char *text;
	if (!node)
		return true;
	if (!yaml_shape(node, YAML_MAP, "a map such as {r0: frame} or {r1: x, r2: y}", err) ||
	    !yaml_keys(node, keys, err))
		return false;
	for (unsigned r = 0; r < 4; r++) {
		const struct yaml_node *arg = yaml_get(node, keys[r]);
		if (!arg)
			continue;
		if (!yaml_string(arg, &text, err))
			return false;
		int channel = channel_of(sensor, text);
		if (channel < 0 && strcmp(text, "frame") != 0)
			return no_such(arg, sensor, "frame", err);
		feed->arg[r].what = channel < 0 ? SCN_ARG_FRAME : SCN_ARG_CHANNEL;
		feed->arg[r].channel = channel < 0 ? 0 : (unsigned)channel;
	}
	return true;
}

static bool read_frames(const struct yaml_node *node, struct scn_feed *feed, struct err *err)
{
	uint64_t frames = 1;
	feed->frames_register = -1;
	if (node && node->shape == YAML_TEXT && node->length == 2 && node->text[0] == 'r' &&
	    node->text[1] >= '0' && node->text[1] <= '3')
		feed->frames_register = node->text[1] - '0';
	else if (!yaml_unsigned(node, 65536, &frames, err))
		return false;
	if (frames == 0)
		return yaml_err(node, err,
				"at least 1 frame, or the register that says how many, is expected");
	feed->frames = (uint32_t)frames;
	return true;
}

static bool read_result(const struct yaml_node *node, const struct scn_sensor *sensor, struct scn_feed *feed,
			struct err *err)
{
	const char *text;
	if (!node)
		return true;
	if (!yaml_string(node, &text, err))
		return false;
	int channel = channel_of(sensor, text);
	if (channel >= 0 && feed->form == SCN_FLOAT)
		return yaml_err(node, err, "a float result is not supported; use args, or as: int16");
	if (channel >= 0) {
		feed->result = SCN_RESULT_CHANNEL;
		feed->number = channel;
		return true;
	}
	if (strcmp(text, "frames") == 0) {
		feed->result = SCN_RESULT_FRAMES;
		return true;
	}
	if (strchr("-0123456789", *text) == NULL)
		return no_such(node, sensor, "a number, frames", err);
	feed->result = SCN_RESULT_NUMBER;
	return yaml_integer(node, INT32_MIN, UINT32_MAX, &feed->number, err);
}

static bool read_function(const struct yaml_node *map, const struct scn_sensor *sensors,
			  struct scn_feed *feed, struct err *err)
{
	static const char *const keys[] = {"symbol", "address", "sensor",  "as",     "factor", "args",
					   "frames", "take",    "returns", "cycles", NULL};
	static const char *const takes[] = {"latest", "next", "wait", NULL};
	const struct yaml_node *symbol = yaml_get(map, "symbol"), *address = yaml_get(map, "address");
	const struct scn_sensor *sensor = &sensors[feed->sensor];
	unsigned take = SCN_TAKE_LATEST;
	if (!yaml_keys(map, keys, err))
		return false;
	if (symbol && address)
		return yaml_err_key(address, err, "'address' beside 'symbol': one of them is expected");
	feed->at.kind = symbol ? SCN_MOMENT_SYMBOL : SCN_MOMENT_ADDRESS;
	if (!yaml_copy(symbol, feed->at.name, sizeof feed->at.name, err) ||
	    !yaml_u32(address, &feed->at.address, err) ||
	    !read_args(yaml_get(map, "args"), sensor, feed, err) ||
	    !read_frames(yaml_get(map, "frames"), feed, err) ||
	    !yaml_choice(yaml_get(map, "take"), takes, &take, err) ||
	    !read_result(yaml_get(map, "returns"), sensor, feed, err) ||
	    !yaml_unsigned(yaml_get(map, "cycles"), 1000000000000, &feed->cycles, err))
		return false;
	feed->take = (enum scn_take)take;
	return true;
}

static bool read_bytes(const struct yaml_node *node, uint8_t *ret_bytes, uint32_t *ret_count, struct err *err)
{
	if (!yaml_shape(node, YAML_TEXT, "text", err))
		return false;
	if (node && node->length > sizeof ((struct scn_feed *)0)->head)
		return yaml_err(node, err, "%zu bytes of text; at most %zu are accepted", node->length,
				sizeof ((struct scn_feed *)0)->head);
	if (node) {
		memcpy(ret_bytes, node->text, node->length);
		*ret_count = (uint32_t)node->length;
	}
	return true;
}

static bool read_uart(const struct yaml_node *map, struct scn_feed *feed, struct err *err)
{
	static const char *const keys[] = {"uart",   "sensor", "as",     "factor", "text",
					   "header", "footer", "endian", NULL};
	static const char *const endians[] = {"little", "big", NULL};
	const struct yaml_node *text = yaml_get(map, "text"), *header = yaml_get(map, "header"),
			       *footer = yaml_get(map, "footer"), *endian = yaml_get(map, "endian");
	unsigned order = 0;
	feed->on_uart = true;
	feed->text = text;
	if (!yaml_keys(map, keys, err) ||
	    !yaml_copy(yaml_get(map, "uart"), feed->port, sizeof feed->port, err))
		return false;
	if (text && (header || footer || endian))
		return yaml_err_key(header ? header : footer ? footer : endian, err, "not beside 'text'");
	if (!read_bytes(text ? text : header, feed->head, &feed->heads, err) ||
	    !read_bytes(footer, feed->tail, &feed->tails, err) || !yaml_choice(endian, endians, &order, err))
		return false;
	feed->big_endian = order;
	return true;
}

static bool read_feed(const struct yaml_node *map, const struct scn_sensor *sensors, unsigned count,
		      struct scn_feed *ret_feed, struct err *err)
{
	struct scn_feed feed = {.frames_register = -1};
	if (!yaml_shape(
		    map, YAML_MAP,
		    "a feed such as {symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}}",
		    err))
		return false;
	if (!yaml_get(map, "symbol") && !yaml_get(map, "address") && !yaml_get(map, "uart"))
		return yaml_err(map, err, "a feed needs 'symbol', 'address' or 'uart'");
	if (!read_sensor(map, sensors, count, &feed, err) || !read_form(map, &feed, err) ||
	    !(yaml_get(map, "uart") ? read_uart(map, &feed, err) : read_function(map, sensors, &feed, err)))
		return false;
	*ret_feed = feed;
	return true;
}

bool scn_feeds_read(const struct yaml_node *node, const struct scn_sensor *sensors, unsigned count,
		    struct scn_feed *ret_feeds, unsigned *ret_count, struct err *err)
{
	unsigned feeds = 0;
	if (!yaml_shape(node, YAML_LIST, "a list of feeds", err))
		return false;
	for (const struct yaml_node *n = node ? node->first : NULL; n; n = n->next) {
		if (feeds == SCN_MAX_FEEDS)
			return yaml_err(n, err, "more than %d feeds", SCN_MAX_FEEDS);
		if (!read_feed(n, sensors, count, &ret_feeds[feeds], err))
			return false;
		feeds++;
	}
	*ret_count = feeds;
	return true;
}
