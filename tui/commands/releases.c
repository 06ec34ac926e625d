/* `celldeck releases`: versions, what each changes, which cells run it. */
#include "data/releases.h"

#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"

#include <string.h>

static char *cells_running(const struct snapshot *snapshot, const char *version)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (size_t i = 0; i < snapshot->n_cells; i++)
        if (g_strcmp0(snapshot->cells[i].version, version) == 0)
            g_ptr_array_add(ids, snapshot->cells[i].config->id);
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(" ", (char **)ids->pdata);
}

/* What `release` changes against the next older one in the list, or NULL for the oldest. */
static struct changes *changes_since_older(struct releases *releases, const GPtrArray *list,
                                           guint index)
{
    if (index + 1 >= list->len)
        return NULL;
    return releases_changes_between(releases, list->pdata[index + 1], list->pdata[index], NULL);
}

static json_t *release_json(const struct release *release, const struct changes *changes,
                            const char *cells)
{
    g_autofree char *at = when_rfc3339(release->at_ms);
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "version",
                     text_json(release->version), "tag", text_json(release->tag), "commit",
                     release->commit, "at", at, "summary", text_json(release->summary), "commits",
                     changes ? json_integer(changes->commits->len) : json_null(), "migrations",
                     changes ? json_integer(changes->migrations->len) : json_null(), "cells",
                     text_json(cells));
}

static void add_row(struct out_table *table, const struct release *release,
                    const struct changes *changes, const char *cells)
{
    g_autofree char *at = when_rfc3339(release->at_ms);
    g_autofree char *commits = changes ? g_strdup_printf("%u", changes->commits->len) : NULL;
    g_autofree char *migrations = changes ? g_strdup_printf("%u", changes->migrations->len) : NULL;
    out_table_row(table, OUT_BOLD,
                  (const char *[]){release->version, at, commits, migrations, *cells ? cells : NULL,
                                   release->summary});
}

static int print_releases(struct context *context, struct releases *releases, GPtrArray *list)
{
    static const struct out_column columns[] = {{"VERSION", false},    {"COMMITTED", false},
                                                {"COMMITS", true},     {"MIGRATIONS", true},
                                                {"RUNNING IN", false}, {"SUMMARY", false}};
    OWN(snapshot) snapshot = context_read_fleet(context);
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    json_t *all = json_array();
    for (guint i = 0; i < list->len; i++) {
        const struct release *release = list->pdata[i];
        OWN(changes) changes = changes_since_older(releases, list, i);
        g_autofree char *cells = cells_running(snapshot, release->version);
        add_row(table, release, changes, cells);
        json_array_append_new(all, release_json(release, changes, cells));
    }
    if (context->json)
        out_json("releases", json_pack("{s:O}", "releases", all));
    else if (context->csv)
        out_table_print_csv(table);
    else
        out_table_print(table, context->style);
    json_decref(all);
    return context_sources_exit_code(snapshot);
}

static int run(int argc, char **argv, GError **error)
{
    struct context context = {.about = command_releases.summary, .forms = FORM_JSON | FORM_CSV};
    int code = CD_ERROR_FAILED;
    if (context_parse(&context, argc, argv, NULL, "", 0, 0, error) &&
        context_open_config(&context, error)) {
        OWN(releases) releases = releases_open(context.config, error);
        g_autoptr(GPtrArray) list = releases ? releases_list(releases, error) : NULL;
        if (list)
            code = print_releases(&context, releases, list);
    }
    context_clear(&context);
    return code;
}

const struct command command_releases = {
    .name = "releases",
    .usage = "[--json|--csv]",
    .summary = "versions, what each changes, which cells run it",
    .run = run,
};
