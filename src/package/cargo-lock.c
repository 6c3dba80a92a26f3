/*
 * Cargo.lock (doc.rust-lang.org/cargo, "Cargo.toml vs Cargo.lock"), all versions: [[package]]
 * tables. Crates without a source are those of the project itself; they are packages too.
 */
#include "fmt/toml.h"
#include "package/catalog.h"
#include "package/emit.h"

int cargo_lock_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		    struct err *err)
{
	struct doc d = {
		.arena = a, .name = f->path, .bytes = emit_skip_bom(f->bytes), .dup = DUP_REFUSE};
	struct emit e = {.sink = sink,
			 .path = f->path,
			 .cataloger = "cargo-lock",
			 .type = PKG_CARGO,
			 .evidence = EVIDENCE_LOCK};
	int rc = toml_parse(&d, err);

	if (rc < 0)
		return rc;
	NODE_EACH (it, node_get(d.root, "package")) {
		uint32_t line, column;

		doc_line_col(&d, it->start, &line, &column);
		emit_name_version(&e, node_get_str(it, "name"), node_get_str(it, "version"), line);
	}
	return 0;
}
