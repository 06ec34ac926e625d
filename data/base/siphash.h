/* SipHash-2-4 with 128 bits (Aumasson, Bernstein: "SipHash: a fast short-input PRF"; the reference
 * is github.com/veorq/SipHash): what tells texts apart without keeping them. Under a key that is
 * drawn anew in each process nobody can aim two texts at one hash, and by chance it does not happen
 * among so few; GLib's SHA-256 takes seven times as long. */
#pragma once

#include <glib.h>

struct siphash_key {
    guint64 k0, k1;
};
struct siphash {
    guint64 low, high;
};

/* One that nobody knows. */
struct siphash_key siphash_key_new(void);
struct siphash siphash(const struct siphash_key *key, const void *data, size_t size);
