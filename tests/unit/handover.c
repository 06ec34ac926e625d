/* What the next on-call is told: nothing is left out in silence, nothing unread is told as calm. */
#include "rollout/handover.h"

#include "data/base/when.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

enum { DEV, ONE, DR, EU, CELLS };

/* Cells and registry as a test spoils them, and what the journal has. */
struct night {
    struct config *config;
    struct cell_reading readings[CELLS];
    bool complete, alarms_read;
    GPtrArray *operations; /* NULL: the journal can't be read */
    GPtrArray *none, *failovers;
    GHashTable *unconducted;
};

static struct night night_new(void)
{
    struct night night = {.config = small_fleet(NULL), .complete = true, .alarms_read = true};
    for (int i = 0; i < CELLS; i++)
        night.readings[i] = well_reading(NOW);
    night.operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
    night.none = g_ptr_array_new();
    night.failovers = g_ptr_array_new_with_free_func((GDestroyNotify)failover_free);
    night.unconducted = g_hash_table_new(g_str_hash, g_str_equal);
    return night;
}

static void night_clear(struct night *night)
{
    for (int i = 0; i < CELLS; i++)
        cell_reading_clear(&night->readings[i]);
    g_clear_pointer(&night->operations, g_ptr_array_unref);
    g_ptr_array_unref(night->none);
    g_ptr_array_unref(night->failovers);
    g_hash_table_unref(night->unconducted);
    config_unref(night->config);
}

static void add(struct night *night, const char *id, const char *kind, const char *subject,
                const char *state, gint64 started_ms, gint64 ended_ms)
{
    struct operation *operation = g_new0(struct operation, 1);
    *operation = (struct operation){.id = g_strdup(id),
                                    .kind = g_strdup(kind),
                                    .subject = g_strdup(subject),
                                    .state = g_strdup(state),
                                    .actor = g_strdup("alice"),
                                    .started_ms = started_ms,
                                    .ended_ms = ended_ms,
                                    .cells = g_strsplit("cell-1 cell-1-dr", " ", -1),
                                    .reason = g_strdup("why not")};
    g_ptr_array_add(night->operations, operation);
}

static void add_source(GPtrArray *sources, const char *name, bool well)
{
    g_ptr_array_add(sources, source_new(name, well ? SOURCE_OK : SOURCE_ERROR, NOW,
                                        well ? NULL : "Scan: throttled"));
}

static struct snapshot *snapshot_of(const struct night *night)
{
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant draft = {.id = "a", .cell = "cell-1", .current_users = 10};
    g_ptr_array_add(tenants, tenant_new(&draft));
    struct registry *registry = registry_new(tenants, NOW, night->complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    add_source(sources, "registry", night->complete);
    for (guint i = 0; i < night->config->cells->len; i++) {
        const struct cell_config *cell = night->config->cells->pdata[i];
        g_autofree char *name = g_strconcat("alarms ", cell->source, NULL);
        add_source(sources, name, night->alarms_read);
    }
    const struct fleet_input input = {.config = night->config,
                                      .readings = night->readings,
                                      .registry = registry,
                                      .sources = sources};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    return snapshot;
}

static struct handover *told(const struct night *night)
{
    OWN(snapshot) snapshot = snapshot_of(night);
    OWN(evacuations) evacuations = evacuation_all(snapshot, NULL, NULL);
    const struct handover_input input = {.snapshot = snapshot,
                                         .evacuations = evacuations,
                                         .operations = night->operations,
                                         .journal_error = "the disk is full",
                                         .rollouts = night->none,
                                         .failovers = night->failovers,
                                         .unconducted = night->unconducted,
                                         .now_ms = NOW};
    return handover_of(&input);
}

static const struct handover_section *section(const struct handover *handover, const char *key)
{
    for (guint i = 0; i < handover->sections->len; i++) {
        const struct handover_section *at = handover->sections->pdata[i];
        if (g_str_equal(at->key, key))
            return at;
    }
    cr_assert_fail("no section %s", key);
    return NULL;
}

/* All lines of a section, a line each. */
static char *lines(const struct handover *handover, const char *key)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *items = section(handover, key)->items;
    for (guint i = 0; i < items->len; i++)
        g_string_append_printf(text, "%s%s", i ? "\n" : "",
                               ((const struct handover_item *)items->pdata[i])->text);
    return g_string_free(text, FALSE);
}

Test(handover, a_calm_night_has_nothing_but_what_was_never_drilled_or_proven)
{
    struct night night = night_new();
    OWN(handover) handover = told(&night);
    cr_expect_str_eq(handover->title, "small: 4 of 4 cells are well, no operation is open");
    static const char *const calm[] = {"not_well", "open",     "alarms",   "unread",
                                       "changed",  "observed", "releases", "debts"};
    for (size_t i = 0; i < G_N_ELEMENTS(calm); i++) {
        g_autofree char *text = lines(handover, calm[i]);
        cr_expect_str_eq(text, "", "%s: %s", calm[i], text);
    }
    g_autofree char *drills = lines(handover, "drills");
    cr_expect_str_eq(drills, "never drilled: cell-1");
    night_clear(&night);
}

Test(handover, a_journal_that_cant_be_read_is_not_told_as_calm)
{
    struct night night = night_new();
    g_clear_pointer(&night.operations, g_ptr_array_unref);
    OWN(handover) handover = told(&night);
    OWN_JSON json = handover_json(handover, NOW);
    static const char *const unknown[] = {"open",     "changed", "observed",
                                          "releases", "debts",   "drills"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        cr_expect(section(handover, unknown[i])->unknown, "%s", unknown[i]);
        cr_expect(json_is_null(json_object_get(json, unknown[i])), "%s", unknown[i]);
    }
    g_autofree char *unread = lines(handover, "unread");
    cr_expect_str_eq(unread, "the journal: the disk is full");
    cr_expect(g_str_has_suffix(handover->title, "the journal can't be read"));
    night_clear(&night);
}

Test(handover, alarms_that_were_not_read_are_not_told_as_none)
{
    struct night night = night_new();
    night.alarms_read = false;
    OWN(handover) handover = told(&night);
    g_autofree char *alarms = lines(handover, "alarms");
    cr_expect_str_eq(alarms, "not known of cell-dev, cell-1, cell-1-dr, cell-eu");
    night_clear(&night);
}

Test(handover, half_a_registry_is_told_and_nobody_has_a_place_by_it)
{
    struct night night = night_new();
    night.complete = false;
    OWN(handover) handover = told(&night);
    g_autofree char *unread = lines(handover, "unread");
    cr_expect(strstr(unread, "at least 1 tenant"), "%s", unread);
    const GPtrArray *drain = section(handover, "drain")->items;
    cr_assert_gt(drain->len, 0);
    const struct handover_item *first = drain->pdata[0];
    cr_expect(strstr(first->text, "not known"), "%s", first->text);
    night_clear(&night);
}

Test(handover, a_cell_that_is_ill_is_told_with_whom_it_serves_and_what_is_proposed)
{
    struct night night = night_new();
    set_series(&night.readings[ONE], METRIC_HEALTH, steady(0, 10, NOW));
    OWN(handover) handover = told(&night);
    g_autofree char *text = lines(handover, "not_well");
    cr_expect(g_str_has_prefix(text, "cell-1 unhealthy since "), "%s", text);
    cr_expect(strstr(text, "ago, or before: "), "nothing is known of earlier: %s", text);
    cr_expect(strstr(text, "(1 tenant, 10 users); a failover is proposed: failover plan cell-1"),
              "%s", text);
    night_clear(&night);
}

Test(handover, since_when_a_cell_is_ill_is_told_where_it_was_seen_to_be_well_before)
{
    struct night night = night_new();
    struct series *health = steady(1, 10, NOW);
    for (size_t i = 5; i < health->n; i++)
        health->points[i].value = 0;
    g_autofree char *since = when_rfc3339(health->points[5].at_ms);
    g_autofree char *words = g_strdup_printf("cell-1 unhealthy since %s, ", since);
    set_series(&night.readings[ONE], METRIC_HEALTH, health);
    OWN(handover) handover = told(&night);
    g_autofree char *text = lines(handover, "not_well");
    cr_expect(g_str_has_prefix(text, words) && !strstr(text, "or before"), "%s", text);
    night_clear(&night);
}

Test(handover, what_was_changed_is_of_this_shift_and_what_is_open_is_of_any)
{
    struct night night = night_new();
    add(&night, "f2", "failover", "cell-1", "held", NOW - 30 * WHEN_HOUR, 0);
    add(&night, "r2", "rollout", "5.0.3", "completed", NOW - 20 * WHEN_HOUR, NOW - WHEN_HOUR);
    add(&night, "r1", "rollout", "5.0.2", "completed", NOW - 40 * WHEN_HOUR, NOW - 13 * WHEN_HOUR);
    g_hash_table_add(night.unconducted, (gpointer) "f2");
    OWN(handover) handover = told(&night);
    g_autofree char *open = lines(handover, "open");
    g_autofree char *changed = lines(handover, "changed");
    cr_expect_str_eq(open, "f2 failover cell-1: held, begun 30h ago by alice (why not); NOBODY "
                           "carries it on: celldeck conductor --until-idle");
    cr_expect(strstr(changed, "60m ago: r2 rollout 5.0.3 completed, by alice (why not)") &&
                  !strstr(changed, "r1"),
              "%s", changed);
    night_clear(&night);
}

Test(handover, a_version_that_failed_is_held_once_whatever_became_of_it)
{
    struct night night = night_new();
    add(&night, "r4", "rollout", "5.0.3", "completed", NOW - WHEN_DAY, NOW - WHEN_DAY);
    add(&night, "r3", "rollout", "v5.0.3", "failed", NOW - 2 * WHEN_DAY, NOW - 2 * WHEN_DAY);
    add(&night, "r2", "rollout", "5.0.3", "failed", NOW - 3 * WHEN_DAY, NOW - 3 * WHEN_DAY);
    add(&night, "r1", "rollout", "5.0.1", "failed", NOW - 40 * WHEN_DAY, NOW - 40 * WHEN_DAY);
    OWN(handover) handover = told(&night);
    g_autofree char *text = lines(handover, "releases");
    cr_expect(g_str_has_prefix(text, "v5.0.3: failed in r3 ("), "%s", text);
    cr_expect(strstr(text, "completed since in r4") && !strstr(text, "r2"), "%s", text);
    cr_expect(g_str_has_suffix(text, "\n1 older one: celldeck history list"), "%s", text);
    night_clear(&night);
}

Test(handover, observed_failovers_stand_apart_and_older_ones_are_counted)
{
    struct night night = night_new();
    add(&night, "o2", "observed", "cell-1 → cell-1-dr", "observed", NOW - WHEN_HOUR,
        NOW - WHEN_HOUR);
    add(&night, "o1", "observed", "cell-1 → cell-1-dr", "observed", NOW - 8 * WHEN_DAY,
        NOW - 8 * WHEN_DAY);
    OWN(handover) handover = told(&night);
    g_autofree char *observed = lines(handover, "observed");
    g_autofree char *changed = lines(handover, "changed");
    cr_expect(strstr(observed, "60m ago: o2: why not\n1 older"), "%s", observed);
    cr_expect_str_eq(changed, "");
    night_clear(&night);
}

Test(handover, a_drill_is_told_by_its_age)
{
    struct night night = night_new();
    add(&night, "d1", "drill", "cell-1", "completed", NOW - 12 * WHEN_DAY, NOW - 12 * WHEN_DAY);
    OWN(handover) handover = told(&night);
    g_autofree char *drills = lines(handover, "drills");
    cr_expect_str_eq(drills, "last drilled so long ago: cell-1 12d");
    OWN_JSON json = handover_json(handover, NOW);
    const json_t *first = json_array_get(json_object_get(json, "drills"), 0);
    cr_expect_eq(json_integer_value(json_object_get(first, "days")), 12);
    night_clear(&night);
}

static struct failover *acknowledged(const char *id, enum failover_kind kind,
                                     enum failover_state state)
{
    struct failover *failover = failover_new(id);
    failover->plan = failover_plan_new(kind, "cell-1");
    g_strfreev(failover->plan->acks);
    failover->plan->acks = g_strsplit("data fence", " ", -1);
    failover->state = state;
    failover->opened_ms = NOW - WHEN_DAY;
    failover->requested_by = g_strdup("alice");
    failover->reason = g_strdup("us-east-1 is gone");
    return failover;
}

Test(handover, what_was_acknowledged_instead_of_proven_is_to_be_reviewed)
{
    struct night night = night_new();
    g_ptr_array_add(night.failovers, acknowledged("f2", FAILOVER_FAILOVER, FAILOVER_COMPLETED));
    g_ptr_array_add(night.failovers, acknowledged("f1", FAILOVER_FAILOVER, FAILOVER_REFUSED));
    g_ptr_array_add(night.failovers, acknowledged("d1", FAILOVER_DRILL, FAILOVER_COMPLETED));
    OWN(handover) handover = told(&night);
    g_autofree char *debts = lines(handover, "debts");
    cr_expect(g_str_has_suffix(debts, "alice acknowledged in f2 what was not proven: data, fence "
                                      "(us-east-1 is gone)") &&
                  !strchr(debts, '\n'),
              "neither what was refused nor a drill: %s", debts);
    night_clear(&night);
}

Test(handover, an_open_failover_says_why_it_is_held_and_what_comes_next)
{
    struct night night = night_new();
    add(&night, "f3", "failover", "cell-1", "held", NOW - WHEN_HOUR, 0);
    struct failover *failover = acknowledged("f3", FAILOVER_FAILOVER, FAILOVER_HELD);
    failover->state_reason = g_strdup("Route 53 throttles: 7 done, 5 left");
    g_ptr_array_add(night.failovers, failover);
    OWN(handover) handover = told(&night);
    g_autofree char *open = lines(handover, "open");
    static const char reason[] = "Route 53 throttles: 7 done, 5 left";
    const char *first = strstr(open, reason);
    cr_assert(first, "%s", open);
    cr_expect(g_str_has_prefix(first + strlen(reason), ", begun 60m ago"), "%s", open);
    cr_expect_null(strstr(first + 1, reason), "told twice: %s", open);
    cr_expect(strstr(open, "; next: nothing until a human acts"), "%s", open);
    const struct handover_item *item = section(handover, "open")->items->pdata[0];
    cr_expect(strstr(json_string_value(json_object_get(item->json, "next")), reason),
              "each of JSON's fields is whole");
    night_clear(&night);
}
