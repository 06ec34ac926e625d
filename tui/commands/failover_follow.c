/* A failover, move or drill, followed through the journal to its end. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/story.h"
#include "tui/commands/failover.h"
#include "tui/commands/follow.h"

/* As long as a conductor that was just begun may need to take its lease. */
#define ALONE_MS (5 * WHEN_SECOND)

struct following {
    struct context *context;
    struct failover *failover;
    bool carries_on;     /* who waits has asked for it, and sees to it that it is conducted */
    gint64 conducted_ms; /* when it last was, on the monotonic clock */
    char *why_alone;     /* why nobody could be begun to conduct it, as it was told last */
    gint64 from;         /* events from this number on are told */
    struct follow_watchdog watchdog;
};

static bool take(const struct event *event, gpointer data, GError **error)
{
    const struct following *following = data;
    if (!failover_apply(following->failover, event, error))
        return false;
    g_autofree char *sentence =
        event->seq >= following->from && story_is_news(event) ? story_sentence(event) : NULL;
    if (sentence)
        out_message("%s: %s", following->failover->id, sentence);
    return true;
}

/* A conductor that dies is nobody's to begin again but whoever is there: with --wait somebody is.
 */
static void keep_conducted(struct following *following)
{
    const struct context *context = following->context;
    struct conductor_info info = {0};
    bool conducted = conductor_find(context->journal, following->failover->id, &info) && info.alive;
    gint64 mono_ms = when_mono_ms();
    conductor_info_clear(&info);
    if (!conducted && mono_ms - following->conducted_ms < ALONE_MS)
        return;
    following->conducted_ms = mono_ms;
    g_autoptr(GError) error = NULL;
    bool alone = !conducted && !conductor_spawn(context->config, context->state_dir, &error);
    if (alone && g_strcmp0(following->why_alone, error->message) != 0)
        out_message("%s", error->message);
    g_free(following->why_alone);
    following->why_alone = alone ? g_strdup(error->message) : NULL;
}

static bool has_ended(gpointer data)
{
    struct following *following = data;
    const struct failover *failover = following->failover;
    if (failover_state_final(failover->state) || failover->state == FAILOVER_HELD)
        return true;
    follow_check_conductor(&following->watchdog, following->context->journal, failover->id,
                           failover->opened_ms);
    if (following->carries_on)
        keep_conducted(following);
    return false;
}

static void tell_end(const struct failover *failover)
{
    g_autofree char *progress = failover_progress_words(failover);
    g_autofree char *took = failover_time_words(failover);
    out_message("%s %s of %s: %s%s%s; %s in %s", failover->id, failover->kind,
                failover_subject(failover), failover_state_name(failover->state),
                failover->state_reason ? ": " : "",
                failover->state_reason ? failover->state_reason : "", progress, took);
    if (failover_progress(failover).alone)
        out_message("who was left alone, and why: celldeck failover status %s", failover->id);
}

static int exit_code(const struct failover *failover, enum failover_state wanted)
{
    if (failover->state == FAILOVER_HELD)
        return CD_ERROR_HELD;
    if (failover->state == FAILOVER_REFUSED)
        return CD_ERROR_REFUSED;
    if (failover->state != wanted)
        return CD_ERROR_FAILED;
    return failover_leaves_some(failover) ? CD_ERROR_HELD : 0;
}

static int follow(struct following *following, const char *id, enum failover_state wanted,
                  GError **error)
{
    struct context *context = following->context;
    OWN(failover) failover = failover_new(id);
    following->failover = failover;
    const struct follow_watch watch = {.journal = context->journal,
                                       .follower = context->follower,
                                       .id = id,
                                       .take = take,
                                       .has_ended = has_ended,
                                       .data = following};
    if (!follow_watch(&watch, error))
        return CD_ERROR_FAILED;
    tell_end(failover);
    return exit_code(failover, wanted);
}

int failover_follow(struct context *context, const char *id, enum failover_state wanted,
                    gint64 from, GError **error)
{
    struct following following = {.context = context, .from = from};
    return follow(&following, id, wanted, error);
}

int failover_carry_on(struct context *context, const char *id, enum failover_state wanted,
                      GError **error)
{
    OWN(event) last = journal_last(context->journal, id, NULL);
    if (!conductor_spawn(context->config, context->state_dir, error)) {
        g_prefix_error(error,
                       "%s is on record but nobody conducts it yet (start one with celldeck "
                       "conductor): ",
                       id);
        return CD_ERROR_FAILED;
    }
    if (!failover_options(context)->wait)
        return 0;
    struct following following = {.context = context,
                                  .from = last ? last->seq + 1 : 1,
                                  .carries_on = true,
                                  .conducted_ms = when_mono_ms()};
    int code = follow(&following, id, wanted, error);
    g_free(following.why_alone);
    return code;
}
