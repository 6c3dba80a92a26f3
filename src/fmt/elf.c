#include "fmt/elf.h"

#include "base/limits.h"

/* gABI 4, "ELF Header", "Sections", "Program Header": where fields lie in the two classes. */
struct layout {
	uint8_t phoff, shoff, phentsize, phnum, shentsize, shnum, shstrndx, header;
	uint8_t sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info, sh_entry;
	uint8_t p_flags, p_offset, p_vaddr, p_filesz, ph_entry;
};

static const struct layout layouts[2] = {
	{.phoff = 28,
	 .shoff = 32,
	 .phentsize = 42,
	 .phnum = 44,
	 .shentsize = 46,
	 .shnum = 48,
	 .shstrndx = 50,
	 .header = 52,
	 .sh_flags = 8,
	 .sh_addr = 12,
	 .sh_offset = 16,
	 .sh_size = 20,
	 .sh_link = 24,
	 .sh_info = 28,
	 .sh_entry = 40,
	 .p_flags = 24,
	 .p_offset = 4,
	 .p_vaddr = 8,
	 .p_filesz = 16,
	 .ph_entry = 32},
	{.phoff = 32,
	 .shoff = 40,
	 .phentsize = 54,
	 .phnum = 56,
	 .shentsize = 58,
	 .shnum = 60,
	 .shstrndx = 62,
	 .header = 64,
	 .sh_flags = 8,
	 .sh_addr = 16,
	 .sh_offset = 24,
	 .sh_size = 32,
	 .sh_link = 40,
	 .sh_info = 44,
	 .sh_entry = 64,
	 .p_flags = 4,
	 .p_offset = 8,
	 .p_vaddr = 16,
	 .p_filesz = 32,
	 .ph_entry = 56},
};

enum {
	SHT_NOBITS = 8,
	SHN_XINDEX = 0xFFFF,
	PN_XNUM = 0xFFFF,
	TYPE_AT = 16,
	MACHINE_AT = 18,
	SH_TYPE_AT = 4,
};

static const struct layout *layout(const struct elf *e)
{
	return &layouts[e->is64];
}

static uint16_t half(const struct elf *e, const char *p)
{
	return e->big ? be16(p) : le16(p);
}

static uint32_t word(const struct elf *e, const char *p)
{
	return e->big ? be32(p) : le32(p);
}

/* Addresses, offsets and sizes: as wide as the class. */
static uint64_t wide(const struct elf *e, const char *p)
{
	if (!e->is64)
		return word(e, p);
	return e->big ? be64(p) : le64(p);
}

bool elf_is(struct sv bytes)
{
	return bytes.n >= 4 && memcmp(bytes.p, "\177ELF", 4) == 0;
}

/* The row-th entry of a table, or NULL when it is not all there. */
static const char *row_at(const struct elf *e, uint64_t table, uint16_t size, uint32_t row)
{
	uint64_t skip = (uint64_t)size * row;

	if (table > e->bytes.n || skip > e->bytes.n - table || size > e->bytes.n - table - skip)
		return NULL;
	return e->bytes.p + table + skip;
}

/* gABI, "Extended section header numbering": counts that do not fit stand in section 0. */
static int numbers(struct elf *e, struct err *err)
{
	const struct layout *l = layout(e);
	bool far = (e->shnum == 0 && e->shoff != 0) || e->shstrndx == SHN_XINDEX ||
		   e->phnum == PN_XNUM;

	if (e->shoff != 0 && e->shentsize < l->sh_entry && (e->shnum > 0 || far))
		return err_set(err, ERR_PARSE, "ELF: section headers of %u bytes", e->shentsize);
	if (e->phnum > 0 && e->phentsize < l->ph_entry)
		return err_set(err, ERR_PARSE, "ELF: program headers of %u bytes", e->phentsize);
	if (far) {
		const char *p = e->shoff ? row_at(e, e->shoff, e->shentsize, 0) : NULL;
		if (!p)
			return err_set(err, ERR_PARSE, "ELF: section 0 is not there");
		uint64_t shnum = wide(e, p + l->sh_size);
		if (e->shnum == 0)
			e->shnum = shnum > UINT32_MAX ? UINT32_MAX : (uint32_t)shnum;
		if (e->shstrndx == SHN_XINDEX)
			e->shstrndx = word(e, p + l->sh_link);
		if (e->phnum == PN_XNUM)
			e->phnum = word(e, p + l->sh_info);
	}
	if (e->shoff == 0)
		e->shnum = 0;
	if (e->shnum > limit_elf_sections || e->phnum > limit_elf_sections)
		return err_set(err, ERR_LIMIT,
			       "ELF: %u sections, %u program headers (elf_sections)", e->shnum,
			       e->phnum);
	return 0;
}

int elf_open(struct sv bytes, struct elf *out, struct err *err)
{
	enum { CLASS = 4, DATA = 5, VERSION = 6, IDENT = 16 };

	if (!elf_is(bytes) || bytes.n < IDENT)
		return err_set(err, ERR_PARSE, "not an ELF file");
	char class = bytes.p[CLASS], data = bytes.p[DATA];
	if ((class != 1 && class != 2) || (data != 1 && data != 2) || bytes.p[VERSION] != 1)
		return err_set(err, ERR_PARSE, "ELF: unknown class, byte order or version");
	struct elf e = {.bytes = bytes, .is64 = class == 2, .big = data == 2};
	const struct layout *l = layout(&e);
	const char *p = bytes.p;
	if (bytes.n < l->header) {
		(void)err_set(err, ERR_PARSE, "ELF: header is cut at byte %zu", bytes.n);
		return err_code(err, "truncated");
	}
	e.type = half(&e, p + TYPE_AT);
	e.machine = half(&e, p + MACHINE_AT);
	e.phoff = wide(&e, p + l->phoff);
	e.shoff = wide(&e, p + l->shoff);
	e.phentsize = half(&e, p + l->phentsize);
	e.phnum = half(&e, p + l->phnum);
	e.shentsize = half(&e, p + l->shentsize);
	e.shnum = half(&e, p + l->shnum);
	e.shstrndx = half(&e, p + l->shstrndx);
	int rc = numbers(&e, err);
	if (rc == 0)
		*out = e;
	return rc;
}

/* Everything of a section but its name; *name is the offset of that. */
static int section_raw(const struct elf *e, uint32_t i, struct elf_section *out, uint32_t *name,
		       struct err *err)
{
	const struct layout *l = layout(e);

	if (i >= e->shnum)
		return err_set(err, ERR_PARSE, "ELF: section %u of %u", i, e->shnum);
	const char *p = row_at(e, e->shoff, e->shentsize, i);
	if (!p)
		return err_set(err, ERR_PARSE, "ELF: header of section %u is outside the file", i);
	struct elf_section s = {
		.type = word(e, p + SH_TYPE_AT),
		.flags = wide(e, p + l->sh_flags),
		.addr = wide(e, p + l->sh_addr),
		.offset = wide(e, p + l->sh_offset),
		.size = wide(e, p + l->sh_size),
	};
	*name = word(e, p);
	*out = s;
	return 0;
}

static int section_data(const struct elf *e, uint32_t i, struct elf_section *s, struct err *err)
{
	/* section 0 is no section: with extended numbering its size is a count */
	if (s->type == SHT_NOBITS || i == 0)
		return 0;
	if (s->offset > e->bytes.n || s->size > e->bytes.n - s->offset)
		return err_set(err, ERR_PARSE, "ELF: section %u is outside the file", i);
	s->data = sv_make(e->bytes.p + s->offset, (size_t)s->size);
	return 0;
}

/* The table of names; empty when the file has none. */
static int names(const struct elf *e, struct sv *out, struct err *err)
{
	struct elf_section s = {0};
	uint32_t unused;

	*out = (struct sv){0};
	if (e->shstrndx == 0)
		return 0;
	if (section_raw(e, e->shstrndx, &s, &unused, err) < 0 ||
	    section_data(e, e->shstrndx, &s, err) < 0)
		return err_ctx(err, "names of the sections");
	*out = s.data;
	return 0;
}

static struct sv name_at(struct sv table, uint32_t at)
{
	struct sv v = sv_from(table, at);

	return sv_head(v, sv_find_char(v, '\0'));
}

int elf_section_at(const struct elf *e, uint32_t i, struct elf_section *out, struct err *err)
{
	struct elf_section s = {0};
	uint32_t name = 0;
	struct sv table;

	if (names(e, &table, err) < 0 || section_raw(e, i, &s, &name, err) < 0 ||
	    section_data(e, i, &s, err) < 0)
		return -(int)err->kind;
	s.name = name_at(table, name);
	*out = s;
	return 0;
}

/* Other sections may be broken or beyond the bytes that we have: only the one that is asked for
 * counts. */
int elf_section_find(const struct elf *e, struct sv name, struct elf_section *out, struct err *err)
{
	struct sv table;

	if (names(e, &table, err) < 0)
		return -(int)err->kind;
	for (uint32_t i = 1; i < e->shnum && table.n > 0; i++) {
		struct elf_section s = {0};
		uint32_t at = 0;
		if (section_raw(e, i, &s, &at, err) < 0)
			return -(int)err->kind;
		s.name = sv_head(sv_from(table, at), name.n + 1);
		if (s.name.n != name.n + 1 || s.name.p[name.n] != '\0' ||
		    !sv_eq(sv_head(s.name, name.n), name))
			continue;
		s.name.n = name.n;
		if (section_data(e, i, &s, err) < 0)
			return -(int)err->kind;
		*out = s;
		return 1;
	}
	return 0;
}

int elf_segment_at(const struct elf *e, uint32_t i, struct elf_segment *out, struct err *err)
{
	const struct layout *l = layout(e);

	if (i >= e->phnum)
		return err_set(err, ERR_PARSE, "ELF: program header %u of %u", i, e->phnum);
	const char *p = row_at(e, e->phoff, e->phentsize, i);
	if (!p)
		return err_set(err, ERR_PARSE, "ELF: program header %u is outside the file", i);
	*out = (struct elf_segment){
		.type = word(e, p),
		.flags = word(e, p + l->p_flags),
		.offset = wide(e, p + l->p_offset),
		.vaddr = wide(e, p + l->p_vaddr),
		.filesz = wide(e, p + l->p_filesz),
	};
	return 0;
}
