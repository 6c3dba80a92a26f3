/* Where records come from: one file per kind of feed (feed-<kind>.c), all through these two
 * structs. */
#pragma once

#include "advisory/record.h"
#include "fmt/stream.h"

/* What the database says of a feed. */
struct feed_info {
	struct sv name;   /* "osv", "facts", "kev", "epss", "nvd", "cve" */
	struct sv source; /* file or URL, as the user named it */
	int64_t date; /* of the feed itself: newest member of a zip, dateReleased ...; 0 = not known
		       */
	uint64_t records;
	struct sv sha256; /* of the input's bytes, hex */
	struct sv etag;   /* of a download */
	bool bundled;     /* came with the program */
};

/* Takes records, one at a time; views die after the call. */
struct record_sink {
	int (*record)(struct record_sink *s, const struct record *r, struct err *err);
};

/* Takes what feeds know of CVEs rather than of packages. */
struct cve_fact {
	uint64_t cve; /* cve_number() */
	bool has_severity;
	enum severity severity;
	struct sv severity_source;
	struct sv cvss, cvss_source;
	int cvss_rank;  /* the higher replaces the lower */
	double score;   /* of a CVSS without vector; negative = none */
	struct sv cwes; /* separated by spaces */
	struct sv kev;  /* "2024-01-02 2024-01-23 1": added, due, ransomware */
	bool has_epss;
	double epss, percentile;
};

struct cve_sink {
	int (*fact)(struct cve_sink *s, const struct cve_fact *f, struct err *err);
};

/* Reads all records of the zip that affect the ecosystem. *info: date, records, sha256. Texts in it
 * live in the arena. */
int feed_osv(const char *path, struct sv ecosystem, struct record_sink *sink, struct arena *a,
	     struct feed_info *info, struct err *err) must_check;
/* Facts as a table: feed-facts.c. The system and release are in the file's name. */
int feed_facts(const char *path, struct record_sink *sink, struct arena *a, struct feed_info *info,
	       struct err *err) must_check;
/* Of "data/debian-12.tsv": Debian, 12. False when the name is none of facts. */
bool facts_file(struct sv path, struct sv *ecosystem, struct sv *release);
/* CISA's JSON, plain or gzip. */
int feed_kev(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err) must_check;
/* FIRST's CSV, plain or gzip: "#model_version:...,score_date:...", "cve,epss,percentile". */
int feed_epss(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	      struct err *err) must_check;
/* NVD 2.0 JSON, plain, gzip or zstd: "vulnerabilities", one at a time in memory. */
int feed_nvd(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err) must_check;
/* CVE records 5.x: a JSON file or a zip of them. */
int feed_cve(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err) must_check;

/* SHA-256 as hex digits, of a whole file from its start; the descriptor is left at its end. */
int feed_sha256(int fd, struct arena *a, struct sv *out, struct err *err) must_check;
/* A file as a stream that unpacks and hashes its bytes; *digest for feed_stream_end(). */
int feed_stream(int fd, struct stream **out, const struct stream **digest,
		struct err *err) must_check;
/* The digest of the raw bytes once the stream has ended. */
struct sv feed_stream_end(const struct stream *digest, struct arena *a);
/* Takes the vector (a view) if its rank is higher than that of the one there is, and if it can be
 * read. */
bool feed_vector(struct cve_fact *f, struct sv vector, int rank, struct sv source);
/* Appends "CWE-79" to a list separated by spaces, once; other words and too many of them are left
 * out. */
void feed_cwe(struct buf *out, struct sv id);
