/* People at consoles: who starts, approves and answers, in good order; and, as a trouble, at the
 * worst moment. They use what the commands use: plan_make() and request_*(). */
#include "data/base/text.h"
#include "rollout/lock.h"
#include "rollout/plan_make.h"
#include "rollout/request.h"
#include "rollout/state.h"
#include "rollout/survey.h"
#include "tests/simulation/sim.h"

#include <string.h>

static const struct person people[] = {{"alice@10.0.0.1", NULL},
                                       {"bob@10.0.0.2", NULL},
                                       {"carol@10.0.0.3", NULL},
                                       {"dave@10.0.0.4", NULL}};

static void running_free(gpointer data)
{
    struct running *running = data;
    g_free(running->version);
    g_free(running->reference);
    g_free(running);
}

static void changes_free_one(gpointer changes)
{
    changes_free(changes);
}

/* That the release has migrations, which some seeds want. */
static void note_migrations(struct sim *sim, struct survey *survey)
{
    if (sim->run.options.seed % 3)
        return;
    struct changes *changes = g_new0(struct changes, 1);
    changes->commits = g_ptr_array_new();
    changes->migrations = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(changes->migrations, g_strdup("migrations/1.sql"));
    g_hash_table_insert(survey->changes, g_strdup("5.0.2"), changes);
}

static void ask_cells(struct sim *sim, struct survey *survey)
{
    for (int i = 0; i < sim->n_cells; i++) {
        struct running *running = g_new(struct running, 1);
        *running = cell_running(&sim->cells[i]);
        g_hash_table_insert(survey->running, g_strdup(sim->cells[i].id), running);
    }
    survey->snapshot = sim->snapshot;
}

bool people_start(struct sim *sim, const char *version, const struct person *person)
{
    struct release release = {(char *)version, (char *)"v", sim->commit, 0, (char *)""};
    struct survey survey = {
        .config = sim->config,
        .release = &release,
        .version = version,
        .running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, running_free),
        .changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, changes_free_one),
        .verified = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, running_free),
        .pinned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .operations = history_operations(sim->console, 0, NULL),
        .now_ms = sim->now_ms,
    };
    g_autofree char *id = NULL;
    if (survey.operations &&
        survey_history(sim->console, version, survey.verified, survey.pinned, NULL, NULL)) {
        ask_cells(sim, &survey);
        note_migrations(sim, &survey);
        bool retry = sim_between(sim->run.dice[ON_PEOPLE], 0, 1);
        const struct plan_options options = {.retry_failed = retry};
        g_autoptr(GPtrArray) refusals = NULL;
        OWN(plan) plan = plan_make(&survey, &options, &refusals);
        const struct start_request start = {
            .plan = plan, .reason = "it is time", .retry_failed = retry};
        if (refusals->len == 0)
            id = request_start(sim->console, &start, person, sim->now_ms, NULL);
        if (!id && refusals->len)
            sim_tell(sim, "%s can't start %s: %s", person->actor, version,
                     ((struct refusal *)g_ptr_array_index(refusals, 0))->why);
    }
    g_clear_pointer(&survey.operations, g_ptr_array_unref);
    g_hash_table_unref(survey.running);
    g_hash_table_unref(survey.changes);
    g_hash_table_unref(survey.verified);
    g_hash_table_unref(survey.pinned);
    return id != NULL;
}

static void give_approval(struct sim *sim, struct journal *journal, const char *id,
                          const struct person *who)
{
    request_approve(journal, id, NULL, who, sim->now_ms, NULL);
}

static void approve(struct sim *sim, const struct rollout *rollout)
{
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        if (rollout->state == ROLLOUT_WAITING && request_waiting_wave(rollout) >= 0)
            give_approval(sim, sim->console, rollout->id, &people[i]);
}

static bool answer_cell(struct sim *sim, const struct rollout *rollout,
                        const struct rollout_cell *cell)
{
    const char *id = cell->plan->id;
    const char *const cells[] = {id, NULL};
    const struct person *who = &people[1];
    if (cell->held && cell->state != CELL_PENDING)
        return request_cell(sim->console, rollout->id, "accept", id, "seen to", who, sim->now_ms,
                            NULL) ||
               request_rollback(sim->console, rollout->id, cells, "seen to", who, sim->now_ms,
                                NULL);
    if (cell->state == CELL_PENDING || (cell->state == CELL_ROLLED_BACK && !cell->failed))
        return request_cell(sim->console, rollout->id, "skip", id, "seen to", who, sim->now_ms,
                            NULL);
    return false;
}

/* A held rollout gets an answer: one a look. */
static void answer(struct sim *sim, const struct rollout *rollout)
{
    if (rollout->paused) {
        request_resume(sim->console, rollout->id, &people[1], sim->now_ms, NULL);
        return;
    }
    for (guint i = 0; i < rollout->cells->len; i++) {
        const struct rollout_cell *cell = g_ptr_array_index(rollout->cells, i);
        if ((cell->held || rollout->state == ROLLOUT_HELD) && answer_cell(sim, rollout, cell))
            return;
    }
}

static const struct person *any_person(struct sim *sim, enum trouble_kind kind)
{
    return &people[sim_between(sim->run.dice[kind], 0, G_N_ELEMENTS(people) - 2)];
}

static void interfere(struct sim *sim, const struct rollout *rollout)
{
    static const char *const wishes[] = {"pause", "pause",  "resume", "approve", "approve",
                                         "abort", "accept", "retry",  "retry",   "skip",
                                         "skip",  "roll",   "answer", "override"};
    GRand *dice = sim->run.dice[ON_PEOPLE];
    const char *wish = wishes[sim_between(dice, 0, G_N_ELEMENTS(wishes) - 1)];
    const struct person *who = any_person(sim, ON_PEOPLE);
    const char *id = rollout->id;
    guint n = rollout->cells->len;
    const char *cell = ((struct rollout_cell *)g_ptr_array_index(
                            rollout->cells, (guint)sim_between(dice, 0, (gint64)n - 1)))
                           ->plan->id;
    const char *const cells[] = {cell, NULL};
    struct journal *journal = sim->console;
    if (strcmp(wish, "pause") == 0)
        request_pause(journal, id, "wait", who, sim->now_ms, NULL);
    else if (strcmp(wish, "resume") == 0)
        request_resume(journal, id, who, sim->now_ms, NULL);
    else if (strcmp(wish, "approve") == 0)
        give_approval(sim, journal, id, who);
    else if (strcmp(wish, "abort") == 0)
        request_abort(journal, id, "enough", who, sim->now_ms, NULL);
    else if (strcmp(wish, "roll") == 0)
        request_rollback(journal, id, cells, "I want it back", who, sim->now_ms, NULL);
    else if (strcmp(wish, "override") == 0)
        request_override(journal, id, NULL, &(const struct override_request){.reason = "urgent"},
                         who, sim->now_ms, NULL);
    else if (strcmp(wish, "answer") == 0)
        answer(sim, rollout);
    else
        request_cell(journal, id, wish, cell, "I say so", who, sim->now_ms, NULL);
}

/* What a console sends that looked a while ago: straight into the journal, without asking. */
static void send_stale(struct sim *sim, const struct rollout *rollout)
{
    GRand *dice = sim->run.dice[ON_STALE_WISH];
    g_autofree char *event_id = journal_new_id();
    const struct person *who = any_person(sim, ON_STALE_WISH);
    guint n = rollout->plan->waves->len, at = (guint)sim_between(dice, 0, (gint64)n - 1);
    const struct plan_wave *wave = g_ptr_array_index(rollout->plan->waves, at);
    const struct rollout_cell *cell = g_ptr_array_index(
        rollout->cells, (guint)sim_between(dice, 0, (gint64)rollout->cells->len - 1));
    static const char *const types[] = {"approve", "approve", "cell.skipped", "cell.accepted",
                                        "retry"};
    const char *type = types[sim_between(dice, 0, G_N_ELEMENTS(types) - 1)];
    bool other_plan = sim_between(dice, 0, 1);
    OWN_JSON data =
        strcmp(type, "approve") == 0
            ? json_pack("{s:s, s:s, s:s}", "wave", wave->name, "version",
                        other_plan ? rollout->plan->version : "5.0.9", "plan_hash",
                        other_plan ? "another plan" : rollout->plan->hash)
            : json_pack("{s:s, s:s}", "cell", cell->plan->id, "reason", "from an old screen");
    journal_append(sim->console, rollout->id, rollout->seq + 1, event_id, sim->now_ms, who->actor,
                   type, data, NULL, NULL);
}

static void give_lock_back(struct sim *sim)
{
    gint64 seq = 0;
    g_autofree char *holder = lock_holder(sim->console, sim->rival_cell, &seq, NULL);
    if (g_strcmp0(holder, sim->rival) == 0)
        lock_release(sim->console, sim->rival_cell, sim->rival, seq, people[2].actor, sim->now_ms,
                     NULL);
}

static bool append_end(struct sim *sim)
{
    g_autofree char *event_id = journal_new_id();
    OWN_JSON data = json_pack("{s:s, s:b}", "state", "completed", "final", true);
    g_autoptr(GError) unread = NULL;
    OWN(event) last = journal_last(sim->console, sim->rival, &unread);
    if (!last) /* it never came, and will not any more */
        return !unread && sim->now_ms - sim->rival_ends_ms > 10 * WHEN_MINUTE;
    if (sim_between(sim->run.dice[ON_RIVAL], 0, 1)) /* or it forgets to */
        give_lock_back(sim);
    return journal_append(sim->console, sim->rival, last->seq + 1, event_id, sim->now_ms,
                          people[2].actor, "state", data, NULL, NULL);
}

static void end_rival(struct sim *sim)
{
    if (!append_end(sim))
        return;
    g_clear_pointer(&sim->rival, g_free);
    g_clear_pointer(&sim->rival_cell, g_free);
}

/* `failover start` on a cell that a rollout has: told to the rollout, and pressed until the lock is
 * free. */
static void evacuate(struct sim *sim, const char *rollout_id)
{
    OWN(rollout) rollout = rollout_load(sim->console, rollout_id, NULL);
    const struct rollout_cell *cell = rollout ? rollout_cell(rollout, sim->rival_cell) : NULL;
    if (!cell || g_strcmp0(cell->evacuated, sim->rival) == 0)
        return;
    g_autofree char *event_id = journal_new_id();
    OWN_JSON data = json_pack("{s:s, s:s}", "cell", sim->rival_cell, "operation", sim->rival);
    journal_append(sim->console, rollout_id, rollout->seq + 1, event_id, sim->now_ms,
                   people[2].actor, "evacuated", data, NULL, NULL);
}

static void press(struct sim *sim)
{
    g_autoptr(GPtrArray) operations = history_operations(sim->console, 0, NULL);
    OWN(event) opened = journal_last(sim->console, sim->rival, NULL);
    for (guint i = 0; opened && operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (!operation->ended_ms && strcmp(operation->kind, "rollout") == 0)
            evacuate(sim, operation->id);
    }
    g_autofree char *holder = lock_holder(sim->console, sim->rival_cell, NULL, NULL);
    if (opened && !holder)
        lock_take(sim->console, sim->rival_cell, sim->rival, people[2].actor, sim->now_ms, NULL);
}

static void rival_comes(struct sim *sim)
{
    const char *cell = sim->cells[sim_between(sim->run.dice[ON_RIVAL], 0, sim->n_cells - 1)].id;
    g_autofree char *id = g_strdup_printf("f%d", ++sim->rivals), *event_id = journal_new_id();
    OWN_JSON data = json_pack("{s:s, s:s, s:[s], s:s, s:s}", "kind", "failover", "subject", cell,
                              "cells", cell, "reason", "a drill", "state", "running");
    sim->rival_evacuates = sim->rivals % 2 == 0;
    /* What is not known to be written is looked for when it is to end. */
    if (journal_append(sim->console, id, 1, event_id, sim->now_ms, people[2].actor, "opened", data,
                       NULL, NULL))
        lock_take(sim->console, cell, id, people[2].actor, sim->now_ms, NULL);
    sim->rival = g_steal_pointer(&id);
    sim->rival_cell = g_strdup(cell);
    sim->rival_ends_ms = sim->now_ms + sim_between(sim->run.dice[ON_RIVAL], 30, 600) * WHEN_SECOND;
}

static void rival_tick(struct sim *sim, bool turn)
{
    bool over = sim->rival && (sim->now_ms >= sim->rival_ends_ms || sim->settling);
    if (over)
        end_rival(sim);
    else if (sim->rival && sim->rival_evacuates && turn)
        press(sim);
    if (!sim->rival && trouble_comes(sim, ON_RIVAL, 700))
        rival_comes(sim);
}

static void look_at(struct sim *sim, const char *id, bool turn)
{
    bool interferes = trouble_comes(sim, ON_PEOPLE, 60);
    bool stale = trouble_comes(sim, ON_STALE_WISH, 200);
    OWN(rollout)
    rollout = turn || interferes || stale ? rollout_load(sim->console, id, NULL) : NULL;
    if (!rollout || rollout_state_final(rollout->state))
        return;
    if (turn)
        approve(sim, rollout);
    if (turn && sim->settling)
        answer(sim, rollout);
    if (interferes)
        interfere(sim, rollout);
    if (stale)
        send_stale(sim, rollout);
}

void people_tick(struct sim *sim)
{
    struct process *before = seat_take(sim, NULL);
    bool turn = sim_between(sim->run.chance, 1, 20) == 1, live = false;
    copy_follow(sim, NULL);
    rival_tick(sim, turn);
    g_autoptr(GPtrArray) operations = history_operations(sim->console, 0, NULL);
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (operation->ended_ms || strcmp(operation->kind, "rollout") != 0)
            continue;
        live = true;
        look_at(sim, operation->id, turn);
    }
    if (operations && operations->len == 0)
        people_start(sim, "5.0.3", &people[0]);
    else if (!live && trouble_comes(sim, ON_PEOPLE, 12))
        people_start(sim, sim_between(sim->run.dice[ON_PEOPLE], 0, 1) ? "5.0.3" : "5.0.4",
                     any_person(sim, ON_PEOPLE));
    seat_take(sim, before);
}
