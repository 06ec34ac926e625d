#include "data/sim/zone.h"

#include "data/base/when.h"
#include "data/sim/value.h"

#include <string.h>

enum { LONGEST_WAY = 8 };

/* What stood there from a moment on. */
struct stand {
    gint64 at_ms;
    json_t *sets;
};

struct sim_zone {
    char *domain;
    bool private;
    GArray *stands; /* struct stand, oldest first, never empty */
};

static void stand_clear(gpointer stand)
{
    json_decref(((struct stand *)stand)->sets);
}

static void zone_free(gpointer data)
{
    struct sim_zone *zone = data;
    g_free(zone->domain);
    g_array_unref(zone->stands);
    g_free(zone);
}

GHashTable *sim_zones_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_free);
}

void sim_zones_free(GHashTable *zones)
{
    g_hash_table_unref(zones);
}

struct sim_zone *sim_zone_find(const struct sim_cloud *cloud, const char *id)
{
    return g_hash_table_lookup(cloud->zones, id);
}

const char *sim_zone_domain(const struct sim_zone *zone)
{
    return zone->domain;
}

bool sim_zone_is_private(const struct sim_zone *zone)
{
    return zone->private;
}

static const struct stand *stand_at(const struct sim_zone *zone, guint i)
{
    return &g_array_index(zone->stands, struct stand, i);
}

json_t *sim_zone_sets(const struct sim_zone *zone)
{
    return stand_at(zone, zone->stands->len - 1)->sets;
}

json_t *sim_zone_served(const struct sim_cloud *cloud, const struct sim_zone *zone, gint64 now_ms)
{
    guint i = zone->stands->len - 1;
    while (i > 0 && stand_at(zone, i)->at_ms + cloud->world->dns_ms > now_ms)
        i--;
    return stand_at(zone, i)->sets;
}

void sim_zone_replace(struct sim_zone *zone, json_t *sets, gint64 now_ms)
{
    struct stand stand = {now_ms, json_incref(sets)};
    g_array_append_val(zone->stands, stand);
}

static char *dotted(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_strconcat(lower, g_str_has_suffix(lower, ".") ? "" : ".", NULL);
}

char *sim_zone_key(const char *name, const char *type, const char *identifier)
{
    g_autofree char *whole = dotted(name);
    g_auto(GStrv) labels = g_strsplit(whole, ".", -1);
    g_autoptr(GString) key = g_string_new(NULL);
    for (guint i = g_strv_length(labels); i-- > 0;)
        if (*labels[i])
            g_string_append_printf(key, "%s.", labels[i]);
    g_string_append_printf(key, " %s %s", type, identifier);
    return g_string_free(g_steal_pointer(&key), FALSE);
}

static const json_t *dns_of(const json_t *scenario)
{
    const json_t *dns = json_object_get(scenario, "dns");
    return *sim_text(dns, "domain", "") ? dns : NULL;
}

char *sim_zone_cell_name(const json_t *scenario, const char *cell)
{
    const json_t *dns = dns_of(scenario);
    return dns ? g_strdup_printf("%s.cells.%s", cell, sim_text(dns, "domain", "")) : NULL;
}

static void add_record(json_t *sets, const char *name, const char *value, gint64 ttl_s)
{
    g_autofree char *whole = dotted(name);
    g_autofree char *key = sim_zone_key(name, "CNAME", "");
    g_autofree char *ttl = g_strdup_printf("%" G_GINT64_FORMAT, ttl_s);
    json_object_set_new(sets, key,
                        json_pack("{s:s, s:s, s:s, s:{s:{s:s}}}", "Name", whole, "Type", "CNAME",
                                  "TTL", ttl, "ResourceRecords", "ResourceRecord", "Value", value));
}

static json_t *tenants_records(const json_t *scenario, const json_t *dns)
{
    json_t *sets = json_object();
    const char *id;
    json_t *tenant;
    json_object_foreach (json_object_get(scenario, "tenants"), id, tenant) {
        const char *cell = sim_text(tenant, "dns_cell", sim_text(tenant, "cell", ""));
        g_autofree char *lead = sim_zone_cell_name(scenario, cell);
        g_autofree char *name = g_strdup_printf("%s.%s", sim_text(tenant, "subdomain", id),
                                                sim_text(dns, "domain", ""));
        add_record(sets, name, sim_text(tenant, "record", lead),
                   sim_duration(dns, "ttl", WHEN_MINUTE) / WHEN_SECOND);
    }
    return sets;
}

/* Steals `sets`. */
static void add_zone(struct sim_cloud *cloud, const char *id, const char *domain, bool private,
                     json_t *sets)
{
    struct sim_zone *zone = g_new0(struct sim_zone, 1);
    struct stand stand = {G_MININT64 / 2, sets};
    zone->domain = dotted(domain);
    zone->private = private;
    zone->stands = g_array_new(FALSE, FALSE, sizeof stand);
    g_array_set_clear_func(zone->stands, stand_clear);
    g_array_append_val(zone->stands, stand);
    g_hash_table_insert(cloud->zones, g_strdup(id), zone);
}

void sim_zones_fill(struct sim_cloud *cloud)
{
    const json_t *scenario = cloud->world->scenario, *dns = dns_of(scenario);
    const char *id;
    json_t *domain;
    json_object_foreach (json_object_get(scenario, "zones"), id, domain)
        add_zone(cloud, id, json_string_value(domain) ? json_string_value(domain) : "", false,
                 json_object());
    if (dns)
        add_zone(cloud, sim_text(dns, "zone", ""), sim_text(dns, "domain", ""),
                 json_is_true(json_object_get(dns, "private")), tenants_records(scenario, dns));
}

/* What the CNAME of `name` says, or where its alias leads (which DNS does not tell), or NULL. */
static const char *lead(json_t *sets, const char *name, bool *is_cname, gint64 *ttl_s)
{
    g_autofree char *cname = sim_zone_key(name, "CNAME", ""), *a = sim_zone_key(name, "A", "");
    const json_t *set = json_object_get(sets, cname);
    const json_t *alias = json_object_get(json_object_get(sets, a), "AliasTarget");
    const json_t *record =
        json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
    if (json_is_array(record))
        record = json_array_get(record, 0);
    *is_cname = set != NULL;
    if (set)
        *ttl_s = MIN(*ttl_s, g_ascii_strtoll(sim_text(set, "TTL", "60"), NULL, 10));
    return set ? sim_text(record, "Value", NULL) : sim_text(alias, "DNSName", NULL);
}

/* The name at the end of the way. Borrowed from the zone, or `name` itself. */
static const char *end_of(const struct sim_cloud *cloud, const char *name, gint64 now_ms,
                          GPtrArray *names, gint64 *ttl_s)
{
    const json_t *dns = dns_of(cloud->world->scenario);
    const struct sim_zone *zone = sim_zone_find(cloud, sim_text(dns, "zone", ""));
    json_t *sets = zone ? sim_zone_served(cloud, zone, now_ms) : NULL;
    const char *next;
    bool is_cname = false;
    *ttl_s = 60;
    for (int i = 0; i < LONGEST_WAY && (next = lead(sets, name, &is_cname, ttl_s)); i++) {
        if (names && is_cname)
            g_ptr_array_add(names, g_strdup(next));
        name = next;
    }
    return name;
}

static const struct sim_cell *cell_of_name(const struct sim_cloud *cloud, const char *name)
{
    for (guint i = 0; i < cloud->world->cells->len; i++) {
        const struct sim_cell *cell = cloud->world->cells->pdata[i];
        g_autofree char *its = sim_zone_cell_name(cloud->world->scenario, cell->id);
        gsize length = its ? strlen(its) : 0;
        if (its && g_ascii_strncasecmp(name, its, length) == 0 &&
            (!name[length] || strcmp(name + length, ".") == 0))
            return cell;
    }
    return NULL;
}

bool sim_zone_resolve(const struct sim_cloud *cloud, const char *name, gint64 now_ms,
                      GPtrArray *names, gint64 *ttl_s)
{
    return cell_of_name(cloud, end_of(cloud, name, now_ms, names, ttl_s)) != NULL;
}

const struct sim_cell *sim_zone_cell(const struct sim_cloud *cloud, const char *name, gint64 now_ms)
{
    gint64 ttl_s = 0;
    return cell_of_name(cloud, end_of(cloud, name, now_ms, NULL, &ttl_s));
}
