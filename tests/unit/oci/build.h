/* Images made from bytes: a list of files that becomes a layout directory or a tar. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/test.h"

#include "oci/digest.h"

#define MT_INDEX    "application/vnd.oci.image.index.v1+json"
#define MT_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MT_CONFIG   "application/vnd.oci.image.config.v1+json"
#define MT_LAYER    "application/vnd.oci.image.layer.v1.tar"
#define MT_FOREIGN  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

struct file {
	struct sv path, bytes, link;
	char type; /* tar's: '0', '1', '2', '5' */
};

struct files {
	struct arena a;
	struct {
		struct file *p;
		size_t n, cap;
	} list;
	char dir[64];
};

static inline void files_init(struct files *f)
{
	*f = (struct files){0};
	arena_init(&f->a, 0);
	(void)snprintf(f->dir, sizeof f->dir, "/tmp/gabion-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
}

static inline void files_done(struct files *f)
{
	char cmd[128];
	(void)snprintf(cmd, sizeof cmd, "rm -rf '%s'", f->dir);
	assert_int_equal(system(cmd), 0);
	vec_done(&f->list);
	arena_done(&f->a);
}

static inline void file_put(struct files *f, struct sv path, struct sv bytes)
{
	*VEC_PUSH(&f->list) = (struct file){
		.path = arena_sv(&f->a, path), .bytes = arena_sv(&f->a, bytes), .type = '0'};
}

static inline void file_link(struct files *f, const char *path, const char *link, char type)
{
	*VEC_PUSH(&f->list) = (struct file){.path = sv_of(path), .link = sv_of(link), .type = type};
}

static inline struct sv digest_of_text(struct files *f, struct sv bytes)
{
	struct digest d;
	struct err err;
	assert_int_equal(digest_of(bytes, &d, &err), 0);
	return digest_str(&f->a, &d);
}

/* Adds a blob unless it is there, returns its descriptor with more members behind it. */
static inline struct sv blob(struct files *f, const char *type, struct sv bytes, const char *more)
{
	struct sv d = digest_of_text(f, bytes);
	struct sv path = arena_fmt(&f->a, "blobs/sha256/%.*s", SV_ARG(sv_from(d, 7)));
	bool there = false;
	for (size_t i = 0; i < f->list.n; i++)
		there = there || sv_eq(f->list.p[i].path, path);
	if (!there)
		file_put(f, path, bytes);
	return arena_fmt(&f->a, "{\"mediaType\":\"%s\",\"digest\":\"%.*s\",\"size\":%zu%s}", type,
			 SV_ARG(d), bytes.n, more);
}

static inline struct sv blob_str(struct files *f, const char *type, struct sv bytes)
{
	return blob(f, type, bytes, "");
}

/* A configuration of one layer with this text. */
static inline struct sv config_text(struct files *f, const char *arch, const char *variant,
				    const char *layer)
{
	return arena_fmt(
		&f->a,
		"{\"os\":\"linux\",\"architecture\":\"%s\",\"variant\":\"%s\",\"rootfs\":{\"type\":"
		"\"layers\","
		"\"diff_ids\":[\"%.*s\"]},\"history\":[{\"created_by\":\"/bin/sh -c #(nop) ADD "
		"file:x in / \"},"
		"{\"created_by\":\"/bin/sh -c #(nop)  CMD [\\\"sh\\\"]\",\"empty_layer\":true}]}",
		arch, variant, SV_ARG(digest_of_text(f, sv_of(layer))));
}

static inline struct sv manifest_text(struct files *f, struct sv config, struct sv layers)
{
	return arena_fmt(&f->a,
			 "{\"schemaVersion\":2,\"mediaType\":\"" MT_MANIFEST
			 "\",\"config\":%.*s,\"layers\":[%.*s],"
			 "\"annotations\":{\"org.opencontainers.image.base.name\":\"debian:12\"}}",
			 SV_ARG(config), SV_ARG(layers));
}

/* An image of one layer; its descriptor, with more members. */
static inline struct sv image(struct files *f, const char *arch, const char *variant,
			      const char *layer, const char *more)
{
	struct sv c = blob_str(f, MT_CONFIG, config_text(f, arch, variant, layer));
	struct sv l = blob_str(f, MT_LAYER, sv_of(layer));
	return blob(f, MT_MANIFEST, manifest_text(f, c, l), more);
}

static inline struct sv index_text(struct files *f, struct sv manifests)
{
	return arena_fmt(&f->a, "{\"schemaVersion\":2,\"manifests\":[%.*s]}", SV_ARG(manifests));
}

static inline void layout_put(struct files *f, struct sv manifests)
{
	file_put(f, SV("oci-layout"), SV("{\"imageLayoutVersion\":\"1.0.0\"}"));
	file_put(f, SV("index.json"), index_text(f, manifests));
}

static inline struct sv comma(struct files *f, struct sv a, struct sv b)
{
	return arena_fmt(&f->a, "%.*s,%.*s", SV_ARG(a), SV_ARG(b));
}

/* One ustar header block, with its checksum. */
static inline void tar_header(struct buf *b, struct sv path, char type, struct sv link,
			      uint64_t size)
{
	char *h = buf_reserve(b, 512);
	unsigned sum = 0;
	memset(h, 0, 512);
	memcpy(h, path.p, path.n < 100 ? path.n : 100);
	memcpy(h + 100, "0000644", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	(void)snprintf(h + 124, 12, "%011llo", (unsigned long long)size);
	memcpy(h + 136, "00000000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 157, link.p ? link.p : "", link.n < 100 ? link.n : 100);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + 148, 8, "%06o", sum & 0777777);
	h[155] = ' ';
	b->n += 512;
}

static inline void tar_pad(struct buf *b)
{
	while (b->n % 512)
		buf_char(b, '\0');
}

static inline void tar_file_add(struct buf *b, struct sv path, char type, struct sv link,
				struct sv bytes)
{
	if (path.n > 100) {
		tar_header(b, SV("././@LongLink"), 'L', SV(""), path.n + 1);
		buf_sv(b, path);
		buf_char(b, '\0');
		tar_pad(b);
	}
	tar_header(b, path, type, link, bytes.n);
	buf_sv(b, bytes);
	tar_pad(b);
}

static inline void files_to_tar(struct files *f, struct buf *b)
{
	for (size_t i = 0; i < f->list.n; i++)
		tar_file_add(b, f->list.p[i].path, f->list.p[i].type, f->list.p[i].link,
			     f->list.p[i].bytes);
	buf_fill(b, '\0', 1024);
}

static inline void write_file(const char *path, struct sv bytes)
{
	FILE *to = fopen(path, "wb");
	assert_non_null(to);
	if (bytes.n)
		assert_int_equal(fwrite(bytes.p, 1, bytes.n, to), bytes.n);
	assert_int_equal(fclose(to), 0);
}

/* Writes the tar and returns its path. */
static inline struct sv files_tar(struct files *f, const char *name)
{
	struct buf b = {0};
	struct sv path = arena_fmt(&f->a, "%s/%s", f->dir, name);
	files_to_tar(f, &b);
	write_file(path.p, buf_view(&b));
	buf_done(&b);
	return path;
}

static inline struct sv files_layout(struct files *f, const char *name)
{
	struct sv dir = arena_fmt(&f->a, "%s/%s", f->dir, name);
	assert_int_equal(mkdir(dir.p, 0755), 0);
	assert_int_equal(mkdir(arena_fmt(&f->a, "%s/blobs", dir.p).p, 0755), 0);
	assert_int_equal(mkdir(arena_fmt(&f->a, "%s/blobs/sha256", dir.p).p, 0755), 0);
	for (size_t i = 0; i < f->list.n; i++) {
		struct sv path = arena_fmt(&f->a, "%s/%.*s", dir.p, SV_ARG(f->list.p[i].path));
		if (f->list.p[i].type == '2')
			assert_int_equal(symlink(arena_str(&f->a, f->list.p[i].link), path.p), 0);
		else
			write_file(path.p, f->list.p[i].bytes);
	}
	return dir;
}

/* An opened target, or the error. */
struct opened {
	struct source *s;
	const struct image *img;
	size_t n;
	int rc;
	struct err err;
};

static inline struct opened open_target_for(struct files *f, struct sv target, const char *platform)
{
	struct opened o = {0};
	struct source_options opt = {.platform = sv_of(platform)};
	o.rc = source_open(&f->a, target, &opt, &o.s, &o.err);
	if (o.rc == 0)
		o.img = source_images(o.s, &o.n);
	return o;
}

static inline struct opened open_target(struct files *f, struct sv target)
{
	return open_target_for(f, target, "");
}

/* The bytes of a layer as they are stored. */
static inline struct sv layer_bytes(struct files *f, struct opened *o, size_t image_at,
				    size_t layer)
{
	struct layer_input in;
	struct err err = {0};
	assert_int_equal(source_layer_open(o->s, &o->img[image_at], layer, &in, &err), 0);
	char *p = arena_alloc(&f->a, in.length + 1);
	assert_int_equal(pread(in.fd, p, in.length, (off_t)in.offset), (ssize_t)in.length);
	assert_int_equal(source_layer_close(o->s, &o->img[image_at], layer, &in, &err), 0);
	return sv_make(p, in.length);
}

#define expect_error(o, k, c, sc)                                                           \
	do {                                                                                \
		struct opened *o_ = &(o);                                                   \
		if (o_->rc != -(int)(k) || strcmp(o_->err.code, (c)) != 0 ||                \
		    o_->err.scope != (sc))                                                  \
			fail_msg("line %d: rc %d code '%s' scope %d: %s: %s; %s", __LINE__, \
				 o_->rc, o_->err.code, (int)o_->err.scope, o_->err.where,   \
				 o_->err.msg, o_->err.hint);                                \
	} while (0)

#define expect_images(o, count)                                                                 \
	do {                                                                                    \
		struct opened *o_ = &(o);                                                       \
		if (o_->rc != 0 || o_->n != (count))                                            \
			fail_msg("line %d: rc %d, %zu images: %s: %s", __LINE__, o_->rc, o_->n, \
				 o_->err.where, o_->err.msg);                                   \
	} while (0)
