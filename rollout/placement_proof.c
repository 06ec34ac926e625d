#include "rollout/placement_proof.h"

#include "data/base/when.h"
#include "data/whereabouts.h"

#include <string.h>

static const char *const names[PROOFS] = {
    [PROOF_DATA] = "data",       [PROOF_VERSION] = "version", [PROOF_FENCE] = "fence",
    [PROOF_PROMOTE] = "promote", [PROOF_DNS] = "dns",
};

const char *proof_name(enum proof proof)
{
    return names[proof];
}

bool proof_parse(const char *name, enum proof *proof)
{
    for (int i = 0; i < PROOFS; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *proof = (enum proof)i;
        return true;
    }
    return false;
}

char *proofs_text(unsigned proofs)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < PROOFS; i++)
        if (proofs & 1u << i)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", names[i]);
    return g_string_free(text, FALSE);
}

bool is_replica_of(const struct cell_config *cell, const struct cell_config *source)
{
    return cell->stands_by_for && strcmp(cell->stands_by_for, source->id) == 0;
}

static bool answers(const struct muster *muster, const struct cell *cell)
{
    const GPtrArray *probes = cell->reading.probes;
    const struct probe *last = probes && probes->len ? probes->pdata[probes->len - 1] : NULL;
    gint64 period_ms = muster->snapshot->config->metrics.period_ms;
    return last && probe_all_up(last) &&
           muster->snapshot->at_ms - last->at_ms <= stale_after_ms(period_ms);
}

/* When the cell was last seen alive; 0: never. */
static gint64 last_sign_ms(const struct muster *muster, const struct cell *cell)
{
    const struct cell_reading *reading = &cell->reading;
    const struct series *health = reading->series[METRIC_HEALTH];
    gint64 sign_ms = 0;
    for (guint i = 0; reading->probes && i < reading->probes->len; i++) {
        const struct probe *probe = reading->probes->pdata[i];
        if (probe_all_up(probe))
            sign_ms = MAX(sign_ms, probe->at_ms);
    }
    gssize newest = series_newest_usable(health, METRIC_HEALTH, muster->snapshot->at_ms);
    for (gssize i = newest; i >= 0; i--) {
        if (health->points[i].value < 1)
            continue;
        gint64 end_ms = health->points[i].at_ms + muster->snapshot->config->metrics.period_ms;
        sign_ms = MAX(sign_ms, MIN(end_ms, muster->snapshot->at_ms));
        break;
    }
    return sign_ms;
}

/* The newest usable value whose period had ended by then; of a source that lives, had begun. */
static gssize lag_before(const struct series *series, gint64 by_ms, gint64 period_ms)
{
    gssize at = series_newest_usable(series, METRIC_COUNT, by_ms);
    while (at >= 0 && (series->points[at].at_ms + period_ms > by_ms ||
                       !metric_value_usable(METRIC_COUNT, series->points[at].value)))
        at--;
    return at;
}

char *placement_lag_text(gint64 lag_ms)
{
    return g_strdup_printf(lag_ms < WHEN_SECOND ? "lag %.1f s" : "lag %.0f s",
                           (double)lag_ms / WHEN_SECOND);
}

static char *lag_words(const struct lag *lag, gint64 rpo_ms, bool failed, gint64 stale_ms)
{
    g_autofree char *age = duration_short(MAX(0, lag->age_ms));
    g_autofree char *rpo = duration_short(MAX(0, rpo_ms));
    g_autofree char *value = placement_lag_text(lag->lag_ms);
    if (rpo_ms < 0)
        return g_strdup("no rpo");
    if (lag->lag_ms < 0)
        return g_strdup(failed ? "no lag is known of before it failed" : "no lag is known");
    if (lag->age_ms > stale_ms)
        return g_strdup_printf("its last %s is %s old%s", value, age,
                               failed ? " when the source failed" : "");
    if (lag->lag_ms > rpo_ms)
        return g_strdup_printf("%s (rpo %s)", value, rpo);
    return failed ? g_strdup_printf("%s, %s before it failed", value, age) : g_strdup(value);
}

struct lag lag_of(const struct muster *muster, const struct muster_cell *source,
                  const struct muster_cell *replica)
{
    gint64 period_ms = muster->snapshot->config->metrics.period_ms;
    bool failed = !answers(muster, source->cell);
    gint64 by_ms = failed ? last_sign_ms(muster, source->cell) : muster->snapshot->at_ms;
    const struct series *series = replica->cell->reading.replica_lag;
    gssize at = failed ? lag_before(series, by_ms, period_ms)
                       : series_newest_usable(series, METRIC_COUNT, by_ms);
    struct lag lag = {.lag_ms = -1, .age_ms = -1, .failed = failed};
    if (at >= 0) {
        lag.lag_ms = (gint64)(series->points[at].value * WHEN_SECOND);
        lag.age_ms = MAX(0, by_ms - series->points[at].at_ms - period_ms);
    }
    gint64 rpo_ms = replica->config->rpo_ms;
    lag.proven = rpo_ms >= 0 && lag.lag_ms >= 0 && lag.lag_ms <= rpo_ms &&
                 lag.age_ms <= stale_after_ms(period_ms);
    lag.words = lag_words(&lag, rpo_ms, failed, stale_after_ms(period_ms));
    return lag;
}

void lag_clear(struct lag *lag)
{
    g_free(lag->words);
}

static char *data_why(const struct muster *muster, const struct muster_cell *source,
                      struct placement_target *target)
{
    target->lag_ms = target->lag_age_ms = -1;
    if (!target->replica)
        return g_strdup("data not proven: not a replica");
    struct lag lag = lag_of(muster, source, &muster->cells[muster_place(muster, target->cell)]);
    target->lag_ms = lag.lag_ms;
    target->lag_age_ms = lag.age_ms;
    target->lag_is_past = lag.failed;
    char *why = lag.proven ? NULL : g_strconcat("data not proven: ", lag.words, NULL);
    if (lag.proven)
        target->lag = g_strdup(lag.words);
    lag_clear(&lag);
    return why;
}

static char *version_why(const struct muster_cell *source, const struct placement_target *target)
{
    const char *from = source->cell->version, *to = target->version;
    if (from && to && strcmp(from, to) == 0)
        return NULL;
    return g_strdup_printf("version not proven: it runs %s, the source %s", to ? to : "unknown",
                           from ? from : "unknown");
}

static char *dns_why(const struct config *config)
{
    const char *missing = !config->failover.zone_id  ? "failover.zone_id"
                          : !config->failover.record ? "failover.record"
                                                     : NULL;
    return missing ? g_strdup_printf("dns not proven: no %s, so the records are changed by hand",
                                     missing)
                   : NULL;
}

void proofs_fill(const struct muster *muster, const struct muster_cell *source,
                 struct placement_target *target)
{
    const struct config *config = muster->snapshot->config;
    char **why = target->proof_why;
    why[PROOF_DATA] = data_why(muster, source, target);
    why[PROOF_VERSION] = version_why(source, target);
    if (!*config->failover.fence.argv)
        why[PROOF_FENCE] = g_strdup("fence not proven: no failover.fence.command");
    if (target->replica && !*config->failover.promote.argv)
        why[PROOF_PROMOTE] = g_strdup("promote not proven: no failover.promote.command");
    why[PROOF_DNS] = dns_why(config);
    for (int i = 0; i < PROOFS; i++)
        target->unproven |= why[i] ? 1u << i : 0;
}

/* Labels of letters, digits and dashes need no further look: a registry has 100,000. */
static bool is_plain(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= 24 && !text[length];
}

bool tenant_has_record(const struct evacuation *evacuation, const struct tenant *tenant)
{
    const struct config *config = evacuation->config;
    if (!config->failover.record || whereabouts_namesake(config, evacuation->registry, tenant))
        return false;
    if (tenant->subdomain && is_plain(tenant->subdomain) && is_plain(tenant->id))
        return true;
    char *why = NULL;
    g_autofree char *record = whereabouts_record(config, tenant, &why);
    g_free(why);
    return record != NULL;
}
