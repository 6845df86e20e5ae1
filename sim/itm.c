/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instrumentation Trace Macrocell: 32 stimulus ports that firmware writes and a debugger reads.
 *
 *   E0000000 … 7C  ports   E0000E00 TER   E40 TPR   E80 TCR   FB0 LAR   FB4 LSR
 *
 * Source: Armv7-M ARM (DDI 0403) C1.7. As with a debugger that listens: switched on and all ports enabled at reset,
 * always ready. Port 0 is text, told as a UART named "itm"; port 31 takes the firmware's marks, on every core.
 * Not modelled: timestamps, and the time that a slow trace pin would hold the firmware up.
 */
#include "sim/machine_state.h"

#include <string.h>

#define PORTS_END 0xE0000080u
#define MARK_PORT 0xE000007Cu
enum { TER = 0xE0000E00, TPR = 0xE0000E40, TCR = 0xE0000E80 };
enum { TCR_ITMENA = 1 };

static void mark(struct sim_machine *machine, uint32_t at)
{
	uint32_t word[7];
	const uint8_t *host = sim_space_host(&machine->space, at, sizeof word);
	if (!host || !machine->observer.mark)
		return;
	memcpy(word, host, sizeof word);
	struct sim_mark told = {word[0], word[1], word[2], word[3], word[4], word[5], word[6]};
	machine->observer.mark(machine->observer.context, sim_machine_when(machine, sim_visit_exact_cycle(machine)),
			       &told);
}

static void text(struct sim_machine *machine, unsigned size, uint32_t value)
{
	const struct sim_scs *scs = &machine->scs;
	if (!machine->observer.uart || !(scs->itm_tcr & TCR_ITMENA) || !(scs->itm_ter & 1))
		return;
	for (unsigned i = 0; i < size; i++)
		machine->observer.uart(machine->observer.context, sim_machine_when(machine, machine->clock.cycle), "itm",
				       (uint8_t)(value >> (8 * i)));
}

uint32_t sim_itm_read(const struct sim_machine *machine, uint32_t at)
{
	if (at < PORTS_END)
		return 1; /* ready */
	switch (at) {
	case TER: return machine->scs.itm_ter;
	case TPR: return machine->scs.itm_tpr;
	case TCR: return machine->scs.itm_tcr;
	default: return 0;
	}
}

void sim_itm_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	if (at == MARK_PORT && size == 4)
		mark(machine, value);
	if (machine->board.core <= SIM_M0PLUS)
		return; /* no ITM there: the mark port alone */
	if (at < 0xE0000004u)
		text(machine, size, value);
	else if (at == TER)
		scs->itm_ter = value;
	else if (at == TPR)
		scs->itm_tpr = value & 0xF;
	else if (at == TCR)
		scs->itm_tcr = value & 0x007F0F1Fu;
}

void sim_itm_reset(struct sim_machine *machine)
{
	machine->scs.itm_ter = 0xFFFFFFFFu;
	machine->scs.itm_tcr = TCR_ITMENA;
}
