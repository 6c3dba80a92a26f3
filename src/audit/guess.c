#include "audit/targets-int.h"

#include "base/glob.h"

/* The first row that matches. */
static const struct {
	const char *glob;
	enum left_reason why;
	bool in_chart; /* only beside a Chart.yaml */
} name_rows[] = {
	{"Chart.yaml", LEFT_HELM_FILES, false},
	{"values*.yaml", LEFT_HELM_FILES, true},
	{"values*.yml", LEFT_HELM_FILES, true},
	{"values*.json", LEFT_HELM_FILES, true},
	{"kustomization.yaml", LEFT_KUSTOMIZATION, false},
	{"kustomization.yml", LEFT_KUSTOMIZATION, false},
	{"Kustomization", LEFT_KUSTOMIZATION, false},
	{"compose.yaml", LEFT_COMPOSE, false},
	{"compose.yml", LEFT_COMPOSE, false},
	{"compose.*.yaml", LEFT_COMPOSE, false},
	{"compose.*.yml", LEFT_COMPOSE, false},
	{"docker-compose*.yaml", LEFT_COMPOSE, false},
	{"docker-compose*.yml", LEFT_COMPOSE, false},
	{"Dockerfile", LEFT_DOCKERFILE, false},
	{"Dockerfile.*", LEFT_DOCKERFILE, false},
	{"*.Dockerfile", LEFT_DOCKERFILE, false},
	{"Containerfile", LEFT_DOCKERFILE, false},
	{"Containerfile.*", LEFT_DOCKERFILE, false},
};

static const char *const endings[] = {".yaml", ".yml", ".json"};
static const char *const skipped[] = {".git", ".hg", ".svn", "node_modules"};

enum guess guess_file(struct sv name, bool chart, enum left_reason *why)
{
	for (size_t i = 0; i < ARRAY_LEN(name_rows); i++) {
		if ((name_rows[i].in_chart && !chart) ||
		    !glob_match(sv_of(name_rows[i].glob), name))
			continue;
		*why = name_rows[i].why;
		return GUESS_LEAVE;
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
