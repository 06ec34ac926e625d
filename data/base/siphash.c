#include "data/base/siphash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct siphash_key siphash_key_new(void)
{
    struct siphash_key key;
    if (getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key)
        g_error("the system has no random numbers: %s", g_strerror(errno));
    return key;
}

static guint64 turned(guint64 word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static guint64 word_at(const unsigned char *at)
{
    guint64 word;
    memcpy(&word, at, sizeof word);
    return GUINT64_FROM_LE(word);
}

static void rounds(guint64 v[4], int n)
{
    while (n--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turned(v[1], 13) ^ v[0];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] = turned(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = turned(v[3], 21) ^ v[0];
        v[1] = turned(v[1], 17) ^ v[2];
        v[2] = turned(v[2], 32);
    }
}

static void mix(guint64 v[4], guint64 word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

static guint64 result(const guint64 v[4])
{
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct siphash siphash(const struct siphash_key *key, const void *data, size_t size)
{
    guint64 v[4] = {key->k0 ^ 0x736f6d6570736575, key->k1 ^ 0x646f72616e646f6d ^ 0xee,
                    key->k0 ^ 0x6c7967656e657261, key->k1 ^ 0x7465646279746573};
    const unsigned char *at = data, *whole = at + size - size % 8;
    for (; at < whole; at += 8)
        mix(v, word_at(at));
    unsigned char last[8] = {0};
    memcpy(last, at, size % 8);
    last[7] = (unsigned char)size;
    mix(v, word_at(last));
    struct siphash hash;
    v[2] ^= 0xee;
    rounds(v, 4);
    hash.low = result(v);
    v[1] ^= 0xdd;
    rounds(v, 4);
    hash.high = result(v);
    return hash;
}
