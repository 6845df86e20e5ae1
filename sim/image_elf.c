/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF firmware, read through libelf: 32-bit little-endian Arm executables. What is loaded are the bytes of the
 * program headers at their physical addresses (p_paddr: where a programmer would put them), not at the virtual
 * ones (where start-up code will copy them).
 *
 * Every number in the file is checked before it is used: files come from strangers.
 */
#include "sim/image_format.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint32_t name; /* offset in `names` */
	uint32_t value, bytes;
	bool global;
};

struct sim_image_symbols {
	struct symbol *symbol; /* sorted by name */
	size_t symbols;
	char *names;
};

struct reader {
	struct sim_image *image;
	const uint8_t *bytes;
	size_t size;
	Elf *elf;
};

static const char *const vector_sections[] = { ".isr_vector", ".vectors", ".vector_table", ".intvecs" };
static const char *const vector_symbols[] = { "g_pfnVectors", "__isr_vector", "__Vectors", "__vector_table",
					      "_vector_table", "vector_table" };

static bool check_header(struct reader *r, struct err *err)
{
	const char *path = r->image->path;
	if (r->size < sizeof(Elf32_Ehdr))
		return err_input(err, "%s: ELF file cut short: %zu bytes, the header alone has %zu", path, r->size,
				 sizeof(Elf32_Ehdr));
	Elf32_Ehdr header;
	memcpy(&header, r->bytes, sizeof header);
	if (header.e_ident[EI_CLASS] != ELFCLASS32)
		return err_input(err, "%s: a 64-bit ELF file; 32-bit Arm is expected", path);
	if (header.e_ident[EI_DATA] != ELFDATA2LSB)
		return err_input(err, "%s: a big-endian ELF file; little-endian Arm is expected", path);
	if (header.e_machine != EM_ARM)
		return err_input(err, "%s: an ELF file for machine %u; Arm (40) is expected", path, header.e_machine);
	if (header.e_type == ET_REL)
		return err_input(err, "%s: an object file that has not been linked; an executable is expected", path);
	if (header.e_type != ET_EXEC)
		return err_input(err, "%s: an ELF file of type %u; an executable (2) is expected", path, header.e_type);
	r->image->entry = header.e_entry;
	return true;
}

/*
 * A linker may start a segment at the file's own headers to save a page. Those bytes belong to no section and
 * lie before the flash: returns how many to leave out at the segment's front.
 */
static uint32_t padding_in_front(struct reader *r, const GElf_Phdr *header)
{
	uint64_t first = UINT64_MAX;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(r->elf, scn)) != NULL;) {
		GElf_Shdr section;
		if (!gelf_getshdr(scn, &section) || !(section.sh_flags & SHF_ALLOC) ||
		    section.sh_type == SHT_NOBITS || section.sh_size == 0)
			continue;
		if (section.sh_offset >= header->p_offset &&
		    section.sh_offset < header->p_offset + header->p_filesz && section.sh_offset < first)
			first = section.sh_offset;
	}
	return first == UINT64_MAX ? 0 : (uint32_t)(first - header->p_offset);
}

static bool add_segment(struct reader *r, unsigned index, const GElf_Phdr *header, struct err *err)
{
	const char *path = r->image->path;
	if (header->p_offset > r->size || header->p_filesz > r->size - header->p_offset)
		return err_input(err, "%s: program header %u wants %llu bytes at offset %llu, but the file has only %zu "
				 "bytes", path, index, (unsigned long long)header->p_filesz,
				 (unsigned long long)header->p_offset, r->size);
	if (header->p_memsz < header->p_filesz)
		return err_input(err, "%s: program header %u: %llu bytes in the file, but only %llu in memory", path,
				 index, (unsigned long long)header->p_filesz, (unsigned long long)header->p_memsz);
	if (header->p_paddr + header->p_filesz > UINT64_C(1) << 32)
		return err_input(err, "%s: program header %u: %llu bytes at 0x%08llx reach past the end of the address "
				 "space", path, index, (unsigned long long)header->p_filesz,
				 (unsigned long long)header->p_paddr);
	uint32_t skip = padding_in_front(r, header);
	return sim_image_add(r->image, (uint32_t)header->p_paddr + skip, r->bytes + header->p_offset + skip,
			     (uint32_t)header->p_filesz - skip, err);
}

static bool read_segments(struct reader *r, struct err *err)
{
	size_t count;
	if (elf_getphdrnum(r->elf, &count) != 0)
		return err_input(err, "%s: ELF program headers cannot be read: %s", r->image->path, elf_errmsg(-1));
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;
		if (!gelf_getphdr(r->elf, (int)i, &header))
			return err_input(err, "%s: ELF program header %zu cannot be read: %s", r->image->path, i,
					 elf_errmsg(-1));
		if (header.p_type == PT_LOAD && header.p_filesz > 0 &&
		    !add_segment(r, (unsigned)i, &header, err))
			return false;
	}
	return true;
}

/* Where the bytes with a run-time address lie in flash. */
static uint32_t load_address(struct reader *r, uint32_t address)
{
	size_t count = 0;
	elf_getphdrnum(r->elf, &count);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr h;
		if (gelf_getphdr(r->elf, (int)i, &h) && h.p_type == PT_LOAD && address >= h.p_vaddr &&
		    address - h.p_vaddr < h.p_filesz)
			return (uint32_t)(h.p_paddr + (address - h.p_vaddr));
	}
	return address;
}

enum { MAX_VARIABLE_RANGES = 256 }; /* no linker script has so many; a hostile file may */

static bool add_variables(struct sim_image *image, const GElf_Shdr *section, struct err *err)
{
	if (image->variable_ranges == MAX_VARIABLE_RANGES)
		return true;
	struct sim_range *grown = realloc(image->variables, (image->variable_ranges + 1) * sizeof *grown);
	if (!grown)
		return err_internal(err, "out of memory");
	image->variables = grown;
	grown[image->variable_ranges++] = (struct sim_range){ (uint32_t)section->sh_addr, (uint32_t)section->sh_size };
	return true;
}

static bool count_section(struct sim_image *image, const GElf_Shdr *section, struct err *err)
{
	if (!(section->sh_flags & SHF_ALLOC) || section->sh_size == 0)
		return true;
	if (section->sh_type == SHT_NOBITS)
		image->bss_bytes += (uint32_t)section->sh_size;
	else if (section->sh_flags & SHF_WRITE)
		image->data_bytes += (uint32_t)section->sh_size;
	else
		image->text_bytes += (uint32_t)section->sh_size;
	return !(section->sh_flags & SHF_WRITE) || add_variables(image, section, err);
}

/* Without sections (a stripped file) the program headers say nearly the same. */
static void count_segments(struct reader *r)
{
	size_t count = 0;
	elf_getphdrnum(r->elf, &count);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr h;
		if (!gelf_getphdr(r->elf, (int)i, &h) || h.p_type != PT_LOAD)
			continue;
		*(h.p_flags & PF_W ? &r->image->data_bytes : &r->image->text_bytes) += (uint32_t)h.p_filesz;
		r->image->bss_bytes += (uint32_t)(h.p_memsz - h.p_filesz);
	}
}

static bool is_vector_section(const char *name)
{
	for (unsigned i = 0; name && i < sizeof vector_sections / sizeof *vector_sections; i++)
		if (strcmp(name, vector_sections[i]) == 0)
			return true;
	return false;
}

static int by_name(const struct sim_image_symbols *all, const struct symbol *a, const char *name)
{
	return strcmp(all->names + a->name, name);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct sim_image_symbols *all = context;
	const struct symbol *x = a, *y = b;
	int order = by_name(all, x, all->names + y->name);
	if (order)
		return order;
	if (x->global != y->global)
		return x->global ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static bool take_symbol(const GElf_Sym *from, size_t names_bytes, const char *names, struct symbol *ret)
{
	unsigned type = GELF_ST_TYPE(from->st_info);
	if (from->st_shndx == SHN_UNDEF || (type != STT_NOTYPE && type != STT_OBJECT && type != STT_FUNC))
		return false;
	if (from->st_name == 0 || from->st_name >= names_bytes || names[from->st_name] == '$')
		return false;
	*ret = (struct symbol){
		.name = from->st_name,
		.value = (uint32_t)from->st_value & (type == STT_FUNC ? ~1u : ~0u),
		.bytes = (uint32_t)from->st_size,
		.global = GELF_ST_BIND(from->st_info) != STB_LOCAL,
	};
	return true;
}

/* A damaged symbol table costs the symbols, not the image: the bytes to run are not in it. */
static bool read_symbols(struct reader *r, Elf_Scn *scn, const GElf_Shdr *section, struct err *err)
{
	Elf_Scn *strings = elf_getscn(r->elf, section->sh_link);
	Elf_Data *table = elf_getdata(scn, NULL), *text = strings ? elf_getdata(strings, NULL) : NULL;
	if (!table || !text || !table->d_buf || !text->d_buf || r->image->symbols)
		return true;
	size_t count = table->d_size / sizeof(Elf32_Sym);
	struct sim_image_symbols *all = calloc(1, sizeof *all);
	if (!all)
		return err_internal(err, "%s: out of memory for symbols", r->image->path);
	r->image->symbols = all;
	all->names = malloc(text->d_size + 1);
	all->symbol = malloc((count + 1) * sizeof *all->symbol);
	if (!all->names || !all->symbol)
		return err_internal(err, "%s: out of memory for %zu symbols", r->image->path, count);
	memcpy(all->names, text->d_buf, text->d_size);
	all->names[text->d_size] = 0;
	for (size_t i = 0; i < count; i++) {
		GElf_Sym symbol;
		if (gelf_getsym(table, (int)i, &symbol) &&
		    take_symbol(&symbol, text->d_size, all->names, &all->symbol[all->symbols]))
			all->symbols++;
	}
	qsort_r(all->symbol, all->symbols, sizeof *all->symbol, compare, all);
	return true;
}

static bool read_sections(struct reader *r, bool *ret_has_vectors, struct err *err)
{
	size_t names = 0;
	bool any = false;
	bool named = elf_getshdrstrndx(r->elf, &names) == 0;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(r->elf, scn)) != NULL;) {
		GElf_Shdr section;
		if (!gelf_getshdr(scn, &section))
			continue;
		any = true;
		if (!count_section(r->image, &section, err))
			return false;
		if (section.sh_type == SHT_SYMTAB && !read_symbols(r, scn, &section, err))
			return false;
		if (named && !*ret_has_vectors && section.sh_type == SHT_PROGBITS && section.sh_size > 0 &&
		    (section.sh_flags & SHF_ALLOC) && is_vector_section(elf_strptr(r->elf, names, section.sh_name))) {
			r->image->vectors = load_address(r, (uint32_t)section.sh_addr);
			*ret_has_vectors = true;
		}
	}
	if (!any)
		count_segments(r);
	return true;
}

static void find_vectors_by_symbol(struct reader *r, bool *ret_has_vectors)
{
	uint32_t value, bytes;
	for (unsigned i = 0; !*ret_has_vectors && i < sizeof vector_symbols / sizeof *vector_symbols; i++) {
		if (!sim_image_symbol(r->image, vector_symbols[i], &value, &bytes))
			continue;
		r->image->vectors = load_address(r, value);
		*ret_has_vectors = true;
	}
}

bool sim_image_parse_elf(struct sim_image *image, const uint8_t *bytes, size_t size, bool *ret_has_vectors,
			 struct err *err)
{
	struct reader r = { .image = image, .bytes = bytes, .size = size };
	image->format = SIM_IMAGE_ELF;
	if (!check_header(&r, err))
		return false;
	elf_version(EV_CURRENT);
	/* libelf's prototype lacks a const; opened so, it writes nothing. */
	r.elf = elf_memory((char *)(uintptr_t)bytes, size);
	if (!r.elf || elf_kind(r.elf) != ELF_K_ELF) {
		err_input(err, "%s: ELF file cannot be read: %s", image->path, elf_errmsg(-1));
		elf_end(r.elf);
		return false;
	}
	bool ok = read_segments(&r, err) && read_sections(&r, ret_has_vectors, err);
	if (ok)
		find_vectors_by_symbol(&r, ret_has_vectors);
	elf_end(r.elf);
	return ok;
}

void sim_image_symbols_free(struct sim_image_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->symbol);
	free(symbols->names);
	free(symbols);
}

bool sim_image_symbol(const struct sim_image *image, const char *name, uint32_t *ret_value, uint32_t *ret_bytes)
{
	const struct sim_image_symbols *all = image->symbols;
	if (!all)
		return false;
	size_t low = 0, high = all->symbols; /* first symbol not before `name`: the global one, if there is one */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_name(all, &all->symbol[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == all->symbols || by_name(all, &all->symbol[low], name) != 0)
		return false;
	*ret_value = all->symbol[low].value;
	*ret_bytes = all->symbol[low].bytes;
	return true;
}
