#include "data/base/when.h"
#include "data/feed_source.h"
#include "data/registry.h"

#include <string.h>

/* One part of the table, read page by page beside the others. */
struct segment {
    guint at;
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
    GArray *items;           /* struct registry_item; places are those in `before` */
    guint8 *met;             /* one for each place in it: that tenant has come, as it was */
    guint n_met, n_read;     /* so many have; so many items had to be read */
    bool throttled;
    bool consistent; /* as things are now, which takes twice as many units */
    char *error;     /* the first one */
};

static void take(struct feed_source *source, gpointer part, gpointer value, const GError *error);

static const struct aws_reader page_reader = {registry_read, registry_page_free};

static void ask(struct feed_source *source, struct segment *segment)
{
    const struct turn *turn = source->turn;
    struct config *config = source->feed->config;
    struct aws_target target = {AWS_DYNAMODB, config->registry_region, NULL};
    json_t *body = registry_request(config, segment->at, turn->n_segments, segment->start_key);
    if (turn->consistent)
        json_object_set_new(body, "ConsistentRead", json_true());
    source_read(source, &target, "Scan", body, &page_reader,
                registry_with_new(config, source->feed->known), registry_with_free, take, segment);
}

static void begin(struct feed_source *source)
{
    struct feed *feed = source->feed;
    struct registry *before = feed->registry;
    struct turn *turn = g_new0(struct turn, 1);
    if (!source->past)
        source->past = g_new0(struct past, 1);
    const struct past *past = source->past;
    source->turn = turn;
    if (feed->started && !feed->known)
        feed->known = registry_known_new();
    turn->consistent = feed->consistent || source->anew;
    source->anew = false;
    turn->before = before ? registry_ref(before) : NULL;
    turn->met = g_new0(guint8, before ? before->tenants->len : 0);
    turn->items = registry_items_new();
    turn->n_segments = registry_segments(past->pages);
    if (past->at_most)
        turn->n_segments = MIN(turn->n_segments, past->at_most);
    turn->segments = g_new0(struct segment, turn->n_segments);
    for (guint i = 0; i < turn->n_segments; i++) {
        turn->segments[i].at = i;
        ask(source, &turn->segments[i]);
    }
}

/* The place in the registry before of a tenant that was read; -1: it was not there, or not so. One
 * that was is kept in the new one's stead: there need not be two. */
static gint64 find_before(const struct registry *before, struct registry_item *item)
{
    gint64 place = before ? registry_place(before, item->tenant->id) : -1;
    struct tenant *kept = place >= 0 ? before->tenants->pdata[place] : NULL;
    if (!kept || !tenant_equal(kept, item->tenant))
        return -1;
    tenant_unref(item->tenant);
    item->tenant = tenant_ref(kept);
    return place;
}

static void take_item(struct turn *turn, bool placed, struct registry_item item)
{
    turn->n_read += item.place < 0;
    if (item.place < 0 || !placed)
        item.place = find_before(turn->before, &item);
    if (item.place >= 0 && !turn->met[item.place]) {
        turn->met[item.place] = 1;
        turn->n_met++;
    }
    g_array_append_val(turn->items, item);
}

static void take_items(struct feed_source *source, GArray *items)
{
    struct turn *turn = source->turn;
    const struct registry_known *known = source->feed->known;
    bool placed = known && registry_known_is_of(known, turn->before);
    for (guint i = 0; i < items->len; i++) {
        struct registry_item *item = &g_array_index(items, struct registry_item, i);
        take_item(turn, placed, *item);
        item->tenant = NULL;
    }
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
    turn->units += page->read_units;
    take_items(source, page->items);
    segment->pages++;
    json_decref(segment->start_key);
    segment->start_key = g_steal_pointer(&page->start_key);
    if (segment->start_key)
        ask(source, segment);
}

static guint pages_of(const struct turn *turn)
{
    guint pages = 0;
    for (guint i = 0; i < turn->n_segments; i++)
        pages += turn->segments[i].pages;
    return pages;
}

/* Every tenant of the registry before has come as it was, once, and none beside. */
static bool is_as_before(const struct turn *turn)
{
    const struct registry *before = turn->before;
    return before && before->complete == !turn->error && before->tenants->len == turn->items->len &&
           turn->n_met == turn->items->len;
}

static int by_id(gconstpointer a, gconstpointer b)
{
    const struct registry_item *x = a, *y = b;
    return strcmp(x->tenant->id, y->tenant->id);
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const struct registry_item *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static struct registry *registry_of(const GArray *items, gint64 at_ms, bool complete)
{
    GPtrArray *tenants = g_ptr_array_new_full(items->len, (GDestroyNotify)tenant_unref);
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(tenants, tenant_ref(g_array_index(items, struct registry_item, i).tenant));
    return registry_new(tenants, at_ms, complete);
}

/* What was read in part is forgotten: the next whole Scan is more like the last whole one. */
static void know(struct feed *feed, struct turn *turn)
{
    if (!feed->known || turn->error)
        return;
    struct registry_known *next =
        registry_known_next(feed->known, g_steal_pointer(&turn->items), feed->registry);
    registry_known_unref(feed->known);
    feed->known = next;
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
    guint pages = pages_of(turn);
    double units = turn->consistent ? turn->units / 2 : turn->units; /* as the next may take */
    feed->read_units += turn->units;
    spare(past, turn);
    if (!pages)
        return;
    if (!turn->error) {
        past->units = units;
        past->pages = registry_pages(pages, turn->n_segments, units);
    }
    if (is_as_before(turn)) {
        if (turn->n_read) {
            g_array_sort(turn->items, by_place);
            know(feed, turn);
        }
        return;
    }
    g_array_sort(turn->items, by_id);
    registry_unref(feed->registry);
    feed->registry = registry_of(turn->items, source->asked_ms, !turn->error);
    know(feed, turn);
}

static char *end(struct feed_source *source, bool keep)
{
    struct turn *turn = source->turn;
    if (keep)
        hand_over(source);
    for (guint i = 0; i < turn->n_segments; i++)
        json_decref(turn->segments[i].start_key);
    g_clear_pointer(&turn->items, g_array_unref);
    g_free(turn->met);
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
