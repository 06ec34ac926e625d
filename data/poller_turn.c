#include "data/poller_turn.h"

#include "data/base/when.h"

#include <stdlib.h>

#define BEAT_MIN_MS   WHEN_SECOND
#define BEAT_MAX_MS   (5 * WHEN_SECOND)
#define BEATS_MISSED  4 /* clearly longer than it should be */
#define RETRY_MS      (10 * WHEN_SECOND)
#define WANT_EVERY_MS WHEN_MINUTE
#define WANT_LASTS_MS (3 * WHEN_MINUTE)

static gint64 beat_every_ms(const struct config *config)
{
    return CLAMP(config->metrics.period_ms / 4, BEAT_MIN_MS, BEAT_MAX_MS);
}

gint64 poller_patience_ms(const struct config *config)
{
    return BEATS_MISSED * beat_every_ms(config);
}

struct poller_desk *poller_desk_new(const char *dir, struct config *config,
                                    const struct lead_self *self)
{
    struct poller_desk *desk = g_new0(struct poller_desk, 1);
    desk->dir = g_strdup(dir);
    desk->config = config_ref(config);
    desk->self = *self;
    desk->beat_every_ms = beat_every_ms(config);
    desk->patience_ms = poller_patience_ms(config);
    desk->want = want_new();
    desk->well = true;
    return desk;
}

void poller_desk_free(struct poller_desk *desk)
{
    if (!desk)
        return;
    if (desk->cache)
        lead_leave(desk->cache, &desk->self);
    cache_close(desk->cache);
    lead_clear(&desk->lead);
    want_free(desk->want);
    free(desk->heard);
    g_free(desk->self.token);
    g_free(desk->self.actor);
    holder_free(desk->self.holder);
    config_unref(desk->config);
    g_free(desk->dir);
    g_free(desk);
}

void poller_turn_clear(struct poller_turn *turn)
{
    snapshot_unref(turn->publish);
    snapshot_unref(turn->snapshot);
    want_free(turn->want);
    want_free(turn->wanted);
    g_free(turn->leader);
    g_free(turn->trouble);
    *turn = (struct poller_turn){0};
}

/* The file that is in the folder, open. */
static bool open_cache(struct poller_desk *desk, gint64 boot_ms, GError **error)
{
    if (desk->cache && cache_is_damaged(desk->cache)) {
        g_clear_pointer(&desk->cache, cache_discard);
        desk->retry_ms = 0;
    } else if (desk->cache && !cache_is_in_place(desk->cache)) {
        g_clear_pointer(&desk->cache, cache_close);
        desk->retry_ms = 0;
    }
    if (!desk->cache && boot_ms >= desk->retry_ms) {
        desk->retry_ms = boot_ms + RETRY_MS;
        desk->cache = cache_open(desk->dir, desk->config, error);
        desk->want_ms = 0;
    }
    return desk->cache != NULL;
}

struct snapshot *poller_desk_first(struct poller_desk *desk, gint64 now_ms, GError **error)
{
    bool ours = open_cache(desk, when_boot_ms(), error);
    OWN(cache) to_read = ours ? NULL : cache_open_to_read(desk->dir, desk->config, NULL);
    struct cache *cache = ours ? desk->cache : to_read;
    return cache ? cache_read(cache, CACHE_FIRST, now_ms, desk->cache ? error : NULL) : NULL;
}

static bool look_at_lead(struct poller_desk *desk, gint64 boot_ms, GError **error)
{
    gint64 beat_before_ms = desk->lead.beat_ms;
    bool same = lead_is_ours(&desk->lead, &desk->self);
    if (!lead_read(desk->cache, &desk->lead, error))
        return false;
    if (desk->lead.beat_ms != beat_before_ms || same || !desk->lead_seen_ms)
        desk->lead_seen_ms = boot_ms;
    return true;
}

static bool is_of_our_fleet(const struct poller_desk *desk)
{
    return g_strcmp0(desk->lead.fleet, desk->cache->fleet) == 0;
}

static bool may_take(const struct poller_desk *desk, const struct poller_turn *turn)
{
    const struct lead *lead = &desk->lead;
    if (!turn->may_lead)
        return false;
    if (lead_is_free(lead, &desk->self, desk->lead_seen_ms, turn->boot_ms, desk->patience_ms))
        return true;
    return is_of_our_fleet(desk) &&
           (lead->kind < desk->self.kind ||
            (turn->may_replace_unwell && !lead->well && lead->kind == desk->self.kind));
}

/* It could read anything at all; a probe needs no AWS. */
static bool is_well(const struct snapshot *snapshot)
{
    bool well = snapshot->sources->len == 0;
    for (guint i = 0; i < snapshot->sources->len; i++) {
        const struct source *source = snapshot->sources->pdata[i];
        well = well || source->state == SOURCE_WAITING ||
               (source->state == SOURCE_OK && !g_str_has_prefix(source->name, "probe "));
    }
    return well;
}

static bool publish(struct poller_desk *desk, const struct poller_turn *turn, GError **error)
{
    if (turn->publish)
        desk->well = is_well(turn->publish);
    return (!turn->publish || cache_write(desk->cache, turn->publish, CACHE_ALL, error)) &&
           lead_write(desk->cache, &desk->self, turn->boot_ms, desk->well, error);
}

static void know_lead(struct poller_desk *desk, const struct poller_turn *turn)
{
    lead_clear(&desk->lead);
    desk->lead.token = g_strdup(desk->self.token);
    desk->lead.fleet = g_strdup(desk->cache->fleet);
    desk->lead.kind = desk->self.kind;
    desk->lead.holder = holder_copy(desk->self.holder);
    desk->lead.beat_ms = desk->beat_ms = turn->boot_ms;
}

/* Whether the lead is still to be had is asked again under the lock. *taken: it was. */
static bool take_lead(struct poller_desk *desk, struct poller_turn *turn, bool *taken,
                      GError **error)
{
    struct cache *cache = desk->cache;
    if (!cache_begin(cache, error))
        return false;
    GError *wrong = NULL;
    bool good = look_at_lead(desk, turn->boot_ms, &wrong);
    *taken = good && may_take(desk, turn);
    if (*taken) {
        desk->well = true;
        turn->snapshot = cache_read(cache, CACHE_ALL, turn->now_ms, &wrong);
        good = !wrong && publish(desk, turn, &wrong);
    }
    bool kept = cache_end(cache, good, wrong ? NULL : error);
    if (wrong)
        g_propagate_error(error, wrong);
    *taken = *taken && kept;
    if (*taken) {
        know_lead(desk, turn);
        g_clear_pointer(&desk->heard, free);
        turn->published = turn->publish != NULL;
    }
    return kept;
}

static bool hear_wishes(struct poller_desk *desk, struct poller_turn *turn, bool *dead,
                        GError **error)
{
    GError *wrong = NULL;
    OWN(want)
    wanted = want_read(desk->cache, &desk->self, turn->boot_ms, WANT_LASTS_MS, dead, &wrong);
    char *heard = wanted ? want_text(wanted) : NULL;
    turn->wants_changed = !wrong && g_strcmp0(heard, desk->heard) != 0;
    if (turn->wants_changed)
        turn->wanted = g_steal_pointer(&wanted);
    free(desk->heard);
    desk->heard = heard;
    if (wrong)
        g_propagate_error(error, wrong);
    return !wrong;
}

/* Publishes where there is something to publish, or it is time for a sign of life. *ours: nobody
 * has taken the lead meanwhile. */
static bool lead_on(struct poller_desk *desk, struct poller_turn *turn, bool changed, bool *ours,
                    GError **error)
{
    bool dead = false,
         beat = turn->boot_ms - desk->beat_ms >= desk->beat_every_ms - BEAT_MIN_MS / 2;
    *ours = true;
    if ((changed || beat) && !hear_wishes(desk, turn, &dead, error))
        return false;
    if (!turn->publish && !beat && !dead)
        return true;
    if (!cache_begin(desk->cache, error))
        return false;
    GError *wrong = NULL;
    bool good = look_at_lead(desk, turn->boot_ms, &wrong);
    *ours = good && lead_is_ours(&desk->lead, &desk->self);
    if (*ours)
        good =
            publish(desk, turn, &wrong) &&
            (!dead || want_sweep(desk->cache, &desk->self, turn->boot_ms, WANT_LASTS_MS, &wrong));
    bool kept = cache_end(desk->cache, good, wrong ? NULL : error);
    if (wrong)
        g_propagate_error(error, wrong);
    if (kept && *ours) {
        desk->beat_ms = desk->lead.beat_ms = turn->boot_ms;
        turn->published = turn->publish != NULL;
    }
    return kept;
}

static bool tell_wishes(struct poller_desk *desk, const struct poller_turn *turn, GError **error)
{
    if (desk->want_ms && turn->boot_ms - desk->want_ms < WANT_EVERY_MS)
        return true;
    if (!cache_begin(desk->cache, error))
        return false;
    bool good = want_write(desk->cache, &desk->self, desk->want, turn->boot_ms, error);
    good = cache_end(desk->cache, good, good ? error : NULL);
    desk->want_ms = good ? turn->boot_ms : 0;
    return good;
}

static bool follow(struct poller_desk *desk, struct poller_turn *turn, bool changed, GError **error)
{
    if (!tell_wishes(desk, turn, error))
        return false;
    if (!changed && desk->role == POLLER_FOLLOWS)
        return true;
    GError *wrong = NULL;
    gint64 before = cache_generation(desk->cache);
    struct snapshot *snapshot = cache_read(desk->cache, CACHE_ALL, turn->now_ms, &wrong);
    bool news = cache_generation(desk->cache) != before || desk->role != POLLER_FOLLOWS;
    if (news)
        turn->snapshot = snapshot;
    else
        snapshot_unref(snapshot);
    if (wrong)
        g_propagate_error(error, wrong);
    return !wrong;
}

/* *role is what this turn makes of us. */
static bool take_turn(struct poller_desk *desk, struct poller_turn *turn, enum poller_role *role,
                      GError **error)
{
    if (!open_cache(desk, turn->boot_ms, error))
        return false;
    bool changed = cache_changed(desk->cache), ours = false;
    if (changed && !look_at_lead(desk, turn->boot_ms, error))
        return false;
    if (lead_is_ours(&desk->lead, &desk->self)) {
        *role = POLLER_LEADS;
        if (!lead_on(desk, turn, changed, &ours, error) || ours)
            return ours;
        changed = true;
    }
    if (may_take(desk, turn)) {
        if (!take_lead(desk, turn, &ours, error))
            return false;
        *role = POLLER_LEADS;
        if (ours)
            return true;
    }
    *role = POLLER_ALONE;
    if (desk->self.kind == POLLER_CONDUCTOR)
        return true;
    turn->leader = desk->lead.token ? poller_leader_words(&desk->lead) : NULL;
    if (!turn->leader || !is_of_our_fleet(desk)) {
        g_autofree char *why =
            g_strdup_printf("%s serves another configuration (%s)", desk->cache->path,
                            turn->leader ? turn->leader : "nobody");
        turn->trouble = poller_desk_trouble(desk, why);
        return true;
    }
    *role = POLLER_FOLLOWS;
    return follow(desk, turn, changed, error);
}

void poller_turn_run(struct poller_desk *desk, struct poller_turn *turn)
{
    g_autoptr(GError) error = NULL;
    if (turn->want) {
        want_free(desk->want);
        desk->want = g_steal_pointer(&turn->want);
        desk->want_ms = 0;
    }
    enum poller_role role = desk->role;
    if (take_turn(desk, turn, &role, &error))
        desk->good_ms = turn->boot_ms;
    else if (!desk->good_ms || turn->boot_ms - desk->good_ms > desk->patience_ms)
        role = POLLER_ALONE;
    else
        role = desk->role;
    if (role == POLLER_ALONE && error)
        turn->trouble = poller_desk_trouble(desk, error->message);
    desk->role = turn->role = role;
}
