/* When a failover is proposed, and that it never is more than once an hour. */
#include "rollout/proposal.h"

#include "data/base/when.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

#define NOW (1764000000000 / WHEN_MINUTE * WHEN_MINUTE)

enum { ONE = 1, CELLS = 4, MINUTES = 180 };

/* Health of cell-1 by the minute: 'x' is unhealthy, '.' well, ' ' no data; the last letter is the
 * period that has just ended at `now_ms`. */
static struct snapshot *snapshot_of(struct config *config, const char *health, gint64 now_ms)
{
    struct cell_reading readings[CELLS] = {0};
    for (int i = 0; i < CELLS; i++)
        readings[i] = well_reading(now_ms);
    size_t n = strlen(health);
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(struct datapoint));
    for (size_t i = 0; i < n; i++) {
        const struct datapoint point = {now_ms - (gint64)(n - i) * WHEN_MINUTE, health[i] != 'x'};
        if (health[i] != ' ')
            g_array_append_val(points, point);
    }
    set_series(&readings[ONE], METRIC_HEALTH,
               series_new((const struct datapoint *)(void *)points->data, points->len));
    GPtrArray *tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_unref);
    const struct tenant draft = {.id = "a", .cell = "cell-1", .current_users = 10};
    g_ptr_array_add(tenants, tenant_new(&draft));
    struct registry *registry = registry_new(tenants, now_ms, true);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    const struct fleet_input input = {
        .config = config, .readings = readings, .registry = registry, .sources = sources};
    struct snapshot *snapshot = fleet_fold(&input, now_ms);
    registry_unref(registry);
    for (int i = 0; i < CELLS; i++)
        cell_reading_clear(&readings[i]);
    return snapshot;
}

static struct proposal proposed(const char *health, const GPtrArray *operations)
{
    struct config *config = small_fleet(NULL);
    OWN(snapshot) snapshot = snapshot_of(config, health, NOW);
    config_unref(config);
    return proposal_of(snapshot, &snapshot->cells[ONE], operations, NOW);
}

/* `n` letters of `well`, then `rest`. */
static char *after(int n, const char *rest)
{
    g_autofree char *well = g_strnfill((gsize)n, '.');
    return g_strconcat(well, rest, NULL);
}

Test(proposal, a_cell_that_falls_ill_is_proposed_and_says_since_when)
{
    g_autofree char *health = after(100, "xxxxxx");
    struct proposal proposal = proposed(health, NULL);
    cr_expect(proposal.made && !proposal.older);
    cr_expect_str_eq(proposal.why, "unhealthy for 6m");
    cr_expect_eq(proposal.since_ms, NOW - 6 * WHEN_MINUTE);
    proposal_clear(&proposal);
}

Test(proposal, a_cell_that_is_well_or_unread_is_not_proposed)
{
    g_autofree char *well = after(100, "xx...");
    g_autofree char *stale = after(100, "xx          ");
    struct proposal one = proposed(well, NULL), other = proposed(stale, NULL);
    cr_expect(!one.made && !other.made);
    cr_expect_str_eq(one.why, "healthy");
    cr_expect_str_eq(other.why, "stale");
    proposal_clear(&one);
    proposal_clear(&other);
}

Test(proposal, trouble_that_comes_and_goes_is_one_proposal)
{
    g_autofree char *health = after(100, "xx.....................xxx..........xx");
    struct proposal proposal = proposed(health, NULL);
    cr_expect(proposal.made);
    cr_expect_eq(proposal.spells, 3);
    cr_expect_eq(proposal.since_ms, NOW - 38 * WHEN_MINUTE, "the first of them");
    cr_expect_str_eq(proposal.why, "unhealthy 3 times in 38m: it comes and goes");
    proposal_clear(&proposal);
}

Test(proposal, an_hour_without_trouble_makes_the_next_one_another)
{
    g_autofree char *hour = after(60, "x"), *less = after(59, "x");
    g_autofree char *ill = g_strconcat("x", hour, NULL), *again = g_strconcat("x", less, NULL);
    struct proposal other = proposed(ill, NULL), same = proposed(again, NULL);
    cr_expect_eq(other.spells, 1);
    cr_expect_eq(same.spells, 2);
    proposal_clear(&other);
    proposal_clear(&same);
}

Test(proposal, what_may_be_older_than_what_is_known_is_never_a_new_one)
{
    g_autofree char *health = after(30, "xx");
    struct proposal proposal = proposed(health, NULL);
    cr_expect(proposal.made && proposal.older);
    proposal_clear(&proposal);
}

/* `what`: of an observed one; else "". */
static void an_operation_keeps_it_back(const char *kind, const char *what, const char *state,
                                       gint64 started_ms, gint64 ended_ms, const char *why)
{
    char *cells[] = {(char *)"cell-1", (char *)"cell-1-dr", NULL};
    struct operation operation = {.id = (char *)"f3",
                                  .kind = (char *)(gpointer)kind,
                                  .what = (char *)(gpointer)what,
                                  .state = (char *)(gpointer)state,
                                  .started_ms = started_ms,
                                  .ended_ms = ended_ms,
                                  .cells = cells};
    g_autoptr(GPtrArray) operations = g_ptr_array_new();
    g_ptr_array_add(operations, &operation);
    g_autofree char *health = after(100, "xxx");
    struct proposal proposal = proposed(health, operations);
    cr_expect_eq(proposal.made, why == NULL, "%s %s %s", kind, what, state);
    if (why)
        cr_expect_str_eq(proposal.why, why);
    proposal_clear(&proposal);
}

Test(proposal, a_failover_under_way_or_of_the_last_hour_keeps_another_from_being_proposed)
{
    const gint64 ago = NOW - 20 * WHEN_MINUTE, long_ago = NOW - 61 * WHEN_MINUTE;
    an_operation_keeps_it_back("failover", "", "running", long_ago, 0, "f3 is at it");
    an_operation_keeps_it_back("failover", "", "reverted", ago, NOW, "f3 began 20m ago");
    an_operation_keeps_it_back("observed", "failover", "observed", ago, ago, "f3 began 20m ago");
    an_operation_keeps_it_back("failover", "", "completed", long_ago, NOW, NULL);
    an_operation_keeps_it_back("failover", "", "refused", ago, ago, NULL);
    an_operation_keeps_it_back("drill", "", "completed", ago, ago, NULL);
}

Test(proposal, one_tenant_that_was_moved_by_hand_keeps_no_failover_of_the_others_back)
{
    const gint64 ago = NOW - 20 * WHEN_MINUTE;
    an_operation_keeps_it_back("observed", "move", "observed", ago, ago, NULL);
    an_operation_keeps_it_back("move", "", "completed", ago, ago, NULL);
}

/* Whoever looks every minute, with three hours of the past, sees no two new ones within an hour. */
Test(proposal, however_health_alternates_there_is_at_most_one_an_hour)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    struct config *config = small_fleet(NULL);
    guint made = 0;
    for (int round = 0; round < 6; round++) {
        const gdouble turns = 0.005 + 0.03 * round;
        char health[3 * MINUTES + 1];
        bool ill = false;
        for (int i = 0; i < 3 * MINUTES; i++) {
            ill = g_rand_double(rand) < turns ? !ill : ill;
            health[i] = ill ? 'x' : '.';
        }
        gint64 last_ms = 0;
        for (int end = MINUTES; end <= 3 * MINUTES; end++) {
            g_autofree char *window = g_strndup(health + end - MINUTES, MINUTES);
            gint64 now_ms = NOW + end * WHEN_MINUTE;
            OWN(snapshot) snapshot = snapshot_of(config, window, now_ms);
            struct proposal proposal = proposal_of(snapshot, &snapshot->cells[ONE], NULL, now_ms);
            bool fresh = proposal.made && !proposal.older && proposal.since_ms != last_ms;
            cr_assert(!fresh || last_ms == 0 || proposal.since_ms - last_ms >= WHEN_HOUR);
            if (fresh)
                last_ms = proposal.since_ms;
            made += fresh;
            proposal_clear(&proposal);
        }
    }
    cr_expect_gt(made, 3, "there was something to see");
    config_unref(config);
}
