/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"
#include "gui/frame.h"
#include "gui/gui.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 8192 /* pixels a side */

static uint8_t *rgb_of(const uint32_t *pixels, size_t count)
{
	uint8_t *rgb = malloc(count * 3);
	for (size_t i = 0; rgb && i < count; i++) {
		rgb[i * 3] = (uint8_t)(pixels[i] >> 16);
		rgb[i * 3 + 1] = (uint8_t)(pixels[i] >> 8);
		rgb[i * 3 + 2] = (uint8_t)pixels[i];
	}
	return rgb;
}

/* Writes pixels[width * height], 0xAARRGGBB, as an opaque PNG. */
static bool write_png(const char *png_path, const uint32_t *pixels, int width, int height, struct err *err)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
			   .width = (png_uint_32)width,
			   .height = (png_uint_32)height,
			   .format = PNG_FORMAT_RGB};
	size_t count = (size_t)width * (size_t)height;
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	uint8_t *rgb = rgb_of(pixels, count), *file = malloc(size);
	bool ok = rgb && file;
	if (!ok)
		err_internal(err, "%s: out of memory", png_path);
	else if (!png_image_write_to_memory(&image, file, &size, 0, rgb, 0, NULL))
		ok = err_internal(err, "%s: %s", png_path, image.message);
	else
		ok = file_write(png_path, file, size, err);
	free(rgb);
	free(file);
	return ok;
}

bool gui_screenshot(const struct prof_record *record, const char *title, const char *png_path, int width,
		    int height, struct err *err)
{
	if (width < GUI_MIN_WIDTH || height < GUI_MIN_HEIGHT || width > LARGEST ||
	    height > LARGEST)
		return err_input(err, "a picture of %dx%d: from %dx%d to %dx%d is possible", width, height,
				 GUI_MIN_WIDTH, GUI_MIN_HEIGHT, LARGEST, LARGEST);
	struct gui_frame *frame;
	if (!gui_frame_create(record, title, 0, 1, &frame, err))
		return false;
	uint32_t *pixels = malloc((size_t)width * (size_t)height * sizeof *pixels);
	bool ok = pixels != NULL;
	if (!ok) {
		err_internal(err, "out of memory");
	} else {
		/* A long run is shown as a whole, not its last seconds. */
		gui_view_follow(&frame->view);
		frame->view.follow = false;
		gui_frame_update(frame, -1);
		gui_frame_draw(frame, pixels, width, height);
		ok = write_png(png_path, pixels, width, height, err);
	}
	free(pixels);
	gui_frame_destroy(frame);
	return ok;
}
