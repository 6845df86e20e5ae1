/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench-stock raw|block cortex-m0plus|cortex-m4|cortex-m33|cortex-m7 FIRMWARE.elf
 *
 * Runs a benchmark firmware on Unicorn as it comes, with nothing of ours in the process that could speed it up:
 * no hook at all (raw), or one UC_HOOK_BLOCK that counts (block). No interrupts: firmware that needs them cannot
 * run here. Prints one JSON object: processor time, blocks, what the firmware said.
 */
#include "sim/image.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unicorn/unicorn.h>

#define MIB (UINT64_C(1) << 20)

struct stock {
	uc_engine *uc;
	uint64_t blocks;
	char text[256];
	size_t used;
	bool ended;
};

static void on_block(uc_engine *uc, uint64_t at, uint32_t bytes, void *context)
{
	((struct stock *)context)->blocks++;
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *context)
{
	((struct stock *)context)->ended = number == 7; /* BKPT */
	uc_emu_stop(uc);
}

static uint64_t read_uart(uc_engine *uc, uint64_t offset, unsigned size, void *context)
{
	return 0;
}

static void write_uart(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context)
{
	struct stock *stock = context;
	if (offset == 0 && stock->used + 1 < sizeof stock->text && value != '\n')
		stock->text[stock->used++] = (char)value;
}

/* What sim/takeover.c replaces must be the library's own here, else this is not the library as it comes. */
static bool untouched(void)
{
	void *ours = dlsym(RTLD_DEFAULT, "tlb_set_page_with_attrs_arm");
	Dl_info about;
	return !ours || (dladdr(ours, &about) && strstr(about.dli_fname, "libunicorn"));
}

static double cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool set_up(struct stock *stock, int model, bool block)
{
	static uc_hook hooks[2];
	if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &stock->uc) || uc_ctl_set_cpu_model(stock->uc, model))
		return false;
	uc_engine *uc = stock->uc;
	return !uc_mem_map(uc, 0, 4 * MIB, UC_PROT_ALL) && !uc_mem_map(uc, 0x20000000, 4 * MIB, UC_PROT_ALL) &&
	       !uc_mem_map(uc, 0xE000E000, 0x1000, UC_PROT_READ | UC_PROT_WRITE) &&
	       !uc_mmio_map(uc, 0x40004000, 0x1000, read_uart, stock, write_uart, stock) &&
	       !uc_hook_add(uc, &hooks[0], UC_HOOK_INTR, (void *)on_interrupt, stock, (uint64_t)1, (uint64_t)0) &&
	       (!block || !uc_hook_add(uc, &hooks[1], UC_HOOK_BLOCK, (void *)on_block, stock, (uint64_t)1, (uint64_t)0));
}

static bool load(struct stock *stock, const struct sim_image *image)
{
	for (unsigned i = 0; i < image->segments; i++)
		if (uc_mem_write(stock->uc, image->segment[i].at, image->segment[i].data, image->segment[i].bytes))
			return false;
	uint32_t vectors[2];
	if (uc_mem_read(stock->uc, image->vectors, vectors, sizeof vectors) ||
	    uc_reg_write(stock->uc, UC_ARM_REG_SP, &vectors[0]))
		return false;
	return true;
}

static int model_of(const char *core)
{
	static const struct { const char *name; int model; } MODELS[] = {
		{"cortex-m0plus", UC_CPU_ARM_CORTEX_M0}, /* it has no M0+ */
		{"cortex-m33", UC_CPU_ARM_CORTEX_M33},
		{"cortex-m7", UC_CPU_ARM_CORTEX_M7},
	};
	for (unsigned i = 0; i < sizeof MODELS / sizeof *MODELS; i++)
		if (strcmp(core, MODELS[i].name) == 0)
			return MODELS[i].model;
	return UC_CPU_ARM_CORTEX_M4;
}

int main(int argc, char **argv)
{
	struct stock stock = {0};
	struct sim_image image;
	struct err err;
	uint32_t reset = 0;
	if (argc != 4) {
		fprintf(stderr, "usage: bench-stock raw|block cortex-m0plus|cortex-m4|cortex-m33|cortex-m7 FIRMWARE.elf\n");
		return 2;
	}
	if (!untouched()) {
		fprintf(stderr, "bench-stock: this process has taken over parts of the library\n");
		return 4;
	}
	int model = model_of(argv[2]);
	if (!sim_image_read(argv[3], 0, &image, &err)) {
		fprintf(stderr, "bench-stock: %s\n", err.text);
		return 2;
	}
	if (!set_up(&stock, model, strcmp(argv[1], "block") == 0) || !load(&stock, &image) ||
	    uc_mem_read(stock.uc, image.vectors + 4, &reset, sizeof reset)) {
		fprintf(stderr, "bench-stock: the library cannot be set up\n");
		return 4;
	}
	double began = cpu_now();
	uc_err why = uc_emu_start(stock.uc, reset | 1, 0xFFFFFFFE, 0, 0);
	double cpu_s = cpu_now() - began;
	printf("{\"cpu_s\": %.9f, \"blocks\": %llu, \"text\": \"%s\"}\n", cpu_s, (unsigned long long)stock.blocks, stock.text);
	if (!stock.ended)
		fprintf(stderr, "bench-stock: %s did not end: %s\n", argv[3], uc_strerror(why));
	uc_close(stock.uc);
	sim_image_free(&image);
	return stock.ended ? 0 : 2;
}
