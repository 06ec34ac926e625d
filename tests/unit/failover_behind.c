/* Who lives in the source and is not of the plan, or stays there: rollout/failover.h. */
#include "tests/unit/flight.h"

#include <criterion/criterion.h>
#include <string.h>

static struct flight *flight_as(enum failover_kind kind, guint n)
{
    return flight_new(flight_plan(kind, n));
}

static guint writes(const struct flight *flight)
{
    guint writes = flight->dns_calls + flight->commands;
    for (guint i = 0; i < flight->n; i++)
        writes += flight->tenants[i].writes;
    return writes;
}

Test(failover_behind, whoever_came_after_the_plan_was_made_ends_it_before_anything_is_done)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight->stranger = "late-1";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_REFUSED);
    cr_expect_eq(flight->failover->code, FAILOVER_STRANGERS);
    cr_expect_eq(writes(flight), 0);
    cr_expect_str_eq(flight->failover->state_reason,
                     "1 tenant came to cell-1 after the plan was made: late-1; nothing was done: "
                     "plan again, with all who live there (celldeck failover plan cell-1)");
    cr_expect_eq(flight->failover->behind.n, 1);
    cr_expect(failover_leaves_some(flight->failover));
    cr_expect_not(failover_wants_locks(flight->failover), "it keeps no cell");
    g_autofree char *progress = failover_progress_words(flight->failover);
    cr_expect_str_eq(progress, "0 of 3 tenants done, 3 left, 1 not of its plan", "4 are there");
}

Test(failover_behind, nothing_is_done_before_it_is_read_who_lives_there_now)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight->uncounted = "DynamoDB Scan: no connection";
    flight_run(flight, 3);
    cr_expect_eq(flight->failover->state, FAILOVER_PLANNED);
    cr_expect_eq(writes(flight), 0);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    cr_expect_eq(flight->failover->code, FAILOVER_PREFLIGHT);
    cr_expect(strstr(flight->failover->state_reason,
                     "who lives in cell-1 now is not known: DynamoDB Scan: no connection"));
    flight->uncounted = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
}

Test(failover_behind, one_that_was_held_before_anything_was_done_asks_again_when_it_is_resumed)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight->unfit = "cell-2 is unhealthy";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_HELD);
    flight->stranger = "late-1";
    flight->unfit = NULL;
    flight_wish(flight, "resume");
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_REFUSED);
    cr_expect_eq(writes(flight), 0);
}

Test(failover_behind, whoever_comes_while_it_runs_is_told_with_its_end)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight_run_until(flight, "verified", 1);
    flight->stranger = "late-1";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_str_eq(flight->failover->state_reason,
                     "3 of 3 tenants moved; 1 tenant still lives in cell-1: late-1; fail it over "
                     "again");
    const struct event *end = flight_last(flight, "state");
    cr_expect_eq(json_integer_value(json_object_get(end->data, "behind")), 1);
    cr_expect_str_eq(
        json_string_value(json_array_get(json_object_get(end->data, "behind_first"), 0)), "late-1");
    cr_expect(failover_leaves_some(flight->failover));
    flight_crash(flight);
    cr_expect_str_eq(flight->failover->behind.first[0], "late-1", "it is on record");
}

Test(failover_behind, whoever_was_left_alone_in_the_source_still_lives_there)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    g_strlcpy(flight->tenants[2].stamp, "2026-02-02T00:00:00Z", sizeof flight->tenants[2].stamp);
    flight_run(flight, 10);
    g_autofree char *words = failover_behind_words(flight->failover);
    cr_expect_str_eq(words, "1 tenant still lives in cell-1: t-2");
}

Test(failover_behind, of_one_that_leaves_nobody_nothing_is_said)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight_run(flight, 10);
    cr_expect_str_eq(flight->failover->state_reason, "3 of 3 tenants moved");
    cr_expect_eq(flight->failover->behind.n, 0);
    cr_expect_not(failover_leaves_some(flight->failover));
    cr_expect_null(failover_behind_words(flight->failover));
}

Test(failover_behind, what_can_not_be_read_at_the_end_is_waited_for_and_then_told)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 1);
    flight_run_until(flight, "verified", 1);
    flight->uncounted = "DynamoDB Scan: throttled";
    flight_run(flight, 3);
    cr_expect_eq(flight->failover->state, FAILOVER_RUNNING);
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect(strstr(flight->failover->state_reason,
                     "1 of 1 tenant moved; who lives in cell-1 now is not known: DynamoDB Scan"),
              "%s", flight->failover->state_reason);
    cr_expect(failover_leaves_some(flight->failover), "that is not all well");
    flight_crash(flight);
    cr_expect_not_null(flight->failover->behind.why);
}

Test(failover_behind, a_drill_would_have_been_refused_for_whoever_came)
{
    OWN(flight) flight = flight_as(FAILOVER_DRILL, 3);
    flight->stranger = "late-1";
    flight_run(flight, 10);
    cr_assert_eq(flight->failover->state, FAILOVER_REFUSED);
    cr_expect_str_eq(flight->failover->state_reason,
                     "nobody would move: 1 tenant came to cell-1 after the plan was made: late-1");
}

Test(failover_behind, of_a_drill_only_those_are_told_whom_its_plan_does_not_have)
{
    OWN(flight) flight = flight_as(FAILOVER_DRILL, 3);
    flight_run_until(flight, "registry.done", 1);
    flight->stranger = "late-1";
    flight_run(flight, 10);
    cr_expect_str_eq(flight->failover->state_reason,
                     "3 of 3 tenants would move; 1 tenant came to cell-1 after the plan was made: "
                     "late-1");
}

Test(failover_behind, a_move_is_of_its_one_tenant_and_asks_for_nobody_else)
{
    OWN(flight) flight = flight_as(FAILOVER_MOVE, 1);
    flight->stranger = "late-1";
    flight->uncounted = "nobody asks";
    flight_run(flight, 10);
    cr_expect_eq(flight->failover->state, FAILOVER_COMPLETED);
    cr_expect_eq(flight->failover->behind.n, -1);
    cr_expect_not(failover_leaves_some(flight->failover));
}

Test(failover_behind, a_revert_takes_back_what_was_done_whoever_came)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 3);
    flight_run_until(flight, "verified", 1);
    flight->stranger = "late-1";
    flight_wish(flight, "revert");
    flight_run(flight, 20);
    cr_expect_eq(flight->failover->state, FAILOVER_REVERTED);
    cr_expect(flight_is_as_before(flight));
}

Test(failover_behind, what_was_begun_is_not_refused_any_more)
{
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 1);
    flight_run_until(flight, "registry.intent", 1);
    cr_expect_not(flight_append(flight, "conductor@h", "state",
                                json_pack("{s:s, s:b}", "state", "refused", "final", 1)));
}

Test(failover_behind, of_many_the_first_are_named_and_all_are_counted)
{
    static const char *const first[] = {"a", "b", "c", "d", "e", "f", NULL};
    OWN(flight) flight = flight_as(FAILOVER_FAILOVER, 1);
    flight_run_until(flight, "registry.intent", 1);
    struct failover_behind *behind = &flight->failover->behind;
    g_strfreev(behind->first);
    *behind = (struct failover_behind){1002, g_strdupv((char **)first), NULL};
    g_autofree char *words = failover_behind_words(flight->failover);
    cr_expect_str_eq(words, "1,002 tenants still live in cell-1: a, b, c, d, e and 997 more");
}

static char *progress_at_the_end(enum failover_kind kind, const char *stranger,
                                 const char *uncounted)
{
    OWN(flight) flight = flight_new(flight_plan(kind, 3));
    flight_run_until(flight, "registry.done", 1);
    flight->stranger = stranger;
    flight->uncounted = uncounted;
    flight_run(flight, 20);
    cr_assert_eq(flight->failover->state, FAILOVER_COMPLETED);
    return failover_progress_words(flight->failover);
}

Test(failover_behind, whoever_still_lives_in_the_source_is_counted_beside_who_went)
{
    g_autofree char *all = progress_at_the_end(FAILOVER_FAILOVER, NULL, NULL),
                    *late = progress_at_the_end(FAILOVER_FAILOVER, "late-1", NULL),
                    *unread = progress_at_the_end(FAILOVER_FAILOVER, NULL, "no answer"),
                    *drill = progress_at_the_end(FAILOVER_DRILL, "late-1", NULL);
    cr_expect_str_eq(all, "3 of 3 tenants done");
    cr_expect_str_eq(late, "3 of 3 tenants done, 1 still there");
    cr_expect_str_eq(unread, "3 of 3 tenants done, who is left there is not known");
    cr_expect_str_eq(drill, "3 of 3 tenants checked, 1 not of its plan");
}

/* That `first` left somebody is seen to by `later`. */
static bool is_seen_to(const struct flight *first, const struct flight *later)
{
    g_autoptr(GPtrArray) newest_first = g_ptr_array_new();
    g_ptr_array_add(newest_first, later->failover);
    g_ptr_array_add(newest_first, first->failover);
    cr_assert(failover_leaves_some(first->failover));
    return failover_was_seen_to(newest_first, 1);
}

/* Of so many tenants it left the last one alone, for somebody else had changed it. */
static struct flight *flight_that_left_the_last(guint n)
{
    struct flight *flight = flight_as(FAILOVER_FAILOVER, n);
    g_strlcpy(flight->tenants[n - 1].stamp, "2026-02-02T00:00:00Z", sizeof flight->tenants->stamp);
    flight_run(flight, 10);
    return flight;
}

Test(failover_behind, who_was_left_is_seen_to_by_a_later_one_of_that_cell_that_left_nobody)
{
    OWN(flight) first = flight_that_left_the_last(3);
    OWN(flight) again = flight_that_left_the_last(3);
    OWN(flight) whole = flight_of(2);
    OWN(flight) drill = flight_as(FAILOVER_DRILL, 3);
    flight_run(whole, 10);
    flight_run(drill, 10);
    cr_expect_not(is_seen_to(first, again), "it left the same one");
    cr_expect_not(is_seen_to(first, drill), "nobody was moved");
    cr_expect(is_seen_to(first, whole));
}

Test(failover_behind, who_was_left_is_seen_to_by_moves_of_each_and_no_other)
{
    OWN(flight) of_one = flight_that_left_the_last(1);
    OWN(flight) of_three = flight_that_left_the_last(3);
    OWN(flight) move = flight_as(FAILOVER_MOVE, 1);
    flight_run(move, 10);
    cr_expect(is_seen_to(of_one, move), "t-0 was left, and t-0 was moved");
    cr_expect_not(is_seen_to(of_three, move), "t-2 was left, and t-0 was moved");
}

Test(failover_behind, who_was_left_is_not_seen_to_while_it_is_not_known_who)
{
    OWN(flight) first = flight_as(FAILOVER_FAILOVER, 1);
    OWN(flight) move = flight_as(FAILOVER_MOVE, 1);
    flight_run_until(first, "verified", 1);
    first->uncounted = "DynamoDB Scan: throttled";
    flight_run(first, 10);
    flight_run(move, 10);
    cr_expect_not(is_seen_to(first, move));
}
