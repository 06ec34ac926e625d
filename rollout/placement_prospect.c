/* Why there is no place for somebody: what the rules leave of the fleet, and what it lacks. */
#include "rollout/placement_words.h"

#include "data/base/text.h"

#include <math.h>
#include <string.h>

#define NAMED_MOST 3 /* cells named one by one */

static bool is_declared(const struct planning *planning, const struct named *named, guint cell)
{
    bool declared = planning->declared[cell] >= 0;
    for (guint i = 0; !declared && i < named->n; i++)
        declared = named->cells[i] == cell;
    return declared;
}

struct prospect prospect_of(const struct planning *planning, guint standing,
                            const struct named *named)
{
    const struct muster *muster = planning->muster;
    struct prospect prospect = {.standing = planning_standing(planning, standing),
                                .named = *named,
                                .open = g_array_new(FALSE, FALSE, sizeof(guint)),
                                .unwell = g_array_new(FALSE, FALSE, sizeof(guint)),
                                .users_short =
                                    g_array_index(planning->users_short, gint64, standing)};
    for (guint i = planning->from; i < planning->until; i++) {
        const struct muster_cell *target = &muster->cells[i];
        enum bar bar = bar_of(prospect.standing, planning_source(planning), target,
                              is_declared(planning, named, i));
        prospect.elsewhere += bar == BAR_RESIDENCY && !target->unwell;
        if (bar == BAR_NONE)
            g_array_append_val(target->unwell ? prospect.unwell : prospect.open, i);
    }
    return prospect;
}

void prospect_clear(struct prospect *prospect)
{
    g_array_unref(prospect->open);
    g_array_unref(prospect->unwell);
}

static const struct muster_cell *cell_at(const struct planning *planning, const GArray *places,
                                         guint i)
{
    return &planning->muster->cells[g_array_index(places, guint, i)];
}

static char *percent_words(double pct)
{
    double tenth = round(pct * 10) / 10;
    return tenth >= 100 || fabs(tenth - round(tenth)) < 0.05 ? g_strdup_printf("%.0f %%", pct)
                                                             : g_strdup_printf("%.1f %%", pct);
}

char *limit_words(const struct config *config)
{
    return percent_words(config->failover.max_used_pct);
}

/* Demand on the cells that are open to them, if all of them went there. */
struct demand {
    gint64 users, users_max, max_users, largest_room;
    const struct muster_cell *roomiest;
};

static struct demand demand_of(const struct planning *planning, const struct prospect *prospect)
{
    struct demand demand = {.users = prospect->users_short,
                            .roomiest = cell_at(planning, prospect->open, 0),
                            .largest_room = G_MININT64};
    for (guint i = 0; i < prospect->open->len; i++) {
        const struct muster_cell *cell = cell_at(planning, prospect->open, i);
        const struct pack_bin *bin = &planning->pack.bins[g_array_index(prospect->open, guint, i)];
        demand.users += bin->used;
        demand.users_max += cell->users_max;
        demand.max_users += bin->max;
        if (bin->room > demand.largest_room) {
            demand.largest_room = bin->room;
            demand.roomiest = cell;
        }
    }
    return demand;
}

static char *who_is_open(const struct planning *planning, const struct prospect *prospect)
{
    const char *first = cell_at(planning, prospect->open, 0)->config->id;
    guint more = prospect->open->len - 1;
    return more ? g_strdup_printf("%s and %u more", first, more) : g_strdup(first);
}

/* "120 %, over by 2,000": over what they have; under that, over the limit. */
static char *room_words(const struct planning *planning, const struct prospect *prospect)
{
    struct demand demand = demand_of(planning, prospect);
    g_autofree char *limit = limit_words(planning->muster->snapshot->config);
    g_autofree char *pct =
        percent_words(100.0 * (double)demand.users / (double)MAX(1, demand.max_users));
    if (demand.users > demand.max_users) {
        g_autofree char *over = text_count(demand.users - demand.max_users);
        return g_strdup_printf("%s, over by %s", pct, over);
    }
    if (demand.users > demand.users_max) {
        g_autofree char *over = text_count(demand.users - demand.users_max);
        return g_strdup_printf("%s, over the limit of %s by %s", pct, limit, over);
    }
    g_autofree char *room = text_count(MAX(0, demand.largest_room));
    return g_strdup_printf("no cell alone has room: %s has the most under %s, for %s users",
                           demand.roomiest->config->id, limit, room);
}

static char *unwell_words(const struct planning *planning, const struct prospect *prospect)
{
    GString *words = g_string_new(NULL);
    guint n = MIN(prospect->unwell->len, NAMED_MOST);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(words, "%s%s", i ? ", " : "",
                               cell_at(planning, prospect->unwell, i)->unwell);
    if (prospect->unwell->len > n)
        g_string_append_printf(words, " and %u more", prospect->unwell->len - n);
    return g_string_free(words, FALSE);
}

/* A way by which somebody came (from `cell`, unless that is NULL), and which is none back. */
static char *by_hand_words(const struct prospect *prospect, const char *cell)
{
    const struct origin *where = prospect->named.where;
    return where && where->by_hand && (!cell || strcmp(cell, where->by_hand) == 0)
               ? g_strdup_printf("; it came from %s by hand (%s), which does not prove that it may "
                                 "be there",
                                 where->by_hand, where->operation)
               : g_strdup("");
}

/* What stands between them and the one cell that is asked for. */
static char *barred_words(const struct planning *planning, const struct prospect *prospect)
{
    const struct muster *muster = planning->muster;
    const struct muster_cell *source = planning_source(planning);
    gssize place = config_place(muster->snapshot->config, planning->to);
    if (place < 0)
        return g_strdup_printf("the fleet has no cell %s", planning->to);
    const struct muster_cell *target = &muster->cells[place];
    bool declared = is_declared(planning, &prospect->named, (guint)place);
    g_autofree char *by_hand = by_hand_words(prospect, target->config->id);
    const char *id = target->config->id;
    switch (bar_of(prospect->standing, source, target, declared)) {
    case BAR_SELF:
        return g_strdup_printf("%s is the cell that it leaves", id);
    case BAR_RESIDENCY:
        return g_strdup_printf("%s is in %s, and it has to stay in %s", id,
                               target->config->residency, prospect->standing->residency_name);
    case BAR_DEV:
        return g_strdup_printf("%s is a dev cell, and it is production", id);
    default:
        return g_strdup_printf("%s is %s and no declared backup of %s%s", id,
                               cell_class_name(target->config->class), source->config->id, by_hand);
    }
}

static bool is_restricted(const struct prospect *prospect)
{
    return prospect->standing->restricted;
}

static char *nobody_words(const struct planning *planning, const struct prospect *prospect)
{
    const char *residency = prospect->standing->residency_name;
    const struct cell_config *source = planning_source(planning)->config;
    g_autofree char *elsewhere =
        prospect->elsewhere
            ? g_strdup_printf("; %u healthy %s of other residencies may not take it",
                              prospect->elsewhere, prospect->elsewhere == 1 ? "cell" : "cells")
            : g_strdup("");
    g_autofree char *by_hand = by_hand_words(prospect, NULL);
    if (is_restricted(prospect))
        return g_strdup_printf("%s declares no backup and no dr cell in %s, and nobody else may "
                               "take it%s%s",
                               source->id, residency, elsewhere, by_hand);
    return g_strdup_printf("no other %s cell may take it%s", residency, elsewhere);
}

/* "no healthy EU cell" where that is what they lack. */
static char *nowhere_words(const struct planning *planning, const struct prospect *prospect)
{
    bool all_well = true;
    for (guint i = 0; i < prospect->unwell->len; i++)
        all_well = all_well && cell_at(planning, prospect->unwell, i)->room_unknown;
    return g_strdup_printf(all_well ? "no %s cell whose room is known" : "no healthy %s cell",
                           prospect->standing->residency_name);
}

char *prospect_words(const struct planning *planning, const struct prospect *prospect)
{
    if (prospect->open->len) {
        g_autofree char *who = who_is_open(planning, prospect);
        g_autofree char *room = room_words(planning, prospect);
        return g_strdup_printf("no room: %s: %s", who, room);
    }
    if (prospect->unwell->len) {
        g_autofree char *unwell = unwell_words(planning, prospect);
        g_autofree char *nowhere = nowhere_words(planning, prospect);
        return is_restricted(prospect) || planning->to ? g_strdup(unwell)
                                                       : g_strdup_printf("%s: %s", nowhere, unwell);
    }
    return planning->to ? barred_words(planning, prospect) : nobody_words(planning, prospect);
}

char *prospect_short(const struct planning *planning, const struct prospect *prospect)
{
    const char *residency = prospect->standing->residency_name;
    if (prospect->open->len) {
        g_autofree char *who = who_is_open(planning, prospect);
        g_autofree char *room = room_words(planning, prospect);
        return g_strdup_printf("%s: %s", who, room);
    }
    if (planning->to)
        return prospect_words(planning, prospect);
    if (is_restricted(prospect))
        return prospect->unwell->len ? unwell_words(planning, prospect)
                                     : g_strdup_printf("no backup declared in %s", residency);
    return prospect->unwell->len ? nowhere_words(planning, prospect)
                                 : g_strdup_printf("no other %s cell", residency);
}

char *prospect_build(const struct planning *planning, const struct prospect *prospect)
{
    const struct config *config = planning->muster->snapshot->config;
    const char *source = planning_source(planning)->config->id;
    gint64 needed =
        (gint64)ceil((double)prospect->users_short * 100 / config->failover.max_used_pct - 1e-6);
    g_autofree char *users = text_counted(prospect->users_short, "user");
    g_autofree char *max_users = text_count(MAX(1, needed));
    g_autofree char *limit = limit_words(config);
    return is_restricted(prospect)
               ? g_strdup_printf("a dr cell in %s that stands by for %s, or another backup of it, "
                                 "for %s: max_users %s at the least (%s of that)",
                                 prospect->standing->residency_name, source, users, max_users,
                                 limit)
               : g_strdup_printf("a shared cell in %s for %s: max_users %s at the least (%s of "
                                 "that)",
                                 prospect->standing->residency_name, users, max_users, limit);
}
