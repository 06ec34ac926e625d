#include "data/base/when.h"
#include "data/feed_source.h"

struct part {
    struct metrics_batch *batch;
    char *token; /* of its next page */
};

struct turn {
    GPtrArray *batches; /* struct metrics_batch * */
    struct part *parts; /* one a batch, all of them asked at once */
    char *error;        /* the first one */
};

static void take(struct feed_source *source, gpointer data, json_t *reply, const GError *error);

static void ask(struct feed_source *source, struct part *part)
{
    struct aws_target target = source_target(source, AWS_CLOUDWATCH);
    source_call(source, &target, "GetMetricData",
                metrics_request(source->feed->config, part->batch, part->token), take, part);
}

static void begin(struct feed_source *source)
{
    struct feed *feed = source->feed;
    struct turn *turn = g_new0(struct turn, 1);
    g_autoptr(GArray) cells = feed_cells_due(source);
    source->turn = turn;
    turn->batches =
        metrics_plan(feed->config, cells, feed->readings, feed->progress, source->asked_ms);
    turn->parts = g_new0(struct part, turn->batches->len);
    for (guint i = 0; i < turn->batches->len; i++) {
        turn->parts[i].batch = turn->batches->pdata[i];
        ask(source, &turn->parts[i]);
    }
}

/* Takes `error`. */
static void note(struct turn *turn, char *error)
{
    if (turn->error)
        g_free(error);
    else
        turn->error = error;
}

/* Each batch is handed over when it is whole, whatever becomes of the others. */
static void take(struct feed_source *source, gpointer data, json_t *reply, const GError *error)
{
    struct turn *turn = source->turn;
    struct feed *feed = source->feed;
    struct part *part = data;
    g_autoptr(GError) bad = NULL;
    g_autofree char *before = g_steal_pointer(&part->token);
    if (error || !metrics_take(feed->config, part->batch, reply, &part->token, &bad)) {
        note(turn, g_strdup(error ? error->message : bad->message));
        return;
    }
    if (part->token && g_strcmp0(before, part->token) != 0) {
        ask(source, part);
        return;
    }
    note(turn, metrics_apply(feed->config, part->batch, feed->readings, feed->progress,
                             source->asked_ms));
    feed_changed(feed);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    (void)keep;
    for (guint i = 0; i < turn->batches->len; i++)
        g_free(turn->parts[i].token);
    g_free(turn->parts);
    g_ptr_array_unref(turn->batches);
    char *error = turn->error;
    g_free(turn);
    feed_give_back(source->feed);
    return error;
}

static gint64 due_ms(const struct feed *feed, gint64 asked_ms)
{
    return metrics_next_settled_ms(feed->config, asked_ms);
}

const struct source_kind metrics_source = {.begin = begin, .end = end, .due_ms = due_ms};
