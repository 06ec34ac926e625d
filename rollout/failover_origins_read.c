/* Where tenants came from: what the journal says of it. */
#include "rollout/failover_origins.h"

#include "rollout/failover.h"
#include "rollout/observed.h"

#include <string.h>

enum { NO_VERSION = -1 }; /* there is no journal */

struct origins_reader {
    char *dir;               /* or NULL */
    struct journal *journal; /* NULL: not open */
    gint64 version;          /* of the journal at the last look */
    GHashTable *over;        /* ids of operations that were taken; a set */
    GHashTable *live;        /* id -> gint64 *: the last of its events that was read */
    struct origins *origins; /* of the last look; NULL: there was none */
    struct origins *next;    /* of a look that has found something new, while it lasts */
};

static void add(struct origins_reader *reader, const struct went *went)
{
    if (!reader->next)
        reader->next = origins_new(reader->origins);
    origins_add(reader->next, went);
}

/* One that makes no sense proves nothing. */
static void take_operation(struct origins_reader *reader, const char *id, const GPtrArray *events)
{
    OWN(failover) failover = failover_fold(id, events, NULL);
    if (!failover || !failover->plan || failover->plan->kind == FAILOVER_DRILL ||
        failover->state != FAILOVER_COMPLETED)
        return;
    for (guint i = 0; i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        const struct planned_tenant *plan = tenant->plan;
        if (tenant->step == TENANT_VERIFIED)
            add(reader, &(const struct went){plan->id, plan->from, plan->to, id, false});
    }
}

static bool take_observed(struct origins_reader *reader, const struct event *opened)
{
    OWN(observed) observed = observed_from(opened);
    for (guint i = 0; observed && i < observed->ids->len; i++)
        add(reader, &(const struct went){observed->ids->pdata[i], observed->from, observed->to,
                                         opened->stream, true});
    return observed;
}

static bool ends(const struct event *event)
{
    return json_object_get(event->data, "state") &&
           json_is_true(json_object_get(event->data, "final"));
}

static bool have_ended(const GPtrArray *events)
{
    for (guint i = 0; i < events->len; i++)
        if (ends(events->pdata[i]))
            return true;
    return false;
}

static bool take(struct origins_reader *reader, struct journal *journal, const char *id,
                 GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, id, 1, error);
    if (!events)
        return false;
    if (!take_observed(reader, events->pdata[0]))
        take_operation(reader, id, events);
    g_hash_table_add(reader->over, g_strdup(id));
    g_hash_table_remove(reader->live, id);
    return true;
}

static bool look_at(struct origins_reader *reader, struct journal *journal, const char *id,
                    GError **error)
{
    const gint64 *seen = g_hash_table_lookup(reader->live, id);
    g_autoptr(GPtrArray) events = journal_read(journal, id, seen ? *seen + 1 : 1, error);
    if (!events)
        return false;
    if (have_ended(events))
        return take(reader, journal, id, error);
    if (events->len > 0) {
        const struct event *last = events->pdata[events->len - 1];
        g_hash_table_insert(reader->live, g_strdup(id), g_memdup2(&last->seq, sizeof last->seq));
    }
    return true;
}

/* "f3", "m1", "o2" (operation_id.h): what takes tenants elsewhere. */
static bool is_of_interest(const char *stream)
{
    return *stream && strchr("fmo", *stream) && g_ascii_isdigit(stream[1]);
}

/* In the order in which they were opened: of two that take one tenant, the second is opened after
 * the first is over, as both lock its cell. */
static bool look(struct origins_reader *reader, struct journal *journal, GError **error)
{
    g_auto(GStrv) streams = journal_streams(journal, "", error);
    if (!streams)
        return false;
    for (char **stream = streams; *stream; stream++)
        if (is_of_interest(*stream) && !g_hash_table_contains(reader->over, *stream) &&
            !look_at(reader, journal, *stream, error))
            return false;
    return true;
}

static void take_next(struct origins_reader *reader)
{
    if (!reader->next && reader->origins)
        return;
    origins_unref(reader->origins);
    reader->origins = reader->next ? g_steal_pointer(&reader->next) : origins_new(NULL);
}

struct origins_reader *origins_reader_new(const char *state_dir)
{
    struct origins_reader *reader = g_new0(struct origins_reader, 1);
    reader->dir = g_strdup(state_dir);
    reader->over = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader->live = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return reader;
}

static void forget(struct origins_reader *reader)
{
    g_clear_pointer(&reader->journal, journal_close);
    g_clear_pointer(&reader->origins, origins_unref);
    g_clear_pointer(&reader->next, origins_unref);
    g_hash_table_remove_all(reader->over);
    g_hash_table_remove_all(reader->live);
}

void origins_reader_free(struct origins_reader *reader)
{
    forget(reader);
    g_hash_table_unref(reader->over);
    g_hash_table_unref(reader->live);
    g_free(reader->dir);
    g_free(reader);
}

/* True also where there is none yet. */
static bool open_journal(struct origins_reader *reader, GError **error)
{
    if (reader->journal || !reader->dir)
        return true;
    g_autofree char *file = g_build_filename(reader->dir, "history.db", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return true;
    reader->journal = journal_open_read_only(reader->dir, error);
    return reader->journal;
}

static bool look_again(struct origins_reader *reader, GError **error)
{
    if (!open_journal(reader, error))
        return false;
    gint64 version = reader->journal ? journal_version(reader->journal) : NO_VERSION;
    if (reader->origins && version == reader->version)
        return true;
    reader->version = version;
    if (reader->journal && !look(reader, reader->journal, error))
        return false;
    take_next(reader);
    return true;
}

struct origins *origins_reader_look(struct origins_reader *reader, GError **error)
{
    if (look_again(reader, error))
        return origins_ref(reader->origins);
    forget(reader);
    return NULL;
}

struct origins *origins_read(struct journal *journal, GError **error)
{
    OWN(origins_reader) reader = origins_reader_new(NULL);
    if (!look(reader, journal, error))
        return NULL;
    take_next(reader);
    return origins_ref(reader->origins);
}
