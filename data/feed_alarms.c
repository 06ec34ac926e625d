/* Alarms are the cheap first signal: which are in ALARM is asked often; all of them once a period,
 * and whenever the signal says something else than is known. Where all fit on one page, that page
 * is the signal. */
#include "data/alarms.h"
#include "data/base/when.h"
#include "data/feed_source.h"

struct past {
    guint list_calls, signal_calls; /* that the last whole ones took */
};

struct turn {
    bool signal;       /* only those in ALARM */
    guint calls;       /* for this list so far */
    GPtrArray *alarms; /* so far */
    char *token;
    char *error;
};

static void take(struct feed_source *source, gpointer part, json_t *reply, const GError *error);

static void ask(struct feed_source *source)
{
    struct turn *turn = source->turn;
    struct aws_target target = source_target(source, AWS_CLOUDWATCH);
    turn->calls++;
    source_call(source, &target, "DescribeAlarms", alarms_request(turn->signal, turn->token), take,
                NULL);
}

static struct cell_reading *reading_at(const struct feed_source *source, guint i)
{
    return &source->feed->readings[g_array_index(source->cells, guint, i)];
}

static const struct cell_config *cell_at(const struct feed_source *source, guint i)
{
    return source->feed->config->cells->pdata[g_array_index(source->cells, guint, i)];
}

static bool list_is_due(const struct feed_source *source)
{
    const struct past *past = source->past;
    gint64 period_ms = source->feed->config->metrics.period_ms;
    return !past || past->list_calls <= 1 || !reading_at(source, 0)->alarms ||
           source->asked_ms - reading_at(source, 0)->alarms_at_ms >= period_ms;
}

/* A monitoring account shows metrics of other accounts, never their alarms. */
static bool is_out_of_reach(const struct cell_config *cell)
{
    return cell->account && !cell->role_arn;
}

static void begin(struct feed_source *source)
{
    struct turn *turn = g_new0(struct turn, 1);
    const struct cell_config *cell = cell_at(source, 0);
    turn->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    turn->signal = !list_is_due(source);
    source->turn = turn;
    if (is_out_of_reach(cell))
        turn->error = g_strdup_printf(
            "DescribeAlarms in %s: alarms of account %s can't be read through a monitoring "
            "account; give its cells a role_arn",
            cell->region, cell->account);
    else
        ask(source);
}

static char *alarm_mark(const struct alarm *alarm)
{
    return g_strdup_printf("%s\n%" G_GINT64_FORMAT, alarm->name, alarm->since_ms);
}

/* The source's cells by id, each with what was read of it. */
static GHashTable *readings_of(const struct feed_source *source)
{
    GHashTable *readings = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < source->cells->len; i++)
        g_hash_table_insert(readings, cell_at(source, i)->id, reading_at(source, i));
    return readings;
}

/* Whether the signal has the same alarms in ALARM, since the same times, as the list before. */
static bool says_the_same(const struct feed_source *source, const GPtrArray *signal)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) readings = readings_of(source);
    for (guint i = 0; i < source->cells->len; i++) {
        const GPtrArray *alarms = reading_at(source, i)->alarms;
        for (guint a = 0; alarms && a < alarms->len; a++) {
            const struct alarm *alarm = alarms->pdata[a];
            if (alarm->state == ALARM_ALARM)
                g_hash_table_add(known, alarm_mark(alarm));
        }
    }
    guint same = 0;
    for (guint i = 0; i < signal->len; i++) {
        const struct alarm *alarm = signal->pdata[i];
        if (!alarm->cell || !g_hash_table_contains(readings, alarm->cell))
            continue;
        g_autofree char *mark = alarm_mark(alarm);
        if (!g_hash_table_contains(known, mark))
            return false;
        same++;
    }
    return same == g_hash_table_size(known);
}

/* Every cell gets its own alarms, and an empty list where it has none: it was read. */
static void hand_over(const struct feed_source *source, GPtrArray *alarms)
{
    g_autoptr(GHashTable) readings = readings_of(source);
    for (guint i = 0; i < source->cells->len; i++) {
        struct cell_reading *reading = reading_at(source, i);
        g_clear_pointer(&reading->alarms, g_ptr_array_unref);
        reading->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
        reading->alarms_at_ms = source->asked_ms;
    }
    for (guint i = alarms->len; i-- > 0;) {
        const struct alarm *alarm = alarms->pdata[i];
        struct cell_reading *reading =
            alarm->cell ? g_hash_table_lookup(readings, alarm->cell) : NULL;
        if (reading)
            g_ptr_array_add(reading->alarms, g_ptr_array_steal_index_fast(alarms, i));
    }
}

static void list_is_whole(struct feed_source *source)
{
    struct turn *turn = source->turn;
    struct past *past = source->past;
    if (!past)
        source->past = past = g_new0(struct past, 1);
    *(turn->signal ? &past->signal_calls : &past->list_calls) = turn->calls;
    if (!turn->signal)
        hand_over(source, turn->alarms);
    bool again = turn->signal && !says_the_same(source, turn->alarms);
    g_ptr_array_set_size(turn->alarms, 0);
    turn->calls = 0;
    turn->signal = false;
    if (again)
        ask(source);
}

static void take(struct feed_source *source, gpointer part, json_t *reply, const GError *error)
{
    struct turn *turn = source->turn;
    (void)part;
    g_autoptr(GError) bad = NULL;
    g_autofree char *before = g_steal_pointer(&turn->token);
    if (error || !alarms_take(source->feed->config, reply, turn->alarms, &turn->token, &bad)) {
        turn->error = g_strdup(error ? error->message : bad->message);
        return;
    }
    if (turn->token && g_strcmp0(before, turn->token) != 0) {
        ask(source);
        return;
    }
    g_clear_pointer(&turn->token, g_free);
    list_is_whole(source);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    (void)keep; /* a list was handed over when it was whole */
    g_ptr_array_unref(turn->alarms);
    g_free(turn->token);
    char *error = turn->error;
    g_free(turn);
    return error;
}

static gint64 due_ms(const struct feed *feed, gint64 asked_ms)
{
    const struct pace pace = pace_at(feed->step);
    return asked_ms + pace_alarms_ms(&pace, feed->config->metrics.period_ms);
}

static void load(const struct feed_source *source, struct pace_load *load)
{
    const struct past *past = source->past;
    if (!past)
        return;
    load->alarm_calls += past->list_calls <= 1 ? past->list_calls : MAX(1, past->signal_calls);
    load->alarm_list_calls += past->list_calls <= 1 ? 0 : past->list_calls;
}

const struct source_kind alarms_source = {
    .begin = begin, .end = end, .due_ms = due_ms, .load = load};
