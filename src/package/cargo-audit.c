#include <zlib.h>

#include "base/limits.h"
#include "fmt/elf.h"
#include "fmt/json.h"
#include "package/cargo.h"
#include "package/elfscan.h"
#include "package/emit.h"

int cargo_audit_json(struct sv path, struct sv json, struct arena *a, struct catalog_sink *sink,
		     struct err *err)
{
	const struct node *root;
	struct emit e = {.sink = sink,
			 .path = path,
			 .cataloger = "cargo-audit",
			 .type = PKG_CARGO,
			 .evidence = EVIDENCE_INSTALLED};
	int rc = json_read(a, path, json, DUP_LAST, &root, err);

	if (rc < 0)
		return rc;

	const struct node *packages = node_get(root, "packages");
	if (!node_is(packages, NODE_ARRAY)) {
		err_set(err, ERR_PARSE, "the list of crates has no \"packages\"");
		return err_where(err, "%.*s", SV_ARG(path));
	}
	NODE_EACH (it, packages) {
		/* no "kind" means that it is in the program */
		if (!sv_is(node_get_str(it, "kind"), "build") &&
		    !sv_is(node_get_str(it, "kind"), "dev"))
			emit_name_version(&e, node_get_str(it, "name"), node_get_str(it, "version"),
					  0);
	}
	return 0;
}

static int unpack(struct sv packed, struct buf *out, struct err *err)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
	int rc = inflateInit(&z);

	while (rc == Z_OK && out->n < limit_buildinfo_bytes) {
		z.avail_out = 1u << 16;
		z.next_out = (Bytef *)buf_reserve(out, z.avail_out);
		rc = inflate(&z, Z_NO_FLUSH);
		out->n += (1u << 16) - z.avail_out;
	}
	inflateEnd(&z);
	if (rc == Z_OK)
		return err_set(err, ERR_LIMIT, "the list of crates is larger than %llu bytes",
			       (unsigned long long)limit_buildinfo_bytes);
	if (rc != Z_STREAM_END)
		return err_set(err, ERR_PARSE, "the list of crates cannot be unpacked");
	return 0;
}

int cargo_audit_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		     struct err *err)
{
	auto_done(buf_done) struct buf json = {0};
	struct elf elf;
	struct elf_section section;
	struct err ignored = {0};

	/* go_binary_read() says what is wrong with the ELF file itself */
	if (!elf_is(f->bytes) || elf_open(f->bytes, &elf, &ignored) < 0 ||
	    elf_section_find(&elf, SV(".dep-v0"), &section, &ignored) != 1)
		return 0;
	if (section.data.n > limit_buildinfo_bytes)
		err_set(err, ERR_LIMIT, "the list of crates is too large");
	else if (unpack(section.data, &json, err) == 0)
		return cargo_audit_json(f->path, buf_view(&json), a, sink, err);
	return err_where(err, "%.*s", SV_ARG(f->path));
}
