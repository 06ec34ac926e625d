/* A conductor, as plain as rollout/failover.h allows: it takes the lease, folds, takes the locks,
 * observes, asks failover_decide, appends, and makes the one call that an intent authorises. It may
 * die around each of these. */
#include "data/base/error.h"
#include "data/base/fault_switch.h"
#include "rollout/lock.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

void shell_start(struct shell *shell)
{
    struct sim *sim = shell->sim;
    shell->pid = ++sim->next_pid;
    shell->alive = true;
    shell->dying = false;
    shell->crash_in = 0;
    shell->back_ms = shell->stalled_until_ms = 0;
    shell->self = g_new0(struct holder, 1);
    *shell->self = (struct holder){g_strdup(shell->host->name), g_strdup(shell->host->boot),
                                   g_strdup("pids"), shell->pid, shell->pid};
    shell->journal = journal_for(sim, shell);
    if (sim->run.options.own[OWN_REAL]) {
        real_start(shell);
        return;
    }
    shell->lease =
        lease_new(shell->journal, sim->ledger->id, shell->self, LEASE_MS, CALL_DEADLINE_MS);
    sim_tell(sim, "p%d begins on %s", shell->number, shell->host->name);
}

void shell_lose(struct shell *shell)
{
    shell_forget_calls(shell);
    g_clear_pointer(&shell->failover, failover_free);
    memset(shell->locks, 0, sizeof shell->locks);
}

static void bury(struct shell *shell)
{
    if (shell->conduct)
        real_bury(shell);
    shell_lose(shell);
    lease_free(shell->lease);
    journal_close(shell->journal);
    holder_free(shell->self);
    shell->lease = NULL;
    shell->journal = NULL;
    shell->self = NULL;
    shell->alive = shell->dying = false;
}

void shell_kill(struct shell *shell, const char *why)
{
    struct sim *sim = shell->sim;
    if (!shell->alive || shell->dying)
        return;
    shell->dying = true;
    shell->back_ms = sim->now_ms + sim_between(sim->run.dice[ON_CRASH], 1, 300) * WHEN_SECOND;
    sim_tell(sim, "p%d is killed %s", shell->number, why);
    if (!shell->stepping)
        bury(shell);
}

bool shell_dies_here(struct shell *shell, const char *where)
{
    if (!shell->dying && shell->crash_in > 0 && --shell->crash_in == 0 && shell->stepping)
        shell_kill(shell, where);
    return shell->dying;
}

static bool read_on(struct shell *shell)
{
    gint64 from = shell->failover ? shell->failover->seq + 1 : 1;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events =
        journal_read(shell->journal, shell->sim->ledger->id, from, &error);
    if (!events)
        return false;
    if (!shell->failover)
        shell->failover = failover_new(shell->sim->ledger->id);
    for (guint i = 0; i < events->len; i++)
        if (!failover_apply(shell->failover, g_ptr_array_index(events, i), &error)) {
            sim_broke(shell->sim, -1, "%s", error->message);
            return false;
        }
    return true;
}

/* False: it is not ours to work on now. */
static bool hold(struct shell *shell)
{
    g_autoptr(GError) error = NULL;
    gint64 mono_ms = boot_ms(shell);
    if (!shell->failover) {
        if (!lease_take(shell->lease, wall_ms(shell), mono_ms, &error))
            return false;
        shell->taken_ms = shell->sim->now_ms;
        sim_tell(shell->sim, "p%d conducts", shell->number);
        return read_on(shell) && !shell->dying;
    }
    bool due = mono_ms >= lease_renew_at_ms(shell->lease) && !FAULT_SWITCH(LEASE_UNCHECKED);
    if (due && !lease_renew(shell->lease, wall_ms(shell), mono_ms, &error) &&
        g_error_matches(error, CD_ERROR, CD_ERROR_BUSY)) {
        shell_lose(shell);
        return false;
    }
    bool ours = lease_left_ms(shell->lease, mono_ms) > 0 || FAULT_SWITCH(LEASE_UNCHECKED);
    return ours && read_on(shell) && !shell->dying;
}

static void take_locks(struct shell *shell)
{
    for (int i = 0; i < CELLS && !shell->dying; i++)
        if (!shell->locks[i])
            shell->locks[i] = lock_take(shell->journal, sim_cells[i], shell->failover->id,
                                        "conductor@h", wall_ms(shell), NULL);
}

static void observe_tenant(const struct shell *shell, const struct failover_tenant *tenant,
                           struct observed_tenant *there)
{
    const struct sim *sim = shell->sim;
    const struct failover *failover = shell->failover;
    const struct resident *truth = &sim->tenants[tenant->place];
    struct registry_stand stands = failover_stands(tenant);
    there->item = shell->watch.items[tenant->place];
    there->item_why = shell->watch.item_why[tenant->place];
    if (sim->now_ms >= sim->zone_blind_until_ms &&
        failover_reads(failover) == (gssize)tenant->batch) {
        there->record_read = true;
        there->record = record_raw(truth);
        there->record_why = truth->record.there && truth->record.routed ? "a routing policy" : NULL;
    }
    if (sim->now_ms < sim->registry_blind_until_ms || sim->now_ms < sim->zone_blind_until_ms)
        return;
    bool touched = tenant->record != RECORD_AS_IT_WAS;
    const json_t *as = failover->reverting ? tenant->was : tenant->becomes;
    bool item_taken = !item_is(&truth->item, &stands);
    there->record_taken = !item_taken && touched && !record_is(truth, &truth->record, as);
    there->verified = item_taken || there->record_taken           ? OUTCOME_REFUSED
                      : sim->now_ms >= truth->unverified_until_ms ? OUTCOME_DONE
                                                                  : OUTCOME_NOT;
    there->verified_why = "it is not as it should be";
}

/* By how much the wall clock has gone ahead since we first saw what is waited for now, and by how
 * much it was ahead of the one that stamped that: it may be a person's, on another host. */
static gint64 credit_ms(struct shell *shell)
{
    gint64 offset_ms = wall_ms(shell) - boot_ms(shell);
    if (shell->since_ms != shell->failover->since_ms) {
        shell->since_ms = shell->failover->since_ms;
        shell->offset_ms = offset_ms;
        shell->behind_ms = wall_ms(shell) - shell->since_ms;
    }
    return offset_ms - shell->offset_ms + shell->behind_ms;
}

static struct failover_decision decide(struct shell *shell)
{
    struct sim *sim = shell->sim;
    const struct failover *failover = shell->failover;
    struct observed_tenant tenants[MOST_TENANTS] = {{0}};
    g_autofree enum outcome *insync = g_new0(enum outcome, failover->batches->len);
    bool locks = true;
    for (int i = 0; i < CELLS; i++)
        locks = locks && shell->locks[i];
    bool counts =
        failover_counts(failover) != COUNT_NOBODY && sim->now_ms >= sim->registry_blind_until_ms;
    g_autoptr(GPtrArray) residents = counts ? world_residents(sim) : NULL;
    struct failover_observation seen = {.now_ms = wall_ms(shell),
                                        .credit_ms = credit_ms(shell),
                                        .preflight_read = sim->fit_read,
                                        .preflight_why = sim->fit ? NULL : "cell-2 is unhealthy",
                                        .residents = residents,
                                        .residents_why = "the registry can't be read",
                                        .locks_ours = locks,
                                        .call = shell->watch.call,
                                        .call_code = shell->watch.code,
                                        .call_error = shell->watch.why,
                                        .call_change =
                                            *shell->watch.change ? shell->watch.change : NULL,
                                        .tenants = tenants,
                                        .insync = insync};
    for (guint i = 0; i < sim->n; i++)
        observe_tenant(shell, failover_tenant_at(failover, i), &tenants[i]);
    for (guint i = 0; i < failover->batches->len; i++) {
        const struct failover_batch *batch = failover_batch_at(failover, i);
        bool all =
            failover_awaits_insync(failover, batch) && sim->now_ms >= sim->zone_blind_until_ms;
        for (guint c = 0; c < batch->changes->len; c++)
            all = all && world_is_insync(sim, g_ptr_array_index(batch->changes, c));
        insync[i] = all ? OUTCOME_DONE : OUTCOME_UNKNOWN;
    }
    struct failover_decision decision = failover_decide(failover, &seen);
    for (guint i = 0; i < sim->n; i++)
        json_decref(tenants[i].record);
    return decision;
}

/* One decision on record; false: there was none, or it could not be appended. What is there instead
 * is read at the next turn. */
static bool append(struct shell *shell)
{
    struct failover_decision decision = decide(shell);
    if (!decision.type)
        return false;
    OWN_JSON data = decision.data;
    g_autofree char *id = journal_new_id();
    g_autoptr(GError) error = NULL;
    struct event *event = NULL;
    bool intent = g_str_has_suffix(decision.type, ".intent");
    if (!journal_append(shell->journal, shell->failover->id, shell->failover->seq + 1, id,
                        wall_ms(shell), "conductor@h", decision.type, data, &event, &error))
        return false;
    bool good = failover_apply(shell->failover, event, &error);
    if (!good)
        sim_broke(shell->sim, -1, "%s", error->message);
    event_free(event);
    shell->watch.ours = intent;
    return good && !shell->dying;
}

static void conduct(struct shell *shell)
{
    if (!hold(shell))
        return;
    if (failover_wants_locks(shell->failover)) /* what one that is over has counts as free */
        take_locks(shell);
    for (int i = 0; i < 8 && shell->failover && !shell->dying; i++) {
        shell_call(shell);
        if (!shell->failover || shell->dying || !append(shell))
            break;
    }
}

void shell_step(struct shell *shell)
{
    struct sim *sim = shell->sim;
    if (!shell->alive && shell->back_ms && sim->now_ms >= shell->back_ms)
        shell_start(shell);
    if (!shell->alive || sim->now_ms < shell->stalled_until_ms)
        return;
    shell->stepping = true;
    if (shell->conduct)
        real_step(shell);
    else
        conduct(shell);
    shell->stepping = false;
    if (shell->dying)
        bury(shell);
}
