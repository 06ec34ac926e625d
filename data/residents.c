#include "data/residents.h"

#include "data/registry.h"

#include <string.h>

/* One part of the table, read page by page beside the others. */
struct segment {
    struct residents_call *call;
    struct aws_call *page; /* under way; NULL: it is read to its end */
    guint at;
};

struct residents_call {
    struct aws_client *client;
    const struct config *config;
    char *cell;
    gint64 deadline_ms;
    struct segment *segments;
    guint n_segments;
    GPtrArray *ids; /* char * */
    residents_fn fn;
    gpointer data;
};

json_t *residents_request(const struct config *config, const char *cell, guint segment,
                          guint segments, json_t *start_key)
{
    json_t *body = json_pack("{s:s, s:b, s:s, s:s, s:{s:s, s:s}, s:{s:{s:s}}}", "TableName",
                             config->registry_table, "ConsistentRead", 1, "FilterExpression",
                             "#cellId = :cell", "ProjectionExpression", "#tenantId",
                             "ExpressionAttributeNames", "#cellId", "cellId", "#tenantId",
                             "tenantId", "ExpressionAttributeValues", ":cell", "S", cell);
    registry_ask_page(body, segment, segments, start_key);
    return body;
}

static void call_free(struct residents_call *call)
{
    for (guint i = 0; i < call->n_segments; i++)
        if (call->segments[i].page)
            aws_call_cancel(call->segments[i].page);
    g_ptr_array_unref(call->ids);
    g_free(call->segments);
    g_free(call->cell);
    g_free(call);
}

void residents_cancel(struct residents_call *call)
{
    if (call)
        call_free(call);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* It may be asked anew from within: nothing of this one is left then. */
static void end(struct residents_call *call, const GError *error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_ref(call->ids);
    residents_fn fn = call->fn;
    gpointer data = call->data;
    call_free(call);
    g_ptr_array_sort(ids, by_text);
    fn(error ? NULL : ids, error, data);
}

static GError *take_ids(struct residents_call *call, const json_t *items)
{
    size_t i;
    json_t *item;
    if (!json_is_array(items))
        return g_error_new(AWS_ERROR, AWS_ERROR_ANSWER,
                           "DynamoDB Scan of table %s: the answer has no Items",
                           call->config->registry_table);
    json_array_foreach (items, i, item) {
        const char *id = json_string_value(json_object_get(json_object_get(item, "tenantId"), "S"));
        if (!id)
            return g_error_new(AWS_ERROR, AWS_ERROR_ANSWER,
                               "DynamoDB Scan of table %s: an item of %s has no tenantId that is "
                               "a text",
                               call->config->registry_table, call->cell);
        g_ptr_array_add(call->ids, g_strdup(id));
    }
    return NULL;
}

static void on_page(json_t *reply, const GError *error, gpointer data);

static void ask(struct segment *segment, json_t *start_key)
{
    struct residents_call *call = segment->call;
    struct aws_target target = {AWS_DYNAMODB, call->config->registry_region, NULL};
    segment->page = aws_json(
        call->client, &target, "Scan",
        residents_request(call->config, call->cell, segment->at, call->n_segments, start_key),
        AWS_CALL_READ, call->deadline_ms, on_page, segment);
}

static bool all_read(const struct residents_call *call)
{
    for (guint i = 0; i < call->n_segments; i++)
        if (call->segments[i].page)
            return false;
    return true;
}

static void on_page(json_t *reply, const GError *error, gpointer data)
{
    struct segment *segment = data;
    struct residents_call *call = segment->call;
    segment->page = NULL;
    g_autoptr(GError) fault = reply ? take_ids(call, json_object_get(reply, "Items")) : NULL;
    json_t *start_key = json_object_get(reply, "LastEvaluatedKey");
    if (error || fault)
        end(call, error ? error : fault);
    else if (json_is_object(start_key) && json_object_size(start_key) > 0)
        ask(segment, start_key);
    else if (all_read(call))
        end(call, NULL);
}

struct residents_call *residents_read(struct aws_client *client, const struct config *config,
                                      const char *cell, gint64 deadline_ms, residents_fn fn,
                                      gpointer data)
{
    struct residents_call *call = g_new0(struct residents_call, 1);
    *call = (struct residents_call){.client = client,
                                    .config = config,
                                    .cell = g_strdup(cell),
                                    .deadline_ms = deadline_ms,
                                    .n_segments = registry_segments(0),
                                    .ids = g_ptr_array_new_with_free_func(g_free),
                                    .fn = fn,
                                    .data = data};
    call->segments = g_new0(struct segment, call->n_segments);
    for (guint i = 0; i < call->n_segments; i++) {
        call->segments[i] = (struct segment){.call = call, .at = i};
        ask(&call->segments[i], NULL);
    }
    return call;
}
