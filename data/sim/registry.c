/* The table of tenants, as Medplum's control plane would have written it, and empty ones beside it.
 */
#include "data/base/when.h"
#include "data/sim/cloud.h"
#include "data/sim/value.h"

static json_t *attribute_text(const char *text)
{
    return json_pack("{s:s}", "S", text);
}

static json_t *attribute_count(gint64 n)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, n);
    return json_pack("{s:s}", "N", digits);
}

static void set_text(json_t *item, const char *key, const char *text)
{
    if (text)
        json_object_set_new(item, key, attribute_text(text));
}

static void lay_attributes(json_t *item, const json_t *attributes)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)attributes, key, value) {
        if (json_is_null(value))
            json_object_del(item, key);
        else
            json_object_set(item, key, value);
    }
}

static json_t *tenant_item(const struct sim_cloud *cloud, const char *id, const json_t *tenant)
{
    const char *cell_id = sim_text(tenant, "cell", "");
    const struct sim_cell *cell = sim_world_cell(cloud->world, cell_id);
    gint64 users = (gint64)sim_number(tenant, "users", 0);
    gint64 age_ms = (30 + g_str_hash(id) % 700) * WHEN_DAY;
    gint64 created_ms = (cloud->world->start_ms - age_ms) / 1000 * 1000;
    g_autofree char *created = when_rfc3339(created_ms);
    g_autofree char *updated = when_rfc3339(created_ms + age_ms / 2 / 1000 * 1000);
    json_t *item = json_object();
    set_text(item, "tenantId", id);
    set_text(item, "cellId", cell_id);
    set_text(item, "region", cell ? cell->region : cloud->world->region);
    set_text(item, "tier", sim_text(tenant, "tier", "STANDARD"));
    json_object_set_new(
        item, "capacity",
        json_pack(
            "{s:{s:o, s:o, s:o}}", "M", "maxUsers",
            attribute_count((gint64)sim_number(tenant, "max_users", (double)(users * 2 + 50))),
            "maxPatients",
            attribute_count((gint64)sim_number(tenant, "max_patients", (double)users * 25)),
            "currentUsers", attribute_count(users)));
    set_text(item, "createdAt", created);
    set_text(item, "updatedAt", updated);
    set_text(item, "status", sim_text(tenant, "status", "ACTIVE"));
    set_text(item, "subdomain", sim_text(tenant, "subdomain", id));
    set_text(item, "dataResidency", cell ? cell->residency : NULL);
    set_text(item, "name", sim_text(tenant, "name", NULL));
    set_text(item, "environment", sim_text(tenant, "environment", NULL));
    set_text(item, "failoverCellId", sim_text(tenant, "failover_cell", NULL));
    lay_attributes(item, json_object_get(tenant, "set"));
    return item;
}

static void make_up(struct sim_cloud *cloud, json_t *items, int count)
{
    g_autoptr(GPtrArray) shared = g_ptr_array_new();
    for (guint i = 0; i < cloud->world->cells->len; i++) {
        struct sim_cell *cell = cloud->world->cells->pdata[i];
        if (g_str_equal(cell->class, "shared"))
            g_ptr_array_add(shared, cell);
    }
    for (int i = 0; i < count && shared->len > 0; i++) {
        const struct sim_cell *cell = shared->pdata[(guint)i % shared->len];
        g_autofree char *id = g_strdup_printf("practice-%06d", i + 1);
        g_autofree char *name = g_strdup_printf("Practice %d", i + 1);
        OWN_JSON tenant = json_pack("{s:s, s:s, s:i}", "cell", cell->id, "name", name, "users",
                                    (int)((cloud->world->seed * 31 + (guint)i * 7919U) % 40));
        json_object_set_new(items, id, tenant_item(cloud, id, tenant));
    }
}

void sim_registry_fill(struct sim_cloud *cloud)
{
    const struct sim_world *world = cloud->world;
    json_t *items = json_object();
    const char *id;
    json_t *tenant;
    json_object_foreach (json_object_get(world->scenario, "tenants"), id, tenant)
        json_object_set_new(items, id, tenant_item(cloud, id, tenant));
    make_up(cloud, items, (int)sim_number(world->scenario, "more_tenants", 0));
    json_t *table = json_pack("{s:[s], s:o}", "key", "tenantId", "items", items);
    json_object_set_new(cloud->tables, world->region, json_pack("{s:o}", world->table, table));
    const char *name;
    json_t *types;
    json_object_foreach (json_object_get(world->scenario, "tables"), name, types) {
        json_t *keys = json_array();
        const char *key;
        json_t *type;
        json_object_foreach (types, key, type)
            json_array_append_new(keys, json_string(key));
        json_object_set_new(json_object_get(cloud->tables, world->region), name,
                            json_pack("{s:o, s:O, s:{}}", "key", keys, "types", types, "items"));
    }
}

void sim_registry_meddle(struct sim_cloud *cloud, const char *tenant, const json_t *set)
{
    const struct sim_world *world = cloud->world;
    const json_t *tables = json_object_get(cloud->tables, world->region);
    json_t *items = json_object_get(json_object_get(tables, world->table), "items");
    json_t *item = json_copy(json_object_get(items, tenant));
    if (!item)
        return;
    lay_attributes(item, set);
    json_object_set_new(items, tenant, item);
}
