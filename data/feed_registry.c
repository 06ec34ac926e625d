#include "data/feed_source.h"

#include "data/base/when.h"
#include "data/registry.h"

struct turn {
    GPtrArray *tenants;
    json_t *start_key;
    guint pages;
    bool more;
    char *error;
};

static void begin(struct feed_source *source)
{
    struct turn *turn = g_new0(struct turn, 1);
    turn->tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_free);
    turn->more = true;
    source->turn = turn;
}

static bool ask(struct feed_source *source)
{
    struct turn *turn = source->turn;
    const struct config *config = source->feed->config;
    if (!turn->more)
        return false;
    struct aws_target target = {AWS_DYNAMODB, config->registry_region, NULL};
    source_call(source, &target, "Scan", registry_request(config, turn->start_key));
    return true;
}

static void take(struct feed_source *source, json_t *reply, const GError *error)
{
    struct turn *turn = source->turn;
    g_autoptr(GError) bad = NULL;
    json_t *next = NULL;
    if (!error && registry_take(source->feed->config, reply, turn->tenants, &next,
                                &source->feed->read_units, &bad))
        turn->pages++;
    json_decref(turn->start_key);
    turn->start_key = next;
    turn->more = next != NULL;
    if (error || bad)
        turn->error = g_strdup(error ? error->message : bad->message);
}

/* A scan that failed on its first page leaves the reading before as it was, growing older; a later
 * page leaves what was read, which says that it is not all. */
static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    if (keep && turn->pages) {
        registry_unref(source->feed->registry);
        source->feed->registry =
            registry_new(g_steal_pointer(&turn->tenants), source->asked_ms, !turn->error);
    }
    g_clear_pointer(&turn->tenants, g_ptr_array_unref);
    json_decref(turn->start_key);
    char *error = turn->error;
    g_free(turn);
    return error;
}

static gint64 due_ms(const struct config *config, gint64 asked_ms)
{
    return asked_ms + MIN(60 * WHEN_SECOND, config->metrics.period_ms);
}

const struct source_kind registry_source = {
    .begin = begin, .ask = ask, .take = take, .end = end, .due_ms = due_ms};
