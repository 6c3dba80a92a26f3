/* The options that several commands share. */
#include "cmd/command.h"

#define AT(field) offsetof(struct options, field)
#define GROUP(name, title_, rows_) \
	const struct option_group name = {.title = title_, .rows = rows_, .n = ARRAY_LEN(rows_)}

static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const progress_words[] = {"auto", "plain", "never", NULL};
static const char *const format_words[] = {"table", "json",  "sarif",  "cyclonedx",
					   "spdx",  "junit", "github", NULL};
static const char *const record_words[] = {"table", "json", NULL};
static const char *const fail_words[] = {"critical", "high",  "medium",    "low",  "kev",
					 "fixable",  "added", "malicious", "none", NULL};
static const char *const severity_words[] = {"critical",   "high",    "medium", "low",
					     "negligible", "unknown", NULL};

static const struct option_row global_rows[] = {
	{"help", 'h', NULL, OPTION_FLAG, AT(help), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Show the help of the command"},
	{"version", 'V', NULL, OPTION_FLAG, AT(version), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Show the version"},
	{"color", 0, "WHEN", OPTION_WORD, AT(color), "auto", color_words, NULL, 0,
	 "Colours: auto (on a terminal, unless NO_COLOR is set), always, never"},
	{"quiet", 'q', NULL, OPTION_FLAG, AT(quiet), NULL, NULL, NULL, 0,
	 "No warnings and no progress; errors are always shown"},
	{"verbose", 'v', NULL, OPTION_COUNT, AT(verbose), NULL, NULL, NULL, 0,
	 "Say more on standard error; twice: even more"},
	{"progress", 0, "WHEN", OPTION_WORD, AT(progress), "auto", progress_words, NULL, 0,
	 "Progress on standard error: auto (on a terminal), plain (a line now and then), never"},
	{"config", 0, "FILE", OPTION_TEXT, AT(config), NULL, NULL, NULL,
	 OPTION_LINE_ONLY | OPTION_IS_FILE,
	 "Read this file instead of gabion.yaml in /etc, the user's folder and the working directory"},
};

static const struct option_row output_rows[] = {
	{"output", 'o', "FORMAT[=FILE]", OPTION_VALUES, AT(output), NULL, format_words, NULL,
	 OPTION_WRITES,
	 "Write the report in this format, to standard output or to FILE; may be given several times: "
	 "table, json, sarif, cyclonedx, spdx, junit, github"},
	{"format", 'f', "FORMAT[=FILE]", OPTION_VALUES, AT(output), NULL, format_words, "output",
	 OPTION_WRITES, "The same as --output"},
};

/* Of commands that print no report. */
static const struct option_row record_rows[] = {
	{"output", 'o', "FORMAT", OPTION_VALUES, AT(output), NULL, record_words, NULL,
	 OPTION_WRITES, "Print in this format: table, json"},
	{"format", 'f', "FORMAT", OPTION_VALUES, AT(output), NULL, record_words, "output",
	 OPTION_WRITES, "The same as --output"},
};

#define POLICY_ROW                                                              \
	{                                                                       \
		"policy", 0, "FILE", OPTION_TEXT, AT(policy), NULL, NULL, NULL, \
			OPTION_GUARDED | OPTION_IS_FILE,                        \
			"Rules of your own: a pack, or a folder of packs"       \
	}

static const struct option_row policy_rows[] = {POLICY_ROW};

static const struct option_row judge_rows[] = {
	{"fail-on", 0, "LIST", OPTION_LIST, AT(judge.fail_on), NULL, fail_words, NULL, 0,
	 "Exit with 1 when a finding matches one of the list: a severity (that or above), kev, fixable, added, "
	 "base, malicious, a kind of finding; 'high+fixable' needs both; none"},
	{"unknown-as", 0, "LEVEL", OPTION_TEXT, AT(judge.unknown_as), NULL, severity_words, NULL, 0,
	 "For --fail-on, findings without a severity count as this"},
	{"severity", 0, "LEVEL,...", OPTION_LIST, AT(judge.severity), NULL, severity_words, NULL, 0,
	 "Show only findings of these levels; 'high+' means high and above"},
	{"fixable", 0, NULL, OPTION_FLAG, AT(judge.fixable), NULL, NULL, NULL, 0,
	 "Show only findings for which there is a fixed version or a safe patch"},
	{"only-added", 0, NULL, OPTION_FLAG, AT(judge.only_added), NULL, NULL, NULL, 0,
	 "Hide findings that come from the base image"},
	{"only", 0, "ID,...", OPTION_LIST, AT(judge.only), NULL, NULL, NULL, OPTION_IS_RULE,
	 "Show only these ids (also aliases, also with *) or families"},
	{"skip", 0, "ID,...", OPTION_LIST, AT(judge.skip), NULL, NULL, NULL, OPTION_IS_RULE,
	 "Hide these ids (also aliases, also with *) or families"},
	{"exclude", 0, "GLOB", OPTION_VALUES, AT(judge.exclude), NULL, NULL, NULL, 0,
	 "Hide findings in files that match; ** crosses folders"},
	{"container", 0, "GLOB", OPTION_VALUES, AT(judge.container), NULL, NULL, NULL, 0,
	 "Show only findings of containers with a name that matches"},
	{"waivers", 0, "FILE", OPTION_VALUES, AT(judge.waivers), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE,
	 "Findings that are accepted: gabion's YAML, .trivyignore or an OpenVEX document; may be given several times"},
	POLICY_ROW,
	{"all", 0, NULL, OPTION_FLAG, AT(judge.all), NULL, NULL, NULL, 0,
	 "Show also what passed, did not apply or could not be observed"},
	{"strict", 0, NULL, OPTION_FLAG, AT(judge.strict), NULL, NULL, NULL, 0,
	 "Every error makes the result incomplete, also one metadata file that cannot be read; audit honours no exceptions "
	 "that stand in the objects"},
};

static const struct option_row target_rows[] = {
	{"platform", 0, "OS/ARCH", OPTION_TEXT, AT(platform), NULL, NULL, NULL, 0,
	 "Which platform of a multi-platform image; without it the host's, or the only one there is"},
	{"base", 0, "REF", OPTION_TEXT, AT(base), NULL, NULL, NULL, 0,
	 "The base image, so that findings are told apart by who can fix them"},
};

static const struct option_row database_rows[] = {
	{"db", 0, "PATH", OPTION_TEXT, AT(db), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Folder of the advisory database"},
	{"max-db-age", 0, "DAYS", OPTION_NUMBER, AT(judge.max_db_age), "30", NULL, NULL, 0,
	 "Advisory data older than this is exit code 4"},
	{"allow-uncovered", 0, NULL, OPTION_FLAG, AT(judge.allow_uncovered), NULL, NULL, NULL, 0,
	 "Do not fail when no feed covers the release of the operating system"},
};

static const struct option_row advisory_rows[] = {
	{"db", 0, "PATH", OPTION_TEXT, AT(db), NULL, NULL, NULL, OPTION_GUARDED | OPTION_IS_FILE,
	 "Folder of the advisory database, asked about packages of container engines"},
};

static const struct option_row budget_rows[] = {
	{"cache", 0, "DIR", OPTION_TEXT, AT(cache), NULL, NULL, NULL,
	 OPTION_GUARDED | OPTION_IS_FILE, "Folder of the cache; 'none' for no cache"},
	{"jobs", 'j', "N", OPTION_NUMBER, AT(jobs), "0", NULL, NULL, 0,
	 "How many workers at once; 0: one per processor"},
	{"timeout", 0, "TIME", OPTION_DURATION, AT(timeout), "0", NULL, NULL, 0,
	 "Stop after this time (90s, 5m, 2h); 0: never"},
	{"max-memory", 0, "SIZE", OPTION_SIZE, AT(max_memory), "0", NULL, NULL, 0,
	 "Memory for one worker's facts: those of a layer, the documents of a file (512M, 2G); 0: the built-in limit"},
};

GROUP(global_options, "Global options", global_rows);
GROUP(output_options, "Output", output_rows);
GROUP(record_options, "Output", record_rows);
GROUP(judge_options, "Which findings are shown and which count", judge_rows);
GROUP(policy_options, "Rules", policy_rows);
GROUP(target_options, "Target", target_rows);
GROUP(database_options, "Advisory data", database_rows);
GROUP(advisory_options, "Advisory data", advisory_rows);
GROUP(budget_options, "Limits", budget_rows);
