#include "tui/console/list.h"

#include "data/base/text.h"

#include <string.h>

void list_init(struct list *list)
{
    *list = (struct list){.rows = g_ptr_array_new(), .height = 1};
}

void list_release(struct list *list)
{
    g_ptr_array_unref(list->rows);
    g_free(list->selected);
    *list = (struct list){0};
}

int list_size(const struct list *list)
{
    return (int)list->rows->len;
}

const char *list_row(const struct list *list, int index)
{
    return g_ptr_array_index(list->rows, index);
}

char *list_position(const struct list *list)
{
    int size = list_size(list);
    if (size <= list->height)
        return NULL;
    g_autofree char *from = text_count(list->top + 1);
    g_autofree char *to = text_count(MIN(list->top + list->height, size));
    g_autofree char *all = text_count(size);
    return g_strdup_printf("%s-%s of %s", from, to, all);
}

static void scroll(struct list *list)
{
    int last_top = MAX(0, list_size(list) - list->height);
    if (list->index < list->top)
        list->top = list->index;
    if (list->index >= list->top + list->height)
        list->top = list->index - list->height + 1;
    list->top = CLAMP(list->top, 0, last_top);
}

static void select_index(struct list *list, int index)
{
    int size = list_size(list);
    list->index = size ? CLAMP(index, 0, size - 1) : 0;
    g_free(list->selected);
    list->selected = size ? g_strdup(list_row(list, list->index)) : NULL;
    scroll(list);
}

int list_find(const struct list *list, const char *id)
{
    for (int i = 0; id && i < list_size(list); i++)
        if (strcmp(list_row(list, i), id) == 0)
            return i;
    return -1;
}

static void replace_rows(struct list *list, GPtrArray *rows)
{
    g_ptr_array_unref(list->rows);
    list->rows = rows;
}

static void follow(struct list *list, int at)
{
    select_index(list, !list->moved ? 0 : at >= 0 ? at : list->index);
}

void list_set_at(struct list *list, GPtrArray *rows, int at)
{
    replace_rows(list, rows);
    follow(list, at);
}

void list_set(struct list *list, GPtrArray *rows)
{
    replace_rows(list, rows);
    if (!list->moved) {
        follow(list, 0);
        return;
    }
    /* Mostly nothing has moved: look there before searching. */
    bool there = list->selected && list->index < list_size(list) &&
                 strcmp(list_row(list, list->index), list->selected) == 0;
    follow(list, there ? list->index : list_find(list, list->selected));
}

void list_fit(struct list *list, int height)
{
    list->height = MAX(1, height);
    scroll(list);
}

void list_move(struct list *list, int by)
{
    list->moved = true;
    select_index(list, list->index + by);
}

void list_scroll(struct list *list, int by)
{
    int last_top = MAX(0, list_size(list) - list->height), before = list->top;
    list->top = CLAMP(list->top + by, 0, last_top);
    if (list->top == before)
        return;
    list->moved = true;
    select_index(list, CLAMP(list->index, list->top, list->top + list->height - 1));
}

void list_select(struct list *list, const char *id)
{
    int at = list_find(list, id);
    if (at < 0)
        return;
    list->moved = true;
    select_index(list, at);
}
