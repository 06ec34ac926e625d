#include "tui/views/sheet_find.h"

#include "tui/views/deck.h"
#include "tui/views/filter.h"
#include "tui/views/sheet_sort.h"

#include <string.h>

enum { STEPS_KEPT = 24 };

/* What a filter left. */
struct step {
    char *filter;
    GArray *places; /* guint32: in those that were given, as they are sorted */
};

static struct step *step_new(const char *filter, GArray *places)
{
    struct step *step = g_new(struct step, 1);
    *step = (struct step){g_strdup(filter), places};
    return step;
}

static void step_free(gpointer p)
{
    struct step *step = p;
    if (!step)
        return;
    g_free(step->filter);
    g_array_unref(step->places);
    g_free(step);
}

static GArray *places_new(guint n)
{
    return g_array_sized_new(FALSE, FALSE, sizeof(guint32), n);
}

void find_init(struct find *find)
{
    *find = (struct find){.rows = g_ptr_array_new(),
                          .ids = g_ptr_array_new(),
                          .steps = g_ptr_array_new_with_free_func(step_free)};
    list_init(&find->list);
    hay_init(&find->hay);
}

void find_release(struct find *find)
{
    list_release(&find->list);
    g_ptr_array_unref(find->rows);
    g_ptr_array_unref(find->ids);
    g_ptr_array_unref(find->steps);
    step_free(find->growing);
    g_clear_pointer(&find->shown, g_array_unref);
    hay_release(&find->hay);
    if (find->given)
        g_ptr_array_unref(find->given);
    *find = (struct find){0};
}

const void *find_selected(const struct find *find)
{
    bool any = find->list.selected && (guint)find->list.index < find->rows->len;
    return any ? g_ptr_array_index(find->rows, (guint)find->list.index) : NULL;
}

enum work find_works(const struct find *find)
{
    bool hay = find->hay_wanted && find->given && hay_size(&find->hay) < find->given->len;
    return find->growing ? WORK_ASKED : hay ? WORK_AHEAD : WORK_NONE;
}

static struct step *last_step(const struct find *find)
{
    return g_ptr_array_index(find->steps, find->steps->len - 1);
}

/* What a sheet's filter looks at, row by row. */
struct look {
    const struct sheet *sheet;
    const struct deck *deck;
    struct filter *filter;
    struct find *find;
    GString *scratch, *folded;
};

static void look_init(struct look *look, struct find *find, const struct sheet *sheet,
                      const struct deck *deck)
{
    *look = (struct look){
        sheet, deck, filter_parse(deck->filter), find, g_string_new(NULL), g_string_new(NULL)};
}

static void look_clear(struct look *look)
{
    filter_free(look->filter);
    g_string_free(look->scratch, TRUE);
    g_string_free(look->folded, TRUE);
}

/* A field that the hay has not. */
static const char *quiet_field(struct look *look, const struct sheet_column *column, guint row,
                               gsize *length)
{
    g_string_truncate(look->scratch, 0);
    g_string_truncate(look->folded, 0);
    filter_fold(look->folded,
                column->text(g_ptr_array_index(look->find->given, row), look->deck, look->scratch));
    *length = look->folded->len - 1;
    return look->folded->str;
}

/* A word that is for one column may mean several: their names begin alike. One that means none is
 * not understood, and takes no row away. */
static bool passes_by_columns(struct look *look, size_t word, guint row)
{
    bool there = false, found = false;
    guint loud = 0;
    for (size_t i = 0; i < look->sheet->n && !found; i++) {
        const struct sheet_column *column = &look->sheet->columns[i];
        guint which = loud;
        gsize length;
        loud += !column->quiet;
        if (!filter_word_names(look->filter, word, column->id))
            continue;
        const char *text = column->quiet ? quiet_field(look, column, row, &length)
                                         : hay_field(&look->find->hay, row, which, &length);
        there = true;
        found = length > 0 && filter_word_takes(look->filter, word, text, length);
    }
    return !there || found != filter_word_negates(look->filter, word);
}

static bool passes(struct look *look, guint row)
{
    gsize length;
    const char *text = hay_row(&look->find->hay, row, &length);
    for (size_t word = 0; word < filter_words(look->filter); word++) {
        if (!filter_word_makes_sense(look->filter, word))
            continue;
        bool takes = filter_word_chooses(look->filter, word)
                         ? passes_by_columns(look, word, row)
                         : filter_word_takes(look->filter, word, text, length) !=
                               filter_word_negates(look->filter, word);
        if (!takes)
            return false;
    }
    return true;
}

/* Everything anew, sorted. */
static void begin(struct find *find, const struct sheet *sheet, const struct deck *deck)
{
    GPtrArray *all = find->given;
    g_ptr_array_set_size(find->steps, 0);
    g_clear_pointer(&find->growing, step_free);
    GArray *places = places_new(all->len);
    for (guint32 i = 0; i < all->len; i++)
        if (!find->by.faults || !sheet->faulty || sheet->faulty(all->pdata[i], deck))
            g_array_append_val(places, i);
    sheet_sort(places, all, sheet, deck, &find->by);
    g_ptr_array_add(find->steps, step_new("", places));
}

/* Other rows, or the same ones that may have other texts. */
static void take_rows(struct find *find, const struct sheet *sheet, GPtrArray *all)
{
    GPtrArray *before = find->given;
    find->given = g_ptr_array_ref(all);
    if (before)
        g_ptr_array_unref(before);
    hay_forget(&find->hay);
    g_ptr_array_unref(find->ids);
    find->ids = g_ptr_array_sized_new(all->len);
    for (guint i = 0; i < all->len; i++)
        g_ptr_array_add(find->ids, (gpointer)sheet->id(all->pdata[i]));
}

/* Back to the longest that the filter is typed on from. */
static void go_back(struct find *find, const char *filter)
{
    if (find->growing && strcmp(find->growing->filter, filter) != 0)
        g_clear_pointer(&find->growing, step_free);
    if (find->growing)
        return;
    while (find->steps->len > 1 && !filter_narrows(last_step(find)->filter, filter))
        g_ptr_array_set_size(find->steps, (gint)find->steps->len - 1);
}

/* A part of the next step; all of it where `whole`. False: there is more to do. */
static bool grow(struct find *find, const struct sheet *sheet, const struct deck *deck, bool whole)
{
    const GArray *among = last_step(find)->places;
    if (!find->growing) {
        find->growing = step_new(deck->filter, places_new(0));
        find->looked_at = 0;
    }
    struct look look;
    look_init(&look, find, sheet, deck);
    hay_make(&find->hay, sheet, deck, find->given, G_MAXUINT);
    bool parts = !whole && filter_slow(look.filter);
    guint to = parts ? MIN(among->len, find->looked_at + FIND_SLICE) : among->len;
    for (; find->looked_at < to; find->looked_at++) {
        guint32 row = g_array_index(among, guint32, find->looked_at);
        if (passes(&look, row))
            g_array_append_val(find->growing->places, row);
    }
    look_clear(&look);
    if (to < among->len)
        return false;
    if (find->steps->len >= STEPS_KEPT)
        g_ptr_array_remove_index(find->steps, 1);
    g_ptr_array_add(find->steps, g_steal_pointer(&find->growing));
    return true;
}

/* Where a row stands now, or -1. */
static int index_of(const GArray *places, guint32 place)
{
    for (guint i = 0; i < places->len; i++)
        if (g_array_index(places, guint32, i) == place)
            return (int)i;
    return -1;
}

/* What was found last into the list. Of the rows that were there before, the selected one is known
 * by its place: to look for its id in all of them would take as long as to filter them. */
static void list_rows(struct find *find, bool same)
{
    GArray *before = find->shown, *places = g_array_ref(last_step(find)->places);
    bool known = same && before && find->list.selected && (guint)find->list.index < before->len;
    int at = known ? index_of(places, g_array_index(before, guint32, find->list.index)) : -1;
    find->shown = places;
    if (before)
        g_array_unref(before);
    g_ptr_array_unref(find->rows);
    find->rows = g_ptr_array_sized_new(places->len);
    GPtrArray *ids = g_ptr_array_sized_new(places->len);
    for (guint i = 0; i < places->len; i++) {
        guint32 place = g_array_index(places, guint32, i);
        g_ptr_array_add(find->rows, find->given->pdata[place]);
        g_ptr_array_add(ids, find->ids->pdata[place]);
    }
    if (known)
        list_set_at(&find->list, ids, at);
    else
        list_set(&find->list, ids);
}

void find_follow(struct find *find, const struct sheet *sheet, const struct deck *deck,
                 const struct arrangement *arrangement, GPtrArray *all)
{
    bool given = find->given && find->given == all && find->since == deck->since;
    bool same = given && arrangement_same_rows(&find->by, arrangement);
    find->by = *arrangement;
    find->since = deck->since;
    find->hay_wanted = sheet->lasting;
    if (!given)
        take_rows(find, sheet, all);
    if (!same)
        begin(find, sheet, deck);
    else
        go_back(find, deck->filter);
    bool there = !find->growing && strcmp(last_step(find)->filter, deck->filter) == 0;
    if (same && there && find->shown == last_step(find)->places) {
        if (find_works(find))
            hay_make(&find->hay, sheet, deck, all, hay_size(&find->hay) + FIND_SLICE);
        return;
    }
    if (there || grow(find, sheet, deck, !same))
        list_rows(find, given);
}

void find_whole(struct find *find, const struct sheet *sheet, const struct deck *deck,
                const struct arrangement *arrangement, GPtrArray *all)
{
    do
        find_follow(find, sheet, deck, arrangement, all);
    while (find_works(find) == WORK_ASKED);
}
