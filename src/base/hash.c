#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

#include "base/num.h"

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static inline __attribute__((always_inline)) void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = ROTL(v[1], 13) ^ v[0];
	v[0] = ROTL(v[0], 32);
	v[2] += v[3];
	v[3] = ROTL(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ROTL(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ROTL(v[1], 17) ^ v[2];
	v[2] = ROTL(v[2], 32);
}

uint64_t hash_sip(struct hash_key key, struct sv in)
{
	uint64_t v[4] = {key.k0 ^ 0x736f6d6570736575U, key.k1 ^ 0x646f72616e646f6dU,
			 key.k0 ^ 0x6c7967656e657261U, key.k1 ^ 0x7465646279746573U};
	size_t whole = in.n & ~(size_t)7;
	uint64_t last = (uint64_t)in.n << 56;

	for (size_t i = 0; i < whole; i += 8) {
		uint64_t m = le64(in.p + i);
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	for (size_t i = whole; i < in.n; i++)
		last |= (uint64_t)(unsigned char)in.p[i] << (8 * (i - whole));
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_seeded(struct sv v)
{
	static struct hash_key key;

	if (key.k0 == 0 && getrandom(&key, sizeof key, GRND_NONBLOCK) != sizeof key)
		key.k0 = (uint64_t)time(NULL) | 1;
	return hash_sip(key, v);
}
