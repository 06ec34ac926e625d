/* What has changed since somebody last looked. */
#include "tui/views/since.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* Of small_fleet, its first cell with so many errors, and one tenant in `cell` (NULL: none read).
 */
static struct snapshot *snapshot_of(struct config *config, double errors, const char *cell)
{
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW);
    set_series(&readings[0], METRIC_ERROR_RATE, steady(errors, 10, NOW));
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant draft = {.id = "t1", .cell = cell, .region = "us-east-1"};
    if (cell)
        g_ptr_array_add(tenants, tenant_new(&draft));
    struct registry *registry = registry_new(tenants, NOW, true);
    const struct fleet_input input = {config, readings, registry, sources, 0, NULL};
    struct snapshot *snapshot = fleet_fold(&input, NOW);
    registry_unref(registry);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

static const char *told(const struct deck *deck, GString *text)
{
    return since_cell(deck, &deck->snapshot->cells[0], g_string_truncate(text, 0));
}

static const char *told_of_tenant(const struct deck *deck, GString *text)
{
    return since_tenant(deck, snapshot_tenant(deck->snapshot, "t1"), g_string_truncate(text, 0));
}

Test(since, what_is_otherwise_than_at_the_mark_says_how_it_was)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(snapshot) before = snapshot_of(config, 0.1, "cell-1");
    OWN(snapshot) after = snapshot_of(config, 50, "cell-eu");
    g_autoptr(GString) text = g_string_new(NULL);
    deck_set_snapshot(deck, before);
    cr_expect_null(told(deck, text), "nothing was marked");
    since_mark(deck);
    cr_expect_null(told(deck, text));
    deck_set_snapshot(deck, after);
    cr_expect_str_eq(told(deck, text), "was healthy");
    cr_expect_str_eq(told_of_tenant(deck, text), "was in cell-1");
    cr_expect_eq(since_cells(deck), 1);
}

Test(since, a_tenant_that_was_not_there_is_new)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(snapshot) before = snapshot_of(config, 0.1, NULL);
    OWN(snapshot) after = snapshot_of(config, 0.1, "cell-eu");
    g_autoptr(GString) text = g_string_new(NULL);
    deck_set_snapshot(deck, before);
    since_mark(deck);
    deck_set_snapshot(deck, after);
    cr_expect_str_eq(told_of_tenant(deck, text), "new");
}

Test(since, a_mark_is_made_anew_and_goes_where_nothing_has_changed)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(snapshot) before = snapshot_of(config, 0.1, "cell-1");
    OWN(snapshot) after = snapshot_of(config, 50, "cell-1");
    g_autoptr(GString) text = g_string_new(NULL);
    since_mark(deck);
    cr_expect_not(since_marked(deck), "nothing was read yet");
    deck_set_snapshot(deck, before);
    since_mark(deck);
    deck_set_snapshot(deck, after);
    since_mark(deck);
    cr_expect(since_marked(deck));
    cr_expect_null(told(deck, text));
    since_mark(deck);
    cr_expect_not(since_marked(deck));
}

Test(since, what_was_done_after_the_mark_is_told_by_its_time)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    OWN(snapshot) snapshot = snapshot_of(config, 0.1, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    cr_expect_not(since_moment(deck, NOW + 1), "nothing was marked");
    since_mark(deck);
    cr_expect_not(since_moment(deck, NOW));
    cr_expect(since_moment(deck, NOW + 1));
}
