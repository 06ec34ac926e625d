#include "rollout/proposal.h"

#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

/* A time in which the cell was unhealthy: from the start of the first period to the end of the
 * last. */
struct spell {
    gint64 from_ms, until_ms;
};

static void add_bad(GArray *spells, gint64 at_ms, gint64 period_ms)
{
    const struct spell spell = {at_ms, at_ms + period_ms};
    g_array_append_val(spells, spell);
}

static void add_unhealthy(GArray *spells, const struct series *health, gint64 period_ms)
{
    for (size_t i = 0; health && i < health->n; i++)
        if (metric_value_usable(METRIC_HEALTH, health->points[i].value) &&
            health->points[i].value < 1)
            add_bad(spells, health->points[i].at_ms, period_ms);
}

static bool is_over(const struct series *rates, size_t i, double limit)
{
    double value = rates->points[i].value;
    return metric_value_usable(METRIC_ERROR_RATE, value) && value > limit;
}

/* How many of the three periods that end with point `i` are over the limit. */
static int over_of_three(const struct series *rates, size_t i, double limit, gint64 period_ms)
{
    int over = 0;
    for (size_t p = i + 1; p-- > 0;) {
        if (rates->points[i].at_ms - rates->points[p].at_ms > 2 * period_ms)
            break;
        over += is_over(rates, p, limit);
    }
    return over;
}

static void add_failing(GArray *spells, const struct series *rates, double limit, gint64 period_ms)
{
    for (size_t i = 0; rates && i < rates->n; i++)
        if (is_over(rates, i, limit) && over_of_three(rates, i, limit, period_ms) >= 2)
            add_bad(spells, rates->points[i].at_ms, period_ms);
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const struct spell *x = a, *y = b;
    return (x->from_ms > y->from_ms) - (x->from_ms < y->from_ms);
}

/* Joins what touches or overlaps; sorted. */
static void join(GArray *spells)
{
    g_array_sort(spells, by_start);
    guint n = 0;
    for (guint i = 0; i < spells->len; i++) {
        const struct spell at = g_array_index(spells, struct spell, i);
        struct spell *last = n ? &g_array_index(spells, struct spell, n - 1) : NULL;
        if (last && at.from_ms <= last->until_ms)
            last->until_ms = MAX(last->until_ms, at.until_ms);
        else
            g_array_index(spells, struct spell, n++) = at;
    }
    g_array_set_size(spells, n);
}

/* What the datapoints tell, and the spell that the cell is in now, whatever tells of that. */
static GArray *spells_of(const struct snapshot *snapshot, const struct cell *cell, gint64 now_ms)
{
    gint64 period_ms = snapshot->config->metrics.period_ms;
    GArray *spells = g_array_new(FALSE, FALSE, sizeof(struct spell));
    add_unhealthy(spells, cell->reading.series[METRIC_HEALTH], period_ms);
    add_failing(spells, cell->reading.series[METRIC_ERROR_RATE],
                snapshot->config->gates.max_error_rate_pct, period_ms);
    const struct spell now = {cell->since_ms > 0 ? MIN(cell->since_ms, now_ms) : now_ms, now_ms};
    g_array_append_val(spells, now);
    join(spells);
    return spells;
}

/* Back from the spell of now as long as none is an hour from the next. */
static void trace_back(struct proposal *proposal, const GArray *spells)
{
    const struct spell *first = &g_array_index(spells, struct spell, spells->len - 1);
    proposal->spells = 1;
    for (guint i = spells->len - 1; i-- > 0;) {
        const struct spell *before = &g_array_index(spells, struct spell, i);
        if (first->from_ms - before->until_ms >= PROPOSAL_APART_MS)
            break;
        first = before;
        proposal->spells++;
    }
    proposal->since_ms = first->from_ms;
}

/* By celldeck, or by hand: whoever moves one tenant alone has left nobody. */
static bool is_failover(const struct operation *operation)
{
    return strcmp(operation->kind, "failover") == 0 ||
           (strcmp(operation->kind, "observed") == 0 && g_strcmp0(operation->what, "move") != 0);
}

/* Of the cells of a failover the first is the one that is left. */
static bool leaves(const struct operation *operation, const char *cell)
{
    return is_failover(operation) && strcmp(operation->state, "refused") != 0 &&
           g_strcmp0(operation->cells[0], cell) == 0;
}

/* What keeps another one from being proposed, in words; NULL: nothing. */
static char *already(const GPtrArray *operations, const char *cell, gint64 now_ms)
{
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (!leaves(operation, cell))
            continue;
        if (operation->ended_ms == 0)
            return g_strdup_printf("%s is at it", operation->id);
        gint64 ago_ms = now_ms - operation->started_ms;
        if (ago_ms >= PROPOSAL_APART_MS)
            continue;
        g_autofree char *ago = duration_short(MAX(0, ago_ms));
        return g_strdup_printf("%s began %s ago", operation->id, ago);
    }
    return NULL;
}

static char *words(const struct proposal *proposal, gint64 now_ms)
{
    g_autofree char *since = duration_short(MAX(0, now_ms - proposal->since_ms));
    return proposal->spells == 1 ? g_strdup_printf("unhealthy for %s", since)
                                 : g_strdup_printf("unhealthy %u times in %s: it comes and goes",
                                                   proposal->spells, since);
}

/* Since when its health is known at all. */
static gint64 known_from_ms(const struct cell *cell, gint64 now_ms)
{
    gint64 from_ms = now_ms;
    for (int i = 0; i < 2; i++) {
        const struct series *series =
            cell->reading.series[i == 0 ? METRIC_HEALTH : METRIC_ERROR_RATE];
        if (series && series->n)
            from_ms = MIN(from_ms, series->points[0].at_ms);
    }
    return from_ms;
}

struct proposal proposal_of(const struct snapshot *snapshot, const struct cell *cell,
                            const GPtrArray *operations, gint64 now_ms)
{
    struct proposal proposal = {0};
    if (cell->health != HEALTH_UNHEALTHY) {
        proposal.why = g_strdup(health_name(cell->health));
        return proposal;
    }
    g_autoptr(GArray) spells = spells_of(snapshot, cell, now_ms);
    trace_back(&proposal, spells);
    proposal.older = proposal.since_ms - known_from_ms(cell, now_ms) < PROPOSAL_APART_MS;
    if (cell->tenants == 0)
        proposal.why = g_strdup("no tenant lives there");
    else
        proposal.why = already(operations, cell->config->id, now_ms);
    proposal.made = !proposal.why;
    if (proposal.made)
        proposal.why = words(&proposal, now_ms);
    return proposal;
}

void proposal_clear(struct proposal *proposal)
{
    g_clear_pointer(&proposal->why, g_free);
}
