#include "rollout/conduct_trouble.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/tenure.h"

#include <string.h>

const struct trouble_news credentials_news = {
    .name = "credentials",
    .by_badness = {{"renewed", "has credentials that last again"},
                   {"expiring", "is about to lose its credentials"},
                   {"expired", "has lost its credentials"}},
    .well_again = "the AWS credentials were renewed"};

void trouble_take(struct trouble_watch *watch, const char *noted)
{
    g_free(watch->told_reason);
    watch->told_reason = g_strdup(noted);
    watch->told = noted != NULL;
}

void trouble_forget(struct trouble_watch *watch)
{
    g_clear_pointer(&watch->told_reason, g_free);
}

static void tell(struct conduct *conduct, struct trouble_watch *watch,
                 const struct trouble_news *news, int badness, const char *reason)
{
    const char *state = news->by_badness[badness].state;
    conductor_log(conduct->world, badness ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "%s %s: %s",
                  conduct->id, state, reason);
    conduct_tell(conduct, state, news->by_badness[badness].words, reason, when_now_ms());
    watch->told = badness;
    g_free(watch->told_reason);
    watch->told_reason = badness ? text_utf8(reason, -1) : NULL; /* as the journal keeps it */
}

void trouble_follow(struct conduct *conduct, struct trouble_watch *watch,
                    const struct trouble_news *news, int badness, const char *reason,
                    gint64 patience_ms)
{
    gint64 mono_ms = when_mono_ms();
    if (!reason) {
        watch->since_mono_ms = 0;
        if (watch->told)
            tell(conduct, watch, news, 0, news->well_again);
        return;
    }
    if (!watch->since_mono_ms)
        watch->since_mono_ms = mono_ms;
    if (badness > watch->told && mono_ms - watch->since_mono_ms >= patience_ms)
        tell(conduct, watch, news, badness, reason);
}

/* Keys in the environment stay as they are for as long as the process lives. */
static char *what_to_do_about(const struct world *world, const struct aws_tenure *keys)
{
    g_autofree char *words = tenure_words(keys);
    return g_strdup_printf("%s: sign in again; if process %" G_GINT64_FORMAT " on %s goes on "
                           "without, end it, and: celldeck conductor --until-idle",
                           words, world->self->pid, world->self->host);
}

void trouble_follow_keys(struct conduct *conduct, struct trouble_watch *watch)
{
    const struct aws_tenure *keys = world_keys(conduct->world);
    enum tenure_stage stage = tenure_stage(keys, when_now_ms());
    g_autofree char *ends = stage == TENURE_FINE ? NULL : what_to_do_about(conduct->world, keys);
    trouble_follow(conduct, watch, &credentials_news, (int)stage, ends, 0);
}

/* Tried again at the next look where it fails: the journal may be away, or somebody was first. */
void trouble_note(struct conduct *conduct, const struct trouble_watch *watch,
                  const struct trouble_news *news, const char *noted)
{
    const struct world *world = conduct->world;
    const char *reason = watch->told_reason;
    if (g_strcmp0(reason, noted) == 0 || !conduct->held || conduct->unrecorded.length ||
        conduct_journal_is_away(conduct) || lease_left_ms(conduct->lease, when_boot_ms()) <= 0)
        return;
    g_autoptr(GError) error = NULL;
    g_autofree char *id = journal_new_id();
    OWN(event) event = NULL;
    OWN_JSON data = json_pack("{s:s, s:o, s:b}", "trouble", news->name, "reason",
                              text_json(reason ? reason : news->well_again), "over", !reason);
    if (journal_append(world->journal, conduct->id, conduct->kind->seq(conduct) + 1, id,
                       when_now_ms(), world->actor, "note", data, &event, &error))
        conduct_apply(conduct, event);
    else
        conduct_complain(conduct, "note", error);
}
