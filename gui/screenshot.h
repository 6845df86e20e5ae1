/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUI_SCREENSHOT_H
#define GUI_SCREENSHOT_H

#include "base/err.h"

#include <stdint.h>

#define GUI_SCREENSHOT_MAX 8192 /* pixels a side */

/* Writes pixels[width * height], 0xAARRGGBB, as an opaque PNG. */
bool gui_screenshot_write(const char *png_path, const uint32_t *pixels, int width, int height,
			  struct err *err);

#endif
