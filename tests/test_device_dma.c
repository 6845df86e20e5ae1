/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DMA controllers: their registers on a bench, and firmware that copies, receives and sends on four boards. */
#include "device_fixture.h"

#include "sim/machine.h"

static struct bench b;

#define RAM 0x20000000u
#define PERIPHERAL 0x40004428u

static void start(const char *type, const char *key, const char *value)
{
	memset(&b, 0, sizeof b);
	if (key)
		bench_option(&b, key, value);
	assert_true(bench_start(&b, type, 1000000));
	for (unsigned i = 0; i < 256; i++)
		b.memory[i] = (uint8_t)i;
}

static bool serve(uint32_t at, bool write)
{
	return b.device.type->dma_transfer(&b.device, at, write);
}

/* Channels: ISR 0, IFCR 4, channel 1: CCR 8, CNDTR C, CPAR 10, CMAR 14. The peripheral here is a byte of the memory. */

static void a_channel_moves_an_item_whenever_its_peripheral_asks(void **state)
{
	start("stm32-dma", NULL, NULL);
	put(&b, 0xC, 4);
	put(&b, 0x10, RAM + 3);
	put(&b, 0x14, RAM + 512);
	put(&b, 8, 1 | 1 << 1 | 1 << 2 | 1 << 7); /* from the peripheral, memory steps; half and full interrupt */
	assert_int_equal(b.ready_at, RAM + 3);
	assert_false(serve(RAM + 4, false));
	assert_false(serve(RAM + 3, true));
	assert_true(serve(RAM + 3, false));
	assert_int_equal(get(&b, 0xC), 3);
	assert_int_equal(get(&b, 0), 0);
	b.memory[3] = 99;
	assert_true(serve(RAM + 3, false));
	assert_int_equal(get(&b, 0), 5); /* half, and the global flag */
	assert_true(b.irq[10]);
	put(&b, 4, 1);
	assert_false(b.irq[10]);
	assert_true(serve(RAM + 3, false));
	assert_true(serve(RAM + 3, false));
	assert_false(serve(RAM + 3, false));
	assert_int_equal(get(&b, 0), 3);
	assert_int_equal(b.memory[512], 3);
	assert_int_equal(b.memory[513], 99);
	assert_int_equal(b.memory[516], 0);
	put(&b, 0xC, 7); /* locked while the channel is enabled */
	assert_int_equal(get(&b, 0xC), 0);
	bench_end(&b);
}

static void a_circular_channel_starts_over(void **state)
{
	start("stm32-dma", NULL, NULL);
	put(&b, 0xC, 2);
	put(&b, 0x10, RAM + 600);
	put(&b, 0x14, RAM + 10);
	put(&b, 8, 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8); /* to the peripheral, 16 bits there */
	for (int i = 0; i < 5; i++)
		assert_true(serve(RAM + 600, true));
	assert_int_equal(b.memory[600], 10); /* 10, 11, 10, 11, 10 */
	assert_int_equal(get(&b, 0xC), 1);
	put(&b, 8, 0);
	assert_int_equal(get(&b, 0xC), 1);
	assert_false(serve(RAM + 600, true));
	bench_end(&b);
}

static void memory_is_copied_in_time_and_errors_are_told(void **state)
{
	start("stm32-dma", NULL, NULL);
	put(&b, 0xC, 10);
	put(&b, 0x10, RAM);
	put(&b, 0x14, RAM + 512);
	put(&b, 8, 1 | 1 << 1 | 3 << 6 | 2 << 8 | 2 << 10 | 1 << 14);
	pass_us(&b, 49);
	assert_int_equal(get(&b, 0), 0);
	pass_us(&b, 1);
	assert_int_equal(get(&b, 0), 7);
	assert_memory_equal(b.memory, b.memory + 512, 40);
	assert_int_equal(b.memory[552], 0);
	put(&b, 8, 0);
	put(&b, 4, 15);
	put(&b, 0x14, 0x60000000);
	put(&b, 0xC, 10);
	put(&b, 8, 1 | 1 << 3 | 3 << 6 | 1 << 14);
	b.irq[10] = false;
	pass_us(&b, 50);
	assert_int_equal(get(&b, 0), 9);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 8) & 1, 0); /* an error switches the channel off */
	bench_end(&b);
}

static void channels_may_share_an_interrupt(void **state)
{
	start("stm32-dma", "groups", "1 2-3 4-7");
	put(&b, 0x30 + 4, 1); /* channel 3 */
	put(&b, 0x30 + 8, RAM);
	put(&b, 0x30 + 12, RAM + 512);
	put(&b, 0x30, 3);
	assert_true(serve(RAM, false));
	assert_true(b.irq[11]);
	assert_false(b.irq[10]);
	bench_end(&b);
	memset(&b, 0, sizeof b);
	bench_option(&b, "groups", "1 2-9");
	assert_false(bench_start(&b, "stm32-dma", 1000000));
	assert_string_equal(b.err.text, "board.yaml: '1 2-9' is no groups of device 'dut'; channels 1 … 7 as in '1 2-3' are "
			    "expected");
	bench_end(&b);
}

/* Streams: LISR 0, HISR 4, LIFCR 8, HIFCR C, stream 0: CR 10, NDTR 14, PAR 18, M0AR 1C. */

static void a_stream_that_is_done_switches_itself_off(void **state)
{
	start("stm32-dma", "layout", "streams");
	uint32_t s5 = 0x10 + 5 * 24;
	put(&b, s5 + 4, 2);
	put(&b, s5 + 8, RAM + 1);
	put(&b, s5 + 12, RAM + 512);
	put(&b, s5, 1 | 1 << 4 | 1 << 10);
	assert_true(serve(RAM + 1, false));
	assert_int_equal(get(&b, s5) & 1, 1);
	assert_true(serve(RAM + 1, false));
	assert_int_equal(get(&b, s5) & 1, 0);
	assert_int_equal(get(&b, 4), 0x30 << 6);
	assert_int_equal(get(&b, 0), 0);
	put(&b, 0xC, 0x3D << 6);
	assert_int_equal(get(&b, 4), 0);
	put(&b, s5, 1 | 1 << 18); /* two buffers: not modelled */
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

/* GPDMA, channel 0: CFCR 5C, CSR 60, CCR 64, CTR1 90, CTR2 94, CBR1 98, CSAR 9C, CDAR A0, CLLR CC. */

static void a_gpdma_channel_walks_its_list(void **state)
{
	const uint32_t link[] = {2, RAM + 20, RAM + 700, 0}; /* CBR1, CSAR, CDAR, CLLR */
	start("stm32-gpdma", NULL, NULL);
	memcpy(b.memory + 256, link, sizeof link);
	assert_int_equal(get(&b, 0x60), 1); /* idle */
	put(&b, 0x50, RAM);
	put(&b, 0x90, 1 << 3 | 1 << 19);
	put(&b, 0x94, 1u << 31 | 1 << 9);
	put(&b, 0x98, 3);
	put(&b, 0x9C, RAM + 10);
	put(&b, 0xA0, RAM + 600);
	put(&b, 0xCC, 7u << 27 | 1 << 16 | 256);
	put(&b, 0x64, 1 | 1 << 8);
	pass_us(&b, 15);
	assert_int_equal(b.memory[602], 12);
	assert_int_equal(get(&b, 0x60) & 0x101, 0);
	assert_int_equal(get(&b, 0x98), 2);
	pass_us(&b, 10);
	assert_int_equal(get(&b, 0x60) & 0x101, 0x101);
	assert_int_equal(b.memory[700], 20);
	assert_int_equal(b.memory[701], 21);
	assert_int_equal(get(&b, 0x0C), 1);
	assert_true(b.irq[10]);
	put(&b, 0x5C, 0x100);
	assert_false(b.irq[10]);
	put(&b, 0xCC, 0xF8000000 | 1 << 16);
	put(&b, 0x50, 0x60000000); /* a list where nothing is */
	put(&b, 0x98, 1);
	put(&b, 0x64, 1);
	pass_us(&b, 10);
	assert_int_equal(get(&b, 0x60) & 0x800, 0x800);
	bench_end(&b);
}

/* --- firmware --------------------------------------------------------------------------------------------------------- */

static char heard[64];
static size_t heards;

static void on_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	if (heards + 1 < sizeof heard)
		heard[heards++] = (char)byte;
}

static void firmware_copies_receives_and_sends_by_dma(void **state)
{
	static const struct {
		const char *board, *core;
		uint32_t list;
	} RUN[] = {{"nucleo-f103rb", "m3", 0}, {"nucleo-l4r5zi", "m4", 0}, {"disco-f746ng", "m7", 0}, {"nucleo-u575zi", "m33", 1}};
	for (unsigned i = 0; i < sizeof RUN / sizeof *RUN; i++) {
		static struct sim_board board;
		struct sim_machine_options options = {0};
		struct sim_machine *machine;
		struct sim_image image;
		struct err err;
		uint32_t mailbox[5];
		char path[600];
		heards = 0;
		memset(heard, 0, sizeof heard);
		snprintf(path, sizeof path, "%s/tests/fw/dma-%s.elf", getenv("BUILD_ROOT"), RUN[i].core);
		if (!sim_board_read(RUN[i].board, &board, &err) || !sim_image_read(path, 0, &image, &err) ||
		    !sim_machine_create(&board, &options, &machine, &err) || !sim_machine_load(machine, &image, &err) ||
		    !sim_machine_reset(machine, image.vectors, &err))
			fail_msg("%s", err.text);
		sim_machine_observe(machine, &(struct sim_observer){.uart = on_uart});
		assert_int_equal(sim_machine_run(machine, SIM_PS_PER_S / 50), SIM_STOP_TIME);
		assert_true(sim_machine_read(machine, RAM, mailbox, sizeof mailbox));
		assert_int_equal(mailbox[0], 256);
		assert_int_equal(mailbox[1], 1);
		assert_int_equal(mailbox[2], 0);
		assert_int_equal(mailbox[3], RUN[i].list);
		assert_int_equal(mailbox[4], 1);
		assert_true(sim_machine_uart_send(machine, board.console, "abcdefgh", 8));
		assert_int_equal(sim_machine_run(machine, SIM_PS_PER_S), SIM_STOP_EXIT);
		assert_string_equal(heard, "hgfedcba");
		sim_machine_destroy(machine);
		sim_image_free(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_channel_moves_an_item_whenever_its_peripheral_asks),
		cmocka_unit_test(a_circular_channel_starts_over),
		cmocka_unit_test(memory_is_copied_in_time_and_errors_are_told),
		cmocka_unit_test(channels_may_share_an_interrupt),
		cmocka_unit_test(a_stream_that_is_done_switches_itself_off),
		cmocka_unit_test(a_gpdma_channel_walks_its_list),
		cmocka_unit_test(firmware_copies_receives_and_sends_by_dma),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
