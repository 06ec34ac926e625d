/* The screen of alarms: what rings first, and nothing old shown as well. */
#include "data/base/when.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795485630000)

enum { DEV, ONE, DR, EU }; /* small_fleet's cells */

static void add(struct cell_reading *reading, const char *name, enum alarm_state state,
                gint64 for_ms, const char *reason)
{
    struct alarm *alarm = g_new0(struct alarm, 1);
    *alarm = (struct alarm){g_strdup(name), NULL, state, NOW - for_ms, g_strdup(reason)};
    g_ptr_array_add(reading->alarms, alarm);
}

/* Two alarms ring, the later one in cell-1; cell-1-dr's were read an hour ago, cell-eu's never. */
static struct deck *deck_new_with_alarms(void)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(NOW);
    add(&readings[DEV], "cell-dev-cpu", ALARM_OK, WHEN_DAY, "fine");
    add(&readings[DEV], "cell-dev-errors", ALARM_ALARM, 10 * WHEN_MINUTE, "7 % over 5 %");
    add(&readings[DEV], "cell-dev-disk", ALARM_INSUFFICIENT_DATA, WHEN_MINUTE, "no points");
    add(&readings[ONE], "cell-1-errors", ALARM_ALARM, WHEN_MINUTE, "9 % over 5 %");
    add(&readings[DR], "cell-1-dr-lag", ALARM_OK, WHEN_DAY, "fine");
    readings[DR].alarms_at_ms = NOW - WHEN_HOUR;
    g_clear_pointer(&readings[EU].alarms, g_ptr_array_unref);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    const struct fleet_input input = {config, readings, NULL, sources, 0.04, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    return deck;
}

static char **lines_of(const struct deck *deck, void *state, int cols)
{
    struct canvas *canvas = canvas_new(12, cols, false);
    const struct area area = {0, 0, 12, cols};
    view_alarms.prepare(state, deck, &area);
    view_alarms.draw(state, deck, canvas, &area);
    g_autofree char *dump = canvas_dump(canvas);
    canvas_free(canvas);
    return g_strsplit(dump, "\n", -1);
}

static void expect_begins(const char *line, const char *text)
{
    cr_expect(g_str_has_prefix(line, text), "%s", line);
}

Test(view_alarms, those_that_ring_come_first_the_newest_on_top_and_what_is_old_is_not_well)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    g_auto(GStrv) lines = lines_of(deck, state, 120);
    cr_expect_str_eq(lines[0], " ✖ 2 of 5 alarms in ALARM · 1 cell not read · 1 read too "
                               "long ago · 1 without data");
    expect_begins(lines[2], " ✖ ALARM       cell-1-errors ");
    expect_begins(lines[3], " ✖ ALARM       cell-dev-errors ");
    expect_begins(lines[4], " ? not read ");
    expect_begins(lines[5], " ? STALE 60m   cell-1-dr-lag ");
    expect_begins(lines[6], " ? no data     cell-dev-disk ");
    expect_begins(lines[7], " ✔ ok          cell-dev-cpu ");
    cr_expect(strstr(lines[2], "9 % over 5 %") && strstr(lines[2], " 60s "), "%s", lines[2]);
    cr_expect_null(strstr(lines[5], "✔"));
    view_alarms.close(state);
}

Test(view_alarms, the_row_stays_selected_wherever_it_goes_and_Enter_opens_its_cell)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    g_auto(GStrv) lines = lines_of(deck, state, 80);
    view_alarms.key(state, deck, REQUEST_DOWN);
    g_free(deck->filter);
    deck->filter = g_strdup("cell-dev");
    g_auto(GStrv) filtered = lines_of(deck, state, 80);
    expect_begins(filtered[2], " ✖ ALARM ");
    expect_begins(filtered[0], " ✖ 2 of 5 alarms");
    struct reaction opened = view_alarms.key(state, deck, REQUEST_OPEN);
    cr_expect_eq(opened.what, REACT_OPEN);
    cr_expect_str_eq(opened.subject, "cell-dev");
    cr_expect_str_eq(view_alarms.topic(state, deck).cell, "cell-dev");
    view_alarms.close(state);
}

Test(view_alarms, what_passes_no_filter_offers_nothing_to_open)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    g_free(deck->filter);
    deck->filter = g_strdup("nothing-like-it");
    g_auto(GStrv) lines = lines_of(deck, state, 40);
    expect_begins(lines[2], "   no alarm passes the filter");
    cr_expect_not(view_alarms.can(state, deck, REQUEST_OPEN));
    cr_expect_eq(view_alarms.key(state, deck, REQUEST_OPEN).what, REACT_UNUSED);
    view_alarms.close(state);
}

Test(view_alarms, they_are_sorted_and_only_those_with_something_wrong_are_left_where_asked)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    struct arrangement *arranged = &deck->arranged[VIEW_ALARMS];
    cr_assert(arrangement_sort(arranged, view_alarms.sheet, "for", NULL));
    g_auto(GStrv) sorted = lines_of(deck, state, 120);
    expect_begins(sorted[2], " ✖ ALARM       cell-1-errors ");
    cr_expect(strstr(sorted[6], "24h") && strstr(sorted[7], "–"), "%s", sorted[7]);
    arranged->sort = 0;
    arranged->faults = true;
    g_auto(GStrv) faulty = lines_of(deck, state, 120);
    expect_begins(faulty[6], " ? no data     cell-dev-disk ");
    cr_expect_str_eq(faulty[7], "");
    expect_begins(faulty[8], " ─ cell-1-errors  cell-1  ");
    expect_begins(faulty[9], "  9 % over 5 %");
    view_alarms.close(state);
}

Test(view_alarms, a_name_comes_before_a_reason_which_is_whole_below)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    g_auto(GStrv) lines = lines_of(deck, state, 60);
    cr_expect_null(strstr(lines[2], "9 %"), "%s", lines[2]);
    expect_begins(lines[9], "  9 % over 5 %");
    view_alarms.close(state);
}

Test(view_alarms, one_that_was_otherwise_at_the_mark_says_how)
{
    OWN(deck) deck = deck_new_with_alarms();
    void *state = view_alarms.open();
    OWN(deck) before = deck_new_with_alarms();
    for (size_t i = 0; i < before->snapshot->n_cells; i++) {
        GPtrArray *alarms = before->snapshot->cells[i].reading.alarms;
        for (guint a = 0; alarms && a < alarms->len; a++)
            if (strcmp(((struct alarm *)alarms->pdata[a])->name, "cell-1-errors") == 0)
                ((struct alarm *)alarms->pdata[a])->state = ALARM_OK;
    }
    deck->since = snapshot_ref(before->snapshot);
    g_auto(GStrv) lines = lines_of(deck, state, 120);
    expect_begins(lines[2], "▎✖ ALARM       was ok");
    expect_begins(lines[3], " ✖ ALARM ");
    view_alarms.close(state);
}
