/*
 * What the catalogers of language packages share: filling in a package, checking its texts, and
 * notes.
 *
 * Texts come from files of the image. A name or version that is not UTF-8, holds control characters
 * or is longer than limit_field_bytes is not a package: it becomes a note. A file makes at most
 * emit_notes_max notes; the last one says that there were more.
 */
#pragma once

#include "package/cataloger.h"

#define emit_notes_max 16

struct emit {
	struct catalog_sink *sink;
	struct sv path; /* where the packages are said to be */
	const char *cataloger;
	enum pkg_type type;
	enum evidence_kind evidence;
	unsigned notes;
};

/* Emits p (name, version, and what else is known set by the caller; type, evidence, cataloger and
 * the one location by this). line 0: none. An empty name is a fault. An empty version means "not
 * known". */
void emit_package(struct emit *e, struct package *p, uint32_t line);
/* The usual case. */
void emit_name_version(struct emit *e, struct sv name, struct sv version, uint32_t line);
/* Sends err as a note; sets err->where to the path, if it is not set. */
void emit_fault(struct emit *e, struct err *err);
void emit_note(struct emit *e, enum err_kind kind, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Points p->licenses to this one text (which lives as long as the call); nothing for an empty, long
 * or odd one. */
void emit_license(struct package *p, struct sv *license);
/* UTF-8 without control characters, at most limit_field_bytes long. */
bool emit_text_ok(struct sv v);
/* Without the UTF-8 byte order mark. */
struct sv emit_skip_bom(struct sv v);
