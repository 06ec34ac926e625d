#include "data/base/when.h"
#include "data/feed_source.h"
#include "data/registry.h"

/* One part of the table, read page by page beside the others. */
struct segment {
    guint at;
    GPtrArray *tenants;
    json_t *start_key;
    guint pages;
};

struct past {
    double units; /* that the last whole Scan took */
    guint pages;
    guint at_most; /* segments, since DynamoDB throttled; 0: as many as the table is worth */
};

struct turn {
    struct segment *segments;
    guint n_segments;
    double units;
    struct registry *before; /* a reference, or NULL */
    guint same;              /* tenants that are as they were before */
    bool throttled;
    char *error; /* the first one */
};

static void take(struct feed_source *source, gpointer part, gpointer value, const GError *error);

static const struct aws_reader page_reader = {registry_read, registry_page_free};

static void ask(struct feed_source *source, struct segment *segment)
{
    const struct turn *turn = source->turn;
    const struct config *config = source->feed->config;
    struct aws_target target = {AWS_DYNAMODB, config->registry_region, NULL};
    source_read(source, &target, "Scan",
                registry_request(config, segment->at, turn->n_segments, segment->start_key),
                &page_reader, take, segment);
}

static void begin(struct feed_source *source)
{
    struct registry *known = source->feed->registry;
    struct turn *turn = g_new0(struct turn, 1);
    if (!source->past)
        source->past = g_new0(struct past, 1);
    const struct past *past = source->past;
    source->turn = turn;
    turn->before = known ? registry_ref(known) : NULL;
    turn->n_segments = registry_segments(past->pages);
    if (past->at_most)
        turn->n_segments = MIN(turn->n_segments, past->at_most);
    turn->segments = g_new0(struct segment, turn->n_segments);
    for (guint i = 0; i < turn->n_segments; i++) {
        turn->segments[i].at = i;
        turn->segments[i].tenants = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_free);
        ask(source, &turn->segments[i]);
    }
}

/* How many of the tenants are as they were before. */
static guint count_same(const struct registry *before, const GPtrArray *tenants)
{
    guint same = 0;
    for (guint i = 0; before && i < tenants->len; i++) {
        const struct tenant *tenant = tenants->pdata[i];
        const struct tenant *known = registry_tenant(before, tenant->id);
        same += known && tenant_equal(known, tenant);
    }
    return same;
}

static void take(struct feed_source *source, gpointer part, gpointer value, const GError *error)
{
    struct turn *turn = source->turn;
    struct segment *segment = part;
    struct registry_page *page = value;
    if (error) {
        turn->throttled = turn->throttled || g_error_matches(error, AWS_ERROR, AWS_ERROR_THROTTLED);
        if (!turn->error)
            turn->error = g_strdup(error->message);
        return;
    }
    turn->same += count_same(turn->before, page->tenants);
    turn->units += page->read_units;
    g_ptr_array_extend_and_steal(segment->tenants, g_steal_pointer(&page->tenants));
    segment->pages++;
    json_decref(segment->start_key);
    segment->start_key = g_steal_pointer(&page->start_key);
    if (segment->start_key)
        ask(source, segment);
}

/* All segments' tenants in one list; caller owns. */
static GPtrArray *all_tenants(const struct turn *turn)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)tenant_free);
    for (guint i = 0; i < turn->n_segments; i++)
        g_ptr_array_extend_and_steal(all, g_steal_pointer(&turn->segments[i].tenants));
    return all;
}

static guint pages_of(const struct turn *turn, guint *tenants)
{
    guint pages = 0;
    *tenants = 0;
    for (guint i = 0; i < turn->n_segments; i++) {
        pages += turn->segments[i].pages;
        *tenants += turn->segments[i].tenants->len;
    }
    return pages;
}

/* A table whose capacity is short is needed by others too: after it has throttled us it is read in
 * one go, and then in more segments again as long as that goes well. */
static void spare(struct past *past, const struct turn *turn)
{
    if (turn->throttled)
        past->at_most = 1;
    else if (past->at_most && !turn->error)
        past->at_most = past->at_most > turn->n_segments ? 0 : past->at_most * 2;
}

/* A Scan of which not one page came leaves the reading before as it was, growing older; one that
 * came in part says so; and one that found nothing changed leaves the same registry to everybody
 * who holds it. */
static void hand_over(struct feed_source *source)
{
    struct feed *feed = source->feed;
    struct turn *turn = source->turn;
    struct past *past = source->past;
    guint tenants;
    guint pages = pages_of(turn, &tenants);
    feed->read_units += turn->units;
    spare(past, turn);
    if (!pages)
        return;
    if (!turn->error) {
        past->units = turn->units;
        past->pages = registry_pages(pages, turn->n_segments, turn->units);
    }
    const struct registry *before = turn->before;
    bool complete = !turn->error;
    if (before && before->complete == complete && before->tenants->len == tenants &&
        turn->same == tenants)
        return;
    registry_unref(feed->registry);
    feed->registry = registry_new(all_tenants(turn), source->asked_ms, complete);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    if (keep)
        hand_over(source);
    for (guint i = 0; i < turn->n_segments; i++) {
        g_clear_pointer(&turn->segments[i].tenants, g_ptr_array_unref);
        json_decref(turn->segments[i].start_key);
    }
    g_free(turn->segments);
    registry_unref(turn->before);
    char *error = turn->error;
    g_free(turn);
    feed_give_back(source->feed);
    return error;
}

static gint64 due_ms(const struct feed *feed, gint64 asked_ms)
{
    const struct pace pace = pace_at(feed->step);
    return asked_ms + pace_registry_ms(&pace, feed->config->metrics.period_ms);
}

static void load(const struct feed_source *source, struct pace_load *load)
{
    const struct past *past = source->past;
    load->registry_units = past ? past->units : 0;
}

const struct source_kind registry_source = {
    .begin = begin, .end = end, .due_ms = due_ms, .load = load};
