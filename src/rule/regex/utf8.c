/*
 * A set of characters as instructions over the bytes of UTF-8 (RFC 3629).
 *
 * The code space is cut by the bytes of the encoding: a node stands for a block of 64, 4096 or
 * 262144 characters, its entries for the next byte. Equal nodes are one node. The matchers feed
 * valid sequences only, so the code points that have a shorter form need no instruction.
 */
#include "rule/regex/regex-int.h"

#define TO_END UINT32_MAX
enum { MAX_ENTRIES = 128 };

struct entry {
	uint16_t lo, hi; /* no padding: entries are compared as bytes */
	uint32_t to;     /* a node, or TO_END */
};

struct trie {
	const struct rune_range *r;
	size_t n;
	struct {
		struct entry *p;
		size_t n, cap;
	} entries;
	struct {
		struct trie_node {
			size_t at, n;
			uint32_t pc;
		} * p;
		size_t n, cap;
	} nodes;
};

struct row {
	struct entry e[MAX_ENTRIES];
	size_t n;
};

/* Blocks that continue so many bytes. */
static const uint32_t block_size[] = {1, 64, 4096, 262144};
/* The first and last characters of sequences that continue so many bytes. */
static const uint32_t first_of[] = {0, 0x80, 0x800, 0x10000};
static const uint32_t last_of[] = {0x7f, 0x7ff, 0xffff, RUNE_MAX};

enum cover { NONE, SOME, ALL };

/* How much of lo to hi the set has. */
static enum cover covers(const struct trie *t, uint32_t lo, uint32_t hi)
{
	size_t a = 0, b = t->n;

	if (lo > hi)
		return NONE;
	/* the first range that ends at or behind lo */
	while (a < b) {
		size_t mid = (a + b) / 2;

		if (t->r[mid].hi < lo)
			a = mid + 1;
		else
			b = mid;
	}
	if (a == t->n || t->r[a].lo > hi)
		return NONE;
	return t->r[a].lo <= lo && t->r[a].hi >= hi ? ALL : SOME;
}

static void row_add(struct row *row, unsigned byte, uint32_t to)
{
	struct entry *e = row->n ? &row->e[row->n - 1] : NULL;

	if (e && e->to == to && e->hi + 1u == byte)
		e->hi = (uint16_t)byte;
	else
		row->e[row->n++] = (struct entry){(uint16_t)byte, (uint16_t)byte, to};
}

/* The node of these entries: an equal one that is there, or a new one. */
static uint32_t trie_node(struct trie *t, const struct row *row)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct trie_node *n = &t->nodes.p[i];

		if (n->n == row->n &&
		    memcmp(&t->entries.p[n->at], row->e, row->n * sizeof *row->e) == 0)
			return (uint32_t)i;
	}
	*VEC_PUSH(&t->nodes) = (struct trie_node){.at = t->entries.n, .n = row->n};
	for (size_t i = 0; i < row->n; i++)
		*VEC_PUSH(&t->entries) = row->e[i];
	return (uint32_t)t->nodes.n - 1;
}

static void row_block(struct trie *t, struct row *row, unsigned byte, uint32_t base, unsigned more,
		      unsigned length);

/* The node for the block at base, of which more bytes are to come; length: of the sequence, minus
 * one. */
static uint32_t trie_block(struct trie *t, uint32_t base, unsigned more, unsigned length)
{
	struct row row;

	memset(&row, 0, sizeof row);
	for (unsigned i = 0; i < 64; i++)
		row_block(t, &row, 0x80 + i, base + i * block_size[more - 1], more - 1, length);
	return trie_node(t, &row);
}

/* All of a block of so many bytes: every continuation. */
static uint32_t trie_full(struct trie *t, unsigned more)
{
	uint32_t to = TO_END;

	for (unsigned i = 0; i < more; i++) {
		struct row row;

		memset(&row, 0, sizeof row);
		row.e[0] = (struct entry){0x80, 0xbf, to};
		row.n = 1;
		to = trie_node(t, &row);
	}
	return to;
}

/* The byte that leads to the block at base, if the set has something of it. */
static void row_block(struct trie *t, struct row *row, unsigned byte, uint32_t base, unsigned more,
		      unsigned length)
{
	uint32_t lo = base, hi = base + block_size[more] - 1;

	lo = lo < first_of[length] ? first_of[length] : lo;
	hi = hi > last_of[length] ? last_of[length] : hi;
	switch (covers(t, lo, hi)) {
	case NONE:
		return;
	case SOME:
		row_add(row, byte, more ? trie_block(t, base, more, length) : TO_END);
		return;
	case ALL:
		row_add(row, byte, trie_full(t, more));
		return;
	}
}

/* One byte is a character here: ranges of the set are ranges of bytes. Most sets end with these,
 * and [a-z]{40} has its set forty times. */
static bool root_ascii(const struct trie *t, struct row *row)
{
	for (size_t i = 0; i < t->n; i++) {
		uint32_t lo = t->r[i].lo, hi = t->r[i].hi;
		struct entry *e = row->n ? &row->e[row->n - 1] : NULL;

		if (lo >= 0x80)
			return false;
		hi = hi < 0x80 ? hi : 0x7f;
		if (e && e->hi + 1u == lo)
			e->hi = (uint16_t)hi;
		else
			row->e[row->n++] = (struct entry){(uint16_t)lo, (uint16_t)hi, TO_END};
		if (t->r[i].hi >= 0x80)
			return false;
	}
	return true;
}

static void trie_root(struct trie *t, struct row *row)
{
	if (root_ascii(t, row))
		return;
	for (unsigned b = 0xc2; b < 0xe0; b++)
		row_block(t, row, b, (b & 0x1f) << 6, 1, 1);
	for (unsigned b = 0xe0; b < 0xf0; b++)
		row_block(t, row, b, (b & 0xf) << 12, 2, 2);
	for (unsigned b = 0xf0; b < 0xf5; b++)
		row_block(t, row, b, (b & 7) << 18, 3, 3);
}

static bool emit_entries(struct re_code *c, const struct entry *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct re_inst *inst = re_emit(c);

		if (!inst)
			return false;
		*inst = (struct re_inst){OP_BYTES,   (uint8_t)e[i].lo, (uint8_t)e[i].hi,
					 i + 1 == n, e[i].to,          0};
	}
	return true;
}

/* Root first; then what was a node's number becomes its place. */
static bool trie_emit(struct trie *t, const struct row *root, struct re_code *c)
{
	size_t start = c->n;

	if (!emit_entries(c, root->e, root->n))
		return false;
	for (size_t i = 0; i < t->nodes.n; i++) {
		struct trie_node *n = &t->nodes.p[i];

		n->pc = (uint32_t)c->n;
		if (!emit_entries(c, &t->entries.p[n->at], n->n))
			return false;
	}
	for (size_t i = start; i < c->n; i++) {
		uint32_t to = c->p[i].out;
		c->p[i].out = to == TO_END ? (uint32_t)c->n : t->nodes.p[to].pc;
	}
	return true;
}

bool re_emit_set(struct re_code *c, const struct rune_range *r, size_t n)
{
	struct trie t = {.r = r, .n = n};
	struct row root;

	memset(&root, 0, sizeof root);
	trie_root(&t, &root);
	if (root.n == 0) /* of no character: no byte is in 1 to 0 */
		root = (struct row){.e = {{1, 0, TO_END}}, .n = 1};
	bool ok = trie_emit(&t, &root, c);
	vec_done(&t.entries);
	vec_done(&t.nodes);
	return ok;
}
