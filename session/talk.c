/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/talk.h"

#include "session/talk_link.h"
#include "session/talk_terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LAG_NS INT64_C(100000000)
#define NS_PER_S INT64_C(1000000000)

struct session_talk {
	struct session_link *link[TALK_MAX_LINKS];
	unsigned links;
	struct session_talk_ports ports;
	double speed;
	bool started;
	int64_t began_ns;
	uint64_t began_ps;
};

static struct session_link *link_of(const struct session_talk *talk, const char *port)
{
	for (unsigned i = 0; i < talk->links; i++)
		if (strcmp(session_link_port(talk->link[i]), port) == 0)
			return talk->link[i];
	return NULL;
}

static bool add(struct session_talk *talk, const char *text, bool *stdio_taken, struct err *err)
{
	struct session_link_spec spec;
	if (!session_link_parse(text, &spec, err))
		return false;
	const char *port = *spec.port ? spec.port : talk->ports.console;
	if (!talk->ports.exists(talk->ports.context, port)) {
		char names[400];
		talk->ports.names(talk->ports.context, names, sizeof names);
		return err_input(err, "--uart %s: there is no UART '%s'; there are: %s", text, port, names);
	}
	if (link_of(talk, port))
		return err_input(err, "--uart %s: '%s' has a link already", text, port);
	if (spec.kind == SESSION_LINK_STDIO && *stdio_taken)
		return err_input(err, "--uart %s: standard input belongs to another UART already", text);
	*stdio_taken |= spec.kind == SESSION_LINK_STDIO;
	if (talk->links == TALK_MAX_LINKS)
		return err_input(err, "--uart: at most %d links", TALK_MAX_LINKS);
	if (!session_link_open(&spec, port, &talk->link[talk->links], err))
		return false;
	talk->links++;
	return true;
}

bool session_talk_create(const char *const *links, unsigned count, double speed,
			 const struct session_talk_ports *ports, struct session_talk **ret_talk,
			 struct err *err)
{
	bool stdio_taken = false;
	struct session_talk *talk = calloc(1, sizeof *talk);
	if (!talk)
		return err_internal(err, "out of memory");
	talk->ports = *ports;
	talk->speed = speed;
	for (unsigned i = 0; i < count; i++) {
		if (!add(talk, links[i], &stdio_taken, err)) {
			session_talk_destroy(talk);
			return false;
		}
	}
	*ret_talk = talk;
	return true;
}

void session_talk_destroy(struct session_talk *talk)
{
	if (!talk)
		return;
	for (unsigned i = 0; i < talk->links; i++)
		session_link_close(talk->link[i]);
	free(talk);
}

bool session_talk_heard(struct session_talk *talk, const char *port, uint8_t byte)
{
	struct session_link *link = link_of(talk, port);
	if (link)
		session_link_put(link, byte);
	return link;
}

void session_talk_exchange(struct session_talk *talk)
{
	uint8_t bytes[512];
	for (unsigned i = 0; i < talk->links; i++) {
		struct session_link *link = talk->link[i];
		const char *port = session_link_port(link);
		session_link_flush(link);
		if (!talk->ports.ready(talk->ports.context, port))
			continue;
		size_t count = session_link_take(link, bytes, sizeof bytes);
		if (count > 0)
			talk->ports.send(talk->ports.context, port, bytes, count);
	}
}

bool session_talk_live(const struct session_talk *talk)
{
	for (unsigned i = 0; i < talk->links; i++)
		if (session_link_live(talk->link[i]))
			return true;
	return false;
}

bool session_talk_paced(const struct session_talk *talk)
{
	for (unsigned i = 0; i < talk->links && talk->speed > 0; i++)
		if (session_link_interactive(talk->link[i]))
			return true;
	return false;
}

/* --- pace --------------------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Waits at most so long; input that the machine would take ends it early. */
static void wait_for_input(struct session_talk *talk, int64_t most_ns)
{
	struct pollfd look[TALK_MAX_LINKS];
	nfds_t count = 0;
	const struct timespec most = {most_ns / NS_PER_S, most_ns % NS_PER_S};
	for (unsigned i = 0; i < talk->links; i++) {
		if (!session_link_poll(talk->link[i], &look[count]))
			continue;
		if (!talk->ports.ready(talk->ports.context, session_link_port(talk->link[i])))
			look[count].events &= (short)~POLLIN;
		count++;
	}
	if (ppoll(look, count, &most, NULL) <= 0)
		return;
	for (nfds_t i = 0; i < count; i++)
		if (look[i].revents & POLLIN)
			return;
	/* Hung up, or room to write, which the next exchange will use: neither is worth a busy wait. */
	nanosleep(&most, NULL);
}

void session_talk_wait(struct session_talk *talk, uint64_t now_ps)
{
	if (!session_talk_paced(talk)) {
		talk->started = false;
		return;
	}
	int64_t real = now_ns();
	int64_t due = talk->began_ns + (int64_t)((double)(now_ps - talk->began_ps) / 1000 / talk->speed);
	if (!talk->started || real - due > LAG_NS) {
		talk->started = true;
		talk->began_ns = real;
		talk->began_ps = now_ps;
		return;
	}
	if (due > real && !session_interrupted())
		wait_for_input(talk, due - real);
}

bool session_talk_place(const struct session_talk *talk, const char *port, char *ret_text, size_t size)
{
	const struct session_link *link = link_of(talk, port);
	if (!link)
		return false;
	if (session_link_path(link))
		snprintf(ret_text, size, "pty %s", session_link_path(link));
	else if (session_link_tcp(link))
		snprintf(ret_text, size, "tcp %u", session_link_tcp(link));
	else
		snprintf(ret_text, size, "stdio");
	return true;
}
