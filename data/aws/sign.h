/* Signature Version 4, as a pure function of a request, the keys and the time. libcurl's own
 * signs wrongly in ways aws.md lists, so we do it; checked against AWS's test suite and botocore.
 */
#pragma once

#include "data/aws/keys.h"

#include <glib.h>

struct sign_header {
    const char *name, *value;
};

/* A request as it goes over the wire. Every header given is signed: host, content-type and x-amz-*,
 * never one that something on the way may change. x-amz-date (and x-amz-security-token for keys
 * with a token) has to be among them. */
struct sign_request {
    const char *method;
    const char *path;  /* escaped once; canonical paths escape it again, as all but S3 want it */
    const char *query; /* without `?`; may be NULL */
    const struct sign_header *headers;
    size_t n_headers;
    const void *body;
    size_t body_size;
};

struct sign_scope {
    const char *region, *service;
    gint64 at_ms;
};

struct signature {
    char *canonical; /* canonical request */
    char *to_sign;
    char *authorization; /* value of the Authorization header */
};

void sign(const struct sign_request *request, const struct keys *keys,
          const struct sign_scope *scope, struct signature *signature);
void signature_clear(struct signature *signature);

/* "20150830T123600Z", the value of x-amz-date. Caller frees. */
char *sign_date(gint64 at_ms);
