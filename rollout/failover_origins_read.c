/* Where tenants came from: what the journal says of it. */
#include "rollout/failover_origins.h"

#include "data/base/error.h"
#include "data/history.h"
#include "rollout/failover.h"
#include "rollout/observed.h"

#include <string.h>

enum { NO_VERSION = -1 }; /* there is no journal */

struct origins_reader {
    char *dir;               /* or NULL */
    struct journal *journal; /* NULL: not open */
    gint64 version;          /* of the journal at the last look */
    GHashTable *over;        /* ids of operations that are done with; a set */
    struct origins *origins; /* of the last look; NULL: there was none */
    struct origins *next;    /* of a look that has found something new, while it lasts */
};

static void add(struct origins_reader *reader, const struct went *went)
{
    if (!reader->next)
        reader->next = origins_new(reader->origins);
    origins_add(reader->next, went);
}

/* Of a completed one that left nobody alone everybody has arrived who was planned: what it did of
 * each, batch by batch, need not be read. */
static bool all_arrived(const struct event *ended, const json_t *planned)
{
    const json_t *moved = json_object_get(ended->data, "moved");
    const json_t *alone = json_object_get(ended->data, "alone");
    return json_is_integer(alone) && json_integer_value(alone) == 0 && json_is_integer(moved) &&
           json_integer_value(moved) == (json_int_t)json_array_size(planned);
}

static void add_planned(struct origins_reader *reader, const char *id, const json_t *planned)
{
    size_t i;
    json_t *item;
    json_array_foreach (planned, i, item) {
        const struct went went = {json_string_value(json_object_get(item, "id")),
                                  json_string_value(json_object_get(item, "from")),
                                  json_string_value(json_object_get(item, "to")), id, false};
        if (went.tenant && went.from && went.to)
            add(reader, &went);
    }
}

/* One that makes no sense proves nothing. */
static bool add_verified(struct origins_reader *reader, struct journal *journal, const char *id,
                         GError **error)
{
    g_autoptr(GPtrArray) events = journal_read(journal, id, 1, error);
    OWN(failover) failover = events ? failover_fold(id, events, NULL) : NULL;
    for (guint i = 0;
         failover && failover->state == FAILOVER_COMPLETED && i < failover->tenants->len; i++) {
        const struct failover_tenant *tenant = failover_tenant_at(failover, i);
        const struct planned_tenant *plan = tenant->plan;
        if (tenant->step == TENANT_VERIFIED)
            add(reader, &(const struct went){plan->id, plan->from, plan->to, id, false});
    }
    return events;
}

static bool take_completed(struct origins_reader *reader, struct journal *journal, const char *id,
                           GError **error)
{
    g_autoptr(GError) failure = NULL;
    OWN(event) opened = journal_first(journal, id, &failure);
    OWN(event) ended = opened ? journal_last(journal, id, &failure) : NULL;
    if (!ended) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    const json_t *planned = json_object_get(json_object_get(opened->data, "plan"), "tenants");
    if (!all_arrived(ended, planned))
        return add_verified(reader, journal, id, error);
    add_planned(reader, id, planned);
    return true;
}

static bool take_observed(struct origins_reader *reader, struct journal *journal, const char *id,
                          GError **error)
{
    OWN(event) opened = journal_first(journal, id, error);
    if (!opened)
        return false;
    OWN(observed) observed = observed_from(opened);
    for (guint i = 0; observed && i < observed->ids->len; i++)
        add(reader,
            &(const struct went){observed->ids->pdata[i], observed->from, observed->to, id, true});
    return true;
}

/* Nothing is said by what is under way yet, and never by what ended otherwise. */
static bool look_at(struct origins_reader *reader, struct journal *journal, const char *id,
                    GError **error)
{
    g_autoptr(GError) failure = NULL;
    OWN(operation) operation = history_find(journal, id, &failure);
    if (g_error_matches(failure, CD_ERROR, CD_ERROR_USAGE)) /* no operation, whatever it is */
        return true;
    if (!operation) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    enum failover_kind kind;
    bool moves = failover_kind_parse(operation->kind, &kind) && kind != FAILOVER_DRILL;
    bool completed = strcmp(operation->state, failover_state_name(FAILOVER_COMPLETED)) == 0;
    if (operation->ended_ms == 0)
        return true;
    if (moves && completed && !take_completed(reader, journal, id, error))
        return false;
    if (strcmp(operation->kind, "observed") == 0 && !take_observed(reader, journal, id, error))
        return false;
    g_hash_table_add(reader->over, g_strdup(id));
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
    return reader;
}

static void forget(struct origins_reader *reader)
{
    g_clear_pointer(&reader->journal, journal_close);
    g_clear_pointer(&reader->origins, origins_unref);
    g_clear_pointer(&reader->next, origins_unref);
    g_hash_table_remove_all(reader->over);
}

void origins_reader_free(struct origins_reader *reader)
{
    forget(reader);
    g_hash_table_unref(reader->over);
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
