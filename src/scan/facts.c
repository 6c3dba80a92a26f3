#include "scan/facts.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

enum { LICENSES_MAX = 64 };

uint64_t path_step(uint64_t folder, struct sv name)
{
	struct hash_key key = {0x676162696f6e2070U ^ folder, 0x6174687320763031U};

	return hash_sip(key, name) & ~(uint64_t)1;
}

uint64_t path_key(struct sv path, bool dir)
{
	uint64_t key = path_root;

	while (path.n)
		key = path_step(key, sv_cut(&path, '/'));
	return key | dir;
}

void fact_package(struct frame_writer *w, const struct package *p)
{
	const struct sv texts[] = {p->ns,     p->name,        p->version,
				   p->arch,   p->source_name, p->source_version,
				   p->module, p->cataloger,   p->owner_name};

	frame_begin(w, FACT_PACKAGE);
	frame_u64(w, p->type);
	frame_u64(w, p->evidence);
	frame_u64(w, (p->dev ? 1 : 0) | (p->main_module ? 2 : 0));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(w, texts[i]);
	size_t licenses = p->licenses.n < LICENSES_MAX ? p->licenses.n : LICENSES_MAX;
	frame_u64(w, licenses);
	for (size_t i = 0; i < licenses; i++)
		frame_sv(w, sv_head(p->licenses.p[i], 1024));
	static const struct location nowhere;
	const struct location *l = p->locations.n ? &p->locations.p[0] : &nowhere;
	frame_sv(w, l->path);
	frame_u64(w, l->file.n && l->file.n < l->path.n ? l->file.n : l->path.n);
	frame_u64(w, l->line);
	frame_end(w);
}

void fact_os(struct frame_writer *w, const struct os *os)
{
	const struct sv texts[] = {os->id, os->version, os->name, os->codename, os->path, os->eol};

	frame_begin(w, FACT_OS);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		frame_sv(w, texts[i]);
	frame_end(w);
}

void fact_paths(struct frame_writer *w, const uint64_t *sorted, size_t n)
{
	enum { PER_FRAME = 8192 };

	for (size_t i = 0; i < n; i += PER_FRAME) {
		size_t m = n - i < PER_FRAME ? n - i : PER_FRAME;
		frame_begin(w, FACT_PATHS);
		for (size_t k = 0; k < m; k++)
			frame_u64(w, sorted[i + k]);
		frame_end(w);
	}
}

void fact_path(struct frame_writer *w, enum fact_type type, struct sv path)
{
	frame_begin(w, (uint8_t)type);
	frame_sv(w, path);
	frame_end(w);
}

void fact_error(struct frame_writer *w, enum error_weight weight, const struct err *err,
		struct sv path)
{
	frame_begin(w, FACT_ERROR);
	frame_u64(w, weight);
	frame_err(w, err);
	frame_sv(w, path);
	frame_end(w);
}

void fact_unread(struct frame_writer *w, struct sv type, struct sv path)
{
	frame_begin(w, FACT_UNREAD);
	frame_sv(w, type);
	frame_sv(w, path);
	frame_end(w);
}

void fact_file(struct frame_writer *w, const struct fact_file *f)
{
	frame_begin(w, FACT_FILE);
	frame_u64(w, f->why);
	frame_u64(w, f->folder);
	frame_u64(w, f->mode);
	frame_u64(w, f->uid);
	frame_u64(w, f->gid);
	frame_u64(w, f->capabilities);
	frame_sv(w, f->path);
	frame_sv(w, f->whole);
	frame_sv(w, f->detail);
	frame_end(w);
}

void fact_secret(struct frame_writer *w, const struct fact_secret *s)
{
	frame_begin(w, FACT_SECRET);
	frame_u64(w, s->line);
	frame_u64(w, s->high);
	frame_sv(w, s->path);
	frame_sv(w, s->type);
	frame_sv(w, s->title);
	frame_sv(w, s->value);
	frame_end(w);
}

void fact_account(struct frame_writer *w, const struct fact_account *a)
{
	frame_begin(w, FACT_ACCOUNT);
	frame_u64(w, a->password);
	frame_u64(w, (a->shadow ? 1 : 0) | (a->numbered ? 2 : 0));
	frame_u64(w, a->uid);
	frame_sv(w, a->path);
	frame_sv(w, a->name);
	frame_sv(w, a->shell);
	frame_end(w);
}

void fact_progress(struct frame_writer *w, uint64_t bytes)
{
	frame_begin(w, FACT_PROGRESS);
	frame_u64(w, bytes);
	frame_end(w);
	frame_flush(w);
}

void fact_end(struct frame_writer *w, const struct facts_end *e)
{
	const uint64_t numbers[] = {e->packages, e->systems,  e->paths, e->whiteouts, e->opaques,
				    e->errors,   e->unread,   e->files, e->secrets,   e->accounts,
				    e->entries,  e->unpacked, e->stored};

	frame_begin(w, FACT_END);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		frame_u64(w, numbers[i]);
	frame_sv(w, sv_make(e->blob, e->has_blob ? sizeof e->blob : 0));
	frame_sv(w, sv_make(e->diff, e->has_diff ? sizeof e->diff : 0));
	frame_end(w);
}

static bool get_package(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct package *out = VEC_PUSH(&f->packages);
	struct sv *texts[] = {&out->ns,     &out->name,        &out->version,
			      &out->arch,   &out->source_name, &out->source_version,
			      &out->module, &out->cataloger,   &out->owner_name};
	uint64_t type = frame_get_u64(&p, &ok), evidence = frame_get_u64(&p, &ok);
	uint64_t flags = frame_get_u64(&p, &ok);

	if (!ok || type >= PKG_TYPES || evidence > EVIDENCE_LOCK || flags > 3)
		return false;
	out->type = (enum pkg_type)type;
	out->evidence = (enum evidence_kind)evidence;
	out->dev = flags & 1;
	out->main_module = flags & 2;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = frame_get_sv(&p, &ok);
	uint64_t licenses = frame_get_u64(&p, &ok);
	if (!ok || licenses > LICENSES_MAX)
		return false;
	for (uint64_t i = 0; ok && i < licenses; i++)
		*VEC_PUSH(&out->licenses) = frame_get_sv(&p, &ok);
	struct location *l = out->locations.p = xcalloc(1, sizeof *l);
	out->locations.n = out->locations.cap = 1;
	l->path = frame_get_sv(&p, &ok);
	l->file = sv_head(l->path, frame_get_u64(&p, &ok));
	l->line = (uint32_t)frame_get_u64(&p, &ok);
	l->layer = INDEX_NONE;
	out->layer = out->owner = INDEX_NONE;
	return ok && p.n == 0 && out->name.n > 0;
}

static bool get_os(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct os *out = VEC_PUSH(&f->systems);
	struct sv *texts[] = {&out->id,       &out->version, &out->name,
			      &out->codename, &out->path,    &out->eol};

	if (f->systems.n > limit_layer_systems)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_paths(struct sv p, struct layer_facts *f)
{
	if (p.n == 0 || p.n % 8)
		return false;
	for (size_t i = 0; i < p.n; i += 8) {
		uint64_t key = le64(p.p + i);
		if (f->paths_n++ && key <= f->last_path)
			return false;
		f->last_path = key;
	}
	*VEC_PUSH(&f->paths) = p;
	return true;
}

static bool get_error(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct fact_error *out = VEC_PUSH(&f->errors);
	uint64_t weight = frame_get_u64(&p, &ok);

	if (weight > WEIGHT_FATAL || f->errors.n > limit_layer_errors + 2)
		return false;
	out->weight = (enum error_weight)weight;
	frame_get_err(&p, &ok, &out->err);
	out->path = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_path(struct sv p, struct sv_vec *to)
{
	bool ok = true;

	*VEC_PUSH(to) = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_whiteout(struct sv p, struct layer_facts *f)
{
	return get_path(p, &f->whiteouts);
}

static bool get_opaque(struct sv p, struct layer_facts *f)
{
	return get_path(p, &f->opaques);
}

static bool get_unread(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct fact_unread *u = VEC_PUSH(&f->unread);

	if (f->unread.n > limit_layer_unread)
		return false;
	u->type = frame_get_sv(&p, &ok);
	u->path = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_file(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct fact_file *out = VEC_PUSH(&f->files);
	uint64_t why = frame_get_u64(&p, &ok), folder = frame_get_u64(&p, &ok);
	uint64_t mode = frame_get_u64(&p, &ok);

	if (!ok || why >= FILE_WHYS || folder > 1 || mode > 07777 || f->files.n > limit_layer_files)
		return false;
	out->why = (enum file_why)why;
	out->folder = folder;
	out->mode = (uint32_t)mode;
	out->uid = frame_get_u64(&p, &ok);
	out->gid = frame_get_u64(&p, &ok);
	out->capabilities = frame_get_u64(&p, &ok);
	out->path = frame_get_sv(&p, &ok);
	out->whole = frame_get_sv(&p, &ok);
	out->detail = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_secret(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct fact_secret *out = VEC_PUSH(&f->secrets);
	uint64_t high;

	if (f->secrets.n > limit_layer_secrets)
		return false;
	out->line = frame_get_u64(&p, &ok);
	high = frame_get_u64(&p, &ok);
	out->high = high;
	out->path = frame_get_sv(&p, &ok);
	out->type = frame_get_sv(&p, &ok);
	out->title = frame_get_sv(&p, &ok);
	out->value = frame_get_sv(&p, &ok);
	return ok && p.n == 0 && high <= 1;
}

static bool get_account(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct fact_account *out = VEC_PUSH(&f->accounts);
	uint64_t password = frame_get_u64(&p, &ok), flags = frame_get_u64(&p, &ok);

	if (!ok || password >= ACCOUNT_PASSWORDS || flags > 3 ||
	    f->accounts.n > limit_layer_accounts)
		return false;
	out->password = (enum account_password)password;
	out->shadow = flags & 1;
	out->numbered = flags & 2;
	out->uid = frame_get_u64(&p, &ok);
	out->path = frame_get_sv(&p, &ok);
	out->name = frame_get_sv(&p, &ok);
	out->shell = frame_get_sv(&p, &ok);
	return ok && p.n == 0;
}

static bool get_progress(struct sv p, struct layer_facts *f)
{
	(void)f;
	return p.n == 8;
}

static bool get_digest(struct sv v, uint8_t to[32], bool *has)
{
	*has = v.n == 32;
	if (*has)
		memcpy(to, v.p, 32);
	return v.n == 0 || *has;
}

static bool get_end(struct sv p, struct layer_facts *f)
{
	bool ok = true;
	struct facts_end *e = &f->end;
	uint64_t *numbers[] = {&e->packages, &e->systems,  &e->paths, &e->whiteouts, &e->opaques,
			       &e->errors,   &e->unread,   &e->files, &e->secrets,   &e->accounts,
			       &e->entries,  &e->unpacked, &e->stored};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		*numbers[i] = frame_get_u64(&p, &ok);
	ok = ok && get_digest(frame_get_sv(&p, &ok), e->blob, &e->has_blob);
	ok = ok && get_digest(frame_get_sv(&p, &ok), e->diff, &e->has_diff);
	f->complete = ok && e->packages == f->packages.n && e->systems == f->systems.n &&
		      e->paths == f->paths_n && e->whiteouts == f->whiteouts.n &&
		      e->opaques == f->opaques.n && e->errors == f->errors.n &&
		      e->unread == f->unread.n && e->files == f->files.n &&
		      e->secrets == f->secrets.n && e->accounts == f->accounts.n;
	return ok && p.n == 0;
}

static bool (*const getters[])(struct sv payload, struct layer_facts *f) = {
	[FACT_PACKAGE] = get_package, [FACT_OS] = get_os,
	[FACT_PATHS] = get_paths,     [FACT_WHITEOUT] = get_whiteout,
	[FACT_OPAQUE] = get_opaque,   [FACT_ERROR] = get_error,
	[FACT_UNREAD] = get_unread,   [FACT_PROGRESS] = get_progress,
	[FACT_END] = get_end,         [FACT_FILE] = get_file,
	[FACT_SECRET] = get_secret,   [FACT_ACCOUNT] = get_account,
};

static int decode(struct sv *frames, struct layer_facts *out, struct err *err)
{
	struct frame fr;
	int rc;

	while ((rc = frame_take(frames, &fr, err)) > 0) {
		bool known = fr.type < ARRAY_LEN(getters) && getters[fr.type];
		if (!known || out->complete || !getters[fr.type](fr.payload, out))
			return err_set(err, ERR_PROTO, "a worker sent a bad frame of type %u",
				       fr.type);
		if (out->packages.n > limit_packages)
			return err_set(err, ERR_LIMIT, "more than %llu packages in one layer",
				       (unsigned long long)limit_packages);
	}
	return rc;
}

int facts_decode(struct sv frames, struct layer_facts *out, struct err *err)
{
	int rc = decode(&frames, out, err);

	if (rc < 0) { /* the last of each kind may be half read */
		layer_facts_done(out);
		return rc;
	}
	if (frames.n)
		out->complete = false;
	return 0;
}

void layer_facts_done(struct layer_facts *f)
{
	for (size_t i = 0; i < f->packages.n; i++) {
		vec_done(&f->packages.p[i].licenses);
		vec_done(&f->packages.p[i].locations);
	}
	vec_done(&f->packages);
	vec_done(&f->systems);
	vec_done(&f->paths);
	vec_done(&f->whiteouts);
	vec_done(&f->opaques);
	vec_done(&f->errors);
	vec_done(&f->unread);
	vec_done(&f->files);
	vec_done(&f->secrets);
	vec_done(&f->accounts);
	*f = (struct layer_facts){0};
}
