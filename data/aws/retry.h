/* AWS's standard retry mode as pure decisions (aws.md, "Retries"): 3 attempts, full jitter, and a
 * bucket of tokens that keeps a client from hammering a service that is down. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum { RETRY_ATTEMPTS = 3 };

enum retry_kind {
    RETRY_NOT,
    RETRY_REFUSED,   /* throttled before anything was done: a write may be sent again */
    RETRY_THROTTLED, /* throttled, but something may be under way */
    RETRY_TRANSIENT, /* 5xx or no answer */
    RETRY_TIMEOUT
};

/* What an answer's error code (NULL: none) and HTTP status say. */
enum retry_kind retry_kind_of(const char *code, int status);

struct retry_bucket {
    int tokens;
};
void retry_bucket_init(struct retry_bucket *bucket); /* full: 500 */

/* After attempt number `attempt` (from 1) ended with `kind`: whether to try again, and how long to
 * wait before. `jitter` is a random number in [0, 1). Takes the attempt's price from the bucket. */
bool retry_next(struct retry_bucket *bucket, enum retry_kind kind, bool write, int attempt,
                double jitter, gint64 *delay_ms);

/* The pause after attempt number `attempt`: rand(0,1) * min(2^(attempt - 1), 20) s. */
gint64 retry_delay_ms(int attempt, double jitter);

/* Whether the bucket alone forbids another try after `kind`: too many have failed lately. */
bool retry_exhausted(const struct retry_bucket *bucket, enum retry_kind kind);

/* A call ended well; `last` is the kind of its last retry (RETRY_NOT: it needed none). What that
 * one cost goes back into the bucket, or one token. */
void retry_succeeded(struct retry_bucket *bucket, enum retry_kind last);
