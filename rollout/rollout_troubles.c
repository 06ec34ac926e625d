/* A rollout that can't be seen to any more holds by itself, and says nothing: no gate fails, no
 * event comes. So this is told to people, and noted. */
#include "rollout/rollout_conduct.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/sight.h"
#include "rollout/tenure.h"

#include <string.h>

enum { LOOK_OUT_PACE_MS = 1000, BADNESS_COUNT = 3 };

/* By how bad it is: 0 is well again. */
static const struct {
    const char *state, *words;
} news[TROUBLE_COUNT][BADNESS_COUNT] = {
    [TROUBLE_BLIND] = {{"seen", "is seen by its conductor again"},
                       {"blind", "is not seen by its conductor"}},
    [TROUBLE_CREDENTIALS] = {{"renewed", "has credentials that last again"},
                             {"expiring", "is about to lose its credentials"},
                             {"expired", "has lost its credentials"}},
};
static const char *const well_again[TROUBLE_COUNT] = {
    [TROUBLE_BLIND] = "the conductor reads the cells' metrics and alarms again",
    [TROUBLE_CREDENTIALS] = "the AWS credentials were renewed"};

void rolling_take_troubles(struct rolling *rolling)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++) {
        struct trouble_watch *watch = &rolling->troubles[i];
        g_free(watch->told_reason);
        watch->told_reason = g_strdup(rolling->rollout->troubles[i].reason);
        watch->told = watch->told_reason != NULL;
    }
}

void rolling_forget_troubles(struct rolling *rolling)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++)
        g_clear_pointer(&rolling->troubles[i].told_reason, g_free);
}

bool rolling_sees(const struct rolling *rolling)
{
    return rolling->base.held && rolling->base.world->snapshot &&
           !conduct_journal_is_away(&rolling->base) && rolling->troubles[TROUBLE_BLIND].told == 0;
}

static void tell(struct rolling *rolling, enum trouble trouble, int badness, const char *reason)
{
    struct trouble_watch *watch = &rolling->troubles[trouble];
    conductor_log(rolling->base.world, badness ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "%s %s: %s",
                  rolling->base.id, news[trouble][badness].state, reason);
    conduct_tell(&rolling->base, news[trouble][badness].state, news[trouble][badness].words, reason,
                 when_now_ms());
    watch->told = badness;
    g_free(watch->told_reason);
    watch->told_reason = badness ? text_utf8(reason, -1) : NULL; /* as the journal keeps it */
}

/* `reason` NULL: there is none (now). Worse than what was told is news, better is not until it is
 * well again. */
static void follow(struct rolling *rolling, enum trouble trouble, int badness, const char *reason,
                   gint64 patience_ms)
{
    struct trouble_watch *watch = &rolling->troubles[trouble];
    gint64 mono_ms = when_mono_ms();
    if (!reason) {
        watch->since_mono_ms = 0;
        if (watch->told)
            tell(rolling, trouble, 0, well_again[trouble]);
        return;
    }
    if (!watch->since_mono_ms)
        watch->since_mono_ms = mono_ms;
    if (badness > watch->told && mono_ms - watch->since_mono_ms >= patience_ms)
        tell(rolling, trouble, badness, reason);
}

/* Tried again at the next look where it fails: the journal may be away, or somebody was first. */
static void note(struct rolling *rolling, enum trouble trouble)
{
    const struct world *world = rolling->base.world;
    const char *reason = rolling->troubles[trouble].told_reason;
    if (g_strcmp0(reason, rolling->rollout->troubles[trouble].reason) == 0 || !rolling->base.held ||
        rolling->base.unrecorded.length || conduct_journal_is_away(&rolling->base) ||
        lease_left_ms(rolling->base.lease, when_boot_ms()) <= 0)
        return;
    g_autoptr(GError) error = NULL;
    g_autofree char *id = journal_new_id();
    OWN(event) event = NULL;
    OWN_JSON data = json_pack("{s:s, s:o, s:b}", "trouble", trouble_name(trouble), "reason",
                              text_json(reason ? reason : well_again[trouble]), "over", !reason);
    if (journal_append(world->journal, rolling->base.id, rolling->rollout->seq + 1, id,
                       when_now_ms(), world->actor, "note", data, &event, &error))
        conduct_apply(&rolling->base, event);
    else
        conduct_complain(&rolling->base, "note", error);
}

/* Keys in the environment stay as they are for as long as the process lives. */
static char *what_to_do_about(const struct world *world, const struct aws_tenure *keys)
{
    g_autofree char *words = tenure_words(keys);
    return g_strdup_printf("%s: sign in again; if process %" G_GINT64_FORMAT " on %s goes on "
                           "without, end it, and: celldeck conductor --until-idle",
                           words, world->self->pid, world->self->host);
}

void rolling_look_out(struct rolling *rolling)
{
    struct world *world = rolling->base.world;
    gint64 mono_ms = when_mono_ms(), now_ms = when_now_ms();
    if (mono_ms < rolling->next_look_out_mono_ms)
        return;
    rolling->next_look_out_mono_ms = mono_ms + LOOK_OUT_PACE_MS;
    g_autofree char *missing = world->snapshot
                                   ? sight_missing(rolling->rollout, world->snapshot, now_ms)
                                   : g_strdup("nothing was read yet");
    follow(rolling, TROUBLE_BLIND, 1, missing, sight_patience_ms(world->config->metrics.period_ms));

    const struct aws_tenure *keys = world_keys(world);
    enum tenure_stage stage = tenure_stage(keys, now_ms);
    g_autofree char *ends = stage == TENURE_FINE ? NULL : what_to_do_about(world, keys);
    follow(rolling, TROUBLE_CREDENTIALS, (int)stage, ends, 0);
    for (int i = 0; i < TROUBLE_COUNT && rolling->base.held; i++)
        note(rolling, (enum trouble)i);
}
