/* Who a jar says that it is: pom.properties, MANIFEST.MF, and its file name. */
#pragma once

#include "base/base.h"

struct java_id {
	struct sv group, artifact, version, license;
};

/* META-INF/maven/GROUP/ARTIFACT/pom.properties (java.util.Properties, without escapes). */
struct java_id java_pom(struct sv properties);
/* The main section (JAR File Specification, "JAR Manifest"; continuation lines joined in the arena)
 * together with the name of the file, which is written as ARTIFACT-VERSION.jar by all build tools.
 * The version is empty when neither tells one; the group is a guess from vendor id, symbolic name
 * or module name, and empty when there is none. */
struct java_id java_manifest(struct arena *a, struct sv manifest, struct sv file_name);
/* ARTIFACT and VERSION of a file name; false when it is not of that form. */
bool java_file_name(struct sv file_name, struct java_id *out);
/* "app.jar", and .war .ear .par .hpi in any case. */
bool java_archive_name(struct sv path);
