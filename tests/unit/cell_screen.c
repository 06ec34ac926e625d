/* The cell screen, drawn from hand-made readings. */
#include "data/base/when.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW (G_GINT64_CONSTANT(1795485600000) + 30 * 1000)

/* cell-1's reading as of `age_ms` ago, with an alarm that is OK and one that is not. */
static struct cell_reading reading_of(gint64 age_ms)
{
    struct cell_reading reading = well_reading(NOW - age_ms);
    static const struct alarm drafts[] = {
        {.name = (char *)"cell-1-unhealthy", .state = ALARM_OK},
        {.name = (char *)"cell-1-cpu", .state = ALARM_ALARM, .reason = (char *)"91 over 90"}};
    for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++) {
        struct alarm *alarm = g_new0(struct alarm, 1);
        *alarm = (struct alarm){g_strdup(drafts[i].name), g_strdup("cell-1"), drafts[i].state,
                                NOW - WHEN_DAY, g_strdup(drafts[i].reason)};
        g_ptr_array_add(reading.alarms, alarm);
    }
    return reading;
}

/* A deck on small_fleet that looks at cell-1. Takes what `reading` holds; `registry` may be NULL.
 */
static struct deck *deck_with(struct config *config, struct cell_reading *reading,
                              struct registry *registry)
{
    struct cell_reading readings[4];
    memset(readings, 0, sizeof readings);
    readings[1] = *reading;
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    const struct fleet_input input = {config, readings, registry, sources, 0, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    deck_choose(deck, "cell-1", NULL, NULL);
    cell_reading_clear(reading);
    return deck;
}

static struct deck *deck_of(gint64 age_ms)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading reading = reading_of(age_ms);
    return deck_with(config, &reading, NULL);
}

/* What the screen shows in so many rows and columns after these requests. */
static char *shown_after(const struct deck *deck, int rows, int cols, const enum request *keys,
                         size_t n)
{
    struct canvas *canvas = canvas_new(rows, cols, false);
    const struct area area = {1, 0, rows - 2, cols};
    void *state = view_cell.open();
    for (size_t i = 0; i <= n; i++) {
        if (view_cell.prepare)
            view_cell.prepare(state, deck, &area);
        if (i < n)
            view_cell.key(state, deck, keys[i]);
    }
    view_cell.draw(state, deck, canvas, &area);
    char *dump = canvas_dump(canvas);
    view_cell.close(state);
    canvas_free(canvas);
    return dump;
}

static char *shown(const struct deck *deck, int rows, int cols)
{
    return shown_after(deck, rows, cols, NULL, 0);
}

static void expect_in(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) != NULL, "%s is not in\n%s", text, screen);
}

static void expect_not_in(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) == NULL, "%s is in\n%s", text, screen);
}

Test(cell_screen, alarms_and_dependencies_that_are_fresh_say_how_they_are)
{
    OWN(deck) deck = deck_of(0);
    g_autofree char *screen = shown(deck, 50, 120);
    expect_in(screen, "✔ cell-1-unhealthy ok for 24h");
    expect_in(screen, "✖ cell-1-cpu ALARM for 24h: 91 over 90");
    expect_in(screen, "✔ postgres");
    expect_not_in(screen, "STALE");
}

Test(cell_screen, alarms_and_dependencies_that_are_old_are_unknown_with_their_age)
{
    OWN(deck) deck = deck_of(600 * WHEN_SECOND);
    g_autofree char *screen = shown(deck, 50, 120);
    expect_in(screen, "alarms STALE 10m");
    expect_in(screen, "? cell-1-unhealthy was ok\n");
    expect_in(screen, "? cell-1-cpu was ALARM: 91 over 90");
    expect_in(screen, "? STALE 10m: 5.0.2 in 12 ms, 10m ago");
    expect_in(screen, "? postgres was up");
    expect_not_in(screen, "✔");
    expect_not_in(screen, "✖");
}
