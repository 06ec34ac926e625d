/* The drift's asking: the zone once, then DNS and the cells, ten tenants a second. */
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/whereabouts.h"
#include "data/zone_scan.h"
#include "rollout/drift.h"

#include <gio/gio.h>

enum { TURN_MS = 200, A_TURN = 2, UNDER_WAY_MOST = 20, TELL_MS = 5000 };

struct asking {
    struct drift *drift;
    drift_progress_fn progress;
    gpointer data;
    gint64 told_mono_ms;
    /* The zone. */
    GHashTable *names;
    char *zone_error;
    bool zone_read;
    /* The cells' addresses: the worker's until they are read. */
    struct config *config;
    struct cell_addresses addresses;
    bool addresses_read;
    /* Tenants. */
    struct whereabouts_desk *desk;
    GArray *to_ask;    /* guint: places */
    guint begun;       /* of to_ask */
    GArray *under_way; /* guint: places */
    guint turn;
};

static void tell(struct asking *asking, char *line)
{
    if (asking->progress && when_mono_ms() - asking->told_mono_ms >= TELL_MS) {
        asking->told_mono_ms = when_mono_ms();
        asking->progress(line, asking->data);
    }
    g_free(line);
}

static void on_page(guint names, gpointer data)
{
    g_autofree char *count = text_count(names);
    tell(data, g_strdup_printf("the hosted zone: %s names so far", count));
}

static void on_zone(GHashTable *names, const GError *error, gpointer data)
{
    struct asking *asking = data;
    asking->names = names ? g_hash_table_ref(names) : NULL;
    asking->zone_error = g_strdup(error ? error->message : NULL);
    asking->zone_read = true;
}

static void read_zone(struct asking *asking, const struct config *config, struct aws_client *client)
{
    if (!config->failover.zone_id) {
        asking->zone_error = g_strdup("failover.zone_id is not in celldeck.yaml");
        return;
    }
    OWN(zone_scan)
    scan = zone_scan_new(client, config->failover.zone_id, on_zone, on_page, asking);
    while (!asking->zone_read)
        g_main_context_iteration(NULL, TRUE);
}

/* Only addresses have to be compared with the cells'. */
static bool any_addresses(GHashTable *names)
{
    GHashTableIter iter;
    gpointer record;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, NULL, &record))
        if (((const struct zone_record *)record)->values->len)
            return true;
    return false;
}

static void look_cells_up(GTask *task, gpointer source, gpointer task_data,
                          GCancellable *cancellable)
{
    struct asking *asking = task_data;
    (void)source, (void)cancellable;
    whereabouts_cells(asking->config, &asking->addresses);
    g_task_return_boolean(task, TRUE);
}

static void on_cells(GObject *source, GAsyncResult *result, gpointer data)
{
    struct asking *asking = data;
    (void)source, (void)result;
    asking->addresses_read = true;
}

static void read_cells(struct asking *asking)
{
    if (!asking->names || !any_addresses(asking->names))
        return;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_cells, asking);
    g_task_set_task_data(task, asking, NULL);
    g_task_run_in_thread(task, look_cells_up);
    while (!asking->addresses_read)
        g_main_context_iteration(NULL, TRUE);
}

static const struct whereabouts *look(struct asking *asking, guint place)
{
    const struct drift_tenant *at = asking->drift->tenants->pdata[place];
    return whereabouts_look(asking->desk, asking->drift->snapshot, at->tenant->id, when_now_ms());
}

/* Whoever has answered, wholly, is done with. */
static void collect(struct asking *asking)
{
    for (guint i = asking->under_way->len; i-- > 0;) {
        guint place = g_array_index(asking->under_way, guint, i);
        const struct whereabouts *where = look(asking, place);
        if (where && whereabouts_waits(where))
            continue;
        if (where)
            drift_take(asking->drift, place, where->witnesses);
        g_array_remove_index_fast(asking->under_way, i);
    }
}

static gboolean on_turn(gpointer data)
{
    struct asking *asking = data;
    collect(asking);
    for (int i = 0; i < A_TURN && asking->begun < asking->to_ask->len &&
                    asking->under_way->len < UNDER_WAY_MOST;
         i++) {
        guint place = g_array_index(asking->to_ask, guint, asking->begun++);
        look(asking, place);
        g_array_append_val(asking->under_way, place);
    }
    g_autofree char *done = text_count(asking->begun - asking->under_way->len);
    g_autofree char *all = text_count(asking->to_ask->len);
    tell(asking, g_strdup_printf("DNS and the cells: %s of %s tenants asked", done, all));
    return G_SOURCE_CONTINUE;
}

static void on_answer(gpointer data)
{
    (void)data; /* the next turn collects it */
}

static void ask_tenants(struct asking *asking, struct aws_client *client, bool everybody)
{
    asking->to_ask = drift_to_ask(asking->drift, everybody);
    asking->under_way = g_array_new(FALSE, FALSE, sizeof(guint));
    asking->desk = whereabouts_new(asking->drift->snapshot->config, client, on_answer, asking);
    whereabouts_spare_zone(asking->desk);
    asking->turn = g_timeout_add(TURN_MS, on_turn, asking);
    while (asking->begun < asking->to_ask->len || asking->under_way->len)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(asking->turn);
    whereabouts_free(asking->desk);
    g_array_unref(asking->under_way);
    g_array_unref(asking->to_ask);
}

struct drift *drift_read(struct snapshot *snapshot, struct aws_client *client, bool everybody,
                         drift_progress_fn progress, gpointer data)
{
    struct asking asking = {.progress = progress,
                            .data = data,
                            .told_mono_ms = when_mono_ms(),
                            .config = snapshot->config};
    read_zone(&asking, snapshot->config, client);
    read_cells(&asking);
    asking.drift = drift_of(snapshot, asking.names,
                            asking.addresses_read ? &asking.addresses : NULL, asking.zone_error);
    if (asking.addresses_read)
        cell_addresses_clear(&asking.addresses);
    ask_tenants(&asking, client, everybody);
    g_clear_pointer(&asking.names, g_hash_table_unref);
    g_free(asking.zone_error);
    return asking.drift;
}
