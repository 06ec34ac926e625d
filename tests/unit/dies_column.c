/* The fleet's column IF IT DIES: a shape that tells at a glance, and why. */
#include "tui/views/dies_column.h"

#include "tests/unit/placement_stage.h"
#include "tui/views/deck.h"

#include <criterion/criterion.h>

TestSuite(dies_column, .fini = placing_clear);

#define ZONE    "zone_id: Z1, record: '{subdomain}.example.com'"
#define FENCE   "fence: {command: [fence]}"
#define PROMOTE "promote: {command: [promote]}"

static void nothing(void)
{
}

static void it_runs_another_version(void)
{
    placing_runs("cell-1-dr", "5.0.3");
}

static void no_lag_is_measured(void)
{
    struct cell_reading *reading = placing_reading("cell-1-dr");
    series_unref(reading->replica_lag);
    reading->replica_lag = NULL;
}

static void it_falls_silent(void)
{
    placing_falls_silent("cell-1-dr", 5);
}

static void the_registry_is_read_in_part(void)
{
    placing_registry(false, "page 2");
}

/* What the column says of cell-1, whose only target is its dr cell. */
static char *said(const char *failover, void (*spoil)(void), const char *cell)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
                      CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 10000, REPLICA("cell-1")),
                  failover);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 2730);
    spoil();
    OWN(deck) deck = deck_new(placing_config(), NULL);
    deck_set_snapshot(deck, (struct snapshot *)placing_snapshot());
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    g_autoptr(GString) scratch = g_string_new(NULL);
    return g_strdup(dies_text(deck_cell(deck, cell), deck, scratch));
}

Test(dies_column, it_has_one_shape_for_what_is_proven_and_another_for_whatever_is_not)
{
    static const char whole[] = "failover: {" ZONE ", " FENCE ", " PROMOTE "}\n";
    const struct {
        const char *failover;
        void (*spoil)(void);
        const char *cell, *says;
    } cases[] = {
        {whole, nothing, "cell-1", "✔ cell-1-dr, lag 2 s"},
        {whole, no_lag_is_measured, "cell-1", "▲ cell-1-dr: data not proven"},
        {whole, it_runs_another_version, "cell-1", "▲ cell-1-dr: version not proven"},
        {"failover: {" ZONE ", " PROMOTE "}\n", nothing, "cell-1", "▲ cell-1-dr: fence not proven"},
        {"failover: {" ZONE ", " FENCE "}\n", nothing, "cell-1", "▲ cell-1-dr: promote not proven"},
        {"failover: {" FENCE ", " PROMOTE "}\n", nothing, "cell-1", "▲ cell-1-dr: dns not proven"},
        {whole, it_falls_silent, "cell-1", "✖ cell-1-dr is stale"},
        {whole, the_registry_is_read_in_part, "cell-1",
         "? the registry was read in part: ≥1 tenants, incomplete"},
        {whole, nothing, "cell-1-dr", "–"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = said(cases[i].failover, cases[i].spoil, cases[i].cell);
        cr_expect_str_eq(text, cases[i].says);
    }
}
