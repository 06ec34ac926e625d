/* What the observer does with one whole reading of the registry. */
#include "data/base/error.h"
#include "data/history.h"
#include "rollout/observed.h"
#include "rollout/observer.h"
#include "rollout/operation_id.h"

#include <string.h>

/* Somebody else records something between our look and our append: so often in a row it is left to
 * the next reading. */
enum { TRIES = 5 };

struct observer_desk {
    struct config *config;
    char *dir, *actor;
    struct homes *homes;     /* NULL: not open */
    struct journal *journal; /* to read; NULL: not open, or there is none yet */
    struct sayings *sayings;
    gint64 version; /* of the journal that `sayings` were read of */
    struct rest *rest;
};

struct observer_desk *observer_desk_new(struct config *config, const char *state_dir)
{
    struct observer_desk *desk = g_new0(struct observer_desk, 1);
    desk->config = config_ref(config);
    desk->dir = g_strdup(state_dir);
    desk->actor = g_strdup_printf("observer@%s", g_get_host_name());
    desk->sayings = sayings_new();
    desk->rest = rest_new();
    return desk;
}

static void forget_journal(struct observer_desk *desk)
{
    g_clear_pointer(&desk->journal, journal_close);
    sayings_free(desk->sayings);
    desk->sayings = sayings_new();
    desk->version = -1;
}

void observer_desk_free(struct observer_desk *desk)
{
    if (!desk)
        return;
    homes_close(desk->homes);
    journal_close(desk->journal);
    sayings_free(desk->sayings);
    rest_free(desk->rest);
    g_free(desk->dir);
    g_free(desk->actor);
    config_unref(desk->config);
    g_free(desk);
}

static bool open_homes(struct observer_desk *desk, GError **error)
{
    if (desk->homes && !homes_in_place(desk->homes))
        g_clear_pointer(&desk->homes, homes_close);
    if (!desk->homes)
        desk->homes = homes_open(desk->dir, desk->config, error);
    return desk->homes;
}

/* A history that nobody has begun yet says nothing. */
static bool open_journal(struct observer_desk *desk, GError **error)
{
    g_autofree char *file = g_build_filename(desk->dir, "history.db", NULL);
    if (desk->journal || !g_file_test(file, G_FILE_TEST_EXISTS))
        return true;
    desk->journal = journal_open_read_only(desk->dir, error);
    desk->version = -1;
    return desk->journal;
}

/* Operations that are over are read once. */
static bool read_sayings(struct observer_desk *desk, struct journal *journal, GError **error)
{
    g_autoptr(GPtrArray) operations = history_operations(journal, 0, error);
    if (!operations)
        return false;
    sayings_reopen(desk->sayings);
    for (guint i = operations->len; i-- > 0;) {
        const struct operation *operation = operations->pdata[i];
        if (strcmp(operation->kind, "rollout") == 0 ||
            g_hash_table_contains(desk->sayings->over, operation->id))
            continue;
        g_autoptr(GPtrArray) events = journal_read(journal, operation->id, 1, error);
        if (!events)
            return false;
        sayings_take(desk->sayings, events, operation->ended_ms > 0);
    }
    return true;
}

static bool hear(struct observer_desk *desk, GError **error)
{
    if (!open_journal(desk, error))
        return false;
    gint64 version = desk->journal ? journal_version(desk->journal) : 0;
    if (!desk->journal || version == desk->version)
        return true;
    if (!read_sayings(desk, desk->journal, error))
        return false;
    desk->version = version;
    return true;
}

static bool settle(struct observer_desk *desk, const GPtrArray *tenants, GError **error)
{
    for (guint i = 0; i < tenants->len; i++)
        if (!homes_settle(desk->homes, tenants->pdata[i], error))
            return false;
    return true;
}

static bool append(struct observer_desk *desk, struct journal *journal,
                   const struct observed *observed, gint64 now_ms, GPtrArray *told, GError **error)
{
    g_autofree char *event_id = journal_new_id();
    g_autofree char *id = operation_next_id(journal, "o", error);
    OWN_JSON data = observed_json(observed);
    if (!id ||
        !journal_append(journal, id, 1, event_id, now_ms, desk->actor, "opened", data, NULL, error))
        return false;
    g_autofree char *sentence = observed_sentence(observed);
    g_ptr_array_add(told, g_strdup_printf("%s: %s", id, sentence));
    return true;
}

static bool append_all(struct observer_desk *desk, struct journal *journal,
                       const GPtrArray *resting, const struct registry *registry, gint64 now_ms,
                       GPtrArray *told, GError **error)
{
    g_autoptr(GPtrArray) groups = observed_group(resting, desk->rest, registry);
    for (guint i = 0; i < groups->len; i++)
        if (!append(desk, journal, groups->pdata[i], now_ms, told, error))
            return false;
    for (guint i = 0; i < resting->len; i++)
        if (!homes_settle(desk->homes, ((struct moved *)resting->pdata[i])->tenant, error))
            return false;
    return true;
}

static struct difference compare(const struct observer_desk *desk, const struct registry *registry,
                                 gint64 read_ms, const GPtrArray *away, gint64 as_of_ms)
{
    return observed_compare(registry, read_ms, away, as_of_ms, desk->sayings,
                            observed_settle_ms(desk->config->metrics.period_ms));
}

/* Those of `resting` that are still unexplained by what the journal says now. */
static GPtrArray *still_moved(const GPtrArray *resting, const struct difference *difference)
{
    g_autoptr(GHashTable) open = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < difference->moved->len; i++) {
        struct moved *moved = difference->moved->pdata[i];
        g_hash_table_insert(open, (gpointer)moved->tenant->id, moved);
    }
    GPtrArray *still = g_ptr_array_new();
    for (guint i = 0; i < resting->len; i++) {
        const struct moved *before = resting->pdata[i];
        struct moved *now = g_hash_table_lookup(open, before->tenant->id);
        if (now && strcmp(now->from, before->from) == 0)
            g_ptr_array_add(still, now);
    }
    return still;
}

/* A shared journal is read up to its end as it is opened: whoever changed the registry before we
 * read that has said so before. */
static struct journal *open_to_write(struct observer_desk *desk, GError **error)
{
    OWN(journal) journal = journal_open(desk->config, desk->dir, error);
    g_autofree char *trouble = journal ? journal_trouble(journal) : NULL;
    if (!trouble)
        return g_steal_pointer(&journal);
    g_set_error_literal(error, CD_ERROR, CD_ERROR_SOURCE, trouble);
    return NULL;
}

struct reading {
    struct registry *registry;
    gint64 read_ms, now_ms, as_of_ms;
    const GPtrArray *away, *resting;
};

static bool record_once(struct observer_desk *desk, const struct reading *reading,
                        struct journal *journal, GPtrArray *told, GError **error)
{
    if (!read_sayings(desk, journal, error))
        return false;
    struct difference difference =
        compare(desk, reading->registry, reading->read_ms, reading->away, reading->as_of_ms);
    g_autoptr(GPtrArray) still = still_moved(reading->resting, &difference);
    bool good = settle(desk, difference.settled, error) &&
                append_all(desk, journal, still, reading->registry, reading->now_ms, told, error);
    difference_clear(&difference);
    return good;
}

static bool record(struct observer_desk *desk, const struct reading *reading, GPtrArray *told,
                   GError **error)
{
    OWN(journal) journal = open_to_write(desk, error);
    for (int i = 0; journal && i < TRIES; i++) {
        g_autoptr(GError) failure = NULL;
        if (record_once(desk, reading, journal, told, &failure))
            return true;
        if (g_error_matches(failure, CD_ERROR, CD_ERROR_CONFLICT) && i + 1 < TRIES)
            continue;
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    return false;
}

/* Everybody was at home at this reading, or has one there now. */
static bool is_settled(const struct difference *difference)
{
    return difference->moved->len == 0 && !difference->undecided;
}

static bool look(struct observer_desk *desk, struct reading *reading, GPtrArray *told,
                 GError **error)
{
    struct difference difference =
        compare(desk, reading->registry, reading->read_ms, reading->away, reading->as_of_ms);
    g_autoptr(GPtrArray) resting = rest_take(desk->rest, difference.moved, reading->read_ms);
    reading->resting = resting;
    bool good =
        settle(desk, difference.settled, error) &&
        (!is_settled(&difference) || homes_set_as_of(desk->homes, reading->read_ms, error)) &&
        (resting->len == 0 || record(desk, reading, told, error));
    difference_clear(&difference);
    return good;
}

GPtrArray *observer_desk_look(struct observer_desk *desk, struct registry *registry, gint64 read_ms,
                              gint64 now_ms, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) away = NULL;
    struct reading reading = {registry, read_ms, now_ms, 0, NULL, NULL};
    bool good = open_homes(desk, &failure) && hear(desk, &failure) &&
                (away = homes_look(desk->homes, registry, &failure)) != NULL;
    if (good)
        reading.as_of_ms = homes_as_of(desk->homes, &failure);
    reading.away = away;
    if (good && !failure && look(desk, &reading, told, &failure))
        return g_steal_pointer(&told);
    forget_journal(desk);
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}
