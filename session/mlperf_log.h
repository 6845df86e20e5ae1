/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the EEMBC runner, which MLPerf Tiny submissions carry: what was loaded into the board, what it was asked
 * to infer, and what it printed. Lines that matter:
 *
 *   … parser: Command "bload dut "/…/kws01/tst_000000_Stop_7.bin" 0 490"     (offset and bytes may be missing: all)
 *   … parser: Command "dut infer 200 1"
 *   … dut: m-lap-us-63092605
 *   … dut: m-results-[0.000,0.011,0.988]
 */
#ifndef SESSION_MLPERF_LOG_H
#define SESSION_MLPERF_LOG_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct session_mlperf_window {
	char input[160];       /* folder and file: "kws01/tst_000000_Stop_7.bin"; empty: none was loaded since the last */
	size_t offset, bytes;  /* of the file; bytes 0: to its end */
	unsigned inferences, warm_ups;
	uint64_t lap_us[2];
	unsigned laps;
	char results[1024];    /* between the brackets */
};

struct session_mlperf_log {
	struct session_mlperf_window *window; /* owned */
	size_t count;
};

/* Windows without results (the run was broken off) are left out. The caller frees. */
bool session_mlperf_log_parse(const char *text, struct session_mlperf_log *ret_log, struct err *err);
bool session_mlperf_log_read(const char *path, struct session_mlperf_log *ret_log, struct err *err);
void session_mlperf_log_free(struct session_mlperf_log *log);

#endif
