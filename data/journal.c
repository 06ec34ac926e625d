#include "data/journal.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/config.h"
#include "data/journal_copy.h"
#include "data/journal_dynamodb.h"

#include <string.h>
#include <sys/random.h>

struct journal {
    struct journal_store *store;
    char *dir;
    bool shared;
    char *trouble; /* or NULL */
};

void event_free(struct event *event)
{
    if (!event)
        return;
    g_free(event->stream);
    g_free(event->id);
    g_free(event->actor);
    g_free(event->type);
    json_decref(event->data);
    g_free(event->prev_hash);
    g_free(event->hash);
    g_free(event);
}

void journal_summary_free(struct journal_summary *summary)
{
    event_free(summary->opened);
    event_free(summary->last_state);
    g_free(summary);
}

char *journal_row_hash(const struct journal_row *row)
{
    g_autofree char *text = g_strdup_printf(
        "%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", row->prev_hash,
        row->stream, row->seq, row->id, row->at_ms, row->actor, row->type, row->data);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

struct event *journal_row_event(const struct journal_row *row, GError **error)
{
    OWN_JSON data = json_loads(row->data, JSON_ALLOW_NUL, NULL);
    if (!json_is_object(data)) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "%s, event %" G_GINT64_FORMAT
                    ": its data can't be read; the history was changed: see `history verify`",
                    row->stream, row->seq);
        return NULL;
    }
    struct event *event = g_new(struct event, 1);
    *event = (struct event){.stream = g_strdup(row->stream),
                            .seq = row->seq,
                            .id = g_strdup(row->id),
                            .at_ms = row->at_ms,
                            .actor = g_strdup(row->actor),
                            .type = g_strdup(row->type),
                            .data = json_incref(data),
                            .prev_hash = g_strdup(row->prev_hash),
                            .hash = g_strdup(row->hash)};
    return event;
}

struct journal *journal_over(struct journal_store *store, const char *dir)
{
    if (!store)
        return NULL;
    struct journal *journal = g_new0(struct journal, 1);
    journal->store = store;
    journal->dir = g_strdup(dir);
    return journal;
}

static struct journal *open_shared(const struct config *config, const char *dir, GError **error)
{
    char *trouble = NULL;
    struct journal *journal =
        journal_over(journal_dynamodb_open(config, dir, &trouble, error), dir);
    if (journal) {
        journal->shared = true;
        journal->trouble = trouble;
    }
    return journal;
}

struct journal *journal_open(const struct config *config, const char *dir, GError **error)
{
    if (config_journal_is_shared(config))
        return open_shared(config, dir, error);
    OWN(journal) journal = journal_open_file(dir, error);
    if (!journal || !journal_copy_refuse(journal->store, error))
        return NULL;
    return g_steal_pointer(&journal);
}

struct journal *journal_open_file(const char *dir, GError **error)
{
    return journal_over(journal_sqlite_open(dir, false, error), dir);
}

struct journal *journal_open_read_only(const char *dir, GError **error)
{
    return journal_over(journal_sqlite_open(dir, true, error), dir);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    journal->store->ops->close(journal->store);
    g_free(journal->dir);
    g_free(journal->trouble);
    g_free(journal);
}

bool journal_is_shared(const struct journal *journal)
{
    return journal->shared;
}

char *journal_trouble(const struct journal *journal)
{
    if (!journal->trouble)
        return NULL;
    gint64 age_ms = journal_copy_age_ms(journal->dir);
    g_autofree char *age = age_ms < 0 ? NULL : duration_short(age_ms);
    return g_strdup_printf("%s; what is shown is this host's copy, %s%s%s", journal->trouble,
                           age ? "last read whole " : "never read whole", age ? age : "",
                           age ? " ago" : "");
}

struct journal_store *journal_store(struct journal *journal)
{
    return journal->store;
}

char *journal_new_id(void)
{
    guint32 words[4];
    if (getrandom(words, sizeof words, 0) != sizeof words)
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
            words[i] = g_random_int();
    return g_strdup_printf("%08x%08x%08x%08x", words[0], words[1], words[2], words[3]);
}

/* The hash joins the columns with line feeds, so only `data` (JSON) may hold one, escaped. */
static bool is_plain(const char *text)
{
    return *text && !strchr(text, '\n') && g_utf8_validate(text, -1, NULL);
}

static bool refuse_bad_event(const struct journal_row *row, const json_t *data, GError **error)
{
    if (row->seq >= 1 && is_plain(row->stream) && is_plain(row->id) && is_plain(row->actor) &&
        is_plain(row->type) && json_is_object(data))
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "the journal refuses event %" G_GINT64_FORMAT
                " of %s: names must be UTF-8 on one line and not empty, data an object",
                row->seq, row->stream);
    return false;
}

bool journal_row_is_at_head(const struct journal_row *row, gint64 head, gint64 there,
                            GError **error)
{
    if (there >= 0 && (head == JOURNAL_ANY_HEAD || head == there))
        return true;
    if (there >= 0)
        g_set_error(error, CD_ERROR, CD_ERROR_CONFLICT,
                    "%s: something was appended to the journal since it was read for event "
                    "%" G_GINT64_FORMAT,
                    row->stream, row->seq);
    return false;
}

/* After a conflict: the event that has the number, if it is the one we tried to append. A retried
 * append whose first answer was lost ends here. */
static struct event *read_back(struct journal *journal, const struct journal_row *row)
{
    g_autoptr(GPtrArray) found =
        journal->store->ops->read(journal->store, row->stream, row->seq, 1, NULL);
    if (!found || found->len == 0)
        return NULL;
    const struct event *event = g_ptr_array_index(found, 0);
    if (event->seq != row->seq || strcmp(event->id, row->id) != 0)
        return NULL;
    return g_ptr_array_steal_index(found, 0);
}

static char *data_text(const json_t *data)
{
    char *dumped = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = g_strdup(dumped);
    free(dumped);
    return text;
}

static bool append(struct journal *journal, gint64 head, struct journal_row row, const json_t *data,
                   struct event **out, GError **error)
{
    if (!refuse_bad_event(&row, data, error))
        return false;
    g_autofree char *text = data_text(data);
    row.data = text;

    char prev_hash[JOURNAL_HASH_SIZE], hash[JOURNAL_HASH_SIZE];
    g_autoptr(GError) failure = NULL;
    OWN(event) kept = NULL;
    if (journal->store->ops->append(journal->store, &row, head, prev_hash, hash, &failure)) {
        row.prev_hash = prev_hash;
        row.hash = hash;
        kept = out ? journal_row_event(&row, NULL) : NULL;
    } else {
        if (g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT))
            kept = read_back(journal, &row);
        if (!kept) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
    if (out)
        *out = g_steal_pointer(&kept);
    return true;
}

bool journal_append(struct journal *journal, const char *stream, gint64 seq, const char *id,
                    gint64 at_ms, const char *actor, const char *type, json_t *data,
                    struct event **out, GError **error)
{
    return append(
        journal, JOURNAL_ANY_HEAD,
        (struct journal_row){
            .stream = stream, .seq = seq, .id = id, .at_ms = at_ms, .actor = actor, .type = type},
        data, out, error);
}

bool journal_append_at_head(struct journal *journal, gint64 head, const char *stream, gint64 seq,
                            const char *id, gint64 at_ms, const char *actor, const char *type,
                            json_t *data, struct event **out, GError **error)
{
    return append(
        journal, MAX(head, 0),
        (struct journal_row){
            .stream = stream, .seq = seq, .id = id, .at_ms = at_ms, .actor = actor, .type = type},
        data, out, error);
}

gint64 journal_head(struct journal *journal, GError **error)
{
    return journal->store->ops->head(journal->store, error);
}

GPtrArray *journal_read(struct journal *journal, const char *stream, gint64 from, GError **error)
{
    return journal->store->ops->read(journal->store, stream, from, 0, error);
}

struct event *journal_first(struct journal *journal, const char *stream, GError **error)
{
    g_autoptr(GPtrArray) events = journal->store->ops->read(journal->store, stream, 1, 1, error);
    return events && events->len > 0 ? g_ptr_array_steal_index(events, 0) : NULL;
}

struct event *journal_last(struct journal *journal, const char *stream, GError **error)
{
    return journal->store->ops->last(journal->store, stream, error);
}

char **journal_streams(struct journal *journal, const char *prefix, GError **error)
{
    return journal->store->ops->streams(journal->store, prefix, error);
}

gint64 journal_version(struct journal *journal)
{
    return journal->store->ops->version(journal->store);
}

char *journal_head_hash(struct journal *journal, GError **error)
{
    return journal->store->ops->head_hash(journal->store, error);
}

struct chain { /* where a walk over all chains stands */
    char *stream;
    gint64 seq;
    char hash[JOURNAL_HASH_SIZE];
    gint64 events;
};

static const char *fault_of(const struct chain *chain, const struct journal_row *row)
{
    if (row->seq != chain->seq + 1)
        return "the event before it is missing";
    if (strcmp(row->prev_hash, chain->hash) != 0)
        return "it is not chained to the event before it";
    g_autofree char *hash = journal_row_hash(row);
    return strcmp(hash, row->hash) == 0 ? NULL : "it was changed after it was written";
}

static bool check_row(const struct journal_row *row, gpointer data, GError **error)
{
    struct chain *chain = data;
    if (g_strcmp0(chain->stream, row->stream) != 0) {
        g_free(chain->stream);
        chain->stream = g_strdup(row->stream);
        chain->seq = 0;
        g_strlcpy(chain->hash, JOURNAL_NO_HASH, sizeof chain->hash);
    }
    const char *fault = fault_of(chain, row);
    if (fault) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "%s, event %" G_GINT64_FORMAT ": %s",
                    row->stream, row->seq, fault);
        return false;
    }
    chain->seq = row->seq;
    g_strlcpy(chain->hash, row->hash, sizeof chain->hash);
    chain->events++;
    return true;
}

bool journal_verify(struct journal *journal, gint64 *events, GError **error)
{
    struct chain chain = {0};
    const struct journal_store_ops *ops = journal->store->ops;
    bool whole =
        ops->walk(journal->store, check_row, &chain, error) && ops->check(journal->store, error);
    if (events)
        *events = chain.events;
    g_free(chain.stream);
    return whole;
}

bool journal_verify_stream(struct journal *journal, const char *stream, GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, stream, 1, error);
    struct chain chain = {0};
    bool whole = events != NULL;
    for (guint i = 0; whole && i < events->len; i++) {
        const struct event *event = events->pdata[i];
        g_autofree char *text = data_text(event->data);
        const struct journal_row row = {.stream = event->stream,
                                        .seq = event->seq,
                                        .id = event->id,
                                        .at_ms = event->at_ms,
                                        .actor = event->actor,
                                        .type = event->type,
                                        .data = text,
                                        .prev_hash = event->prev_hash,
                                        .hash = event->hash};
        whole = check_row(&row, &chain, error);
    }
    g_free(chain.stream);
    return whole;
}
