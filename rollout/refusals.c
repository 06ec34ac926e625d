/* Why a plan may not start (rollout.md, "Plan"): one function a rule, in the order in which people
 * would want to hear of them. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "rollout/plan_make.h"

#include <stdlib.h>
#include <string.h>

struct asking {
    const struct plan *plan;
    const struct survey *survey;
    const struct plan_options *options;
    const char *own; /* the rollout's id that asks again, or NULL */
    GPtrArray *refusals;
};

static const char *const kind_names[] = {
    [REFUSE_UNKNOWN_RELEASE] = "unknown_release",
    [REFUSE_TAG_MOVED] = "tag_moved",
    [REFUSE_CELL_TWICE] = "cell_twice",
    [REFUSE_CELL_NOWHERE] = "cell_nowhere",
    [REFUSE_PRODUCTION_FIRST] = "production_first",
    [REFUSE_CELL_UNHEALTHY] = "cell_unhealthy",
    [REFUSE_CELL_ALARM] = "cell_alarm",
    [REFUSE_CELL_BUSY] = "cell_busy",
    [REFUSE_SKIPS_MINOR] = "skips_minor",
    [REFUSE_VERSION_HELD] = "version_held",
    [REFUSE_NOT_READ] = "not_read",
    [REFUSE_NO_WAVES] = "no_waves",
    [REFUSE_CREDENTIALS] = "credentials",
    [REFUSE_WINDOW] = "window",
};

const char *refusal_kind_name(enum refusal_kind kind)
{
    return kind_names[kind];
}

G_GNUC_PRINTF(4, 5)
static void refuse(struct asking *asking, enum refusal_kind kind, const char *cell,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct refusal *refusal = g_new0(struct refusal, 1);
    refusal->kind = kind;
    refusal->cell = g_strdup(cell);
    refusal->why = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(asking->refusals, refusal);
}

typedef void (*cell_fn)(struct asking *asking, const struct plan_cell *cell);

static void each_cell(struct asking *asking, cell_fn fn)
{
    for (guint i = 0; i < asking->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(asking->plan->waves, i);
        for (guint j = 0; j < wave->cells->len; j++)
            fn(asking, g_ptr_array_index(wave->cells, j));
    }
}

static void release_is_known(struct asking *asking)
{
    const struct survey *survey = asking->survey;
    if (!survey->release)
        refuse(asking, REFUSE_UNKNOWN_RELEASE, NULL, "%s is no known release: %s", survey->version,
               survey->release_error ? survey->release_error
                                     : "`celldeck releases` lists those there are");
}

static void tag_is_where_it_was(struct asking *asking)
{
    const struct survey *survey = asking->survey;
    if (!survey->release || !survey->pinned)
        return;
    const char *pinned = g_hash_table_lookup(survey->pinned, survey->release->version);
    if (pinned && strcmp(pinned, survey->release->commit) != 0)
        refuse(asking, REFUSE_TAG_MOVED, NULL,
               "tag %s moved: an earlier rollout had it at %.12s, now it points to %.12s; tag the "
               "new commit as a release of its own",
               survey->release->tag, pinned, survey->release->commit);
}

/* A version that failed stays held, whatever went well before or after (invariant 13). */
static void version_is_not_held(struct asking *asking)
{
    const GPtrArray *operations = asking->survey->operations;
    for (guint i = 0; operations && !asking->plan->retry_failed && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        bool failed = operation->state && (strcmp(operation->state, "failed") == 0 ||
                                           strcmp(operation->state, "failing") == 0);
        if (!failed || g_strcmp0(operation->kind, "rollout") != 0 ||
            g_strcmp0(operation->id, asking->own) == 0 ||
            !versions_alike(operation->subject, asking->plan->version))
            continue;
        g_autofree char *when = when_rfc3339(operation->started_ms);
        refuse(asking, REFUSE_VERSION_HELD, NULL,
               "%s failed in %s (%s, %s) and is held; --retry-failed tries it again, on record",
               asking->plan->version, operation->id, operation->actor ? operation->actor : "?",
               when);
        return;
    }
}

static bool major_minor(const char *version, long *major, long *minor)
{
    char *end = NULL;
    *major = strtol(version + (*version == 'v'), &end, 10);
    if (*end != '.')
        return false;
    *minor = strtol(end + 1, &end, 10);
    return true;
}

static void no_minor_is_skipped(struct asking *asking, const struct plan_cell *cell)
{
    long from_major, from_minor, to_major, to_minor;
    if (!asking->survey->config->releases.no_skip_minor || !cell->from ||
        !major_minor(cell->from, &from_major, &from_minor) ||
        !major_minor(asking->plan->version, &to_major, &to_minor))
        return;
    bool skips = to_major == from_major
                     ? to_minor > from_minor + 1
                     : to_major > from_major + 1 || (to_major == from_major + 1 && to_minor > 0);
    if (skips)
        refuse(asking, REFUSE_SKIPS_MINOR, cell->id,
               "%s runs %s, and %s skips a minor version (releases.no_skip: minor); roll out the "
               "one in between first",
               cell->id, cell->from, asking->plan->version);
}

static void minors_are_not_skipped(struct asking *asking)
{
    each_cell(asking, no_minor_is_skipped);
}

static void there_are_waves(struct asking *asking)
{
    if (asking->plan->waves->len == 0)
        refuse(asking, REFUSE_NO_WAVES, NULL,
               "celldeck.yaml has no waves; add `waves:` with at least one");
    for (guint i = 0; i < asking->plan->waves->len; i++) {
        const struct plan_wave *wave = g_ptr_array_index(asking->plan->waves, i);
        if (wave->cells->len == 0)
            refuse(asking, REFUSE_NO_WAVES, NULL,
                   "wave %s has no cells; give it some or take it out of celldeck.yaml",
                   wave->name);
    }
}

static void every_cell_has_one_wave(struct asking *asking)
{
    const struct config *config = asking->survey->config;
    for (guint i = 0; config->waves->len > 0 && i < config->cells->len; i++) {
        const struct cell_config *cell = g_ptr_array_index(config->cells, i);
        bool excluded;
        int n = waves_of_cell(config, cell, &excluded);
        if (n > 1)
            refuse(asking, REFUSE_CELL_TWICE, cell->id,
                   "%s is in %d waves; `exclude` it from all but one", cell->id, n);
        else if (n == 0 && !excluded)
            refuse(asking, REFUSE_CELL_NOWHERE, cell->id,
                   "%s is in no wave; put it into one, or `exclude` it by name", cell->id);
    }
}

/* Windows are judged by a later version; one that is ignored would deploy in the night. */
static void no_wave_has_a_window(struct asking *asking)
{
    const struct config *config = asking->survey->config;
    for (guint i = 0; i < config->waves->len; i++) {
        const struct wave_config *wave = g_ptr_array_index(config->waves, i);
        if (wave->window)
            refuse(asking, REFUSE_WINDOW, NULL,
                   "wave %s has `window: %s`, which this version of celldeck can't keep; take the "
                   "line out and use `approval` to say when it may start",
                   wave->name, wave->window);
    }
}

static bool tenant_is_production(const struct survey *survey, const struct tenant *tenant)
{
    static const char *const others[] = {"dev", "test", "staging", NULL};
    const struct cell_config *cell = config_cell(survey->config, tenant->cell);
    if (cell && cell->class == CLASS_DEV)
        return false;
    return !tenant->environment || !g_strv_contains(others, tenant->environment);
}

static gint64 production_tenants(const struct survey *survey, const char *cell)
{
    const struct registry *registry = survey->snapshot ? survey->snapshot->registry : NULL;
    gint64 n = 0;
    for (guint i = 0; registry && i < registry->tenants->len; i++) {
        const struct tenant *tenant = g_ptr_array_index(registry->tenants, i);
        n += g_strcmp0(tenant->cell, cell) == 0 && tenant_is_production(survey, tenant);
    }
    return n;
}

static void first_wave_is_no_production(struct asking *asking)
{
    const struct config *config = asking->survey->config;
    if (asking->plan->waves->len == 0 ||
        ((const struct wave_config *)g_ptr_array_index(config->waves, 0))->production)
        return;
    const struct plan_wave *first = g_ptr_array_index(asking->plan->waves, 0);
    for (guint i = 0; i < first->cells->len; i++) {
        const struct plan_cell *cell = g_ptr_array_index(first->cells, i);
        gint64 n = production_tenants(asking->survey, cell->id);
        if (n > 0)
            refuse(asking, REFUSE_PRODUCTION_FIRST, cell->id,
                   "%s in the first wave, %s, has %" G_GINT64_FORMAT
                   " production tenant%s; begin with a cell that has none, or say "
                   "`production: true` in that wave",
                   cell->id, first->name, n, n == 1 ? "" : "s");
    }
}

static void registry_is_whole(struct asking *asking)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct source *source = snapshot ? snapshot_source(snapshot, "registry") : NULL;
    if (!snapshot || !snapshot->registry)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "the registry was not read, so nobody can say whose tenants the first wave has; try "
               "again when `celldeck status` shows it");
    else if (!snapshot->registry->complete)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "the registry was read only in part (at least %u tenants), so production tenants in "
               "the first wave can't be ruled out; try again",
               snapshot->registry->tenants->len);
    else if (source && source->state != SOURCE_OK)
        refuse(asking, REFUSE_NOT_READ, NULL,
               "what is known of the registry is old (%s), so production tenants in the first wave "
               "can't be ruled out; try again",
               source->error ? source->error : "it was not read again since");
}

static void running_is_known(struct asking *asking, const struct plan_cell *cell)
{
    const struct running *running = running_of(asking->survey, cell->id);
    if (running && !running->error && running->version)
        return;
    refuse(asking, REFUSE_NOT_READ, cell->id,
           "what %s runs was not read (%s), so there would be no way back; `celldeck config check` "
           "and the deployer's own tool tell more",
           cell->id, running && running->error ? running->error : "the deployer could not tell");
}

static void health_is_good(struct asking *asking, const struct plan_cell *plan)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, plan->id) : NULL;
    if (plan->fixes)
        return;
    if (!cell || cell->health == HEALTH_UNKNOWN || cell->health == HEALTH_STALE) {
        refuse(asking, REFUSE_NOT_READ, plan->id,
               "the health of %s was not read (%s); nothing unread counts as healthy", plan->id,
               cell ? health_name(cell->health) : "unknown");
        return;
    }
    if (cell->health == HEALTH_UNHEALTHY)
        refuse(
            asking, REFUSE_CELL_UNHEALTHY, plan->id,
            "%s is unhealthy already (%s); cure it first, or say --fixes %s if this release does",
            plan->id, cell->reasons && cell->reasons[0] ? cell->reasons[0] : "no reason given",
            plan->id);
}

static void no_alarm_rings(struct asking *asking, const struct plan_cell *plan)
{
    const struct snapshot *snapshot = asking->survey->snapshot;
    const struct cell *cell = snapshot ? snapshot_cell(snapshot, plan->id) : NULL;
    if (!cell || plan->fixes)
        return;
    if (!cell->reading.alarms) {
        refuse(asking, REFUSE_NOT_READ, plan->id,
               "the alarms of %s were not read, so one in ALARM can't be ruled out; try again",
               plan->id);
        return;
    }
    for (guint i = 0; i < cell->reading.alarms->len; i++) {
        const struct alarm *alarm = g_ptr_array_index(cell->reading.alarms, i);
        if (alarm->state != ALARM_ALARM)
            continue;
        refuse(asking, REFUSE_CELL_ALARM, plan->id,
               "%s has alarm %s in ALARM; cure it first, or say --fixes %s if this release does",
               plan->id, alarm->name, plan->id);
        return;
    }
}

/* A rollout bakes for days, and a session ends after hours: with nobody there, nothing would be
 * rolled back any more. */
static void credentials_last(struct asking *asking)
{
    const char *origin = asking->survey->session_keys;
    if (origin && asking->options && asking->options->unattended)
        refuse(asking, REFUSE_CREDENTIALS, NULL,
               "the AWS credentials (%s) are a session's and can't be renewed while the rollout "
               "runs; use a role or a profile that renews itself, or say --attended",
               origin);
}

static void everything_was_read(struct asking *asking)
{
    registry_is_whole(asking);
    each_cell(asking, running_is_known);
}

static void cells_are_well(struct asking *asking)
{
    each_cell(asking, health_is_good);
    each_cell(asking, no_alarm_rings);
}

static void cell_is_free(struct asking *asking, const struct plan_cell *cell)
{
    const GPtrArray *operations = asking->survey->operations;
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = g_ptr_array_index(operations, i);
        if (operation->ended_ms || g_strcmp0(operation->id, asking->own) == 0 ||
            !operation->cells || !g_strv_contains((const char *const *)operation->cells, cell->id))
            continue;
        g_autofree char *since = when_rfc3339(operation->started_ms);
        const GHashTable *hosts = asking->survey->conducted;
        const char *host = hosts ? g_hash_table_lookup((GHashTable *)hosts, operation->id) : NULL;
        refuse(asking, REFUSE_CELL_BUSY, cell->id,
               "%s belongs to %s %s (%s), which %s started at %s%s%s and is %s; wait for its end "
               "or abort it",
               cell->id, operation->kind, operation->id, operation->subject,
               operation->actor ? operation->actor : "somebody", since,
               host ? ", conducted on " : "", host ? host : "", operation->state);
        return;
    }
}

static void cells_are_free(struct asking *asking)
{
    each_cell(asking, cell_is_free);
}

typedef void (*check_fn)(struct asking *asking);

static const check_fn at_planning[] = {
    release_is_known,        tag_is_where_it_was,  version_is_not_held, there_are_waves,
    every_cell_has_one_wave, no_wave_has_a_window, everything_was_read, first_wave_is_no_production,
    minors_are_not_skipped,  cells_are_well,       cells_are_free,      credentials_last,
};

void refusals_find(const struct plan *plan, const struct survey *survey,
                   const struct plan_options *options, GPtrArray *refusals)
{
    struct asking asking = {plan, survey, options, NULL, refusals};
    for (size_t i = 0; i < G_N_ELEMENTS(at_planning); i++)
        at_planning[i](&asking);
}

static void commit_is_the_plans(struct asking *asking)
{
    const struct release *release = asking->survey->release;
    if (release && g_strcmp0(release->commit, asking->plan->commit) != 0)
        refuse(asking, REFUSE_TAG_MOVED, NULL,
               "tag %s moved: the plan has commit %.12s, it points to %.12s now; abort, and plan "
               "the release anew",
               asking->plan->tag, asking->plan->commit, release->commit);
}

static const check_fn when_running[] = {
    release_is_known,  commit_is_the_plans,         version_is_not_held,
    registry_is_whole, first_wave_is_no_production, minors_are_not_skipped,
    cells_are_free,
};

char *plan_check_again(const struct plan *plan, const struct survey *survey, const char *own,
                       bool *unread)
{
    g_autoptr(GPtrArray) refusals = g_ptr_array_new();
    struct asking asking = {plan, survey, NULL, own, refusals};
    g_ptr_array_set_free_func(refusals, (GDestroyNotify)refusal_free);
    for (size_t i = 0; i < G_N_ELEMENTS(when_running); i++)
        when_running[i](&asking);
    const struct refusal *worst = NULL;
    for (guint i = 0; i < refusals->len; i++) {
        const struct refusal *refusal = g_ptr_array_index(refusals, i);
        if (!worst || (worst->kind == REFUSE_NOT_READ && refusal->kind != REFUSE_NOT_READ))
            worst = refusal;
    }
    *unread = worst && worst->kind == REFUSE_NOT_READ;
    return worst ? g_strdup(worst->why) : NULL;
}

int refusals_exit_code(const GPtrArray *refusals)
{
    for (guint i = 0; i < refusals->len; i++)
        if (((const struct refusal *)g_ptr_array_index(refusals, i))->kind != REFUSE_CELL_BUSY)
            return CD_ERROR_REFUSED;
    return refusals->len > 0 ? CD_ERROR_BUSY : 0;
}
