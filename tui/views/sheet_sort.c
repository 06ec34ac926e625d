#include "tui/views/sheet_sort.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 8, FEW = 48 };

/* A row and the eight bytes of its key that are looked at now. */
struct item {
    guint64 chunk;
    guint32 key; /* where its key begins, in chunks */
    guint32 row;
};

/* What is sorted: keys side by side, each filled up with zeros to whole chunks, at least one. */
struct sorting {
    const char *keys;
    struct item *spare; /* as many as there are items */
    bool falls;
};

/* Digits, without the zeros before them: first how many, so that the longer is the greater. Nothing
 * but digits lies between '0' and '9', so one of them stands for all to what is no digit. */
static const char *put_digits(char **to, const char *end, const char *text)
{
    while (*text == '0')
        text++;
    const char *from = text;
    while (g_ascii_isdigit(*text))
        text++;
    size_t n = MIN((size_t)(text - from), (size_t)MAX(0, end - *to - 2));
    *(*to)++ = '0';
    *(*to)++ = (char)(MIN(text - from, 254) + 1);
    memcpy(*to, from, n);
    *to += n;
    return text;
}

void sheet_text_key(GString *into, const char *text)
{
    char key[SHEET_KEY_MOST + 2], *to = key;
    const char *end = key + SHEET_KEY_MOST;
    while (*text && to < end) {
        if (g_ascii_isdigit(*text))
            text = put_digits(&to, end, text);
        else
            *to++ = g_ascii_tolower(*text++);
    }
    g_string_append_len(into, key, MIN(to, end) - key);
}

static void load(const struct sorting *sorting, struct item *items, guint n, guint depth)
{
    for (guint i = 0; i < n; i++) {
        guint64 bytes;
        memcpy(&bytes, sorting->keys + ((gsize)items[i].key + depth) * CHUNK, CHUNK);
        items[i].chunk = GUINT64_FROM_BE(bytes);
        if (sorting->falls)
            items[i].chunk = ~items[i].chunk;
    }
}

static void sort_few(struct item *items, guint n)
{
    for (guint i = 1; i < n; i++) {
        struct item item = items[i];
        guint at = i;
        for (; at > 0 && items[at - 1].chunk > item.chunk; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* By one byte of the chunk, into `to`; false where it is the same in all of them. */
static bool deal(const struct item *items, guint n, int shift, struct item *to)
{
    guint count[256] = {0}, from = 0;
    for (guint i = 0; i < n; i++)
        count[items[i].chunk >> shift & 0xff]++;
    if (count[items[0].chunk >> shift & 0xff] == n)
        return false;
    for (guint i = 0; i < 256; i++) {
        guint those = count[i];
        count[i] = from;
        from += those;
    }
    for (guint i = 0; i < n; i++)
        to[count[items[i].chunk >> shift & 0xff]++] = items[i];
    return true;
}

/* Items that are alike keep their order. */
static void sort_chunks(struct item *items, guint n, struct item *spare)
{
    if (n <= FEW) {
        sort_few(items, n);
        return;
    }
    struct item *now = items, *next = spare;
    for (int shift = 0; shift < 64; shift += 8)
        if (deal(now, n, shift, next)) {
            struct item *dealt = next;
            next = now;
            now = dealt;
        }
    if (now != items)
        memcpy(items, now, n * sizeof *items);
}

/* Those alike in this chunk are sorted by the next, until one of them has ended: then all have. The
 * depth is that of the longest key, SHEET_KEY_MOST at the most. */
// NOLINTNEXTLINE(misc-no-recursion)
static void sort_texts(const struct sorting *sorting, struct item *items, guint n, guint depth)
{
    load(sorting, items, n, depth);
    sort_chunks(items, n, sorting->spare);
    for (guint from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && items[to].chunk == items[from].chunk; to++)
            ;
        guint64 chunk = sorting->falls ? ~items[from].chunk : items[from].chunk;
        if (to - from > 1 && (chunk & 0xff) != 0)
            sort_texts(sorting, items + from, to - from, depth + 1);
    }
}

/* Bits of a number that stand in its order as whole numbers do. */
static guint64 ordered_bits(double number)
{
    guint64 bits;
    number = number == 0 ? 0 : number; /* there is a zero below zero */
    memcpy(&bits, &number, sizeof bits);
    return bits >> 63 ? ~bits : bits | G_GUINT64_CONSTANT(1) << 63;
}

/* A table's column, and its rows as they were given. */
struct column_of {
    const struct sheet_column *column;
    const struct deck *deck;
    const GPtrArray *rows;
};

/* Fills `items` from the front with what is known, `rest` with the others; returns how many are. */
static guint by_numbers(const struct column_of *of, const GArray *order, bool falls,
                        struct item *items, GArray *rest)
{
    guint known = 0;
    for (guint i = 0; i < order->len; i++) {
        guint32 row = g_array_index(order, guint32, i);
        double number = of->column->number(g_ptr_array_index(of->rows, row), of->deck);
        if (isnan(number)) {
            g_array_append_val(rest, row);
            continue;
        }
        guint64 bits = ordered_bits(number);
        items[known++] = (struct item){falls ? ~bits : bits, 0, row};
    }
    return known;
}

static guint by_texts(const struct column_of *of, const GArray *order, GString *keys,
                      struct item *items, GArray *rest)
{
    static const char zeros[CHUNK];
    g_autoptr(GString) scratch = g_string_new(NULL);
    guint known = 0;
    for (guint i = 0; i < order->len; i++) {
        guint32 row = g_array_index(order, guint32, i);
        g_string_truncate(scratch, 0);
        const char *text = of->column->text(g_ptr_array_index(of->rows, row), of->deck, scratch);
        if (!text || !*text) {
            g_array_append_val(rest, row);
            continue;
        }
        items[known++] = (struct item){0, (guint32)(keys->len / CHUNK), row};
        sheet_text_key(keys, text);
        g_string_append_len(keys, zeros, (gssize)(CHUNK - keys->len % CHUNK));
    }
    return known;
}

static void turn_round(GArray *order)
{
    guint32 *rows = (guint32 *)(void *)order->data;
    for (guint i = 0; i < order->len / 2; i++) {
        guint32 row = rows[i];
        rows[i] = rows[order->len - 1 - i];
        rows[order->len - 1 - i] = row;
    }
}

void sheet_sort(GArray *order, const GPtrArray *rows, const struct sheet *sheet,
                const struct deck *deck, const struct arrangement *arrangement)
{
    if (arrangement->sort == 0) {
        if (arrangement->turned)
            turn_round(order);
        return;
    }
    const struct column_of of = {&sheet->columns[arrangement->sort - 1], deck, rows};
    bool falls = of.column->falls != arrangement->turned;
    g_autofree struct item *items = g_new(struct item, order->len + 1);
    g_autofree struct item *spare = g_new(struct item, order->len + 1);
    g_autoptr(GArray) rest = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GString) keys = g_string_new(NULL);
    guint known = of.column->number ? by_numbers(&of, order, falls, items, rest)
                                    : by_texts(&of, order, keys, items, rest);
    const struct sorting sorting = {keys->str, spare, falls};
    if (of.column->number)
        sort_chunks(items, known, spare);
    else
        sort_texts(&sorting, items, known, 0);
    g_array_set_size(order, 0);
    for (guint i = 0; i < known; i++)
        g_array_append_val(order, items[i].row);
    g_array_append_vals(order, rest->data, rest->len);
}
