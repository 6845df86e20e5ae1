/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of tests/fw/converse.c on tests/data/rig.yaml. A test plays the other side itself: it lets the
 * machine run a little, looks at what came, and answers.
 */
#ifndef TESTS_TALK_FIXTURE_H
#define TESTS_TALK_FIXTURE_H

#include "tests/scn_fixture.h"

#include "session/session.h"
#include "sim/clock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>

#define MS_PS (SIM_PS_PER_S / 1000)

static inline const char *rig_file(void)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/tests/data/rig.yaml", getenv("SOURCE_ROOT"));
	return path;
}

static inline const char *firmware_file(void)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/tests/fw/converse-m4.elf", getenv("BUILD_ROOT"));
	return path;
}

static inline struct session *open_session(const struct session_options *options)
{
	struct session *session;
	struct err err;
	if (!session_open(options, &session, &err))
		fail_msg("%s", err.text);
	return session;
}

/* Firmware on its board, with links. */
static inline struct session *open_linked(const char *const *links, unsigned count, double speed)
{
	const struct session_options options = {.board = rig_file(),
						.firmware = firmware_file(),
						.uart = links,
						.uarts = count,
						.speed = speed};
	return open_session(&options);
}

/* A scenario of these lines, behind board and firmware. */
static inline struct session *open_lines(const char *duration, const char *lines)
{
	char text[4000];
	snprintf(text, sizeof text, "board: %s\nfirmware: %s\nduration: %s\n%s", rig_file(), firmware_file(),
		 duration, lines);
	fixture_write("s.yaml", text, strlen(text));
	const struct session_options options = {.scenario = fixture_path("s.yaml")};
	return open_session(&options);
}

static inline int connect_to(const struct session *session, const char *port)
{
	char place[300];
	assert_true(session_place(session, port, place, sizeof place));
	int fd;
	if (strncmp(place, "pty ", 4) == 0) {
		fd = open(place + 4, O_RDWR | O_NOCTTY | O_NONBLOCK);
	} else {
		struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(place + 4)),
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		fd = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
		fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	assert_true(fd >= 0);
	return fd;
}

static inline double wall_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Says `text` (may be ""), then runs until `answer` has come. */
static inline void converse(struct session *session, int fd, const char *text, const char *answer)
{
	char heard[65536];
	size_t count = 0;
	double began = wall_s();
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	heard[0] = 0;
	while (!strstr(heard, answer)) {
		bool on = session_advance(session, session_now_ps(session) + 2 * MS_PS);
		ssize_t n = read(fd, heard + count, sizeof heard - 1 - count);
		count += n > 0 ? (size_t)n : 0;
		heard[count] = 0;
		if ((!on && n <= 0 && !strstr(heard, answer)) || wall_s() - began > 20)
			fail_msg("after '%s', '%s' did not come, but: %s", text, answer, heard);
	}
}

#endif
