#include "data/registry_write.h"

#include "data/base/when.h"

#include <string.h>

enum { USUAL_DEADLINE_MS = 20000 }; /* data/aws/client.h */

void tenant_item_free(struct tenant_item *item)
{
    if (!item)
        return;
    json_decref(item->raw);
    g_free(item->cell);
    g_free(item->region);
    g_free(item->status);
    g_free(item->updated_at);
    g_free(item);
}

static char *text_at(const json_t *item, const char *name)
{
    return g_strdup(json_string_value(json_object_get(json_object_get(item, name), "S")));
}

static char *digits_at(const json_t *item, const char *name)
{
    return g_strdup(json_string_value(json_object_get(json_object_get(item, name), "N")));
}

struct tenant_item *tenant_item_of(json_t *raw)
{
    struct tenant_item *item = g_new0(struct tenant_item, 1);
    if (!json_is_object(raw) || json_object_size(raw) == 0)
        return item;
    item->raw = json_incref(raw);
    item->cell = text_at(raw, "cellId");
    item->region = text_at(raw, "region");
    item->status = text_at(raw, "status");
    item->updated_at = text_at(raw, "updatedAt");
    if (!item->updated_at)
        item->updated_at = digits_at(raw, "updatedAt");
    return item;
}

bool tenant_condition_holds(const struct tenant_condition *condition,
                            const struct tenant_item *item)
{
    bool dated = json_object_get(item->raw, "updatedAt") != NULL;
    return item->raw && g_strcmp0(item->cell, condition->cell) == 0 &&
           g_strcmp0(item->status, condition->status) == 0 &&
           (condition->updated_at ? g_strcmp0(item->updated_at, condition->updated_at) == 0
                                  : !dated);
}

static json_t *attribute(const char *type, const char *text)
{
    return json_pack("{s:s}", type, text);
}

/* Addressed by its own name: several of the registry's are DynamoDB's reserved words. */
static json_t *base_request(const struct config *config, const char *tenant)
{
    return json_pack("{s:s, s:{s:o}}", "TableName", config->registry_table, "Key", "tenantId",
                     attribute("S", tenant));
}

json_t *tenant_item_request(const struct config *config, const char *tenant)
{
    json_t *body = base_request(config, tenant);
    json_object_set_new(body, "ConsistentRead", json_true());
    return body;
}

/* The expressions of a change as they grow. */
struct expression {
    GString *text;
    json_t *names, *values;
};

/* "#cellId = :KEY" */
static void add_equal(struct expression *expression, const char *joint, const char *name,
                      const char *key, json_t *value)
{
    g_autofree char *place = g_strconcat("#", name, NULL);
    g_autofree char *placeholder = g_strconcat(":", key, NULL);
    g_string_append_printf(expression->text, "%s%s = %s", expression->text->len ? joint : "", place,
                           placeholder);
    json_object_set_new(expression->names, place, json_string(name));
    json_object_set_new(expression->values, placeholder, value);
}

static char *update_text(json_t *names, json_t *values, const struct tenant_change *change)
{
    const char *const set[][2] = {{"cellId", change->cell},
                                  {"region", change->region},
                                  {"status", change->status},
                                  {"updatedAt", change->updated_at}};
    struct expression expression = {g_string_new(NULL), names, values};
    for (size_t i = 0; i < G_N_ELEMENTS(set); i++) {
        g_autofree char *key = g_strconcat("new", set[i][0], NULL);
        if (set[i][1])
            add_equal(&expression, ", ", set[i][0], key, attribute("S", set[i][1]));
    }
    g_string_prepend(expression.text, "SET ");
    return g_string_free(expression.text, FALSE);
}

/* DynamoDB compares a number with a text as unequal, and takes no number that is none. */
static bool is_number(const char *text)
{
    char *end = NULL;
    g_ascii_strtod(text, &end);
    return *text && strspn(text, "0123456789+-.eE") == strlen(text) && !*end && strlen(text) <= 38;
}

/* updatedAt is a text or a number, and its letters do not tell which: either is what was read. */
static void add_moment(struct expression *expression, const char *updated_at)
{
    json_object_set_new(expression->names, "#updatedAt", json_string("updatedAt"));
    if (!updated_at) {
        g_string_append(expression->text, " AND attribute_not_exists(#updatedAt)");
        return;
    }
    json_object_set_new(expression->values, ":updatedAt", attribute("S", updated_at));
    if (!is_number(updated_at)) {
        g_string_append(expression->text, " AND #updatedAt = :updatedAt");
        return;
    }
    json_object_set_new(expression->values, ":updatedNumber", attribute("N", updated_at));
    g_string_append(expression->text,
                    " AND (#updatedAt = :updatedAt OR #updatedAt = :updatedNumber)");
}

static char *condition_text(json_t *names, json_t *values, const struct tenant_condition *condition)
{
    struct expression expression = {g_string_new(NULL), names, values};
    add_equal(&expression, " AND ", "cellId", "cellId", attribute("S", condition->cell));
    add_equal(&expression, " AND ", "status", "status", attribute("S", condition->status));
    add_moment(&expression, condition->updated_at);
    return g_string_free(expression.text, FALSE);
}

json_t *tenant_change_request(const struct config *config, const char *tenant,
                              const struct tenant_change *change,
                              const struct tenant_condition *condition)
{
    json_t *names = json_object(), *values = json_object();
    g_autofree char *update = update_text(names, values, change);
    g_autofree char *only = condition_text(names, values, condition);
    json_t *body = base_request(config, tenant);
    json_object_set_new(body, "UpdateExpression", json_string(update));
    json_object_set_new(body, "ConditionExpression", json_string(only));
    json_object_set_new(body, "ExpressionAttributeNames", names);
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ReturnValues", json_string("ALL_NEW"));
    json_object_set_new(body, "ReturnValuesOnConditionCheckFailure", json_string("ALL_OLD"));
    return body;
}

struct tenant_call {
    struct aws_client *client;
    struct aws_call *call; /* the one under way */
    char *tenant, *region;
    json_t *look;    /* GetItem's body */
    char *expected;  /* of a change: what it was conditional on, in words */
    GError *refusal; /* the same, while what stands there is asked for */
    gint64 until_ms; /* on the monotonic clock */
    bool ended;      /* its callback runs */
    tenant_item_fn fn;
    gpointer data;
};

static void tenant_call_free(struct tenant_call *call)
{
    g_free(call->tenant);
    g_free(call->region);
    json_decref(call->look);
    g_free(call->expected);
    g_clear_error(&call->refusal);
    g_free(call);
}

void tenant_call_cancel(struct tenant_call *call)
{
    if (!call || call->ended)
        return;
    aws_call_cancel(call->call);
    tenant_call_free(call);
}

static struct tenant_call *tenant_call_new(struct aws_client *client, const struct config *config,
                                           const char *tenant, tenant_item_fn fn, gpointer data)
{
    struct tenant_call *call = g_new0(struct tenant_call, 1);
    call->client = client;
    call->tenant = g_strdup(tenant);
    call->region = g_strdup(config->registry_region);
    call->look = tenant_item_request(config, tenant);
    call->fn = fn;
    call->data = data;
    return call;
}

static void end(struct tenant_call *call, const struct tenant_item *item, const GError *error)
{
    call->ended = true;
    call->fn(item, error, call->data);
    tenant_call_free(call);
}

/* "cell-1-us-east, ACTIVE, updated 2026-01-02T03:04:05Z" */
static char *state_text(const char *cell, const char *status, const char *updated_at)
{
    return g_strdup_printf("%s, %s, %s%s", cell ? cell : "no cell", status ? status : "no status",
                           updated_at ? "updated " : "no updatedAt", updated_at ? updated_at : "");
}

static char *item_text(const struct tenant_item *item)
{
    return item->raw ? state_text(item->cell, item->status, item->updated_at)
                     : g_strdup("gone from the registry");
}

/* `item` NULL: that it is another is all that is known. */
static GError *refusal_of(const struct tenant_call *call, const GError *error,
                          const struct tenant_item *item)
{
    g_autofree char *now = item ? item_text(item) : g_strdup("not known");
    return g_error_new(AWS_ERROR, AWS_ERROR_CONDITION,
                       "%s: nothing was changed: tenant %s is no longer as it was read (%s) but %s",
                       error->message, call->tenant, call->expected, now);
}

static void looked(json_t *reply, const GError *error, gpointer data)
{
    struct tenant_call *call = data;
    OWN(tenant_item) item = reply ? tenant_item_of(json_object_get(reply, "Item")) : NULL;
    g_autoptr(GError) refusal = call->refusal ? refusal_of(call, call->refusal, item) : NULL;
    end(call, item, refusal ? refusal : error);
}

static void look(struct tenant_call *call, gint64 deadline_ms)
{
    struct aws_target target = {AWS_DYNAMODB, call->region, NULL};
    call->call = aws_json(call->client, &target, "GetItem", json_incref(call->look), AWS_CALL_READ,
                          deadline_ms, looked, call);
}

struct tenant_call *tenant_item_get(struct aws_client *client, const struct config *config,
                                    const char *tenant, gint64 deadline_ms, tenant_item_fn fn,
                                    gpointer data)
{
    struct tenant_call *call = tenant_call_new(client, config, tenant, fn, data);
    look(call, deadline_ms);
    return call;
}

/* What stood there is in the refusal, if DynamoDB is new enough to tell it; none stands there at
 * all, or it is not, where it isn't. */
static void refused(struct tenant_call *call, const GError *error)
{
    const char *text = aws_call_refusal(call->call);
    OWN_JSON answer = json_loads(text ? text : "", 0, NULL);
    json_t *raw = json_object_get(answer, "Item");
    if (!raw) {
        call->refusal = g_error_copy(error);
        look(call, MAX(call->until_ms - when_mono_ms(), 1));
        return;
    }
    OWN(tenant_item) item = tenant_item_of(raw);
    g_autoptr(GError) refusal = refusal_of(call, error, item);
    end(call, item, refusal);
}

static void updated(json_t *reply, const GError *error, gpointer data)
{
    struct tenant_call *call = data;
    if (g_error_matches(error, AWS_ERROR, AWS_ERROR_CONDITION)) {
        refused(call, error);
        return;
    }
    json_t *raw = json_object_get(reply, "Attributes");
    OWN(tenant_item) item = raw ? tenant_item_of(raw) : NULL;
    g_autoptr(GError) unread = NULL;
    if (reply && !item)
        unread = g_error_new(AWS_ERROR, AWS_ERROR_ANSWER,
                             "DynamoDB UpdateItem of tenant %s: the answer has no attributes",
                             call->tenant);
    end(call, item, error ? error : unread);
}

struct tenant_call *tenant_item_update(struct aws_client *client, const struct config *config,
                                       const char *tenant, const struct tenant_change *change,
                                       const struct tenant_condition *condition, gint64 deadline_ms,
                                       tenant_item_fn fn, gpointer data)
{
    struct tenant_call *call = tenant_call_new(client, config, tenant, fn, data);
    struct aws_target target = {AWS_DYNAMODB, call->region, NULL};
    call->expected = state_text(condition->cell, condition->status, condition->updated_at);
    call->until_ms = when_mono_ms() + (deadline_ms > 0 ? deadline_ms : USUAL_DEADLINE_MS);
    call->call = aws_json(client, &target, "UpdateItem",
                          tenant_change_request(config, tenant, change, condition), AWS_CALL_WRITE,
                          deadline_ms, updated, call);
    return call;
}
