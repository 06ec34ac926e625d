#include "tui/commands/out.h"

#include "data/base/text.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

struct out_row {
    enum out_role role;
    GPtrArray *cells; /* char *, cleaned; NULL: missing */
};

struct out_table {
    struct out_column *columns;
    size_t n;
    GPtrArray *rows;
};

static const char *const sgr[] = {
    [OUT_PLAIN] = "",        [OUT_DIM] = "\033[2m",   [OUT_BOLD] = "\033[1m",
    [OUT_GOOD] = "\033[32m", [OUT_WARN] = "\033[33m", [OUT_BAD] = "\033[31m",
};

struct out_style out_style_detect(FILE *to, bool no_color, bool ascii)
{
    const char *asked = g_getenv("NO_COLOR");
    const char *term = g_getenv("TERM");
    bool capable = isatty(fileno(to)) && term && strcmp(term, "dumb") != 0;
    return (struct out_style){
        .to = to,
        .colour = capable && !no_color && !(asked && *asked),
        .ascii = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
    };
}

/* `text` as `style` can show it. */
static char *clean_for(struct out_style style, const char *text)
{
    g_autofree char *clean = text_clean(text);
    return style.ascii ? g_str_to_ascii(clean, "C") : g_steal_pointer(&clean);
}

bool out_finish(void)
{
    int trouble = fflush(stdout) == 0 ? 0 : errno;
    if (!trouble && !ferror(stdout))
        return true;
    if (trouble != EPIPE && !out_is_closed())
        out_message("the answer could not be written whole%s%s", trouble ? ": " : "",
                    trouble ? g_strerror(trouble) : "");
    return trouble == EPIPE || out_is_closed();
}

bool out_is_closed(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP | POLLNVAL));
}

static void append_coloured(GString *line, struct out_style style, enum out_role role,
                            const char *clean)
{
    bool coloured = style.colour && role != OUT_PLAIN;
    g_string_append_printf(line, "%s%s%s", coloured ? sgr[role] : "", clean,
                           coloured ? "\033[0m" : "");
}

void out_line(struct out_style style, enum out_role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *clean = clean_for(style, raw);
    g_autoptr(GString) line = g_string_new(NULL);
    append_coloured(line, style, role, clean);
    fprintf(style.to, "%s\n", line->str);
    fflush(style.to);
}

void out_message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    const struct out_style style = out_style_detect(stderr, true, false);
    g_auto(GStrv) lines = g_strsplit(raw, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_autofree char *clean = clean_for(style, *line);
        fprintf(stderr, "%s%s\n", line == lines ? "celldeck: " : "", clean);
    }
}

void out_document(json_t *document)
{
    g_autofree char *text = text_json_dump(document, true);
    json_decref(document);
    puts(text);
    fflush(stdout);
}

void out_json(const char *schema, json_t *document)
{
    json_t *whole = json_pack("{s:o}", "schema", json_sprintf("celldeck.%s/1", schema));
    json_object_update(whole, document);
    json_decref(document);
    out_document(whole);
}

void out_json_line(json_t *value)
{
    g_autofree char *text = text_json_dump(value, false);
    json_decref(value);
    puts(text);
    fflush(stdout);
}

static void row_free(gpointer data)
{
    struct out_row *row = data;
    g_ptr_array_unref(row->cells);
    g_free(row);
}

struct out_table *out_table_new(const struct out_column *columns, size_t n)
{
    struct out_table *table = g_new0(struct out_table, 1);
    table->columns = g_memdup2(columns, n * sizeof *columns);
    table->n = n;
    table->rows = g_ptr_array_new_with_free_func(row_free);
    return table;
}

void out_table_row(struct out_table *table, enum out_role role, const char *const *cells)
{
    struct out_row *row = g_new0(struct out_row, 1);
    row->role = role;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < table->n; i++)
        g_ptr_array_add(row->cells, cells[i] ? text_clean(cells[i]) : NULL);
    g_ptr_array_add(table->rows, row);
}

/* A table in ASCII is ASCII in its rows: done before anything is measured. */
static void make_shown(struct out_table *table, struct out_style style)
{
    for (guint r = 0; r < table->rows->len; r++) {
        GPtrArray *cells = ((const struct out_row *)table->rows->pdata[r])->cells;
        for (size_t i = 0; i < table->n; i++) {
            g_autofree char *cell = cells->pdata[i];
            cells->pdata[i] = clean_for(style, cell ? cell : "-");
        }
    }
}

static int column_width(const struct out_table *table, size_t column)
{
    int width = text_width(table->columns[column].title);
    for (guint r = 0; r < table->rows->len; r++) {
        const struct out_row *row = table->rows->pdata[r];
        width = MAX(width, text_width(row->cells->pdata[column]));
    }
    return width;
}

static void print_row(const struct out_table *table, const int *widths, struct out_style style,
                      enum out_role first, enum out_role others, char *const *cells)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (size_t i = 0; i < table->n; i++) {
        g_autofree char *fitted =
            text_fit(cells[i], widths[i], table->columns[i].right, style.ascii);
        /* No spaces at the end of a line: they only get in the way of copying. */
        if (i + 1 == table->n)
            g_strchomp(fitted);
        append_coloured(line, style, i == 0 ? first : others, fitted);
        g_string_append(line, i + 1 < table->n ? "  " : "");
    }
    fprintf(style.to, "%s\n", g_strchomp(line->str));
}

void out_table_print(struct out_table *table, struct out_style style)
{
    g_autofree int *widths = g_new(int, table->n);
    g_autofree char **titles = g_new(char *, table->n);
    make_shown(table, style);
    for (size_t i = 0; i < table->n; i++) {
        widths[i] = column_width(table, i);
        titles[i] = (char *)table->columns[i].title;
    }
    print_row(table, widths, style, OUT_DIM, OUT_DIM, titles);
    for (guint r = 0; r < table->rows->len; r++) {
        const struct out_row *row = table->rows->pdata[r];
        print_row(table, widths, style, row->role, OUT_PLAIN, (char **)row->cells->pdata);
    }
    fflush(style.to);
}

static void print_csv_field(const char *field, bool last)
{
    g_autofree char *out = text_csv(field);
    printf("%s%s", out, last ? "\r\n" : ",");
}

void out_table_print_csv(struct out_table *table)
{
    for (size_t i = 0; i < table->n; i++)
        print_csv_field(table->columns[i].title, i + 1 == table->n);
    for (guint r = 0; r < table->rows->len; r++) {
        const struct out_row *row = table->rows->pdata[r];
        for (size_t i = 0; i < table->n; i++)
            print_csv_field(row->cells->pdata[i] ? row->cells->pdata[i] : "", i + 1 == table->n);
    }
    fflush(stdout);
}

void out_table_free(struct out_table *table)
{
    g_ptr_array_unref(table->rows);
    g_free(table->columns);
    g_free(table);
}
