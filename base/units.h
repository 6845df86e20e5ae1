/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers written with their unit: 16kHz, 200ms, 3.3V, -40dBFS, 640KiB, 1.5mA, 220mAh, 30mg, 0x08000000.
 *
 *   text = [+-] digits [. digits] [e [+-] digits] [space] [prefix] unit       or, where no unit is needed, 0x digits
 *
 * Decimal text becomes an integer exactly or not at all: no value passes through floating point on its way to
 * picoseconds, millihertz or bytes. The reading does not depend on the locale. 0 needs no unit.
 *
 * A refusal says what would be accepted, without place: base/yaml.h puts file:line:column in front.
 *     '16' has no unit; a frequency such as 16kHz, 104Hz is expected
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include "base/err.h"

#include <stdint.h>

/* What a number measures, and the unit in which exponent 0 gives it. */
enum unit {
	UNIT_NUMBER,                /* 1; also 0x…; no unit is written */
	UNIT_TIME,                  /* s; also min, h, d */
	UNIT_FREQUENCY,             /* Hz */
	UNIT_BYTES,                 /* B; kB is 1000 and KiB 1024; the unit may be left out; also 0x… */
	UNIT_VOLTAGE,               /* V */
	UNIT_CURRENT,               /* A */
	UNIT_CURRENT_PER_FREQUENCY, /* A/Hz, written as uA/MHz; exponent -12 gives uA/MHz */
	UNIT_CHARGE,                /* Ah */
	UNIT_ENERGY,                /* J */
	UNIT_POWER,                 /* W */
	UNIT_ACCELERATION,          /* g */
	UNIT_LEVEL,                 /* dBFS */
	UNIT_ANGLE,                 /* deg */
	UNIT_PERCENT,               /* %; the unit may be left out */
	UNITS
};

/*
 * *ret_value = text / (10^exponent units), exactly. So UNIT_TIME, -12 gives picoseconds, UNIT_VOLTAGE, -3
 * millivolts. ERR_INPUT if it is no such quantity, negative, too large for 64 bits, or finer than 10^exponent.
 */
bool units_integer(const char *text, enum unit unit, int exponent, uint64_t *ret_value, struct err *err);

/* The same as the nearest double; may be negative. Never an infinity and never a NaN. */
bool units_double(const char *text, enum unit unit, int exponent, double *ret_value, struct err *err);

static inline bool units_time_ps(const char *text, uint64_t *ret_ps, struct err *err)
{
	return units_integer(text, UNIT_TIME, -12, ret_ps, err);
}

static inline bool units_frequency_mhz(const char *text, uint64_t *ret_millihertz, struct err *err)
{
	return units_integer(text, UNIT_FREQUENCY, -3, ret_millihertz, err);
}

static inline bool units_bytes(const char *text, uint64_t *ret_bytes, struct err *err)
{
	return units_integer(text, UNIT_BYTES, 0, ret_bytes, err);
}

/* Whether the text is a number that ends in one of this unit's own suffixes ("30mg" is an acceleration). */
bool units_has(const char *text, enum unit unit);

/* "a time such as 200ms, 2s": for messages. */
const char *units_expected(enum unit unit);

#endif
