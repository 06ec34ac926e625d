/* rollout.md, "Failover": a tenant may return to where the journal says that it came from. */
#include "rollout/guests.h"

#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(placement_back, .fini = placing_clear);

#define ONE   CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
#define TWO   CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, "")
#define THREE CELL_LINE("cell-3", "shared", "us-east-1", "US", 10000, "")
#define WEST  CELL_LINE("cell-w", "shared", "us-west-2", "US", 10000, "")
#define EURO  CELL_LINE("cell-e", "shared", "eu-west-1", "EU", 10000, "")

static void went(struct origins *origins, const char *tenant, const char *from, const char *to)
{
    origins_add(origins, &(const struct went){tenant, from, to, "f1", false});
}

static const char *goes_by(const struct origins *origins, const char *tenant)
{
    OWN(evacuation) plan = evacuation_of_tenant(placing_snapshot(), origins, tenant, NULL);
    const struct cell_config *to = ((struct placed_tenant *)plan->tenants->pdata[0])->to;
    return to ? to->id : "-";
}

Test(placement_back, a_tenant_may_go_back_where_the_journal_says_it_came_from)
{
    placing_fleet(ONE TWO THREE EURO, ALL_SET);
    lives(.id = "guest", .cell = "cell-1", .current_users = 10);
    lives(.id = "e", .cell = "cell-2", .current_users = 10, .tier = TIER_ENTERPRISE);
    OWN(origins) origins = origins_new(NULL);
    cr_expect_str_eq(goes_by(origins, "guest"), "-");
    went(origins, "guest", "cell-3", "cell-1");
    went(origins, "e", "cell-1", "cell-2");
    cr_expect_str_eq(goes_by(origins, "guest"), "cell-3");
    cr_expect_str_eq(goes_by(origins, "e"), "cell-1");
    cr_expect_str_eq(goes_by(NULL, "e"), "-", "and nowhere, where the journal was not read");
    went(origins, "guest", "cell-e", "cell-1");
    cr_expect_str_eq(goes_by(origins, "guest"), "-", "never out of its residency");
}

Test(placement_back, the_way_back_is_gone_as_far_as_its_cells_are_well_and_have_room)
{
    placing_fleet(ONE TWO THREE WEST, ALL_SET);
    lives(.id = "e", .cell = "cell-w", .current_users = 1000, .tier = TIER_ENTERPRISE,
          .failover_cell = "cell-1");
    OWN(origins) origins = origins_new(NULL);
    went(origins, "e", "cell-2", "cell-3");
    went(origins, "e", "cell-3", "cell-w");
    cr_expect_str_eq(goes_by(origins, "e"), "cell-3", "the last cell first");
    placing_falls_silent("cell-3", 5);
    cr_expect_str_eq(goes_by(origins, "e"), "cell-2");
    lives(.id = "big", .cell = "cell-2", .current_users = 8500);
    cr_expect_str_eq(goes_by(origins, "e"), "cell-1",
                     "what its failoverCellId names is still there");
}

Test(placement_back, of_somebody_who_came_by_hand_that_way_is_told_and_not_gone)
{
    placing_fleet(ONE TWO, ALL_SET);
    lives(.id = "e", .cell = "cell-2", .current_users = 10, .tier = TIER_ENTERPRISE);
    OWN(origins) origins = origins_new(NULL);
    origins_add(origins, &(const struct went){"e", "cell-1", "cell-2", "o1", true});
    OWN(evacuation) plan = evacuation_of(placing_snapshot(), origins, "cell-2", NULL);
    const struct placed_tenant *placed = plan->tenants->pdata[0];
    cr_expect_null(placed->to);
    cr_expect(g_str_has_suffix(placed->why,
                               "; it came from cell-1 by hand (o1), which does not prove "
                               "that it may be there"),
              "%s", placed->why);
    OWN(evacuation) asked = evacuation_of_tenant(placing_snapshot(), origins, "e", "cell-1");
    const struct placed_tenant *barred = asked->tenants->pdata[0];
    cr_expect_null(barred->to);
    cr_expect(strstr(barred->why, "no declared backup of cell-2; it came from cell-1 by hand (o1)"),
              "%s", barred->why);
}

Test(placement_back, a_cell_to_go_back_to_that_is_ill_is_named)
{
    placing_fleet(ONE TWO THREE, ALL_SET);
    lives(.id = "guest", .cell = "cell-1", .current_users = 10);
    OWN(origins) origins = origins_new(NULL);
    went(origins, "guest", "cell-3", "cell-1");
    placing_falls_silent("cell-3", 5);
    OWN(evacuation) plan = evacuation_of(placing_snapshot(), origins, "cell-1", NULL);
    cr_expect(g_str_has_prefix(plan->why, "cell-3 is stale"), "%s", plan->why);
}

static char *guests_in(const struct origins *origins, const char *cell)
{
    OWN(evacuation) plan = evacuation_of(placing_snapshot(), origins, cell, NULL);
    g_autoptr(GPtrArray) guests = guests_of(plan, origins);
    return guests_words(plan, guests);
}

Test(placement_back, a_cell_with_guests_and_tenants_of_its_own_names_those_who_may_go_home)
{
    placing_fleet(ONE TWO THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 10);
    lives(.id = "b", .cell = "cell-2", .current_users = 10);
    lives(.id = "own", .cell = "cell-2", .current_users = 10);
    OWN(origins) origins = origins_new(NULL);
    went(origins, "a", "cell-1", "cell-2");
    went(origins, "b", "cell-1", "cell-2");
    g_autofree char *words = guests_in(origins, "cell-2");
    cr_expect_str_eq(words,
                     "2 of 3 tenants came from cell-1 by f1 (celldeck failover status f1 lists "
                     "them); a failover empties the whole cell; to bring one home alone: celldeck "
                     "tenant move ID --to cell-1");
    origins_add(origins, &(const struct went){"b", "cell-3", "cell-2", "m2", false});
    g_autofree char *two = guests_in(origins, "cell-2");
    cr_expect_str_eq(two,
                     "1 of 3 tenants came from cell-1 by f1, 1 came from cell-3 by m2 (celldeck "
                     "failover status ID lists them); a failover empties the whole cell; to bring "
                     "one home alone: celldeck tenant move ID --to CELL");
}

Test(placement_back, nothing_is_said_of_guests_where_all_are_or_nobody_is)
{
    placing_fleet(ONE TWO, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 10);
    lives(.id = "b", .cell = "cell-2", .current_users = 10);
    OWN(origins) origins = origins_new(NULL);
    cr_expect_null(guests_in(NULL, "cell-2"), "nothing is known");
    origins_add(origins, &(const struct went){"a", "cell-1", "cell-2", "o1", true});
    cr_expect_null(guests_in(origins, "cell-2"), "by hand is no way back");
    went(origins, "a", "cell-1", "cell-2");
    went(origins, "b", "cell-1", "cell-2");
    cr_expect_null(guests_in(origins, "cell-2"), "all go home by a failover of the cell");
}
