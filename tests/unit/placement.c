/* rollout.md, "Failover": where everybody goes if a cell dies, a test a rule. */
#include "rollout/placement.h"

#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(placement, .fini = placing_clear);

#define ONE      CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
#define ONE_DR   CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 10000, REPLICA("cell-1"))
#define TWO      CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, "")
#define THREE    CELL_LINE("cell-3", "shared", "us-east-1", "US", 10000, "")
#define WEST     CELL_LINE("cell-w", "shared", "us-west-2", "US", 10000, "")
#define EURO     CELL_LINE("cell-e", "shared", "eu-west-1", "EU", 10000, "")
#define EURO_TWO CELL_LINE("cell-f", "shared", "eu-west-1", "EU", 10000, "")
#define DEV      CELL_LINE("cell-0", "dev", "us-east-1", "US", 10000, "")

static void expect_drain(const struct evacuation *plan, enum drain drain, const char *why)
{
    cr_expect_eq(evacuation_drain(plan), drain, "%d: %s", evacuation_drain(plan), plan->why);
    cr_expect_str_eq(plan->why, why);
}

static bool has_line(char *const *lines, const char *line)
{
    bool has = g_strv_contains((const char *const *)lines, line);
    g_autofree char *all = g_strjoinv(" | ", (char **)lines);
    cr_expect(has, "'%s' is not among: %s", line, all);
    return has;
}

Test(placement, a_dedicated_cell_goes_to_the_dr_cell_that_has_its_data)
{
    placing_fleet(ONE ONE_DR TWO, ALL_SET);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 2730);
    expect_drain(placing_plan("cell-1", NULL), DRAIN_READY, "cell-1-dr, lag 2 s");
    cr_expect_str_eq(placing_goes("hospital"), "cell-1-dr");
    cr_expect_str_eq(placing_why("hospital"), "lag 2 s");
}

Test(placement, a_cell_without_tenants_has_nothing_to_plan)
{
    placing_fleet(ONE ONE_DR, ALL_SET);
    expect_drain(placing_plan("cell-1-dr", NULL), DRAIN_NONE, "");
}

Test(placement, no_room_says_how_far_over_and_what_would_fit)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, ", backups: [cell-2]")
                      TWO,
                  ALL_SET);
    lives(.id = "big", .cell = "cell-1", .current_users = 8000);
    lives(.id = "there", .cell = "cell-2", .current_users = 4000);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    expect_drain(plan, DRAIN_NOWHERE, "cell-2: 120 %, over by 2,000");
    cr_expect_str_eq(placing_why("big"), "no room: cell-2: 120 %, over by 2,000");
    has_line(plan->fits, "cell-2 takes 5,000 users more under 90 % (4,000 of 10,000 now)");
    has_line(plan->build, "a dr cell in US that stands by for cell-1, or another backup of it, for "
                          "8,000 users: max_users 8,889 at the least (90 % of that)");
}

Test(placement, room_is_counted_for_all_that_come_together)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, ", backups: [cell-2]")
                      TWO,
                  ALL_SET);
    for (int i = 0; i < 8; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        lives(.id = id, .cell = "cell-1", .current_users = 1000);
    }
    lives(.id = "there", .cell = "cell-2", .current_users = 4000);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->placed, 5, "each of them alone would fit");
    cr_expect_not(plan->complete);
    cr_expect_str_eq(plan->why, "3 of 8 left over: cell-2: 120 %, over by 2,000");
}

Test(placement, exactly_the_limit_fits_and_one_more_does_not)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "exactly", .cell = "cell-2", .current_users = 5000);
    lives(.id = "there", .cell = "cell-3", .current_users = 4000);
    cr_expect(placing_plan("cell-2", NULL)->complete);
    lives(.id = "one-more", .cell = "cell-2", .current_users = 1);
    cr_expect_not(placing_plan("cell-2", NULL)->complete);
    cr_expect_str_eq(placing_why("one-more"), "no room: cell-3: 90 %, over the limit of 90 % by 1");
}

Test(placement, nobody_leaves_the_residency_even_when_only_cells_elsewhere_are_well)
{
    placing_fleet(EURO EURO_TWO TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-e", .current_users = 10);
    lives(.id = "b", .cell = "cell-e", .current_users = 10);
    placing_falls_silent("cell-f", 6);
    expect_drain(placing_plan("cell-e", NULL), DRAIN_NOWHERE, "no healthy EU cell");
    cr_expect_str_eq(placing_why("a"), "no healthy EU cell: cell-f is stale");
    cr_expect_str_eq(placing_why("b"), "no healthy EU cell: cell-f is stale");
}

Test(placement, a_residency_without_another_cell_gets_a_clear_answer)
{
    placing_fleet(EURO TWO, ALL_SET);
    lives(.id = "a", .cell = "cell-e", .current_users = 10);
    const struct evacuation *plan = placing_plan("cell-e", NULL);
    expect_drain(plan, DRAIN_NOWHERE, "no other EU cell");
    cr_expect_str_eq(placing_why("a"), "no other EU cell may take it; 1 healthy cell of other "
                                       "residencies may not take it");
    has_line(plan->build,
             "a shared cell in EU for 10 users: max_users 12 at the least (90 % of that)");
}

Test(placement, the_tenants_own_residency_counts_before_its_cells)
{
    placing_fleet(TWO THREE EURO, ALL_SET);
    lives(.id = "euro", .cell = "cell-2", .current_users = 10, .residency = "EU");
    lives(.id = "mars", .cell = "cell-2", .current_users = 10, .residency = "MARS");
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("euro"), "cell-e");
    cr_expect_str_eq(placing_goes("mars"), "-");
}

Test(placement, no_flag_sends_a_tenant_out_of_its_residency)
{
    placing_fleet(EURO EURO_TWO TWO, ALL_SET);
    lives(.id = "a", .cell = "cell-e", .current_users = 10, .failover_cell = "cell-2");
    placing_plan("cell-e", "cell-2");
    cr_expect_str_eq(placing_goes("a"), "-");
    cr_expect_str_eq(placing_why("a"), "cell-2 is in US, and it has to stay in EU");
}

Test(placement, an_enterprise_tenant_never_lands_in_a_shared_cell)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "e", .cell = "cell-2", .current_users = 10, .tier = TIER_ENTERPRISE);
    lives(.id = "s", .cell = "cell-2", .current_users = 10);
    const struct evacuation *plan = placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("e"), "-");
    cr_expect_str_eq(placing_goes("s"), "cell-3");
    expect_drain(plan, DRAIN_NOWHERE, "1 of 2 left over: no backup declared in US");
}

Test(placement, the_line_of_a_cell_tells_the_reason_that_most_have)
{
    placing_fleet(EURO EURO_TWO, ALL_SET);
    lives(.id = "e", .cell = "cell-e", .current_users = 900, .tier = TIER_ENTERPRISE);
    lives(.id = "s", .cell = "cell-e", .current_users = 10);
    lives(.id = "t", .cell = "cell-e", .current_users = 10);
    placing_falls_silent("cell-f", 6);
    cr_expect_str_eq(placing_plan("cell-e", NULL)->why, "no healthy EU cell");
}

Test(placement, a_declared_backup_may_take_an_enterprise_tenant_by_the_cell_or_by_itself)
{
    placing_fleet(CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, ", backups: [cell-3]")
                      THREE WEST,
                  ALL_SET);
    lives(.id = "e", .cell = "cell-2", .current_users = 10, .tier = TIER_ENTERPRISE);
    lives(.id = "own", .cell = "cell-2", .current_users = 10, .tier = TIER_ENTERPRISE,
          .failover_cell = "cell-w");
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("e"), "cell-3");
    cr_expect_str_eq(placing_goes("own"), "cell-w");
}

Test(placement, a_dedicated_cells_tenant_goes_to_no_shared_cell)
{
    placing_fleet(ONE TWO THREE, ALL_SET);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 10);
    expect_drain(placing_plan("cell-1", NULL), DRAIN_NOWHERE, "no backup declared in US");
}

Test(placement, a_production_tenant_never_goes_to_a_dev_cell_whatever_is_declared)
{
    placing_fleet(CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, ", backups: [cell-0]")
                      DEV,
                  ALL_SET);
    lives(.id = "p", .cell = "cell-2", .current_users = 10);
    lives(.id = "d", .cell = "cell-2", .current_users = 10, .environment = "staging");
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("p"), "-");
    cr_expect_str_eq(placing_goes("d"), "cell-0");
}

Test(placement, a_dev_cells_tenants_go_to_another_dev_cell_or_a_shared_one)
{
    placing_fleet(DEV TWO, ALL_SET);
    lives(.id = "d", .cell = "cell-0", .current_users = 10);
    placing_plan("cell-0", NULL);
    cr_expect_str_eq(placing_goes("d"), "cell-2");
}

Test(placement, a_dr_cells_tenants_may_go_back_to_its_primary)
{
    placing_fleet(ONE ONE_DR TWO, ALL_SET);
    lives(.id = "hospital", .cell = "cell-1-dr", .current_users = 10);
    expect_drain(placing_plan("cell-1-dr", NULL), DRAIN_UNPROVEN, "cell-1: data not proven");
}

Test(placement, a_target_is_well_by_its_metrics)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    set_series(placing_reading("cell-3"), METRIC_HEALTH, steady(0, 10, PLACING_NOW));
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("t"),
                     "no healthy US cell: cell-3 is unhealthy (cell_health_status "
                     "is 0 (must be 1))");
}

Test(placement, a_target_whose_room_is_not_known_is_none_and_is_not_called_ill)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    lives(.id = "untold", .cell = "cell-3", .current_users = -1, .max_users = -1);
    expect_drain(placing_plan("cell-2", NULL), DRAIN_NOWHERE, "no US cell whose room is known");
    cr_expect_str_eq(placing_why("t"),
                     "no US cell whose room is known: how much room cell-3 has is not known: its "
                     "tenant untold tells neither users nor a quota");
}

Test(placement, a_target_is_well_by_its_probe_too)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    g_ptr_array_set_size(placing_reading("cell-3")->probes, 0);
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("t"),
                     "no healthy US cell: cell-3 is unknown (healthcheck never read)");
}

Test(placement, a_target_of_which_nothing_fresh_is_known_is_none)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    placing_falls_silent("cell-3", 4);
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("t"), "no healthy US cell: cell-3 is stale");
}

Test(placement, only_into_the_cell_that_is_asked_for)
{
    placing_fleet(TWO THREE WEST, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    placing_plan("cell-2", "cell-w");
    cr_expect_str_eq(placing_goes("t"), "cell-w", "although cell-3 is nearer");
    placing_plan("cell-2", "cell-2");
    cr_expect_str_eq(placing_why("t"), "cell-2 is the cell that it leaves");
    placing_plan("cell-2", "cell-9");
    cr_expect_str_eq(placing_why("t"), "the fleet has no cell cell-9");
}

Test(placement, one_tenant_alone_goes_by_the_same_rules)
{
    placing_fleet(TWO THREE EURO, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 10);
    lives(.id = "b", .cell = "cell-2", .current_users = 20);
    OWN(evacuation) move = evacuation_of_tenant(placing_snapshot(), NULL, "b", "cell-3");
    cr_assert_eq(move->tenants->len, 1);
    cr_expect(move->complete);
    cr_expect_eq(move->users, 20);
    OWN(evacuation) away = evacuation_of_tenant(placing_snapshot(), NULL, "b", "cell-e");
    cr_expect_not(away->complete);
    cr_expect_null(evacuation_of_tenant(placing_snapshot(), NULL, "nobody", NULL));
}

Test(placement, all_moves_of_a_tenant_are_those_into_each_cell_one_by_one)
{
    placing_fleet(TWO THREE EURO, ALL_SET);
    lives(.id = "b", .cell = "cell-2", .current_users = 20);
    const struct snapshot *snapshot = placing_snapshot();
    g_autoptr(GPtrArray) moves = evacuation_moves(snapshot, NULL, "b");
    cr_assert_eq(moves->len, snapshot->n_cells - 1, "all cells but its own");
    for (guint i = 0; i < moves->len; i++) {
        const struct prospective_move *move = moves->pdata[i];
        OWN(evacuation) alone = evacuation_of_tenant(snapshot, NULL, "b", move->to->id);
        cr_expect_eq(move->plan->complete, alone->complete, "%s", move->to->id);
        cr_expect_str_eq(move->plan->why, alone->why);
    }
    g_autoptr(GPtrArray) none = evacuation_moves(snapshot, NULL, "nobody");
    cr_expect_eq(none->len, 0);
}

Test(placement, users_that_are_not_told_count_as_the_quota)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = -1, .max_users = 9001);
    cr_expect_not(placing_plan("cell-2", NULL)->complete);
    lives(.id = "blind", .cell = "cell-2", .current_users = -1, .max_users = -1);
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("blind"),
                     "its item tells neither how many users it has nor its quota");
}

Test(placement, a_target_whose_own_users_are_not_known_has_no_room_that_is_known)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    lives(.id = "blind", .cell = "cell-3", .current_users = -1, .max_users = -1);
    cr_expect_not(placing_plan("cell-2", NULL)->complete);
}

Test(placement, of_two_items_with_one_id_neither_is_placed)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "twin", .cell = "cell-2", .current_users = 10);
    lives(.id = "twin", .cell = "cell-3", .current_users = 10);
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("twin"), "-");
}

Test(placement, nothing_is_planned_on_a_registry_that_was_read_in_part)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    placing_registry(false, "page 2 of the scan: no answer");
    const struct evacuation *plan = placing_plan("cell-2", NULL);
    expect_drain(plan, DRAIN_UNREAD, "the registry was read in part: ≥1 tenants, incomplete");
    cr_expect_not(plan->ready);
    cr_expect_not(plan->complete);
    cr_expect_eq(plan->tenants->len, 0);
}

Test(placement, on_an_old_registry_the_plan_is_shown_but_not_ready)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    placing_registry(true, "timed out");
    const struct evacuation *plan = placing_plan("cell-2", NULL);
    cr_expect_eq(evacuation_drain(plan), DRAIN_UNREAD);
    cr_expect_not(plan->ready);
    cr_expect_str_eq(placing_goes("t"), "cell-3");
}

Test(placement, the_nearest_is_liked_best_then_the_least_used)
{
    placing_fleet(TWO THREE WEST CELL_LINE("cell-4", "shared", "us-east-1", "US", 10000, ""),
                  ALL_SET);
    lives(.id = "t", .cell = "cell-2", .current_users = 10);
    lives(.id = "there", .cell = "cell-3", .current_users = 100);
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_goes("t"), "cell-4", "cell-w is empty as well, but far");
}

Test(placement, few_targets_are_better_than_many)
{
    placing_fleet(TWO THREE CELL_LINE("cell-4", "shared", "us-east-1", "US", 10000, ""), ALL_SET);
    for (int i = 0; i < 8; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        lives(.id = id, .cell = "cell-2", .current_users = 900);
    }
    cr_expect_eq(placing_plan("cell-2", NULL)->targets->len, 1);
}

Test(placement, somebody_moves_aside_where_that_makes_room)
{
    /* Liking alone puts `free` into its own choice, cell-3, where alone `bound` may go. */
    placing_fleet(CELL_LINE("cell-2", "shared", "us-east-1", "US", 1000, ", backups: [cell-3]")
                      CELL_LINE("cell-3", "shared", "us-east-1", "US", 1000, "")
                          CELL_LINE("cell-4", "shared", "us-east-1", "US", 1000, ""),
                  ALL_SET);
    lives(.id = "free", .cell = "cell-2", .current_users = 600);
    lives(.id = "bound", .cell = "cell-2", .current_users = 500, .tier = TIER_ENTERPRISE);
    cr_expect(placing_plan("cell-2", NULL)->complete);
    cr_expect_str_eq(placing_goes("bound"), "cell-3");
    cr_expect_str_eq(placing_goes("free"), "cell-4");
}

Test(placement, the_same_snapshot_gives_the_same_plan_alone_and_among_all)
{
    placing_fleet(TWO THREE WEST, ALL_SET);
    for (int i = 0; i < 30; i++) {
        g_autofree char *id = g_strdup_printf("t%02d", i);
        lives(.id = id, .cell = "cell-2", .current_users = 100 + 37 * i);
    }
    const struct evacuation *alone = placing_plan("cell-2", NULL);
    OWN(evacuations) all = evacuation_all(placing_snapshot(), NULL, NULL);
    const struct evacuation *among = evacuations_cell(all, "cell-2");
    alone = placing_plan("cell-2", NULL);
    cr_expect_str_eq(alone->why, among->why);
    for (guint i = 0; i < alone->tenants->len; i++) {
        const struct placed_tenant *a = alone->tenants->pdata[i], *b = among->tenants->pdata[i];
        cr_expect_eq(a->to, b->to);
    }
}
