/* Changing a hosted zone, and seeing that it was changed (aws.md, "Protocols" and "Limits").
 *
 * Route 53's only compare-and-swap is a DELETE of the set as it was read, with a CREATE of the new
 * one in the same batch: refused as a whole (InvalidChangeBatch) where the set is another by now.
 * What an error of these calls means, by its code (data/aws/client.h):
 * - AWS_ERROR_CONDITION: InvalidChangeBatch. Nothing was changed; the message is Route 53's own,
 *   set by set. Read the records again.
 * - AWS_ERROR_THROTTLED: Throttling, PriorRequestNotComplete (another change of the zone is under
 *   way): nothing was changed; to be tried again, later.
 * - AWS_ERROR_NOT_FOUND: there is no such zone, or no such change.
 * - aws_error_is_unsure(): it may have been done, and its change's id is lost. A DELETE + CREATE of
 *   one and the same set that stands there changes nothing, and its INSYNC is that of all before.
 * - any other: nothing was changed, and nothing will be until somebody puts it right. */
#pragma once

#include "data/aws/client.h"
#include "data/record_set.h"

enum {
    ZONE_VALUES_MAX = 1000,   /* ResourceRecord elements (an alias counts as one) in a batch ... */
    ZONE_LETTERS_MAX = 32000, /* ... and letters of their values; an UPSERT counts both twice */
};

enum zone_action { ZONE_CREATE, ZONE_DELETE, ZONE_UPSERT };
struct zone_change {
    enum zone_action action;
    const struct record_set *set; /* borrowed; nothing foreign in it */
};

/* What a batch may not be over; CD_ERROR_FAILED, with what it has, where it is, or where a set has
 * something foreign, or there is none. zone_change() asks this first: such a batch is never sent.
 */
bool zone_changes_fit(const struct zone_change *changes, size_t n, GError **error);
/* The body of ChangeResourceRecordSets: pure. Caller frees. */
char *zone_changes_body(const struct zone_change *changes, size_t n, const char *comment);

/* Each of the calls below ends with exactly one `fn`, from the main loop, unless it is cancelled:
 * no callback comes after that, though what was sent may be done all the same. `zone_id` is with or
 * without its "/hostedzone/"; `deadline_ms` 0 = 20 s. */
struct zone_call;
void zone_call_cancel(struct zone_call *call);

enum zone_status { ZONE_PENDING, ZONE_INSYNC };
/* `id` (without "/change/", borrowed, NULL exactly when `error` is set) is the change's. */
typedef void (*zone_change_fn)(const char *id, enum zone_status status, const GError *error,
                               gpointer data);

/* All of the changes or none. `comment` (its first 256 letters are sent) stands in Route 53's own
 * records; may be NULL. NULL and `error` where the batch does not fit: nothing was sent. */
struct zone_call *zone_change(struct aws_client *client, const char *zone_id,
                              const struct zone_change *changes, size_t n, const char *comment,
                              gint64 deadline_ms, zone_change_fn fn, gpointer data, GError **error);
/* Whether all of Route 53's servers know it. */
struct zone_call *zone_change_status(struct aws_client *client, const char *id, gint64 deadline_ms,
                                     zone_change_fn fn, gpointer data);
/* The answer of either. False and AWS_ERROR_ANSWER where it is none. *id is to be freed. */
bool zone_change_read(const char *xml, char **id, enum zone_status *status, GError **error);

/* What Route 53's own servers answer for a name: no resolver's cache is between. */
struct zone_answer {
    char *code;        /* "NOERROR", "NXDOMAIN", ... */
    GPtrArray *values; /* char *, as written */
};
void zone_answer_free(struct zone_answer *answer);
OWNABLE(zone_answer, zone_answer_free);
/* NULL and AWS_ERROR_ANSWER where the text is no such answer. */
struct zone_answer *zone_answer_read(const char *xml, GError **error);
/* Whether it is what the set says: NOERROR, and its values; of an alias, whose answer is what it
 * leads to, that there is one. */
bool zone_answer_is(const struct zone_answer *answer, const struct record_set *set);

/* `answer` is borrowed and NULL exactly when `error` is set. */
typedef void (*zone_answer_fn)(const struct zone_answer *answer, const GError *error,
                               gpointer data);
struct zone_call *zone_test_answer(struct aws_client *client, const char *zone_id, const char *name,
                                   const char *type, gint64 deadline_ms, zone_answer_fn fn,
                                   gpointer data);

/* Whether it is a private hosted zone, which answers within its VPCs alone, and of which
 * zone_test_answer() tells nothing ("This call only supports querying public hosted zones", its API
 * reference). `private` says nothing where there is an `error`. */
typedef void (*zone_kind_fn)(bool private, const GError *error, gpointer data);
struct zone_call *zone_kind_ask(struct aws_client *client, const char *zone_id, gint64 deadline_ms,
                                zone_kind_fn fn, gpointer data);
/* The answer of GetHostedZone. False and AWS_ERROR_ANSWER where it is none. */
bool zone_kind_read(const char *xml, bool *private, GError **error);

/* The sets of many names (one at the least), in as few pages as they lie in. `sets` (borrowed) is
 * one GPtrArray of struct record_set a name, in the order of `names`, empty where nothing stands;
 * NULL exactly when `error` is set: all or nothing. `deadline_ms` is for each page. */
typedef void (*zone_sets_fn)(GPtrArray *const *sets, const GError *error, gpointer data);
struct zone_call *zone_sets_read(struct aws_client *client, const char *zone_id,
                                 const char *const *names, gint64 deadline_ms, zone_sets_fn fn,
                                 gpointer data);
