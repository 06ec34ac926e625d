/* Where a cell is to be asked: the addresses of cells' names, looked up in a worker and kept for a
 * while. */
#include "rollout/failover_conduct.h"

#include "data/base/when.h"
#include "data/dns.h"

#include <gio/gio.h>

enum { PATIENCE_MS = 2000, GOOD_MS = 30000 };

/* The address of a cell's name. */
struct address {
    char *text; /* "10.0.0.1"; NULL: not known (yet) */
    char *error;
    gint64 at_mono_ms; /* 0: never looked up */
    struct lookup *lookup;
};

/* Asking DNS, in a worker. */
struct lookup {
    struct address *address; /* NULL: nobody waits for it any more. The main thread's alone */
    struct crossing *crossing;
    struct config *config;
    char *name, *found;
    GError *error;
};

static void address_free(gpointer data)
{
    struct address *address = data;
    if (address->lookup)
        address->lookup->address = NULL;
    g_free(address->text);
    g_free(address->error);
    g_free(address);
}

void crossing_forget_addresses(struct crossing *crossing)
{
    g_clear_pointer(&crossing->addresses, g_hash_table_unref);
}

static void lookup_free(gpointer data)
{
    struct lookup *lookup = data;
    config_unref(lookup->config);
    g_free(lookup->name);
    g_free(lookup->found);
    g_clear_error(&lookup->error);
    g_free(lookup);
}

static void look_up(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    struct lookup *lookup = task_data;
    (void)source, (void)cancellable;
    OWN(dns_answer)
    answer = dns_ask(lookup->name, lookup->config->failover.resolver, PATIENCE_MS, &lookup->error);
    if (answer && answer->addresses->len > 0)
        lookup->found = g_strdup(g_ptr_array_index(answer->addresses, 0));
    g_task_return_boolean(task, TRUE);
}

static void on_address(GObject *source, GAsyncResult *result, gpointer data)
{
    const struct lookup *lookup = g_task_get_task_data(G_TASK(result));
    struct address *address = lookup->address;
    (void)source, (void)data;
    if (!address)
        return;
    address->lookup = NULL;
    address->at_mono_ms = when_boot_ms();
    g_free(address->text);
    g_free(address->error);
    address->text = g_strdup(lookup->found);
    address->error = lookup->found   ? NULL
                     : lookup->error ? g_strdup(lookup->error->message)
                                     : g_strdup_printf("%s has no address", lookup->name);
    conduct_wake(&lookup->crossing->base);
}

static void begin_lookup(struct crossing *crossing, struct address *address, const char *name)
{
    struct lookup *lookup = g_new0(struct lookup, 1);
    lookup->address = address;
    lookup->crossing = crossing;
    lookup->config = config_ref(crossing->base.world->config);
    lookup->name = g_strdup(name);
    address->lookup = lookup;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_address, NULL);
    g_task_set_task_data(task, lookup, lookup_free);
    g_task_run_in_thread(task, look_up);
}

static struct address *address_at(struct crossing *crossing, const char *name)
{
    if (!crossing->addresses)
        crossing->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, address_free);
    struct address *address = g_hash_table_lookup(crossing->addresses, name);
    if (address)
        return address;
    address = g_new0(struct address, 1);
    if (g_hostname_is_ip_address(name))
        address->text = g_strdup(name);
    g_hash_table_insert(crossing->addresses, g_strdup(name), address);
    return address;
}

const char *crossing_address(struct crossing *crossing, const char *name, const char **error)
{
    struct address *address = address_at(crossing, name);
    gint64 good_ms = address->text ? GOOD_MS : PATIENCE_MS;
    bool old = !address->at_mono_ms || when_boot_ms() - address->at_mono_ms > good_ms;
    if (!g_hostname_is_ip_address(name) && !address->lookup && old)
        begin_lookup(crossing, address, name);
    *error = address->error;
    return address->text;
}
