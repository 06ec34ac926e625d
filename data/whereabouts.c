#include "data/whereabouts.h"

#include "data/base/when.h"
#include "data/dns.h"
#include "data/probe.h"
#include "data/route53.h"
#include "data/witness_read.h"

#include <gio/gio.h>
#include <string.h>

/* How old an answer may be; how long each of them may take. */
enum {
    FRESH_MS = 60000,
    DNS_PATIENCE_MS = 2000,
    CELLS_PATIENCE_MS = 4000,
    CALL_PATIENCE_MS = 5000
};

/* One tenant's, with what is under way for it. */
struct entry {
    struct whereabouts_desk *desk;
    struct whereabouts public;
    struct aws_call *zone, *get;
    struct lookup *lookup;
    char *address; /* that `get` asks */
    char
        *stands; /* where it lives and how, by the registry, as it was when the others were asked */
    bool named;  /* its record has been looked for */
    gint64 got_mono_ms;
};

struct whereabouts_desk {
    struct config *config;
    struct aws_client *client;
    void (*changed)(gpointer data);
    gpointer data;
    bool spares_zone;
    GHashTable *entries; /* tenant id -> struct entry * */
};

/* Asking DNS, in a worker. */
struct lookup {
    struct entry *entry; /* NULL: nobody waits for it any more. The main thread's alone */
    struct config *config;
    char *record;
    struct dns_answer *answer;
    GError *error;
    struct cell_addresses addresses;
};

static void lookup_free(gpointer data)
{
    struct lookup *lookup = data;
    config_unref(lookup->config);
    g_free(lookup->record);
    dns_answer_free(lookup->answer);
    g_clear_error(&lookup->error);
    cell_addresses_clear(&lookup->addresses);
    g_free(lookup);
}

static void entry_free(gpointer data)
{
    struct entry *entry = data;
    aws_call_cancel(entry->zone);
    aws_call_cancel(entry->get);
    if (entry->lookup)
        entry->lookup->entry = NULL;
    for (int i = 0; i < WITNESSES; i++)
        witness_clear(&entry->public.witnesses[i]);
    g_free(entry->public.tenant);
    g_free(entry->public.record);
    g_free(entry->public.url);
    g_free(entry->public.no_record);
    g_free(entry->public.shared_with);
    g_free(entry->address);
    g_free(entry->stands);
    g_free(entry);
}

struct whereabouts_desk *whereabouts_new(struct config *config, struct aws_client *client,
                                         void (*changed)(gpointer data), gpointer data)
{
    struct whereabouts_desk *desk = g_new0(struct whereabouts_desk, 1);
    desk->config = config_ref(config);
    desk->client = client;
    desk->changed = changed;
    desk->data = data;
    desk->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    return desk;
}

void whereabouts_free(struct whereabouts_desk *desk)
{
    if (!desk)
        return;
    g_hash_table_unref(desk->entries);
    config_unref(desk->config);
    g_free(desk);
}

static void changed(const struct entry *entry)
{
    entry->desk->changed(entry->desk->data);
}

static void fail(struct entry *entry, enum witness_kind kind, const GError *error)
{
    witness_set(&entry->public.witnesses[kind], WITNESS_FAILED, when_now_ms(), NULL,
                g_strdup(error ? error->message : "no answer"));
}

static void on_zone(const char *reply, const GError *error, gpointer data)
{
    struct entry *entry = data;
    g_autoptr(GError) unread = NULL;
    entry->zone = NULL;
    OWN(zone_record)
    record = reply ? zone_record_read(reply, entry->public.record, &unread) : NULL;
    if (record)
        witness_read_zone(&entry->public.witnesses[WITNESS_ZONE], entry->desk->config, record,
                          when_now_ms());
    else
        fail(entry, WITNESS_ZONE, error ? error : unread);
    changed(entry);
}

static void on_answer(int status, const char *body, const GError *error, gpointer data)
{
    struct entry *entry = data;
    gint64 took_ms = when_mono_ms() - entry->got_mono_ms;
    entry->get = NULL;
    struct probe *probe =
        probe_parse(status, body, error ? error->message : NULL, when_now_ms(), took_ms);
    witness_read_answer(&entry->public.witnesses[WITNESS_ANSWER], entry->desk->config, probe,
                        entry->address);
    probe_unref(probe);
    changed(entry);
}

/* The cell that answers is asked where DNS sends people, not where this machine might go. */
static void ask_answer(struct entry *entry, const struct dns_answer *answer)
{
    const char *address = answer->addresses->len ? answer->addresses->pdata[0] : NULL;
    struct witness *witness = &entry->public.witnesses[WITNESS_ANSWER];
    if (!address) {
        witness_set(witness, WITNESS_NOT_ASKED, 0, NULL, g_strdup("there is no address to ask"));
        return;
    }
    g_autofree char *there =
        strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address);
    g_free(entry->address);
    entry->address = g_strdup(address);
    entry->got_mono_ms = when_mono_ms();
    entry->get = aws_http_get_at(entry->desk->client, entry->public.url, there, CALL_PATIENCE_MS,
                                 on_answer, entry);
}

static void on_dns(GObject *source, GAsyncResult *result, gpointer data)
{
    const struct lookup *lookup = g_task_get_task_data(G_TASK(result));
    struct entry *entry = lookup->entry;
    (void)source, (void)data;
    if (!entry)
        return;
    entry->lookup = NULL;
    if (lookup->answer) {
        witness_read_dns(&entry->public.witnesses[WITNESS_DNS], entry->desk->config, lookup->answer,
                         &lookup->addresses, when_now_ms());
        ask_answer(entry, lookup->answer);
    } else {
        fail(entry, WITNESS_DNS, lookup->error);
        witness_set(&entry->public.witnesses[WITNESS_ANSWER], WITNESS_NOT_ASKED, 0, NULL,
                    g_strdup("there is no address to ask"));
    }
    changed(entry);
}

/* Those of every cell: only all of them tell that an address is none of ours. */
void whereabouts_cells(const struct config *config, struct cell_addresses *addresses)
{
    const char *server = config->failover.resolver;
    gint64 end_ms = when_mono_ms() + CELLS_PATIENCE_MS;
    cell_addresses_init(addresses);
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        const char *name = cell->dns_name ? cell->dns_name : "";
        if (g_hostname_is_ip_address(name)) {
            cell_addresses_add(addresses, cell->id, name);
            continue;
        }
        bool late = when_mono_ms() > end_ms;
        OWN(dns_answer) answer = late ? NULL : dns_ask(name, server, WHEN_SECOND, NULL);
        for (guint at = 0; answer && at < answer->addresses->len; at++)
            cell_addresses_add(addresses, cell->id, answer->addresses->pdata[at]);
        if (!answer && !addresses->unknown)
            addresses->unknown = g_strdup(cell->id);
    }
}

static void look_up(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    struct lookup *lookup = task_data;
    (void)source, (void)cancellable;
    lookup->answer =
        dns_ask(lookup->record, lookup->config->failover.resolver, DNS_PATIENCE_MS, &lookup->error);
    if (lookup->answer && !witness_dns_is_named(lookup->config, lookup->answer)) {
        cell_addresses_clear(&lookup->addresses);
        whereabouts_cells(lookup->config, &lookup->addresses);
    }
    g_task_return_boolean(task, TRUE);
}

static void ask_dns(struct entry *entry)
{
    struct lookup *lookup = g_new0(struct lookup, 1);
    lookup->entry = entry;
    lookup->config = config_ref(entry->desk->config);
    lookup->record = g_strdup(entry->public.record);
    cell_addresses_init(&lookup->addresses);
    entry->lookup = lookup;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_dns, NULL);
    g_task_set_task_data(task, lookup, lookup_free);
    g_task_run_in_thread(task, look_up);
}

static void mark_asked(struct entry *entry, enum witness_kind kind)
{
    struct witness *witness = &entry->public.witnesses[kind];
    if (witness->state == WITNESS_NOT_ASKED) /* else what it said stands until it says it anew */
        witness_set(witness, WITNESS_ASKED, 0, NULL, NULL);
}

static void ask_all(struct entry *entry)
{
    const struct failover_config *failover = &entry->desk->config->failover;
    mark_asked(entry, WITNESS_DNS);
    mark_asked(entry, WITNESS_ANSWER);
    ask_dns(entry);
    if (entry->desk->spares_zone)
        return;
    if (failover->zone_id) {
        mark_asked(entry, WITNESS_ZONE);
        entry->zone = zone_record_ask(entry->desk->client, failover->zone_id, entry->public.record,
                                      CALL_PATIENCE_MS, on_zone, entry);
    } else {
        witness_set(&entry->public.witnesses[WITNESS_ZONE], WITNESS_NOT_ASKED, 0, NULL,
                    g_strdup("failover.zone_id is not in celldeck.yaml"));
    }
}

bool whereabouts_waits(const struct whereabouts *whereabouts)
{
    for (int i = 0; i < WITNESSES; i++)
        if (whereabouts->witnesses[i].state == WITNESS_ASKED)
            return true;
    return false;
}

static bool under_way(const struct entry *entry)
{
    return entry->zone || entry->get || entry->lookup;
}

void whereabouts_registry(struct witness *witness, const struct snapshot *snapshot,
                          const struct tenant *tenant)
{
    const struct source *source = snapshot_source(snapshot, "registry");
    gint64 at_ms = source ? source->read_ms : snapshot->registry->at_ms;
    bool ours = tenant->cell && config_cell(snapshot->config, tenant->cell);
    witness_set(witness,
                ours           ? WITNESS_NAMES
                : tenant->cell ? WITNESS_FOREIGN
                               : WITNESS_SILENT,
                at_ms, g_strdup(tenant->cell), g_strdup(tenant_status_name(tenant->status)));
    witness->old = source && (source->state == SOURCE_STALE || source->state == SOURCE_ERROR);
}

/* By now nobody's: what is looked at again is asked again. */
static gboolean is_old(gpointer key, gpointer value, gpointer now)
{
    const struct entry *entry = value;
    (void)key;
    return *(const gint64 *)now - entry->public.asked_ms > FRESH_MS;
}

static struct entry *entry_of(struct whereabouts_desk *desk, const char *tenant, gint64 now_ms)
{
    struct entry *entry = g_hash_table_lookup(desk->entries, tenant);
    if (entry)
        return entry;
    g_hash_table_foreach_remove(desk->entries, is_old, &now_ms);
    entry = g_new0(struct entry, 1);
    entry->desk = desk;
    entry->public.tenant = g_strdup(tenant);
    g_hash_table_insert(desk->entries, entry->public.tenant, entry);
    return entry;
}

/* True: the registry says something else than at the last look. */
static bool take_stand(struct entry *entry, const struct tenant *tenant)
{
    char *stands = g_strdup_printf("%s %s", tenant->cell ? tenant->cell : "",
                                   tenant_status_name(tenant->status));
    bool other = g_strcmp0(stands, entry->stands) != 0;
    g_free(entry->stands);
    entry->stands = stands;
    return other;
}

/* The registry may give it another record while it is looked at, or another cell: what others said
 * before that is of another time. */
static void follow_item(struct entry *entry, const struct tenant *tenant)
{
    struct whereabouts *public = &entry->public;
    const struct config *config = entry->desk->config;
    g_autofree char *why = NULL;
    g_autofree char *record = whereabouts_record(config, tenant, &why);
    bool moved = take_stand(entry, tenant);
    if (entry->named && !moved && g_strcmp0(record, public->record) == 0)
        return;
    entry->named = true;
    aws_call_cancel(g_steal_pointer(&entry->zone));
    aws_call_cancel(g_steal_pointer(&entry->get));
    if (entry->lookup)
        g_steal_pointer(&entry->lookup)->entry = NULL;
    g_free(public->record);
    g_free(public->url);
    g_free(public->no_record);
    public->record = g_steal_pointer(&record);
    public->url = public->record ? whereabouts_url(config, public->record) : NULL;
    public->no_record = g_steal_pointer(&why);
    public->asked_ms = 0;
    for (int i = WITNESS_ZONE; i < WITNESSES; i++)
        witness_set(&public->witnesses[i], WITNESS_NOT_ASKED, 0, NULL, g_strdup(public->no_record));
}

static void take_namesake(struct entry *entry, const struct registry *registry,
                          const struct tenant *tenant)
{
    const struct tenant *other = whereabouts_namesake(entry->desk->config, registry, tenant);
    g_free(entry->public.shared_with);
    entry->public.shared_with = g_strdup(other ? other->id : NULL);
}

void whereabouts_again(struct whereabouts_desk *desk)
{
    GHashTableIter at;
    gpointer entry;
    g_hash_table_iter_init(&at, desk->entries);
    while (g_hash_table_iter_next(&at, NULL, &entry))
        ((struct entry *)entry)->public.asked_ms = 0;
}

void whereabouts_spare_zone(struct whereabouts_desk *desk)
{
    desk->spares_zone = true;
}

const struct whereabouts *whereabouts_look(struct whereabouts_desk *desk,
                                           const struct snapshot *snapshot, const char *tenant,
                                           gint64 now_ms)
{
    const struct tenant *item = snapshot && tenant ? snapshot_tenant(snapshot, tenant) : NULL;
    if (!item)
        return NULL;
    struct entry *entry = entry_of(desk, tenant, now_ms);
    follow_item(entry, item);
    whereabouts_registry(&entry->public.witnesses[WITNESS_REGISTRY], snapshot, item);
    take_namesake(entry, snapshot->registry, item);
    bool due = entry->public.asked_ms == 0 || now_ms - entry->public.asked_ms >= FRESH_MS;
    if (desk->client && entry->public.record && due && !under_way(entry)) {
        entry->public.asked_ms = now_ms;
        ask_all(entry);
    }
    return &entry->public;
}
