/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links between UARTs and the world, the pace of time while somebody may answer, and how a UART ends a run.
 */
#include "tests/talk_fixture.h"

#include "session/talk_link.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

/* --- links -------------------------------------------------------------------------------------------- */

static void a_link_is_written_as_name_kind_and_place(void **state)
{
	struct session_link_spec spec;
	struct err err;
	assert_true(session_link_parse("stdio", &spec, &err));
	assert_int_equal(spec.kind, SESSION_LINK_STDIO);
	assert_string_equal(spec.port, "");
	assert_true(session_link_parse("usart1=pty:/dev/shm/a=b:c", &spec, &err));
	assert_int_equal(spec.kind, SESSION_LINK_PTY);
	assert_string_equal(spec.port, "usart1");
	assert_string_equal(spec.path, "/dev/shm/a=b:c");
	assert_true(session_link_parse("tcp:65535", &spec, &err));
	assert_int_equal(spec.tcp, 65535);
	const char *const bad[] = {"",       "pty:",   "tcp:", "tcp:65536", "tcp:-1",
				   "tcp:1x", "serial", "a=",   "a=b=pty",   NULL};
	for (unsigned i = 0; bad[i]; i++) {
		spec.tcp = 77;
		assert_false(session_link_parse(bad[i], &spec, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(spec.tcp, 77);
	}
}

static void expect_refusal(const char *const *links, unsigned count, const char *text)
{
	const struct session_options options = {
		.board = rig_file(), .firmware = firmware_file(), .uart = links, .uarts = count};
	struct session *session;
	struct err err;
	assert_false(session_open(&options, &session, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, text))
		fail_msg("'%s' is not in: %s", text, err.text);
}

static void a_link_that_cannot_be_is_refused_and_says_what_there_is(void **state)
{
	expect_refusal((const char *[]){"uart7=pty"}, 1,
		       "there is no UART 'uart7'; there are: uart0, uart1, itm, semihosting, rtt");
	expect_refusal((const char *[]){"accelerometer=pty"}, 1, "there is no UART 'accelerometer'");
	expect_refusal((const char *[]){"pty", "uart0=pty"}, 2, "'uart0' has a link already");
	expect_refusal((const char *[]){"stdio", "uart1=stdio"}, 2, "standard input belongs to another UART");
	expect_refusal((const char *[]){"pty:/no/such/folder/x"}, 1, "No such file or directory");
}

static void a_pseudo_terminal_carries_a_conversation(void **state)
{
	struct session *session = open_linked((const char *[]){"pty"}, 1, 0);
	session_advance(session, 50 * MS_PS); /* what was said before anybody came is kept */
	int fd = connect_to(session, NULL);
	converse(session, fd, "", "ready\n");
	converse(session, fd, "echo to be\n", "to be\n");
	converse(session, fd, "echo or not\n", "or not\n");
	assert_int_equal(write(fd, "exit 3\n", 7), 7);
	while (session_advance(session, session_now_ps(session) + MS_PS))
		;
	assert_int_equal(session_exit_status(session), 3);
	close(fd);
	session_close(session);
}

static void a_tcp_client_may_go_and_the_next_one_come(void **state)
{
	struct session *session = open_linked((const char *[]){"uart0=tcp:0"}, 1, 0);
	int fd = connect_to(session, "uart0");
	converse(session, fd, "", "ready\n");
	converse(session, fd, "echo one\n", "one\n");
	close(fd);
	session_advance(session, session_now_ps(session) + 5 * MS_PS);
	fd = connect_to(session, "uart0");
	converse(session, fd, "echo two\n", "two\n");
	close(fd);
	session_close(session);
}

static void each_uart_has_its_own_link(void **state)
{
	struct session *session = open_linked((const char *[]){"uart1=pty", "tcp:0"}, 2, 0);
	int second = connect_to(session, "uart1"), console = connect_to(session, "uart0");
	converse(session, console, "", "ready\n");
	converse(session, second, "HAL", "IBM");
	converse(session, console, "echo still here\n", "still here\n");
	close(second);
	close(console);
	session_close(session);
}

static void the_link_to_a_pseudo_terminal_is_made_and_removed(void **state)
{
	char option[300], place[300], target[300] = "";
	struct stat about;
	snprintf(option, sizeof option, "pty:%s", fixture_path("board"));
	symlink("nowhere", fixture_path("board")); /* left behind by a run that was killed */
	struct session *session = open_linked((const char *[]){option}, 1, 0);
	assert_true(readlink(fixture_path("board"), target, sizeof target - 1) > 0);
	assert_true(session_place(session, NULL, place, sizeof place));
	assert_string_equal(target, place + 4);
	session_close(session);
	assert_int_not_equal(lstat(fixture_path("board"), &about), 0);

	fixture_write("board", "mine", 4); /* what is no link is not ours */
	expect_refusal((const char *[]){option}, 1, "File exists");
	assert_int_equal(lstat(fixture_path("board"), &about), 0);
}

static void a_client_that_does_not_read_stops_nothing_and_gets_it_later(void **state)
{
	struct session *session = open_linked((const char *[]){"pty"}, 1, 0);
	int fd = connect_to(session, NULL);
	converse(session, fd, "", "ready\n");
	assert_int_equal(write(fd, "sense 400\n", 10), 10);
	uint64_t from = session_now_ps(session);
	double began = wall_s();
	assert_true(session_advance(session, from + 5000 * MS_PS));
	assert_true(session_now_ps(session) >= from + 4999 * MS_PS);
	assert_true(wall_s() - began < 15);
	size_t count = 0;
	char bytes[4096];
	for (int i = 0; i < 200; i++) {
		ssize_t n = read(fd, bytes, sizeof bytes);
		count += n > 0 ? (size_t)n : 0;
		session_advance(session, session_now_ps(session) + MS_PS);
	}
	assert_true(count > 15000); /* more than a terminal holds */
	close(fd);
	session_close(session);
}

/* --- pace --------------------------------------------------------------------------------------------- */

static double time_for(double speed, uint64_t ps)
{
	struct session *session = open_linked((const char *[]){"pty"}, 1, speed);
	double began = wall_s();
	assert_true(session_advance(session, ps));
	double took = wall_s() - began;
	session_close(session);
	return took;
}

static void while_somebody_may_answer_virtual_time_keeps_the_pace_asked_for(void **state)
{
	double real = time_for(1, 200 * MS_PS);
	assert_true(real > 0.19);
	double fast = time_for(10, 200 * MS_PS);
	assert_true(fast > 0.018);
	assert_true(time_for(0, 200 * MS_PS) < 0.19);
}

/* --- how a run ends ----------------------------------------------------------------------------------- */

static enum session_verdict finish(struct session *session)
{
	struct err err;
	while (session_advance(session, session_now_ps(session) + 10 * MS_PS))
		;
	if (!session_finish(session, 0, &err))
		fail_msg("%s", err.text);
	return session_verdict(session);
}

static void eot_on_the_console_of_an_arm_model_ends_the_run(void **state)
{
	struct session *session =
		open_lines("10s", "uart: [{expect: ready}, {send: \"eot\\n\"}]\nexpect: [{exit: 0}]");
	assert_int_equal(finish(session), SESSION_PASSED);
	assert_true(session_now_ps(session) < 100 * MS_PS);
	session_close(session);
}

static void a_line_of_the_script_ends_the_run(void **state)
{
	struct session *session = open_lines(
		"10s", "uart: [{expect: ready}, {send: \"echo all fine\\n\"}, {expect: fine, end: true}]");
	assert_int_equal(finish(session), SESSION_PASSED);
	assert_true(session_now_ps(session) < 100 * MS_PS);
	session_close(session);
}

static void a_line_that_would_end_the_run_but_does_not_come_fails_it(void **state)
{
	struct session *session = open_lines("50ms", "uart: [{expect: ready}, {expect: fine, end: true}]");
	assert_int_equal(finish(session), SESSION_FAILED);
	assert_true(session_now_ps(session) > 49 * MS_PS);
	session_close(session);
}

/* --- the terminal ------------------------------------------------------------------------------------- */

static const char *terminal_path(int master)
{
	static char path[128];
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, path, sizeof path), 0);
	return path;
}

static pid_t start_on(const char *terminal)
{
	char program[512];
	snprintf(program, sizeof program, "%s/thumbwatt", getenv("BUILD_ROOT"));
	pid_t child = fork();
	if (child == 0) {
		setsid();
		int fd = open(terminal, O_RDWR); /* becomes the controlling terminal: Ctrl-C reaches us */
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
		execl(program, program, "run", "--board", rig_file(), "--firmware", firmware_file(), "--uart",
		      "stdio", (char *)NULL);
		_exit(127);
	}
	return child;
}

static void wait_for(int master, const char *text)
{
	char heard[8192] = "";
	size_t count = 0;
	double began = wall_s();
	while (!strstr(heard, text)) {
		struct pollfd look = {.fd = master, .events = POLLIN};
		ssize_t n =
			poll(&look, 1, 100) > 0 ? read(master, heard + count, sizeof heard - 1 - count) : 0;
		count += n > 0 ? (size_t)n : 0;
		heard[count] = 0;
		if (wall_s() - began > 20)
			fail_msg("'%s' did not come, but: %s", text, heard);
	}
}

/* Talks on a terminal, ends it by `end` (a signal, or Ctrl-C for 0), and looks at the terminal before,
 * within, after. */
static void try_terminal(int end, int expected_exit)
{
	struct termios before, within, after;
	int status, master = posix_openpt(O_RDWR | O_NOCTTY);
	const char *path = terminal_path(master);
	int slave = open(path, O_RDWR | O_NOCTTY);
	assert_int_equal(tcgetattr(slave, &before), 0);
	pid_t child = start_on(path);
	wait_for(master, "ready\r\n");
	assert_int_equal(tcgetattr(slave, &within), 0);
	assert_int_equal(within.c_lflag & (ECHO | ICANON), 0);
	assert_int_equal(write(master, "echo x y\r", 9), 9);
	wait_for(master, "x y\r\n");
	if (end)
		kill(child, end);
	else
		assert_int_equal(write(master, "\003", 1), 1);
	if (end != SIGSEGV)
		wait_for(master, "average power");
	assert_int_equal(waitpid(child, &status, 0), child);
	if (end == SIGSEGV)
		assert_true(WIFSIGNALED(status));
	else
		assert_int_equal(WEXITSTATUS(status), expected_exit);
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
	assert_int_equal(after.c_oflag, before.c_oflag);
	close(slave);
	close(master);
}

static void control_c_ends_the_run_with_its_report_and_restores_the_terminal(void **state)
{
	try_terminal(0, 0);
}

static void a_signal_restores_the_terminal_too_even_one_that_kills(void **state)
{
	try_terminal(SIGTERM, 0);
	try_terminal(SIGSEGV, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_written_as_name_kind_and_place),
		cmocka_unit_test(a_link_that_cannot_be_is_refused_and_says_what_there_is),
		cmocka_unit_test(a_pseudo_terminal_carries_a_conversation),
		cmocka_unit_test(a_tcp_client_may_go_and_the_next_one_come),
		cmocka_unit_test(each_uart_has_its_own_link),
		cmocka_unit_test_setup_teardown(the_link_to_a_pseudo_terminal_is_made_and_removed,
						fixture_make, fixture_drop),
		cmocka_unit_test(a_client_that_does_not_read_stops_nothing_and_gets_it_later),
		cmocka_unit_test(while_somebody_may_answer_virtual_time_keeps_the_pace_asked_for),
		cmocka_unit_test_setup_teardown(eot_on_the_console_of_an_arm_model_ends_the_run, fixture_make,
						fixture_drop),
		cmocka_unit_test_setup_teardown(a_line_of_the_script_ends_the_run, fixture_make,
						fixture_drop),
		cmocka_unit_test_setup_teardown(a_line_that_would_end_the_run_but_does_not_come_fails_it,
						fixture_make, fixture_drop),
		cmocka_unit_test(control_c_ends_the_run_with_its_report_and_restores_the_terminal),
		cmocka_unit_test(a_signal_restores_the_terminal_too_even_one_that_kills),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
