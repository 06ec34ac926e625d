#include "data/registry.h"

#include "data/base/error.h"
#include "data/base/json_list.h"
#include "data/base/when.h"

#include <math.h>
#include <string.h>

#define SEGMENTS_AT_FIRST 4
#define SEGMENTS_MAX      8
#define UNITS_A_PAGE      128 /* aws.md: half a unit for 4 KB */

guint registry_segments(guint pages)
{
    return pages ? MIN(pages, SEGMENTS_MAX) : SEGMENTS_AT_FIRST;
}

guint registry_pages(guint pages, guint segments, double read_units)
{
    bool told = pages <= segments && read_units > 0;
    return told ? MIN(pages, (guint)ceil(read_units / UNITS_A_PAGE)) : pages;
}

/* What read_tenant() reads of an item. Some of the names are DynamoDB's reserved words, so each
 * goes by a number. */
static const char *const attributes[] = {
    "tenantId", "cellId",    "region", "tier",           "capacity",      "createdAt",  "updatedAt",
    "status",   "subdomain", "name",   "failoverCellId", "dataResidency", "environment"};

static void ask_for_attributes(json_t *body)
{
    g_autoptr(GString) expression = g_string_new(NULL);
    json_t *names = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *number = g_strdup_printf("#%zu", i);
        g_string_append_printf(expression, "%s%s", i ? "," : "", number);
        json_object_set_new(names, number, json_string(attributes[i]));
    }
    json_object_set_new(body, "ProjectionExpression", json_string(expression->str));
    json_object_set_new(body, "ExpressionAttributeNames", names);
}

void registry_ask_page(json_t *body, guint segment, guint segments, json_t *start_key)
{
    if (segments > 1) {
        json_object_set_new(body, "Segment", json_integer(segment));
        json_object_set_new(body, "TotalSegments", json_integer(segments));
    }
    if (start_key)
        json_object_set(body, "ExclusiveStartKey", start_key);
}

json_t *registry_request(const struct config *config, guint segment, guint segments,
                         json_t *start_key)
{
    json_t *body = json_pack("{s:s, s:s}", "TableName", config->registry_table,
                             "ReturnConsumedCapacity", "TOTAL");
    ask_for_attributes(body);
    registry_ask_page(body, segment, segments, start_key);
    return body;
}

/* An item on its way to a tenant, and what was found wrong on the way. */
struct reading {
    const struct config *config;
    const json_t *item;
    GString *faults;
};

__attribute__((format(printf, 2, 3))) static void fault(struct reading *reading, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    if (reading->faults->len)
        g_string_append(reading->faults, "; ");
    g_string_append_vprintf(reading->faults, format, args);
    va_end(args);
}

/* The text of an attribute {"S": ...}; NULL where there is none, with a fault if it is `required`
 * or of another type. */
static const char *get_text(struct reading *reading, const char *name, bool required)
{
    const json_t *attribute = json_object_get(reading->item, name);
    const char *text = json_string_value(json_object_get(attribute, "S"));
    if (text && *text)
        return text;
    bool null = json_is_true(json_object_get(attribute, "NULL"));
    if (attribute && !null && !text)
        fault(reading, "%s is no string", name);
    else if (required)
        fault(reading, "%s is missing", name);
    return NULL;
}

/* A whole number >= 0 of {"N": "..."}; -1 with a fault where it is anything else. */
static gint64 get_count(struct reading *reading, const json_t *map, const char *name)
{
    const json_t *attribute = json_object_get(map, name);
    const char *text = json_string_value(json_object_get(attribute, "N"));
    if (!text) {
        fault(reading, attribute ? "capacity.%s is no number" : "capacity.%s is missing", name);
        return -1;
    }
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value > 1e15 || value != floor(value))
        fault(reading, "capacity.%s is no whole number", name);
    else if (value < 0)
        fault(reading, "capacity.%s is negative (%s)", name, text);
    else
        return (gint64)value;
    return -1;
}

/* The place of an attribute's word in `words` (NULL-terminated); `other` with a fault where it is
 * none of them: callers name the one that promises least. */
static int get_word(struct reading *reading, const char *name, const char *const *words, int other)
{
    const char *word = get_text(reading, name, true);
    for (int i = 0; word && words[i]; i++)
        if (g_str_equal(word, words[i]))
            return i;
    if (word)
        fault(reading, "unknown %s \"%s\"", name, word);
    return other;
}

/* RFC 3339 in a string, or epoch seconds or milliseconds in a number. */
static gint64 get_time(struct reading *reading, const char *name)
{
    const json_t *attribute = json_object_get(reading->item, name);
    const char *text = json_string_value(json_object_get(attribute, "S"));
    gint64 at_ms = 0;
    if (text && when_parse(text, &at_ms))
        return at_ms;
    text = json_string_value(json_object_get(attribute, "N"));
    double number = text ? g_ascii_strtod(text, NULL) : 0;
    if (number > 0 && number < 1e14) /* 1e11 s is the year 5138, 1e11 ms is 1973 */
        return (gint64)(number < 1e11 ? number * 1000 : number);
    fault(reading, attribute ? "%s is no time" : "%s is missing", name);
    return 0;
}

/* A text, or a number's digits, as they are; NULL: there is neither. */
static const char *written(const json_t *item, const char *name)
{
    const json_t *attribute = json_object_get(item, name);
    const char *text = json_string_value(json_object_get(attribute, "S"));
    return text ? text : json_string_value(json_object_get(attribute, "N"));
}

static void get_capacity(struct reading *reading, struct tenant *tenant)
{
    tenant->max_users = tenant->max_patients = tenant->current_users = -1;
    const json_t *capacity = json_object_get(reading->item, "capacity");
    const json_t *map = json_object_get(capacity, "M");
    if (!json_is_object(map)) {
        fault(reading, capacity ? "capacity is no map" : "capacity is missing");
        return;
    }
    tenant->max_users = get_count(reading, map, "maxUsers");
    tenant->max_patients = get_count(reading, map, "maxPatients");
    tenant->current_users = get_count(reading, map, "currentUsers");
}

static const char *get_cell(struct reading *reading, const char *name, bool required)
{
    const char *cell = get_text(reading, name, required);
    if (cell && !config_cell(reading->config, cell))
        fault(reading, "unknown %s \"%s\"", name, cell);
    return cell;
}

/* One that is there and is no text keeps its tenant from going anywhere, rather than letting its
 * cell's residency stand for it. */
static const char *get_residency(struct reading *reading)
{
    const json_t *attribute = json_object_get(reading->item, "dataResidency");
    const char *text = get_text(reading, "dataResidency", false);
    bool there = attribute && !json_is_true(json_object_get(attribute, "NULL")) &&
                 !json_object_get(attribute, "S");
    return text || !there ? text : RESIDENCY_UNREADABLE;
}

/* `faults` is only there to be used again. */
static struct tenant *read_tenant(const struct config *config, GString *faults, const json_t *item)
{
    static const char *const tiers[] = {"STANDARD", "ENTERPRISE", NULL};
    static const char *const states[] = {"ACTIVE", "MIGRATING", "DOWN", NULL};
    g_string_truncate(faults, 0);
    struct reading reading = {config, item, faults};
    struct tenant draft = {0};
    draft.id = get_text(&reading, "tenantId", true);
    if (!draft.id)
        draft.id = "";
    draft.cell = get_cell(&reading, "cellId", true);
    draft.region = get_text(&reading, "region", true);
    draft.tier = (enum tenant_tier)get_word(&reading, "tier", tiers, TIER_ENTERPRISE);
    draft.status = (enum tenant_status)get_word(&reading, "status", states, TENANT_DOWN);
    get_capacity(&reading, &draft);
    draft.created_ms = get_time(&reading, "createdAt");
    draft.updated_ms = get_time(&reading, "updatedAt");
    draft.updated = written(item, "updatedAt");
    draft.subdomain = get_text(&reading, "subdomain", false);
    draft.residency = get_residency(&reading);
    draft.name = get_text(&reading, "name", false);
    draft.failover_cell = get_cell(&reading, "failoverCellId", false);
    draft.environment = get_text(&reading, "environment", false);
    draft.fault = faults->len ? faults->str : NULL;
    return tenant_new(&draft);
}

struct page_reading {
    const struct registry_with *with;
    GString *faults;
    struct registry_page *page;
};

static bool is_known(const char *text, size_t length, gpointer data)
{
    struct page_reading *reading = data;
    struct registry_item item = {.place = -1};
    bool known = registry_known_find(reading->with->known, text, length, &item);
    if (known)
        g_array_append_val(reading->page->items, item);
    return known;
}

static void read_item(json_t *json, const char *text, size_t length, gpointer data)
{
    struct page_reading *reading = data;
    const struct registry_with *with = reading->with;
    struct registry_item item = {.place = -1};
    if (with->known)
        item.hash = registry_known_hash(with->known, text, length);
    item.tenant = read_tenant(with->config, reading->faults, json);
    g_array_append_val(reading->page->items, item);
}

struct registry_with *registry_with_new(struct config *config, struct registry_known *known)
{
    struct registry_with *with = g_new0(struct registry_with, 1);
    with->config = config_ref(config);
    with->known = known ? registry_known_ref(known) : NULL;
    return with;
}

void registry_with_free(gpointer data)
{
    struct registry_with *with = data;
    config_unref(with->config);
    registry_known_unref(with->known);
    g_free(with);
}

void registry_page_free(gpointer data)
{
    struct registry_page *page = data;
    g_array_unref(page->items);
    json_decref(page->start_key);
    g_free(page);
}

/* What a page says beside its items. */
static void read_head(struct registry_page *page, const json_t *head)
{
    const json_t *consumed = json_object_get(head, "ConsumedCapacity");
    page->read_units = json_number_value(json_object_get(consumed, "CapacityUnits"));
    json_t *key = json_object_get(head, "LastEvaluatedKey");
    page->start_key = json_is_object(key) && json_object_size(key) ? json_incref(key) : NULL;
}

gpointer registry_read(const char *text, size_t length, gpointer data, GError **error)
{
    const struct registry_with *with = data;
    g_autoptr(GString) faults = g_string_new(NULL);
    struct registry_page *page = g_new0(struct registry_page, 1);
    page->items = registry_items_new();
    struct page_reading reading = {with, faults, page};
    const struct json_list_reader reader = {with->known ? is_known : NULL, read_item};
    OWN_JSON head = json_list_read(text, length, "Items", &reader, &reading);
    if (json_is_array(json_object_get(head, "Items"))) {
        read_head(page, head);
        return page;
    }
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE, "the Scan of %s brought no list of items",
                with->config->registry_table);
    registry_page_free(page);
    return NULL;
}
