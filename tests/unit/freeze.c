/* The picture held still. */
#include "tests/unit/scratch.h"
#include "tests/unit/small_fleet.h"
#include "tests/unit/toy.h"
#include "tui/shell/shell_inside.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795485600000)

static struct snapshot *snapshot_at(struct config *config, gint64 at_ms)
{
    struct cell_reading readings[4] = {0};
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    const struct fleet_input input = {config, readings, NULL, sources, 0, NULL};
    return fleet_fold(&input, at_ms);
}

Test(freeze, what_is_read_meanwhile_is_seen_once_the_picture_goes_on)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct shell shell = {.deck = deck, .trail = trail_new(VIEW_FLEET)};
    OWN(snapshot) first = snapshot_at(config, NOW);
    OWN(snapshot) second = snapshot_at(config, NOW + 1000);
    OWN(snapshot) third = snapshot_at(config, NOW + 2000);
    shell_take_snapshot(&shell, first);
    shell_freeze(&shell);
    shell_take_snapshot(&shell, second);
    shell_take_snapshot(&shell, third);
    cr_expect_eq(deck->snapshot, first);
    shell_freeze(&shell);
    cr_expect_eq(deck->snapshot, third);
    cr_expect_null(shell.meanwhile);
    trail_free(shell.trail);
}

Test(freeze, nothing_is_done_from_a_frozen_picture_and_it_says_what_it_is)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct shell shell = {.deck = deck, .trail = trail_new(VIEW_FLEET)};
    cr_expect(shell_may_act(&shell));
    shell_freeze(&shell);
    cr_expect_not(shell_may_act(&shell));
    cr_expect(strstr(deck->notices.shown, "Z lets it go on"), "%s", deck->notices.shown);
    struct canvas *canvas = canvas_new(1, 40, false);
    shell_draw_frozen(&shell, canvas, 0);
    g_autofree char *bar = canvas_row(canvas, 0);
    cr_expect(g_str_has_prefix(bar, " FROZEN ") && strstr(bar, "Z goes on"), "%s", bar);
    for (int col = 0; col < canvas->cols; col++)
        cr_expect_eq(canvas->cells[col].role, ROLE_ALERT, "%d", col);
    canvas_clear(canvas);
    shell_freeze(&shell);
    shell_draw_frozen(&shell, canvas, 0);
    g_autofree char *gone = canvas_row(canvas, 0);
    cr_expect_str_eq(gone, "");
    canvas_free(canvas);
    trail_free(shell.trail);
}

static void expect_up_to(const struct deck *deck, guint last)
{
    cr_expect_eq(deck->events->len, last);
    cr_expect_eq(deck_rollout(deck, "r1")->seq, last);
    cr_expect_gt(deck->cell_events->len, 0);
    for (guint i = 0; i < deck->cell_events->len; i++)
        cr_expect_leq(((struct event *)g_ptr_array_index(deck->cell_events, i))->seq, last);
}

Test(freeze, whatever_screen_is_opened_has_nothing_that_was_done_later)
{
    OWN(config) config = small_fleet(NULL);
    char *dir = scratch_new();
    OWN(toy) toy = toy_new(NULL);
    toy_run_until(toy, DEV, CELL_PASSED);
    guint all = toy->events->len, then = all - 3;
    struct journal *journal = journal_open_file(dir, NULL);
    cr_assert_not_null(journal);
    toy_record(toy, journal, 1, then);
    struct deck *deck = deck_new(config, dir);
    struct shell shell = {.deck = deck, .trail = trail_new(VIEW_FLEET)};
    deck_read_journal(deck, true);
    shell_freeze(&shell);
    toy_record(toy, journal, then + 1, all);
    deck_choose(deck, "cell-0", NULL, "r1");
    expect_up_to(deck, then);
    shell_freeze(&shell);
    expect_up_to(deck, all);
    trail_free(shell.trail);
    deck_free(deck);
    journal_close(journal);
    scratch_remove(dir);
}
