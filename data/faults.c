#include "data/faults.h"

#include "data/base/error.h"
#include "data/base/text.h"

#include <string.h>

/* More than these help nobody; the rest is counted. */
#define FAULTS_TOLD 50
/* What is shown of a long line to either side of the fault, in bytes. */
#define EXCERPT_BEFORE 60
#define EXCERPT_AFTER  60

struct fault {
    size_t at;
    char *message;
};

struct faults {
    char *file;
    const char *text;
    size_t length;
    GPtrArray *list; /* struct fault * */
};

static void fault_free(gpointer data)
{
    struct fault *fault = data;
    g_free(fault->message);
    g_free(fault);
}

struct faults *faults_new(const char *file, const char *text, size_t length)
{
    struct faults *faults = g_new0(struct faults, 1);
    faults->file = g_strdup(file);
    faults->text = text;
    faults->length = length;
    faults->list = g_ptr_array_new_with_free_func(fault_free);
    return faults;
}

void faults_free(struct faults *faults)
{
    g_free(faults->file);
    g_ptr_array_unref(faults->list);
    g_free(faults);
}

void faults_add(struct faults *faults, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct fault *fault = g_new(struct fault, 1);
    *fault =
        (struct fault){.at = MIN(at, faults->length), .message = g_strdup_vprintf(format, args)};
    va_end(args);
    g_ptr_array_add(faults->list, fault);
}

bool faults_any(const struct faults *faults)
{
    return faults->list->len > 0;
}

/* Characters begin at every byte that is no continuation; a bad byte counts as one, too. */
static bool begins_character(char c)
{
    return ((guchar)c & 0xc0) != 0x80;
}

static size_t line_start(const struct faults *faults, size_t at)
{
    while (at > 0 && faults->text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct faults *faults, size_t at)
{
    const char *end = memchr(faults->text + at, '\n', faults->length - at);
    size_t stop = end ? (size_t)(end - faults->text) : faults->length;
    return stop > at && faults->text[stop - 1] == '\r' ? stop - 1 : stop;
}

size_t faults_offset(const struct faults *faults, int line, int column)
{
    size_t at = 0;
    for (; line > 1 && at < faults->length; at++)
        line -= faults->text[at] == '\n';
    while (at < faults->length && column > 1 && faults->text[at] != '\n') {
        at++;
        if (at == faults->length || begins_character(faults->text[at]))
            column--;
    }
    return at;
}

void faults_position(const struct faults *faults, size_t at, int *line, int *column)
{
    size_t start = line_start(faults, at);
    *line = 1;
    for (size_t i = 0; i < start; i++)
        *line += faults->text[i] == '\n';
    *column = 1;
    for (size_t i = start; i < at; i++)
        *column += begins_character(faults->text[i]);
}

static size_t to_character(const struct faults *faults, size_t at)
{
    while (at > 0 && at < faults->length && !begins_character(faults->text[at]))
        at--;
    return at;
}

/* The line around `at` and a caret under it, both indented by four. */
static void append_excerpt(GString *out, const struct faults *faults, size_t at)
{
    size_t start = line_start(faults, at), end = line_end(faults, at);
    bool cut_start = at - start > EXCERPT_BEFORE;
    bool cut_end = end > at && end - at > EXCERPT_AFTER;
    if (cut_start)
        start = to_character(faults, at - EXCERPT_BEFORE);
    if (cut_end)
        end = to_character(faults, at + EXCERPT_AFTER);
    g_autofree char *raw_before = g_strndup(faults->text + start, at - start);
    g_autofree char *raw_after = g_strndup(faults->text + at, end > at ? end - at : 0);
    g_autofree char *before = text_clean(raw_before);
    g_autofree char *after = text_clean(raw_after);
    g_string_append_printf(out, "\n    %s%s%s%s\n    %*s^", cut_start ? "…" : "", before, after,
                           cut_end ? "…" : "", text_width(before) + (cut_start ? 1 : 0), "");
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const struct fault *one = *(struct fault *const *)a, *two = *(struct fault *const *)b;
    return (one->at > two->at) - (one->at < two->at);
}

void faults_tell(struct faults *faults, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *file = text_clean(faults->file);
    g_ptr_array_sort(faults->list, by_place);
    for (guint i = 0; i < MIN(faults->list->len, FAULTS_TOLD); i++) {
        const struct fault *fault = faults->list->pdata[i];
        int line, column;
        faults_position(faults, fault->at, &line, &column);
        g_autofree char *message = text_clean(fault->message);
        g_string_append_printf(out, "%s%s:%d:%d: %s", i ? "\n" : "", file, line, column, message);
        append_excerpt(out, faults, fault->at);
    }
    if (faults->list->len > FAULTS_TOLD)
        g_string_append_printf(out, "\n... and %u more", faults->list->len - FAULTS_TOLD);
    g_set_error_literal(error, CD_ERROR, CD_ERROR_USAGE, out->str);
}
