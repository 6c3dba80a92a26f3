/* Feeds of OSV's real size, made up but always the same. */
#pragma once

#include "base/base.h"

/*
 * Writes DIR/npm/all.zip and DIR/PyPI/all.zip in the proportions of the real bucket: nine of ten
 * records report a malicious npm package (MAL-...), with a list of versions or all of them; the
 * others are GHSA records with ranges, aliases, severity and a text.
 */
int osv_generate(const char *dir, uint32_t records, struct err *err) must_check;
