/* The invariants of rollout.md, each one function named after its rule and written from it: those
 * of who may act, in which order, and what people wanted. Those of time and data are in
 * invariants_time.c. */
#include "tests/simulation/invariants.h"

#include <string.h>

#define NAME(operation) (operation)->id

/* Two live rollouts never share a cell in their lists. Other operations hold by locks alone; but a
 * rollout is not even opened over theirs where whoever opens it can know of them, which with a copy
 * that is behind nobody can. */
static bool excludes(const struct happening *it, const struct operation_ledger *other)
{
    return other != it->operation && !other->final && (other->shadow || !it->sim->table);
}

void at_most_one_operation_holds_a_cell(const struct happening *it)
{
    const struct ledger *ledger = it->sim->ledger;
    if (is_type(it, "lock")) {
        const char *cell = it->row->stream + strlen("lock/");
        const char *holder = g_hash_table_lookup(ledger->locks, cell);
        const struct operation_ledger *other = ledger_operation((struct ledger *)ledger, holder);
        if (other && !other->final && it->operation && other != it->operation)
            sim_broke(it->sim, 1, "%s locks %s, which %s holds", NAME(it->operation), cell, holder);
    }
    if (is_type(it, "unlock") && it->operation && !it->operation->final) {
        const struct ledger_cell *cell =
            ledger_cell(it->operation, it->row->stream + strlen("lock/"));
        if (cell && ledger_in_flight(cell) && !cell->evacuator)
            sim_broke(it->sim, 1, "%s gives %s back, which is in flight", NAME(it->operation),
                      cell->id);
    }
    if (is_type(it, "opened") && it->row->seq == 1 && it->operation->shadow)
        for (guint i = 0; i < ledger->operations->len; i++) {
            const struct operation_ledger *other = g_ptr_array_index(ledger->operations, i);
            for (guint c = 0; c < other->ids->len && excludes(it, other); c++)
                if (ledger_cell(it->operation, g_ptr_array_index(other->ids, c)))
                    sim_broke(it->sim, 1, "%s is opened over %s, which is in %s",
                              NAME(it->operation), (char *)g_ptr_array_index(other->ids, c),
                              NAME(other));
        }
    if (it->call && it->cell) {
        const char *holder = g_hash_table_lookup(ledger->locks, it->cell->id);
        if (g_strcmp0(holder, it->operation->id) != 0)
            sim_broke(it->sim, 1, "%s changes %s, which %s holds", NAME(it->operation),
                      it->cell->id, holder ? holder : "nobody");
    }
}

/* "The last holder still rolls back a failing cell within lease + grace while the journal is away":
 * its deploy intent has authorised that one rollback. */
static bool is_authorised_unrecorded(const struct happening *it)
{
    const struct operation_ledger *operation = it->operation;
    gint64 now_ms = it->sim->now_ms, patience_ms = operation->lease_ms + CALL_DEADLINE_MS;
    return it->call->kind == CALL_ROLLBACK && it->cell->rollbacks == 0 &&
           (it->cell->state == L_DEPLOYING || it->cell->state == L_BAKING) &&
           now_ms - it->process->journal_failed_ms <= patience_ms &&
           now_ms - operation->renewed_ms <= patience_ms;
}

void every_write_has_its_durable_intent_under_a_live_lease(const struct happening *it)
{
    const struct operation_ledger *operation = it->operation;
    if (!it->call || !it->cell)
        return;
    const char *what = it->call->kind == CALL_DEPLOY ? "deploy" : "rollback";
    bool holds =
        operation->holder == it->process->number && operation->holder_pid == it->process->pid;
    bool intent = g_strcmp0(it->cell->token, it->call->token) == 0 &&
                  it->cell->state == (it->call->kind == CALL_DEPLOY ? L_DEPLOYING : L_ROLLING_BACK);
    if (!holds)
        sim_broke(it->sim, 2, "p%d calls %s of %s without the lease of %s", it->process->number,
                  what, it->cell->id, NAME(operation));
    else if (!intent && !is_authorised_unrecorded(it))
        sim_broke(it->sim, 2, "p%d calls %s of %s without a durable intent", it->process->number,
                  what, it->cell->id);
    else if (intent &&
             it->sim->now_ms + CALL_DEADLINE_MS > operation->renewed_ms + operation->lease_ms &&
             (it->call->kind == CALL_DEPLOY || it->sim->now_ms - it->process->journal_failed_ms >
                                                   operation->lease_ms + CALL_DEADLINE_MS))
        sim_broke(it->sim, 2, "p%d calls %s of %s with less left of its lease than the call takes",
                  it->process->number, what, it->cell->id);
}

static int count(const struct operation_ledger *operation, size_t wave,
                 bool (*is)(const struct ledger_cell *cell))
{
    int n = 0;
    for (guint i = 0; i < operation->cells->len; i++) {
        const struct ledger_cell *cell = g_ptr_array_index(operation->cells, i);
        n += cell->wave == wave && is(cell);
    }
    return n;
}

static bool goes_on(const struct ledger_cell *cell)
{
    return !ledger_through(cell);
}

static bool has_failed(const struct ledger_cell *cell)
{
    return cell->failed;
}

/* By the clock of whoever appended it: a conductor has no other. */
static bool is_shut(const struct ledger_wave *wave, gint64 at_ms)
{
    int minute = (int)(at_ms / WHEN_MINUTE % (24 * 60));
    int since = (minute - wave->shut_min + 24 * 60) % (24 * 60);
    int length = (wave->open_min - wave->shut_min + 24 * 60) % (24 * 60);
    return !wave->lifted && since < length;
}

void no_wave_starts_before_the_one_before_it_is_through(const struct happening *it)
{
    const struct operation_ledger *operation = it->operation;
    size_t wave = 0;
    if (is_type(it, "deploy.intent") && it->cell)
        wave = it->cell->wave;
    else if (is_type(it, "wave.started"))
        while (wave < operation->waves->len &&
               g_strcmp0(ledger_wave(operation, wave)->name, text_in(it->data, "wave")) != 0)
            wave++;
    bool begins = is_type(it, "deploy.intent") || is_type(it, "wave.started");
    if (begins && wave < it->operation->waves->len &&
        is_shut(ledger_wave(it->operation, wave), it->row->at_ms))
        sim_broke(it->sim, 3, "%s: %s of wave %s outside of its window", NAME(it->operation),
                  it->row->type, ledger_wave(it->operation, wave)->name);
    for (size_t before = 0; before < wave; before++) {
        if (count(operation, before, goes_on) > 0)
            sim_broke(it->sim, 3, "%s: wave %s has begun, and %d cells of %s are not through",
                      NAME(operation), ledger_wave(operation, wave)->name,
                      count(operation, before, goes_on), ledger_wave(operation, before)->name);
        else if (count(operation, before, has_failed) > ledger_wave(operation, before)->max_failed)
            sim_broke(it->sim, 3, "%s: wave %s has begun, and too many of %s failed",
                      NAME(operation), ledger_wave(operation, wave)->name,
                      ledger_wave(operation, before)->name);
    }
}

void in_flight_and_failed_stay_within_the_waves_limits(const struct happening *it)
{
    if (!is_type(it, "deploy.intent") || !it->cell)
        return;
    const struct ledger_wave *wave = ledger_wave(it->operation, it->cell->wave);
    int flying = count(it->operation, it->cell->wave, ledger_in_flight);
    int failed = count(it->operation, it->cell->wave, has_failed);
    if (flying > wave->max_in_flight)
        sim_broke(it->sim, 7, "%s: wave %s has %d in flight, its limit is %d", NAME(it->operation),
                  wave->name, flying, wave->max_in_flight);
    else if (failed > wave->max_failed)
        sim_broke(it->sim, 7, "%s: wave %s goes on with %d failed, its limit is %d",
                  NAME(it->operation), wave->name, failed, wave->max_failed);
}

void abort_is_final_and_rollback_beats_advance(const struct happening *it)
{
    static const char *const advances[] = {"deploy.intent", "cell.passed", "wave.started", NULL};
    if (!it->row || !it->operation || !g_strv_contains(advances, it->row->type))
        return;
    if (it->operation->aborted)
        sim_broke(it->sim, 9, "%s was aborted, and %s comes after it", NAME(it->operation),
                  it->row->type);
    else if (it->cell && it->cell->wants_back && !is_type(it, "deploy.intent"))
        sim_broke(it->sim, 9, "%s is to go back, and passes", it->cell->id);
}

/* Distinct people whose word counts for this wave at this moment. */
static int approvers(const struct operation_ledger *operation, const struct ledger_wave *wave,
                     gint64 at_ms)
{
    g_autoptr(GHashTable) logins = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < operation->approvals->len; i++) {
        const struct ledger_approval *approval =
            &g_array_index(operation->approvals, struct ledger_approval, i);
        bool own = wave->not_requester && strcmp(approval->login, operation->requester) == 0;
        if (g_strcmp0(approval->wave, wave->name) == 0 && !own &&
            at_ms - approval->at_ms <= wave->expires_ms)
            g_hash_table_add(logins, approval->login);
    }
    return (int)g_hash_table_size(logins);
}

void an_approval_counts_for_one_wave_of_one_plan(const struct happening *it)
{
    if (!is_type(it, "wave.started"))
        return;
    for (guint i = 0; i < it->operation->waves->len; i++) {
        const struct ledger_wave *wave = ledger_wave(it->operation, i);
        if (g_strcmp0(wave->name, text_in(it->data, "wave")) != 0)
            continue;
        int n = approvers(it->operation, wave, it->row->at_ms);
        if (n < wave->approvals)
            sim_broke(it->sim, 10, "%s: wave %s wants %d approvals and starts with %d",
                      NAME(it->operation), wave->name, wave->approvals, n);
    }
}

void a_rollback_goes_to_the_recorded_version(const struct happening *it)
{
    if (it->call && it->cell && it->call->kind == CALL_ROLLBACK &&
        (g_strcmp0(it->call->reference, it->cell->from_ref) != 0 ||
         g_strcmp0(it->call->version, it->cell->from) != 0))
        sim_broke(it->sim, 11, "%s goes back to %s (%s), recorded is %s (%s)", it->cell->id,
                  it->call->version, it->call->reference, it->cell->from, it->cell->from_ref);
    if (!is_type(it, "rollback.done") || !it->cell)
        return;
    const struct sim_cell *there = sim_cell(it->sim, it->cell->id);
    g_autofree char *runs = parts_reference(there->parts);
    bool long_so = it->sim->now_ms - there->changed_ms > WHEN_MINUTE;
    if (long_so && g_strcmp0(runs, it->cell->from_ref) != 0)
        sim_broke(it->sim, 11, "%s is said to be back, recorded is %s, and it runs %s",
                  it->cell->id, it->cell->from_ref, runs);
}

void one_rollback_attempt_and_one_retry_then_stop(const struct happening *it)
{
    if (it->cell && (it->cell->rollbacks > 2 || it->cell->calls_back > 2))
        sim_broke(it->sim, 12, "%s: %d rollbacks, %d of them called, after one deploy",
                  it->cell->id, it->cell->rollbacks, it->cell->calls_back);
}

void a_version_that_failed_stays_held(const struct happening *it)
{
    if (!is_type(it, "opened") || it->row->seq > 1 || it->operation->retry_failed)
        return;
    for (guint i = 0; i < it->sim->ledger->operations->len; i++) {
        const struct operation_ledger *past = g_ptr_array_index(it->sim->ledger->operations, i);
        if (past != it->operation && g_strcmp0(past->state, "failed") == 0 &&
            g_strcmp0(past->version, it->operation->version) == 0)
            sim_broke(it->sim, 13, "%s failed in %s and is started again by %s", past->version,
                      NAME(past), NAME(it->operation));
    }
}

static bool is_on_the_list(const struct operation_ledger *operation, const char *id)
{
    return g_ptr_array_find_with_equal_func(operation->ids, id, g_str_equal, NULL);
}

void the_cell_list_is_frozen(const struct happening *it)
{
    const char *id = it->call ? it->call->cell->id : it->data ? text_in(it->data, "cell") : NULL;
    bool lock = it->row && g_str_has_prefix(it->row->stream, "lock/");
    if (id && it->operation && !lock && !is_on_the_list(it->operation, id))
        sim_broke(it->sim, 14, "%s was not on the list of %s, and %s is about it", id,
                  NAME(it->operation), it->row ? it->row->type : "a call");
}

/* What has to be said beside the type, by whoever says it. */
static const struct {
    const char *type, *key;
} causes[] = {
    {"deploy.failed", "error"},
    {"rollback.failed", "error"},
    {"rollback.intent", "cause"},
    {"cell.held", "reason"},
    {"gate", "reason"},
    {"cell.skipped", "reason"},
    {"cell.accepted", "reason"},
    {"retry", "reason"},
    {"deploy.intent", "token"},
    {"deploy.intent", "deadline"},
    {"rollback.intent", "deadline"},
    {"deploy.seen", "deployed_at"},
};

static bool has_evidence(const struct happening *it)
{
    const json_t *evidence = json_object_get(it->data, "evidence");
    bool fails = g_strcmp0(text_in(it->data, "verdict"), "FAIL") == 0;
    size_t least = is_type(it, "cell.passed") ? GATE_COUNT : fails ? 1 : 0;
    return json_is_array(evidence) && json_array_size(evidence) >= least;
}

/* Figures that are written anew, or with the word of a human's call, are of verdicts that have
 * their own event: no gate changes its mind in passing. */
static bool changes_a_verdict(const struct happening *it)
{
    size_t i;
    const json_t *said;
    json_array_foreach (json_object_get(it->data, "evidence"), i, said) {
        const char *gate = text_in(said, "gate"), *word = text_in(said, "verdict");
        enum gate which;
        if (!gate || !word || !gate_parse(gate, &which) ||
            strcmp(verdict_name(it->cell->verdicts[which]), word) != 0)
            return true;
    }
    return false;
}

void every_transition_has_cause_evidence_and_actor(const struct happening *it)
{
    if (!it->row || !it->operation)
        return;
    if (!*it->row->actor)
        sim_broke(it->sim, 16, "%s names no actor", it->row->type);
    for (size_t i = 0; i < G_N_ELEMENTS(causes); i++) {
        const char *said = text_in(it->data, causes[i].key);
        if (is_type(it, causes[i].type) && (!said || !*said))
            sim_broke(it->sim, 16, "%s of %s has no %s", it->row->type,
                      it->cell ? it->cell->id : NAME(it->operation), causes[i].key);
    }
    if ((is_type(it, "gate") || is_type(it, "cell.passed")) && !has_evidence(it))
        sim_broke(it->sim, 16, "%s of %s has no evidence", it->row->type, it->cell->id);
    bool carries = is_type(it, "note") || is_type(it, "cell.held") || is_type(it, "cell.passed");
    if (carries && it->cell && changes_a_verdict(it))
        sim_broke(it->sim, 16, "a gate of %s has another verdict in %s, and no event of its own",
                  it->cell->id, it->row->type);
    const char *state = text_in(it->data, "state");
    if (is_type(it, "state") && (!g_strcmp0(state, "held") || !g_strcmp0(state, "failed")) &&
        !text_in(it->data, "reason"))
        sim_broke(it->sim, 16, "%s is %s for no reason", NAME(it->operation), state);
}

/* What a kill must not do at any rate; that the run ends as it would have, sim_run() and main.c
 * ask. */
void nothing_is_deployed_twice(const struct happening *it)
{
    if (is_type(it, "deploy.intent") && it->cell && it->cell->deploys > 1 + it->cell->retries)
        sim_broke(it->sim, 18, "%s is deployed to %d times, with %d retries", it->cell->id,
                  it->cell->deploys, it->cell->retries);
}

/* "calls in flight are settled first, that cell goes to HOLD, and the gates of an evacuated cell no
 * longer FAIL" */
void nothing_is_begun_in_an_evacuated_cell(const struct happening *it)
{
    static const char *const begins[] = {
        "deploy.intent",   "deploy.failed",   "gate", "cell.passed",
        "rollback.intent", "rollback.failed", NULL};
    if (!it->row || !it->cell || !g_strv_contains(begins, it->row->type))
        return;
    if (ledger_is_out(it->sim, it->cell))
        sim_broke(it->sim, 19, "%s is evacuated by %s, and %s comes after that", it->cell->id,
                  it->cell->evacuator, it->row->type);
}

const struct invariant invariants[] = {
    {1, "at_most_one_operation_holds_a_cell", at_most_one_operation_holds_a_cell},
    {2, "every_write_has_its_durable_intent_under_a_live_lease",
     every_write_has_its_durable_intent_under_a_live_lease},
    {3, "no_wave_starts_before_the_one_before_it_is_through",
     no_wave_starts_before_the_one_before_it_is_through},
    {4, "a_cell_passes_only_on_data_measured_after_its_deploy",
     a_cell_passes_only_on_data_measured_after_its_deploy},
    {5, "no_data_never_gives_pass", no_data_never_gives_pass},
    {6, "nothing_shortens_or_restarts_a_bake", nothing_shortens_or_restarts_a_bake},
    {7, "in_flight_and_failed_stay_within_the_waves_limits",
     in_flight_and_failed_stay_within_the_waves_limits},
    {8, "gates_judge_while_paused", gates_judge_while_paused},
    {9, "abort_is_final_and_rollback_beats_advance", abort_is_final_and_rollback_beats_advance},
    {10, "an_approval_counts_for_one_wave_of_one_plan",
     an_approval_counts_for_one_wave_of_one_plan},
    {11, "a_rollback_goes_to_the_recorded_version", a_rollback_goes_to_the_recorded_version},
    {12, "one_rollback_attempt_and_one_retry_then_stop",
     one_rollback_attempt_and_one_retry_then_stop},
    {13, "a_version_that_failed_stays_held", a_version_that_failed_stays_held},
    {14, "the_cell_list_is_frozen", the_cell_list_is_frozen},
    {15, "what_stops_forward_motion_never_stops_a_rollback",
     what_stops_forward_motion_never_stops_a_rollback},
    {16, "every_transition_has_cause_evidence_and_actor",
     every_transition_has_cause_evidence_and_actor},
    {17, "every_state_that_is_not_final_has_a_deadline",
     every_state_that_is_not_final_has_a_deadline},
    {18, "nothing_is_deployed_twice", nothing_is_deployed_twice},
    {19, "nothing_is_begun_in_an_evacuated_cell", nothing_is_begun_in_an_evacuated_cell},
};
const size_t n_invariants = G_N_ELEMENTS(invariants);
