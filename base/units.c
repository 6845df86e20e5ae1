/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit_rule {
	const char *name;     /* "frequency" */
	const char *expected; /* "a frequency such as 16kHz, 104Hz" */
	const char *base;     /* "Hz"; empty: none is written */
	const char *prefixes; /* one character each */
	int exponent;         /* of the base as written: A/MHz is 10^-6 A/Hz */
	bool bare;            /* may stand without its unit */
	bool hex;
};

static const struct unit_rule rules[UNITS] = {
	[UNIT_NUMBER] = {"number", "a number such as 12, 0.5, 0x1F", "", "", 0, true, true},
	[UNIT_TIME] = {"time", "a time such as 200ms, 2s, 1h", "s", "pnum", 0, false, false},
	[UNIT_FREQUENCY] = {"frequency", "a frequency such as 16kHz, 104Hz", "Hz", "kMGm", 0, false, false},
	[UNIT_BYTES] = {"size", "a size in bytes such as 24000, 640KiB", "B", "kMG", 0, true, true},
	[UNIT_VOLTAGE] = {"voltage", "a voltage such as 3.3V, 1800mV", "V", "num", 0, false, false},
	[UNIT_CURRENT] = {"current", "a current such as 1.5mA, 280nA", "A", "pnum", 0, false, false},
	[UNIT_CURRENT_PER_FREQUENCY] = {"current per clock", "a current per clock such as 94uA/MHz", "A/MHz",
					"pnum", -6, false, false},
	[UNIT_CHARGE] = {"charge", "a charge such as 220mAh, 2Ah", "Ah", "um", 0, false, false},
	[UNIT_ENERGY] = {"energy", "an energy such as 5uJ, 1.2mJ", "J", "pnumk", 0, false, false},
	[UNIT_POWER] = {"power", "a power such as 3mW, 40uW", "W", "pnum", 0, false, false},
	[UNIT_ACCELERATION] = {"acceleration", "an acceleration such as 30mg, 1g", "g", "um", 0, false, false},
	[UNIT_LEVEL] = {"level", "a level such as -40dBFS", "dBFS", "", 0, false, false},
	[UNIT_ANGLE] = {"angle", "an angle such as 90deg", "deg", "", 0, false, false},
	[UNIT_PERCENT] = {"percentage", "a percentage such as 5%", "%", "", 0, true, false},
};

/* Units that are not a power of ten of their base. */
static const struct {
	enum unit unit;
	const char *suffix;
	uint64_t times;
} odd[] = {
	{UNIT_TIME, "min", 60},       {UNIT_TIME, "h", 3600},       {UNIT_TIME, "d", 86400},
	{UNIT_BYTES, "KiB", 1 << 10}, {UNIT_BYTES, "MiB", 1 << 20}, {UNIT_BYTES, "GiB", 1 << 30},
};

/* (-1)^negative * mantissa * 10^exponent, and what follows it. */
struct decimal {
	bool negative;
	bool hex;
	uint64_t mantissa;
	int exponent;
	char suffix[16]; /* µ written as u; "…" if it does not fit, which is nobody's suffix */
};

#define MAX_EXPONENT 999 /* a double ends before, and an int holds sums of them */

const char *units_expected(enum unit unit)
{
	return rules[unit].expected;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take_digit(uint64_t *mantissa, unsigned base, unsigned digit)
{
	return !__builtin_mul_overflow(*mantissa, (uint64_t)base, mantissa) &&
	       !__builtin_add_overflow(*mantissa, (uint64_t)digit, mantissa);
}

static const char *read_hex(const char *p, struct decimal *d)
{
	const char *start = p;
	for (;; p++) {
		unsigned digit;
		if (is_digit(*p))
			digit = (unsigned)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			digit = (unsigned)(*p - 'a') + 10;
		else if (*p >= 'A' && *p <= 'F')
			digit = (unsigned)(*p - 'A') + 10;
		else
			break;
		if (!take_digit(&d->mantissa, 16, digit))
			return NULL;
	}
	d->hex = true;
	return p == start ? NULL : p;
}

static const char *read_digits(const char *p, struct decimal *d)
{
	bool point = false, any = false;
	for (; is_digit(*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		any = true;
		if (d->exponent <= -MAX_EXPONENT || !take_digit(&d->mantissa, 10, (unsigned)(*p - '0')))
			return NULL;
		d->exponent -= point;
	}
	if (!any)
		return NULL;
	bool sign = *p && (p[1] == '-' || p[1] == '+');
	if ((*p == 'e' || *p == 'E') && is_digit(p[1 + sign])) {
		bool down = p[1] == '-';
		int e = 0;
		for (p += 1 + sign; is_digit(*p); p++)
			e = e * 10 + (*p - '0') > MAX_EXPONENT ? MAX_EXPONENT : e * 10 + (*p - '0');
		d->exponent += down ? -e : e;
	}
	return p;
}

/* The micro sign (C2 B5) and the Greek letter (CE BC) both stand for u. */
static void read_suffix(const char *p, char *ret, size_t size)
{
	size_t used = 0;
	while (*p) {
		if (used + 1 == size) {
			memcpy(ret, "\xE2\x80\xA6", 4);
			return;
		}
		if (!memcmp(p, "\xC2\xB5", 2) || !memcmp(p, "\xCE\xBC", 2)) {
			ret[used++] = 'u';
			p += 2;
		} else {
			ret[used++] = *p++;
		}
	}
	ret[used] = 0;
}

static bool read_decimal(const char *text, struct decimal *ret)
{
	struct decimal d = {0};
	const char *p = text;
	if (*p == '-' || *p == '+')
		d.negative = *p++ == '-';
	p = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? read_hex(p + 2, &d) : read_digits(p, &d);
	if (!p)
		return false;
	if (*p == ' ')
		p++;
	read_suffix(p, d.suffix, sizeof d.suffix);
	*ret = d;
	return true;
}

/* Folds the suffix into mantissa and exponent. */
static bool apply_suffix(struct decimal *d, enum unit unit, bool *ret_overflow)
{
	static const char prefix[] = "pnumkMG";
	static const int prefix_exponent[] = {-12, -9, -6, -3, 3, 6, 9};
	const struct unit_rule *rule = &rules[unit];
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (odd[i].unit == unit && !strcmp(odd[i].suffix, d->suffix)) {
			*ret_overflow = __builtin_mul_overflow(d->mantissa, odd[i].times, &d->mantissa);
			return true;
		}
	if (!*rule->base)
		return false;
	const char *rest = d->suffix;
	int exponent = rule->exponent;
	if (strcmp(rest, rule->base) != 0) {
		if (!*rest || !strchr(rule->prefixes, *rest))
			return false;
		exponent += prefix_exponent[strchr(prefix, *rest) - prefix];
		rest++;
	}
	if (strcmp(rest, rule->base) != 0)
		return false;
	d->exponent += exponent;
	return true;
}

/* The right spelling of a suffix that differs from one of the unit's in case only ("khz"), or NULL. */
static const char *respell(const char *suffix, enum unit unit, char *buffer, size_t size)
{
	const struct unit_rule *rule = &rules[unit];
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (odd[i].unit == unit && !strcasecmp(odd[i].suffix, suffix))
			return odd[i].suffix;
	if (!strcasecmp(rule->base, suffix))
		return rule->base;
	for (const char *p = rule->prefixes; *p; p++) {
		snprintf(buffer, size, "%c%s", *p, rule->base);
		if (!strcasecmp(buffer, suffix))
			return buffer;
	}
	return NULL;
}

static bool refuse_suffix(const char *text, const struct decimal *d, enum unit unit, struct err *err)
{
	const struct unit_rule *rule = &rules[unit];
	char buffer[16];
	if (!*d->suffix)
		return err_input(err, "'%.64s' has no unit; %s is expected", text, rule->expected);
	const char *right = *rule->base ? respell(d->suffix, unit, buffer, sizeof buffer) : NULL;
	if (right)
		return err_input(err, "'%.64s': the unit is written %s; %s is expected", text, right,
				 rule->expected);
	if (!*rule->base)
		return err_input(err, "'%.64s': '%s' does not belong here; %s is expected", text, d->suffix,
				 rule->expected);
	return err_input(err, "'%.64s': '%s' is no unit of %s; %s is expected", text, d->suffix, rule->name,
			 rule->expected);
}

static bool too_large(const char *text, enum unit unit, struct err *err)
{
	return err_input(err, "'%.64s' is too large; %s is expected", text, rules[unit].expected);
}

/* Reads the number in units of 10^0. */
static bool parse(const char *text, enum unit unit, struct decimal *ret, struct err *err)
{
	const struct unit_rule *rule = &rules[unit];
	struct decimal d;
	bool overflow = false;
	if (!read_decimal(text, &d))
		return err_input(err, "'%.64s' is not a number; %s is expected", text, rule->expected);
	if (d.hex && !rule->hex)
		return err_input(err, "'%.64s' is hexadecimal; %s is expected", text, rule->expected);
	bool bare = !*d.suffix && (rule->bare || d.mantissa == 0);
	if (!bare && !apply_suffix(&d, unit, &overflow))
		return refuse_suffix(text, &d, unit, err);
	if (overflow)
		return too_large(text, unit, err);
	*ret = d;
	return true;
}

bool units_integer(const char *text, enum unit unit, int exponent, uint64_t *ret_value, struct err *err)
{
	struct decimal d;
	if (!parse(text, unit, &d, err))
		return false;
	if (d.negative && d.mantissa)
		return err_input(err, "'%.64s' is negative; %s is expected", text, rules[unit].expected);
	d.exponent -= exponent;
	for (; d.exponent > 0 && d.mantissa; d.exponent--)
		if (__builtin_mul_overflow(d.mantissa, UINT64_C(10), &d.mantissa))
			return too_large(text, unit, err);
	for (; d.exponent < 0 && d.mantissa; d.exponent++) {
		if (d.mantissa % 10 && exponent == 0)
			return err_input(err, "'%.64s' is not whole; %s is expected", text, rules[unit].expected);
		if (d.mantissa % 10)
			return err_input(err, "'%.64s' is finer than 1e%d %s, the smallest step of %s here", text,
					 exponent, rules[unit].base, rules[unit].name);
		d.mantissa /= 10;
	}
	*ret_value = d.mantissa;
	return true;
}

bool units_double(const char *text, enum unit unit, int exponent, double *ret_value, struct err *err)
{
	struct decimal d;
	if (!parse(text, unit, &d, err))
		return false;
	char plain[40]; /* without a decimal point strtod does not ask the locale */
	snprintf(plain, sizeof plain, "%s%llue%d", d.negative ? "-" : "", (unsigned long long)d.mantissa,
		 d.exponent - exponent);
	double value = strtod(plain, NULL);
	if (!isfinite(value))
		return too_large(text, unit, err);
	*ret_value = value;
	return true;
}

bool units_has(const char *text, enum unit unit)
{
	struct decimal d;
	bool overflow;
	return read_decimal(text, &d) && *d.suffix && apply_suffix(&d, unit, &overflow);
}
