#include "tui/views/headline_passage.h"

#include "data/base/when.h"
#include "tui/views/marks.h"
#include "tui/views/steps_head.h"

/* ":steps f1"; or "`steps f1`", where a line says it whole. Caller frees. */
static char *steps_command(const struct deck *deck, const struct failover *failover)
{
    if (keymap_is_by_word(deck->keymap))
        return g_strdup_printf("`steps %s`", failover->id);
    g_autofree char *key = keymap_shown(deck->keymap, REQUEST_COMMAND);
    return g_strdup_printf("%ssteps %s", key, failover->id);
}

/* ":steps f1 resumes or reverts it"; a line says that whole. Caller frees. */
static char *ways_of(const struct deck *deck, const struct failover *failover)
{
    const char *id = failover->id;
    g_autofree char *command = steps_command(deck, failover);
    if (!deck->write)
        return g_strdup_printf("%s shows the ways out", command);
    if (!keymap_is_by_word(deck->keymap))
        return g_strdup_printf("%s resumes%s it", command,
                               failover->reverting ? "" : " or reverts");
    return failover->reverting ? g_strdup_printf("`resume %s` goes on", id)
                               : g_strdup_printf("`resume %s` or `revert %s`", id, id);
}

/* How far it came and the ways out come before what holds it: of AWS's words there may be many. */
static void add_held(GArray *parts, const struct deck *deck, const struct failover *failover,
                     enum part_rank rank, enum part_rank brief_rank)
{
    struct failover_progress progress = failover_progress(failover);
    g_autofree char *what = steps_what(failover), *done = failover_progress_words(failover);
    g_autofree char *command = steps_command(deck, failover), *ways = ways_of(deck, failover);
    parts_add(parts,
              (struct part){.text = g_strdup_printf("▲ %s %s is held: %s; %s", failover->id, what,
                                                    done, ways),
                            .brief = g_strdup_printf("▲ %s is held, %u of %u: %s", failover->id,
                                                     progress.done, progress.total, command),
                            .before = " · ",
                            .rank = rank,
                            .brief_rank = brief_rank});
    parts_add(parts, (struct part){.text = g_strdup(failover_cause(failover)),
                                   .before = "; why: ",
                                   .rank = RANK_CAUSE,
                                   .elastic = true});
}

static void add_live(GArray *parts, const struct failover *failover, enum part_rank rank,
                     enum part_rank brief_rank)
{
    struct failover_progress progress = failover_progress(failover);
    parts_add(parts, (struct part){.text = steps_brief(failover),
                                   .brief = g_strdup_printf(
                                       "%s: %u of %u done, %s %s", failover->id, progress.done,
                                       progress.total, failover_kind_name(failover->plan->kind),
                                       failover_state_name(failover->state)),
                                   .before = " · ",
                                   .rank = rank,
                                   .brief_rank = brief_rank});
}

/* It is over, and something is left to be done by a person: news for as long as an unlucky
 * rollout's is, or until it was done. */
static const struct failover *left_some(const struct deck *deck)
{
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        bool did = failover->plan && failover->plan->kind != FAILOVER_DRILL &&
                   failover->state != FAILOVER_REFUSED;
        bool news = deck->now_ms - failover->ended_ms < WHEN_DAY;
        if (did && news && failover_leaves_some(failover) &&
            !failover_was_seen_to(deck->failovers, i))
            return failover;
    }
    return NULL;
}

static void add_left(GArray *parts, const struct deck *deck, const struct failover *failover)
{
    g_autofree char *brief = steps_brief(failover), *command = steps_command(deck, failover);
    g_autofree char *ended = mark_time(failover->ended_ms, deck->now_ms);
    parts_add(
        parts,
        (struct part){.text = g_strdup_printf("▲ %s, at %s (%s shows who)", brief, ended, command),
                      .brief = g_strdup_printf("▲ %s left some: %s", failover->id, command),
                      .before = " · ",
                      .rank = RANK_ONE,
                      .brief_rank = RANK_ONE});
}

static int urgency(const struct failover *failover)
{
    bool drill = failover->plan && failover->plan->kind == FAILOVER_DRILL;
    return failover_state_final(failover->state) ? 0
           : failover->state == FAILOVER_HELD    ? 3
           : drill                               ? 1
                                                 : 2;
}

/* Of several that are under way, one that waits for a person; a drill last. NULL: none is. */
static const struct failover *most_urgent(const struct deck *deck)
{
    const struct failover *most = NULL;
    for (guint i = 0; i < deck->failovers->len; i++) {
        const struct failover *failover = g_ptr_array_index(deck->failovers, i);
        if (urgency(failover) > (most ? urgency(most) : 0))
            most = failover;
    }
    return most;
}

void headline_add_passage(GArray *parts, const struct deck *deck, enum part_rank rank,
                          enum part_rank brief_rank, enum role *role)
{
    const struct failover *live = most_urgent(deck), *left = left_some(deck);
    bool held = live && live->state == FAILOVER_HELD;
    if (held)
        add_held(parts, deck, live, rank, brief_rank);
    else if (live)
        add_live(parts, live, rank, brief_rank);
    else if (left)
        add_left(parts, deck, left);
    if (*role == ROLE_NORMAL && (held || (!live && left)))
        *role = ROLE_WARN;
}
