/* What the failover's shell knows without asking anybody: when an attempt may be said not to have
 * happened, whether an item is as it was left, and which sets lead people somewhere. */
#include "data/base/when.h"
#include "rollout/failover_conduct.h"

#include <criterion/criterion.h>

Test(failover_shell, what_was_refused_for_now_has_not_happened_and_is_due_again_later)
{
    struct attempt attempt = {0};
    attempt_failed(&attempt, "throttled");
    cr_expect_eq(attempt.outcome, OUTCOME_NOT);
    cr_expect_not(attempt_is_due(&attempt, when_boot_ms()));
    cr_expect(attempt_is_due(&attempt, when_boot_ms() + WHEN_MINUTE));
    attempt_clear(&attempt);
}

Test(failover_shell, it_waits_longer_from_failure_to_failure_and_never_for_long)
{
    struct attempt attempt = {0};
    gint64 waits_ms = 0;
    for (int i = 0; i < 50; i++) {
        gint64 before_ms = when_boot_ms();
        attempt_failed(&attempt, "throttled");
        gint64 next_ms = attempt.next_mono_ms - before_ms;
        cr_expect_geq(next_ms, waits_ms < 8000 ? waits_ms : 8000);
        waits_ms = next_ms;
    }
    cr_expect_leq(waits_ms, 10 * WHEN_SECOND);
    attempt_clear(&attempt);
}

Test(failover_shell, of_what_was_lost_once_no_later_refusal_says_that_it_has_not_happened)
{
    struct attempt attempt = {0};
    attempt_lost(&attempt, "no answer");
    cr_expect_eq(attempt.outcome, OUTCOME_UNKNOWN);
    attempt_failed(&attempt, "throttled");
    cr_expect_eq(attempt.outcome, OUTCOME_UNKNOWN);
    attempt_ends(&attempt, OUTCOME_NOT, "it stands as before");
    attempt_failed(&attempt, "throttled");
    cr_expect_eq(attempt.outcome, OUTCOME_NOT, "what stood there has told");
    attempt_clear(&attempt);
}

Test(failover_shell, what_is_done_or_refused_is_not_tried_again)
{
    static const enum outcome ends[] = {OUTCOME_DONE, OUTCOME_REFUSED};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct attempt attempt = {0};
        attempt_ends(&attempt, ends[i], NULL);
        cr_expect_not(attempt_is_due(&attempt, G_MAXINT64));
        attempt_clear(&attempt);
    }
}

static struct tenant_item *item(const char *cell, const char *region, const char *status)
{
    OWN_JSON raw = json_pack("{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "cellId", "S", cell, "region",
                             "S", region, "status", "S", status, "updatedAt", "S", "t1");
    return tenant_item_of(raw);
}

Test(failover_shell, an_item_stands_where_cell_status_time_and_region_are_as_it_was_left)
{
    const struct registry_stand stand = {"cell-1", "MIGRATING", "us-east-1", "t1"};
    OWN(tenant_item) same = item("cell-1", "us-east-1", "MIGRATING");
    OWN(tenant_item) moved = item("cell-2", "us-east-1", "MIGRATING");
    OWN(tenant_item) elsewhere = item("cell-1", "us-west-2", "MIGRATING");
    OWN(tenant_item) active = item("cell-1", "us-east-1", "ACTIVE");
    OWN(tenant_item) gone = tenant_item_of(NULL);
    const struct registry_stand later = {"cell-1", "MIGRATING", "us-east-1", "t2"};
    cr_expect(registry_stands(&stand, same));
    cr_expect_not(registry_stands(&stand, moved));
    cr_expect_not(registry_stands(&stand, elsewhere));
    cr_expect_not(registry_stands(&stand, active));
    cr_expect_not(registry_stands(&stand, gone));
    cr_expect_not(registry_stands(&later, same));
}

Test(failover_shell, an_item_without_a_region_is_not_asked_for_one)
{
    const struct registry_stand stand = {"cell-1", "MIGRATING", NULL, "t1"};
    OWN(tenant_item) same = item("cell-1", "wherever", "MIGRATING");
    cr_expect(registry_stands(&stand, same));
}

Test(failover_shell, a_tenant_that_is_gone_is_told_as_that)
{
    OWN(tenant_item) gone = tenant_item_of(NULL);
    OWN(tenant_item) there = item("cell-2", "us-west-2", "ACTIVE");
    g_autofree char *none = registry_item_words(gone), *words = registry_item_words(there);
    cr_expect_str_eq(none, "it is no longer in the registry");
    cr_expect_str_eq(words, "the registry has it in cell-2, ACTIVE, as of t1");
}

Test(failover_shell, only_sets_that_lead_people_somewhere_are_a_tenants_record)
{
    g_autoptr(GPtrArray) sets = record_sets_new();
    g_ptr_array_add(sets, record_set_cname("a.example.com", "cell1.example.com", 60));
    g_ptr_array_add(sets, record_set_new("a.example.com.", "TXT"));
    g_ptr_array_add(sets, record_set_new("a.example.com.", "AAAA"));
    g_autoptr(GPtrArray) leading = zone_leading_sets(sets);
    cr_assert_eq(leading->len, 2);
    cr_expect_str_eq(((struct record_set *)g_ptr_array_index(leading, 0))->type, "CNAME");
}
