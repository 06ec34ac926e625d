/* What of a plan is proven, and what somebody has to acknowledge by name. */
#include "data/base/when.h"
#include "rollout/failover_draft.h"
#include "tests/unit/placement_stage.h"

#include <criterion/criterion.h>

TestSuite(placement_proof, .fini = placing_clear);

#define ONE CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, "")
#define DR(more)                                                                                   \
    CELL_LINE("cell-1-dr", "dr", "us-west-2", "US", 10000, ", stands_by_for: cell-1" more)
#define TWO   CELL_LINE("cell-2", "shared", "us-east-1", "US", 10000, "")
#define THREE CELL_LINE("cell-3", "shared", "us-east-1", "US", 10000, "")

static void fleet(const char *cells, const char *more)
{
    placing_fleet(cells, more);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 100);
}

static const struct placement_target *only_target(const struct evacuation *plan)
{
    cr_assert_eq(plan->targets->len, 1);
    return plan->targets->pdata[0];
}

static void set_lag(const double *values, size_t n)
{
    struct cell_reading *reading = placing_reading("cell-1-dr");
    series_unref(reading->replica_lag);
    reading->replica_lag = steady(0, n, PLACING_NOW);
    for (size_t i = 0; i < n; i++)
        reading->replica_lag->points[i].value = values[i];
}

Test(placement_proof, names_are_what_ack_takes)
{
    for (int i = 0; i < PROOFS; i++) {
        enum proof proof = PROOFS;
        cr_expect(proof_parse(proof_name((enum proof)i), &proof));
        cr_expect_eq((int)proof, i);
    }
    enum proof proof = PROOF_DATA;
    cr_expect_not(proof_parse("everything", &proof));
    g_autofree char *text = proofs_text(1u << PROOF_DATA | 1u << PROOF_DNS);
    cr_expect_str_eq(text, "data, dns");
}

Test(placement_proof, a_plain_backup_has_no_proven_data)
{
    placing_fleet(CELL_LINE("cell-1", "dedicated", "us-east-1", "US", 10000, ", backups: [cell-2]")
                      TWO,
                  ALL_SET);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 100);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect(plan->complete);
    cr_expect_not(plan->ready);
    cr_expect_eq(plan->unproven, 1u << PROOF_DATA);
    cr_expect_str_eq(plan->why, "cell-2: data not proven");
    cr_expect_str_eq(only_target(plan)->proof_why[PROOF_DATA], "data not proven: not a replica");
}

Test(placement_proof, a_replica_without_an_rpo_has_no_proven_data)
{
    fleet(ONE DR(", replica_lag_metric: lag_s"), ALL_SET);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_DATA);
    cr_expect_str_eq(only_target(plan)->proof_why[PROOF_DATA], "data not proven: no rpo");
}

Test(placement_proof, lag_at_the_rpo_is_proven_and_above_it_is_not)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    set_lag((const double[]){60}, 1);
    cr_expect(placing_plan("cell-1", NULL)->ready);
    set_lag((const double[]){60, 61}, 2);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_str_eq(only_target(plan)->proof_why[PROOF_DATA],
                     "data not proven: lag 61 s (rpo 60s)");
}

Test(placement_proof, the_last_lag_before_the_source_failed_counts_not_what_grew_since)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    placing_dies("cell-1", 4);
    set_lag((const double[]){2, 2, 2, 3, 60, 120, 180, 240}, 8);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect(plan->ready, "%s", plan->why);
    cr_expect_str_eq(plan->why, "cell-1-dr, lag 3 s, 0s before it failed");
    cr_expect_eq(only_target(plan)->lag_ms, 3000);
    cr_expect(only_target(plan)->lag_is_past, "its age is none of now");
}

Test(placement_proof, a_replica_may_lag_by_more_than_its_rpo_because_its_primary_is_dead)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    placing_dies("cell-1", 4);
    set_lag((const double[]){2, 2, 2, 3, 60, 120, 180, 240}, 8);
    const struct snapshot *snapshot = placing_snapshot();
    cr_expect_eq(snapshot_cell(snapshot, "cell-1-dr")->health, HEALTH_DEGRADED,
                 "by its lag, which is no reason not to go there");
    cr_expect(placing_plan("cell-1", NULL)->complete);
}

Test(placement_proof, of_a_source_that_answers_the_newest_lag_counts_whatever_its_metrics_say)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    set_series(placing_reading("cell-1"), METRIC_HEALTH, steady(0, 10, PLACING_NOW));
    set_lag((const double[]){2, 2, 400}, 3);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_DATA, "it may still write, and that is not there");
    cr_expect(!only_target(plan)->lag_is_past);
}

Test(placement_proof, a_lag_from_long_before_the_source_failed_proves_nothing)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    placing_dies("cell-1", 1);
    struct cell_reading *reading = placing_reading("cell-1-dr");
    series_unref(reading->replica_lag);
    reading->replica_lag = steady(2, 3, PLACING_NOW - 10 * WHEN_MINUTE);
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_str_eq(only_target(plan)->proof_why[PROOF_DATA],
                     "data not proven: its last lag 2 s is 9m old when the source failed");
}

Test(placement_proof, without_any_lag_there_is_no_proof)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    series_unref(placing_reading("cell-1-dr")->replica_lag);
    placing_reading("cell-1-dr")->replica_lag = NULL;
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_DATA);
}

Test(placement_proof, proven_data_is_liked_better_than_what_a_tenant_names)
{
    placing_fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s") TWO, ALL_SET);
    lives(.id = "hospital", .cell = "cell-1", .current_users = 100, .failover_cell = "cell-2");
    placing_plan("cell-1", NULL);
    cr_expect_str_eq(placing_goes("hospital"), "cell-1-dr");
    placing_falls_silent("cell-1-dr", 5);
    placing_plan("cell-1", NULL);
    cr_expect_str_eq(placing_goes("hospital"), "cell-2");
}

Test(placement_proof, the_target_runs_what_the_source_ran_last)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"), ALL_SET);
    placing_runs("cell-1-dr", "5.0.3");
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_VERSION);
    cr_expect_str_eq(only_target(plan)->proof_why[PROOF_VERSION],
                     "version not proven: it runs 5.0.3, the source 5.0.2");
    placing_runs("cell-1", "5.0.3-ab12cd");
    placing_dies("cell-1", 1);
    cr_expect(placing_plan("cell-1", NULL)->unproven, "it ran 5.0.2 when it was last heard");
}

Test(placement_proof, without_commands_fence_and_promote_have_to_be_acknowledged)
{
    fleet(ONE DR(", rpo: 60s, replica_lag_metric: lag_s"),
          "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n");
    const struct evacuation *plan = placing_plan("cell-1", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_FENCE | 1u << PROOF_PROMOTE);
    cr_expect_str_eq(plan->why, "cell-1-dr: fence, promote not proven");
}

Test(placement_proof, a_target_that_is_no_replica_is_not_promoted)
{
    placing_fleet(TWO THREE, "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n");
    lives(.id = "t", .cell = "cell-2", .current_users = 100);
    cr_expect_eq(placing_plan("cell-2", NULL)->unproven, 1u << PROOF_DATA | 1u << PROOF_FENCE);
}

Test(placement_proof, without_a_zone_the_records_are_changed_by_hand_which_is_acknowledged)
{
    placing_fleet(TWO THREE, "failover: {fence: {command: [f]}}\n");
    lives(.id = "t", .cell = "cell-2", .current_users = 100);
    const struct evacuation *plan = placing_plan("cell-2", NULL);
    cr_expect_eq(plan->unproven, 1u << PROOF_DATA | 1u << PROOF_DNS);
}

Test(placement_proof, a_tenant_whose_record_has_no_name_is_not_proven_alone)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "named", .cell = "cell-2", .current_users = 100);
    lives(.id = "odd", .cell = "cell-2", .current_users = 100, .subdomain = "not a name");
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("named"), "data not proven");
    cr_expect_str_eq(placing_why("odd"), "data, dns not proven");
}

Test(placement_proof, whoever_has_the_subdomain_of_another_is_not_sent_elsewhere_by_its_record)
{
    placing_fleet(TWO THREE, ALL_SET);
    lives(.id = "alone", .cell = "cell-2", .current_users = 100);
    lives(.id = "clinic", .cell = "cell-2", .current_users = 100);
    lives(.id = "clinic-2", .cell = "cell-3", .current_users = 100, .subdomain = "Clinic");
    const struct evacuation *plan = placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("alone"), "data not proven");
    cr_expect_str_eq(placing_why("clinic"), "data, dns not proven");
    g_autofree char *words = failover_plan_ack_words(plan, FAILOVER_FAILOVER, PROOF_DNS);
    cr_expect_str_eq(words, "dns not proven: clinic has no record of their own: clinic-2 has the "
                            "subdomain of clinic, too");
    OWN(failover_plan) made = failover_plan_make(plan, FAILOVER_FAILOVER, plan->unproven, false);
    const struct planned_tenant *first = made->tenants->pdata[0], *second = made->tenants->pdata[1];
    const struct planned_tenant *alone = strcmp(first->id, "alone") == 0 ? first : second;
    cr_expect_str_eq(alone->record, "alone.example.com");
    const struct planned_tenant *clinic = alone == first ? second : first;
    cr_expect_null(clinic->record);
    cr_expect_str_eq(clinic->shared_record, "clinic.example.com", "people change it");
}

Test(placement_proof, a_record_that_is_named_by_the_tenant_is_of_no_other)
{
    placing_fleet(TWO THREE, "failover: {zone_id: Z1, record: '{tenant}.example.com', "
                             "fence: {command: [f]}}\n");
    lives(.id = "clinic", .cell = "cell-2", .current_users = 100);
    lives(.id = "clinic-2", .cell = "cell-3", .current_users = 100, .subdomain = "clinic");
    placing_plan("cell-2", NULL);
    cr_expect_str_eq(placing_why("clinic"), "data not proven");
}
