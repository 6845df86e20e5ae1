/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text, from glyphs rendered once by SDL2_ttf and kept as coverage masks. A few fixed styles make the
 * typographic hierarchy; panels name a style, never a size.
 */
#ifndef GUI_TEXT_H
#define GUI_TEXT_H

#include "base/err.h"
#include "gui/draw.h"

enum gui_font {
	GUI_FONT_BODY,   /* what is read */
	GUI_FONT_SMALL,  /* units, ticks, remarks */
	GUI_FONT_BOLD,   /* a panel's or lane's name */
	GUI_FONT_TITLE,  /* the program's name */
	GUI_FONT_FIGURE, /* headline numbers */
	GUI_FONT_UNIT,   /* beside a headline number */
	GUI_FONT_MONO,   /* what the firmware said, names of functions */
	GUI_FONTS
};

enum gui_align { GUI_LEFT, GUI_CENTRE, GUI_RIGHT };

struct gui_text;

/* Told of every string drawn, with the box around it; for tests of what may not overlap. */
struct gui_text_watch {
	void (*drawn)(void *context, struct gui_rect box, const char *string);
	void *context;
};

/* DejaVu, as Debian's fonts-dejavu-core installs it, for `scale` pixels per logical unit. */
bool gui_text_create(float scale, struct gui_text **ret_text, struct err *err);
void gui_text_destroy(struct gui_text *text);

void gui_text_set_watch(struct gui_text *text, struct gui_text_watch watch);

/* In logical units. */
float gui_text_width(struct gui_text *text, enum gui_font font, const char *string);

/* How many bytes of `string` fit into `room`; at least one letter, so that a loop over it ends. */
size_t gui_text_fits(struct gui_text *text, enum gui_font font, const char *string, float room);

/*
 * Draws UTF-8 `string` on `baseline`, left of, right of or around x. What is wider than `room` (logical units;
 * 0: no limit) ends in "…". Returns the width drawn.
 */
float gui_text_draw(struct gui_text *text, struct gui_draw *draw, enum gui_font font, enum gui_align align,
		    float x, float baseline, float room, uint32_t colour, const char *string);

#endif
