#include "data/lead.h"

#include <string.h>

static const char tried[] = "settle who polls";

void lead_clear(struct lead *lead)
{
    g_free(lead->token);
    g_free(lead->fleet);
    g_free(lead->actor);
    holder_free(lead->holder);
    *lead = (struct lead){0};
}

static char *text(sqlite3_stmt *row, int column)
{
    return g_strdup(sqlite_text(row, column));
}

bool lead_read(struct cache *cache, struct lead *lead, GError **error)
{
    lead_clear(lead);
    g_autoptr(sqlite3_stmt) row =
        sqlite_prepare(cache->db,
                       "SELECT token, fleet, actor, kind, host, boot, pids, pid, started, beat, "
                       "well FROM lead",
                       tried, error);
    int step = row ? sqlite3_step(row) : SQLITE_ERROR;
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE || (row && sqlite_fail(cache->db, NULL, tried, error));
    struct holder *holder = g_new0(struct holder, 1);
    *holder = (struct holder){text(row, 4), text(row, 5), text(row, 6),
                              sqlite3_column_int64(row, 7), sqlite3_column_int64(row, 8)};
    *lead = (struct lead){text(row, 0),
                          text(row, 1),
                          text(row, 2),
                          sqlite3_column_int(row, 3),
                          holder,
                          sqlite3_column_int64(row, 9),
                          sqlite3_column_int(row, 10)};
    return true;
}

bool lead_is_ours(const struct lead *lead, const struct lead_self *self)
{
    return g_strcmp0(lead->token, self->token) == 0;
}

bool lead_is_free(const struct lead *lead, const struct lead_self *self, gint64 seen_ms,
                  gint64 boot_ms, gint64 patience_ms)
{
    if (!lead->token || !holder_may_live(lead->holder, self->holder))
        return true;
    bool one_clock = strcmp(lead->holder->boot, self->holder->boot) == 0;
    return boot_ms - (one_clock ? lead->beat_ms : seen_ms) > patience_ms;
}

static void bind_holder(sqlite3_stmt *statement, int first, const struct holder *holder)
{
    sqlite_bind(statement, first, holder->host);
    sqlite_bind(statement, first + 1, holder->boot);
    sqlite_bind(statement, first + 2, holder->pids);
    sqlite3_bind_int64(statement, first + 3, holder->pid);
    sqlite3_bind_int64(statement, first + 4, holder->started);
}

bool lead_write(struct cache *cache, const struct lead_self *self, gint64 boot_ms, bool well,
                GError **error)
{
    g_autoptr(sqlite3_stmt) put = sqlite_prepare(
        cache->db,
        "REPLACE INTO lead (one, token, fleet, actor, kind, host, boot, pids, pid, started, beat,"
        " well) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        tried, error);
    if (!put)
        return false;
    sqlite_bind(put, 1, self->token);
    sqlite_bind(put, 2, cache->fleet);
    sqlite_bind(put, 3, self->actor);
    sqlite3_bind_int(put, 4, self->kind);
    bind_holder(put, 5, self->holder);
    sqlite3_bind_int64(put, 10, boot_ms);
    sqlite3_bind_int(put, 11, well);
    return cache_do(cache->db, put, error);
}

/* At an end: nobody waits for a lock, and what is left behind is found to be dead. */
void lead_leave(struct cache *cache, const struct lead_self *self)
{
    static const char *const statements[] = {"DELETE FROM lead WHERE token = ?",
                                             "DELETE FROM want WHERE token = ?"};
    sqlite3_busy_timeout(cache->db, 100);
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(sqlite3_stmt) delete = sqlite_prepare(cache->db, statements[i], tried, NULL);
        if (!delete)
            continue;
        sqlite_bind(delete, 1, self->token);
        cache_do(cache->db, delete, NULL);
    }
}
