#include "data/fleet_judge.h"

#include "data/base/when.h"

#define CLOSED_TO_NEW_PCT 80.0 /* product.md, "Metrics and alarms" */

/* What a look at one cell has found so far. */
struct look {
    const struct config *config;
    struct cell *cell;
    gint64 period_ms, now_ms;
    GPtrArray *reasons; /* struct reason * */
};

struct reason {
    enum health health;
    gint64 since_ms; /* 0: not known */
    char *text;
};

static void reason_free(gpointer p)
{
    struct reason *reason = p;
    g_free(reason->text);
    g_free(reason);
}

/* Takes `text`. */
static void say(struct look *look, enum health health, gint64 since_ms, char *text)
{
    struct reason *reason = g_new(struct reason, 1);
    *reason = (struct reason){health, since_ms, text};
    g_ptr_array_add(look->reasons, reason);
}

static bool health_is_zero(const struct look *look, const struct series *series, size_t at)
{
    (void)look;
    return series->points[at].value < 1;
}

/* How many of the three periods that end with `at` are over the limit. */
static int errors_of_three(const struct look *look, const struct series *series, size_t at)
{
    int over = 0;
    gint64 from_ms = series->points[at].at_ms - 2 * look->period_ms;
    for (size_t i = at + 1; i-- > 0 && series->points[i].at_ms >= from_ms;)
        over += series->points[i].value > look->config->gates.max_error_rate_pct;
    return over;
}

static bool errors_too_many(const struct look *look, const struct series *series, size_t at)
{
    return errors_of_three(look, series, at) >= 2;
}

static double used_pct(const struct look *look, const struct series *series, size_t at)
{
    return 100.0 * series->points[at].value / (double)look->cell->config->max_users;
}

static bool nearly_full(const struct look *look, const struct series *series, size_t at)
{
    return used_pct(look, series, at) > look->config->gates.max_used_pct;
}

static char *health_text(const struct look *look, const struct series *series, size_t at)
{
    (void)look;
    return g_strdup_printf("%s is %g (must be 1)", metric_name(METRIC_HEALTH),
                           series->points[at].value);
}

/* The figure is the newest one over the limit: the last period itself may be the good one. */
static char *errors_text(const struct look *look, const struct series *series, size_t at)
{
    double limit = look->config->gates.max_error_rate_pct;
    size_t i = at;
    while (i > 0 && series->points[i].value <= limit)
        i--;
    return g_strdup_printf("error rate %.1f %% (limit %g %%), %d of 3 periods",
                           series->points[i].value, limit, errors_of_three(look, series, at));
}

static char *used_text(const struct look *look, const struct series *series, size_t at)
{
    return g_strdup_printf("used capacity %.1f %% (limit %g %%)", used_pct(look, series, at),
                           look->config->gates.max_used_pct);
}

static const struct limit {
    enum metric metric;
    enum health health;
    bool (*crossed)(const struct look *look, const struct series *series, size_t at);
    char *(*text)(const struct look *look, const struct series *series, size_t at);
} limits[] = {
    {METRIC_HEALTH, HEALTH_UNHEALTHY, health_is_zero, health_text},
    {METRIC_ERROR_RATE, HEALTH_UNHEALTHY, errors_too_many, errors_text},
    {METRIC_ACTIVE_USERS, HEALTH_DEGRADED, nearly_full, used_text},
};

/* The newest usable point of `metric` that is not stale; -1: none. */
static gssize fresh_point(const struct look *look, enum metric metric)
{
    if (cell_metric_stale(look->cell, metric, look->period_ms, look->now_ms))
        return -1;
    return series_newest_usable(look->cell->reading.series[metric], metric, look->now_ms);
}

static void judge_limits(struct look *look)
{
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        const struct series *series = look->cell->reading.series[limits[i].metric];
        gssize at = fresh_point(look, limits[i].metric);
        if (at < 0 || !limits[i].crossed(look, series, (size_t)at))
            continue;
        size_t first = (size_t)at;
        while (first > 0 && limits[i].crossed(look, series, first - 1))
            first--;
        say(look, limits[i].health, series->points[first].at_ms,
            limits[i].text(look, series, (size_t)at));
    }
}

static void judge_capacity(struct look *look)
{
    struct cell *cell = look->cell;
    gssize at = fresh_point(look, METRIC_ACTIVE_USERS);
    cell->used_pct = at < 0 || cell->config->max_users <= 0
                         ? -1
                         : used_pct(look, cell->reading.series[METRIC_ACTIVE_USERS], (size_t)at);
    cell->closed_to_new = cell->used_pct > CLOSED_TO_NEW_PCT;
}

bool metric_is_required(const struct cell_config *cell, enum metric metric)
{
    if (metric == METRIC_HEALTH)
        return true;
    return metric < METRIC_LATENCY_P95 && cell->class != CLASS_DR;
}

/* `names` of `count` metrics, or "all metrics" where they are all that is required. */
static char *which_metrics(const struct look *look, const GString *names, int count)
{
    int required = 0;
    for (enum metric metric = 0; metric < METRIC_OWN; metric++)
        required += metric_is_required(look->cell->config, metric);
    return g_strdup(count == required && count > 1 ? "all metrics" : names->str);
}

static void add_name(GString *names, const char *name)
{
    g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
}

static void say_stale(struct look *look, const char *what, gint64 age_ms)
{
    gint64 limit_ms = stale_after_ms(look->period_ms);
    g_autofree char *age = duration_short(age_ms);
    g_autofree char *limit = duration_short(limit_ms);
    look->cell->tells_age = true;
    say(look, HEALTH_STALE, look->now_ms - age_ms + limit_ms,
        g_strdup_printf("%s: %s old (limit %s)", what, age, limit));
}

static void judge_freshness(struct look *look)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    g_autoptr(GString) stale = g_string_new(NULL);
    int n_missing = 0, n_stale = 0;
    gint64 oldest_ms = 0;
    for (enum metric metric = 0; metric < METRIC_OWN; metric++) {
        gint64 age_ms = cell_metric_age_ms(look->cell, metric, look->period_ms, look->now_ms);
        if (!metric_is_required(look->cell->config, metric) ||
            (age_ms >= 0 && age_ms <= stale_after_ms(look->period_ms)))
            continue;
        add_name(age_ms < 0 ? missing : stale, metric_name(metric));
        n_missing += age_ms < 0;
        n_stale += age_ms >= 0;
        oldest_ms = MAX(oldest_ms, age_ms);
    }
    if (n_missing) {
        g_autofree char *which = which_metrics(look, missing, n_missing);
        say(look, HEALTH_UNKNOWN, 0, g_strconcat(which, ": no data", NULL));
    }
    if (n_stale) {
        g_autofree char *which = which_metrics(look, stale, n_stale);
        say_stale(look, which, oldest_ms);
    }
}

/* A lag that is no longer measured says nothing of the replica, and least of all that it is well.
 */
static void judge_replica(struct look *look)
{
    const struct cell_config *config = look->cell->config;
    const struct series *lag = look->cell->reading.replica_lag;
    gssize at = series_newest_usable(lag, METRIC_COUNT, look->now_ms);
    if (!config->replica_lag_metric)
        return;
    if (at < 0) {
        say(look, HEALTH_UNKNOWN, 0, g_strconcat(config->replica_lag_metric, ": no data", NULL));
        return;
    }
    gint64 age_ms = look->now_ms - lag->points[at].at_ms - look->period_ms;
    if (age_ms > stale_after_ms(look->period_ms)) {
        say_stale(look, config->replica_lag_metric, age_ms);
    } else if (config->rpo_ms >= 0 && lag->points[at].value * 1000 > (double)config->rpo_ms) {
        g_autofree char *rpo = duration_short(config->rpo_ms);
        say(look, HEALTH_DEGRADED, lag->points[at].at_ms,
            g_strdup_printf("replica lag %.0f s (rpo %s)", lag->points[at].value, rpo));
    }
}

static void judge_alarms(struct look *look)
{
    const struct cell_reading *reading = &look->cell->reading;
    if (!reading->alarms) {
        say(look, HEALTH_UNKNOWN, 0, g_strdup("alarms never read"));
        return;
    }
    gint64 age_ms = look->now_ms - reading->alarms_at_ms;
    if (age_ms > stale_after_ms(look->period_ms))
        say_stale(look, "alarms", age_ms);
    for (guint i = 0; i < reading->alarms->len; i++) {
        const struct alarm *alarm = reading->alarms->pdata[i];
        if (alarm->state == ALARM_ALARM)
            say(look, HEALTH_DEGRADED, alarm->since_ms,
                g_strdup_printf("alarm %s is in ALARM", alarm->name));
    }
}

/* When the run of probes that ends with the last one, none of which saw all up, began. */
static gint64 probes_bad_since_ms(const GPtrArray *probes)
{
    guint first = probes->len - 1;
    while (first > 0 && !probe_all_up(probes->pdata[first - 1]))
        first--;
    return ((const struct probe *)probes->pdata[first])->at_ms;
}

static void judge_answer(struct look *look, const struct probe *probe, gint64 since_ms)
{
    g_autoptr(GString) down = g_string_new(NULL);
    for (guint i = 0; i < probe->dependencies->len; i++) {
        const struct dependency *dependency = probe->dependencies->pdata[i];
        if (!dependency->up)
            add_name(down, dependency->name);
    }
    if (down->len)
        say(look, HEALTH_UNHEALTHY, since_ms, g_strdup_printf("healthcheck: %s down", down->str));
    else if (!probe_all_up(probe))
        say(look, HEALTH_UNKNOWN, since_ms, g_strdup("healthcheck: names no dependency"));
    if (!probe->version)
        say(look, HEALTH_DEGRADED, since_ms, g_strdup("healthcheck: names no version"));
}

static void judge_probe(struct look *look)
{
    struct cell *cell = look->cell;
    const GPtrArray *probes = cell->reading.probes;
    for (guint i = probes ? probes->len : 0; i-- > 0 && !cell->version;) {
        const struct probe *probe = probes->pdata[i];
        cell->version = probe->answered ? probe->version : NULL;
        cell->version_at_ms = cell->version ? probe->at_ms : 0;
    }
    if (!probes || !probes->len) {
        say(look, HEALTH_UNKNOWN, 0, g_strdup("healthcheck never read"));
        return;
    }
    const struct probe *last = probes->pdata[probes->len - 1];
    gint64 age_ms = look->now_ms - last->at_ms;
    if (age_ms > stale_after_ms(look->period_ms))
        say_stale(look, "healthcheck", age_ms);
    else if (last->answered)
        judge_answer(look, last, probes_bad_since_ms(probes));
    else
        say(look, HEALTH_DEGRADED, probes_bad_since_ms(probes),
            g_strdup_printf("healthcheck: %s", last->error ? last->error : "no answer"));
}

/* Since when a cell that is well has been so: the end of the last period that crossed a limit or
 * was missing, as far back as datapoints go. */
static gint64 well_since_ms(const struct look *look)
{
    const struct series *health = look->cell->reading.series[METRIC_HEALTH];
    gint64 since_ms = health->points[0].at_ms;
    for (size_t i = 1; i < health->n; i++)
        if (health->points[i].at_ms - health->points[i - 1].at_ms >
            stale_after_ms(look->period_ms) + look->period_ms)
            since_ms = health->points[i].at_ms;
    for (size_t l = 0; l < G_N_ELEMENTS(limits); l++) {
        const struct series *series = look->cell->reading.series[limits[l].metric];
        for (size_t i = series ? series->n : 0; i-- > 0;) {
            if (!limits[l].crossed(look, series, i))
                continue;
            since_ms = MAX(since_ms, series->points[i].at_ms + look->period_ms);
            break;
        }
    }
    return since_ms;
}

static gint64 since_of(const struct look *look, enum health health)
{
    gint64 since_ms = 0;
    for (guint i = 0; i < look->reasons->len; i++) {
        const struct reason *reason = look->reasons->pdata[i];
        if (reason->health == health && reason->since_ms &&
            (!since_ms || reason->since_ms < since_ms))
            since_ms = reason->since_ms;
    }
    return since_ms;
}

static void sum_up(struct look *look)
{
    struct cell *cell = look->cell;
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    cell->health = cell->config->class == CLASS_DR ? HEALTH_STANDBY : HEALTH_HEALTHY;
    for (int health = HEALTH_UNHEALTHY; health >= HEALTH_HEALTHY; health--) {
        for (guint i = 0; i < look->reasons->len; i++) {
            const struct reason *reason = look->reasons->pdata[i];
            if (reason->health != (enum health)health)
                continue;
            g_strv_builder_add(texts, reason->text);
            cell->health = MAX(cell->health, reason->health);
        }
    }
    cell->reasons = g_strv_builder_end(texts);
    cell->since_ms = look->reasons->len ? since_of(look, cell->health) : well_since_ms(look);
}

void cell_judge(struct cell *cell, const struct config *config, gint64 now_ms)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(reason_free);
    struct look look = {config, cell, config->metrics.period_ms, now_ms, reasons};
    judge_limits(&look);
    judge_capacity(&look);
    judge_freshness(&look);
    judge_replica(&look);
    judge_alarms(&look);
    judge_probe(&look);
    sum_up(&look);
    cell->change_ms = cell_change_ms(cell, look.period_ms, now_ms);
}
