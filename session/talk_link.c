/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/talk_link.h"

#include "session/talk_terminal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define MOST_KEPT ((size_t)1 << 20) /* bytes nobody has taken yet */
#define FAREWELL_MS 300

struct session_link {
	struct session_link_spec spec;
	char port[32], path[256];
	int in, out, listener; /* -1: none now */
	bool met, ended, file, terminal;
	uint8_t *kept;
	size_t begin, count, room;
};

/* --- what the command line says ----------------------------------------------------------------------- */

static bool parse_tcp(const char *text, struct session_link_spec *spec, struct err *err)
{
	char *end;
	errno = 0;
	unsigned long port = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || port > 65535)
		return err_input(err, "'%s' is no TCP port; 0 to 65535 is expected, 0 chooses a free one",
				 text);
	spec->tcp = (uint16_t)port;
	return true;
}

bool session_link_parse(const char *text, struct session_link_spec *ret_spec, struct err *err)
{
	struct session_link_spec spec = {0};
	const char *equals = strchr(text, '='), *colon = strchr(text, ':');
	const char *what = equals && (!colon || equals < colon) ? equals + 1 : text;
	size_t name = what == text ? 0 : (size_t)(equals - text);
	if (name >= sizeof spec.port)
		return err_input(err, "'%s': the name of the UART is too long", text);
	memcpy(spec.port, text, name);
	if (strcmp(what, "stdio") == 0) {
		spec.kind = SESSION_LINK_STDIO;
	} else if (strcmp(what, "pty") == 0 || (strncmp(what, "pty:", 4) == 0 && what[4])) {
		spec.kind = SESSION_LINK_PTY;
		if (what[3] && strlen(what + 4) >= sizeof spec.path)
			return err_input(err, "'%s': the path is too long", text);
		snprintf(spec.path, sizeof spec.path, "%s", what[3] ? what + 4 : "");
	} else if (strncmp(what, "tcp:", 4) == 0) {
		spec.kind = SESSION_LINK_TCP;
		if (!parse_tcp(what + 4, &spec, err))
			return false;
	} else {
		return err_input(
			err,
			"'%s' is none of: stdio, pty, pty:PATH, tcp:PORT, each with NAME= in front or not",
			text);
	}
	*ret_spec = spec;
	return true;
}

/* --- opening ------------------------------------------------------------------------------------------ */

static void be_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void open_stdio(struct session_link *link)
{
	struct stat about;
	link->in = STDIN_FILENO;
	link->out = STDOUT_FILENO;
	link->terminal = isatty(STDIN_FILENO);
	if (fstat(STDIN_FILENO, &about) != 0)
		link->ended = true;
	else
		link->file = !link->terminal && (S_ISREG(about.st_mode) || S_ISCHR(about.st_mode));
	if (link->terminal)
		session_terminal_raw(STDIN_FILENO);
}

static bool make_symlink(struct session_link *link, struct err *err)
{
	struct stat about;
	if (!*link->spec.path)
		return true;
	if (lstat(link->spec.path, &about) == 0 && S_ISLNK(about.st_mode))
		unlink(link->spec.path); /* of a run that ended badly; anything else is left alone */
	if (symlink(link->path, link->spec.path) == 0)
		return true;
	int why = errno;
	link->spec.path[0] = 0; /* not ours to remove */
	return err_input(err, "the link to the pseudo terminal cannot be made: %s", strerror(why));
}

static bool open_pty(struct session_link *link, struct err *err)
{
	struct termios raw;
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 ||
	    ptsname_r(fd, link->path, sizeof link->path) != 0) {
		err_input(err, "no pseudo terminal: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	link->in = link->out = fd;
	/* As a serial line is: no echo, no line discipline, whatever the client sets later. */
	int slave = open(link->path, O_RDWR | O_NOCTTY);
	if (slave >= 0 && tcgetattr(slave, &raw) == 0) {
		cfmakeraw(&raw);
		tcsetattr(slave, TCSANOW, &raw);
	}
	if (slave >= 0)
		close(slave); /* from now on, an open slave is a client */
	be_nonblocking(fd);
	return make_symlink(link, err);
}

static bool open_tcp(struct session_link *link, struct err *err)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(link->spec.tcp),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int on = 1;
	link->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (link->listener < 0 || setsockopt(link->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(link->listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(link->listener, 1) != 0 ||
	    getsockname(link->listener, (struct sockaddr *)&at, &size) != 0)
		return err_input(err, "TCP port %u of 127.0.0.1: %s", link->spec.tcp, strerror(errno));
	link->spec.tcp = ntohs(at.sin_port);
	be_nonblocking(link->listener);
	return true;
}

bool session_link_open(const struct session_link_spec *spec, const char *port, struct session_link **ret_link,
		       struct err *err)
{
	struct session_link *link = calloc(1, sizeof *link);
	if (!link)
		return err_internal(err, "out of memory");
	link->spec = *spec;
	link->in = link->out = link->listener = -1;
	snprintf(link->port, sizeof link->port, "%s", port);
	bool ok = true;
	switch (spec->kind) {
	case SESSION_LINK_STDIO: open_stdio(link); break;
	case SESSION_LINK_PTY: ok = open_pty(link, err); break;
	case SESSION_LINK_TCP: ok = open_tcp(link, err); break;
	}
	if (!ok) {
		session_link_close(link);
		return false;
	}
	if (spec->kind == SESSION_LINK_PTY)
		fprintf(stderr, "thumbwatt: %s is %s\n", port, link->path);
	else if (spec->kind == SESSION_LINK_TCP)
		fprintf(stderr, "thumbwatt: %s is tcp 127.0.0.1:%u\n", port, link->spec.tcp);
	*ret_link = link;
	return true;
}

void session_link_close(struct session_link *link)
{
	if (!link)
		return;
	for (int i = 0; i < FAREWELL_MS && link->count > 0 && link->met && link->out >= 0; i++) {
		session_link_flush(link);
		if (link->count > 0)
			usleep(1000);
	}
	if (link->spec.kind == SESSION_LINK_STDIO) {
		fflush(stdout);
		session_terminal_restore();
	} else if (link->in >= 0) {
		close(link->in);
	}
	if (link->listener >= 0)
		close(link->listener);
	if (link->spec.kind == SESSION_LINK_PTY && *link->spec.path)
		unlink(link->spec.path);
	free(link->kept);
	free(link);
}

/* --- clients come and go ------------------------------------------------------------------------------ */

/* Whether somebody is there now. */
static bool meet(struct session_link *link)
{
	if (link->spec.kind == SESSION_LINK_TCP && link->in < 0) {
		int fd = accept(link->listener, NULL, NULL);
		if (fd < 0)
			return false;
		be_nonblocking(fd);
		link->in = link->out = fd;
	}
	if (link->spec.kind == SESSION_LINK_PTY) {
		struct pollfd look = {.fd = link->in, .events = POLLIN};
		/* Hung up: no slave is open. What a client left behind as it went can still be read. */
		if (poll(&look, 1, 0) > 0 && (look.revents & POLLHUP) && !(look.revents & POLLIN))
			return false;
	}
	link->met = true;
	return true;
}

static void part(struct session_link *link)
{
	link->count = link->begin = 0;
	if (link->spec.kind == SESSION_LINK_TCP) {
		close(link->in);
		link->in = link->out = -1;
	} else if (link->spec.kind == SESSION_LINK_STDIO) {
		link->ended = true;
	}
}

const char *session_link_port(const struct session_link *link)
{
	return link->port;
}

bool session_link_live(const struct session_link *link)
{
	return !link->ended;
}

bool session_link_interactive(const struct session_link *link)
{
	return !link->ended && !link->file;
}

const char *session_link_path(const struct session_link *link)
{
	return link->spec.kind == SESSION_LINK_PTY ? link->path : NULL;
}

uint16_t session_link_tcp(const struct session_link *link)
{
	return link->spec.kind == SESSION_LINK_TCP ? link->spec.tcp : 0;
}

/* --- bytes -------------------------------------------------------------------------------------------- */

static void keep(struct session_link *link, uint8_t byte)
{
	if (link->count == link->room) {
		size_t room = link->room ? 2 * link->room : 4096;
		uint8_t *more = room <= MOST_KEPT ? malloc(room) : NULL;
		if (more) {
			for (size_t i = 0; i < link->count; i++)
				more[i] = link->kept[(link->begin + i) % link->room];
			free(link->kept);
			link->kept = more;
			link->room = room;
			link->begin = 0;
		} else if (link->room) {
			link->begin = (link->begin + 1) % link->room; /* the oldest makes room */
			link->count--;
		} else {
			return;
		}
	}
	link->kept[(link->begin + link->count++) % link->room] = byte;
}

void session_link_put(struct session_link *link, uint8_t byte)
{
	if (link->spec.kind == SESSION_LINK_STDIO)
		fputc(byte, stdout);
	else
		keep(link, byte);
}

void session_link_flush(struct session_link *link)
{
	if (link->spec.kind == SESSION_LINK_STDIO) {
		fflush(stdout);
		return;
	}
	bool met_before = link->met, there = meet(link);
	/* A pseudo terminal keeps what comes before a client opens it, and a client may drop that, as serial
	 * ports do. */
	if (!there && (met_before || link->spec.kind != SESSION_LINK_PTY)) {
		link->count = met_before ? 0 : link->count; /* nobody listens between two clients */
		return;
	}
	while (link->count > 0) {
		size_t run = link->room - link->begin < link->count ? link->room - link->begin : link->count;
		ssize_t wrote = link->spec.kind == SESSION_LINK_TCP
					? send(link->out, link->kept + link->begin, run, MSG_NOSIGNAL)
					: write(link->out, link->kept + link->begin, run);
		if (wrote <= 0) {
			if (wrote < 0 && errno != EAGAIN && errno != EINTR)
				part(link);
			return;
		}
		link->begin = (link->begin + (size_t)wrote) % link->room;
		link->count -= (size_t)wrote;
	}
}

size_t session_link_take(struct session_link *link, uint8_t *ret_bytes, size_t room)
{
	if (link->ended || !meet(link))
		return 0;
	if (link->spec.kind == SESSION_LINK_STDIO && !link->file) {
		/* Not O_NONBLOCK: the terminal's flags are shared with whoever started us. */
		struct pollfd look = {.fd = link->in, .events = POLLIN};
		if (poll(&look, 1, 0) <= 0)
			return 0;
	}
	ssize_t count = read(link->in, ret_bytes, room);
	if (count > 0)
		return (size_t)count;
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* A pseudo terminal says EIO until somebody opens it again. */
	if (link->spec.kind != SESSION_LINK_PTY)
		part(link);
	return 0;
}

bool session_link_poll(const struct session_link *link, struct pollfd *ret_poll)
{
	int fd = link->in >= 0 ? link->in : link->listener;
	if (fd < 0 || link->ended)
		return false;
	*ret_poll = (struct pollfd){.fd = fd, .events = (short)(POLLIN | (link->count > 0 ? POLLOUT : 0))};
	return true;
}
