/* DynamoDB's Scan: in the order of the keys' hashes, by segments, page by page. */
#include "data/sim/dynamodb.h"
#include "data/sim/expression.h"
#include "data/sim/value.h"

#include <string.h>

#define SEGMENTS_MAX 1000000

struct place {
    guint32 hash;
    const char *key;
    json_t *item;
};

/* What a Scan asks for, checked. */
struct asked {
    guint32 segment, segments;
    gint64 limit;
    char *start; /* the key's text, or NULL: from the segment's beginning */
    struct sim_expressions *expressions;
};

static void asked_clear(struct asked *asked)
{
    g_free(asked->start);
    if (asked->expressions)
        sim_expressions_free(asked->expressions);
}

static bool refuse(struct sim_call *call, const char *message)
{
    sim_refuse(call, 400, "ValidationException", "%s", message);
    return false;
}

static bool read_segment(struct sim_call *call, struct asked *asked)
{
    bool has_segment = json_object_get(call->in, "Segment") != NULL;
    bool has_total = json_object_get(call->in, "TotalSegments") != NULL;
    gint64 segment = (gint64)sim_number(call->in, "Segment", 0);
    gint64 segments = (gint64)sim_number(call->in, "TotalSegments", 1);
    if (has_total && !has_segment)
        return refuse(call, "The Segment parameter is required but was not present in the request "
                            "when parameter TotalSegments is present");
    if (has_segment && !has_total)
        return refuse(call, "The TotalSegments parameter is required but was not present in the "
                            "request when Segment parameter is present");
    if (segments < 1 || segments > SEGMENTS_MAX || segment < 0)
        return refuse(call, "1 validation error detected: Value at 'totalSegments' or 'segment' "
                            "failed to satisfy constraint: Member must have value from 1 to "
                            "1000000, and not less than 0");
    if (segment >= segments) {
        g_autofree char *why = g_strdup_printf(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: %" G_GINT64_FORMAT " is not less than TotalSegments: %" G_GINT64_FORMAT,
            segment, segments);
        return refuse(call, why);
    }
    asked->segment = (guint32)segment;
    asked->segments = (guint32)segments;
    return true;
}

static bool read_start(struct sim_call *call, const json_t *table, struct asked *asked)
{
    const json_t *given = json_object_get(call->in, "ExclusiveStartKey");
    if (call->half && (given || asked->segment > 0)) {
        sim_refuse(call, 500, "InternalServerError", "The request processing has failed.");
        return false;
    }
    if (!given)
        return true;
    asked->start = sim_dynamodb_key(call, table, given);
    if (asked->start && g_str_hash(asked->start) % asked->segments != asked->segment)
        return refuse(call, "The provided Exclusive start key does not map to the provided Segment "
                            "and TotalSegments values.");
    return asked->start != NULL;
}

static bool read_asked(struct sim_call *call, const json_t *table, struct asked *asked)
{
    static const char *const unknown[] = {"AttributesToGet", "IndexName", "ScanFilter", "Select"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        if (json_object_get(call->in, unknown[i])) {
            sim_refuse(call, 400, "ValidationException", "The simulator has no %s", unknown[i]);
            return false;
        }
    asked->limit = (gint64)sim_number(call->in, "Limit", G_MAXINT32);
    if (asked->limit < 1)
        return refuse(call, "1 validation error detected: Value at 'limit' failed to satisfy "
                            "constraint: Member must have value greater than or equal to 1");
    if (!read_segment(call, asked) || !read_start(call, table, asked))
        return false;
    asked->expressions = sim_expressions_read(call);
    return asked->expressions != NULL;
}

static gint by_hash(gconstpointer a, gconstpointer b)
{
    const struct place *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return strcmp(x->key, y->key);
}

/* The segment's items after the start, in scan order. */
static GArray *places_of(const json_t *items, const struct asked *asked)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    struct place after = {asked->start ? g_str_hash(asked->start) : 0, asked->start, NULL};
    const char *key;
    json_t *item;
    json_object_foreach ((json_t *)items, key, item) {
        struct place place = {g_str_hash(key), key, item};
        bool mine = place.hash % asked->segments == asked->segment;
        if (mine && (!asked->start || by_hash(&place, &after) > 0))
            g_array_append_val(places, place);
    }
    g_array_sort(places, by_hash);
    return places;
}

static json_t *page_of(const struct sim_call *call, const json_t *table, const GArray *places,
                       const struct asked *asked)
{
    json_t *items = json_array(), *page = json_object();
    size_t bytes = 0;
    guint i = 0;
    for (; i < places->len && (gint64)i < asked->limit && bytes < SIM_DYNAMODB_PAGE; i++) {
        json_t *item = g_array_index(places, struct place, i).item;
        bytes += sim_dynamodb_bytes(item);
        if (sim_expressions_keep(asked->expressions, item))
            json_array_append_new(items, sim_expressions_project(asked->expressions, item));
    }
    json_object_set_new(page, "Items", items);
    json_object_set_new(page, "Count", json_integer((json_int_t)json_array_size(items)));
    json_object_set_new(page, "ScannedCount", json_integer(i));
    /* DynamoDB gives a LastEvaluatedKey whenever it stopped at a limit, even at the last item. */
    if (i > 0 && (i < places->len || (gint64)i == asked->limit))
        json_object_set_new(
            page, "LastEvaluatedKey",
            sim_dynamodb_key_of(table, g_array_index(places, struct place, i - 1).item));
    sim_dynamodb_read_units(call, page, bytes);
    return page;
}

json_t *sim_dynamodb_scan(struct sim_call *call)
{
    const json_t *table = sim_dynamodb_table(call);
    struct asked asked = {0};
    json_t *page = NULL;
    if (table && read_asked(call, table, &asked)) {
        OWN_JSON items = sim_dynamodb_seen(call, table);
        g_autoptr(GArray) places = places_of(items, &asked);
        page = page_of(call, table, places, &asked);
    }
    asked_clear(&asked);
    return page;
}
