/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device_fixture.h"

#include "runtime/protocol.h"

/* Frames 1 ms apart from 1 ms on; channel c of frame n is n * 10 + c, every second one negative. */
struct stream {
	int next, count, silent_at, silent_ms;
};

static bool next_frame(void *context, uint64_t *ret_due_ps, int16_t counts[SIM_MAX_CHANNELS])
{
	struct stream *s = context;
	if (s->next == s->count)
		return false;
	int n = s->next++, ms = n + 1;
	if (s->silent_ms && ms >= s->silent_at)
		ms += s->silent_ms;
	*ret_due_ps = (uint64_t)ms * 1000000000;
	for (int c = 0; c < 3; c++)
		counts[c] = (int16_t)((n % 2 ? -1 : 1) * (n * 10 + c));
	return true;
}

static struct bench b;
static struct stream stream;
static const struct sim_sample_source source = {
	.context = &stream, .next = next_frame, .channels = 3, .rate_mhz = 1000000, .scale = 0.25 };

static void start(const char *depth)
{
	memset(&b, 0, sizeof b);
	stream = (struct stream){ .count = 1000 };
	if (depth)
		bench_option(&b, "depth", depth);
	assert_true(bench_start(&b, "sensor-port", 1000000));
	sim_sensor_port_connect(&b.device, &source);
}

static void it_tells_what_it_is_and_what_is_connected(void **state)
{
	start(NULL);
	assert_int_equal(get(&b, RT_SENSOR_ID), 0x53575454);
	assert_int_equal(get(&b, RT_SENSOR_RATE_MHZ), 1000000);
	assert_int_equal(get(&b, RT_SENSOR_CHANNELS), 3);
	assert_int_equal(get(&b, RT_SENSOR_SCALE), 1 << 30);
	assert_int_equal(get(&b, RT_SENSOR_DEPTH), 1024);
	assert_int_equal(get(&b, RT_SENSOR_WATERMARK), 1);
	bench_end(&b);
}

static void frames_come_at_their_time_channel_by_channel(void **state)
{
	start(NULL);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	pass_us(&b, 999);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), 0);
	pass_us(&b, 1);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), RT_SENSOR_STATUS_WATERMARK | 1);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, RT_SENSOR_TIME_US), 1000);
	for (int c = 0; c < 3; c++)
		assert_int_equal(get(&b, RT_SENSOR_DATA), c);
	assert_int_equal(get(&b, RT_SENSOR_TIME_US), 2000);
	assert_int_equal((int32_t)get(&b, RT_SENSOR_DATA), -10);
	assert_int_equal(b.device.type->read(&b.device, RT_SENSOR_DATA, 2), 0xFFF5); /* -11 as a halfword */
	assert_int_equal(get(&b, RT_SENSOR_STATUS) & 0xFFFF, 1); /* until the last channel is read */
	get(&b, RT_SENSOR_DATA);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), 0);
	assert_int_equal(get(&b, RT_SENSOR_DATA), 0);
	assert_int_equal(b.samples, 2);
	bench_end(&b);
}

static void frames_while_it_is_off_are_gone_but_not_lost(void **state)
{
	start(NULL);
	pass_us(&b, 5500);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, RT_SENSOR_STATUS) & 0xFFFF, 1);
	assert_int_equal(get(&b, RT_SENSOR_TIME_US), 6000);
	assert_int_equal((int32_t)get(&b, RT_SENSOR_DATA), -50);
	assert_int_equal(get(&b, RT_SENSOR_LOST), 0);
	assert_int_equal(b.samples, 1);
	bench_end(&b);
}

static void the_interrupt_is_high_while_the_level_is_at_the_watermark(void **state)
{
	start(NULL);
	put(&b, RT_SENSOR_WATERMARK, 3);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ);
	pass_us(&b, 2500);
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_true(b.irq[10]);
	for (int i = 0; i < 3; i++)
		get(&b, RT_SENSOR_DATA);
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_true(b.irq[10]);
	assert_int_equal(b.raised[10], 2);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	assert_false(b.irq[10]);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ | RT_SENSOR_CTRL_FLUSH);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), 0);
	assert_int_equal(get(&b, RT_SENSOR_CTRL), RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ);
	assert_false(b.irq[10]);
	bench_end(&b);
}

static void a_frame_that_finds_it_full_is_lost_and_counted(void **state)
{
	start("2");
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	pass_us(&b, 5500);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), RT_SENSOR_STATUS_OVERRUN | RT_SENSOR_STATUS_WATERMARK | 2);
	assert_int_equal(get(&b, RT_SENSOR_LOST), 3);
	assert_int_equal(get(&b, RT_SENSOR_TIME_US), 1000); /* the oldest stay */
	assert_int_equal(b.samples, 5);
	assert_false(b.sampled_lost[1]);
	assert_true(b.sampled_lost[2]);
	put(&b, RT_SENSOR_STATUS, RT_SENSOR_STATUS_OVERRUN);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), RT_SENSOR_STATUS_WATERMARK | 2);
	assert_int_equal(get(&b, RT_SENSOR_LOST), 3);
	bench_end(&b);
}

static void the_fifo_wraps_around_in_order(void **state)
{
	start("3");
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	for (int n = 0; n < 50; n++) {
		pass_us(&b, 1000);
		assert_int_equal(get(&b, RT_SENSOR_TIME_US), (n + 1) * 1000);
		assert_int_equal((int32_t)get(&b, RT_SENSOR_DATA), n % 2 ? -n * 10 : n * 10);
		get(&b, RT_SENSOR_DATA);
		get(&b, RT_SENSOR_DATA);
	}
	assert_int_equal(get(&b, RT_SENSOR_LOST), 0);
	bench_end(&b);
}

static void a_silent_sensor_and_the_end_of_a_stream_give_nothing(void **state)
{
	memset(&b, 0, sizeof b);
	stream = (struct stream){ .count = 4, .silent_at = 3, .silent_ms = 100 };
	assert_true(bench_start(&b, "sensor-port", 1000000));
	assert_int_equal(get(&b, RT_SENSOR_CHANNELS), 0); /* nobody connected */
	sim_sensor_port_connect(&b.device, &source);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	pass_us(&b, 90000);
	assert_int_equal(get(&b, RT_SENSOR_STATUS) & 0xFFFF, 2);
	pass_us(&b, 900000);
	assert_int_equal(get(&b, RT_SENSOR_STATUS) & 0xFFFF, 4);
	assert_int_equal(get(&b, RT_SENSOR_LOST), 0);
	assert_null(b.clock.first);
	bench_end(&b);
}

static void reset_empties_it_but_not_the_stream(void **state)
{
	start(NULL);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ);
	pass_us(&b, 2500);
	assert_true(b.irq[10]);
	b.device.type->reset(&b.device);
	assert_false(b.irq[10]);
	assert_int_equal(get(&b, RT_SENSOR_STATUS), 0);
	put(&b, RT_SENSOR_CTRL, RT_SENSOR_CTRL_RUN);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, RT_SENSOR_TIME_US), 3000);
	bench_end(&b);
}

static void a_wrong_option_is_told_with_its_place(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "depth", "0");
	assert_false(bench_start(&b, "sensor-port", 1000000));
	assert_string_equal(b.err.text, "board.yaml:7:3: '0' is no depth of device 'dut'; a whole number in 1 … 65535 is "
			    "expected");
	bench_end(&b);
	bench_option(&b, "deep", "5");
	assert_false(bench_start(&b, "sensor-port", 1000000));
	assert_string_equal(b.err.text, "board.yaml:7:3: a device of type sensor-port has no option 'deep'; it has: depth");
	bench_end(&b);
}

static void an_unknown_register_is_reported(void **state)
{
	start(NULL);
	assert_int_equal(get(&b, 0x40), 0);
	assert_int_equal(b.guessed, 1);
	put(&b, RT_SENSOR_ID, 5);
	assert_int_equal(b.unmodelled, 2);
	assert_int_equal(get(&b, RT_SENSOR_ID), 0x53575454);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_tells_what_it_is_and_what_is_connected),
		cmocka_unit_test(frames_come_at_their_time_channel_by_channel),
		cmocka_unit_test(frames_while_it_is_off_are_gone_but_not_lost),
		cmocka_unit_test(the_interrupt_is_high_while_the_level_is_at_the_watermark),
		cmocka_unit_test(a_frame_that_finds_it_full_is_lost_and_counted),
		cmocka_unit_test(the_fifo_wraps_around_in_order),
		cmocka_unit_test(a_silent_sensor_and_the_end_of_a_stream_give_nothing),
		cmocka_unit_test(reset_empties_it_but_not_the_stream),
		cmocka_unit_test(a_wrong_option_is_told_with_its_place),
		cmocka_unit_test(an_unknown_register_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
