#include "data/feed_source.h"

#include "data/alarms.h"
#include "data/base/when.h"

struct turn {
    GPtrArray *roles; /* const char * */
    guint at;
    GPtrArray *alarms; /* of this role so far */
    char *token;
    char *error; /* the first one */
};

static void begin(struct feed_source *source)
{
    struct turn *turn = g_new0(struct turn, 1);
    turn->roles = region_roles(source->feed->config, source->region);
    turn->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
    source->turn = turn;
}

static bool ask(struct feed_source *source)
{
    struct turn *turn = source->turn;
    if (turn->at == turn->roles->len)
        return false;
    struct aws_target target = {AWS_CLOUDWATCH, source->region, turn->roles->pdata[turn->at]};
    source_call(source, &target, "DescribeAlarms", alarms_request(turn->token));
    source->feed->alarm_calls++;
    return true;
}

/* Every cell of the role gets its own alarms, and an empty list where it has none: it was read. */
static void hand_over(struct feed_source *source, const char *role_arn, GPtrArray *alarms)
{
    struct feed *feed = source->feed;
    g_autoptr(GHashTable) by_cell = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < feed->config->cells->len; i++) {
        const struct cell_config *cell = feed->config->cells->pdata[i];
        if (g_strcmp0(cell->region, source->region) != 0 ||
            g_strcmp0(cell->role_arn, role_arn) != 0)
            continue;
        struct cell_reading *reading = &feed->readings[i];
        g_clear_pointer(&reading->alarms, g_ptr_array_unref);
        reading->alarms = g_ptr_array_new_with_free_func((GDestroyNotify)alarm_free);
        reading->alarms_at_ms = source->asked_ms;
        g_hash_table_insert(by_cell, cell->id, reading->alarms);
    }
    for (guint i = alarms->len; i-- > 0;) {
        const struct alarm *alarm = alarms->pdata[i];
        GPtrArray *of_cell = alarm->cell ? g_hash_table_lookup(by_cell, alarm->cell) : NULL;
        if (of_cell)
            g_ptr_array_add(of_cell, g_ptr_array_steal_index_fast(alarms, i));
    }
}

static void take(struct feed_source *source, json_t *reply, const GError *error)
{
    struct turn *turn = source->turn;
    g_autoptr(GError) bad = NULL;
    g_autofree char *before = g_steal_pointer(&turn->token);
    bool read =
        !error && alarms_take(source->feed->config, reply, turn->alarms, &turn->token, &bad);
    if (read && turn->token && g_strcmp0(before, turn->token) != 0)
        return;
    g_clear_pointer(&turn->token, g_free);
    if (read)
        hand_over(source, turn->roles->pdata[turn->at], turn->alarms);
    else if (!turn->error)
        turn->error = g_strdup(error ? error->message : bad->message);
    g_ptr_array_set_size(turn->alarms, 0);
    turn->at = error && error_is_of_the_line(error) ? turn->roles->len : turn->at + 1;
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    (void)keep; /* each role's alarms were handed over when they were whole */
    g_ptr_array_unref(turn->roles);
    g_ptr_array_unref(turn->alarms);
    g_free(turn->token);
    char *error = turn->error;
    g_free(turn);
    return error;
}

static gint64 due_ms(const struct config *config, gint64 asked_ms)
{
    return asked_ms + MIN(10 * WHEN_SECOND, config->metrics.period_ms);
}

const struct source_kind alarms_source = {
    .begin = begin, .ask = ask, .take = take, .end = end, .due_ms = due_ms};
