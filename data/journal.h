/* The journal: append-only streams of events (rollout.md, "The journal is the state").
 *
 * A stream is an operation ("r17"), a lease ("lease/r17") or a cell lock ("lock/cell-2"). One
 * primitive changes anything: append event number `seq` if nobody else has. Every event carries
 * the hash of the one before it in its stream:
 *     hash = SHA-256(prev_hash LF stream LF seq LF id LF at_ms LF actor LF type LF data)
 * in lower-case hex, `prev_hash` of event 1 being 64 zeros and `data` compact JSON with its keys
 * sorted. Not thread-safe: one handle a thread. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct event {
    char *stream;
    gint64 seq; /* from 1, without gaps */
    char *id;   /* random, made by whoever appends: tells our own event from another's */
    gint64 at_ms;
    char *actor;
    char *type;      /* "deploy.intent" */
    json_t *data;    /* an object */
    char *prev_hash; /* 64 hex digits */
    char *hash;
};
void event_free(struct event *event);
OWNABLE(event, event_free);

struct config;
struct journal;

/* `dir` is a state folder (see state_dir()). Opens or creates history.db in it, moves an older
 * schema forward, refuses a newer one. The journal is that file, or with journal.store: dynamodb a
 * table of which the file is the copy (journal_dynamodb.h): everything is read from the copy, which
 * is brought up to date here if that can be done in time, and appended to the table. CD_ERROR_USAGE
 * where the file is not what `config` says. */
struct journal *journal_open(const struct config *config, const char *dir, GError **error);
/* The journal that is the file itself. */
struct journal *journal_open_file(const char *dir, GError **error);
/* For readers beside a history that may not be written: an error if there is none yet. */
struct journal *journal_open_read_only(const char *dir, GError **error);
void journal_close(struct journal *journal);
OWNABLE(journal, journal_close);

/* Whether other hosts append to it, too. */
bool journal_is_shared(const struct journal *journal);
/* Why the copy could not be brought up to date when it was opened, and how old it is; NULL: it was,
 * or is no copy. Caller frees. */
char *journal_trouble(const struct journal *journal);

/* Appends event `seq` to `stream`. Durable (fsynced, or in DynamoDB) when it returns true.
 * CD_ERROR_CONFLICT: somebody else's event has that number; read it. If what is there bears our own
 * `id`, it is ours and this succeeds. Any other error: nothing was written, or, where that can't be
 * known of a shared journal, the message says so; asking again with the same `id` is then safe,
 * and tells. May wait for the network (JOURNAL_APPEND_MS). Borrows `data`. `out` may be NULL; else
 * it gets the event as kept, for the caller to free. */
bool journal_append(struct journal *journal, const char *stream, gint64 seq, const char *id,
                    gint64 at_ms, const char *actor, const char *type, json_t *data,
                    struct event **out, GError **error);

/* How many events the journal has, in all its streams; -1 with an error. */
gint64 journal_head(struct journal *journal, GError **error);

/* The same on a condition more: nobody has appended anything at all, to any stream, since
 * journal_head() was `head`. So whatever was read after that still stands when this succeeds, which
 * is how of two operations that are opened at once the second sees the first. CD_ERROR_CONFLICT:
 * somebody has, or the number is taken; look at everything anew. */
bool journal_append_at_head(struct journal *journal, gint64 head, const char *stream, gint64 seq,
                            const char *id, gint64 at_ms, const char *actor, const char *type,
                            json_t *data, struct event **out, GError **error);

/* A fresh random event id (128 bits, hex). Caller frees. */
char *journal_new_id(void);

/* Events of `stream` from number `from` on (1 = all), oldest first: struct event *, freed with the
 * array. An unknown stream is an empty one. NULL on error. */
GPtrArray *journal_read(struct journal *journal, const char *stream, gint64 from, GError **error);

/* The first and the last event of `stream`, or NULL without an error where there is none. */
struct event *journal_first(struct journal *journal, const char *stream, GError **error);
struct event *journal_last(struct journal *journal, const char *stream, GError **error);

/* The names of all streams that start with `prefix`, in order of their first event. NULL on error.
 */
char **journal_streams(struct journal *journal, const char *prefix, GError **error);

/* Something that changes whenever any process appends anything; cheap to ask (no table is read). */
gint64 journal_version(struct journal *journal);

/* Recomputes every chain. True: whole. False with CD_ERROR_FAILED naming stream and seq of the
 * first bad row. *events (may be NULL) gets how many were checked. */
bool journal_verify(struct journal *journal, gint64 *events, GError **error);

/* The same for one stream, quickly: what its events say, not the bytes they are kept in. */
bool journal_verify_stream(struct journal *journal, const char *stream, GError **error);

/* The hash of the newest event of the whole journal (what closing notifications carry). */
char *journal_head_hash(struct journal *journal, GError **error);
