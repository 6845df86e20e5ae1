/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of scenarios share: a folder of files for one test, and WAV files made of given samples. */
#ifndef TESTS_SCN_FIXTURE_H
#define TESTS_SCN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/yaml.h"

static char fixture_folder[] = "/tmp/thumbwatt-test-XXXXXX";
static struct yaml_doc *fixture_doc;

static inline int fixture_make(void **state)
{
	strcpy(fixture_folder, "/tmp/thumbwatt-test-XXXXXX");
	return mkdtemp(fixture_folder) ? 0 : -1;
}

static inline const char *fixture_path(const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *p = path[turn++ % 4];
	snprintf(p, sizeof path[0], "%s/%.200s", fixture_folder, name);
	return p;
}

static inline int fixture_drop(void **state)
{
	DIR *dir = opendir(fixture_folder);
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (e->d_name[0] != '.')
			unlink(fixture_path(e->d_name));
	if (dir)
		closedir(dir);
	rmdir(fixture_folder);
	yaml_destroy(fixture_doc);
	fixture_doc = NULL;
	return 0;
}

static inline void fixture_write(const char *name, const void *bytes, size_t size)
{
	struct err err;
	if (!file_write(fixture_path(name), bytes, size, &err))
		fail_msg("%s", err.text);
}

/* A text as if it were the file FOLDER/s.yaml. */
static inline const struct yaml_node *fixture_yaml(const char *text)
{
	struct err err;
	yaml_destroy(fixture_doc);
	fixture_doc = NULL;
	if (!yaml_load_text(fixture_path("s.yaml"), text, strlen(text), &fixture_doc, &err))
		fail_msg("%s", err.text);
	return yaml_root(fixture_doc);
}

/* The message without the folder's name wherever it stands. */
static inline const char *fixture_plain(const char *message)
{
	static char text[1100];
	size_t used = 0, skip = strlen(fixture_folder) + 1;
	while (*message && used + 1 < sizeof text) {
		if (!strncmp(message, fixture_folder, skip - 1) && message[skip - 1] == '/')
			message += skip;
		else
			text[used++] = *message++;
	}
	text[used] = 0;
	return text;
}

/* A 16-bit WAV in memory; returns its size. `announced` is what the data chunk says, in bytes. */
static inline size_t fixture_wav(uint8_t *to, const int16_t *samples, uint32_t count, uint16_t channels,
				 uint32_t rate, uint32_t announced)
{
	const struct {
		char riff[4];
		uint32_t size;
		char wave[8];
		uint32_t fmt_size;
		uint16_t format, channels;
		uint32_t rate, bytes_per_s;
		uint16_t align, bits;
		char data[4];
		uint32_t data_size;
	} header = {"RIFF",
		    36 + announced,
		    {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '},
		    16,
		    1,
		    channels,
		    rate,
		    rate * channels * 2,
		    (uint16_t)(channels * 2),
		    16,
		    {'d', 'a', 't', 'a'},
		    announced};
	memcpy(to, &header, sizeof header);
	memcpy(to + sizeof header, samples, count * 2);
	return sizeof header + count * 2;
}

static inline void fixture_write_wav(const char *name, const int16_t *samples, uint32_t count, uint16_t channels,
				     uint32_t rate)
{
	uint8_t *bytes = malloc(64 + count * 2);
	fixture_write(name, bytes, fixture_wav(bytes, samples, count, channels, rate, count * 2));
	free(bytes);
}

#endif
