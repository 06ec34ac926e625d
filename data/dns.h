/* What a resolver answers for a name, now: the names it goes through, the addresses at the end, and
 * how long that may be kept. glibc's resolver (libresolv) speaks the protocol: GLib's tells neither
 * CNAMEs nor how long they last, and /etc/hosts is not what tenants are sent by. */
#pragma once

#include "data/base/own.h"

#include <glib.h>

struct dns_answer {
    GPtrArray *names;     /* char *, lower case, no dot at the end: the name itself, then what each
                             CNAME leads to */
    GPtrArray *addresses; /* char *: "10.0.0.1", "2001:db8::1" */
    gint64 ttl_s;         /* the shortest of them */
};
void dns_answer_free(struct dns_answer *answer);
OWNABLE(dns_answer, dns_answer_free);

/* Asks and waits, so it is a worker's affair; no longer than `patience_ms` for each of A and AAAA.
 * `server`: "10.0.0.2:5353" (config.h); NULL: those of /etc/resolv.conf. CD_ERROR_SOURCE, which
 * says what was asked of whom and what came, where there is no answer, or no such name. */
struct dns_answer *dns_ask(const char *name, const char *server, gint64 patience_ms,
                           GError **error);

/* Lower case, without a dot at the end: names are compared so. Caller frees. */
char *dns_plain(const char *name);
