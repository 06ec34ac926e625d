/* The screen place over a fleet so large that an answer takes more than one part of the work. */
#include "tests/unit/placement_stage.h"
#include "tui/console/canvas.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>
#include <string.h>

enum { CELLS = 160 };

static const struct area area = {0, 0, 20, 100};
static struct deck *deck;
static void *state;

static void set_up(void)
{
    g_autoptr(GString) cells = g_string_new(NULL);
    for (int i = 0; i < CELLS; i++)
        g_string_append_printf(cells, CELL_LINE("c%d", "shared", "us-east-1", "US", 1000, ""), i,
                               i);
    placing_fleet(cells->str, ALL_SET);
    deck = deck_new(placing_config(), NULL);
    deck_set_snapshot(deck, (struct snapshot *)placing_snapshot());
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    state = view_place.open();
}

static void tear_down(void)
{
    view_place.close(state);
    deck_free(deck);
    placing_clear();
}

static void ask(const char *text)
{
    g_free(deck->filter);
    deck->filter = g_strdup(text);
    view_place.prepare(state, deck, &area);
}

static void work_it_out(void)
{
    while (view_place.works(state) == WORK_ASKED)
        view_place.prepare(state, deck, &area);
}

static bool shows(const char *text)
{
    struct canvas *canvas = canvas_new(area.rows, area.cols, false);
    view_place.draw(state, deck, canvas, &area);
    bool found = false;
    for (int row = 0; row < area.rows; row++) {
        g_autofree char *line = canvas_row(canvas, row);
        found |= strstr(line, text) != NULL;
    }
    canvas_free(canvas);
    return found;
}

Test(place_view, no_answer_ever_stands_under_another_question, .init = set_up, .fini = tear_down)
{
    ask("5 us");
    work_it_out();
    cr_expect(shows("of 5 users") && shows("✔") && !shows("being worked out"));
    ask("7 us");
    cr_assert_eq(view_place.works(state), WORK_ASKED, "the fleet is too small for this test");
    cr_expect(shows("of 7 users") && shows("being worked out: "));
    cr_expect_not(shows("of 5 users") || shows("✔"));
    work_it_out();
    cr_expect(shows("of 7 users") && shows("✔") && !shows("being worked out"));
}

Test(place_view, an_answer_stands_while_the_same_is_worked_out_by_newer_plans, .init = set_up,
     .fini = tear_down)
{
    ask("5 us");
    work_it_out();
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    ask("5 us");
    cr_assert_eq(view_place.works(state), WORK_ASKED, "the fleet is too small for this test");
    cr_expect(shows("of 5 users") && shows("✔") && !shows("being worked out"));
}

Test(place_view, a_question_that_is_taken_back_is_answered_anew, .init = set_up, .fini = tear_down)
{
    ask("5 us");
    work_it_out();
    ask("7 us");
    ask("5 us");
    work_it_out();
    cr_expect(shows("of 5 users") && shows("✔") && !shows("being worked out"));
}

Test(place_view, the_plans_that_it_shows_are_kept_so_that_no_others_come_to_lie_where_they_lay,
     .init = set_up, .fini = tear_down)
{
    ask("5 us");
    work_it_out();
    struct evacuations *shown = evacuations_ref(deck->evacuations);
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    cr_assert_neq(deck->evacuations, shown);
    cr_expect_not(g_atomic_ref_count_compare(&shown->refs, 1), "nobody else has them");
    evacuations_unref(shown);
}
