/* `celldeck gate record CELL`: what CloudWatch has of a cell, and of those that it would be
 * compared with, as `gate replay` reads it. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "data/metrics.h"
#include "data/recording.h"
#include "rollout/controls.h"
#include "tui/commands/gate.h"
#include "tui/commands/named.h"

#include <string.h>

const GOptionEntry gate_record_options[] = {
    {"hours", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct gate_options, hours),
     "How many of the last hours", "N"},
    {"only", 0, 0, G_OPTION_ARG_NONE, OPTION_AT(struct gate_options, only),
     "The cell alone, without those that could be its controls", NULL},
    {0}};

static bool parse_hours(const char *given, gint64 period_ms, gint64 *span_ms, GError **error)
{
    gint64 kept_ms = past_kept_ms(period_ms);
    guint64 hours;
    g_autofree char *kept = duration_config_text(kept_ms);
    g_autofree char *period = duration_config_text(period_ms);
    g_autofree char *expected = g_strdup_printf("a number of hours from 1 to %" G_GINT64_FORMAT
                                                ": CloudWatch keeps periods of %s for %s",
                                                kept_ms / WHEN_HOUR, period, kept);
    if (!given ||
        !g_ascii_string_to_unsigned(given, 10, 1, (guint64)(kept_ms / WHEN_HOUR), &hours, NULL))
        return gate_wrong_option(error, "--hours", given, expected);
    *span_ms = (gint64)hours * WHEN_HOUR;
    return true;
}

/* The cell and, unless it `only`, what gates would take for its controls if all others were on the
 * old version. */
static bool choose_cells(const struct config *config, const char *id, bool only, GArray *cells,
                         GError **error)
{
    if (!named_cell(config, id, error))
        return false;
    guint place = (guint)config_place(config, id);
    g_array_append_val(cells, place);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; !only && i < config->cells->len; i++)
        g_array_append_val(all, i);
    g_autoptr(GArray) controls =
        controls_choose(config, config_gates_of(config, config->cells->pdata[place]), place, all);
    g_array_append_vals(cells, controls->data, controls->len);
    return true;
}

static bool has_values(const struct cell_reading *reading)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (reading->series[m])
            return true;
    return false;
}

/* Says of which cells there is nothing; false if the cell itself is one. */
static bool print_rows(const struct context *context, const struct past *past, const GArray *cells)
{
    bool there = false;
    recording_print_header(stdout);
    for (guint i = 0; i < cells->len; i++) {
        guint at = g_array_index(cells, guint, i);
        const char *id = ((const struct cell_config *)context->config->cells->pdata[at])->id;
        recording_print(stdout, context->config, id, &past->readings[at], past->from_ms);
        if (has_values(&past->readings[at]))
            there = there || strcmp(id, context->args[0]) == 0;
        else if (!past->unread[at])
            out_message("CloudWatch has no value of %s in that time", id);
    }
    return there;
}

static void say_how_to_replay(const struct context *context, const struct past *past)
{
    const char *id = context->args[0];
    g_autofree char *from = when_rfc3339(past->from_ms), *until = when_rfc3339(past->until_ms);
    g_autofree char *period = duration_config_text(context->config->metrics.period_ms);
    out_message("recorded from %s to %s; for a deploy in between: celldeck gate replay FILE.csv "
                "--cell %s --deployed-at MOMENT --bake DURATION%s%s",
                from, until, id,
                context->config->metrics.period_ms == WHEN_MINUTE ? "" : " --period ",
                context->config->metrics.period_ms == WHEN_MINUTE ? "" : period);
}

int gate_record_run(struct context *context, GError **error)
{
    const struct gate_options *given = gate_options(context);
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(guint));
    gint64 span_ms = 0, now_ms = when_now_ms();
    if (!context_open_config(context, error) ||
        !parse_hours(given->hours, context->config->metrics.period_ms, &span_ms, error) ||
        !choose_cells(context->config, context->args[0], given->only, cells, error))
        return CD_ERROR_USAGE;
    if (!gate_may_spend(context, 1, cells->len, error))
        return CD_ERROR_REFUSED;
    gint64 until_ms = metrics_settled_until_ms(context->config, now_ms);
    OWN(past) past = gate_read_past(context, cells, until_ms - span_ms, until_ms);
    bool there = print_rows(context, past, cells);
    struct gate_spent spent = {0};
    gate_add_spent(&spent, past);
    int code = gate_tell_spent(&spent);
    if (there)
        say_how_to_replay(context, past);
    return code || there ? code : CD_ERROR_FAILED;
}
