#include "tui/console/dialog.h"

#include "data/base/text.h"
#include "tui/console/keys.h"

#include <string.h>

#define WIDEST 100 /* longer lines are hard to read, however wide the screen is */

struct dialog *dialog_new(const char *title, GPtrArray *lines, const struct dialog_ask *asks,
                          const char *expected)
{
    struct dialog *dialog = g_new0(struct dialog, 1);
    dialog->title = g_strdup(title);
    dialog->lines = lines;
    dialog->asks = asks;
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
    for (size_t i = 0; i < DIALOG_ASKS; i++)
        g_free(dialog->texts[i]);
    char *strings[] = {dialog->title, dialog->expected, dialog->wrong};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_free(dialog);
}

void dialog_say(struct dialog *dialog, const char *line)
{
    g_free(g_ptr_array_index(dialog->lines, 0));
    g_ptr_array_index(dialog->lines, 0) = g_strdup(line);
}

const struct dialog_ask *dialog_asked(const struct dialog *dialog)
{
    const struct dialog_ask *ask = dialog->asks ? &dialog->asks[dialog->at] : NULL;
    return dialog->at < DIALOG_ASKS && ask && ask->name ? ask : NULL;
}

const char *dialog_text(const struct dialog *dialog, size_t i)
{
    const char *text = i < dialog->at && i < DIALOG_ASKS ? dialog->texts[i] : NULL;
    return text && *text ? text : NULL;
}

static void complain(struct dialog *dialog, char *wrong)
{
    g_free(dialog->wrong);
    dialog->wrong = wrong;
}

void dialog_refuse(struct dialog *dialog, const char *why)
{
    complain(dialog, g_strdup(why));
}

static void keep_text(struct dialog *dialog, const char *text)
{
    char *kept = g_strdup(text);
    g_free(dialog->texts[dialog->at]);
    dialog->texts[dialog->at] = kept;
}

static void go_to(struct dialog *dialog, size_t at)
{
    dialog->at = at;
    prompt_set(&dialog->prompt, dialog_asked(dialog) ? dialog->texts[at] : "");
}

void dialog_reword(struct dialog *dialog, GPtrArray *lines)
{
    g_ptr_array_unref(dialog->lines);
    dialog->lines = lines;
}

/* DIALOG_ASKS: there is none of that name. */
static size_t ask_named(const struct dialog *dialog, const char *name)
{
    for (size_t i = 0; dialog->asks && i < DIALOG_ASKS && dialog->asks[i].name; i++)
        if (strcmp(dialog->asks[i].name, name) == 0)
            return i;
    return DIALOG_ASKS;
}

const char *dialog_typed(const struct dialog *dialog, const char *name)
{
    size_t i = ask_named(dialog, name);
    const char *text = i == DIALOG_ASKS  ? NULL
                       : i == dialog->at ? dialog->prompt.text->str
                                         : dialog->texts[i];
    return text && *text ? text : NULL;
}

void dialog_prefill(struct dialog *dialog, const char *name, const char *text)
{
    size_t i = ask_named(dialog, name);
    if (i == DIALOG_ASKS || !text)
        return;
    g_free(dialog->texts[i]);
    dialog->texts[i] = g_strdup(text);
    if (i == dialog->at)
        prompt_set(&dialog->prompt, text);
}

void dialog_change(struct dialog *dialog, GPtrArray *lines)
{
    dialog_reword(dialog, lines);
    if (dialog_asked(dialog))
        keep_text(dialog, dialog->prompt.text->str);
    go_to(dialog, 0);
    dialog->top = 0;
    complain(dialog, g_strdup("it has changed since you were asked: read it again"));
}

static char *what_is_wrong(const struct dialog *dialog, const struct dialog_ask *ask,
                           const char *typed)
{
    g_autofree char *word = g_utf8_strdown(ask->name, -1);
    if (!*typed)
        return ask->optional ? NULL : g_strdup_printf("a %s is needed; it is %s", word, ask->note);
    return ask->wrong ? ask->wrong(typed, dialog->about) : NULL;
}

static enum dialog_result answer(struct dialog *dialog)
{
    if (!dialog->expected)
        return dialog->busy ? DIALOG_OPEN : DIALOG_CANCELLED;
    g_autofree char *typed = g_strstrip(g_strdup(dialog->prompt.text->str));
    const struct dialog_ask *ask = dialog_asked(dialog);
    if (ask) {
        complain(dialog, what_is_wrong(dialog, ask, typed));
        if (!dialog->wrong) {
            keep_text(dialog, typed);
            go_to(dialog, dialog->at + 1);
        }
        return DIALOG_OPEN;
    }
    if (strcmp(typed, dialog->expected) == 0 && !dialog->cramped)
        return DIALOG_CONFIRMED;
    if (dialog->cramped)
        return DIALOG_OPEN;
    complain(dialog, g_strdup_printf("that is not %s; nothing was done", dialog->expected));
    return DIALOG_OPEN;
}

/* Too often pressed, it goes back to the text before; it never leaves the dialog. */
static void erase_back(struct dialog *dialog)
{
    if (dialog->at == 0)
        return;
    go_to(dialog, dialog->at - 1);
    complain(dialog, NULL);
}

enum dialog_result dialog_key(struct dialog *dialog, guint32 key)
{
    int page = MAX(1, dialog->height - 1);
    if (dialog->waits && key != KEY_CODE_ESCAPE)
        return DIALOG_OPEN;
    for (const guint32 *own = dialog->keys; own && *own; own++) {
        if (*own != key)
            continue;
        dialog->pressed = key;
        return DIALOG_PRESSED;
    }
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

/* "Ticket: CHG-7 · Reason: a screen test" */
static char *typed_text(const struct dialog *dialog)
{
    GString *text = g_string_new(NULL);
    for (size_t i = dialog->at; i-- > 0;)
        if (dialog_text(dialog, i))
            g_string_append_printf(text, "%s%s: %s", text->len ? " · " : "", dialog->asks[i].name,
                                   dialog_text(dialog, i));
    return g_string_free(text, FALSE);
}

static struct area draw_question(const struct dialog *dialog, struct canvas *canvas,
                                 const struct area *at)
{
    int row = at->row;
    const struct dialog_ask *ask = dialog_asked(dialog);
    g_autofree char *typed = typed_text(dialog);
    canvas_text(canvas, row - 1, at->col, at->cols, ROLE_NORMAL, typed);
    if (dialog->waits)
        canvas_text(canvas, row, at->col, at->cols, ROLE_WARN,
                    "Waits until no key is pressed. Esc leaves.");
    else if (dialog->wrong)
        canvas_text(canvas, row, at->col, at->cols, ROLE_BAD, dialog->wrong);
    else if (ask)
        canvas_printf(canvas, row, at->col, at->cols, ROLE_DIM, "%s (%s)? Esc leaves.", ask->name,
                      ask->note);
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

static struct area draw_cramped(const struct dialog *dialog, struct canvas *canvas)
{
    static const char *const lines[] = {"too small to ask", "a larger screen asks", "Esc leaves"};
    for (int row = 0; row < canvas->rows; row++)
        canvas_fill(canvas, row, 0, canvas->cols, ROLE_NORMAL, " ");
    for (int row = 0; row < MIN(canvas->rows, (int)G_N_ELEMENTS(lines)); row++)
        canvas_text(canvas, row, 0, canvas->cols, dialog->role, lines[row]);
    return (struct area){.row = -1, .col = -1};
}

struct area dialog_draw(struct dialog *dialog, struct canvas *canvas)
{
    struct area box = {.cols = MIN(widest(dialog) + 4, MIN(WIDEST, canvas->cols))};
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < dialog->lines->len; i++)
        wrap(g_ptr_array_index(dialog->lines, i), MAX(8, box.cols - 4), lines);
    int shown = CLAMP((int)lines->len, 0, MAX(0, canvas->rows - edges(dialog)));
    dialog->cramped = dialog->expected && shown == 0;
    if (dialog->cramped)
        return draw_cramped(dialog, canvas);
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
        canvas_text(canvas, bottom, at.col, at.cols, ROLE_KEY,
                    dialog->waits ? " Esc leaves; other keys wait " : " Esc leaves ");
        return (struct area){.row = -1, .col = -1};
    }
    at.row += shown + 1;
    return draw_question(dialog, canvas, &at);
}
