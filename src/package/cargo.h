/* Rust programs built with cargo-auditable: zlib-packed JSON in the section .dep-v0. */
#pragma once

#include "package/cataloger.h"

/* How the JSON begins: cargo-auditable writes "packages" first. */
#define CARGO_AUDIT_START "{\"packages\":["

/* Emits what the (unpacked) JSON lists, without build-time dependencies. */
int cargo_audit_json(struct sv path, struct sv json, struct arena *a, struct catalog_sink *sink,
		     struct err *err) must_check;
