#include "data/pace.h"

#include "data/base/when.h"
#include "data/fleet.h"

#define ALARMS_MS   (10 * WHEN_SECOND)
#define REGISTRY_MS (60 * WHEN_SECOND)
/* As often as that nothing turns stale between two readings. */
#define FRESH_PERIODS 2
#define ROOM_LEFT     0.8

static const struct pace steps[] = {{2, 1, 1, false},   {3, 1, 1, false},  {5, 1, 1, false},
                                    {10, 1, 1, false},  {10, 1, 2, true},  {10, 1, 10, true},
                                    {10, 2, 10, true},  {10, 3, 10, true}, {10, 5, 10, true},
                                    {10, 10, 10, true}, {30, 30, 30, true}};

struct pace pace_at(guint step)
{
    return steps[MIN(step, G_N_ELEMENTS(steps) - 1)];
}

gint64 pace_alarms_ms(const struct pace *pace, gint64 period_ms)
{
    return pace->alarms_rarely ? period_ms : MIN(ALARMS_MS, period_ms);
}

gint64 pace_registry_ms(const struct pace *pace, gint64 period_ms)
{
    return pace->registry_times * MIN(REGISTRY_MS, period_ms);
}

double pace_usd_per_hour(const struct pace_load *load, guint step)
{
    const struct pace pace = pace_at(step);
    double metrics_a_period = (double)load->rollout_metrics +
                              (double)load->near_metrics / (double)pace.near_periods +
                              (double)load->rest_metrics / (double)pace.rest_periods;
    double hour_ms = (double)WHEN_HOUR;
    return metrics_a_period * USD_PER_METRIC * hour_ms / (double)load->period_ms +
           load->alarm_calls * USD_PER_CLOUDWATCH_CALL * hour_ms /
               (double)pace_alarms_ms(&pace, load->period_ms) +
           load->alarm_list_calls * USD_PER_CLOUDWATCH_CALL * hour_ms / (double)load->period_ms +
           load->registry_units * USD_PER_READ_UNIT * hour_ms /
               (double)pace_registry_ms(&pace, load->period_ms);
}

static guint first_under(const struct pace_load *load, double max_usd)
{
    guint step = 0;
    while (step + 1 < G_N_ELEMENTS(steps) && pace_usd_per_hour(load, step) > max_usd)
        step++;
    return step;
}

guint pace_choose(const struct pace_load *load, double max_usd, guint step)
{
    if (max_usd < 0)
        return 0;
    guint needed = first_under(load, max_usd);
    guint easy = first_under(load, max_usd * ROOM_LEFT);
    return needed >= step ? needed : MIN(easy, step);
}

/* "every 5m (STALE between)" */
static void say_every(GString *out, const char *what, gint64 every_ms, gint64 period_ms)
{
    g_autofree char *every = duration_short(every_ms);
    g_string_append_printf(out, "%s%s every %s%s", out->len ? ", " : "", what, every,
                           every_ms > FRESH_PERIODS * period_ms ? " (STALE between)" : "");
}

char *pace_words(const struct pace_load *load, double max_usd, guint step)
{
    const struct pace pace = pace_at(step), usual = pace_at(0);
    gint64 period_ms = load->period_ms;
    if (step == 0)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    say_every(out, "metrics of cells that nobody looks at", pace.rest_periods * period_ms,
              period_ms);
    if (pace.near_periods > 1)
        say_every(out, "of the others outside rollouts", pace.near_periods * period_ms, period_ms);
    if (pace.registry_times > 1)
        say_every(out, "the registry", pace_registry_ms(&pace, period_ms), period_ms);
    if (pace_alarms_ms(&pace, period_ms) > pace_alarms_ms(&usual, period_ms))
        say_every(out, "alarms", pace_alarms_ms(&pace, period_ms), period_ms);
    double usd = pace_usd_per_hour(load, step);
    g_autofree char *even_so =
        usd > max_usd ? g_strdup_printf("; even so it costs $%.2f/h", usd) : g_strdup("");
    return g_strdup_printf("polling is slowed down to cost no more than $%.2f/h "
                           "(aws.max_usd_per_hour): %s%s",
                           max_usd, out->str, even_so);
}

bool pace_is_due(const struct pace_cell *cell, gint64 end_ms)
{
    gint64 period_ms = cell->period_ms;
    if (cell->read_until_ms >= end_ms)
        return false;
    if (end_ms / period_ms % cell->every_periods == cell->place % cell->every_periods ||
        end_ms - cell->read_until_ms > cell->every_periods * period_ms)
        return true;
    gint64 renewed_ms = end_ms + period_ms + cell->settle_ms;
    return cell->every_periods <= FRESH_PERIODS &&
           cell->newest_end_ms + stale_after_ms(period_ms) <= renewed_ms;
}
