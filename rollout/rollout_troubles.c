/* A rollout that can't be seen to any more holds by itself, and says nothing: no gate fails, no
 * event comes. So this is told to people, and noted. */
#include "rollout/rollout_conduct.h"

#include "data/base/when.h"
#include "rollout/sight.h"

enum { LOOK_OUT_PACE_MS = 1000 };

static const struct trouble_news blind_news = {
    .name = "blind",
    .by_badness = {{"seen", "is seen by its conductor again"},
                   {"blind", "is not seen by its conductor"}},
    .well_again = "the conductor reads the cells' metrics and alarms again"};
static const struct trouble_news *const news[TROUBLE_COUNT] = {
    [TROUBLE_BLIND] = &blind_news, [TROUBLE_CREDENTIALS] = &credentials_news};

void rolling_take_troubles(struct rolling *rolling)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++)
        trouble_take(&rolling->troubles[i], rolling->rollout->troubles[i].reason);
}

void rolling_forget_troubles(struct rolling *rolling)
{
    for (size_t i = 0; i < TROUBLE_COUNT; i++)
        trouble_forget(&rolling->troubles[i]);
}

bool rolling_sees(const struct rolling *rolling)
{
    return rolling->base.held && rolling->base.world->snapshot &&
           !conduct_journal_is_away(&rolling->base) && rolling->troubles[TROUBLE_BLIND].told == 0;
}

void rolling_look_out(struct rolling *rolling)
{
    struct world *world = rolling->base.world;
    gint64 mono_ms = when_mono_ms();
    if (mono_ms < rolling->next_look_out_mono_ms)
        return;
    rolling->next_look_out_mono_ms = mono_ms + LOOK_OUT_PACE_MS;
    g_autofree char *missing = world->snapshot
                                   ? sight_missing(rolling->rollout, world->snapshot, when_now_ms())
                                   : g_strdup("nothing was read yet");
    trouble_follow(&rolling->base, &rolling->troubles[TROUBLE_BLIND], &blind_news, 1, missing,
                   sight_patience_ms(world->config->metrics.period_ms));
    trouble_follow_keys(&rolling->base, &rolling->troubles[TROUBLE_CREDENTIALS]);
    for (int i = 0; i < TROUBLE_COUNT && rolling->base.held; i++)
        trouble_note(&rolling->base, &rolling->troubles[i], news[i],
                     rolling->rollout->troubles[i].reason);
}
