/* Plans of random small fleets: none breaks a rule of rollout.md, and none leaves out somebody for
 * whom there was a place. The rules are written down here once more, as they stand in the text. */
#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>
#include <string.h>

enum { FLEETS = 2000, MOST_CELLS = 5, MOST_TENANTS = 5 };

TestSuite(placement_fleets, .fini = placing_clear);

static const char *any(GRand *chance, const char *const *words)
{
    guint n = g_strv_length((char **)words);
    return words[g_rand_int_range(chance, 0, (gint32)n)];
}

static bool one_in(GRand *chance, int n)
{
    return g_rand_int_range(chance, 0, n) == 0;
}

/* cell-0 is the source; a dr cell stands by for it, or for cell-1. */
static void add_cell(GString *yaml, GRand *chance, int number, int n)
{
    static const char *const classes[] = {"dev", "shared", "shared", "dedicated", "dr", NULL};
    static const char *const residencies[] = {"US", "US", "EU", NULL};
    static const char *const regions[] = {"us-east-1", "us-west-2", NULL};
    const char *class = number < 2
                            ? any(chance, (const char *[]){"dev", "shared", "dedicated", NULL})
                            : any(chance, classes);
    g_string_append_printf(yaml,
                           "  cell-%d: {class: %s, region: %s, residency: %s, endpoint: "
                           "'http://127.0.0.1:1/%d', max_users: %d, max_patients: 10",
                           number, class, any(chance, regions), any(chance, residencies), number,
                           100 * g_rand_int_range(chance, 10, 100));
    if (strcmp(class, "dr") == 0)
        g_string_append_printf(yaml, ", stands_by_for: cell-%d, rpo: 1m, replica_lag_metric: lag",
                               g_rand_int_range(chance, 0, 2));
    if (number == 0 && one_in(chance, 2))
        g_string_append_printf(yaml, ", backups: [cell-%d]", g_rand_int_range(chance, 1, n));
    g_string_append(yaml, "}\n");
}

/* Where it came from: told in the fleets' own words, "" where nobody knows. */
static char came_from[MOST_TENANTS][16];

static void may_come_from(GRand *chance, struct origins *origins, int tenant, int cells)
{
    char *from = came_from[tenant];
    g_autofree char *id = g_strdup_printf("t%d", tenant);
    *from = '\0';
    if (one_in(chance, 3))
        g_snprintf(from, sizeof came_from[tenant], "cell-%d", g_rand_int_range(chance, 1, cells));
    bool by_hand = one_in(chance, 3);
    if (*from)
        origins_add(origins, &(const struct went){id, from, "cell-0", "f1", by_hand});
    if (by_hand)
        *from = '\0';
}

static void add_tenants(GRand *chance, struct origins *origins, int cells)
{
    static const char *const residencies[] = {"US", "EU", "MARS", NULL};
    int n = g_rand_int_range(chance, 1, MOST_TENANTS + 1);
    for (int i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        g_autofree char *named =
            one_in(chance, 4) ? g_strdup_printf("cell-%d", g_rand_int_range(chance, 0, cells))
                              : NULL;
        lives(.id = id, .cell = "cell-0", .current_users = 100 * g_rand_int_range(chance, 0, 50),
              .tier = one_in(chance, 4) ? TIER_ENTERPRISE : TIER_STANDARD, .failover_cell = named,
              .residency = one_in(chance, 4) ? any(chance, residencies) : NULL,
              .environment = one_in(chance, 4) ? "test" : NULL);
        may_come_from(chance, origins, i, cells);
    }
    for (int cell = 1; cell < cells; cell++) {
        g_autofree char *id = g_strdup_printf("z%d", cell);
        g_autofree char *in = g_strdup_printf("cell-%d", cell);
        lives(.id = id, .cell = in, .current_users = 100 * g_rand_int_range(chance, 0, 60));
        if (one_in(chance, 5))
            placing_falls_silent(in, 5);
    }
}

static void make_fleet(GRand *chance, struct origins *origins)
{
    int cells = g_rand_int_range(chance, 2, MOST_CELLS + 1);
    g_autoptr(GString) yaml = g_string_new(NULL);
    for (int i = 0; i < cells; i++)
        add_cell(yaml, chance, i, cells);
    placing_fleet(yaml->str, ALL_SET);
    add_tenants(chance, origins, cells);
}

/* rollout.md, "Failover", and its "Never". */
static bool may_take(const struct config *config, const struct cell *target,
                     const struct tenant *tenant)
{
    const struct cell_config *from = config_cell(config, tenant->cell), *to = target->config;
    const char *residency = tenant->residency ? tenant->residency : from->residency;
    bool production = from->class != CLASS_DEV && !tenant->environment;
    bool declared = g_strv_contains((const char *const *)from->backups, to->id) ||
                    g_strcmp0(tenant->failover_cell, to->id) == 0 ||
                    strcmp(came_from[tenant->id[1] - '0'], to->id) == 0 ||
                    g_strcmp0(to->stands_by_for, from->id) == 0;
    bool well = target->health == HEALTH_HEALTHY || target->health == HEALTH_STANDBY;
    if (to == from || !well || strcmp(residency, to->residency) != 0)
        return false;
    if (to->class == CLASS_DEV && production)
        return false;
    if (tenant->tier == TIER_ENTERPRISE || from->class == CLASS_DEDICATED)
        return declared;
    return declared || to->class == CLASS_SHARED || to->class == CLASS_DEV;
}

static guint best_from(const struct snapshot *snapshot, const struct evacuation *plan, gint64 *left,
                       guint at)
{
    if (at == plan->tenants->len)
        return 0;
    const struct placed_tenant *placed = plan->tenants->pdata[at];
    guint best = best_from(snapshot, plan, left, at + 1);
    for (size_t i = 0; i < snapshot->n_cells; i++) {
        gint64 users = placed->tenant->current_users;
        if (left[i] < users || !may_take(snapshot->config, &snapshot->cells[i], placed->tenant))
            continue;
        left[i] -= users;
        best = MAX(best, 1 + best_from(snapshot, plan, left, at + 1));
        left[i] += users;
    }
    return best;
}

static void expect_no_rule_broken(const struct snapshot *snapshot, const struct evacuation *plan,
                                  const gint64 *left, int seed)
{
    gint64 after[MOST_CELLS];
    memcpy(after, left, sizeof after);
    for (guint i = 0; i < plan->tenants->len; i++) {
        const struct placed_tenant *placed = plan->tenants->pdata[i];
        cr_assert(placed->why, "fleet %d: %s is told nothing", seed, placed->tenant->id);
        if (!placed->to)
            continue;
        gssize to = config_place(snapshot->config, placed->to->id);
        cr_assert(may_take(snapshot->config, &snapshot->cells[to], placed->tenant),
                  "fleet %d: %s may not take %s", seed, placed->to->id, placed->tenant->id);
        after[to] -= placed->tenant->current_users;
        cr_assert_geq(after[to], 0, "fleet %d: %s is over the limit", seed, placed->to->id);
    }
}

static guint how_many_go_back(const struct evacuation *plan)
{
    guint back = 0;
    for (guint i = 0; i < plan->tenants->len; i++) {
        const struct placed_tenant *placed = plan->tenants->pdata[i];
        back += placed->to && strcmp(placed->to->id, came_from[placed->tenant->id[1] - '0']) == 0;
    }
    return back;
}

Test(placement_fleets, no_plan_breaks_a_rule_or_leaves_out_somebody_who_had_a_place)
{
    guint some_left = 0, some_placed = 0, some_back = 0;
    for (int seed = 0; seed < FLEETS; seed++) {
        GRand *chance = g_rand_new_with_seed((guint32)seed);
        OWN(origins) origins = origins_new(NULL);
        make_fleet(chance, origins);
        g_rand_free(chance);
        const struct snapshot *snapshot = placing_snapshot();
        OWN(evacuation) plan = evacuation_of(snapshot, origins, "cell-0", NULL);
        gint64 left[MOST_CELLS] = {0};
        for (size_t i = 0; i < snapshot->n_cells; i++)
            left[i] = snapshot->cells[i].config->max_users * 90 / 100 -
                      snapshot->cells[i].registered_users;
        expect_no_rule_broken(snapshot, plan, left, seed);
        guint best = best_from(snapshot, plan, left, 0);
        cr_assert_eq(plan->placed, best, "fleet %d: %" G_GINT64_FORMAT " placed, %u can be", seed,
                     plan->placed, best);
        some_left += !plan->complete;
        some_placed += plan->placed > 0;
        some_back += how_many_go_back(plan);
    }
    cr_expect_gt(some_left, FLEETS / 5, "%u", some_left);
    cr_expect_gt(some_placed, FLEETS / 5, "%u", some_placed);
    cr_expect_gt(some_back, FLEETS / 20, "%u", some_back);
}
