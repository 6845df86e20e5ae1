/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"

#include <stdio.h>

static void set(struct err *err, enum err_kind kind, int used, const char *format, va_list args)
{
	err->kind = kind;
	vsnprintf(err->text + used, sizeof err->text - (size_t)used, format, args);
}

bool err_input(struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, ERR_INPUT, 0, format, args);
	va_end(args);
	return false;
}

bool err_internal(struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, ERR_INTERNAL, 0, format, args);
	va_end(args);
	return false;
}

bool err_input_at(struct err *err, const char *file, int line, int column, const char *format, ...)
{
	int used = snprintf(err->text, sizeof err->text, "%s:%d:%d: ", file, line, column);
	if (used < 0 || (size_t)used >= sizeof err->text)
		used = 0;
	va_list args;
	va_start(args, format);
	set(err, ERR_INPUT, used, format, args);
	va_end(args);
	return false;
}
