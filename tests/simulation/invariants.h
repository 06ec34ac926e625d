/* One function an invariant, all asked after every event, every outside call and every minute. */
#pragma once

#include "tests/simulation/ledger.h"

void at_most_one_operation_holds_a_cell(const struct happening *it);
void every_write_has_its_durable_intent_under_a_live_lease(const struct happening *it);
void no_wave_starts_before_the_one_before_it_is_through(const struct happening *it);
void a_cell_passes_only_on_data_measured_after_its_deploy(const struct happening *it);
void no_data_never_gives_pass(const struct happening *it);
void nothing_shortens_or_restarts_a_bake(const struct happening *it);
void in_flight_and_failed_stay_within_the_waves_limits(const struct happening *it);
void gates_judge_while_paused(const struct happening *it);
void abort_is_final_and_rollback_beats_advance(const struct happening *it);
void an_approval_counts_for_one_wave_of_one_plan(const struct happening *it);
void a_rollback_goes_to_the_recorded_version(const struct happening *it);
void one_rollback_attempt_and_one_retry_then_stop(const struct happening *it);
void a_version_that_failed_stays_held(const struct happening *it);
void the_cell_list_is_frozen(const struct happening *it);
void what_stops_forward_motion_never_stops_a_rollback(const struct happening *it);
void every_transition_has_cause_evidence_and_actor(const struct happening *it);
void every_state_that_is_not_final_has_a_deadline(const struct happening *it);
void nothing_is_deployed_twice(const struct happening *it);
void nothing_is_begun_in_an_evacuated_cell(const struct happening *it);
