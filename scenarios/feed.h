/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sensor for firmware that drives hardware nobody models: its driver's function is done in its place, or
 * its frames come as messages on a UART.
 *
 *   feed:
 *     - {symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}, returns: 0, cycles: 400}
 *     - {address: 0x08001234, sensor: accelerometer, as: float, args: {r1: x, r2: y, r3: z}}
 *     - {symbol: i2s_read, sensor: microphone, args: {r0: frame}, frames: r1, take: wait, returns: frames}
 *     - {uart: usart1, sensor: accelerometer, text: "{x},{y},{z}\r\n"}
 *     - {uart: usart1, sensor: accelerometer, as: int16, header: "\xAA\x55", endian: big}
 *
 * A value is the sensor's count, or with `as: float` or a `factor` its physical value times the factor (1);
 * integers are rounded to the nearest, halves upwards, and saturate. Knows nothing of the machine:
 * session/feed.h does it.
 */
#ifndef SCENARIOS_FEED_H
#define SCENARIOS_FEED_H

#include "scenarios/probe.h"
#include "scenarios/sensor.h"

#define SCN_MAX_FEEDS 8
#define SCN_MAX_MESSAGE 256 /* bytes of a frame on a UART */

enum scn_form { SCN_INT8, SCN_INT16, SCN_INT32, SCN_FLOAT };
enum scn_take {
	SCN_TAKE_LATEST, /* what the sensor shows now */
	SCN_TAKE_NEXT,   /* one frame after the other, however fast they are asked for */
	SCN_TAKE_WAIT,   /* the same, but the call returns no earlier than the frame is due */
};
enum scn_argument { SCN_ARG_NONE, SCN_ARG_FRAME, SCN_ARG_CHANNEL };
enum scn_result { SCN_RESULT_NONE, SCN_RESULT_NUMBER, SCN_RESULT_FRAMES, SCN_RESULT_CHANNEL };

struct scn_feed {
	unsigned sensor;       /* index among the scenario's */
	enum scn_form form;
	bool physical;         /* value times factor, else counts */
	double factor;
	/* A function… */
	struct scn_moment at;  /* symbol or address */
	struct {
		enum scn_argument what; /* a pointer to what is written */
		unsigned channel;
	} arg[4]; /* R0 to R3 */
	uint32_t frames;       /* of one call */
	int frames_register;   /* 0 to 3: as this argument says; -1 */
	enum scn_take take;
	enum scn_result result;
	int64_t number;        /* SCN_RESULT_NUMBER; SCN_RESULT_CHANNEL: which */
	uint64_t cycles;       /* that the function takes */
	/* …or a UART. */
	bool on_uart;
	char port[32];         /* empty: the console */
	bool text;             /* a template, else binary */
	bool big_endian;
	uint8_t head[64], tail[64]; /* binary: before and behind the values; text: head is the template */
	uint32_t heads, tails;
};

/* The scenario's list `feed`. */
bool scn_feeds_read(const struct yaml_node *node, const struct scn_sensor *sensors, unsigned count,
		    struct scn_feed *ret_feeds, unsigned *ret_count, struct err *err);

/* One value in its form, in the order of bytes of the target. Returns how many bytes. */
unsigned scn_feed_value(const struct scn_feed *feed, const struct scn_sensor *sensor, int16_t count,
			uint8_t ret_bytes[4]);

/* A frame as it goes over the UART. Returns how many bytes. */
size_t scn_feed_message(const struct scn_feed *feed, const struct scn_sensor *sensor, const int16_t *counts,
			uint8_t ret_bytes[SCN_MAX_MESSAGE]);

#endif
