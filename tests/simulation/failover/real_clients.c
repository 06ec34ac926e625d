/* The clients of registry, zone and commands that the product's conductor gets in this world: each
 * call is a struct call of it, and ends with the callback that the client's own would. */
#include "data/base/error.h"
#include "tests/simulation/failover/evac.h"

#include <string.h>

struct tenant_call *__wrap_tenant_item_update(struct aws_client *client,
                                              const struct config *config, const char *tenant,
                                              const struct tenant_change *change,
                                              const struct tenant_condition *condition,
                                              gint64 deadline_ms, tenant_item_fn fn, gpointer data);
struct tenant_call *__wrap_tenant_item_get(struct aws_client *client, const struct config *config,
                                           const char *tenant, gint64 deadline_ms,
                                           tenant_item_fn fn, gpointer data);
void __wrap_tenant_call_cancel(struct tenant_call *handle);
struct residents_call *__wrap_residents_read(struct aws_client *client, const struct config *config,
                                             const char *cell, gint64 deadline_ms, residents_fn fn,
                                             gpointer data);
void __wrap_residents_cancel(struct residents_call *handle);
struct zone_call *__wrap_zone_change(struct aws_client *client, const char *zone_id,
                                     const struct zone_change *changes, size_t n,
                                     const char *comment, gint64 deadline_ms, zone_change_fn fn,
                                     gpointer data, GError **error);
struct zone_call *__wrap_zone_change_status(struct aws_client *client, const char *id,
                                            gint64 deadline_ms, zone_change_fn fn, gpointer data);
struct zone_call *__wrap_zone_sets_read(struct aws_client *client, const char *zone_id,
                                        const char *const *names, gint64 deadline_ms,
                                        zone_sets_fn fn, gpointer data);
void __wrap_zone_call_cancel(struct zone_call *handle);
bool __wrap_job_begin(const struct job_desk *desk, const struct job *job, GError **error);
void __wrap_job_look(const struct job_desk *desk, const char *token, struct job_look *look);

static const struct failover_intent *intent_of(const struct shell *shell)
{
    return &crossing_of(shell->conduct)->failover->intent;
}

static struct call *call_new(struct aws_client *client, void (*told)(struct call *call),
                             void (*fn)(void), gpointer data)
{
    struct shell *shell = (struct shell *)client;
    const struct failover_intent *intent = intent_of(shell);
    struct call *call = g_new0(struct call, 1);
    call->shell = shell;
    call->told = told;
    call->fn = fn;
    call->data = data;
    call->what = (struct failover_intent){.act = intent->act,
                                          .step = intent->step,
                                          .back = intent->back,
                                          .batch = intent->batch,
                                          .seq = intent->seq};
    return call;
}

/* It may die on either side of it. What the dead do reaches nobody. */
static gpointer begin(struct call *call)
{
    struct shell *shell = call->shell;
    shell_dies_here(shell, "before a call");
    if (shell->dying) {
        call->began_ms = shell->sim->now_ms;
        call->arrives_ms = call->answers_ms = -1;
        g_ptr_array_add(shell->sim->calls, call);
        return call;
    }
    if (!call->reads)
        rules_call(shell->sim, shell, call);
    world_call(call);
    shell_dies_here(shell, "after a call");
    return call;
}

static void cancel(gpointer handle)
{
    struct call *call = handle;
    if (!call)
        return;
    call->shell = NULL;
    call->told = NULL;
}

void __wrap_tenant_call_cancel(struct tenant_call *handle)
{
    cancel(handle);
}

void __wrap_zone_call_cancel(struct zone_call *handle)
{
    cancel(handle);
}

static GError *error_of(const struct call *call)
{
    if (call->outcome == OUTCOME_DONE)
        return NULL;
    enum aws_error code = call->outcome == OUTCOME_UNKNOWN        ? AWS_ERROR_TIMEOUT
                          : call->outcome == OUTCOME_NOT          ? AWS_ERROR_THROTTLED
                          : g_strcmp0(call->code, "refused") == 0 ? AWS_ERROR_DENIED
                                                                  : AWS_ERROR_CONDITION;
    return g_error_new_literal(AWS_ERROR, (int)code, call->why ? call->why : "refused");
}

static struct tenant_item item_view(struct kept_item *item, json_t *raw)
{
    return (struct tenant_item){.raw = raw,
                                .cell = item->cell,
                                .region = item->region,
                                .status = item->status,
                                .updated_at = item->stamp};
}

/* A write that finds its own work done is told that its condition did not hold, and what stands. */
static void tell_item(struct call *call)
{
    OWN_JSON raw = json_object();
    struct tenant_item item = item_view(&call->found, raw);
    g_autoptr(GError) error = error_of(call);
    bool known = call->outcome == OUTCOME_DONE || call->outcome == OUTCOME_REFUSED;
    call->shell->sim->seat = call->shell;
    ((tenant_item_fn)call->fn)(known ? &item : NULL, error, call->data);
    if (call->shell)
        call->shell->sim->seat = NULL;
}

static guint place_of(struct sim *sim, const char *tenant)
{
    return (guint)(sim_tenant(sim, tenant) - sim->tenants);
}

struct tenant_call *__wrap_tenant_item_update(struct aws_client *client,
                                              const struct config *config, const char *tenant,
                                              const struct tenant_change *change,
                                              const struct tenant_condition *condition,
                                              gint64 deadline_ms, tenant_item_fn fn, gpointer data)
{
    (void)config, (void)deadline_ms;
    struct call *call = call_new(client, tell_item, (void (*)(void))fn, data);
    call->tenant = place_of(call->shell->sim, tenant);
    g_strlcpy(call->expected.cell, condition->cell, sizeof call->expected.cell);
    g_strlcpy(call->expected.status, condition->status, sizeof call->expected.status);
    g_strlcpy(call->expected.stamp, condition->updated_at, sizeof call->expected.stamp);
    g_strlcpy(call->becomes.cell, change->cell, sizeof call->becomes.cell);
    g_strlcpy(call->becomes.status, change->status, sizeof call->becomes.status);
    g_strlcpy(call->becomes.region, change->region ? change->region : "",
              sizeof call->becomes.region);
    g_strlcpy(call->becomes.stamp, change->updated_at, sizeof call->becomes.stamp);
    return begin(call);
}

/* What can't be read is not answered. */
struct tenant_call *__wrap_tenant_item_get(struct aws_client *client, const struct config *config,
                                           const char *tenant, gint64 deadline_ms,
                                           tenant_item_fn fn, gpointer data)
{
    (void)config, (void)deadline_ms;
    struct call *call = call_new(client, tell_item, (void (*)(void))fn, data);
    struct sim *sim = call->shell->sim;
    call->tenant = place_of(sim, tenant);
    call->reads = true;
    begin(call);
    if (sim->now_ms < sim->registry_blind_until_ms)
        call->answers_ms = -1;
    return (struct tenant_call *)call;
}

/* As they are when the answer comes: that is no older than the question. */
static void tell_residents(struct call *call)
{
    struct sim *sim = call->shell->sim;
    g_autoptr(GError) error = error_of(call);
    g_autoptr(GPtrArray) ids = world_residents(sim);
    sim->seat = call->shell;
    ((residents_fn)call->fn)(error ? NULL : ids, error, call->data);
    sim->seat = NULL;
}

struct residents_call *__wrap_residents_read(struct aws_client *client, const struct config *config,
                                             const char *cell, gint64 deadline_ms, residents_fn fn,
                                             gpointer data)
{
    (void)config, (void)cell, (void)deadline_ms;
    struct call *call = call_new(client, tell_residents, (void (*)(void))fn, data);
    struct sim *sim = call->shell->sim;
    call->reads = true;
    begin(call);
    if (sim->now_ms < sim->registry_blind_until_ms)
        call->answers_ms = -1;
    return (struct residents_call *)call;
}

void __wrap_residents_cancel(struct residents_call *handle)
{
    cancel(handle);
}

static void tell_change(struct call *call)
{
    g_autoptr(GError) error = error_of(call);
    call->shell->sim->seat = call->shell;
    ((zone_change_fn)call->fn)(error ? NULL : call->change, ZONE_PENDING, error, call->data);
    if (call->shell)
        call->shell->sim->seat = NULL;
}

/* DELETEs and CREATEs as they come, set by set, of one name each. */
static json_t *changes_json(struct sim *sim, const struct zone_change *changes, size_t n)
{
    json_t *all = json_array();
    for (guint i = 0; i < sim->n; i++) {
        g_autofree char *name = g_strdup_printf("%s.example.com", sim->tenants[i].id);
        json_t *was = NULL, *becomes = NULL;
        for (size_t c = 0; c < n; c++) {
            const char *of = changes[c].set->name;
            bool dot = g_str_has_suffix(of, ".");
            if (strncmp(of, name, strlen(name)) != 0 || strlen(of) != strlen(name) + dot)
                continue;
            *(changes[c].action == ZONE_DELETE ? &was : &becomes) = record_set_json(changes[c].set);
        }
        if (was || becomes)
            json_array_append_new(all, json_pack("{s:s, s:o, s:o}", "tenant", sim->tenants[i].id,
                                                 "was", was ? was : json_null(), "becomes",
                                                 becomes ? becomes : json_null()));
    }
    return all;
}

struct zone_call *__wrap_zone_change(struct aws_client *client, const char *zone_id,
                                     const struct zone_change *changes, size_t n,
                                     const char *comment, gint64 deadline_ms, zone_change_fn fn,
                                     gpointer data, GError **error)
{
    (void)zone_id, (void)comment, (void)deadline_ms, (void)error;
    struct call *call = call_new(client, tell_change, (void (*)(void))fn, data);
    call->changes = changes_json(call->shell->sim, changes, n);
    return begin(call);
}

static void tell_status(struct call *call)
{
    struct sim *sim = call->shell->sim;
    bool there = world_is_insync(sim, call->change);
    g_autoptr(GError) error = error_of(call);
    sim->seat = call->shell;
    ((zone_change_fn)call->fn)(error ? NULL : call->change, there ? ZONE_INSYNC : ZONE_PENDING,
                               error, call->data);
    sim->seat = NULL;
}

struct zone_call *__wrap_zone_change_status(struct aws_client *client, const char *id,
                                            gint64 deadline_ms, zone_change_fn fn, gpointer data)
{
    (void)deadline_ms;
    struct call *call = call_new(client, tell_status, (void (*)(void))fn, data);
    g_strlcpy(call->change, id, sizeof call->change);
    call->reads = true;
    return begin(call);
}

static GPtrArray *sets_of(struct sim *sim, const char *name)
{
    GPtrArray *sets = record_sets_new();
    for (guint i = 0; i < sim->n; i++) {
        g_autofree char *own = g_strdup_printf("%s.example.com", sim->tenants[i].id);
        OWN_JSON raw = strcmp(own, name) == 0 ? record_raw(&sim->tenants[i]) : NULL;
        if (raw)
            g_ptr_array_add(sets, record_set_of_json(raw, NULL));
    }
    return sets;
}

static void tell_sets(struct call *call)
{
    struct sim *sim = call->shell->sim;
    guint n = g_strv_length(call->names);
    g_autofree GPtrArray **sets = g_new0(GPtrArray *, n + 1);
    bool blind = sim->now_ms < sim->zone_blind_until_ms;
    g_autoptr(GError) error =
        blind ? g_error_new_literal(AWS_ERROR, AWS_ERROR_NETWORK, "no connection") : NULL;
    for (guint i = 0; i < n; i++)
        sets[i] = sets_of(sim, call->names[i]);
    sim->seat = call->shell;
    ((zone_sets_fn)call->fn)(error ? NULL : sets, error, call->data);
    sim->seat = NULL;
    for (guint i = 0; i < n; i++)
        g_ptr_array_unref(sets[i]);
}

struct zone_call *__wrap_zone_sets_read(struct aws_client *client, const char *zone_id,
                                        const char *const *names, gint64 deadline_ms,
                                        zone_sets_fn fn, gpointer data)
{
    (void)zone_id, (void)deadline_ms;
    struct call *call = call_new(client, tell_sets, (void (*)(void))fn, data);
    call->names = g_strdupv((char **)names);
    call->reads = true;
    return begin(call);
}

/* What is kept of a command lies on the host where it was begun. */
static char *job_key(const struct shell *shell, const char *token)
{
    return g_strconcat(shell->host->name, " ", token, NULL);
}

bool __wrap_job_begin(const struct job_desk *desk, const struct job *job, GError **error)
{
    struct shell *shell = (struct shell *)(gpointer)desk;
    struct sim *sim = shell->sim;
    (void)error;
    struct call *call = call_new((struct aws_client *)shell, NULL, NULL, NULL);
    shell_dies_here(shell, "before a command");
    if (!shell->dying) {
        rules_call(sim, shell, call);
        g_hash_table_insert(sim->commands, job_key(shell, job->token),
                            GINT_TO_POINTER(sim->now_ms < sim->commands_fail_until_ms ? 2 : 1));
        sim->run.touches++;
    }
    evac_call_free(call);
    shell_dies_here(shell, "after a command");
    return true;
}

void __wrap_job_look(const struct job_desk *desk, const char *token, struct job_look *look)
{
    const struct shell *shell = (const struct shell *)(gconstpointer)desk;
    g_autofree char *key = job_key(shell, token);
    int known = GPOINTER_TO_INT(g_hash_table_lookup(shell->sim->commands, key));
    *look = (struct job_look){.state = known ? JOB_ENDED : JOB_UNBEGUN,
                              .ending = ENDING_EXIT,
                              .value = known == 1 ? 0 : 1,
                              .output = g_strdup("")};
}
