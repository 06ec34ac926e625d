/* The picture held still. */
#include "tests/unit/small_fleet.h"
#include "tui/views/shell_inside.h"

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
    struct shell shell = {.deck = deck};
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
}

Test(freeze, nothing_is_done_from_a_frozen_picture_and_it_says_what_it_is)
{
    OWN(config) config = small_fleet(NULL);
    OWN(deck) deck = deck_new(config, NULL);
    struct shell shell = {.deck = deck};
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
}
