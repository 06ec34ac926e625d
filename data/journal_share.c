#include "data/journal_share.h"

#include "data/base/error.h"
#include "data/base/when.h"

#define TRIED "read the shared journal"

/* Of one page: 1 MB at most. */
enum { PAGE_MS = 10000 };

struct journal_share *journal_share_open(const struct config *config, const char *dir,
                                         GError **error)
{
    struct journal_store *copy = journal_sqlite_open(dir, false, error);
    if (!copy)
        return NULL;
    struct journal_share *share = g_new0(struct journal_share, 1);
    share->copy = copy;
    share->dir = g_strdup(dir);
    g_autofree char *name = journal_copy_name(config->journal_region, config->journal_table);
    if (journal_copy_claim(copy, name, error)) {
        share->link = journal_link_new(config);
        return share;
    }
    journal_share_free(share);
    return NULL;
}

void journal_share_free(struct journal_share *share)
{
    if (!share)
        return;
    journal_link_free(share->link);
    share->copy->ops->close(share->copy);
    g_free(share->dir);
    g_free(share);
}

/* The events of an answer, in an array that borrows from it. */
static GArray *items_of(const char *table, json_t *reply, GError **error)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct journal_item));
    const json_t *list = json_object_get(reply, "Items");
    if (!json_is_array(list)) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "can't " TRIED " (table %s): DynamoDB's answer has no list of items", table);
        return NULL;
    }
    size_t i;
    json_t *entry;
    json_array_foreach (list, i, entry) {
        struct journal_item item;
        if (!journal_table_read(table, entry, &item, error))
            return NULL;
        g_array_append_val(items, item);
    }
    return g_steal_pointer(&items);
}

static bool lost(const char *table, gint64 position, GError **error)
{
    g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                "table %s no longer has the journal's event at position %" G_GINT64_FORMAT
                ", which was copied from it here: it was emptied, restored to an earlier time, or "
                "is another table of that name; stop acting until it is known which",
                table, position);
    return false;
}

/* One page from *from on, which is moved to the position after it; *more: it was not the last. */
static bool read_page(struct journal_share *share, gint64 *from, bool *more, gint64 until_ms,
                      GError **error)
{
    const char *table = journal_link_table(share->link);
    GError *cause = NULL;
    OWN_JSON reply = journal_link_call(share->link, "Query", journal_table_query(table, *from),
                                       MIN(until_ms, when_mono_ms() + PAGE_MS), &cause);
    if (!reply)
        return journal_link_fail(share->link, TRIED, cause, error);
    g_autoptr(GArray) items = items_of(table, reply, error);
    if (!items)
        return false;
    gint64 head = share->copy->ops->head(share->copy, error);
    const struct journal_item *page = &g_array_index(items, struct journal_item, 0);
    if (head < 0)
        return false;
    if (*from <= head && (items->len == 0 || page->position != *from))
        return lost(table, *from, error);
    *more = json_is_object(json_object_get(reply, "LastEvaluatedKey"));
    *from += items->len;
    return items->len == 0 || journal_copy_take(share->copy, table, page, items->len, error);
}

static bool read_from(struct journal_share *share, gint64 from, gint64 until_ms, GError **error)
{
    bool more = true;
    while (more)
        if (!read_page(share, &from, &more, until_ms, error))
            return false;
    journal_copy_touch(share->dir);
    return true;
}

bool journal_share_catch_up(struct journal_share *share, gint64 until_ms, GError **error)
{
    gint64 head = share->copy->ops->head(share->copy, error);
    return head >= 0 && read_from(share, MAX(head, 1), until_ms, error);
}

bool journal_share_compare(struct journal_share *share, gint64 until_ms, GError **error)
{
    return read_from(share, 1, until_ms, error) && journal_share_catch_up(share, until_ms, error);
}
