#include "fmt/inflate.h"

#ifdef HAVE_ISAL

#include <isa-l.h>

struct inflate {
	struct inflate_state state;
	uint32_t flag;
	uint32_t crc; /* of INFLATE_RAW: ISA-L counts only in its gzip modes */
};

struct inflate *inflate_new(enum inflate_kind kind)
{
	struct inflate *z = xmalloc(sizeof *z);

	/* The trailer of 8 bytes is read by ISA-L itself: it may hold up to 8 bytes of input in its
	 * bit buffer, which could not be handed back across windows. */
	z->flag = kind == INFLATE_GZIP ? ISAL_GZIP_NO_HDR_VER : ISAL_DEFLATE;
	isal_inflate_init(&z->state);
	z->state.crc_flag = z->flag;
	z->crc = 0;
	return z;
}

void inflate_free(struct inflate *z)
{
	free(z);
}

void inflate_reset(struct inflate *z)
{
	isal_inflate_reset(&z->state);
	z->state.crc_flag = z->flag;
	z->state.crc = 0;
	z->crc = 0;
}

uint32_t crc32_of(uint32_t crc, struct sv v)
{
	return crc32_gzip_refl(crc, (const uint8_t *)v.p, v.n);
}

uint32_t inflate_crc(const struct inflate *z)
{
	return z->flag == ISAL_DEFLATE ? z->crc : z->state.crc;
}

static const char *fault(int rc)
{
	switch (rc) {
	case ISAL_INVALID_BLOCK:
		return "invalid block header";
	case ISAL_INVALID_SYMBOL:
		return "invalid code";
	case ISAL_INVALID_LOOKBACK:
		return "distance before the beginning";
	case ISAL_INCORRECT_CHECKSUM:
		return "CRC-32 or length differ from the trailer";
	default:
		return "invalid data";
	}
}

int inflate_run(struct inflate *z, struct sv *in, char *to, size_t cap, size_t *made, bool *done,
		struct err *err)
{
	struct inflate_state *s = &z->state;
	size_t give = in->n < INT32_MAX ? in->n : INT32_MAX;
	size_t room = cap < INT32_MAX ? cap : INT32_MAX;

	s->next_in = (uint8_t *)(uintptr_t)in->p;
	s->avail_in = (uint32_t)give;
	s->next_out = (uint8_t *)to;
	s->avail_out = (uint32_t)room;
	int rc = isal_inflate(s);
	if (rc < 0)
		return err_set(err, ERR_PARSE, "deflate: %s", fault(rc));
	*in = sv_from(*in, give - s->avail_in);
	*made = room - s->avail_out;
	*done = s->block_state == ISAL_BLOCK_FINISH;
	if (z->flag == ISAL_DEFLATE)
		z->crc = crc32_of(z->crc, sv_make(to, *made));
	return 0;
}

#endif
