/* Tenants' records in the hosted zone, as they stand at the start, and what they lead to. A change
 * counts at once: that a resolver still has what stood there before is left to its TTL. */
#include "data/base/when.h"
#include "data/sim/cloud.h"
#include "data/sim/value.h"

#include <string.h>

enum { LONGEST_WAY = 8 };

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

static void add_record(json_t *zone, const char *name, const char *value, gint64 ttl_s)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_autofree char *dotted = g_strconcat(lower, ".", NULL);
    g_autofree char *key = g_strconcat(dotted, " CNAME ", NULL);
    g_autofree char *ttl = g_strdup_printf("%" G_GINT64_FORMAT, ttl_s);
    json_object_set_new(zone, key,
                        json_pack("{s:s, s:s, s:s, s:{s:{s:s}}}", "Name", dotted, "Type", "CNAME",
                                  "TTL", ttl, "ResourceRecords", "ResourceRecord", "Value", value));
}

void sim_zone_fill(struct sim_cloud *cloud)
{
    const json_t *scenario = cloud->world->scenario, *dns = dns_of(scenario);
    if (!dns)
        return;
    json_t *zone = json_object();
    const char *id;
    json_t *tenant;
    json_object_foreach (json_object_get(scenario, "tenants"), id, tenant) {
        const char *cell = sim_text(tenant, "dns_cell", sim_text(tenant, "cell", ""));
        g_autofree char *lead = sim_zone_cell_name(scenario, cell);
        g_autofree char *name = g_strdup_printf("%s.%s", sim_text(tenant, "subdomain", id),
                                                sim_text(dns, "domain", ""));
        add_record(zone, name, sim_text(tenant, "record", lead),
                   sim_duration(dns, "ttl", WHEN_MINUTE) / WHEN_SECOND);
    }
    json_object_set_new(cloud->zones, sim_text(dns, "zone", ""), zone);
}

/* What the CNAME of `name` says, or NULL. */
static const char *cname(const struct sim_cloud *cloud, const char *name, gint64 *ttl_s)
{
    const json_t *zone =
        json_object_get(cloud->zones, sim_text(dns_of(cloud->world->scenario), "zone", ""));
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_autofree char *key =
        g_strconcat(lower, g_str_has_suffix(lower, ".") ? "" : ".", " CNAME ", NULL);
    const json_t *set = json_object_get(zone, key);
    const json_t *record =
        json_object_get(json_object_get(set, "ResourceRecords"), "ResourceRecord");
    if (json_is_array(record))
        record = json_array_get(record, 0);
    if (set)
        *ttl_s = MIN(*ttl_s, g_ascii_strtoll(sim_text(set, "TTL", "60"), NULL, 10));
    return set ? sim_text(record, "Value", NULL) : NULL;
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

bool sim_zone_resolve(const struct sim_cloud *cloud, const char *name, GPtrArray *names,
                      gint64 *ttl_s)
{
    const char *next;
    *ttl_s = 60;
    for (int i = 0; i < LONGEST_WAY && (next = cname(cloud, name, ttl_s)); i++) {
        if (names)
            g_ptr_array_add(names, g_strdup(next));
        name = next;
    }
    return cell_of_name(cloud, name) != NULL;
}

const struct sim_cell *sim_zone_cell(const struct sim_cloud *cloud, const char *name)
{
    gint64 ttl_s = 0;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    sim_zone_resolve(cloud, name, names, &ttl_s);
    return cell_of_name(cloud, names->len ? names->pdata[names->len - 1] : name);
}
