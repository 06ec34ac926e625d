#include "tui/console/recall.h"

#include <string.h>

void recall_init(struct recall *recall)
{
    *recall = (struct recall){.lines = g_ptr_array_new_with_free_func(g_free)};
}

void recall_release(struct recall *recall)
{
    g_ptr_array_unref(recall->lines);
    g_free(recall->draft);
}

void recall_begin(struct recall *recall)
{
    recall->at = recall->lines->len;
    g_clear_pointer(&recall->draft, g_free);
}

void recall_add(struct recall *recall, const char *line)
{
    for (guint i = 0; i < recall->lines->len; i++)
        if (strcmp(g_ptr_array_index(recall->lines, i), line) == 0)
            g_ptr_array_remove_index(recall->lines, i--);
    if (*line)
        g_ptr_array_add(recall->lines, g_strdup(line));
    if (recall->lines->len > RECALL_KEPT)
        g_ptr_array_remove_index(recall->lines, 0);
    recall_begin(recall);
}

static const char *line_at(const struct recall *recall, guint at)
{
    return at < recall->lines->len ? g_ptr_array_index(recall->lines, at) : recall->draft;
}

const char *recall_older(struct recall *recall, const char *typed)
{
    if (recall->at == recall->lines->len) {
        g_free(recall->draft);
        recall->draft = g_strdup(typed);
    }
    for (guint i = recall->at; i-- > 0;)
        if (g_str_has_prefix(line_at(recall, i), recall->draft)) {
            recall->at = i;
            return line_at(recall, i);
        }
    return NULL;
}

const char *recall_newer(struct recall *recall)
{
    if (recall->at == recall->lines->len)
        return NULL;
    do
        recall->at++;
    while (!g_str_has_prefix(line_at(recall, recall->at), recall->draft));
    return line_at(recall, recall->at);
}
