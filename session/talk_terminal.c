/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/talk_terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* A terminal and signals belong to the process, and so does this state. */
static struct termios before;
static volatile sig_atomic_t raw_fd = -1, interrupted;

/* Only calls that a signal handler may make. */
void session_terminal_restore(void)
{
	int fd = raw_fd;
	raw_fd = -1;
	if (fd >= 0)
		tcsetattr(fd, TCSADRAIN, &before);
}

static void end_by(int signal_number)
{
	session_terminal_restore();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void on_wish(int signal_number)
{
	if (interrupted)
		end_by(signal_number);
	interrupted = 1;
}

static void handle(int signal_number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler}, old;
	sigemptyset(&action.sa_mask);
	/* No SA_RESTART: a wait for input must end. What our parent ignores for us (nohup) stays ignored. */
	if (sigaction(signal_number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(signal_number, &action, NULL);
}

void session_terminal_raw(int fd)
{
	static const int fatal[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS,  SIGILL,
				    SIGFPE,  SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};
	struct termios raw;
	if (raw_fd >= 0 || tcgetattr(fd, &before) != 0)
		return;
	raw = before;
	cfmakeraw(&raw);
	raw.c_lflag |= ISIG;                  /* Ctrl-C ends the run */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;    /* a stopped process would leave the terminal raw */
	raw.c_oflag |= OPOST;                 /* firmware that sends bare line feeds stays readable */
	for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++)
		handle(fatal[i], end_by);
	atexit(session_terminal_restore);
	raw_fd = fd;
	tcsetattr(fd, TCSADRAIN, &raw);
}

void session_interrupt_listen(void)
{
	handle(SIGINT, on_wish);
	handle(SIGTERM, on_wish);
	handle(SIGHUP, on_wish);
}

bool session_interrupted(void)
{
	return interrupted;
}
