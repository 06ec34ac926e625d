#include "rollout/plan.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <string.h>

/* A deploy of a whole stack and what follows it: as long as deploy.exec.timeout's default. ECS has
 * no limit of its own; its services are stable within minutes or never. */
#define DEPLOY_DEADLINE_MS (30 * WHEN_MINUTE)

static void plan_cell_free(gpointer data)
{
    struct plan_cell *cell = data;
    g_free(cell->id);
    g_free(cell->from);
    g_free(cell->from_ref);
    g_free(cell);
}

static void plan_wave_free(gpointer data)
{
    struct plan_wave *wave = data;
    g_free(wave->name);
    g_ptr_array_unref(wave->cells);
    window_free(wave->window);
    if (wave->gates)
        gates_config_clear(wave->gates);
    g_free(wave->gates);
    g_free(wave);
}

struct plan_wave *plan_wave_new(const char *name)
{
    struct plan_wave *wave = g_new0(struct plan_wave, 1);
    wave->name = g_strdup(name);
    wave->cells = g_ptr_array_new_with_free_func(plan_cell_free);
    return wave;
}

struct plan *plan_new(void)
{
    struct plan *plan = g_new0(struct plan, 1);
    plan->waves = g_ptr_array_new_with_free_func(plan_wave_free);
    plan->freezes = g_ptr_array_new_with_free_func((GDestroyNotify)freeze_free);
    plan->notes = g_ptr_array_new_with_free_func(g_free);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->waves);
    g_ptr_array_unref(plan->freezes);
    g_ptr_array_unref(plan->notes);
    gates_config_clear(&plan->gates);
    json_decref(plan->own);
    g_free(plan->version);
    g_free(plan->tag);
    g_free(plan->commit);
    g_free(plan->policy_hash);
    g_free(plan->hash);
    g_free(plan);
}

bool versions_alike(const char *a, const char *b)
{
    g_autofree char *plain_a = a ? version_plain(a) : NULL;
    g_autofree char *plain_b = b ? version_plain(b) : NULL;
    return plain_a && g_strcmp0(plain_a, plain_b) == 0;
}

const struct running *running_of(const struct survey *survey, const char *cell)
{
    return survey->running ? g_hash_table_lookup(survey->running, cell) : NULL;
}

bool fixes_cell(const struct plan_options *options, const char *cell)
{
    return options && options->fixes && g_strv_contains(options->fixes, cell);
}

G_GNUC_PRINTF(2, 3) static void note(struct plan *plan, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(plan->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

static void note_changes(struct plan *plan, const struct survey *survey,
                         const struct cell_config *config, struct plan_cell *cell)
{
    const struct changes *changes =
        survey->changes ? g_hash_table_lookup(survey->changes, cell->from) : NULL;
    if (!changes) {
        note(plan, "%s: what changed since %s could not be told, so neither could migrations",
             cell->id, cell->from);
        cell->rollback_closed = !config->rollback_window_open;
        return;
    }
    if (changes->backwards)
        note(plan, "%s: %s is older than %s, which it runs: this goes backwards", cell->id,
             plan->version, cell->from);
    if (changes->migrations->len == 0)
        return;
    cell->rollback_closed = !config->rollback_window_open;
    note(plan, "%s: %u migration%s between %s and %s; %s", cell->id, changes->migrations->len,
         changes->migrations->len == 1 ? "" : "s", cell->from, plan->version,
         cell->rollback_closed ? "its rollback window is closed: once deployed, nothing is rolled "
                                 "back by itself"
                               : "its rollback window is open");
}

/* What a rollback goes back to: what runs, or, where that is the new version already, the last
 * other one that was verified there. */
static void record_way_back(struct plan *plan, const struct survey *survey, struct plan_cell *cell)
{
    const struct running *running = running_of(survey, cell->id);
    if (!running || running->error || !running->version)
        return;
    if (versions_alike(running->version, plan->version)) {
        const struct running *other =
            survey->verified ? g_hash_table_lookup(survey->verified, cell->id) : NULL;
        bool usable = other && other->version && !versions_alike(other->version, plan->version);
        running = usable ? other : NULL;
        note(plan, "%s runs %s already: it bakes in full, %s%s", cell->id, plan->version,
             usable ? "and would go back to " : "and no other version is verified to go back to",
             usable ? other->version : "");
    }
    if (!running)
        return;
    cell->from = g_strdup(running->version);
    cell->from_ref = g_strdup(running->reference);
}

static struct plan_cell *plan_one_cell(struct plan *plan, const struct survey *survey,
                                       const struct plan_options *options,
                                       const struct cell_config *config)
{
    const struct cell *known =
        survey->snapshot ? snapshot_cell(survey->snapshot, config->id) : NULL;
    struct plan_cell *cell = g_new0(struct plan_cell, 1);
    cell->id = g_strdup(config->id);
    cell->dr = config->class == CLASS_DR;
    cell->fixes = fixes_cell(options, config->id);
    cell->tenants = known ? known->tenants : 0;
    cell->users = known ? known->registered_users : 0;
    record_way_back(plan, survey, cell);
    if (cell->from)
        note_changes(plan, survey, config, cell);
    return cell;
}

static void take_gates(struct plan *plan, struct plan_wave *wave, const struct gates_config *gates)
{
    g_autofree char *off = g_strjoinv(", ", gates->off);
    wave->gates = g_new0(struct gates_config, 1);
    gates_config_copy(wave->gates, gates);
    note(plan, "wave %s has gates of its own%s%s: `celldeck gate list` shows them", wave->name,
         *off ? ", and does not ask " : "", off);
}

static struct plan_wave *plan_one_wave(struct plan *plan, const struct survey *survey,
                                       const struct plan_options *options,
                                       const struct wave_config *config)
{
    struct plan_wave *wave = plan_wave_new(config->name);
    g_autoptr(GPtrArray) order = cells_in_order(survey, config);
    const struct gates_config *own = config_own_gates(survey->config, config);
    wave->bake_ms = config->bake_ms;
    wave->max_in_flight = config->max_in_flight;
    wave->max_failed = config->max_failed;
    wave->low_traffic_pass = config->low_traffic_pass;
    wave->approvals = config->approvals;
    wave->approver_not_requester = config->approver_not_requester;
    wave->approval_expires_ms = config->approval_expires_ms;
    wave->on_fail = config->on_fail;
    wave->window = config->window ? window_new(config->window) : NULL;
    if (own)
        take_gates(plan, wave, own);
    for (guint i = 0; i < order->len; i++)
        g_ptr_array_add(wave->cells,
                        plan_one_cell(plan, survey, options, g_ptr_array_index(order, i)));
    return wave;
}

static bool as_planned(const struct plan *plan, const json_t *now, const char *name)
{
    const json_t *then = json_object_get(plan->own, name);
    return then && json_equal(then, json_object_get(now, name));
}

bool plan_has_own_metrics(const struct plan *plan, size_t wave, const struct config *config)
{
    const struct gates_config *gates = plan_gates(plan, wave);
    OWN_JSON now = config_own_metrics_json(config);
    bool same = true;
    for (guint i = 0; gates->own_limits && i < gates->own_limits->len; i++)
        same &=
            as_planned(plan, now, ((const struct own_limit *)gates->own_limits->pdata[i])->metric);
    for (char **name = gates->regression_metrics; name && *name; name++)
        if (json_object_get(plan->own, *name) || json_object_get(now, *name))
            same &= as_planned(plan, now, *name);
    return same;
}

const struct gates_config *plan_gates(const struct plan *plan, size_t wave)
{
    const struct plan_wave *own = plan->waves->pdata[wave];
    return own->gates ? own->gates : &plan->gates;
}

static void note_excluded(struct plan *plan, const struct config *config)
{
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        bool excluded;
        if (waves_of_cell(config, cell, &excluded) == 0 && excluded)
            note(plan, "%s is excluded by name: it stays as it is", cell->id);
    }
}

static void note_freeze(struct plan *plan, const struct freeze *freeze)
{
    g_autofree char *from = when_rfc3339(freeze->from_ms), *to = when_rfc3339(freeze->to_ms);
    g_autofree char *waves = g_strjoinv(", ", freeze->waves);
    note(plan, "from %s to %s nothing goes forward%s%s%s%s", from, to, *waves ? " in " : "", waves,
         freeze->reason ? ": " : "", freeze->reason ? freeze->reason : "");
}

static void take_freezes(struct plan *plan, const struct config *config, gint64 now_ms)
{
    for (guint i = 0; config->freezes && i < config->freezes->len; i++) {
        const struct freeze_config *known = g_ptr_array_index(config->freezes, i);
        gint64 to_ms = calendar_moment_ms(known->to, known->zone, true);
        if (to_ms <= now_ms)
            continue;
        struct freeze *freeze = g_new0(struct freeze, 1);
        *freeze = (struct freeze){.from_ms = calendar_moment_ms(known->from, known->zone, false),
                                  .to_ms = to_ms,
                                  .reason = g_strdup(known->reason),
                                  .waves = g_strdupv(known->waves)};
        g_ptr_array_add(plan->freezes, freeze);
        note_freeze(plan, freeze);
    }
}

static void freeze_policy(struct plan *plan, const struct config *config)
{
    OWN_JSON policy = config_policy_json(config);
    plan->policy_hash = json_sha256(policy);
    gates_config_copy(&plan->gates, &config->gates);
    plan->own = config_own_metrics_json(config);
    plan->period_ms = config->metrics.period_ms;
    plan->settle_ms = config->metrics.settle_ms;
    plan->deploy_deadline_ms = config->deploy.driver == DRIVER_EXEC
                                   ? MAX(config->deploy.exec_timeout_ms, WHEN_MINUTE)
                                   : DEPLOY_DEADLINE_MS;
}

void refusal_free(gpointer data)
{
    struct refusal *refusal = data;
    g_free(refusal->cell);
    g_free(refusal->why);
    g_free(refusal);
}

struct plan *plan_make(const struct survey *survey, const struct plan_options *options,
                       GPtrArray **refusals)
{
    struct plan *plan = plan_new();
    const struct release *release = survey->release;
    const char *asked = survey->version ? survey->version : "";
    plan->version = release ? g_strdup(release->version) : g_strdup(asked + (*asked == 'v'));
    plan->tag = g_strdup(release ? release->tag : NULL);
    plan->commit = g_strdup(release ? release->commit : NULL);
    plan->retry_failed = options && options->retry_failed;
    freeze_policy(plan, survey->config);
    take_freezes(plan, survey->config, survey->now_ms);
    for (guint i = 0; i < survey->config->waves->len; i++)
        g_ptr_array_add(plan->waves, plan_one_wave(plan, survey, options,
                                                   g_ptr_array_index(survey->config->waves, i)));
    note_excluded(plan, survey->config);
    plan->hash = plan_hash(plan);
    *refusals = g_ptr_array_new_with_free_func(refusal_free);
    refusals_find(plan, survey, options, *refusals);
    return plan;
}
