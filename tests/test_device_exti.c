/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classic: IMR 0, EMR 4, RTSR 8, FTSR C, SWIER 10, PR 14; split: RTSR 0, FTSR 4, SWIER 8, RPR C, FPR 10, EXTICR 60, IMR 80. */
#include "device_fixture.h"

#include "sim/machine_state.h"

static struct bench b;

static void start(const char *layout)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "layout", layout);
	bench_option(&b, "banks", "2");
	bench_option(&b, "groups", "0-1 2-3 4-15");
	bench_option(&b, "ports", "0x50000000");
	bench_option(&b, "exticr", "0x20000008");
	bench_option(&b, "imr2", "0x87");
	if (!bench_start(&b, "stm32-exti", 1000000))
		fail_msg("%s", b.err.text);
}

/* Pins of port `index` go from `old` to `levels`. */
static void pins(unsigned index, uint32_t old, uint32_t levels)
{
	struct sim_placement place = {.at = 0x50000000 + index * 0x400};
	struct sim_device port = {.place = &place};
	b.device.type->port_changed(&b.device, &port, old, levels);
}

static void software_pends_a_line_that_is_let_through_and_writing_1_clears_it(void **state)
{
	start("classic");
	put(&b, 0x10, 1 << 3); /* masked */
	assert_int_equal(get(&b, 0x14), 0);
	put(&b, 0x14, 1 << 3);
	put(&b, 0x00, 1 << 3);
	put(&b, 0x10, 1 << 3);
	assert_int_equal(get(&b, 0x10), 1 << 3);
	assert_int_equal(get(&b, 0x14), 1 << 3);
	assert_true(b.irq[11]);
	assert_false(b.irq[10] || b.irq[12]);
	put(&b, 0x14, 1 << 2); /* another's bit */
	assert_true(b.irq[11]);
	put(&b, 0x14, 1 << 3);
	assert_false(b.irq[11]);
	assert_int_equal(get(&b, 0x10) | get(&b, 0x14), 0);
	put(&b, 0x10, 1 << 3);
	assert_int_equal(b.raised[11], 2);
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

static void an_edge_of_the_chosen_port_interrupts_as_rtsr_and_ftsr_say(void **state)
{
	start("classic");
	b.memory[8 + 4] = 2 << 4; /* EXTICR2: line 5 listens to port C */
	put(&b, 0x00, 1 << 5);
	put(&b, 0x08, 1 << 5);
	pins(1, 0, 1 << 5);
	pins(2, 1 << 5, 0);
	pins(2, 0, 1 << 4);
	assert_int_equal(get(&b, 0x14), 0);
	pins(2, 0, 1 << 5);
	assert_int_equal(get(&b, 0x14), 1 << 5);
	assert_true(b.irq[12]);
	put(&b, 0x14, 1 << 5);
	put(&b, 0x0C, 1 << 5);
	pins(2, 1 << 5, 0);
	assert_int_equal(b.raised[12], 2);
	put(&b, 0x00, 0);
	assert_false(b.irq[12]);
	assert_int_equal(get(&b, 0x14), 1 << 5); /* pends behind the mask */
	bench_end(&b);
}

static void the_split_layout_tells_rising_from_falling(void **state)
{
	start("split");
	put(&b, 0x60, 5 << 8); /* line 1: port F */
	put(&b, 0x80, 1 << 1);
	put(&b, 0x00, 1 << 1);
	put(&b, 0x04, 1 << 1);
	pins(0, 0, 2);
	assert_false(b.irq[10]);
	pins(5, 0, 2);
	assert_int_equal(get(&b, 0x0C), 2);
	assert_int_equal(get(&b, 0x10), 0);
	pins(5, 2, 0);
	assert_int_equal(get(&b, 0x10), 2);
	put(&b, 0x0C, 2);
	assert_true(b.irq[10]);
	put(&b, 0x10, 2);
	assert_false(b.irq[10]);
	put(&b, 0x08, 2); /* software: as a rising edge */
	assert_int_equal(get(&b, 0x08), 0);
	assert_int_equal(get(&b, 0x0C), 2);
	assert_true(b.irq[10]);
	bench_end(&b);
}

static void the_h7_has_masks_and_pending_bits_apart(void **state)
{
	start("h7");
	put(&b, 0x80, 1 << 15);
	put(&b, 0x08, 1 << 15 | 1);
	assert_int_equal(get(&b, 0x88), 1 << 15 | 1);
	assert_true(b.irq[12]);
	assert_false(b.irq[10]);
	put(&b, 0x88, 1 << 15);
	assert_false(b.irq[12]);
	assert_int_equal(b.unmodelled, 0);
	put(&b, 0x0C, 1); /* D3PMR1 */
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

static void the_second_bank_is_kept_apart_and_events_are_reported(void **state)
{
	start("classic");
	assert_int_equal(get(&b, 0x20), 0x87);
	put(&b, 0x30, 1);
	assert_int_equal(get(&b, 0x34), 1);
	assert_int_equal(get(&b, 0x14), 0);
	assert_int_equal(b.raised[10], 0);
	put(&b, 0x04, 0);
	assert_int_equal(b.unmodelled, 0);
	put(&b, 0x04, 1);
	assert_int_equal(get(&b, 0x04), 1);
	assert_int_equal(b.unmodelled, 1);
	b.device.type->reset(&b.device);
	assert_int_equal(get(&b, 0x34), 0);
	bench_end(&b);
}

static void a_wrong_layout_is_refused(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "layout", "v9");
	assert_false(bench_start(&b, "stm32-exti", 1000000));
	assert_string_equal(b.err.text, "board.yaml: 'v9' is no layout of device 'dut'; classic, h7 or split is expected");
	bench_end(&b);
}

/* --- the shipped boards: a pin that firmware drives itself, through port choice and mask, to the NVIC ----------------- */

static const struct placed {
	const char *board;
	uint32_t port_b, mode, drive; /* of port B: the mode register and its value for pin 2 as output; BSRR's offset */
	uint32_t choice, value;       /* line 2 listens to port B */
	uint32_t mask, rising;
	int irq;
} PLACED[] = {
	{"nucleo-f103rb", 0x40010C00, 0x44444144, 0x10, 0x40010008, 1 << 8, 0x40010400, 0x40010408, 8},
	{"nucleo-l4r5zi", 0x48000400, 0xFFFFFFDF, 0x18, 0x40010008, 1 << 8, 0x40010400, 0x40010408, 8},
	{"disco-f746ng", 0x40020400, 0x00000010, 0x18, 0x40013808, 1 << 8, 0x40013C00, 0x40013C08, 8},
	{"nucleo-h7a3zi", 0x58020400, 0xFFFFFFDF, 0x18, 0x58000408, 1 << 8, 0x58000080, 0x58000000, 8},
	{"nucleo-g0b1re", 0x50000400, 0xFFFFFFDF, 0x18, 0x40021860, 1 << 16, 0x40021880, 0x40021800, 6},
	{"nucleo-u575zi", 0x42020400, 0xFFFFFFDF, 0x18, 0x46022060, 1 << 16, 0x46022080, 0x46022000, 13},
};

static bool raised(struct sim_machine *machine, int irq)
{
	return sim_nvic_bit(machine->nvic.pending, SIM_EXC_IRQ0 + (unsigned)irq);
}

static void on_every_board_a_pin_reaches_the_interrupt_of_its_line(void **state)
{
	for (unsigned i = 0; i < sizeof PLACED / sizeof *PLACED; i++) {
		const struct placed *p = &PLACED[i];
		static struct sim_board board;
		struct sim_machine_options options = {0};
		struct sim_machine *machine;
		struct err err;
		assert_true(sim_board_read(p->board, &board, &err));
		assert_true(sim_machine_create(&board, &options, &machine, &err));
		sim_nvic_reset(&machine->nvic, board.irq_count, board.priority_bits);
		sim_bus_reset(machine);
		const struct sim_wires *wires = &machine->wires;
		assert_true(wires->bus_write(machine, p->port_b, 4, p->mode));
		assert_true(wires->bus_write(machine, p->mask, 4, 1 << 2));
		assert_true(wires->bus_write(machine, p->rising, 4, 1 << 2));
		assert_true(wires->bus_write(machine, p->port_b + p->drive, 4, 1 << 2)); /* line 2 listens to port A yet */
		assert_false(raised(machine, p->irq));
		assert_true(wires->bus_write(machine, p->choice, 4, p->value));
		assert_true(wires->bus_write(machine, p->port_b + p->drive, 4, 1 << 18));
		assert_false(raised(machine, p->irq));
		assert_true(wires->bus_write(machine, p->port_b + p->drive, 4, 1 << 2));
		assert_true(raised(machine, p->irq));
		sim_machine_destroy(machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(software_pends_a_line_that_is_let_through_and_writing_1_clears_it),
		cmocka_unit_test(an_edge_of_the_chosen_port_interrupts_as_rtsr_and_ftsr_say),
		cmocka_unit_test(the_split_layout_tells_rising_from_falling),
		cmocka_unit_test(the_h7_has_masks_and_pending_bits_apart),
		cmocka_unit_test(the_second_bank_is_kept_apart_and_events_are_reported),
		cmocka_unit_test(a_wrong_layout_is_refused),
		cmocka_unit_test(on_every_board_a_pin_reaches_the_interrupt_of_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
