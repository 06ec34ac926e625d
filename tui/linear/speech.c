#include "tui/linear/speech.h"

#include "tui/linear/plain.h"

static void item_free(gpointer p)
{
    struct speech_item *item = p;
    g_free(item->subject);
    g_free(item);
}

struct speech *speech_new(void)
{
    struct speech *speech = g_new0(struct speech, 1);
    speech->lines = g_ptr_array_new_with_free_func(g_free);
    speech->items = g_ptr_array_new_with_free_func(item_free);
    return speech;
}

void speech_free(struct speech *speech)
{
    if (!speech)
        return;
    g_ptr_array_unref(speech->lines);
    g_ptr_array_unref(speech->items);
    g_free(speech);
}

void speech_line(struct speech *speech, const char *text)
{
    g_ptr_array_add(speech->lines, g_strdup(text));
}

void speech_printf(struct speech *speech, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(speech->lines, g_strdup_vprintf(format, args));
    va_end(args);
}

void speech_plain(struct speech *speech, const char *text)
{
    g_ptr_array_add(speech->lines, plain_words(text));
}

void speech_field(struct speech *speech, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_autofree char *words = plain_words(value);
    speech_printf(speech, "%s: %s", label, words);
}

void speech_item(struct speech *speech, enum view_id view, const char *subject, const char *text)
{
    struct speech_item *item = g_new0(struct speech_item, 1);
    *item = (struct speech_item){view, g_strdup(subject)};
    g_ptr_array_add(speech->items, item);
    speech_printf(speech, "%u. %s", speech->items->len, text);
}
