#include "data/spending.h"

#include "data/base/when.h"

void spending_begin(struct spending *spending, gint64 period_ms, gint64 first_ms)
{
    *spending = (struct spending){.period_ms = period_ms, .first_ms = first_ms, .newest = -1};
}

/* Empties the places of the periods that have begun since the last look. */
static void move_on(struct spending *spending, gint64 now_ms)
{
    if (now_ms < spending->first_ms)
        return;
    gint64 now = (now_ms - spending->first_ms) / spending->period_ms;
    gint64 from = MAX(spending->newest + 1, now - SPENDING_PERIODS);
    for (gint64 i = from; i <= now; i++)
        spending->usd[i % (SPENDING_PERIODS + 1)] = 0;
    spending->newest = MAX(spending->newest, now);
}

void spending_add(struct spending *spending, double usd, gint64 now_ms)
{
    move_on(spending, now_ms);
    if (spending->newest >= 0)
        spending->usd[spending->newest % (SPENDING_PERIODS + 1)] += usd;
}

double spending_usd_per_hour(struct spending *spending, gint64 now_ms)
{
    move_on(spending, now_ms);
    gint64 periods = MIN(spending->newest, SPENDING_PERIODS);
    double usd = 0;
    for (gint64 i = spending->newest - periods; i < spending->newest; i++)
        usd += spending->usd[i % (SPENDING_PERIODS + 1)];
    return periods < 1 ? -1 : usd * (double)WHEN_HOUR / (double)(periods * spending->period_ms);
}
