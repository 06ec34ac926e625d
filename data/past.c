#include "data/past.h"

#include "data/base/when.h"
#include "data/metrics.h"

#include <string.h>

#define DATAPOINTS_A_PAGE 100800 /* aws.md */

/* Cells that are reached in one way, and what is still to be asked about them. */
struct way {
    struct reading *of;
    const struct cell_config *first; /* whose source it is */
    GArray *cells;                   /* guint */
    guint planned;                   /* of them */
    GPtrArray *batches;              /* struct metrics_batch *; the first is under way; or NULL */
    char *token;                     /* of its next page */
};

/* One past_read(). */
struct reading {
    struct config *config;
    struct aws_client *client;
    struct past *past;
    GPtrArray *ways; /* struct way * */
    guint left;      /* of them */
    struct aws_counters before;
    struct metrics_progress *progress; /* one a cell */
    gint64 as_of_ms; /* a moment at which the span's last period is the last that has settled */
    past_fn done;
    gpointer data;
};

gint64 past_kept_ms(gint64 period_ms)
{
    static const struct {
        gint64 below_ms, kept_ms;
    } kept[] = {{WHEN_MINUTE, 3 * WHEN_HOUR},
                {5 * WHEN_MINUTE, 15 * WHEN_DAY},
                {WHEN_HOUR, 63 * WHEN_DAY},
                {G_MAXINT64, 455 * WHEN_DAY}};
    size_t i = 0;
    while (period_ms >= kept[i].below_ms)
        i++;
    return kept[i].kept_ms;
}

void past_free(struct past *past)
{
    if (!past)
        return;
    for (size_t i = 0; i < past->n_cells; i++)
        cell_reading_clear(&past->readings[i]);
    g_free(past->readings);
    g_free(past->unread);
    g_ptr_array_unref(past->faults);
    g_free(past);
}

static void way_free(gpointer p)
{
    struct way *way = p;
    g_array_unref(way->cells);
    g_clear_pointer(&way->batches, g_ptr_array_unref);
    g_free(way->token);
    g_free(way);
}

static void reading_free(struct reading *reading)
{
    g_ptr_array_unref(reading->ways);
    g_free(reading->progress);
    past_free(reading->past);
    config_unref(reading->config);
    g_free(reading);
}

static void tell_unread(const struct reading *reading, const struct way *way)
{
    struct past *past = reading->past;
    for (guint i = 0; i < way->cells->len; i++) {
        guint cell = g_array_index(way->cells, guint, i);
        past->unread[cell] = reading->progress[cell].have_until_ms < past->until_ms;
    }
}

static void hand_over(struct reading *reading)
{
    const struct aws_counters *now = aws_client_counters(reading->client);
    struct past *past = reading->past;
    past->metrics = now->metrics_asked - reading->before.metrics_asked;
    past->calls = now->metric_requests - reading->before.metric_requests;
    for (guint i = 0; i < reading->ways->len; i++)
        tell_unread(reading, reading->ways->pdata[i]);
    reading->past = NULL;
    reading->done(past, reading->data);
    reading_free(reading);
}

static void way_over(struct way *way)
{
    if (--way->of->left == 0)
        hand_over(way->of);
}

/* Takes `why`. */
static void note_fault(struct way *way, char *why)
{
    g_ptr_array_add(way->of->past->faults,
                    g_strdup_printf("metrics %s: %s", way->first->source, why));
    g_free(why);
}

/* So many cells' datapoints fit on a page; where not even one's do, it has several. */
static guint cells_a_call(const struct reading *reading)
{
    const struct past *past = reading->past;
    gint64 periods = (past->until_ms - past->from_ms) / reading->config->metrics.period_ms;
    return (guint)MAX(1,
                      DATAPOINTS_A_PAGE / (MAX(1, periods) * (metric_count(reading->config) + 1)));
}

/* False where nothing is left to ask for. */
static bool plan_next(struct way *way)
{
    const struct reading *reading = way->of;
    guint at_once = cells_a_call(reading);
    while (!(way->batches && way->batches->len) && way->planned < way->cells->len) {
        g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(guint));
        guint n = MIN(at_once, way->cells->len - way->planned);
        g_array_append_vals(cells, &g_array_index(way->cells, guint, way->planned), n);
        way->planned += n;
        g_clear_pointer(&way->batches, g_ptr_array_unref);
        way->batches = metrics_plan(reading->config, cells, reading->past->readings,
                                    reading->progress, reading->as_of_ms);
    }
    return way->batches && way->batches->len;
}

static void take(json_t *reply, const GError *error, gpointer data);

static void ask(struct way *way)
{
    const struct reading *reading = way->of;
    const struct aws_target target = {AWS_CLOUDWATCH, way->first->region, way->first->role_arn};
    aws_json(reading->client, &target, "GetMetricData",
             metrics_request(reading->config, way->batches->pdata[0], way->token), AWS_CALL_READ, 0,
             take, way);
}

static bool is_last_page(struct way *way, json_t *reply, GError **error)
{
    g_autofree char *before = g_steal_pointer(&way->token);
    return metrics_take(way->of->config, way->batches->pdata[0], reply, &way->token, error) &&
           (!way->token || g_strcmp0(before, way->token) == 0);
}

static void take(json_t *reply, const GError *error, gpointer data)
{
    struct way *way = data;
    struct reading *reading = way->of;
    g_autoptr(GError) bad = NULL;
    bool whole = !error && is_last_page(way, reply, &bad);
    if (error || bad) {
        note_fault(way, g_strdup(error ? error->message : bad->message));
        way_over(way);
        return;
    }
    if (whole) {
        g_clear_pointer(&way->token, g_free);
        char *fault = metrics_apply(reading->config, way->batches->pdata[0],
                                    reading->past->readings, reading->progress, reading->as_of_ms);
        if (fault)
            note_fault(way, fault);
        g_ptr_array_remove_index(way->batches, 0);
    }
    if (plan_next(way))
        ask(way);
    else
        way_over(way);
}

static struct way *way_to(struct reading *reading, const struct cell_config *cell)
{
    for (guint i = 0; i < reading->ways->len; i++) {
        struct way *way = reading->ways->pdata[i];
        if (strcmp(way->first->source, cell->source) == 0)
            return way;
    }
    struct way *way = g_new0(struct way, 1);
    *way = (struct way){
        .of = reading, .first = cell, .cells = g_array_new(FALSE, FALSE, sizeof(guint))};
    g_ptr_array_add(reading->ways, way);
    return way;
}

static struct past *past_new(const struct config *config, gint64 from_ms, gint64 until_ms,
                             gint64 now_ms)
{
    gint64 period_ms = config->metrics.period_ms;
    struct past *past = g_new0(struct past, 1);
    past->n_cells = config->cells->len;
    past->readings = g_new0(struct cell_reading, past->n_cells);
    past->unread = g_new0(bool, past->n_cells);
    past->faults = g_ptr_array_new_with_free_func(g_free);
    past->until_ms =
        MIN(until_ms / period_ms * period_ms, metrics_settled_until_ms(config, now_ms));
    past->from_ms = MAX(from_ms, now_ms - past_kept_ms(period_ms)) / period_ms * period_ms;
    return past;
}

static gboolean begin(gpointer data)
{
    struct reading *reading = data;
    const gint64 span_ms = reading->past->until_ms - reading->past->from_ms;
    reading->left = reading->ways->len + 1;
    for (guint i = 0; i < reading->ways->len; i++) {
        struct way *way = reading->ways->pdata[i];
        if (span_ms > 0 && plan_next(way))
            ask(way);
        else
            reading->left--;
    }
    if (--reading->left == 0)
        hand_over(reading);
    return G_SOURCE_REMOVE;
}

void past_read(struct config *config, struct aws_client *client, const GArray *cells,
               gint64 from_ms, gint64 until_ms, gint64 now_ms, past_fn done, gpointer data)
{
    struct reading *reading = g_new0(struct reading, 1);
    reading->config = config_ref(config);
    reading->client = client;
    reading->past = past_new(config, from_ms, until_ms, now_ms);
    reading->ways = g_ptr_array_new_with_free_func(way_free);
    reading->before = *aws_client_counters(client);
    reading->progress = g_new0(struct metrics_progress, config->cells->len);
    reading->as_of_ms = reading->past->until_ms + config->metrics.settle_ms;
    reading->done = done;
    reading->data = data;
    for (guint i = 0; i < cells->len; i++) {
        guint cell = g_array_index(cells, guint, i);
        /* no more than is wanted: the usual past, which is longer, ends at once */
        reading->progress[cell].want_from_ms = reading->past->from_ms;
        reading->progress[cell].past_ms = 1;
        g_array_append_val(way_to(reading, config->cells->pdata[cell])->cells, cell);
    }
    g_idle_add(begin, reading);
}
