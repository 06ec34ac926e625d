#include "tui/console/dialog.h"

#include "data/base/text.h"
#include "tui/console/keys.h"

#include <string.h>

#define WIDEST 100 /* longer lines are hard to read, however wide the screen is */

struct dialog *dialog_new(const char *title, GPtrArray *lines, const char *ask,
                          const char *expected)
{
    struct dialog *dialog = g_new0(struct dialog, 1);
    dialog->title = g_strdup(title);
    dialog->lines = lines;
    dialog->ask = g_strdup(ask);
    dialog->expected = g_strdup(expected);
    dialog->role = ROLE_WARN;
    dialog->height = 1;
    prompt_init(&dialog->prompt);
    return dialog;
}

void dialog_free(struct dialog *dialog)
{
    if (!dialog)
        return;
    prompt_release(&dialog->prompt);
    g_ptr_array_unref(dialog->lines);
    char *strings[] = {dialog->title, dialog->ask, dialog->text, dialog->expected, dialog->wrong};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_free(dialog);
}

void dialog_say(struct dialog *dialog, const char *line)
{
    g_free(g_ptr_array_index(dialog->lines, 0));
    g_ptr_array_index(dialog->lines, 0) = g_strdup(line);
}

static bool asks_text(const struct dialog *dialog)
{
    return dialog->ask && !dialog->text;
}

static void complain(struct dialog *dialog, char *wrong)
{
    g_free(dialog->wrong);
    dialog->wrong = wrong;
}

static enum dialog_result answer(struct dialog *dialog)
{
    if (!dialog->expected)
        return DIALOG_CANCELLED;
    g_autofree char *typed = g_strstrip(g_strdup(dialog->prompt.text->str));
    if (asks_text(dialog)) {
        g_autofree char *word = g_utf8_strdown(dialog->ask, -1);
        complain(dialog, *typed ? NULL : g_strdup_printf("a %s is needed; it is kept", word));
        if (*typed) {
            dialog->text = g_steal_pointer(&typed);
            prompt_set(&dialog->prompt, "");
        }
        return DIALOG_OPEN;
    }
    if (strcmp(typed, dialog->expected) == 0)
        return DIALOG_CONFIRMED;
    complain(dialog, g_strdup_printf("that is not %s; nothing was done", dialog->expected));
    return DIALOG_OPEN;
}

/* Too often pressed, it goes back to the text; it never leaves the dialog. */
static void erase_back(struct dialog *dialog)
{
    if (!dialog->text)
        return;
    prompt_set(&dialog->prompt, dialog->text);
    g_clear_pointer(&dialog->text, g_free);
    complain(dialog, NULL);
}

enum dialog_result dialog_key(struct dialog *dialog, guint32 key)
{
    int page = MAX(1, dialog->height - 1);
    switch (key) {
    case KEY_CODE_UP:
        dialog->top--;
        return DIALOG_OPEN;
    case KEY_CODE_DOWN:
        dialog->top++;
        return DIALOG_OPEN;
    case KEY_CODE_PAGE_UP:
        dialog->top -= page;
        return DIALOG_OPEN;
    case KEY_CODE_PAGE_DOWN:
        dialog->top += page;
        return DIALOG_OPEN;
    case KEY_CODE_BACKSPACE:
        if (dialog->prompt.text->len == 0) {
            erase_back(dialog);
            return DIALOG_OPEN;
        }
        break;
    default:
        break;
    }
    switch (prompt_key(&dialog->prompt, key)) {
    case PROMPT_CANCELLED:
        return DIALOG_CANCELLED;
    case PROMPT_DONE:
        return answer(dialog);
    default:
        return DIALOG_OPEN;
    }
}

/* `text` in lines of at most `cols` columns, broken at blanks, the later ones set in. */
static void wrap(const char *text, int cols, GPtrArray *into)
{
    g_autofree char *clean = text_clean(text);
    int indent = (int)strspn(clean, " ");
    g_auto(GStrv) words = g_strsplit(clean + indent, " ", -1);
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%*s", indent, "");
    bool begun = false;
    for (char **word = words; *word; word++) {
        if (begun && text_width(line->str) + 1 + text_width(*word) > cols) {
            g_ptr_array_add(into, g_strdup(line->str));
            g_string_printf(line, "%*s", MIN(indent + 2, cols / 4), "");
            begun = false;
        }
        g_string_append_printf(line, "%s%s", begun ? " " : "", *word);
        begun = true;
    }
    g_ptr_array_add(into, g_string_free(line, FALSE));
}

static int widest(const struct dialog *dialog)
{
    int width = text_width(dialog->title) + 2;
    for (guint i = 0; i < dialog->lines->len; i++)
        width = MAX(width, text_width(g_ptr_array_index(dialog->lines, i)));
    return MAX(width, dialog->expected ? text_width(dialog->expected) + 36 : 0);
}

/* The frame, a line for the text that was typed, the question, the answer. */
static int edges(const struct dialog *dialog)
{
    return dialog->expected ? 5 : 3;
}

static struct area draw_question(const struct dialog *dialog, struct canvas *canvas,
                                 const struct area *at)
{
    int row = at->row;
    if (dialog->text)
        canvas_printf(canvas, row - 1, at->col, at->cols, ROLE_NORMAL, "%s: %s", dialog->ask,
                      dialog->text);
    if (dialog->wrong)
        canvas_text(canvas, row, at->col, at->cols, ROLE_BAD, dialog->wrong);
    else if (asks_text(dialog))
        canvas_printf(canvas, row, at->col, at->cols, ROLE_DIM,
                      "%s (kept in the history)? Esc leaves.", dialog->ask);
    else
        canvas_printf(canvas, row, at->col, at->cols, ROLE_DIM, "Type %s to do it, Esc leaves.",
                      dialog->expected);
    int cursor = prompt_draw(&dialog->prompt, canvas, row + 1, at->col, at->cols, "> ");
    return (struct area){.row = row + 1, .col = cursor};
}

/* As many lines as there is room for. */
static void draw_lines(struct dialog *dialog, struct canvas *canvas, const struct area *at,
                       const GPtrArray *lines)
{
    int n = (int)lines->len;
    dialog->height = MAX(1, at->rows);
    dialog->top = CLAMP(dialog->top, 0, MAX(0, n - at->rows));
    for (int i = 0; i < at->rows && dialog->top + i < n; i++)
        canvas_text(canvas, at->row + i, at->col, at->cols,
                    dialog->top + i == 0 ? ROLE_TITLE : ROLE_NORMAL,
                    g_ptr_array_index(lines, (guint)(dialog->top + i)));
}

struct area dialog_draw(struct dialog *dialog, struct canvas *canvas)
{
    struct area box = {.cols = MIN(widest(dialog) + 4, MIN(WIDEST, canvas->cols))};
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < dialog->lines->len; i++)
        wrap(g_ptr_array_index(dialog->lines, i), MAX(8, box.cols - 4), lines);
    int shown = CLAMP((int)lines->len, 0, MAX(0, canvas->rows - edges(dialog)));
    box.rows = shown + edges(dialog);
    box.row = MAX(0, (canvas->rows - box.rows) / 2);
    box.col = (canvas->cols - box.cols) / 2;
    for (int row = 0; row < box.rows; row++)
        canvas_fill(canvas, box.row + row, box.col, box.cols, ROLE_NORMAL, " ");
    canvas_box(canvas, &box, dialog->role);
    canvas_printf(canvas, box.row, box.col + 2, box.cols - 4, dialog->role, " %s ", dialog->title);
    struct area at = {box.row + 1, box.col + 2, shown, box.cols - 4};
    draw_lines(dialog, canvas, &at, lines);
    int bottom = box.row + box.rows - 1;
    if ((int)lines->len > shown) {
        g_autofree char *where = g_strdup_printf(" Up/Down: %d-%d of %u ", dialog->top + 1,
                                                 dialog->top + shown, lines->len);
        canvas_right(canvas, bottom, at.col, at.cols, ROLE_KEY, where);
    }
    if (!dialog->expected) {
        canvas_text(canvas, bottom, at.col, at.cols, ROLE_KEY, " Esc leaves ");
        return (struct area){.row = -1, .col = -1};
    }
    at.row += shown + 1;
    return draw_question(dialog, canvas, &at);
}
