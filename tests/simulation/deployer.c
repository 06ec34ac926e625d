/* The deployer: calls travel, happen, and are answered, or not; a token is begun once. In the place
 * of deploy_exec behind deploy_driver.h, so that rollout/deploy.c is the product's. */
#include "rollout/deploy_driver.h"
#include "tests/simulation/sim.h"

#include <string.h>

void sim_call_free(gpointer data)
{
    struct call *call = data;
    g_free(call->token);
    g_free(call->version);
    g_free(call->reference);
    g_clear_error(&call->error);
    g_free(call->said_version);
    g_free(call->said_reference);
    g_free(call->note);
    g_free(call);
}

void deployment_free(gpointer data)
{
    struct deployment *deployment = data;
    g_free(deployment->token);
    g_free(deployment);
}

char *parts_reference(const struct part parts[PARTS])
{
    return g_strdup_printf("{\"api\":\"%s\",\"web\":\"%s\"}", parts[0].reference,
                           parts[1].reference);
}

static struct deployment *find(struct sim_cell *cell, const char *token, const char *id)
{
    for (guint i = cell->deployments->len; i > 0; i--) {
        struct deployment *deployment = g_ptr_array_index(cell->deployments, i - 1);
        if ((token && strcmp(deployment->token, token) == 0) ||
            (id && strcmp(deployment->id, id) == 0))
            return deployment;
    }
    return NULL;
}

/* What a recorded reference says. False: none of ours. */
static bool parts_of(const struct call *call, struct part parts[PARTS])
{
    static const char *const names[PARTS] = {"api", "web"};
    OWN_JSON json = json_loads(call->reference ? call->reference : "", 0, NULL);
    for (int i = 0; i < PARTS; i++) {
        const char *text = json_string_value(json_object_get(json, names[i]));
        if (!text)
            return false;
        g_strlcpy(parts[i].reference, text, sizeof parts[i].reference);
        g_strlcpy(parts[i].version, call->version, sizeof parts[i].version);
    }
    return true;
}

static void aim(struct sim *sim, const struct call *call, struct deployment *deployment)
{
    if (call->kind == CALL_ROLLBACK && parts_of(call, deployment->target))
        return;
    guint64 number = ++sim->next_reference;
    for (int i = 0; i < PARTS; i++) {
        struct part *part = &deployment->target[i];
        g_snprintf(part->reference, sizeof part->reference, "%s:%d", i ? "web" : "api",
                   (int)number);
        g_strlcpy(part->version, call->version, sizeof part->version);
    }
}

static void begin(struct sim *sim, struct call *call)
{
    struct sim_cell *cell = call->cell;
    struct deployment *deployment = find(cell, call->token, NULL);
    if (!deployment) {
        struct deployment *last =
            cell->deployments->len
                ? g_ptr_array_index(cell->deployments, cell->deployments->len - 1)
                : NULL;
        if (last && last->progress == DEPLOY_GOING)
            last->progress = DEPLOY_FAILED; /* overtaken */
        deployment = g_new0(struct deployment, 1);
        deployment->token = g_strdup(call->token);
        g_snprintf(deployment->id, sizeof deployment->id, "dep-%d", (int)++sim->next_reference);
        deployment->rollback = call->kind == CALL_ROLLBACK;
        memcpy(deployment->before, cell->parts, sizeof cell->parts);
        aim(sim, call, deployment);
        gint64 took_ms = sim_between(sim->run.chance, 5, 150) * WHEN_SECOND;
        deployment->half_ms = sim->now_ms + took_ms / 2;
        deployment->end_ms = sim->now_ms + took_ms;
        if (trouble_comes(sim, ON_BAD_DEPLOY, 8))
            deployment->fate =
                sim_between(sim->run.dice[ON_BAD_DEPLOY], DEPLOY_FAILS, DEPLOY_RETURNS);
        g_ptr_array_add(cell->deployments, deployment);
        sim_tell(sim, "%s: the deployer begins %s, a %s to %s, which %s", cell->id, deployment->id,
                 deployment->rollback ? "rollback" : "deploy", call->version,
                 (const char *[]){"will go well", "will fail half-way", "will hang",
                                  "will go back by itself"}[deployment->fate]);
    }
    call->said_reference = g_strdup(deployment->id);
}

struct running cell_running(const struct sim_cell *cell)
{
    bool one = strcmp(cell->parts[0].version, cell->parts[1].version) == 0;
    return (struct running){.version = one ? g_strdup(cell->parts[0].version) : NULL,
                            .reference = parts_reference(cell->parts)};
}

static void tell_progress(struct call *call)
{
    const struct deployment *deployment = find(call->cell, NULL, call->reference);
    if (!deployment) {
        call->error = g_error_new(AWS_ERROR, AWS_ERROR_NOT_FOUND, "no deployment %s",
                                  call->reference ? call->reference : "?");
        return;
    }
    call->progress = deployment->progress;
    if (deployment->progress == DEPLOY_DONE)
        call->said_reference = parts_reference(deployment->target);
    if (deployment->progress == DEPLOY_FAILED)
        call->note = g_strdup("it was overtaken, or gave up");
}

static void arrive(struct sim *sim, struct call *call)
{
    call->arrives_ms = -1;
    if (call->kind == CALL_DEPLOY || call->kind == CALL_ROLLBACK) {
        begin(sim, call);
    } else if (sim->now_ms < call->cell->unreachable_until_ms) {
        call->error = g_error_new(AWS_ERROR, AWS_ERROR_TIMEOUT, "no answer from the deployer");
    } else if (call->kind == CALL_PROGRESS) {
        tell_progress(call);
    } else {
        struct running now = cell_running(call->cell);
        call->said_version = now.version;
        call->said_reference = now.reference;
    }
}

static void answer(struct sim *sim, struct call *call)
{
    struct process *process = call->process;
    const struct deploy_answer said = {call->said_version, call->said_reference, call->progress,
                                       call->note};
    struct process *before = seat_take(sim, process);
    call->fn(call->error ? NULL : &said, call->error, call->data);
    seat_take(sim, before);
}

static void move_deployment(struct sim *sim, struct sim_cell *cell, struct deployment *deployment)
{
    if (deployment->progress != DEPLOY_GOING || deployment->fate == DEPLOY_HANGS)
        return;
    if (!deployment->half_done && sim->now_ms >= deployment->half_ms) {
        deployment->half_done = true;
        cell->parts[0] = deployment->target[0];
        cell->changed_ms = sim->now_ms;
    }
    if (sim->now_ms < deployment->end_ms)
        return;
    deployment->progress = deployment->fate == DEPLOY_WELL ? DEPLOY_DONE : DEPLOY_FAILED;
    if (deployment->fate == DEPLOY_WELL)
        memcpy(cell->parts, deployment->target, sizeof cell->parts);
    else if (deployment->fate == DEPLOY_RETURNS)
        memcpy(cell->parts, deployment->before, sizeof cell->parts);
    cell->changed_ms = sim->now_ms;
    sim_tell(sim, "%s: %s %s; it runs %s and %s", cell->id, deployment->id,
             deployment->progress == DEPLOY_DONE ? "is done" : "has failed",
             cell->parts[0].reference, cell->parts[1].reference);
}

void deployer_tick(struct sim *sim)
{
    for (int i = 0; i < sim->n_cells; i++) {
        struct sim_cell *cell = &sim->cells[i];
        if (cell->deployments->len)
            move_deployment(sim, cell,
                            g_ptr_array_index(cell->deployments, cell->deployments->len - 1));
    }
    for (guint i = 0; i < sim->calls->len;) {
        struct call *call = g_ptr_array_index(sim->calls, i);
        struct process *process = call->process;
        if (call->arrives_ms >= 0 && sim->now_ms >= call->arrives_ms)
            arrive(sim, call);
        bool reaches = process && !process->stepping && sim->now_ms >= process->stalled_until_ms;
        if ((process && (!reaches || sim->now_ms < call->answers_ms)) ||
            (!process && call->arrives_ms >= 0)) {
            i++;
            continue;
        }
        g_ptr_array_steal_index(sim->calls, i);
        if (process)
            answer(sim, call);
        sim_call_free(call);
    }
}

/* What its process no longer hears, it is told now, while nothing that it does counts; what is on
 * the way may still arrive for a moment (a request that had left). */
void deployer_forget(struct sim *sim, struct process *process)
{
    for (guint i = 0; i < sim->calls->len; i++) {
        struct call *call = g_ptr_array_index(sim->calls, i);
        if (call->process != process)
            continue;
        g_autoptr(GError) gone = g_error_new(AWS_ERROR, AWS_ERROR_NETWORK, "the process is dead");
        call->fn(NULL, gone, call->data);
        call->process = NULL;
        if (call->arrives_ms > sim->now_ms + 2 * WHEN_SECOND)
            call->arrives_ms = -1;
    }
}

/* How this call will fare. */
static void plan_fate(struct sim *sim, struct call *call)
{
    gint64 sent_ms = sim->now_ms;
    bool writes = call->kind == CALL_DEPLOY || call->kind == CALL_ROLLBACK;
    call->arrives_ms = sent_ms + sim_between(sim->run.chance, 0, 1500);
    call->answers_ms = call->arrives_ms + sim_between(sim->run.chance, 0, 1500);
    if (trouble_comes(sim, ON_LATE_CALL, writes ? 6 : 60)) {
        call->arrives_ms = sent_ms + sim_between(sim->run.dice[ON_LATE_CALL], 0, 12) * WHEN_SECOND;
        call->answers_ms =
            sim_between(sim->run.dice[ON_LATE_CALL], call->arrives_ms, sent_ms + CALL_DEADLINE_MS);
    }
    if (trouble_comes(sim, ON_LOST_CALL, writes ? 6 : 40)) {
        if (sim_between(sim->run.dice[ON_LOST_CALL], 0, 1))
            call->arrives_ms = -1;
        call->answers_ms = sent_ms + sim_between(sim->run.dice[ON_LOST_CALL], 1, 20) * WHEN_SECOND;
        call->answers_ms = MAX(call->answers_ms, call->arrives_ms);
        call->error = g_error_new(AWS_ERROR, AWS_ERROR_TIMEOUT, "no answer");
    } else if (writes && trouble_comes(sim, ON_REFUSED_CALL, 12)) {
        bool for_good = sim_between(sim->run.dice[ON_REFUSED_CALL], 0, 1);
        call->arrives_ms = -1;
        call->error = g_error_new(AWS_ERROR, for_good ? AWS_ERROR_DENIED : AWS_ERROR_THROTTLED,
                                  "%s", for_good ? "access denied" : "too many requests");
    }
}

static void send_call(gpointer self, const struct deploy_request *request, int kind, deploy_fn fn,
                      gpointer data)
{
    struct process *process = self;
    struct sim *sim = process->sim;
    struct call *call = g_new0(struct call, 1);
    *call = (struct call){.cell = sim_cell(sim, request->cell->id),
                          .kind = kind,
                          .process = process,
                          .token = g_strdup(request->token),
                          .version = g_strdup(request->version),
                          .reference = g_strdup(request->reference),
                          .fn = fn,
                          .data = data};
    plan_fate(sim, call);
    g_ptr_array_add(sim->calls, call);
    if (kind != CALL_DEPLOY && kind != CALL_ROLLBACK)
        return;
    /* Of all that it touches few are calls, and there a kill matters most. */
    if (trouble_comes(sim, ON_CRASH, 12))
        process->crash_in = (int)sim_between(sim->run.dice[ON_CRASH], 1, 2);
    if (process_dies_here(process, "before a call")) {
        call->arrives_ms = -1;
        return;
    }
    sim_tell(sim, "p%d calls %s of %s to %s%s", process->number,
             kind == CALL_DEPLOY ? "deploy" : "rollback", call->cell->id, call->version,
             call->error ? call->arrives_ms < 0 ? ", which is lost" : ", whose answer is lost"
                         : "");
    ledger_call(sim, call);
    process_dies_here(process, "after a call");
}

static void do_current(gpointer self, const struct deploy_request *request, deploy_fn fn,
                       gpointer data)
{
    send_call(self, request, CALL_CURRENT, fn, data);
}

static void do_deploy(gpointer self, const struct deploy_request *request, deploy_fn fn,
                      gpointer data)
{
    send_call(self, request, CALL_DEPLOY, fn, data);
}

static void do_progress(gpointer self, const struct deploy_request *request, deploy_fn fn,
                        gpointer data)
{
    send_call(self, request, CALL_PROGRESS, fn, data);
}

static void do_rollback(gpointer self, const struct deploy_request *request, deploy_fn fn,
                        gpointer data)
{
    send_call(self, request, CALL_ROLLBACK, fn, data);
}

static void do_close(gpointer self)
{
    (void)self;
}

static gint64 do_poll_ms(gconstpointer self)
{
    (void)self;
    return DEPLOY_POLL_MS;
}

static gpointer do_open(struct config *config, struct aws_client *client, const char *dir,
                        GError **error)
{
    (void)config, (void)client, (void)dir, (void)error;
    return seat_process();
}

/* In deploy_exec's place. */
extern const struct deployer_driver __wrap_deploy_exec;
const struct deployer_driver __wrap_deploy_exec = {
    .name = "simulated",
    .open = do_open,
    .close = do_close,
    .current = do_current,
    .deploy = do_deploy,
    .progress = do_progress,
    .rollback = do_rollback,
    .poll_ms = do_poll_ms,
    .deadline_ms = CALL_DEADLINE_MS,
};
