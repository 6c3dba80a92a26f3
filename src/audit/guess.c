#include "audit/targets-int.h"

#include "base/glob.h"

/* The first row that matches. */
static const struct {
	const char *glob;
	const char *source; /* that reads it; NULL: it is left out, why says so */
	enum left_reason why;
	bool in_chart; /* only beside a Chart.yaml */
} name_rows[] = {
	{"Chart.yaml", NULL, LEFT_HELM_FILES, false},
	{"values*.yaml", NULL, LEFT_HELM_FILES, true},
	{"values*.yml", NULL, LEFT_HELM_FILES, true},
	{"values*.json", NULL, LEFT_HELM_FILES, true},
	{"kustomization.yaml", NULL, LEFT_KUSTOMIZATION, false},
	{"kustomization.yml", NULL, LEFT_KUSTOMIZATION, false},
	{"Kustomization", NULL, LEFT_KUSTOMIZATION, false},
	{"compose.yaml", "compose", 0, false},
	{"compose.yml", "compose", 0, false},
	{"compose.*.yaml", "compose", 0, false},
	{"compose.*.yml", "compose", 0, false},
	{"docker-compose*.yaml", "compose", 0, false},
	{"docker-compose*.yml", "compose", 0, false},
	{"*.dockerignore", NULL, LEFT_NO_MANIFEST, false},
	{"Dockerfile", "dockerfile", 0, false},
	{"Dockerfile.*", "dockerfile", 0, false},
	{"*.Dockerfile", "dockerfile", 0, false},
	{"*.dockerfile", "dockerfile", 0, false},
	{"Containerfile", "dockerfile", 0, false},
	{"Containerfile.*", "dockerfile", 0, false},
	{"*.Containerfile", "dockerfile", 0, false},
};

static const char *const endings[] = {".yaml", ".yml", ".json"};
static const char *const skipped[] = {".git", ".hg", ".svn", "node_modules"};

enum guess guess_file(struct sv name, bool chart, enum left_reason *why,
		      const struct fact_source **source)
{
	*source = NULL;
	for (size_t i = 0; i < ARRAY_LEN(name_rows); i++) {
		if ((name_rows[i].in_chart && !chart) ||
		    !glob_match(sv_of(name_rows[i].glob), name))
			continue;
		*why = name_rows[i].why;
		if (!name_rows[i].source)
			return GUESS_LEAVE;
		*source = fact_source_find(sv_of(name_rows[i].source));
		return GUESS_READ;
	}
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		struct sv end = sv_of(endings[i]);
		if (name.n > end.n && sv_ieq(sv_from(name, name.n - end.n), end))
			return GUESS_READ;
	}
	*why = LEFT_NO_MANIFEST;
	return GUESS_LEAVE;
}

bool guess_skips_folder(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(skipped); i++)
		if (sv_is(name, skipped[i]))
			return true;
	return false;
}
