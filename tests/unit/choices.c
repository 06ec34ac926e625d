/* The list of cells that a failover or a move could go to, as the plans have it. */
#include "tui/views/choices.h"

#include "tests/unit/placement_stage.h"
#include "tui/views/view.h"

#include <criterion/criterion.h>

static struct deck *deck;
static struct choices *choices;

static void set_up(void)
{
    placing_fleet(CELL_LINE("cell-2", "shared", "us-east-1", "US", 1000, "")
                      CELL_LINE("cell-3", "shared", "us-east-1", "US", 1000, ""),
                  ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 30);
    deck = deck_new(placing_config(), NULL);
    deck_set_snapshot(deck, (struct snapshot *)placing_snapshot());
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    choices = choices_new();
}

static void tear_down(void)
{
    choices_free(choices);
    deck_free(deck);
    placing_clear();
}

TestSuite(choices, .init = set_up, .fini = tear_down);

Test(choices, the_cells_are_those_that_a_plan_of_their_own_goes_to)
{
    choices_follow(choices, deck, FAILOVER_FAILOVER, "cell-2", 10);
    cr_expect_eq(list_size(&choices->list), 1);
    cr_expect_str_eq(choices->list.selected, "cell-3");
    cr_expect(choices_fit(choices));
}

Test(choices, the_plans_that_they_show_are_kept_so_that_no_others_come_to_lie_where_they_lay)
{
    choices_follow(choices, deck, FAILOVER_FAILOVER, "cell-2", 10);
    struct evacuations *shown = evacuations_ref(deck->evacuations);
    deck_take_evacuations(deck, evacuation_all(deck->snapshot, NULL, NULL));
    cr_assert_neq(deck->evacuations, shown);
    cr_expect_not(g_atomic_ref_count_compare(&shown->refs, 1), "nobody else has them");
    evacuations_unref(shown);
}
