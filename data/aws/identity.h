/* An identity and the search for its keys, as credentials.c (who has keys, and how long they are
 * good) and search.c (asking one provider after the other) share them. Private to these two. */
#pragma once

#include "data/aws/credentials.h"
#include "data/aws/provider.h"

struct credentials {
    GMainContext *context;
    struct transport *transport; /* for providers; made when the first one wants it */
    char *profile;               /* the one in use */
    bool named;                  /* by the caller: the environment's keys are not for it */
    char **env;
    struct assumer assumer;
    GHashTable *identities; /* name -> struct identity */
};

struct identity {
    int refs; /* one is the table's; others keep it alive while callbacks run */
    char *name;
    struct credentials *credentials; /* NULL once freed */
    const struct provider *const *chain;
    char *profile;  /* or NULL */
    char *role_arn; /* or NULL; then `source` assumes it */
    struct identity *source;
    struct keys *keys;
    gint64 forgot_mono_ms; /* when keys of it were last forgotten; 0: never */
    GQueue waits;
    struct work *work; /* the search under way */
};

/* The identity of that name, made the first time it is asked for; `profile` may be NULL. */
struct identity *identity_named(struct credentials *credentials, const char *kind, const char *what,
                                const char *profile, const struct provider *const *chain);

/* Begins a search where none is under way; it ends, later, in identity_found or identity_lost. */
void identity_search(struct identity *identity);
void identity_search_end(struct identity *identity); /* cancels it */

void identity_found(struct identity *identity, struct keys *keys); /* steals `keys` */
void identity_lost(struct identity *identity, GError *error);      /* steals `error` */
