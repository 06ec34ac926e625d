#include "tui/views/headline.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/affected.h"
#include "tui/views/headline_parts.h"
#include "tui/views/headline_passage.h"
#include "tui/views/marks.h"
#include "tui/views/safe_next.h"

#include <math.h>
#include <string.h>

/* Takes `text`; NULL is no part. */
static void add(GArray *parts, enum part_rank rank, const char *before, char *text)
{
    parts_add(parts, (struct part){.text = text, .before = before, .rank = rank});
}

/* With a brief form, which is taken, too. */
static void add_with_brief(GArray *parts, enum part_rank rank, char *text, char *brief)
{
    parts_add(parts, (struct part){text, brief, " · ", rank, rank, false});
}

/* What a rollout has changed there; NULL: nothing. */
static char *change_text(const struct deck *deck, const struct cell *cell)
{
    struct rollout *rollout = NULL;
    const struct rollout_cell *part = deck_cell_rollout(deck, cell->config->id, &rollout);
    if (!part || !part->deployed_at_ms)
        return NULL;
    const char *version = rollout->plan->version;
    g_autofree char *since = mark_time(part->deployed_at_ms, deck->now_ms);
    static const char *const doing[] = {[CELL_BAKING] = "bakes it",
                                        [CELL_ROLLING_BACK] = "is rolling it back",
                                        [CELL_ROLLED_BACK] = "rolled it back",
                                        [CELL_ROLLBACK_FAILED] = "could not roll it back",
                                        [CELL_PASSED] = "passed it",
                                        [CELL_ACCEPTED] = "accepted it"};
    bool told = (gsize)part->state < G_N_ELEMENTS(doing) && doing[part->state];
    bool gone = part->state == CELL_ROLLED_BACK;
    g_autofree char *until = gone ? mark_time(part->state_since_ms, deck->now_ms) : NULL;
    return g_strdup_printf("%s %s %s%s%s · %s %s", version, gone ? "from" : "since", since,
                           gone ? " to " : "", gone ? until : "", rollout->id,
                           told ? doing[part->state] : "brought it");
}

/* The first trouble that there is with knowing what is under way, or with who carries it on; or
 * NULL. */
static char *any_trouble(const struct deck *deck)
{
    char *trouble = NULL;
    if (deck->journal_error)
        return g_strdup("▲ the journal can't be read: what is under way is not known");
    if (deck->copy_trouble)
        return g_strdup_printf("▲ %s", deck->copy_trouble);
    if (deck->no_record)
        return g_strdup_printf("▲ %s", deck->no_record);
    for (guint i = 0; !trouble && i < deck->rollouts->len; i++)
        trouble = headline_conductor(deck, g_ptr_array_index(deck->rollouts, i));
    for (guint i = 0; !trouble && i < deck->failovers->len; i++)
        trouble = headline_failover_conductor(deck, g_ptr_array_index(deck->failovers, i));
    return trouble;
}

static char *state_text(const struct deck *deck, const struct cell *cell)
{
    const char *shape = mark_health(cell->health).shape, *word = health_name(cell->health);
    if (cell->since_ms <= 0)
        return g_strdup_printf("%s %s %s", shape, cell->config->id, word);
    g_autofree char *age = duration_short(MAX(0, deck->now_ms - cell->since_ms));
    return g_strdup_printf("%s %s %s for %s", shape, cell->config->id, word, age);
}

static bool is_bad(const struct cell *cell)
{
    return cell->health != HEALTH_HEALTHY && cell->health != HEALTH_STANDBY;
}

static struct affected all_affected(const GPtrArray *cells)
{
    struct affected all = {0};
    for (guint i = 0; i < cells->len; i++)
        if (is_bad(g_ptr_array_index(cells, i)))
            affected_add(&all, g_ptr_array_index(cells, i));
    return all;
}

/* A region that could not lose its largest cell, before it does (N+1): nothing is said where every
 * one could, or it is not planned yet. Which it is matters more than why. */
static void add_spare(GArray *parts, const struct deck *deck, const struct cell *but)
{
    const GPtrArray *spares = deck->evacuations ? deck->evacuations->spares : NULL;
    const struct spare *first = NULL;
    guint more = 0;
    for (guint i = 0; spares && i < spares->len; i++) {
        const struct spare *spare = g_ptr_array_index(spares, i);
        if (spare->ok || (but && spare->largest == but->config))
            continue;
        if (first)
            more++;
        else
            first = spare;
    }
    if (!first)
        return;
    g_autofree char *others = more ? g_strdup_printf(", +%u", more) : g_strdup("");
    parts_add(parts,
              (struct part){.text = g_strdup_printf("▲ %s%s", first->why, others),
                            .brief = g_strdup_printf("▲ no N+1 in %s%s", first->region, others),
                            .before = " · ",
                            .rank = RANK_SPARE,
                            .brief_rank = but ? RANK_SPARE : RANK_ALL});
}

/* All cells that are not well, where there are several. */
static void add_all(GArray *parts, enum part_rank rank, const struct deck *deck,
                    const GPtrArray *cells, const struct affected *all)
{
    g_autofree char *text = affected_text(deck, all);
    g_autofree char *brief = affected_brief(deck, all);
    add_with_brief(parts, rank,
                   g_strdup_printf("%" G_GINT64_FORMAT " of %u cells are not well: %s", all->cells,
                                   cells->len, text),
                   g_strdup_printf("%" G_GINT64_FORMAT " bad: %s", all->cells, brief));
}

static void of_cell(GArray *parts, const struct deck *deck, const GPtrArray *cells, enum role *role)
{
    const struct cell *cell = g_ptr_array_index(cells, 0);
    struct affected one = {0};
    affected_add(&one, cell);
    const struct affected all = all_affected(cells);
    add(parts, RANK_STATE, "", state_text(deck, cell));
    add(parts, RANK_WHY, ": ", g_strdup(cell->reasons[0]));
    add_with_brief(parts, all.cells > 1 ? RANK_ONE_OF_ALL : RANK_ONE, affected_text(deck, &one),
                   affected_brief(deck, &one));
    add(parts, RANK_CHANGE, " · ", change_text(deck, cell));
    if (all.cells > 1)
        add_all(parts, RANK_ALL, deck, cells, &all);
    headline_add_passage(parts, deck, RANK_ONE, RANK_ONE, role);
    add_spare(parts, deck, cell);
    add(parts, RANK_CONDUCTOR, " · ", any_trouble(deck));
}

/* A rollout that went wrong is news for a day: its version is on some cells and held for others. */
#define NEWS_MS WHEN_DAY

static char *last_rollout(const struct deck *deck, const struct rollout *rollout, enum role *role)
{
    const struct operation *operation = rollout ? deck_operation(deck, rollout->id) : NULL;
    if (!operation || deck->now_ms - operation->ended_ms > NEWS_MS ||
        rollout->state == ROLLOUT_COMPLETED)
        return g_strdup("no rollout under way");
    *role = ROLE_WARN;
    g_autofree char *ended = mark_time(operation->ended_ms, deck->now_ms);
    const char *name = rollout_state_name(rollout->state), *why = rollout->state_reason;
    bool told = why && *why && strcmp(why, name) != 0;
    return g_strdup_printf("%s %s %s at %s%s%s", rollout->id, rollout->plan->version, name, ended,
                           told ? ": " : "", told ? why : "");
}

static double users_on(const struct deck *deck)
{
    double users = 0;
    for (size_t i = 0; i < deck->snapshot->n_cells; i++) {
        bool stale;
        double value = mark_metric(&deck->snapshot->cells[i], METRIC_ACTIVE_USERS,
                                   deck->config->metrics.period_ms, deck->now_ms, &stale);
        users += stale || isnan(value) ? 0 : value;
    }
    return users;
}

static void all_well(GArray *parts, const struct deck *deck, enum role *role)
{
    const struct registry *registry = deck->snapshot->registry;
    g_autofree char *tenants =
        registry ? registry_count_text(registry, registry->tenants->len) : NULL;
    g_autofree char *users = text_count((gint64)users_on(deck));
    const struct rollout *rollout = deck_first_rollout(deck);
    bool live = rollout && !rollout_state_final(rollout->state);
    g_autofree char *next = live ? rollout_next(rollout, deck->operations, deck->now_ms) : NULL;
    *role = ROLE_NORMAL;
    char *trouble = any_trouble(deck);
    add(parts, RANK_STATE, "",
        g_strdup_printf("● all %zu cells are well", deck->snapshot->n_cells));
    add(parts, RANK_CHANGE, " · ",
        g_strdup_printf("%s%s, %s users on", tenants ? tenants : "tenants not read",
                        tenants ? " tenants" : "", users));
    char *news = trouble ? trouble
                 : live  ? g_strdup_printf("%s %s %s: %s", rollout->id, rollout->plan->version,
                                           rollout_state_name(rollout->state), next)
                         : last_rollout(deck, rollout, role);
    if (trouble || (live && rollout->state != ROLLOUT_RUNNING && rollout->state != ROLLOUT_PLANNED))
        *role = ROLE_WARN;
    add(parts, *role == ROLE_WARN ? RANK_STATE : live ? RANK_ONE : RANK_CHANGE, " · ", news);
    headline_add_passage(parts, deck, RANK_ALL, RANK_STATE, role);
    add_spare(parts, deck, NULL);
}

static GArray *parts_of(const struct deck *deck, const GPtrArray *cells, enum role *role)
{
    GArray *parts = parts_new();
    *role = ROLE_UNKNOWN;
    if (!deck->snapshot) {
        add(parts, RANK_STATE, "",
            g_strdup("? nothing read yet: asking the registry, the metrics and every cell …"));
    } else if (cells->len > 0 && is_bad(g_ptr_array_index(cells, 0))) {
        *role = mark_health(((struct cell *)g_ptr_array_index(cells, 0))->health).role;
        of_cell(parts, deck, cells, role);
    } else {
        all_well(parts, deck, role);
    }
    return parts;
}

char *headline(const struct deck *deck, const GPtrArray *cells, enum role *role)
{
    g_autoptr(GArray) parts = parts_of(deck, cells, role);
    return parts_joined(parts);
}

GPtrArray *headline_lines(const struct deck *deck, const GPtrArray *cells, int cols, int most,
                          enum role *role)
{
    g_autoptr(GArray) parts = parts_of(deck, cells, role);
    return parts_lines(parts, cols, most);
}

char *headline_next(const struct deck *deck, const GPtrArray *cells)
{
    if (!deck->snapshot || cells->len == 0 || !is_bad(g_ptr_array_index(cells, 0)))
        return NULL;
    g_autofree char *next = safe_next(deck, g_ptr_array_index(cells, 0));
    return g_strconcat("→ ", next, NULL);
}
