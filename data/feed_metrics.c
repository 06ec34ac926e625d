#include "data/feed_source.h"

struct turn {
    GPtrArray *batches; /* struct metrics_batch * */
    guint at;
    char *token; /* of the batch's next page */
    char *error; /* the first one */
};

static void begin(struct feed_source *source)
{
    struct feed *feed = source->feed;
    struct turn *turn = g_new0(struct turn, 1);
    turn->batches = metrics_plan(feed->config, source->region, feed->readings, feed->progress,
                                 source->asked_ms);
    source->turn = turn;
}

static bool ask(struct feed_source *source)
{
    struct turn *turn = source->turn;
    if (turn->at == turn->batches->len)
        return false;
    const struct metrics_batch *batch = turn->batches->pdata[turn->at];
    struct aws_target target = {AWS_CLOUDWATCH, source->region, batch->role_arn};
    source_call(source, &target, "GetMetricData",
                metrics_request(source->feed->config, batch, turn->token));
    return true;
}

/* Takes `error`. */
static void note(struct turn *turn, char *error)
{
    if (turn->error)
        g_free(error);
    else
        turn->error = error;
}

static void take(struct feed_source *source, json_t *reply, const GError *error)
{
    struct turn *turn = source->turn;
    struct feed *feed = source->feed;
    struct metrics_batch *batch = turn->batches->pdata[turn->at];
    g_autoptr(GError) bad = NULL;
    g_autofree char *before = g_steal_pointer(&turn->token);
    bool read = !error && metrics_take(feed->config, batch, reply, &turn->token, &bad);
    if (read && turn->token && g_strcmp0(before, turn->token) != 0)
        return;
    g_clear_pointer(&turn->token, g_free);
    if (read)
        note(turn,
             metrics_apply(feed->config, batch, feed->readings, feed->progress, source->asked_ms));
    else
        note(turn, g_strdup(error ? error->message : bad->message));
    turn->at = error && error_is_of_the_line(error) ? turn->batches->len : turn->at + 1;
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    (void)keep; /* each batch was handed over when it was whole */
    g_ptr_array_unref(turn->batches);
    g_free(turn->token);
    char *error = turn->error;
    g_free(turn);
    return error;
}

const struct source_kind metrics_source = {
    .begin = begin, .ask = ask, .take = take, .end = end, .due_ms = metrics_next_settled_ms};
