/* The way through the screens: back and forth, and what each level keeps. */
#include "tui/shell/trail.h"

#include <criterion/criterion.h>

static char *way(const struct trail *trail)
{
    g_autoptr(GPtrArray) names = trail_names(trail);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" > ", (char **)names->pdata);
}

static void expect_way(const struct trail *trail, const char *expected)
{
    g_autofree char *seen = way(trail);
    cr_expect_str_eq(seen, expected);
}

Test(trail, back_and_forth_are_the_same_way_and_end_where_it_ends)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    cr_expect_not(trail_back(trail));
    trail_open(trail, VIEW_CELL, "cell-2");
    trail_open(trail, VIEW_ROLLOUT, "r17");
    expect_way(trail, "fleet > cell-2 > r17");
    cr_expect(trail_back(trail));
    expect_way(trail, "fleet > cell-2");
    cr_expect(trail_forward(trail));
    expect_way(trail, "fleet > cell-2 > r17");
    cr_expect_not(trail_forward(trail));
    cr_expect(trail_back(trail) && trail_back(trail));
    expect_way(trail, "fleet");
    cr_expect_eq(trail_here(trail)->view, VIEW_FLEET);
}

Test(trail, each_level_of_the_way_can_be_gone_to_and_the_way_lies_ahead_then)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    trail_open(trail, VIEW_CELL, "cell-2");
    trail_open(trail, VIEW_ROLLOUT, "r17");
    trail_open(trail, VIEW_EVENTS, "r17");
    trail_go(trail, 3);
    expect_way(trail, "fleet > cell-2 > r17 > events");
    trail_go(trail, 1);
    expect_way(trail, "fleet > cell-2");
    cr_expect(trail_forward(trail));
    expect_way(trail, "fleet > cell-2 > r17");
    trail_go(trail, 0);
    expect_way(trail, "fleet");
    cr_expect(trail_forward(trail));
    expect_way(trail, "fleet > cell-2 > r17");
    trail_go(trail, 9);
    expect_way(trail, "fleet > cell-2 > r17");
}

Test(trail, a_screen_open_on_two_subjects_keeps_what_each_was_left_with)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    trail_open(trail, VIEW_ROLLOUT, "r1");
    void *first = trail_here(trail)->state;
    trail_open(trail, VIEW_ROLLOUT, "r2");
    cr_expect_neq(trail_here(trail)->state, first);
    expect_way(trail, "fleet > r1 > r2");
    trail_back(trail);
    cr_expect_eq(trail_here(trail)->state, first);
    cr_expect_str_eq(trail_here(trail)->subject, "r1");
}

Test(trail, what_is_open_is_not_opened_twice_and_the_way_never_goes_in_circles)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    trail_open(trail, VIEW_CELL, "cell-2");
    void *kept = trail_here(trail)->state;
    trail_open(trail, VIEW_ROLLOUT, "r17");
    trail_open(trail, VIEW_CELL, "cell-2");
    expect_way(trail, "fleet > r17 > cell-2");
    cr_expect_eq(trail_here(trail)->state, kept);
    trail_back(trail);
    expect_way(trail, "fleet > r17");
    trail_open(trail, VIEW_CELL, "cell-2");
    expect_way(trail, "fleet > r17 > cell-2");
    cr_expect_eq(trail_here(trail)->state, kept, "what lies ahead is found again as it was");
}

Test(trail, home_is_gone_back_to_and_what_lay_ahead_stays_until_something_else_is_opened)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    trail_open(trail, VIEW_CELL, "cell-2");
    trail_open(trail, VIEW_TENANTS, "cell-2");
    expect_way(trail, "fleet > cell-2 > tenants");
    trail_open(trail, VIEW_FLEET, NULL);
    expect_way(trail, "fleet");
    cr_expect(trail_forward(trail));
    expect_way(trail, "fleet > cell-2 > tenants");
    trail_back(trail);
    trail_back(trail);
    cr_expect(trail_forward(trail));
    expect_way(trail, "fleet > cell-2");
    trail_open(trail, VIEW_HISTORY, NULL);
    expect_way(trail, "fleet > cell-2 > history");
    cr_expect_not(trail_forward(trail));
}

Test(trail, a_level_that_turns_to_another_subject_stays_where_it_is)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    trail_open(trail, VIEW_CELL, "cell-1");
    trail_open(trail, VIEW_EVENTS, "r3");
    trail_turn(trail, "r2");
    expect_way(trail, "fleet > cell-1 > events r2");
    trail_turn(trail, trail_here(trail)->subject);
    expect_way(trail, "fleet > cell-1 > events r2");
}

Test(trail, however_far_people_go_home_is_kept_and_the_oldest_is_forgotten)
{
    OWN(trail) trail = trail_new(VIEW_FLEET);
    for (int i = 0; i < 3 * TRAIL_LONGEST; i++) {
        g_autofree char *id = g_strdup_printf("r%d", i);
        trail_open(trail, VIEW_ROLLOUT, id);
    }
    cr_expect_eq(trail->levels->len, TRAIL_LONGEST);
    cr_expect_str_eq(trail_here(trail)->subject, "r71");
    guint back = 0;
    while (trail_back(trail))
        back++;
    cr_expect_eq(back, TRAIL_LONGEST - 1);
    cr_expect_eq(trail_here(trail)->view, VIEW_FLEET);
}
