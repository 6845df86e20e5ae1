/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three kinds of UART. At 1 MHz, BRR 100 makes 10,000 baud: a frame of 10 bits takes 1 ms. */
#include "device_fixture.h"

#define HZ 1000000

static struct bench b;

/* v2: ISR 1C, ICR 20, RDR 24, TDR 28 */
static void start_v2(uint32_t cr1)
{
	memset(&b, 0, sizeof b);
	assert_true(bench_start(&b, "stm32-usart", HZ));
	put(&b, 0x0C, 100);
	put(&b, 0x00, cr1);
}

static void v2_starts_ready_to_send(void **state)
{
	start_v2(0);
	assert_int_equal(get(&b, 0x1C), 0xC0); /* TC, TXE */
	put(&b, 0x00, 0x0D);
	assert_int_equal(get(&b, 0x1C), 0x6000C0); /* and REACK, TEACK, which HALs wait for */
	bench_end(&b);
}

static void v2_bytes_leave_a_frame_apart(void **state)
{
	start_v2(0x09);
	put(&b, 0x28, 'A');
	assert_int_equal(get(&b, 0x1C) & 0xC0, 0x80); /* moved to the shifter: TXE, not TC */
	put(&b, 0x28, 'B');
	assert_int_equal(get(&b, 0x1C) & 0xC0, 0);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 0x1C) & 0xC0, 0x80);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 0x1C) & 0xC0, 0xC0);
	assert_string_equal(b.sent, "AB");
	assert_int_equal(b.sent_ps[0], 1000000000);
	assert_int_equal(b.sent_ps[1], 2000000000);
	bench_end(&b);
}

static void v2_frame_time_follows_length_prescaler_oversampling_and_kernel_clock(void **state)
{
	start_v2(0);
	put(&b, 0x04, 2u << 12);         /* two stop bits */
	put(&b, 0x00, 0x09 | 1u << 12);  /* 9 data bits: 12 bits in all */
	put(&b, 0x2C, 1);                /* clock / 2 */
	put(&b, 0x28, 'A');
	pass_us(&b, 2399);
	assert_int_equal(b.sents, 0);
	pass_us(&b, 1);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
	start_v2(0);
	put(&b, 0x0C, 0xC4);             /* USARTDIV 0xC8: 2 * 1 MHz / 200 */
	put(&b, 0x00, 0x09 | 1u << 15);
	put(&b, 0x28, 'A');
	pass_us(&b, 999);
	assert_int_equal(b.sents, 0);
	pass_us(&b, 1);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
	bench_option(&b, "kernel_hz", "500000");
	assert_true(bench_start(&b, "stm32-usart", HZ));
	put(&b, 0x0C, 50);
	put(&b, 0x00, 0x09);
	put(&b, 0x28, 'A');
	pass_us(&b, 1000);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
	bench_option(&b, "bus", "1");
	assert_true(bench_start(&b, "stm32-usart", HZ));
	b.buses.peripheral_div[0] = 4;
	put(&b, 0x0C, 25);
	put(&b, 0x00, 0x09);
	put(&b, 0x28, 'A');
	pass_us(&b, 999);
	assert_int_equal(b.sents, 0);
	pass_us(&b, 1);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
	bench_option(&b, "low_power", "true");
	bench_option(&b, "kernel_div", "4");
	assert_true(bench_start(&b, "stm32-usart", HZ));
	put(&b, 0x0C, 6400); /* 256 * 250 kHz / 10,000 */
	put(&b, 0x00, 0x09);
	put(&b, 0x28, 'A');
	pass_us(&b, 999);
	assert_int_equal(b.sents, 0);
	pass_us(&b, 1);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
}

static void v2_a_new_core_clock_changes_the_pace_of_the_next_byte(void **state)
{
	start_v2(0x09);
	sim_clock_set_hz(&b.clock, 2 * HZ);
	b.device.type->clock_changed(&b.device, HZ);
	put(&b, 0x28, 'A');
	pass_us(&b, 500);
	assert_int_equal(b.sents, 1);
	bench_end(&b);
}

static void v2_a_byte_from_outside_takes_a_frame_and_raises_rxne(void **state)
{
	start_v2(0x05 | 1u << 5);
	feed(&b, "xy");
	pass_us(&b, 999);
	assert_int_equal(get(&b, 0x1C) & 0x20, 0);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0x1C) & 0x20, 0x20);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0x24), 'x');
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_int_equal(b.device.type->read(&b.device, 0x24, 1), 'y');
	bench_end(&b);
}

static void v2_an_unread_byte_makes_an_overrun_and_stays(void **state)
{
	start_v2(0x05 | 1u << 5);
	feed(&b, "xyz");
	pass_us(&b, 3000);
	assert_int_equal(get(&b, 0x1C) & 0x28, 0x28);
	assert_int_equal(get(&b, 0x24), 'x');
	assert_int_equal(get(&b, 0x1C) & 0x28, 0x08);
	assert_true(b.irq[10]); /* ORE alone keeps the line up */
	put(&b, 0x20, 0x08);
	assert_false(b.irq[10]);
	put(&b, 0x08, 1u << 12); /* OVRDIS: the newest wins, silently */
	feed(&b, "pq");
	pass_us(&b, 2000);
	assert_int_equal(get(&b, 0x1C) & 0x28, 0x20);
	assert_int_equal(get(&b, 0x24), 'q');
	bench_end(&b);
}

static void v2_an_idle_line_is_told_a_frame_after_the_last_byte(void **state)
{
	start_v2(0x05 | 1u << 4);
	feed(&b, "xy");
	pass_us(&b, 2500);
	assert_false(b.irq[10]);
	pass_us(&b, 500);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0x1C) & 0x10, 0x10);
	put(&b, 0x20, 0x10);
	assert_false(b.irq[10]);
	pass_us(&b, 5000);
	assert_int_equal(get(&b, 0x1C) & 0x10, 0);
	bench_end(&b);
}

static void v2_times_out_and_matches_characters_when_told_to(void **state)
{
	start_v2(0);
	put(&b, 0x14, 50);                             /* 50 bits: 5 ms */
	put(&b, 0x04, 1u << 23 | (uint32_t)'%' << 24); /* RTOEN, ADD */
	put(&b, 0x00, 0x05 | 1u << 14 | 1u << 26);
	feed(&b, "a%");
	pass_us(&b, 1500);
	assert_int_equal(get(&b, 0x1C) & 1u << 17, 0);
	pass_us(&b, 500);
	assert_int_equal(get(&b, 0x1C) & 1u << 17, 1u << 17);
	assert_true(b.irq[10]);
	put(&b, 0x20, 1u << 17);
	assert_false(b.irq[10]);
	pass_us(&b, 4900);
	assert_false(b.irq[10]);
	pass_us(&b, 200);
	assert_int_equal(get(&b, 0x1C) & 1u << 11, 1u << 11);
	assert_true(b.irq[10]);
	bench_end(&b);
}

static void v2_sends_by_interrupt(void **state)
{
	start_v2(0x09);
	put(&b, 0x28, 'A');
	put(&b, 0x28, 'B');
	put(&b, 0x00, 0x09 | 1u << 7);
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_true(b.irq[10]); /* TXE */
	put(&b, 0x00, 0x09 | 1u << 6);
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_true(b.irq[10]); /* TC */
	put(&b, 0x20, 0x40);
	assert_false(b.irq[10]);
	bench_end(&b);
}

static void v2_fifo_mode_holds_eight_bytes_each_way(void **state)
{
	start_v2(0);
	put(&b, 0x08, 2u << 25 | 1u << 28);      /* interrupt at half */
	put(&b, 0x00, 0x0D | 1u << 29);
	assert_int_equal(get(&b, 0x1C) & 1u << 23, 1u << 23); /* TXFE */
	for (int i = 0; i < 12; i++)
		put(&b, 0x28, (uint32_t)('a' + i));      /* one in the shifter, eight in the FIFO, three in vain */
	assert_int_equal(get(&b, 0x1C) & (1u << 23 | 0x80), 0);
	feed(&b, "0123456789");
	pass_us(&b, 3500);
	assert_false(b.irq[10]);
	pass_us(&b, 500);
	assert_true(b.irq[10]);
	pass_us(&b, 6000);
	assert_string_equal(b.sent, "abcdefghi");
	assert_int_equal(get(&b, 0x1C) & 1u << 24, 1u << 24); /* RXFF */
	assert_int_equal(get(&b, 0x1C) & 8, 8);
	for (int i = 0; i < 8; i++)
		assert_int_equal(get(&b, 0x24), '0' + i);
	assert_int_equal(get(&b, 0x1C) & 0x20, 0);
	bench_end(&b);
}

static void v2_switched_off_gives_up_what_was_under_way(void **state)
{
	start_v2(0x0D);
	put(&b, 0x28, 'A');
	feed(&b, "xy");
	pass_us(&b, 1000);
	put(&b, 0x28, 'B');
	put(&b, 0x00, 0);
	assert_int_equal(get(&b, 0x1C), 0xC0);
	pass_us(&b, 9000);
	assert_string_equal(b.sent, "A");
	assert_int_equal(get(&b, 0x1C), 0xC0); /* and nobody listened to the y */
	bench_end(&b);
}

static void v2_never_set_up_sends_all_the_same_and_says_so(void **state)
{
	memset(&b, 0, sizeof b);
	assert_true(bench_start(&b, "stm32-usart", 120000000));
	put(&b, 0x28, 'A');
	pass_us(&b, 86);
	assert_int_equal(b.sents, 0); /* 115,200 baud: 86.8 us */
	pass_us(&b, 1);
	assert_string_equal(b.sent, "A");
	assert_int_equal(b.guessed, 1);
	bench_end(&b);
}

static void v2_requests_flush_its_buffers(void **state)
{
	start_v2(0x0D);
	put(&b, 0x28, 'A');
	put(&b, 0x28, 'B');
	feed(&b, "x");
	pass_us(&b, 900);
	put(&b, 0x18, 1u << 4);
	pass_us(&b, 5000);
	assert_string_equal(b.sent, "A");
	assert_int_equal(get(&b, 0x1C) & 0x20, 0x20);
	put(&b, 0x18, 1u << 3);
	assert_int_equal(get(&b, 0x1C) & 0x20, 0);
	bench_end(&b);
}

static uint32_t asked_at;
static unsigned asked_left;
static bool asked_write;

/* A channel that takes `asked_left` items. */
static bool serve(void *machine, uint32_t at, bool write)
{
	struct bench *bench = machine;
	if (asked_left == 0)
		return false;
	asked_left--;
	asked_at = at - bench->place.at;
	asked_write = write;
	if (write)
		put(bench, asked_at, 'a' + asked_left);
	else
		bench->memory[asked_left] = (uint8_t)get(bench, asked_at);
	return true;
}

static void v2_asks_for_dma_while_it_has_room_or_bytes(void **state)
{
	start_v2(0x0D);
	b.wires.dma_request = serve;
	asked_left = 3;
	put(&b, 8, 1 << 7);
	assert_int_equal(asked_left, 1); /* one on the wire, one in TDR */
	assert_int_equal(asked_at, 0x28);
	assert_true(asked_write);
	pass_us(&b, 4000);
	assert_int_equal(asked_left, 0);
	assert_int_equal(b.sents, 3);
	put(&b, 8, 1 << 6);
	asked_left = 2;
	feed(&b, "xyz");
	pass_us(&b, 4000);
	assert_int_equal(asked_at, 0x24);
	assert_int_equal(b.memory[1], 'x');
	assert_int_equal(b.memory[0], 'y');
	assert_int_equal(get(&b, 0x24), 'z'); /* nobody took it */
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

/* v1: SR 00, DR 04, BRR 08, CR1 0C */
static void start_v1(uint32_t cr1)
{
	memset(&b, 0, sizeof b);
	assert_true(bench_start(&b, "stm32-usart-v1", HZ));
	put(&b, 0x08, 100);
	put(&b, 0x0C, cr1);
}

static void v1_sends_and_receives_a_frame_apart(void **state)
{
	start_v1(0x202C);
	assert_int_equal(get(&b, 0), 0xC0);
	put(&b, 4, 'A');
	put(&b, 4, 'B');
	assert_int_equal(get(&b, 0), 0);
	feed(&b, "x");
	pass_us(&b, 999);
	assert_false(b.irq[10]);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0), 0xA0);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 4), 'x');
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_string_equal(b.sent, "AB");
	assert_int_equal(get(&b, 0) & 0xC0, 0xC0);
	bench_end(&b);
}

static void v1_overrun_and_idle_go_by_reading_status_then_data(void **state)
{
	start_v1(0x2034);
	feed(&b, "xyz");
	pass_us(&b, 4000);
	assert_true(b.irq[10]); /* IDLE */
	assert_int_equal(get(&b, 0) & 0x38, 0x38);
	assert_int_equal(get(&b, 4), 'x');
	assert_int_equal(get(&b, 0) & 0x38, 0);
	assert_false(b.irq[10]);
	bench_end(&b);
}

static void v1_tc_and_rxne_go_by_writing_zero(void **state)
{
	start_v1(0x200C);
	put(&b, 4, 'A');
	feed(&b, "x");
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 0), 0xE0);
	put(&b, 0, ~0x60u);
	assert_int_equal(get(&b, 0), 0x80);
	bench_end(&b);
}

/* CMSDK: DATA 0, STATE 4, CTRL 8, INTSTATUS C, BAUDDIV 10 */
static void start_cmsdk(uint32_t ctrl)
{
	memset(&b, 0, sizeof b);
	assert_true(bench_start(&b, "cmsdk-uart", HZ));
	put(&b, 0x10, 100);
	put(&b, 8, ctrl);
}

static void cmsdk_sends_through_one_byte_of_buffer(void **state)
{
	start_cmsdk(0x05);
	put(&b, 0, 'A');
	assert_int_equal(get(&b, 4), 0);
	put(&b, 0, 'B');
	assert_int_equal(get(&b, 4), 1);
	put(&b, 0, 'C');
	assert_int_equal(get(&b, 4), 5); /* overrun */
	put(&b, 4, 4);
	assert_int_equal(get(&b, 4), 1);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 4), 0);
	assert_true(b.irq[11]); /* the buffer is free */
	put(&b, 0xC, 1);
	assert_false(b.irq[11]);
	pass_us(&b, 1000);
	assert_string_equal(b.sent, "AB");
	assert_false(b.irq[11]);
	bench_end(&b);
}

static void cmsdk_receives_with_interrupt_and_overrun(void **state)
{
	start_cmsdk(0x2A);
	feed(&b, "xy");
	pass_us(&b, 1000);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 0xC), 2);
	assert_int_equal(get(&b, 4), 2);
	put(&b, 0xC, 2);
	assert_false(b.irq[10]);
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 4), 0xA);
	assert_true(b.irq[12]);
	assert_int_equal(get(&b, 0xC), 0xA);
	put(&b, 0xC, 0xA);
	assert_false(b.irq[12]);
	assert_int_equal(get(&b, 0), 'y');
	assert_int_equal(get(&b, 4), 0);
	bench_end(&b);
}

static void cmsdk_tells_its_identity(void **state)
{
	start_cmsdk(0);
	assert_int_equal(get(&b, 0xFE0) | get(&b, 0xFE4) << 8, 0xB821);
	assert_int_equal(get(&b, 0xFF0), 0x0D);
	assert_int_equal(get(&b, 0xFFC), 0xB1);
	bench_end(&b);
}

static void bytes_from_outside_queue_without_limit(void **state)
{
	start_v2(0x05);
	char text[2];
	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof text, "%c", 'a' + i % 26);
		feed(&b, text);
	}
	for (int i = 0; i < 3000; i++) {
		pass_us(&b, 1000);
		assert_int_equal(get(&b, 0x24), 'a' + i % 26);
	}
	feed(&b, "!");
	pass_us(&b, 1000);
	assert_int_equal(get(&b, 0x24), '!');
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_starts_ready_to_send),
		cmocka_unit_test(v2_bytes_leave_a_frame_apart),
		cmocka_unit_test(v2_frame_time_follows_length_prescaler_oversampling_and_kernel_clock),
		cmocka_unit_test(v2_a_new_core_clock_changes_the_pace_of_the_next_byte),
		cmocka_unit_test(v2_a_byte_from_outside_takes_a_frame_and_raises_rxne),
		cmocka_unit_test(v2_an_unread_byte_makes_an_overrun_and_stays),
		cmocka_unit_test(v2_an_idle_line_is_told_a_frame_after_the_last_byte),
		cmocka_unit_test(v2_times_out_and_matches_characters_when_told_to),
		cmocka_unit_test(v2_sends_by_interrupt),
		cmocka_unit_test(v2_fifo_mode_holds_eight_bytes_each_way),
		cmocka_unit_test(v2_switched_off_gives_up_what_was_under_way),
		cmocka_unit_test(v2_never_set_up_sends_all_the_same_and_says_so),
		cmocka_unit_test(v2_requests_flush_its_buffers),
		cmocka_unit_test(v2_asks_for_dma_while_it_has_room_or_bytes),
		cmocka_unit_test(v1_sends_and_receives_a_frame_apart),
		cmocka_unit_test(v1_overrun_and_idle_go_by_reading_status_then_data),
		cmocka_unit_test(v1_tc_and_rxne_go_by_writing_zero),
		cmocka_unit_test(cmsdk_sends_through_one_byte_of_buffer),
		cmocka_unit_test(cmsdk_receives_with_interrupt_and_overrun),
		cmocka_unit_test(cmsdk_tells_its_identity),
		cmocka_unit_test(bytes_from_outside_queue_without_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
