/* The screens of releases, on hand-made tags. */
#include "data/base/when.h"
#include "tests/unit/small_fleet.h"
#include "tui/views/releases.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795485630000)

static void add_release(GPtrArray *list, const char *version, const char *summary)
{
    struct release *release = g_new0(struct release, 1);
    *release =
        (struct release){g_strdup(version), g_strconcat("v", version, NULL),
                         g_strdup("0123456789abcdef"), NOW - 400 * WHEN_DAY, g_strdup(summary)};
    g_ptr_array_add(list, release);
}

/* small_fleet, every cell on 5.0.2 as probed `age_ms` ago; cell-dev's probe is of now. */
static struct deck *deck_probed(gint64 age_ms)
{
    OWN(config) config = small_fleet(NULL);
    struct cell_reading readings[4];
    for (guint i = 0; i < config->cells->len; i++)
        readings[i] = well_reading(i == 0 ? NOW : NOW - age_ms);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    const struct fleet_input input = {config, readings, NULL, sources, 0.04, NULL};
    OWN(snapshot) snapshot = fleet_fold(&input, NOW);
    struct deck *deck = deck_new(config, NULL);
    deck->now_ms = NOW;
    deck_set_snapshot(deck, snapshot);
    for (guint i = 0; i < config->cells->len; i++)
        cell_reading_clear(&readings[i]);
    deck->releases = g_ptr_array_new_with_free_func((GDestroyNotify)release_free);
    add_release(deck->releases, "5.0.3", "Faster \x1b[2J forms");
    add_release(deck->releases, "5.0.2", "Allergies above medications");
    return deck;
}

static char *drawn(const struct view *view, const struct deck *deck, int cols)
{
    struct canvas *canvas = canvas_new(16, cols, false);
    const struct area area = {0, 0, 16, cols};
    void *state = view->open();
    view->prepare(state, deck, &area);
    view->draw(state, deck, canvas, &area);
    char *dump = canvas_dump(canvas);
    view->close(state);
    canvas_free(canvas);
    return dump;
}

static void expect_shown(const char *screen, const char *text)
{
    cr_expect(strstr(screen, text) != NULL, "%s is not in\n%s", text, screen);
}

Test(view_releases, a_cell_counts_as_running_what_it_answered_of_late_and_else_as_stale)
{
    OWN(deck) fresh = deck_probed(0);
    g_autofree char *all = release_cells(fresh, "5.0.2");
    cr_expect_str_eq(all, "all 4 cells");
    g_autofree char *none = release_cells(fresh, "5.0.3");
    cr_expect_str_eq(none, "");
    OWN(deck) old = deck_probed(WHEN_HOUR);
    g_autofree char *stale = release_cells(old, "5.0.2");
    cr_expect_str_eq(stale, "cell-dev, cell-1 (STALE), cell-1-dr (STALE), cell-eu (STALE)");
}

Test(view_releases, the_list_has_years_and_what_comes_from_git_is_shown_escaped)
{
    OWN(deck) deck = deck_probed(0);
    g_autofree char *screen = drawn(&view_releases, deck, 120);
    expect_shown(screen, "   5.0.3 ");
    expect_shown(screen, " ● 5.0.2     all 4 cells");
    expect_shown(screen, "2025-10-20");
    expect_shown(screen, "Faster \\x1b[2J forms");
}

Test(view_releases, why_git_could_not_be_read_is_said)
{
    OWN(deck) deck = deck_probed(0);
    g_clear_pointer(&deck->releases, g_ptr_array_unref);
    g_autofree char *reading = drawn(&view_releases, deck, 80);
    expect_shown(reading, "reading the git repository");
    deck->releases_error = g_strdup("cannot open /srv/git/medplum.git");
    g_autofree char *failed = drawn(&view_releases, deck, 80);
    expect_shown(failed, "cannot open /srv/git/medplum.git");
}

Test(view_releases, one_release_tells_its_migrations_before_its_commits)
{
    OWN(deck) deck = deck_probed(0);
    deck->subject = g_strdup("5.0.3");
    g_autofree char *before = drawn(&view_release, deck, 80);
    expect_shown(before, "changes      being read");
    struct changes *changes = g_new0(struct changes, 1);
    changes->commits = g_ptr_array_new();
    changes->migrations = g_ptr_array_new();
    changes->files = 7;
    g_ptr_array_add(changes->migrations, (gpointer) "migrations/v2.ts");
    struct change change = {(char *)"fedcba9876543210", NOW, (char *)"Ana Ruiz",
                            (char *)"A column"};
    g_ptr_array_add(changes->commits, &change);
    struct release_changes *read = g_new0(struct release_changes, 1);
    *read = (struct release_changes){g_strdup("5.0.3"), g_strdup("5.0.2"), changes, NULL};
    deck->changes = read;
    g_autofree char *screen = drawn(&view_release, deck, 80);
    const char *migrations = strstr(screen, "1 migration: going back may not be possible");
    const char *commits = strstr(screen, "since 5.0.2: 1 commit, 7 files changed");
    cr_assert(migrations && commits && migrations < commits, "%s", screen);
    expect_shown(screen, "fedcba98 A column (Ana Ruiz)");
}

/* The versions on the screen, in its order. */
static char *versions_of(const char *screen)
{
    GString *found = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(screen, "\n", -1);
    for (char **line = lines; *line && !strstr(*line, "─"); line++)
        if (g_utf8_strlen(*line, -1) > 8 &&
            g_str_has_prefix(g_utf8_offset_to_pointer(*line, 3), "5."))
            g_string_append_printf(found, "%.5s ", g_utf8_offset_to_pointer(*line, 3));
    return g_string_free(found, FALSE);
}

Test(view_releases, they_are_sorted_filtered_and_faulted_like_any_table)
{
    OWN(deck) deck = deck_probed(0);
    add_release(deck->releases, "5.0.10", "Newest of all by number, not by letter");
    struct operation *failed = g_new0(struct operation, 1);
    char kind[] = "rollout", subject[] = "5.0.3", state[] = "failed", id[] = "r1",
         actor[] = "alice";
    *failed = (struct operation){.id = id,
                                 .kind = kind,
                                 .subject = subject,
                                 .state = state,
                                 .actor = actor,
                                 .ended_ms = NOW};
    g_ptr_array_add(deck->operations, failed);
    struct arrangement *arranged = &deck->arranged[VIEW_RELEASES];
    cr_assert(arrangement_sort(arranged, view_releases.sheet, "summary", NULL));
    g_autofree char *by_summary = drawn(&view_releases, deck, 120);
    g_autofree char *order = versions_of(by_summary);
    cr_expect_str_eq(order, "5.0.2 5.0.3 5.0.1 ");
    arranged->sort = 0;
    arranged->faults = true;
    g_autofree char *faulty = drawn(&view_releases, deck, 120);
    g_autofree char *those = versions_of(faulty);
    cr_expect_str_eq(those, "5.0.3 ", "whose rollout failed");
    arranged->faults = false;
    g_free(deck->filter);
    deck->filter = g_strdup("cell:dev");
    g_autofree char *filtered = drawn(&view_releases, deck, 120);
    g_autofree char *running = versions_of(filtered);
    cr_expect_str_eq(running, "", "all cells stand for each of them");
    g_ptr_array_set_size(deck->operations, 0);
    g_free(failed);
}

Test(view_releases, at_80_columns_the_summary_has_room_and_below_it_is_whole)
{
    OWN(deck) deck = deck_probed(0);
    static const char summary[] = "Book appointments from the patient's page, and from the "
                                  "practitioner's, and tell both by mail";
    add_release(deck->releases, "5.0.1", summary);
    g_ptr_array_remove_range(deck->releases, 0, 2);
    g_autofree char *screen = drawn(&view_releases, deck, 80);
    expect_shown(screen, "Book appointments from ");
    expect_shown(screen, "and from the practitioner's, and\n");
    expect_shown(screen, "    tell both by mail");
}

Test(view_releases, what_ran_elsewhere_at_the_mark_says_where)
{
    OWN(deck) deck = deck_probed(0);
    struct cell_reading readings[4] = {0};
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    const struct fleet_input input = {deck->config, readings, NULL, sources, 0, NULL};
    deck->since = fleet_fold(&input, NOW - 1);
    g_autofree char *screen = drawn(&view_releases, deck, 120);
    expect_shown(screen, "▎● 5.0.2");
    expect_shown(screen, "was in no cell");
    expect_shown(screen, "SINCE MARK");
}
