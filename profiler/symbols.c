/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/symbols.h"

#include "profiler/scan.h"
#include "sim/observer.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct named {
	char *name;
	uint32_t value, bytes;
	const char *file;
	unsigned char type, bind;
};

struct line {
	uint32_t at, file; /* file: index + 1; 0 ends a sequence */
	uint32_t line, row; /* row: its place in the ELF */
};

/* Where a function is declared: its first instruction may come from a header that was inlined into it. */
struct declared {
	uint32_t at, file, line;
};

struct prof_symbols {
	struct prof_function **function; /* by number; never moved once made */
	uint32_t *by_address;            /* numbers, sorted by function->at */
	unsigned functions, function_room;
	struct named *named; /* sorted by name */
	size_t nameds, named_room;
	struct line *line; /* sorted by address */
	size_t lines, line_room;
	struct declared *declared; /* sorted by address */
	size_t declareds, declared_room;
	char **file;
	size_t files, file_room;
	struct prof_scan *scan;
};

/* --- growing arrays --------------------------------------------------------------------------------- */

static bool grow(void *array, size_t *room, size_t used, size_t item)
{
	void **at = array;
	if (used < *room)
		return true;
	size_t bigger = *room ? *room * 2 : 256;
	void *moved = realloc(*at, bigger * item);
	if (!moved)
		return false;
	*at = moved;
	*room = bigger;
	return true;
}

static uint32_t file_number(struct prof_symbols *symbols, const char *path)
{
	for (size_t f = symbols->files; f-- > 0;)
		if (strcmp(symbols->file[f], path) == 0)
			return (uint32_t)f + 1;
	char *copy = strdup(path);
	if (!copy || !grow(&symbols->file, &symbols->file_room, symbols->files, sizeof *symbols->file)) {
		free(copy);
		return 0;
	}
	symbols->file[symbols->files++] = copy;
	return (uint32_t)symbols->files;
}

/* --- the functions ---------------------------------------------------------------------------------- */

/* How many functions start at or below pc. */
static unsigned starts_upto(const struct prof_symbols *symbols, uint32_t pc)
{
	unsigned low = 0, high = symbols->functions;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (symbols->function[symbols->by_address[middle]]->at <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An assembler's label without a type is no function's name until code is seen to run there. */
static const char *label_at(const struct prof_symbols *symbols, uint32_t at)
{
	for (size_t i = 0; i < symbols->nameds; i++)
		if (symbols->named[i].value == at && symbols->named[i].type == STT_NOTYPE)
			return symbols->named[i].name;
	return NULL;
}

static bool room_for_function(struct prof_symbols *symbols)
{
	if (symbols->functions == symbols->function_room) {
		unsigned room = symbols->function_room ? symbols->function_room * 2 : 256;
		void *a = realloc(symbols->function, room * sizeof *symbols->function);
		if (a)
			symbols->function = a;
		void *b = realloc(symbols->by_address, room * sizeof *symbols->by_address);
		if (b)
			symbols->by_address = b;
		if (!a || !b)
			return false;
		symbols->function_room = room;
	}
	return true;
}

static int by_declared_address(const void *a, const void *b)
{
	const struct declared *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool declared_at(const struct prof_symbols *symbols, uint32_t at, struct prof_function *function)
{
	struct declared key = {.at = at};
	const struct declared *d = symbols->declareds ? bsearch(&key, symbols->declared, symbols->declareds,
								sizeof key, by_declared_address)
						      : NULL;
	if (!d || !d->file)
		return false;
	function->file = symbols->file[d->file - 1];
	function->line = d->line;
	return true;
}

/* `name` NULL: it has none, and gets one. */
static uint32_t add_function(struct prof_symbols *symbols, const char *name, uint32_t at, uint32_t bytes)
{
	char made_up[16];
	const char *label = name ? name : label_at(symbols, at);
	snprintf(made_up, sizeof made_up, "sub_%08x", at);
	struct prof_function *f = calloc(1, sizeof *f);
	char *copy = strdup(label ? label : made_up);
	if (!f || !copy || !room_for_function(symbols)) {
		free(f);
		free(copy);
		return SIM_NO_FUNCTION;
	}
	*f = (struct prof_function){.name = copy, .file = "", .at = at, .bytes = bytes, .made_up = !label};
	if (!declared_at(symbols, at, f))
		prof_symbols_line(symbols, at, &f->file, &f->line);
	unsigned place = starts_upto(symbols, at), number = symbols->functions;
	memmove(symbols->by_address + place + 1, symbols->by_address + place,
		(symbols->functions - place) * sizeof *symbols->by_address);
	symbols->by_address[place] = number;
	symbols->function[number] = f;
	symbols->functions++;
	return number;
}

/* The function that holds pc as far as is known, or NULL; a size that is known ends it. */
static struct prof_function *holder(const struct prof_symbols *symbols, uint32_t pc, uint32_t *ret_number)
{
	unsigned place = starts_upto(symbols, pc);
	if (place == 0)
		return NULL;
	*ret_number = symbols->by_address[place - 1];
	struct prof_function *f = symbols->function[*ret_number];
	/* Code of one function does not span a hole between flash and RAM. */
	uint32_t reach = f->bytes ? f->bytes : UINT32_C(1) << 20;
	return pc - f->at < reach ? f : NULL;
}

static void called(void *context, uint32_t target)
{
	struct prof_symbols *symbols = context;
	uint32_t number, word;
	const struct prof_function *f = holder(symbols, target, &number);
	if ((f && (f->bytes || f->at == target)) || !prof_scan_word(symbols->scan, target & ~3u, &word))
		return;
	if (add_function(symbols, NULL, target, 0) != SIM_NO_FUNCTION)
		prof_scan_follow(symbols->scan, target, called, symbols);
}

uint32_t prof_symbols_function(struct prof_symbols *symbols, uint32_t pc)
{
	uint32_t number;
	pc &= ~1u;
	const struct prof_function *f = holder(symbols, pc, &number);
	if (f && (f->bytes || f->at == pc || prof_scan_seen(symbols->scan, pc) ||
		  !prof_scan_is_prologue(symbols->scan, pc)))
		return number;
	number = add_function(symbols, NULL, pc, 0);
	if (number != SIM_NO_FUNCTION)
		prof_scan_follow(symbols->scan, pc, called, symbols);
	return number;
}

unsigned prof_symbols_functions(const struct prof_symbols *symbols)
{
	return symbols->functions;
}

const struct prof_function *prof_symbols_get(const struct prof_symbols *symbols, uint32_t function)
{
	return function < symbols->functions ? symbols->function[function] : NULL;
}

/* --- the ELF's symbols ------------------------------------------------------------------------------ */

static bool is_mapping_symbol(const char *name) /* ELF for the Arm Architecture, 5.5.5 */
{
	return name[0] == '$' && (name[1] == 't' || name[1] == 'a' || name[1] == 'd') &&
	       (!name[2] || name[2] == '.');
}

static bool keep_symbol(struct prof_symbols *symbols, const char *name, const GElf_Sym *symbol,
			const char *file)
{
	if (!grow(&symbols->named, &symbols->named_room, symbols->nameds, sizeof *symbols->named))
		return false;
	struct named *n = &symbols->named[symbols->nameds];
	n->name = strdup(name);
	n->type = GELF_ST_TYPE(symbol->st_info);
	n->bind = GELF_ST_BIND(symbol->st_info);
	n->value = (uint32_t)symbol->st_value & (n->type == STT_FUNC ? ~1u : ~0u);
	n->bytes = (uint32_t)symbol->st_size;
	n->file = n->bind == STB_LOCAL ? file : NULL;
	symbols->nameds += n->name != NULL;
	return n->name != NULL;
}

static bool read_table(struct prof_symbols *symbols, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	const char *file = NULL;
	for (size_t i = 1; i < count; i++) {
		GElf_Sym symbol;
		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (!name || !name[0])
			continue;
		unsigned type = GELF_ST_TYPE(symbol.st_info);
		if (type == STT_FILE) { /* of the local symbols that follow */
			uint32_t number = file_number(symbols, name);
			file = number ? symbols->file[number - 1] : NULL;
		}
		if (type > STT_FUNC || symbol.st_shndx == SHN_UNDEF || is_mapping_symbol(name))
			continue;
		if (!keep_symbol(symbols, name, &symbol, file))
			return false;
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (order)
		return order;
	/* A global definition is what the name means; among statics the lowest address, to be the same every
	 * time. */
	if ((x->bind == STB_LOCAL) != (y->bind == STB_LOCAL))
		return x->bind == STB_LOCAL ? 1 : -1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static int underscores(const char *name)
{
	return (int)strspn(name, "_");
}

/* By address, and at one address the name people know first: strong, sized, plain, short. */
static int by_fame(const void *a, const void *b)
{
	const struct named *x = *(const struct named *const *)a, *y = *(const struct named *const *)b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if ((x->bind == STB_WEAK) != (y->bind == STB_WEAK))
		return x->bind == STB_WEAK ? 1 : -1;
	if (!x->bytes != !y->bytes)
		return x->bytes ? -1 : 1;
	if (underscores(x->name) != underscores(y->name))
		return underscores(x->name) - underscores(y->name);
	if (strlen(x->name) != strlen(y->name))
		return strlen(x->name) < strlen(y->name) ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool make_functions(struct prof_symbols *symbols)
{
	const struct named **sorted = malloc((symbols->nameds + 1) * sizeof *sorted);
	size_t count = 0;
	bool ok = sorted != NULL;
	for (size_t i = 0; ok && i < symbols->nameds; i++)
		if (symbols->named[i].type ==
		    STT_FUNC) /* a section's label is not code, an assembler's may be data */
			sorted[count++] = &symbols->named[i];
	if (ok)
		qsort(sorted, count, sizeof *sorted, by_fame);
	for (size_t i = 0; ok && i < count; i++) {
		if (i > 0 && sorted[i]->value == sorted[i - 1]->value)
			continue;
		uint32_t bytes = sorted[i]->bytes;
		for (size_t next = i + 1; !bytes && next < count && sorted[next]->value == sorted[i]->value;
		     next++)
			bytes = sorted[next]->bytes;
		uint32_t number = add_function(symbols, sorted[i]->name, sorted[i]->value, bytes);
		ok = number != SIM_NO_FUNCTION;
		if (ok && !symbols->function[number]->file[0] && sorted[i]->file)
			symbols->function[number]->file = sorted[i]->file;
	}
	free(sorted);
	return ok;
}

/* --- DWARF lines ------------------------------------------------------------------------------------ */

#define PATHS 64

/* libdw hands out one string per unit and file, so its address finds the number without comparing text. */
struct path_cache {
	const char *path[PATHS];
	uint32_t file[PATHS];
};

static uint32_t cached_file(struct prof_symbols *symbols, struct path_cache *cache, const char *path)
{
	unsigned slot = (unsigned)((uintptr_t)path >> 3) % PATHS;
	if (cache->path[slot] != path) {
		cache->path[slot] = path;
		cache->file[slot] = file_number(symbols, path);
	}
	return cache->file[slot];
}

static bool read_lines_of(struct prof_symbols *symbols, Dwarf_Die *unit)
{
	struct path_cache cache = {0};
	Dwarf_Lines *lines;
	size_t count;
	bool starts = true, dropped = false;
	if (dwarf_getsrclines(unit, &lines, &count) != 0)
		return true;
	for (size_t i = 0; i < count; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		Dwarf_Addr at;
		int number = 0;
		bool end = false;
		if (!line || dwarf_lineaddr(line, &at) != 0 || at > UINT32_MAX)
			continue;
		dwarf_lineno(line, &number);
		dwarf_lineendsequence(line, &end);
		/* The linker leaves the lines of functions it removed at address 0, where no code can be. */
		dropped = starts ? at == 0 : dropped;
		starts = end;
		if (dropped)
			continue;
		const char *path = end ? NULL : dwarf_linesrc(line, NULL, NULL);
		if (!grow(&symbols->line, &symbols->line_room, symbols->lines, sizeof *symbols->line))
			return false;
		symbols->line[symbols->lines] = (struct line){
			.at = (uint32_t)at, .file = path ? cached_file(symbols, &cache, path) : 0,
			.line = (uint32_t)number, .row = (uint32_t)symbols->lines};
		symbols->lines++;
	}
	return true;
}

/*
 * Of several rows for one address the last one counts, so it sorts last; but where one sequence ends and
 * another starts, the start does.
 */
static int by_line_address(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (!x->file != !y->file)
		return x->file ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int read_declaration(Dwarf_Die *die, void *context)
{
	struct prof_symbols *symbols = context;
	Dwarf_Addr at;
	int line = 0;
	const char *file = dwarf_decl_file(die);
	if (!file || dwarf_lowpc(die, &at) != 0 || at == 0 || at > UINT32_MAX ||
	    dwarf_decl_line(die, &line) != 0 || line < 1)
		return DWARF_CB_OK;
	if (!grow(&symbols->declared, &symbols->declared_room, symbols->declareds, sizeof *symbols->declared))
		return DWARF_CB_ABORT;
	symbols->declared[symbols->declareds++] =
		(struct declared){(uint32_t)at & ~1u, file_number(symbols, file), (uint32_t)line};
	return DWARF_CB_OK;
}

static bool read_dwarf(struct prof_symbols *symbols, Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	Dwarf_Off offset = 0, next;
	size_t header;
	bool ok = true;
	if (!dwarf)
		return true; /* no debug information is no error */
	while (ok && dwarf_nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
		Dwarf_Die unit;
		if (dwarf_offdie(dwarf, offset + header, &unit))
			ok = read_lines_of(symbols, &unit) &&
			     dwarf_getfuncs(&unit, read_declaration, symbols, 0) == 0;
		offset = next;
	}
	dwarf_end(dwarf);
	if (symbols->lines)
		qsort(symbols->line, symbols->lines, sizeof *symbols->line, by_line_address);
	if (symbols->declareds)
		qsort(symbols->declared, symbols->declareds, sizeof *symbols->declared, by_declared_address);
	return ok;
}

bool prof_symbols_line(const struct prof_symbols *symbols, uint32_t pc, const char **ret_file,
		       unsigned *ret_line)
{
	size_t low = 0, high = symbols->lines;
	pc &= ~1u;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (symbols->line[middle].at <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !symbols->line[low - 1].file || !symbols->line[low - 1].line)
		return false;
	*ret_file = symbols->file[symbols->line[low - 1].file - 1];
	*ret_line = symbols->line[low - 1].line;
	return true;
}

/* --- making and asking ------------------------------------------------------------------------------ */

static bool read_elf(struct prof_symbols *symbols, Elf *elf)
{
	Elf_Scn *section = NULL;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB &&
		    !read_table(symbols, elf, section, &header))
			return false;
	}
	return read_dwarf(symbols, elf) && make_functions(symbols);
}

static bool open_elf(struct prof_symbols *symbols, const char *path, struct err *err)
{
	elf_version(EV_CURRENT);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_input(err, "%s: %s", path, strerror(errno));
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	bool ok = true;
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		ok = err_input(err, "%s: not an ELF that can be read: %s", path, elf_errmsg(-1));
	else if (!read_elf(symbols, elf))
		ok = err_internal(err, "%s: out of memory for its symbols", path);
	elf_end(elf);
	close(fd);
	return ok;
}

/* Handlers are called by nobody but the vector table (ARMv7-M ARM, B1.5.3): 16 + up to 240 words. */
static void find_handlers(struct prof_symbols *symbols, uint32_t vectors)
{
	uint32_t word;
	for (uint32_t v = 1; v < 256 && prof_scan_word(symbols->scan, vectors + 4 * v, &word); v++) {
		if (word != 0 && !(word & 1))
			break; /* the table has ended */
		if (word != 0)
			called(symbols, word & ~1u);
	}
}

bool prof_symbols_create(const struct sim_image *image, struct prof_symbols **ret_symbols, struct err *err)
{
	struct prof_symbols *symbols = calloc(1, sizeof *symbols);
	if (!symbols || !(symbols->scan = prof_scan_create(image))) {
		free(symbols);
		return err_internal(err, "%s: out of memory for its symbols", image->path);
	}
	if (image->format == SIM_IMAGE_ELF && !open_elf(symbols, image->path, err)) {
		prof_symbols_destroy(symbols);
		return false;
	}
	if (symbols->nameds)
		qsort(symbols->named, symbols->nameds, sizeof *symbols->named, by_name);
	if (symbols->functions == 0)
		find_handlers(symbols, image->vectors);
	*ret_symbols = symbols;
	return true;
}

void prof_symbols_destroy(struct prof_symbols *symbols)
{
	if (!symbols)
		return;
	for (unsigned f = 0; f < symbols->functions; f++) {
		free((char *)symbols->function[f]->name);
		free(symbols->function[f]);
	}
	for (size_t n = 0; n < symbols->nameds; n++)
		free(symbols->named[n].name);
	for (size_t f = 0; f < symbols->files; f++)
		free(symbols->file[f]);
	free(symbols->function);
	free(symbols->by_address);
	free(symbols->named);
	free(symbols->file);
	free(symbols->line);
	free(symbols->declared);
	prof_scan_destroy(symbols->scan);
	free(symbols);
}

bool prof_symbols_find(const struct prof_symbols *symbols, const char *name, uint32_t *ret_value,
		       uint32_t *ret_bytes)
{
	size_t low = 0, high = symbols->nameds;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(symbols->named[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == symbols->nameds || strcmp(symbols->named[low].name, name) != 0)
		return false;
	*ret_value = symbols->named[low].value;
	*ret_bytes = symbols->named[low].bytes;
	return true;
}
