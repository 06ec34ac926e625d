#include "data/aws/reply.h"
#include "data/base/own.h"

#include <criterion/criterion.h>

struct heard {
    GThread *where;
    int times;
    gsize length;
    char *error;
};

static void hear(gpointer value, const GError *error, gpointer data)
{
    struct heard *heard = data;
    heard->where = g_thread_self();
    heard->times++;
    heard->length = value ? *(gsize *)value : 0;
    heard->error = error ? g_strdup(error->message) : NULL;
}

/* The value of a text is its length; one that begins with `!` has none. */
static gpointer measure(const char *text, size_t length, gpointer with, GError **error)
{
    g_atomic_int_inc((gint *)with);
    if (*text != '!')
        return g_memdup2(&length, sizeof length);
    g_set_error(error, AWS_ERROR, AWS_ERROR_ANSWER, "no measure");
    return NULL;
}
static const struct aws_reader measurer = {measure, g_free};

static gint measured, released;

static void release(gpointer with)
{
    cr_expect_eq(with, &measured);
    g_atomic_int_inc(&released);
}
static const struct reply_how how = {&measurer, &measured, release};

static GString *text_of(size_t n)
{
    g_autofree char *text = g_strnfill(n, 'x');
    return g_string_new(text);
}

static void read_and_wait(const GString *text, struct heard *heard)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    struct reply_readers *readers = reply_readers_new(context);
    reply_read(readers, text, &how, hear, heard);
    cr_expect_eq(heard->times, 0, "it was called from within reply_read");
    while (!heard->times)
        g_main_context_iteration(context, TRUE);
    reply_readers_free(readers);
}

Test(aws_reply, short_and_long_answers_are_handed_over_by_the_main_loop)
{
    const size_t sizes[] = {1, 1000000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GString) text = text_of(sizes[i]);
        struct heard heard = {0};
        read_and_wait(text, &heard);
        cr_expect_eq(heard.length, sizes[i]);
        cr_expect_eq(heard.where, g_thread_self());
    }
    cr_expect_eq(g_atomic_int_get(&released), 2);
}

Test(aws_reply, what_a_reader_cannot_read_is_its_error)
{
    g_autoptr(GString) text = g_string_new("!");
    struct heard heard = {0};
    read_and_wait(text, &heard);
    cr_expect_str_eq(heard.error, "no measure");
    g_free(heard.error);
}

Test(aws_reply, after_it_was_cancelled_nobody_is_called_and_everything_let_go_of)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    struct reply_readers *readers = reply_readers_new(context);
    g_autoptr(GString) text = text_of(1000000);
    struct heard cancelled = {0}, kept = {0};
    for (int i = 0; i < 5; i++)
        reply_cancel(reply_read(readers, text, &how, hear, &cancelled));
    reply_read(readers, text, &how, hear, &kept);
    while (!kept.times)
        g_main_context_iteration(context, TRUE);
    reply_readers_free(readers);
    while (g_main_context_iteration(context, FALSE))
        ;
    cr_expect_eq(cancelled.times, 0);
    cr_expect_eq(kept.times, 1);
    cr_expect_eq(g_atomic_int_get(&released), 6);
}
