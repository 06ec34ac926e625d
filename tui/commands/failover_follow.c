/* A failover, move or drill, followed through the journal to its end. */
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/conductor.h"
#include "rollout/story.h"
#include "tui/commands/failover.h"
#include "tui/commands/follow.h"

/* architecture.md, "Speed": no timer faster than 200 ms. */
#define LOOK_EVERY_MS 250

struct following {
    struct context *context;
    struct failover *failover;
    gint64 from;    /* events from this number on are told */
    gint64 version; /* of the journal when last read */
    bool told_trouble;
    struct follow_watchdog watchdog;
    GMainLoop *loop;
    GError *error;
};

static bool read_news(struct following *following)
{
    struct journal *journal = following->context->journal;
    struct failover *failover = following->failover;
    gint64 version = journal_version(journal);
    if (version == following->version)
        return true;
    following->version = version;
    g_autoptr(GPtrArray) events =
        journal_read(journal, failover->id, failover->seq + 1, &following->error);
    for (guint i = 0; events && i < events->len; i++) {
        const struct event *event = events->pdata[i];
        if (!failover_apply(failover, event, &following->error))
            return false;
        g_autofree char *sentence =
            event->seq >= following->from && story_is_news(event) ? story_sentence(event) : NULL;
        if (sentence)
            out_message("%s: %s", failover->id, sentence);
    }
    return events != NULL;
}

/* Meanwhile nothing new comes, which must not look as if nothing happened. */
static void tell_trouble(struct following *following)
{
    g_autofree char *trouble = journal_follower_trouble(following->context->follower);
    if (trouble && !following->told_trouble)
        out_message("%s", trouble);
    following->told_trouble = trouble != NULL;
}

static gboolean look(gpointer data)
{
    struct following *following = data;
    const struct failover *failover = following->failover;
    tell_trouble(following);
    if (read_news(following) && !failover_state_final(failover->state) &&
        failover->state != FAILOVER_HELD) {
        follow_check_conductor(&following->watchdog, following->context->journal, failover->id,
                               failover->opened_ms);
        return G_SOURCE_CONTINUE;
    }
    g_main_loop_quit(following->loop);
    return G_SOURCE_REMOVE;
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

int failover_follow(struct context *context, const char *id, enum failover_state wanted,
                    gint64 from, GError **error)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    OWN(failover) failover = failover_new(id);
    struct following following = {
        .context = context, .failover = failover, .from = from, .version = -1, .loop = loop};
    if (look(&following) == G_SOURCE_CONTINUE) {
        g_timeout_add(LOOK_EVERY_MS, look, &following);
        g_main_loop_run(loop);
    }
    if (following.error) {
        g_propagate_error(error, following.error);
        return CD_ERROR_FAILED;
    }
    tell_end(failover);
    return exit_code(failover, wanted);
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
    return failover_follow(context, id, wanted, last ? last->seq + 1 : 1, error);
}
