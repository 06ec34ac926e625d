#include "tui/views/marks.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <math.h>
#include <string.h>

/* Two months short of a year: what lies further back could be taken for what is still to come. */
#define YEARLESS_MS (300 * WHEN_DAY)

struct mark mark_health(enum health health)
{
    static const struct mark marks[] = {
        [HEALTH_HEALTHY] = {"●", ROLE_GOOD},    [HEALTH_STANDBY] = {"○", ROLE_NORMAL},
        [HEALTH_DEGRADED] = {"▲", ROLE_WARN},   [HEALTH_STALE] = {"?", ROLE_UNKNOWN},
        [HEALTH_UNKNOWN] = {"?", ROLE_UNKNOWN}, [HEALTH_UNHEALTHY] = {"✖", ROLE_BAD},
    };
    return marks[health];
}

struct mark mark_cell_state(enum cell_state state)
{
    static const struct mark marks[] = {
        [CELL_PENDING] = {"·", ROLE_DIM},         [CELL_DEPLOYING] = {"→", ROLE_ACCENT},
        [CELL_BAKING] = {"◔", ROLE_ACCENT},       [CELL_PASSED] = {"✔", ROLE_GOOD},
        [CELL_ROLLING_BACK] = {"↺", ROLE_BAD},    [CELL_ROLLED_BACK] = {"↺", ROLE_WARN},
        [CELL_ROLLBACK_FAILED] = {"✖", ROLE_BAD}, [CELL_SKIPPED] = {"–", ROLE_DIM},
        [CELL_ACCEPTED] = {"◆", ROLE_WARN},
    };
    return marks[state];
}

struct mark mark_rollout_state(enum rollout_state state)
{
    static const struct mark marks[] = {
        [ROLLOUT_PLANNED] = {"·", ROLE_DIM},  [ROLLOUT_RUNNING] = {"◔", ROLE_ACCENT},
        [ROLLOUT_WAITING] = {"?", ROLE_WARN}, [ROLLOUT_PAUSED] = {"=", ROLE_WARN},
        [ROLLOUT_HELD] = {"▲", ROLE_WARN},    [ROLLOUT_FAILING] = {"↺", ROLE_BAD},
        [ROLLOUT_FAILED] = {"✖", ROLE_BAD},   [ROLLOUT_COMPLETED] = {"✔", ROLE_GOOD},
        [ROLLOUT_ABORTED] = {"✖", ROLE_WARN},
    };
    return marks[state];
}

struct mark mark_verdict(enum verdict verdict)
{
    static const struct mark marks[] = {
        [VERDICT_PENDING] = {"·", ROLE_DIM},
        [VERDICT_PASS] = {"✔", ROLE_GOOD},
        [VERDICT_HOLD] = {"▲", ROLE_WARN},
        [VERDICT_FAIL] = {"✖", ROLE_BAD},
    };
    return marks[verdict];
}

struct mark mark_drain(enum drain drain)
{
    static const struct mark marks[] = {
        [DRAIN_NONE] = {"–", ROLE_DIM},       [DRAIN_READY] = {"✔", ROLE_GOOD},
        [DRAIN_UNPROVEN] = {"▲", ROLE_WARN},  [DRAIN_NOWHERE] = {"✖", ROLE_BAD},
        [DRAIN_UNREAD] = {"?", ROLE_UNKNOWN},
    };
    return marks[drain];
}

struct mark mark_failover_state(enum failover_state state)
{
    static const struct mark marks[] = {
        [FAILOVER_PLANNED] = {"·", ROLE_DIM},    [FAILOVER_RUNNING] = {"◔", ROLE_ACCENT},
        [FAILOVER_HELD] = {"▲", ROLE_WARN},      [FAILOVER_REVERTING] = {"↺", ROLE_WARN},
        [FAILOVER_COMPLETED] = {"✔", ROLE_GOOD}, [FAILOVER_REVERTED] = {"↺", ROLE_WARN},
        [FAILOVER_REFUSED] = {"✖", ROLE_WARN},
    };
    return marks[state];
}

struct mark mark_tenant_step(enum tenant_step step)
{
    static const struct mark marks[TENANT_STEPS] = {
        [TENANT_PLANNED] = {"·", ROLE_DIM},   [TENANT_MARKED] = {"◔", ROLE_ACCENT},
        [TENANT_COPIED] = {"◔", ROLE_ACCENT}, [TENANT_SWITCHED] = {"◔", ROLE_ACCENT},
        [TENANT_INSYNC] = {"◔", ROLE_ACCENT}, [TENANT_PLACED] = {"◔", ROLE_ACCENT},
        [TENANT_VERIFIED] = {"✔", ROLE_GOOD}, [TENANT_CHECKED] = {"✔", ROLE_GOOD},
        [TENANT_UNPLACED] = {"↺", ROLE_WARN}, [TENANT_UNSWITCHED] = {"↺", ROLE_WARN},
        [TENANT_RESTORED] = {"↺", ROLE_WARN}, [TENANT_BACK] = {"↺", ROLE_NORMAL},
        [TENANT_LEFT] = {"▲", ROLE_WARN},
    };
    return marks[step];
}

/* Other kinds of operation bring states of their own; what a rollout calls alike looks alike. */
struct mark mark_operation(const char *state, bool live)
{
    for (int i = FAILOVER_REVERTING; i <= FAILOVER_REFUSED; i++)
        if (g_strcmp0(state, failover_state_name((enum failover_state)i)) == 0)
            return mark_failover_state((enum failover_state)i);
    for (int i = ROLLOUT_PLANNED; i <= ROLLOUT_ABORTED; i++)
        if (g_strcmp0(state, rollout_state_name((enum rollout_state)i)) == 0)
            return mark_rollout_state((enum rollout_state)i);
    return live ? (struct mark){"◔", ROLE_ACCENT} : (struct mark){"·", ROLE_NORMAL};
}

enum role mark_tone(enum story_tone tone)
{
    static const enum role roles[] = {[STORY_PLAIN] = ROLE_NORMAL,
                                      [STORY_GOOD] = ROLE_GOOD,
                                      [STORY_WARN] = ROLE_WARN,
                                      [STORY_BAD] = ROLE_BAD};
    return roles[tone];
}

char *mark_health_text(const struct cell *cell, gint64 now_ms)
{
    if (cell->health != HEALTH_STALE)
        return g_strdup(health_name(cell->health));
    if (cell->since_ms <= 0)
        return g_strdup("STALE");
    g_autofree char *age = duration_short(MAX(0, now_ms - cell->since_ms));
    return g_strdup_printf("STALE %s", age);
}

double mark_metric(const struct cell *cell, enum metric metric, gint64 period_ms, gint64 now_ms,
                   bool *stale)
{
    const struct series *series = cell->reading.series[metric];
    gssize at = series_newest_usable(series, metric, now_ms);
    *stale = cell_metric_stale(cell, metric, period_ms, now_ms);
    return at < 0 ? NAN : series->points[at].value;
}

char *mark_value(enum metric metric, double value)
{
    if (isnan(value))
        return g_strdup("–");
    switch (metric) {
    case METRIC_ERROR_RATE:
        return g_strdup_printf("%.1f %%", value);
    case METRIC_CPU:
        return g_strdup_printf("%.0f %%", value);
    case METRIC_LATENCY_P95:
        return g_strdup_printf("%.0f ms", value);
    default:
        return text_count((gint64)llround(value));
    }
}

void mark_periods(const struct cell *cell, enum metric metric, gint64 period_ms, gint64 now_ms,
                  double *values, size_t n)
{
    const struct series *series = cell->reading.series[metric];
    for (size_t i = 0; i < n; i++)
        values[i] = NAN;
    gssize newest = series_newest_usable(series, metric, now_ms);
    if (newest < 0)
        return;
    /* Up to the newest value while that is fresh: a gap that only means "not measured yet" would
     * walk in and out at the right edge. */
    gint64 last = series->points[newest].at_ms;
    if (cell_metric_stale(cell, metric, period_ms, now_ms))
        last = now_ms - period_ms;
    for (gssize i = newest; i >= 0; i--) {
        gint64 back = (last - series->points[i].at_ms + period_ms / 2) / period_ms;
        if (back >= (gint64)n)
            break;
        if (back >= 0 && metric_value_usable(metric, series->points[i].value))
            values[n - 1 - (size_t)back] = series->points[i].value;
    }
}

static char *format_time(gint64 at_ms, const char *format)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    return at ? g_date_time_format(at, format) : g_strdup("–");
}

static bool same_day(gint64 at_ms, gint64 now_ms)
{
    return at_ms / WHEN_DAY == now_ms / WHEN_DAY;
}

char *mark_time(gint64 at_ms, gint64 now_ms)
{
    if (ABS(now_ms - at_ms) > YEARLESS_MS)
        return format_time(at_ms, "%Y-%m-%d");
    return format_time(at_ms, same_day(at_ms, now_ms) ? "%H:%M" : "%b %d %H:%M");
}

char *mark_moment(gint64 at_ms, gint64 now_ms)
{
    return same_day(at_ms, now_ms) ? mark_clock(at_ms) : mark_time(at_ms, now_ms);
}

char *mark_clock(gint64 at_ms)
{
    return format_time(at_ms, "%H:%M:%S");
}
