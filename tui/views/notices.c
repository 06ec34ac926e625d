#include "tui/views/notices.h"

#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/views/wrap.h"

#include <string.h>

#define MOST_LINES 3
#define ALL_OF_IT  " … :messages"

static void message_free(gpointer p)
{
    struct message *message = p;
    g_free(message->text);
    g_free(message);
}

void notices_init(struct notices *notices)
{
    *notices = (struct notices){.messages = g_ptr_array_new_with_free_func(message_free)};
}

void notices_release(struct notices *notices)
{
    g_ptr_array_unref(notices->messages);
    g_free(notices->shown);
}

static void keep(struct notices *notices, enum role role, const char *text)
{
    struct message *message = g_new0(struct message, 1);
    *message = (struct message){++notices->last, when_now_ms(), role, g_strdup(text)};
    g_ptr_array_add(notices->messages, message);
    if (notices->messages->len > NOTICES_KEPT)
        g_ptr_array_remove_index(notices->messages, 0);
}

void notices_say(struct notices *notices, enum role role, const char *text, bool kept)
{
    bool trouble = role == ROLE_WARN || role == ROLE_BAD || role == ROLE_UNKNOWN;
    g_free(notices->shown);
    notices->shown = g_strdup(text);
    notices->role = role;
    notices->until_ms = trouble ? 0 : when_mono_ms() + NOTICE_MS;
    if (kept)
        keep(notices, role, text);
}

void notices_dismiss(struct notices *notices)
{
    g_clear_pointer(&notices->shown, g_free);
}

bool notices_fade(struct notices *notices, gint64 mono_ms)
{
    bool over = notices->shown && notices->until_ms > 0 && mono_ms >= notices->until_ms;
    if (over)
        notices_dismiss(notices);
    return over;
}

bool notices_draw(const struct notices *notices, struct canvas *canvas)
{
    if (!notices->shown)
        return false;
    int cols = canvas->cols - 2, most = CLAMP(canvas->rows / 3, 1, MOST_LINES);
    g_autofree char *clean = text_clean(notices->shown);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    wrap_text(clean, cols, "  ", lines);
    int n = MIN((int)lines->len, most), top = canvas->rows - n;
    for (int i = 0; i < n; i++) {
        canvas_fill(canvas, top + i, 0, canvas->cols, ROLE_NORMAL, " ");
        canvas_text(canvas, top + i, 1, cols, notices->role, g_ptr_array_index(lines, (guint)i));
    }
    int told = text_width(ALL_OF_IT);
    if ((int)lines->len > n && cols > 2 * told) {
        canvas_fill(canvas, canvas->rows - 1, 1 + cols - told, told, ROLE_NORMAL, " ");
        canvas_right(canvas, canvas->rows - 1, 1 + cols - told, told, ROLE_KEY, ALL_OF_IT);
    }
    return true;
}
