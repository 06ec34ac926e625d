#include "tui/views/sheet_find.h"

#include "tui/views/deck.h"
#include "tui/views/filter.h"
#include "tui/views/sheet_sort.h"

#include <string.h>

enum { STEPS_KEPT = 24 };

/* What a filter left. */
struct step {
    char *filter;
    GPtrArray *rows;
};

static struct step *step_new(const char *filter, GPtrArray *rows)
{
    struct step *step = g_new(struct step, 1);
    *step = (struct step){g_strdup(filter), rows};
    return step;
}

static void step_free(gpointer p)
{
    struct step *step = p;
    g_free(step->filter);
    g_ptr_array_unref(step->rows);
    g_free(step);
}

void find_init(struct find *find)
{
    *find = (struct find){.rows = g_ptr_array_new(),
                          .steps = g_ptr_array_new_with_free_func(step_free)};
    list_init(&find->list);
}

void find_release(struct find *find)
{
    list_release(&find->list);
    g_ptr_array_unref(find->rows);
    g_ptr_array_unref(find->steps);
    if (find->given)
        g_ptr_array_unref(find->given);
    *find = (struct find){0};
}

const void *find_selected(const struct find *find)
{
    bool any = find->list.selected && (guint)find->list.index < find->rows->len;
    return any ? g_ptr_array_index(find->rows, (guint)find->list.index) : NULL;
}

static const struct step *last_step(const struct find *find)
{
    return g_ptr_array_index(find->steps, find->steps->len - 1);
}

/* What a sheet's filter looks at. */
struct look {
    const struct sheet *sheet;
    const struct deck *deck;
    struct filter *filter;
    struct field fields[ARRANGED_MOST];
    bool quiet[ARRANGED_MOST];
    GString *scratch[ARRANGED_MOST];
};

static void look_init(struct look *look, const struct sheet *sheet, const struct deck *deck)
{
    *look = (struct look){.sheet = sheet, .deck = deck, .filter = filter_parse(deck->filter)};
    for (size_t i = 0; i < sheet->n; i++) {
        look->fields[i].name = sheet->columns[i].id;
        look->quiet[i] = sheet->columns[i].quiet;
        look->scratch[i] = g_string_new(NULL);
    }
}

static void look_clear(struct look *look)
{
    for (size_t i = 0; i < look->sheet->n; i++)
        g_string_free(look->scratch[i], TRUE);
    filter_free(look->filter);
}

static bool passes(struct look *look, const bool *asked, const void *row)
{
    for (size_t i = 0; i < look->sheet->n; i++) {
        if (!asked[i])
            continue;
        g_string_truncate(look->scratch[i], 0);
        look->fields[i].value = look->sheet->columns[i].text(row, look->deck, look->scratch[i]);
    }
    return filter_takes_loud(look->filter, look->fields, look->quiet, look->sheet->n);
}

static GPtrArray *passing(const struct sheet *sheet, const struct deck *deck,
                          const GPtrArray *among)
{
    struct look look;
    look_init(&look, sheet, deck);
    bool asked[ARRANGED_MOST] = {false};
    for (size_t i = 0; i < sheet->n; i++)
        asked[i] = !look.quiet[i] || filter_names(look.filter, sheet->columns[i].id);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < among->len; i++)
        if (passes(&look, asked, g_ptr_array_index(among, i)))
            g_ptr_array_add(rows, g_ptr_array_index(among, i));
    look_clear(&look);
    return rows;
}

/* Everything anew, sorted. */
static void begin(struct find *find, const struct sheet *sheet, const struct deck *deck,
                  GPtrArray *all)
{
    g_ptr_array_set_size(find->steps, 0);
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++)
        if (!find->by.faults || !sheet->faulty || sheet->faulty(all->pdata[i], deck))
            g_ptr_array_add(rows, all->pdata[i]);
    sheet_sort(rows, sheet, deck, &find->by);
    g_ptr_array_add(find->steps, step_new("", rows));
}

/* Back to the longest that the filter is typed on from, and from there on. */
static void narrow(struct find *find, const struct sheet *sheet, const struct deck *deck)
{
    while (find->steps->len > 1 && !filter_narrows(last_step(find)->filter, deck->filter))
        g_ptr_array_set_size(find->steps, (gint)find->steps->len - 1);
    if (strcmp(last_step(find)->filter, deck->filter) == 0)
        return;
    GPtrArray *rows = passing(sheet, deck, last_step(find)->rows);
    if (find->steps->len >= STEPS_KEPT)
        g_ptr_array_remove_index(find->steps, 1);
    g_ptr_array_add(find->steps, step_new(deck->filter, rows));
}

static void list_rows(struct find *find, const struct sheet *sheet)
{
    g_ptr_array_unref(find->rows);
    find->rows = g_ptr_array_ref(last_step(find)->rows);
    GPtrArray *ids = g_ptr_array_sized_new(find->rows->len);
    for (guint i = 0; i < find->rows->len; i++)
        g_ptr_array_add(ids, (gpointer)sheet->id(g_ptr_array_index(find->rows, i)));
    list_set(&find->list, ids);
}

void find_follow(struct find *find, const struct sheet *sheet, const struct deck *deck,
                 const struct arrangement *arrangement, GPtrArray *all)
{
    GPtrArray *before = find->given;
    bool same = before && before == all && find->since == deck->since &&
                arrangement_same_rows(&find->by, arrangement);
    if (!same) {
        find->given = g_ptr_array_ref(all);
        if (before)
            g_ptr_array_unref(before);
        find->by = *arrangement;
        find->since = deck->since;
        begin(find, sheet, deck, all);
    } else if (strcmp(last_step(find)->filter, deck->filter) == 0) {
        return;
    }
    narrow(find, sheet, deck);
    list_rows(find, sheet);
}
