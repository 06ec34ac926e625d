#include "tui/commands/history_export.h"

#include "data/base/error.h"
#include "data/base/new_file.h"
#include "data/base/when.h"
#include "data/history_export.h"
#include "tui/commands/subcommand.h"

const GOptionEntry history_export_entries[] = {
    {"since", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct history_export_options, since),
     "Only what was under way at or after it: 2026-11-24T09:00:00Z, 2026-11-24, or 7d (ago)",
     "TIME"},
    {"until", 0, 0, G_OPTION_ARG_STRING, OPTION_AT(struct history_export_options, until),
     "Only what began before it", "TIME"},
    {"mask", 0, 0, G_OPTION_ARG_NONE, OPTION_AT(struct history_export_options, mask),
     "Tenants' names, ids and subdomains are replaced; the chains can't be recomputed then", NULL},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, OPTION_AT(struct history_export_options, to),
     "Into a new file that only you may read, rather than to stdout", "FILE"},
    {NULL}};

/* A moment, a day (UTC), or so long ago. NULL is none: 0. */
static bool take_moment(const char *option, const char *text, gint64 now_ms, gint64 *at_ms,
                        GError **error)
{
    gint64 ago_ms;
    if (!text || when_parse(text, at_ms))
        return true;
    g_autofree char *day = g_strconcat(text, "T00:00:00Z", NULL);
    if (when_parse(day, at_ms))
        return true;
    if (duration_parse(text, &ago_ms)) {
        *at_ms = now_ms - ago_ms;
        return true;
    }
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "%s %s: is no moment; 2026-11-24T09:00:00Z, 2026-11-24 or 7d would be", option,
                text);
    return false;
}

/* Of the whole registry: a name that was not read would go out as it is. */
static struct mask *read_mask(struct context *context, GError **error)
{
    OWN(snapshot) snapshot = context_read_fleet(context);
    const struct source *source = snapshot_source(snapshot, "registry");
    const struct registry *registry = snapshot->registry;
    if (registry && registry->complete && source && source->state == SOURCE_OK)
        return mask_new(registry);
    g_set_error(error, CD_ERROR, CD_ERROR_SOURCE,
                "the registry can't be read whole%s%s: without it names can't be masked",
                source && source->error ? ": " : "", source && source->error ? source->error : "");
    return NULL;
}

/* What can't be written is out_finish()'s to tell; there is no use in going on. */
static bool to_stdout(const char *text, gpointer data, GError **error)
{
    (void)data, (void)error;
    return fputs(text, stdout) >= 0;
}

static bool to_file(const char *text, gpointer data, GError **error)
{
    return new_file_write(data, text, error);
}

static bool export_to_file(struct context *context, const struct history_export *wanted,
                           const char *path, GError **error)
{
    struct exported done;
    OWN(new_file) file = new_file_begin(path, error);
    if (!file || !history_export(context->journal, wanted, to_file, file, &done, error) ||
        !new_file_finish(file, error))
        return false;
    out_message("%u operation%s with %" G_GINT64_FORMAT " events are in %s", done.operations,
                done.operations == 1 ? "" : "s", done.events, path);
    return true;
}

int history_export_command(struct context *context, GError **error)
{
    const struct history_export_options *options = context->options;
    struct history_export wanted = {
        .form = context->csv    ? EXPORT_CSV
                : context->json ? EXPORT_JSON
                                : EXPORT_LINES,
        .fleet = context->config->name,
        .operation = context->args[0],
        .now_ms = when_now_ms(),
    };
    if (!take_moment("--since", options->since, wanted.now_ms, &wanted.since_ms, error) ||
        !take_moment("--until", options->until, wanted.now_ms, &wanted.until_ms, error))
        return CD_ERROR_USAGE;
    OWN(mask) mask = options->mask ? read_mask(context, error) : NULL;
    wanted.mask = mask;
    if (options->mask && !mask)
        return CD_ERROR_SOURCE;
    bool whole = options->to
                     ? export_to_file(context, &wanted, options->to, error)
                     : history_export(context->journal, &wanted, to_stdout, NULL, NULL, error);
    return whole || !*error ? 0 : CD_ERROR_FAILED;
}
