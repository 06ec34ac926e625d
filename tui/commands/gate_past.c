/* What CloudWatch still has of the past, for the gate commands that look back. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "data/pace.h"
#include "tui/commands/gate.h"

struct waiting {
    GMainLoop *loop;
    struct past *past;
};

static void on_past(struct past *past, gpointer data)
{
    struct waiting *waiting = data;
    waiting->past = past;
    g_main_loop_quit(waiting->loop);
}

struct past *gate_read_past(struct context *context, const GArray *cells, gint64 from_ms,
                            gint64 until_ms)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct waiting waiting = {.loop = loop};
    past_read(context->config, context_client(context), cells, from_ms, until_ms, when_now_ms(),
              on_past, &waiting);
    g_main_loop_run(loop);
    return waiting.past;
}

int gate_tell_past(const struct past *past)
{
    out_message("asked CloudWatch for %" G_GUINT64_FORMAT " metrics in %" G_GUINT64_FORMAT
                " call%s, $%.4f",
                past->metrics, past->calls, past->calls == 1 ? "" : "s",
                (double)past->metrics * USD_PER_METRIC);
    for (guint i = 0; i < past->faults->len; i++)
        out_message("could not be read: %s", (const char *)past->faults->pdata[i]);
    return past->faults->len ? CD_ERROR_SOURCE : 0;
}
