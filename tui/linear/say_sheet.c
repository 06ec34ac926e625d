#include "tui/linear/say_sheet.h"

#include "data/base/text.h"
#include "tui/linear/plain.h"
#include "tui/views/filter.h"
#include "tui/views/sheet_find.h"

#include <string.h>

/* Columns that are shown, without the one that names the row; the most important first. */
static size_t in_order(const struct sheet *sheet, const struct deck *deck, size_t *order)
{
    size_t shown[ARRANGED_MOST], n = 0;
    size_t found = sheet_shown(sheet, &deck->arranged[deck->here], deck, shown);
    for (int rank = 0; rank < 10; rank++)
        for (size_t i = 0; i < found; i++)
            if (sheet->columns[shown[i]].shape.rank == rank && shown[i] != 0)
                order[n++] = shown[i];
    return n;
}

/* "state unhealthy"; what is not there is left out. */
static void add_field(GString *text, const struct deck *deck, const struct said_sheet *said,
                      const struct sheet_column *column, const void *row)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    const char *value = column->text(row, deck, scratch);
    if (!value || !*value || (said->dash_is_none && strcmp(value, "–") == 0))
        return;
    g_autofree char *words = plain_words(value);
    g_string_append_printf(text, "%s%s %s", text->len ? "; " : "", column->id, words);
}

static void say_item(struct speech *speech, const struct deck *deck, const struct said_sheet *said,
                     const void *row)
{
    size_t order[ARRANGED_MOST], n = in_order(said->sheet, deck, order);
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        add_field(text, deck, said, &said->sheet->columns[order[i]], row);
    g_autoptr(GString) scratch = g_string_new(NULL);
    const char *name = said->sheet->columns[0].text(row, deck, scratch);
    g_autofree char *line = g_strdup_printf("%s: %s", name, text->str);
    speech_item(speech, said->opens, said->subject ? said->subject(row) : said->sheet->id(row),
                line);
}

/* "3 of 30 tenants are like that", where people have chosen some. */
static void say_count(struct speech *speech, const struct deck *deck, const struct said_sheet *said,
                      guint found)
{
    const struct arrangement *arranged = &deck->arranged[deck->here];
    bool picked = *deck->filter || arranged->faults;
    g_autofree char *all = text_counted(said->all->len, said->what);
    g_autofree char *some = text_count(found);
    const char *least = said->whole ? "" : "at least ";
    if (said->all->len == 0)
        speech_printf(speech, "There is no %s.", said->what);
    else if (picked)
        speech_printf(speech, "%s of %s%s%s.", some, least, all,
                      arranged->faults ? ", faults only" : "");
    else
        speech_printf(speech, "%s%s.", least, all);
    g_autofree char *order = arranged->sort ? arrangement_text(arranged, said->sheet) : NULL;
    if (order)
        speech_printf(speech, "The list is %s.", order);
}

static void say_wrong(struct speech *speech, const struct deck *deck, const struct sheet *sheet)
{
    g_autofree const char **names = sheet_names(sheet);
    struct filter *filter = filter_parse(deck->filter);
    g_autofree char *wrong = filter_wrong(filter, names);
    filter_free(filter);
    if (wrong)
        speech_printf(speech, "The filter: %s.", wrong);
}

void say_sheet(struct speech *speech, const struct deck *deck, const struct said_sheet *said)
{
    struct find find;
    find_init(&find);
    find_whole(&find, said->sheet, deck, &deck->arranged[deck->here], said->all);
    say_wrong(speech, deck, said->sheet);
    say_count(speech, deck, said, find.rows->len);
    for (guint i = 0; i < MIN(find.rows->len, SAY_MOST); i++)
        say_item(speech, deck, said, g_ptr_array_index(find.rows, i));
    if (find.rows->len > SAY_MOST)
        speech_printf(speech, "These are the first %d: a filter finds others.", SAY_MOST);
    find_release(&find);
}

void say_sheet_row(struct speech *speech, const struct deck *deck, const struct sheet *sheet,
                   const void *row)
{
    for (int rank = 0; rank < 10; rank++)
        for (size_t i = 1; i < sheet->n; i++) {
            const struct sheet_column *column = &sheet->columns[i];
            if (column->shape.rank != rank || (column->wanted && !column->wanted(deck)))
                continue;
            g_autoptr(GString) scratch = g_string_new(NULL);
            speech_field(speech, column->id, column->text(row, deck, scratch));
        }
}
