#include "tui/views/arrangement.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "tui/views/sheet.h"

#include <stdlib.h>
#include <string.h>

enum { NARROWEST = 3, WIDEST = 200 };

/* Its place, or sheet->n with the nearest right one told. */
static size_t find(const struct sheet *sheet, const char *name, GError **error)
{
    for (size_t i = 0; i < sheet->n; i++)
        if (strcmp(sheet->columns[i].id, name) == 0)
            return i;
    g_autofree const char **names = sheet_names(sheet);
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    const char *nearest = text_nearest(name, names);
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "no column \"%s\" here%s%s%s; there are %s", name,
                nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "", all);
    return sheet->n;
}

static bool take_width(const char *given, int *cols, GError **error)
{
    char *end;
    long width = strtol(given, &end, 10);
    if (end == given || *end || width < NARROWEST || width > WIDEST) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "\"%s\" is no width; expected %d to %d columns, as in cell=30", given,
                    NARROWEST, WIDEST);
        return false;
    }
    *cols = (int)width;
    return true;
}

static bool choose_one(struct arrangement *to, const struct sheet *sheet, const char *name,
                       GError **error)
{
    g_auto(GStrv) parts = g_strsplit(name, "=", 2);
    int cols = 0;
    size_t column = find(sheet, parts[0] ? parts[0] : "", error);
    if (column == sheet->n || (parts[0] && parts[1] && !take_width(parts[1], &cols, error)))
        return false;
    for (size_t i = 0; i < to->n; i++)
        if (to->chosen[i].column == column) {
            g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "the column \"%s\" is there twice",
                        parts[0]);
            return false;
        }
    to->chosen[to->n].column = column;
    to->chosen[to->n++].cols = cols;
    return true;
}

bool arrangement_choose(struct arrangement *arrangement, const struct sheet *sheet,
                        const char *const *names, size_t *which, GError **error)
{
    struct arrangement to = *arrangement;
    to.n = 0;
    for (size_t i = 0; names[i]; i++)
        if (!choose_one(&to, sheet, names[i], error)) {
            if (which)
                *which = i;
            return false;
        }
    *arrangement = to;
    return true;
}

bool arrangement_sort(struct arrangement *arrangement, const struct sheet *sheet, const char *name,
                      GError **error)
{
    bool turned = name && *name == '-';
    size_t column = name && *name ? find(sheet, name + turned, error) : 0;
    if (column == sheet->n)
        return false;
    arrangement->sort = name && *name ? column + 1 : 0;
    arrangement->turned = turned;
    return true;
}

void arrangement_sort_next(struct arrangement *arrangement, const size_t *shown, size_t n)
{
    size_t at = 0;
    while (arrangement->sort > 0 && at < n && shown[at] + 1 != arrangement->sort)
        at++;
    if (arrangement->sort > 0)
        at++; /* the one after; a column that is not shown is followed by the screen's own order */
    arrangement->sort = at < n ? shown[at] + 1 : 0;
    arrangement->turned = false;
}

bool arrangement_same_rows(const struct arrangement *a, const struct arrangement *b)
{
    return a->sort == b->sort && a->turned == b->turned && a->faults == b->faults;
}

char *arrangement_text(const struct arrangement *arrangement, const struct sheet *sheet)
{
    if (arrangement->sort == 0)
        return g_strdup(arrangement->turned ? "the screen's own order, turned round"
                                            : "the screen's own order");
    const struct sheet_column *column = &sheet->columns[arrangement->sort - 1];
    bool falls = column->falls != arrangement->turned;
    const char *way = column->moment   ? (falls ? "the newest first" : "the oldest first")
                      : column->number ? (falls ? "the highest first" : "the lowest first")
                                       : (falls ? "from Z to A" : "from A to Z");
    return g_strdup_printf("sorted by %s, %s", column->id, way);
}
