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
    expect_shown(screen, " ● 5.0.2          all 4 cells");
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
