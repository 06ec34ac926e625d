#include "tui/console/dialog.h"

#include "data/base/text.h"

#include <string.h>

struct dialog *dialog_new(const char *title, GPtrArray *lines, const char *expected)
{
    struct dialog *dialog = g_new0(struct dialog, 1);
    dialog->title = g_strdup(title);
    dialog->lines = lines;
    dialog->expected = g_strdup(expected);
    prompt_init(&dialog->prompt);
    return dialog;
}

void dialog_free(struct dialog *dialog)
{
    if (!dialog)
        return;
    prompt_release(&dialog->prompt);
    g_ptr_array_unref(dialog->lines);
    g_free(dialog->title);
    g_free(dialog->expected);
    g_free(dialog->wrong);
    g_free(dialog);
}

enum dialog_result dialog_key(struct dialog *dialog, guint32 key)
{
    switch (prompt_key(&dialog->prompt, key)) {
    case PROMPT_CANCELLED:
        return DIALOG_CANCELLED;
    case PROMPT_DONE:
        if (strcmp(dialog->prompt.text->str, dialog->expected) == 0)
            return DIALOG_CONFIRMED;
        g_free(dialog->wrong);
        dialog->wrong = g_strdup_printf("that is not %s; nothing was done", dialog->expected);
        return DIALOG_OPEN;
    default:
        return DIALOG_OPEN;
    }
}

static int widest(const struct dialog *dialog)
{
    int width = text_width(dialog->title);
    for (guint i = 0; i < dialog->lines->len; i++)
        width = MAX(width, text_width(g_ptr_array_index(dialog->lines, i)));
    return MAX(width, (int)strlen(dialog->expected) + 30);
}

struct area dialog_draw(const struct dialog *dialog, struct canvas *canvas)
{
    enum { EDGES = 5 }; /* two lines of the frame, a blank, the question and the answer */
    int shown = CLAMP((int)dialog->lines->len, 0, MAX(0, canvas->rows - EDGES));
    struct area box = {.rows = shown + EDGES, .cols = MIN(widest(dialog) + 4, canvas->cols)};
    box.row = MAX(0, (canvas->rows - box.rows) / 2);
    box.col = (canvas->cols - box.cols) / 2;
    for (int row = 0; row < box.rows; row++)
        canvas_fill(canvas, box.row + row, box.col, box.cols, ROLE_NORMAL, " ");
    canvas_box(canvas, &box, ROLE_WARN);
    canvas_printf(canvas, box.row, box.col + 2, box.cols - 4, ROLE_TITLE, " %s ", dialog->title);
    int left = box.col + 2, cols = box.cols - 4, row = box.row + 1;
    for (int i = 0; i < shown; i++)
        canvas_text(canvas, row++, left, cols, i == 0 ? ROLE_TITLE : ROLE_NORMAL,
                    g_ptr_array_index(dialog->lines, (guint)i));
    row++;
    if (dialog->wrong)
        canvas_text(canvas, row, left, cols, ROLE_BAD, dialog->wrong);
    else
        canvas_printf(canvas, row, left, cols, ROLE_DIM, "Type %s to do it, Esc to leave it.",
                      dialog->expected);
    int cursor = prompt_draw(&dialog->prompt, canvas, row + 1, left, cols, "> ");
    return (struct area){.row = row + 1, .col = cursor};
}
