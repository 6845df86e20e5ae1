/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SEGGER RTT as a port: what a debug probe would read and write. */
#include "tests/talk_fixture.h"

#include "sim/image.h"

static const char *rtt_file(void)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/tests/fw/rtt-m4.elf", getenv("BUILD_ROOT"));
	return path;
}

static struct session *open_rtt(const char *firmware, const char *lines)
{
	char text[4000];
	snprintf(text, sizeof text, "board: %s\nfirmware: %s\nduration: 1s\n%s", rig_file(), firmware, lines);
	fixture_write("s.yaml", text, strlen(text));
	const struct session_options options = {.scenario = fixture_path("s.yaml")};
	return open_session(&options);
}

static const char *finish(struct session *session, uint64_t step_ps, enum session_verdict expected)
{
	struct err err;
	while (session_advance(session, session_now_ps(session) + step_ps))
		;
	if (!session_finish(session, 0, &err))
		fail_msg("%s", err.text);
	const char *text =
		json_string_value(json_object_get(json_object_get(session_report(session), "uart"), "rtt"));
	if (session_verdict(session) != expected)
		fail_msg("verdict %d; heard: %s", session_verdict(session), text ? text : "nothing");
	return text;
}

#define TALK                                                                                                 \
	"uart: [{expect: \"ready\\n\", port: rtt}, {send: \"GDKKN, VNQKC, now longer than the buffer\\n\", " \
	"port: rtt},\n"                                                                                      \
	"  {expect: \"HELLO\", port: rtt}, {after: 50ms, send: \"quit\\n\", port: rtt}, {expect: bye, "      \
	"port: rtt}]\n"                                                                                      \
	"expect: [{exit: 0}]\n"

static void a_script_talks_through_a_block_known_by_its_symbol(void **state)
{
	struct session *session = open_rtt(rtt_file(), TALK);
	assert_string_equal(finish(session, 10 * MS_PS, SESSION_PASSED),
			    "ready\nHELLO-!WORLD-!opx!mpohfs!uibo!uif!cvggfs\nbye\n");
	session_close(session);
}

static void what_was_said_last_is_heard_and_nobody_needs_to_ask(void **state)
{
	struct session *session = open_rtt(rtt_file(), "");
	assert_string_equal(finish(session, 10 * MS_PS, SESSION_PASSED), "ready\n");
	session_close(session);
}

/* The firmware without its symbols. */
static const char *write_raw(void)
{
	enum { MOST = 64 << 10 };
	static uint8_t flash[MOST];
	struct sim_image image;
	struct err err;
	if (!sim_image_read(rtt_file(), 0, &image, &err))
		fail_msg("%s", err.text);
	memset(flash, 0xFF, sizeof flash);
	for (unsigned i = 0; i < image.segments; i++) {
		uint32_t at = image.segment[i].at - 0x08000000u;
		assert_true(at < MOST && image.segment[i].bytes <= MOST - at);
		memcpy(flash + at, image.segment[i].data, image.segment[i].bytes);
	}
	sim_image_free(&image);
	fixture_write("raw.bin", flash, sizeof flash);
	return fixture_path("raw.bin");
}

static void without_a_symbol_the_block_is_found_in_ram_if_it_is_wanted(void **state)
{
	struct session *session = open_rtt(write_raw(), TALK);
	assert_non_null(strstr(finish(session, 10 * MS_PS, SESSION_PASSED), "HELLO"));
	session_close(session);
	session = open_rtt(write_raw(), "");
	assert_null(finish(session, 10 * MS_PS, SESSION_PASSED));
	session_close(session);
}

static void how_the_run_is_cut_into_steps_changes_nothing(void **state)
{
	uint64_t end_ps[3];
	const uint64_t step_ps[3] = {1000 * MS_PS, 7 * MS_PS, MS_PS / 3};
	for (unsigned i = 0; i < 3; i++) {
		struct session *session = open_rtt(rtt_file(), TALK);
		finish(session, step_ps[i], SESSION_PASSED);
		end_ps[i] = session_now_ps(session);
		session_close(session);
	}
	assert_int_equal(end_ps[0], end_ps[1]);
	assert_int_equal(end_ps[0], end_ps[2]);
}

static void a_link_reaches_it_like_any_uart(void **state)
{
	const char *const links[] = {"rtt=pty"};
	const struct session_options options = {
		.board = rig_file(), .firmware = rtt_file(), .uart = links, .uarts = 1};
	struct session *session = open_session(&options);
	int fd = connect_to(session, "rtt");
	converse(session, fd, "", "ready\n");
	converse(session, fd, "HAL\n", "IBM\n");
	close(fd);
	session_close(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_talks_through_a_block_known_by_its_symbol),
		cmocka_unit_test(what_was_said_last_is_heard_and_nobody_needs_to_ask),
		cmocka_unit_test(without_a_symbol_the_block_is_found_in_ram_if_it_is_wanted),
		cmocka_unit_test(how_the_run_is_cut_into_steps_changes_nothing),
		cmocka_unit_test(a_link_reaches_it_like_any_uart),
	};
	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
