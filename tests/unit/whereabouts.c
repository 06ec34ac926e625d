/* Where a tenant lives, by all who should know, while it is looked at: data/whereabouts.h. */
#include "data/whereabouts.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

static const char with_record[] =
    "failover: {zone_id: Z1, record: \"{tenant}.example.com\", max_used: 90%}\n";

static void on_changed(gpointer data)
{
    (void)data;
}

/* Tenant `a` in that cell. */
static struct snapshot *read_in(struct config *config, const char *cell)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant draft = {.id = (char *)"a", .cell = (char *)cell, .current_users = 70};
    g_ptr_array_add(tenants, tenant_new(&draft));
    struct registry *registry = registry_new(tenants, NOW, true);
    struct cell_reading readings[4] = {0};
    const struct fleet_input input = {.config = config, .readings = readings, .registry = registry};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    return snapshot;
}

/* The zone has answered, as far as the desk knows. */
static void zone_says(const struct whereabouts *where, const char *cell)
{
    struct witness *witness = (struct witness *)&where->witnesses[WITNESS_ZONE];
    witness_set(witness, WITNESS_NAMES, NOW, g_strdup(cell), NULL);
}

static enum witness_state zone_of(const struct whereabouts *where)
{
    return where->witnesses[WITNESS_ZONE].state;
}

Test(whereabouts, what_others_said_before_the_registry_says_otherwise_is_held_against_nobody)
{
    OWN(config) config = small_fleet(with_record);
    OWN(snapshot) before = read_in(config, "cell-1");
    OWN(snapshot) after = read_in(config, "cell-1-dr");
    OWN(whereabouts_desk) desk = whereabouts_new(config, NULL, on_changed, NULL);
    zone_says(whereabouts_look(desk, before, "a", NOW), "cell-1");
    cr_expect_eq(zone_of(whereabouts_look(desk, before, "a", NOW + 1000)), WITNESS_NAMES,
                 "it stands as long as the registry says the same");
    cr_expect_eq(zone_of(whereabouts_look(desk, after, "a", NOW + 2000)), WITNESS_NOT_ASKED);
}
