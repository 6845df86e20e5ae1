/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every colour of the window, 0xAARRGGBB. A concept keeps its colour in every panel: time and the running core
 * are blue, energy is amber, memory violet, what is well is green, what is wrong is red.
 */
#ifndef GUI_PALETTE_H
#define GUI_PALETTE_H

#include <stdint.h>

#define GUI_BACK 0xFF0D1117u   /* behind the cards */
#define GUI_CARD 0xFF171D26u   /* a card */
#define GUI_RAISED 0xFF232B37u /* a button, a pill */
#define GUI_HOVER 0xFF2F3947u  /* a button under the pointer */
#define GUI_LINE 0xFF262E3Au   /* separators, grid */
#define GUI_TRACK 0xFF242C38u  /* the empty part of a bar */

#define GUI_INK 0xFFE8EDF4u
#define GUI_SOFT 0xFFB4BECBu
#define GUI_DIM 0xFF8793A3u
#define GUI_FAINT 0xFF5C6776u

#define GUI_BLUE 0xFF64AEF2u
#define GUI_TEAL 0xFF48C3B1u
#define GUI_VIOLET 0xFFA98DF5u
#define GUI_AMBER 0xFFF2B54Au
#define GUI_GREEN 0xFF7FD493u
#define GUI_RED 0xFFEC7573u
#define GUI_PINK 0xFFE58FC4u
#define GUI_SAND 0xFFC9B68Au

#define GUI_RUN GUI_BLUE
#define GUI_IRQ GUI_TEAL
#define GUI_ASLEEP 0xFF2A3340u
#define GUI_STOPPED 0xFF1F2630u
#define GUI_POWER GUI_AMBER
#define GUI_ARENA GUI_VIOLET
#define GUI_STACK GUI_GREEN

static inline uint32_t gui_palette_channel(unsigned channel)
{
	static const uint32_t colour[] = {GUI_BLUE, GUI_TEAL,  GUI_VIOLET, GUI_AMBER,
					  GUI_PINK, GUI_GREEN, GUI_SAND,   GUI_RED};
	return colour[channel % 8];
}

/* Classes of a classifier: the first is usually the healthy or quiet one. */
static inline uint32_t gui_palette_label(unsigned label)
{
	static const uint32_t colour[] = {GUI_GREEN,  GUI_AMBER, GUI_RED,  GUI_BLUE,
					  GUI_VIOLET, GUI_TEAL,  GUI_PINK, GUI_SAND};
	return colour[label % 8];
}

/* `colour` with its alpha multiplied by `alpha`, 0 … 1. */
static inline uint32_t gui_palette_fade(uint32_t colour, float alpha)
{
	return (colour & 0xFFFFFFu) | (uint32_t)((float)(colour >> 24) * alpha + 0.5f) << 24;
}

#endif
