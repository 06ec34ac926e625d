/* The conductor of the product (rollout/failover_conduct.h) in this world: the linker puts what is
 * here in place of what it reaches the outside through: clocks, preflight, the look whether a
 * tenant is where it was sent, and (real_clients.c) the clients of registry, zone and commands. */
#include "rollout/failover_request.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

static struct shell *seat(void)
{
    struct sim *sim = sim_seated();
    return sim ? sim->seat : NULL;
}

static void woken(gpointer conductor)
{
    (void)conductor; /* every tick is a turn */
}

void real_start(struct shell *shell)
{
    struct sim *sim = shell->sim;
    shell->world = (struct world){.config = sim->config,
                                  .journal = shell->journal,
                                  .client = (struct aws_client *)shell,
                                  .jobs = (struct job_desk *)shell,
                                  .self = shell->self,
                                  .actor = holder_actor(shell->self),
                                  .wake = woken,
                                  .conductor = shell};
    shell->saw_live = shell->read_registry = false;
    sim->seat = shell;
    shell->conduct = conduct_new(&shell->world, "failover", sim->ledger->id);
    sim->seat = NULL;
}

void real_bury(struct shell *shell)
{
    shell->sim->seat = shell;
    conduct_free(shell->conduct);
    shell->conduct = NULL;
    g_free(shell->world.actor);
    g_free(shell->world.keys_origin);
    shell->sim->seat = NULL;
}

static void look_where_it_ends(struct shell *shell)
{
    const struct failover *failover = crossing_of(shell->conduct)->failover;
    if (!failover)
        return;
    bool live = !failover_state_final(failover->state);
    bool drill = failover->plan && failover->plan->kind == FAILOVER_DRILL;
    shell->saw_live = shell->saw_live || live;
    if (shell->saw_live && !live && failover->state != FAILOVER_REFUSED && !drill &&
        !shell->read_registry)
        sim_broke(shell->sim, RULE_SEEN, "p%d knows that it is %s, and reads no registry",
                  shell->number, failover_state_name(failover->state));
}

void real_step(struct shell *shell)
{
    shell->sim->seat = shell;
    conduct_step(shell->conduct);
    shell->sim->seat = NULL;
    look_where_it_ends(shell);
}

gint64 __wrap_when_now_ms(void);
gint64 __wrap_when_boot_ms(void);
gint64 __wrap_when_mono_ms(void);
char *__wrap_journal_new_id(void);
bool __wrap_holder_may_live(const struct holder *holder, const struct holder *self);
struct failover_decision __wrap_failover_decide(const struct failover *failover,
                                                const struct failover_observation *seen);
struct failover_decision __real_failover_decide(const struct failover *failover,
                                                const struct failover_observation *seen);
void __wrap_crossing_refresh_fit(struct crossing *crossing);
void __wrap_crossing_verify(struct crossing *crossing);
bool __wrap_failover_take_over(struct journal *journal, const char *id, const char *source,
                               const struct person *person, gint64 now_ms, GError **error);
void __wrap_poller_read_registry(struct poller *poller);
gint64 __wrap_deployer_deadline_ms(const struct deployer *deployer);
void __wrap_aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure);
void __wrap_notifier_send(struct notifier *notifier, const struct notice *notice);
void __wrap_conductor_log(const struct world *world, enum log_level level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void __wrap_conductor_log_event(const struct world *world, const struct event *event);

gint64 __wrap_when_now_ms(void)
{
    return seat() ? wall_ms(seat()) : sim_seated()->now_ms;
}

gint64 __wrap_when_boot_ms(void)
{
    return seat() ? boot_ms(seat()) : sim_seated()->now_ms;
}

gint64 __wrap_when_mono_ms(void)
{
    return __wrap_when_boot_ms();
}

char *__wrap_journal_new_id(void)
{
    return g_strdup_printf("%032" G_GINT64_MODIFIER "x", ++sim_seated()->next_id);
}

bool __wrap_holder_may_live(const struct holder *holder, const struct holder *self)
{
    const struct sim *sim = sim_seated();
    if (strcmp(holder->host, self->host) != 0)
        return true;
    for (int i = 0; i < sim->n_shells; i++)
        if (sim->shells[i].alive && sim->shells[i].pid == holder->pid)
            return true;
    return false;
}

struct failover_decision __wrap_failover_decide(const struct failover *failover,
                                                const struct failover_observation *seen)
{
    struct sim *sim = sim_seated();
    struct failover_decision decision = __real_failover_decide(failover, seen);
    rules_decided(sim, failover, &decision, seen->now_ms);
    sim->run.decisions++;
    return decision;
}

void __wrap_crossing_refresh_fit(struct crossing *crossing)
{
    const struct sim *sim = sim_seated();
    g_free(crossing->fit_why);
    crossing->fit_why = sim->fit ? NULL : g_strdup("cell-2 is unhealthy");
    crossing->fit_read = sim->fit_read;
}

static void verify(struct sim *sim, struct traveller *traveller)
{
    const struct failover_tenant *told = traveller_tenant(traveller);
    const struct resident *tenant = &sim->tenants[traveller->place];
    struct registry_stand stands = failover_stands(told);
    bool touched = told->record != RECORD_AS_IT_WAS;
    bool back = sim->ledger->reverting;
    bool item = item_is(&tenant->item, &stands);
    bool record = !touched || record_is(tenant, &tenant->record, back ? told->was : told->becomes);
    traveller->record_taken = item && !record;
    if (!item || !record)
        attempt_ends(&traveller->verified, OUTCOME_REFUSED, "it is somebody else's");
    else
        attempt_ends(&traveller->verified,
                     sim->now_ms < tenant->unverified_until_ms ? OUTCOME_NOT : OUTCOME_DONE, NULL);
}

/* A session that somebody renews every 40 minutes, at its end: what is noted of it
 * comes between any two events. */
void __wrap_aws_client_tenure(const struct aws_client *client, struct aws_tenure *tenure)
{
    gint64 now_ms = sim_seated()->now_ms, turn_ms = 40 * WHEN_MINUTE;
    (void)client;
    *tenure = (struct aws_tenure){.origin = "a session",
                                  .lasts_until_ms = (now_ms / turn_ms + 1) * turn_ms};
}

void __wrap_crossing_verify(struct crossing *crossing)
{
    struct sim *sim = sim_seated();
    const struct failover *failover = crossing->failover;
    bool turned = crossing->verifies_back != failover->reverting;
    for (guint i = 0; turned && i < crossing->n_travellers; i++)
        attempt_clear(&crossing->travellers[i].verified);
    crossing->verifies_back = failover->reverting;
    bool blind =
        sim->now_ms < sim->zone_blind_until_ms || sim->now_ms < sim->registry_blind_until_ms;
    for (guint i = 0; !blind && i < failover->batches->len; i++) {
        const struct failover_batch *batch = failover_batch_at(failover, i);
        for (guint t = 0; failover_awaits_verify(failover, batch) && t < batch->n; t++)
            verify(sim, &crossing->travellers[batch->first + t]);
    }
}

bool __wrap_failover_take_over(struct journal *journal, const char *id, const char *source,
                               const struct person *person, gint64 now_ms, GError **error)
{
    (void)journal, (void)id, (void)source, (void)person, (void)now_ms, (void)error;
    return true;
}

void __wrap_poller_read_registry(struct poller *poller)
{
    (void)poller;
    seat()->read_registry = true;
}

gint64 __wrap_deployer_deadline_ms(const struct deployer *deployer)
{
    (void)deployer;
    return CALL_DEADLINE_MS;
}

void __wrap_notifier_send(struct notifier *notifier, const struct notice *notice)
{
    (void)notifier, (void)notice;
}

void __wrap_conductor_log(const struct world *world, enum log_level level, const char *format, ...)
{
    struct sim *sim = sim_seated();
    (void)world;
    if (!sim->run.options.told || level == LOG_LEVEL_INFO)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *words = g_strdup_vprintf(format, args);
    va_end(args);
    sim_tell(sim, "    p%d logs: %s", seat() ? seat()->number : -1, words);
}

void __wrap_conductor_log_event(const struct world *world, const struct event *event)
{
    (void)world, (void)event;
}
