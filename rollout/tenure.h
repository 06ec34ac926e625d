/* How long credentials last, in the words that people read, and whether that is long enough. What
 * it is said of, aws_client_tenure() knows. Pure. */
#pragma once

#include "data/aws/client.h"

enum tenure_stage {
    TENURE_FINE,   /* they renew themselves, or nobody need hurry, or nobody knows */
    TENURE_ENDING, /* in less than TENURE_NEAR_MS a person has to renew them; where nobody knows the
                      session's end: its keys have been due for renewal, and are not renewed */
    TENURE_ENDED   /* past their end: nothing can be read or done with them */
};
#define TENURE_NEAR_MS (30 * G_GINT64_CONSTANT(60000))
/* Renewing begins 15 minutes before the end of an hour's keys, 5 before that of the shortest ones
 * (credentials.h): what is not renewed by then is in trouble. */
#define TENURE_OVERDUE_MS (5 * G_GINT64_CONSTANT(60000))

enum tenure_stage tenure_stage(const struct aws_tenure *tenure, gint64 now_ms);

/* When they end for good, unless a person renews them, or (of those that renew themselves, and of
 * those of a session whose end nobody knows) renewing them has failed: the moment that tenure_stage
 * goes by. 0: never, as far as is known. */
gint64 tenure_end_ms(const struct aws_tenure *tenure);

/* Whether a person is known to be needed at tenure_end_ms(). */
bool tenure_end_is_known(const struct aws_tenure *tenure);

/* Do they last until then without anybody's help? */
bool tenure_lasts(const struct aws_tenure *tenure, gint64 until_ms);

/* "profile ops (SSO session corp), whose session ends 2026-11-24T14:05:00Z"; always the same words
 * for the same credentials, whenever it is asked. Caller frees. */
char *tenure_words(const struct aws_tenure *tenure);
