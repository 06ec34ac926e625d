/* What an HTTP answer of AWS means: AWS's error code in any of its three forms, and what follows
 * from it (aws.md, "Protocols" and "Retries"). */
#pragma once

#include "data/aws/client.h"
#include "data/aws/retry.h"
#include "data/aws/transport.h"

struct fault {
    char *code;       /* "ThrottlingException"; "HTTP 500" where AWS named none */
    char *message;    /* one line of what AWS said, valid UTF-8, not too long; may be "" */
    char *request_id; /* or NULL */
    enum aws_error kind;
    enum retry_kind retry;
    bool expired;   /* the keys are over: nothing was done with them */
    bool signature; /* the signature or its time was refused */
    gint64 date_ms; /* the answer's Date; 0: none */
};
void fault_free(struct fault *fault);
OWNABLE(fault, fault_free);

/* The answer's Date; 0: none. */
gint64 answer_date_ms(const struct http_answer *answer);

/* The id by which AWS knows the request, without any of `secrets`; NULL: it named none. Caller
 * frees.
 */
char *answer_request_id(const struct http_answer *answer, const char *const *secrets);

/* NULL for a 2xx answer. `secrets` (NULL-terminated, or NULL) are those of the request: AWS's
 * answer to a bad signature quotes it, and nothing of them is left in the fault. */
struct fault *fault_read(const struct http_answer *answer, const char *const *secrets);
