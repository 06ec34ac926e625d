#include "data/aws/reply.h"
#include "data/base/own.h"

#include <criterion/criterion.h>

struct heard {
    GThread *where;
    int times;
    size_t items;
    bool read;
};

static void hear(json_t *reply, gpointer data)
{
    struct heard *heard = data;
    heard->where = g_thread_self();
    heard->times++;
    heard->read = reply != NULL;
    heard->items = json_array_size(json_object_get(reply, "Items"));
}

/* {"Items": [0, 0, ...]} */
static GString *items(size_t n)
{
    GString *text = g_string_new("{\"Items\": [0");
    for (size_t i = 1; i < n; i++)
        g_string_append(text, ", 0");
    return g_string_append(text, "]}");
}

static void read_and_wait(const GString *text, struct heard *heard)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    struct reply_readers *readers = reply_readers_new(context);
    reply_read(readers, text, hear, heard);
    cr_expect_eq(heard->times, 0, "it was called from within reply_read");
    while (!heard->times)
        g_main_context_iteration(context, TRUE);
    reply_readers_free(readers);
}

Test(aws_reply, short_and_long_answers_are_handed_over_by_the_main_loop)
{
    const size_t sizes[] = {1, 100000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GString) text = items(sizes[i]);
        struct heard heard = {0};
        read_and_wait(text, &heard);
        cr_expect_eq(heard.items, sizes[i]);
        cr_expect_eq(heard.where, g_thread_self());
    }
}

Test(aws_reply, what_is_no_json_is_null_and_no_text_is_an_empty_object)
{
    const char *const texts[] = {"", "{\"Items\": [", "<html>"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GString) text = g_string_new(texts[i]);
        struct heard heard = {0};
        read_and_wait(text, &heard);
        cr_expect_eq(heard.read, i == 0, "\"%s\"", texts[i]);
    }
}

Test(aws_reply, after_it_was_cancelled_nobody_is_called)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    struct reply_readers *readers = reply_readers_new(context);
    g_autoptr(GString) text = items(100000);
    struct heard cancelled = {0}, kept = {0};
    for (int i = 0; i < 5; i++)
        reply_cancel(reply_read(readers, text, hear, &cancelled));
    reply_read(readers, text, hear, &kept);
    while (!kept.times)
        g_main_context_iteration(context, TRUE);
    reply_readers_free(readers);
    while (g_main_context_iteration(context, FALSE))
        ;
    cr_expect_eq(cancelled.times, 0);
    cr_expect_eq(kept.times, 1);
}
