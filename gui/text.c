/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/text.h"

#include <SDL_ttf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FONT_FOLDER "/usr/share/fonts/truetype/dejavu/"
#define GLYPHS 512 /* per font; the window's own text uses about 120 different ones */

struct glyph {
	uint32_t code; /* 0: free */
	int left, top, wide, high, advance;
	uint8_t *mask;
};

struct face {
	TTF_Font *font;
	struct glyph glyph[GLYPHS];
	struct glyph missing; /* what does not fit into the table any more */
};

struct gui_text {
	float scale;
	struct gui_text_watch watch;
	struct face face[GUI_FONTS];
};

static const struct {
	const char *file;
	float size;
} style[GUI_FONTS] = {
	[GUI_FONT_BODY] = {FONT_FOLDER "DejaVuSans.ttf", 12.5f},
	[GUI_FONT_SMALL] = {FONT_FOLDER "DejaVuSans.ttf", 11},
	[GUI_FONT_BOLD] = {FONT_FOLDER "DejaVuSans-Bold.ttf", 13},
	[GUI_FONT_TITLE] = {FONT_FOLDER "DejaVuSans-Bold.ttf", 16},
	[GUI_FONT_FIGURE] = {FONT_FOLDER "DejaVuSans-Bold.ttf", 28},
	[GUI_FONT_UNIT] = {FONT_FOLDER "DejaVuSans.ttf", 14},
	[GUI_FONT_MONO] = {FONT_FOLDER "DejaVuSansMono.ttf", 12.5f},
};

bool gui_text_create(float scale, struct gui_text **ret_text, struct err *err)
{
	if (TTF_Init() < 0)
		return err_internal(err, "SDL2_ttf: %s", TTF_GetError());
	struct gui_text *text = calloc(1, sizeof *text);
	if (!text) {
		TTF_Quit();
		return err_internal(err, "out of memory");
	}
	text->scale = scale;
	for (int i = 0; i < GUI_FONTS; i++) {
		text->face[i].font = TTF_OpenFont(style[i].file, (int)lroundf(style[i].size * scale));
		if (!text->face[i].font) {
			err_internal(err, "%s: %s (Debian package fonts-dejavu-core)", style[i].file,
				     TTF_GetError());
			gui_text_destroy(text);
			return false;
		}
		TTF_SetFontHinting(text->face[i].font, TTF_HINTING_LIGHT);
	}
	*ret_text = text;
	return true;
}

void gui_text_destroy(struct gui_text *text)
{
	if (!text)
		return;
	for (int i = 0; i < GUI_FONTS; i++) {
		struct face *face = &text->face[i];
		for (int g = 0; g < GLYPHS; g++)
			free(face->glyph[g].mask);
		if (face->font)
			TTF_CloseFont(face->font);
	}
	free(text);
	TTF_Quit();
}

void gui_text_set_watch(struct gui_text *text, struct gui_text_watch watch)
{
	text->watch = watch;
}

/* A byte that is not UTF-8 reads as U+FFFD: a UART may send anything. */
static uint32_t next_code(const char **at)
{
	const uint8_t *p = (const uint8_t *)*at;
	int more = p[0] < 0x80 ? 0 : p[0] >= 0xC2 && p[0] < 0xE0 ? 1 : p[0] >= 0xE0 && p[0] < 0xF0 ? 2 :
		   p[0] >= 0xF0 && p[0] < 0xF5 ? 3 : -1;
	uint32_t code = more <= 0 ? p[0] : p[0] & (0x3Fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			more = -1;
			break;
		}
		code = code << 6 | (p[i] & 0x3Fu);
	}
	*at += more < 0 ? 1 : more + 1;
	return more < 0 ? 0xFFFD : code;
}

static void render(struct face *face, struct glyph *glyph, uint32_t code)
{
	int left = 0, right = 0, bottom = 0, top = 0, advance = 0;
	glyph->code = code;
	if (TTF_GlyphMetrics32(face->font, code, &left, &right, &bottom, &top, &advance) < 0)
		return;
	glyph->advance = advance;
	SDL_Surface *image = TTF_RenderGlyph32_Blended(face->font, code, (SDL_Color){255, 255, 255, 255});
	if (!image)
		return;
	glyph->mask = malloc((size_t)image->w * (size_t)image->h + 1);
	if (glyph->mask) {
		glyph->wide = image->w;
		glyph->high = image->h;
		glyph->left =
			left < 0 ? left : 0; /* SDL2_ttf moves what hangs over the left edge into the image */
		glyph->top = -TTF_FontAscent(face->font);
		for (int y = 0; y < image->h; y++) {
			const uint32_t *row =
				(const uint32_t *)((const uint8_t *)image->pixels + y * image->pitch);
			for (int x = 0; x < image->w; x++)
				glyph->mask[y * image->w + x] = (uint8_t)(row[x] >> 24);
		}
	}
	SDL_FreeSurface(image);
}

static struct glyph *glyph_of(struct face *face, uint32_t code)
{
	uint32_t slot = code % GLYPHS;
	for (int tries = 0; tries < 32; tries++, slot = (slot + 1) % GLYPHS) {
		struct glyph *glyph = &face->glyph[slot];
		if (glyph->code == code)
			return glyph;
		if (!glyph->code) {
			render(face, glyph, code);
			return glyph;
		}
	}
	return &face->missing;
}

static int pixels_wide(struct face *face, const char *string)
{
	int wide = 0;
	while (*string)
		wide += glyph_of(face, next_code(&string))->advance;
	return wide;
}

float gui_text_width(struct gui_text *text, enum gui_font font, const char *string)
{
	return (float)pixels_wide(&text->face[font], string) / text->scale;
}

size_t gui_text_fits(struct gui_text *text, enum gui_font font, const char *string, float room)
{
	const char *at = string, *end = string;
	int wide = 0, limit = (int)(room * text->scale);
	while (*at) {
		wide += glyph_of(&text->face[font], next_code(&at))->advance;
		if (wide > limit && end > string)
			break;
		end = at;
	}
	return (size_t)(end - string);
}

/* Where `string` must end so that it and the sign for "there is more" take no more than `room` pixels. */
static const char *end_within(struct face *face, const char *string, int room)
{
	int wide = glyph_of(face, 0x2026)->advance;
	const char *end = string;
	while (*string) {
		wide += glyph_of(face, next_code(&string))->advance;
		if (wide > room)
			break;
		end = string;
	}
	return end;
}

static int draw_glyph(struct face *face, struct gui_draw *draw, int x, int y, uint32_t code, uint32_t colour)
{
	const struct glyph *glyph = glyph_of(face, code);
	if (glyph->mask)
		gui_draw_mask(draw, x + glyph->left, y + glyph->top, glyph->mask, glyph->wide, glyph->high,
			      colour);
	return glyph->advance;
}

float gui_text_draw(struct gui_text *text, struct gui_draw *draw, enum gui_font font, enum gui_align align,
		    float x, float baseline, float room, uint32_t colour, const char *string)
{
	struct face *face = &text->face[font];
	int wide = pixels_wide(face, string), limit = gui_draw_pixel(draw, room);
	const char *end = string + strlen(string);
	bool cut = room > 0 && wide > limit;
	if (cut) {
		end = end_within(face, string, limit);
		wide = limit;
		if (end == string) /* not even one letter fits */
			return 0;
	}
	int at = gui_draw_pixel(draw, x), y = gui_draw_pixel(draw, baseline);
	at -= align == GUI_RIGHT ? wide : align == GUI_CENTRE ? wide / 2 : 0;
	if (text->watch.drawn && *string) {
		int ascent =
			(int)((float)TTF_FontAscent(face->font) * 0.8f); /* of letters, without accents */
		struct gui_rect box = {(float)at / text->scale, (float)(y - ascent) / text->scale,
				       (float)wide / text->scale,
				       (float)(ascent - TTF_FontDescent(face->font)) / text->scale};
		text->watch.drawn(text->watch.context, box, string);
	}
	while (string < end)
		at += draw_glyph(face, draw, at, y, next_code(&string), colour);
	if (cut)
		draw_glyph(face, draw, at, y, 0x2026, colour);
	return (float)wide / text->scale;
}
