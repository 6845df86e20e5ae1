/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: any bytes as a record file. What is accepted must be readable in every way a reader reads. */
#include "base/file.h"
#include "profiler/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct err err;
	struct prof_record *record;
	if (!path[0])
		snprintf(path, sizeof path, "/tmp/thumbwatt-fuzz-%d.twr", (int)getpid());
	if (!file_write(path, data, size, &err))
		abort();
	if (prof_record_load(path, &record, &err)) {
		for (unsigned s = 0; s < prof_record_sensors(record); s++) {
			int16_t low, high;
			prof_record_envelope(record, s, 0, 0, prof_record_frames(record, s), &low, &high);
			if (low > high)
				abort();
		}
		for (int t = 0; t < PROF_TRACKS; t++) {
			size_t n = prof_record_count(record, t);
			if (n && prof_record_find(record, t, UINT64_MAX) != n - 1)
				abort();
		}
		prof_record_destroy(record);
	}
	unlink(path);
	return 0;
}
