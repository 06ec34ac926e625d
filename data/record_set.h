/* A record set of a hosted zone, whole: what is needed to delete it (Route 53 does that only where
 * every part is told as it stands) and to put it back exactly. To and from Route 53's XML and the
 * journal's JSON; pure. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

struct record_set {
    char *name;   /* as Route 53 writes it: lower case, a dot at the end, \052 for an odd letter */
    char *type;   /* "CNAME", "A", ... */
    gint64 ttl_s; /* < 0: none, it is an alias */
    GPtrArray *values; /* char *, as written, in their order; empty for an alias */
    char *alias_name;  /* where an alias leads, or NULL */
    char *alias_zone;  /* the hosted zone of that */
    bool alias_health; /* EvaluateTargetHealth */
    char *foreign;     /* parts beyond these, by Route 53's names: "SetIdentifier, Weight". It has a
                          routing policy or a health check, and is not ours to change. NULL: none */
};
void record_set_free(struct record_set *set);
OWNABLE(record_set, record_set_free);
/* An array of them that owns them. */
GPtrArray *record_sets_new(void);
/* Of no values and no TTL yet. */
struct record_set *record_set_new(const char *name, const char *type);
struct record_set *record_set_copy(const struct record_set *set);
/* A CNAME from `name` to `target`. */
struct record_set *record_set_cname(const char *name, const char *target, gint64 ttl_s);

/* The same record: names and what they lead to without case and last dot, other values byte by
 * byte in any order, TTL and alias too. Whatever has something foreign equals nothing. */
bool record_set_equal(const struct record_set *a, const struct record_set *b);

/* {name, type, ttl, values} or {name, type, alias: {name, zone, health}}; with `foreign` where it
 * has something of the kind. New reference. */
json_t *record_set_json(const struct record_set *set);
/* NULL and CD_ERROR_FAILED where it is none of these. */
struct record_set *record_set_of_json(const json_t *json, GError **error);

/* For people: "CNAME cell1.example.com, TTL 60 s", "A alias of lb.example.com". Caller frees. */
char *record_set_text(const struct record_set *set);

/* The sets of `name`, whatever their types, out of a ListResourceRecordSets' answer; NULL and
 * CD_ERROR_SOURCE where it is no such answer. `name` NULL: all that it has. `next` (may be NULL)
 * gets the name that the next page begins with, to be freed; NULL: this is the last one. */
GPtrArray *record_sets_read(const char *xml, const char *name, char **next, GError **error);
