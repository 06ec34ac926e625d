#include "rollout/deploy_driver.h"

struct deploy_replies {
    GPtrArray *waiting; /* struct reply * */
};

struct reply {
    struct deploy_replies *all;
    guint source;
    char *version, *reference, *note;
    enum deploy_progress progress;
    GError *error;
    deploy_fn fn;
    gpointer data;
};

static void reply_free(gpointer data)
{
    struct reply *reply = data;
    if (reply->source)
        g_source_remove(reply->source);
    g_free(reply->version);
    g_free(reply->reference);
    g_free(reply->note);
    g_clear_error(&reply->error);
    g_free(reply);
}

static gboolean reply_send(gpointer data)
{
    struct reply *reply = data;
    guint at = 0;
    /* Out of the list before `fn`, which may free the deployer and the list with it. */
    if (g_ptr_array_find(reply->all->waiting, reply, &at))
        g_ptr_array_steal_index(reply->all->waiting, at);
    reply->source = 0;
    struct deploy_answer answer = {.version = reply->version,
                                   .reference = reply->reference,
                                   .progress = reply->progress,
                                   .note = reply->note};
    reply->fn(reply->error ? NULL : &answer, reply->error, reply->data);
    reply_free(reply);
    return G_SOURCE_REMOVE;
}

struct deploy_replies *deploy_replies_new(void)
{
    struct deploy_replies *replies = g_new0(struct deploy_replies, 1);
    replies->waiting = g_ptr_array_new_with_free_func(reply_free);
    return replies;
}

void deploy_replies_free(struct deploy_replies *replies)
{
    g_ptr_array_unref(replies->waiting);
    g_free(replies);
}

void deploy_reply(struct deploy_replies *replies, const struct deploy_answer *answer, GError *error,
                  deploy_fn fn, gpointer data)
{
    struct reply *reply = g_new0(struct reply, 1);
    *reply = (struct reply){.all = replies, .error = error, .fn = fn, .data = data};
    if (!error) {
        reply->version = g_strdup(answer->version);
        reply->reference = g_strdup(answer->reference);
        reply->note = g_strdup(answer->note);
        reply->progress = answer->progress;
    }
    g_ptr_array_add(replies->waiting, reply);
    reply->source = g_idle_add(reply_send, reply);
}
