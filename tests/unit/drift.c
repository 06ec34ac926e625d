/* Where all tenants live, by the registry and by the zone: what two whole lists come to. */
#include "rollout/drift.h"

#include "data/base/when.h"
#include "data/record_set.h"
#include "data/zone_scan.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW  (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)
#define ZONE "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n"

static const char yaml[] =
    "name: small\n"
    "aws: {region: us-east-1}\n"
    "cells:\n"
    "  cell-1: {class: shared, residency: US, endpoint: 'https://cell1.example.com', "
    "max_users: 10, max_patients: 10, dns_name: lb1.example.net}\n"
    "  cell-2: {class: shared, residency: US, endpoint: 'https://cell2.example.com', "
    "max_users: 10, max_patients: 10, dns_name: lb2.example.net}\n" ZONE;

static struct snapshot *snapshot_of(const char *const *tenants, bool complete)
{
    struct config *config = config_of(yaml);
    struct cell_reading readings[2] = {0};
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    for (; *tenants; tenants += 2) {
        const char *alias = strchr(tenants[0], '='); /* "id", or "id=subdomain" */
        g_autofree char *id =
            alias ? g_strndup(tenants[0], (gsize)(alias - tenants[0])) : g_strdup(tenants[0]);
        const struct tenant draft = {
            .id = id, .cell = tenants[1], .subdomain = alias ? alias + 1 : id};
        g_ptr_array_add(items, tenant_new(&draft));
    }
    struct registry *registry = registry_new(items, NOW, complete);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    g_ptr_array_add(sources, source_new("registry", SOURCE_OK, NOW, NULL));
    const struct fleet_input input = {
        .config = config, .readings = readings, .registry = registry, .sources = sources};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    config_unref(config);
    return snapshot;
}

/* Name and target of CNAMEs, as one page of the zone. */
static GHashTable *zone_of(const char *const *pairs)
{
    GHashTable *names = zone_scan_names();
    g_autoptr(GPtrArray) sets = record_sets_new();
    for (; *pairs; pairs += 2)
        g_ptr_array_add(sets, record_set_cname(pairs[0], pairs[1], 60));
    zone_scan_take(names, sets, NULL);
    return names;
}
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct drift_tenant *at(const struct drift *drift, guint i)
{
    return drift->tenants->pdata[i];
}

Test(drift, the_registry_and_the_zone_agree_disagree_or_leave_it_open)
{
    OWN(snapshot)
    snapshot = snapshot_of(
        LIST("agrees", "cell-1", "elsewhere", "cell-1", "foreign", "cell-2", "none", "cell-2"),
        true);
    g_autoptr(GHashTable) names =
        zone_of(LIST("agrees.example.com.", "LB1.example.net.", "elsewhere.example.com.",
                     "lb2.example.net", "foreign.example.com.", "old.example.org"));
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    cr_expect_eq(at(drift, 0)->agreement, AGREEMENT_FULL);
    cr_expect_str_eq(at(drift, 1)->verdict, "the registry says cell-1, Route 53 has cell-2");
    cr_expect_eq(at(drift, 1)->agreement, AGREEMENT_BROKEN);
    cr_expect_str_eq(at(drift, 2)->verdict,
                     "the registry says cell-2, Route 53 has old.example.org "
                     "(no cell of ours)");
    cr_expect_eq(at(drift, 3)->agreement, AGREEMENT_NONE, "no record is no agreement");
    cr_expect_eq(drift_count(drift, AGREEMENT_BROKEN), 2);
    cr_expect_eq(drift->orphans->len, 0);
}

Test(drift, of_a_record_that_two_tenants_share_it_is_known_whose_else_it_is)
{
    OWN(snapshot)
    snapshot =
        snapshot_of(LIST("alone", "cell-1", "clinic", "cell-1", "clinic-2=Clinic", "cell-2"), true);
    g_autoptr(GHashTable) names = zone_of(
        LIST("alone.example.com.", "lb1.example.net", "clinic.example.com.", "lb1.example.net"));
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    cr_expect_null(at(drift, 0)->shared_with);
    cr_expect_str_eq(at(drift, 1)->shared_with->id, "clinic-2");
    cr_expect_eq(at(drift, 1)->agreement, AGREEMENT_FULL);
    cr_expect_str_eq(at(drift, 2)->shared_with->id, "clinic");
    cr_expect_eq(at(drift, 2)->agreement, AGREEMENT_BROKEN, "it leads to the other's cell");
}

Test(drift, a_zone_that_could_not_be_read_proves_nothing)
{
    OWN(snapshot) snapshot = snapshot_of(LIST("a", "cell-1"), true);
    OWN(drift) drift = drift_of(snapshot, NULL, NULL, "AccessDenied");
    cr_expect(drift->zone_failed);
    cr_expect_eq(at(drift, 0)->agreement, AGREEMENT_NONE);
    cr_expect_str_eq(at(drift, 0)->verdict,
                     "the registry alone names it: cell-1; could not be asked: Route 53");
}

Test(drift, names_that_lead_to_a_cell_and_are_no_tenants_are_found)
{
    static const char *const zone[] = {
        "a.example.com.",    "lb1.example.net",    "gone.example.com.",
        "lb2.example.net",   "cell1.example.com.", "lb1.example.net",
        "mail.example.com.", "mx.example.org",     NULL};
    OWN(snapshot) snapshot = snapshot_of(LIST("a", "cell-1"), true);
    g_autoptr(GHashTable) names = zone_of(zone);
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    cr_assert_eq(drift->orphans->len, 1,
                 "neither a tenant's, nor a cell's own, nor what leads away");
    const struct orphan *orphan = drift->orphans->pdata[0];
    cr_expect_str_eq(orphan->name, "gone.example.com");
    cr_expect_str_eq(orphan->cell, "cell-2");
}

/* An A or AAAA record of these addresses. */
static void add_addresses(GHashTable *names, const char *name, const char *type, const char *one,
                          const char *two)
{
    g_autoptr(GPtrArray) sets = record_sets_new();
    struct record_set *set = record_set_new(name, type);
    set->ttl_s = 60;
    g_ptr_array_add(set->values, g_strdup(one));
    if (two)
        g_ptr_array_add(set->values, g_strdup(two));
    g_ptr_array_add(sets, set);
    zone_scan_take(names, sets, NULL);
}

Test(drift, addresses_of_a_cell_at_a_name_that_is_no_tenants_are_found)
{
    OWN(snapshot) snapshot = snapshot_of(LIST("a", "cell-1"), true);
    g_autoptr(GHashTable) names = zone_of(LIST("a.example.com.", "lb1.example.net"));
    struct cell_addresses addresses;
    cell_addresses_init(&addresses);
    cell_addresses_add(&addresses, "cell-1", "10.0.0.1");
    cell_addresses_add(&addresses, "cell-1", "10.0.0.2");
    cell_addresses_add(&addresses, "cell-2", "2001:db8::2");
    cell_addresses_add(&addresses, "cell-1", "10.0.0.9");
    cell_addresses_add(&addresses, "cell-2", "10.0.0.9");
    add_addresses(names, "gone.example.com.", "A", "10.0.0.1", "10.0.0.2");
    add_addresses(names, "left.example.com.", "AAAA", "2001:DB8:0::2", NULL);
    add_addresses(names, "shared.example.com.", "A", "10.0.0.9", NULL);
    add_addresses(names, "away.example.com.", "A", "192.0.2.1", NULL);
    add_addresses(names, "half.example.com.", "A", "10.0.0.1", "192.0.2.1");
    add_addresses(names, "cell2.example.com.", "AAAA", "2001:db8::2", NULL); /* the cell's own */
    add_addresses(names, "example.com.", "A", "10.0.0.1", NULL);             /* the zone's own */
    add_addresses(names, "gone.example.org.", "A", "10.0.0.1", NULL);
    OWN(drift) drift = drift_of(snapshot, names, &addresses, NULL);
    static const char *const found[][2] = {{"gone.example.com", "cell-1"},
                                           {"left.example.com", "cell-2"},
                                           {"shared.example.com", NULL}};
    cr_assert_eq(drift->orphans->len, G_N_ELEMENTS(found));
    for (guint i = 0; i < drift->orphans->len; i++) {
        const struct orphan *orphan = drift->orphans->pdata[i];
        cr_expect_str_eq(orphan->name, found[i][0]);
        cr_expect_eq(g_strcmp0(orphan->cell, found[i][1]), 0, "%s", orphan->cell);
    }
    cr_expect(strstr(((const struct orphan *)drift->orphans->pdata[2])->told, "several cells"));
    OWN(drift) unknown = drift_of(snapshot, names, NULL, NULL);
    cr_expect_eq(unknown->orphans->len, 0, "whose addresses they are is not guessed");
    cell_addresses_clear(&addresses);
}

Test(drift, by_half_a_registry_no_name_is_said_to_be_nobodys)
{
    OWN(snapshot) snapshot = snapshot_of(LIST("a", "cell-1"), false);
    g_autoptr(GHashTable) names = zone_of(LIST("gone.example.com.", "lb2.example.net"));
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    cr_expect_eq(drift->orphans->len, 0);
}

Test(drift, what_dns_and_the_cell_say_counts_as_well)
{
    OWN(snapshot) snapshot = snapshot_of(LIST("a", "cell-1"), true);
    g_autoptr(GHashTable) names = zone_of(LIST("a.example.com.", "lb1.example.net"));
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    struct witness said[WITNESSES] = {
        [WITNESS_DNS] = {.state = WITNESS_NAMES, .at_ms = NOW, .cell = (char *)"cell-1"},
        [WITNESS_ANSWER] = {.state = WITNESS_NAMES, .at_ms = NOW, .cell = (char *)"cell-2"}};
    drift_take(drift, 0, said);
    cr_expect_eq(at(drift, 0)->agreement, AGREEMENT_BROKEN);
    cr_expect_str_eq(at(drift, 0)->verdict, "the registry says cell-1, Route 53 has cell-1, DNS "
                                            "sends it to cell-1, cell-2 answers");
    drift_take(drift, 0, said);
    cr_expect_eq(drift->asked, 1);
}

Test(drift, those_in_doubt_are_asked_first_and_of_the_others_some_of_everywhere)
{
    g_autoptr(GPtrArray) tenants = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) zone = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 400; i++) {
        g_ptr_array_add(tenants, g_strdup_printf("t%04d", i));
        g_ptr_array_add(tenants, g_strdup("cell-1"));
        g_ptr_array_add(zone, g_strdup_printf("t%04d.example.com.", i));
        g_ptr_array_add(zone, g_strdup(i == 250 ? "lb2.example.net" : "lb1.example.net"));
    }
    g_ptr_array_add(tenants, NULL);
    g_ptr_array_add(zone, NULL);
    OWN(snapshot) snapshot = snapshot_of((const char *const *)tenants->pdata, true);
    g_autoptr(GHashTable) names = zone_of((const char *const *)zone->pdata);
    OWN(drift) drift = drift_of(snapshot, names, NULL, NULL);
    g_autoptr(GArray) some = drift_to_ask(drift, false);
    g_autoptr(GArray) all = drift_to_ask(drift, true);
    cr_expect_eq(some->len, 1 + DRIFT_SAMPLE);
    cr_expect_eq(g_array_index(some, guint, 0), 250);
    cr_expect_lt(g_array_index(some, guint, 1), 4);
    cr_expect_gt(g_array_index(some, guint, DRIFT_SAMPLE), 390);
    cr_expect_eq(all->len, 400, "each once");
}

Test(drift, a_name_that_a_page_cuts_is_taken_whole_from_the_next)
{
    g_autoptr(GHashTable) names = zone_scan_names();
    g_autoptr(GPtrArray) first = record_sets_new();
    g_autoptr(GPtrArray) second = record_sets_new();
    struct record_set *v4 = record_set_new("b.example.com.", "A");
    g_ptr_array_add(v4->values, g_strdup("10.0.0.1"));
    struct record_set *v6 = record_set_new("b.example.com.", "AAAA");
    g_ptr_array_add(v6->values, g_strdup("2001:db8::1"));
    g_ptr_array_add(first, record_set_cname("a.example.com.", "lb1.example.net", 60));
    g_ptr_array_add(first, record_set_copy(v4));
    g_ptr_array_add(second, v4);
    g_ptr_array_add(second, v6);
    zone_scan_take(names, first, "b.example.com.");
    cr_expect_eq(g_hash_table_size(names), 1);
    zone_scan_take(names, second, NULL);
    const struct zone_record *record = g_hash_table_lookup(names, "b.example.com");
    cr_assert(record);
    cr_expect_eq(record->sets, 2);
    cr_expect_eq(record->values->len, 2);
}
