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

#define TELL_USD 0.10 /* an hour of a console on 30 cells */

bool gate_may_spend(const struct context *context, guint readings, guint cells, GError **error)
{
    guint64 metrics = (guint64)readings * cells * metric_count(context->config);
    double usd = (double)metrics * USD_PER_METRIC, most = context->config->aws_max_usd_per_hour;
    if (most >= 0 && usd > most) {
        g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                    "this may ask CloudWatch for %" G_GUINT64_FORMAT
                    " metrics, $%.4f, and aws.max_usd_per_hour allows $%.4f in an hour; name one "
                    "cell, or raise it",
                    metrics, usd, most);
        return false;
    }
    if (usd >= TELL_USD)
        out_message("this asks CloudWatch for up to %" G_GUINT64_FORMAT " metrics, $%.2f", metrics,
                    usd);
    return true;
}

void gate_add_spent(struct gate_spent *spent, const struct past *past)
{
    spent->metrics += past->metrics;
    spent->calls += past->calls;
    if (!spent->faults)
        spent->faults = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < past->faults->len; i++)
        if (!g_ptr_array_find_with_equal_func(spent->faults, past->faults->pdata[i], g_str_equal,
                                              NULL))
            g_ptr_array_add(spent->faults, g_strdup(past->faults->pdata[i]));
}

int gate_tell_spent(struct gate_spent *spent)
{
    out_message("asked CloudWatch for %" G_GUINT64_FORMAT " metrics in %" G_GUINT64_FORMAT
                " call%s, $%.4f",
                spent->metrics, spent->calls, spent->calls == 1 ? "" : "s",
                (double)spent->metrics * USD_PER_METRIC);
    int code = spent->faults && spent->faults->len ? CD_ERROR_SOURCE : 0;
    for (guint i = 0; code && i < spent->faults->len; i++)
        out_message("could not be read: %s", (const char *)spent->faults->pdata[i]);
    g_clear_pointer(&spent->faults, g_ptr_array_unref);
    return code;
}
