#include "data/journal_table.h"

#include "data/base/error.h"
#include "data/journal_pack.h"

#include <string.h>

#define LOG "journal"

static json_t *text_of(const char *text)
{
    return json_pack("{s:s}", "S", text);
}

static json_t *number_of(gint64 number)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
    return json_pack("{s:s}", "N", digits);
}

static bool refuse_long(const struct journal_row *row, GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "event %" G_GINT64_FORMAT " of %s has %zu bytes, more than fit into an item of "
                "DynamoDB (400 KB), packed as they may be: split the rollout into several of fewer "
                "cells",
                row->seq, row->stream, strlen(row->data));
    return false;
}

/* Under which name `data` is kept, and as what. */
static bool set_data(json_t *item, const struct journal_row *row, GError **error)
{
    size_t size = strlen(row->data);
    if (size <= JOURNAL_PLAIN_MAX)
        return json_object_set_new(item, "data", text_of(row->data)) == 0;
    g_autofree char *packed = size <= JOURNAL_DATA_MAX ? journal_pack(row->data) : NULL;
    if (!packed || strlen(packed) > JOURNAL_PACKED_MAX)
        return refuse_long(row, error);
    return json_object_set_new(item, "packed", json_pack("{s:s}", "B", packed)) == 0;
}

json_t *journal_table_put(const char *table, gint64 position, const struct journal_row *row,
                          GError **error)
{
    OWN_JSON item = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "log", text_of(LOG), "position",
        number_of(position), "stream", text_of(row->stream), "seq", number_of(row->seq), "id",
        text_of(row->id), "at_ms", number_of(row->at_ms), "actor", text_of(row->actor), "type",
        text_of(row->type), "prev_hash", text_of(row->prev_hash), "hash", text_of(row->hash));
    if (!set_data(item, row, error))
        return NULL;
    return json_pack("{s:s, s:O, s:s, s:{s:s}}", "TableName", table, "Item", item,
                     "ConditionExpression", "attribute_not_exists(#position)",
                     "ExpressionAttributeNames", "#position", "position");
}

json_t *journal_table_query(const char *table, gint64 from)
{
    return json_pack("{s:s, s:b, s:s, s:{s:s, s:s}, s:{s:o, s:o}}", "TableName", table,
                     "ConsistentRead", 1, "KeyConditionExpression",
                     "#log = :log AND #position >= :from", "ExpressionAttributeNames", "#log",
                     "log", "#position", "position", "ExpressionAttributeValues", ":log",
                     text_of(LOG), ":from", number_of(from));
}

json_t *journal_table_probe(const char *table)
{
    return json_pack("{s:s, s:{s:o, s:o}, s:s, s:{s:s}}", "TableName", table, "Item", "log",
                     text_of("celldeck doctor"), "position", number_of(0), "ConditionExpression",
                     "attribute_exists(#position)", "ExpressionAttributeNames", "#position",
                     "position");
}

static bool number_at(const json_t *item, const char *name, gint64 *number)
{
    const char *text = json_string_value(json_object_get(json_object_get(item, name), "N"));
    return text && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

/* A text with a NUL in it would be hashed only up to there. */
static bool text_at(const json_t *item, const char *name, const char **text)
{
    const json_t *value = json_object_get(json_object_get(item, name), "S");
    *text = json_string_value(value);
    return *text && strlen(*text) == json_string_length(value);
}

/* An item that can't be unpacked has no `data`. */
static void unpack_data(json_t *item)
{
    const char *packed = json_string_value(json_object_get(json_object_get(item, "packed"), "B"));
    if (!packed)
        return;
    g_autofree char *text = journal_unpack(packed, JOURNAL_DATA_MAX);
    json_object_del(item, "data");
    if (text)
        json_object_set_new(item, "data", text_of(text));
}

bool journal_table_read(const char *table, json_t *item, struct journal_item *out, GError **error)
{
    unpack_data(item);
    *out = (struct journal_item){0};
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"stream", &out->row.stream}, {"id", &out->row.id},
                 {"actor", &out->row.actor},   {"type", &out->row.type},
                 {"data", &out->row.data},     {"prev_hash", &out->row.prev_hash},
                 {"hash", &out->row.hash}};
    const char *bad = NULL;
    if (!number_at(item, "position", &out->position))
        bad = "position";
    else if (!number_at(item, "seq", &out->row.seq))
        bad = "seq";
    else if (!number_at(item, "at_ms", &out->row.at_ms))
        bad = "at_ms";
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!text_at(item, texts[i].name, texts[i].text) && !bad)
            bad = texts[i].name;
    if (!bad)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "%s, event %" G_GINT64_FORMAT " (position %" G_GINT64_FORMAT " of table %s): its "
                "%s can't be read; it was changed after it was written",
                out->row.stream ? out->row.stream : "?", out->row.seq, out->position, table, bad);
    return false;
}

json_t *journal_table_definition(const char *table)
{
    return json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:s}], s:[{s:s, s:s}, {s:s, s:s}], s:s}",
                     "TableName", table, "AttributeDefinitions", "AttributeName", "log",
                     "AttributeType", "S", "AttributeName", "position", "AttributeType", "N",
                     "KeySchema", "AttributeName", "log", "KeyType", "HASH", "AttributeName",
                     "position", "KeyType", "RANGE", "BillingMode", "PAY_PER_REQUEST");
}
