/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/panel.h"

static const struct {
	const char *key, *does;
} keys[] = {
	{"space", "pause, run"},
	{"n", "run to the end of the next inference"},
	{"+  −", "faster, slower: 1×, 2×, 8×, as fast as it goes"},
	{"wheel", "zoom at the pointer"},
	{"drag, ← →", "move through time"},
	{"i", "show the inference at the pointer, layer by layer"},
	{"f, double click", "show everything and follow"},
	{"ctrl +  ctrl −", "larger, smaller"},
	{"h, ?", "this page"},
	{"q", "quit"},
};
#define KEYS (sizeof keys / sizeof *keys)

void gui_panel_help(struct gui_frame *frame, struct gui_rect rect)
{
	float w = 540, h = 58 + 26 * (float)KEYS;
	struct gui_rect card = {rect.x + (rect.w - w) / 2, rect.y + (rect.h - h) / 2, w, h};
	gui_draw_veil(&frame->draw, gui_palette_fade(GUI_BACK, 0.72f));
	gui_draw_round(&frame->draw, card, 8, GUI_RAISED);
	gui_panel_text(frame, GUI_FONT_BOLD, GUI_LEFT, card.x + 24, card.y + 34, 0, GUI_INK, "keys");
	for (size_t i = 0; i < KEYS; i++) {
		float y = card.y + 64 + 26 * (float)i;
		gui_panel_text(frame, GUI_FONT_MONO, GUI_LEFT, card.x + 24, y, 130, GUI_BLUE, keys[i].key);
		gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, card.x + 164, y, w - 188, GUI_SOFT,
			       keys[i].does);
	}
	gui_panel_hot(frame, rect, GUI_ACTION_HELP);
}
