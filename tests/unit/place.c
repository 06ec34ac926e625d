/* Where a new tenant would go (rollout.md, "Failover": place), and what a region could lose. */
#include "data/base/when.h"
#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>
#include <string.h>

static struct place_answer *answer;

static void let_go(void)
{
    g_clear_pointer(&answer, place_answer_free);
    placing_clear();
}

TestSuite(place, .fini = let_go);

#define SHARED(id, region, residency) CELL_LINE(id, "shared", region, residency, 10000, "")
#define US_THREE                                                                                   \
    SHARED("cell-2", "us-east-1", "US")                                                            \
    SHARED("cell-3", "us-east-1", "US") SHARED("cell-w", "us-west-2", "US")
#define EURO SHARED("cell-e", "eu-west-1", "EU")

static const char *place(gint64 users, enum tenant_tier tier, const char *residency,
                         const char *region)
{
    const struct place_ask ask = {users, tier, residency, region};
    g_clear_pointer(&answer, place_answer_free);
    answer = place_find(placing_snapshot(), NULL, &ask);
    return answer->to ? answer->to->id : "-";
}

static const char *why_not(const char *cell)
{
    for (guint i = 0; i < answer->candidates->len; i++) {
        const struct place_candidate *candidate = answer->candidates->pdata[i];
        if (strcmp(candidate->cell->id, cell) == 0)
            return candidate->why;
    }
    return "no candidate";
}

Test(place, the_least_used_cell_of_the_residency)
{
    placing_fleet(US_THREE EURO, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 300);
    lives(.id = "b", .cell = "cell-3", .current_users = 200);
    lives(.id = "c", .cell = "cell-w", .current_users = 100);
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", NULL), "cell-w");
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", "us-east-1"), "cell-3");
}

Test(place, exactly_eighty_per_cent_is_full)
{
    placing_fleet(US_THREE, ALL_SET);
    lives(.id = "c", .cell = "cell-w", .current_users = 7000);
    cr_expect_str_eq(place(999, TIER_STANDARD, "US", "us-west-2"), "cell-w");
    cr_expect_str_eq(place(1000, TIER_STANDARD, "US", "us-west-2"), "-");
    cr_expect_str_eq(why_not("cell-w"), "cell-w would be at 80 % of its users, and 80 % is full");
    cr_expect_str_eq(answer->build, "a shared US cell in us-west-2, max_users 1,251 at the least, "
                                    "and with it what its region needs to lose it: as much room "
                                    "in other cells");
}

Test(place, a_cell_that_is_not_well_takes_nobody)
{
    placing_fleet(US_THREE, ALL_SET);
    placing_falls_silent("cell-w", 5);
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", "us-west-2"), "-");
    cr_expect_str_eq(why_not("cell-w"), "cell-w is stale");
}

Test(place, a_cell_closed_to_new_tenants_takes_nobody)
{
    placing_fleet(US_THREE, ALL_SET);
    set_series(placing_reading("cell-w"), METRIC_ACTIVE_USERS, steady(8500, 10, PLACING_NOW));
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", "us-west-2"), "-");
}

Test(place, the_region_must_still_be_able_to_lose_its_largest_cell)
{
    placing_fleet(SHARED("cell-2", "us-east-1", "US") SHARED("cell-3", "us-east-1", "US"), ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 6000);
    lives(.id = "b", .cell = "cell-3", .current_users = 2500);
    cr_expect_str_eq(place(500, TIER_STANDARD, "US", NULL), "cell-3", "6,000 + 3,000 is 90 %");
    cr_expect_str_eq(place(501, TIER_STANDARD, "US", NULL), "-");
    cr_expect_str_eq(why_not("cell-3"), "us-east-1 could not lose cell-2 any more: cell-3: 90 %, "
                                        "over the limit of 90 % by 1");
}

Test(place, an_enterprise_tenant_gets_a_cell_of_its_own_or_a_request_for_one)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
                      CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 10000, REPLICA("cell-1"))
                          US_THREE,
                  ALL_SET);
    cr_expect_str_eq(place(100, TIER_ENTERPRISE, "US", NULL), "cell-1");
    lives(.id = "hospital", .cell = "cell-1", .current_users = 10);
    cr_expect_str_eq(place(100, TIER_ENTERPRISE, "US", NULL), "-");
    cr_expect_str_eq(answer->why, "the only dedicated US cell does not fit: cell-1 has its tenant");
    cr_expect(strstr(answer->build, "a dedicated US cell"), "%s", answer->build);
}

Test(place, a_region_without_cells_gets_a_clear_answer)
{
    placing_fleet(US_THREE, ALL_SET);
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", "eu-north-1"), "-");
    cr_expect_str_eq(answer->why, "there is no shared US cell in eu-north-1");
    cr_expect_str_eq(place(10, TIER_STANDARD, "MARS", NULL), "-");
    cr_expect_str_eq(answer->why, "there is no shared MARS cell");
}

Test(place, nothing_is_answered_on_a_registry_that_was_read_in_part)
{
    placing_fleet(US_THREE, ALL_SET);
    placing_registry(false, "page 2: no answer");
    cr_expect_str_eq(place(10, TIER_STANDARD, "US", NULL), "-");
    cr_expect_not_null(answer->refused);
    cr_expect_eq(answer->candidates->len, 0);
}

TestSuite(spare, .fini = let_go);

static const struct spare *spare_of(const struct evacuations *all, const char *region)
{
    for (guint i = 0; i < all->spares->len; i++) {
        const struct spare *spare = all->spares->pdata[i];
        if (strcmp(spare->region, region) == 0)
            return spare;
    }
    cr_assert_fail("no region %s", region);
    return NULL;
}

Test(spare, a_region_that_could_not_lose_its_largest_cell_is_shown_before_anything_fails)
{
    placing_fleet(US_THREE EURO, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 300);
    lives(.id = "e", .cell = "cell-e", .current_users = 10);
    OWN(evacuations) all = evacuation_all(placing_snapshot(), NULL, NULL);
    cr_assert_eq(all->spares->len, 3);
    cr_expect(spare_of(all, "us-east-1")->ok);
    cr_expect_str_eq(spare_of(all, "us-east-1")->why, "if cell-2 dies, cell-3 takes its tenants");
    cr_expect_not(spare_of(all, "eu-west-1")->ok);
    cr_expect_str_eq(spare_of(all, "eu-west-1")->why,
                     "eu-west-1 can't lose cell-e: no other EU cell");
    cr_expect_str_eq(spare_of(all, "us-west-2")->why, "no tenant lives in us-west-2");
}

Test(spare, plans_are_made_anew_only_where_something_that_matters_has_changed)
{
    placing_fleet(US_THREE, ALL_SET);
    lives(.id = "a", .cell = "cell-2", .current_users = 300);
    const struct snapshot *snapshot = placing_snapshot();
    OWN(evacuations) first = evacuation_all(snapshot, NULL, NULL);
    OWN(snapshot) later = snapshot_again(snapshot, PLACING_NOW + 20 * WHEN_SECOND);
    OWN(evacuations) same = evacuation_all(later, NULL, first);
    cr_expect_eq(first, same);
    OWN(snapshot) stale = snapshot_again(snapshot, PLACING_NOW + WHEN_HOUR);
    OWN(evacuations) other = evacuation_all(stale, NULL, first);
    cr_expect_neq(first, other);
    cr_expect_not(evacuations_cell(other, "cell-2")->complete);
}

#define FIVE                                                                                       \
    SHARED("a-1", "us-east-1", "US")                                                               \
    SHARED("a-2", "us-east-1", "US")                                                               \
    SHARED("a-3", "us-east-1", "US")                                                               \
    SHARED("b-1", "us-west-2", "US") SHARED("b-2", "us-west-2", "US")

/* The fleet of that seed, with a guest in one of its cells, or NULL. */
static void random_fleet(guint32 seed, const char *guest_cell, gint64 guest_users)
{
    static const char *const cells[] = {"a-1", "a-2", "a-3", "b-1", "b-2"};
    GRand *chance = g_rand_new_with_seed(seed);
    placing_clear();
    placing_fleet(FIVE, ALL_SET);
    for (size_t c = 0; c < G_N_ELEMENTS(cells); c++)
        for (gint32 i = g_rand_int_range(chance, 1, 6); i > 0; i--) {
            g_autofree char *id = g_strdup_printf("%s-%d", cells[c], i);
            lives(.id = id, .cell = cells[c], .current_users = g_rand_int_range(chance, 1, 3300));
        }
    if (guest_cell)
        lives(.id = "guest", .cell = guest_cell, .current_users = guest_users);
    g_rand_free(chance);
}

/* What is told of a cell that has room for it is what holds once it lives there. */
static void expect_true(guint32 seed, const struct place_candidate *candidate, gint64 users,
                        guint seen[2])
{
    if (!candidate->fits && !strstr(candidate->why, "could not lose"))
        return;
    random_fleet(seed, candidate->cell->id, users);
    OWN(evacuations) all = evacuation_all(placing_snapshot(), NULL, NULL);
    bool can_lose = spare_of(all, candidate->cell->region)->ok;
    cr_assert_eq(can_lose, candidate->fits, "fleet %u, %s: %s", seed, candidate->cell->id,
                 candidate->why);
    seen[can_lose]++;
}

Test(place, where_it_fits_the_region_can_lose_its_largest_cell_with_the_tenant_in_it)
{
    guint seen[2] = {0};
    for (guint32 seed = 0; seed < 150; seed++) {
        gint64 users = 1 + seed * 37 % 4000;
        random_fleet(seed, NULL, 0);
        place(users, TIER_STANDARD, "US", NULL);
        OWN(place_answer) of = g_steal_pointer(&answer);
        for (guint i = 0; i < of->candidates->len; i++)
            expect_true(seed, of->candidates->pdata[i], users, seen);
    }
    cr_expect_gt(seen[false], 20, "%u of them could not", seen[false]);
    cr_expect_gt(seen[true], 100, "%u could", seen[true]);
}

Test(place, several_questions_part_by_part_are_answered_as_each_alone)
{
    random_fleet(3, NULL, 0);
    const struct place_ask asks[] = {{10, TIER_STANDARD, "US", NULL},
                                     {10, TIER_ENTERPRISE, "US", NULL},
                                     {2000, TIER_STANDARD, "US", "us-west-2"}};
    const struct snapshot *snapshot = placing_snapshot();
    OWN(placing) placing = placing_new(snapshot, NULL, asks, G_N_ELEMENTS(asks));
    while (placing_go_on(placing))
        ;
    for (guint i = 0; i < G_N_ELEMENTS(asks); i++) {
        OWN(place_answer) alone = place_find(snapshot, NULL, &asks[i]);
        cr_expect_str_eq(placing_answer(placing, i)->why, alone->why);
        cr_expect_eq(placing_answer(placing, i)->candidates->len, alone->candidates->len);
    }
}
