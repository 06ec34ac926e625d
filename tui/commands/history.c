/* `celldeck history list|show ID|verify`; `export` is in history_export.c. */
#include "data/history.h"
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "rollout/story.h"
#include "tui/commands/commands.h"
#include "tui/commands/context.h"
#include "tui/commands/history_export.h"
#include "tui/commands/subcommand.h"

static void print_operations(const struct context *context, const GPtrArray *operations)
{
    static const struct out_column columns[] = {
        {"ID", false},    {"KIND", false},  {"SUBJECT", false},
        {"STATE", false}, {"ACTOR", false}, {"STARTED", false},
        {"ENDED", false}, {"CELLS", false}, {"REASON", false}};
    OWN(out_table) table = out_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        g_autofree char *started = when_rfc3339(operation->started_ms / 1000 * 1000);
        g_autofree char *ended =
            operation->ended_ms ? when_rfc3339(operation->ended_ms / 1000 * 1000) : NULL;
        g_autofree char *cells = g_strjoinv(" ", operation->cells);
        out_table_row(table, OUT_PLAIN,
                      (const char *[]){operation->id, operation->kind, operation->subject,
                                       operation->state, operation->actor, started, ended, cells,
                                       operation->reason});
    }
    if (context->csv)
        out_table_print_csv(table);
    else
        out_table_print(table, context->style);
}

static int list(struct context *context, GError **error)
{
    g_autoptr(GPtrArray) operations = history_operations(context->journal, 0, error);
    if (!operations)
        return CD_ERROR_FAILED;
    if (!context->json) {
        print_operations(context, operations);
        return 0;
    }
    json_t *all = json_array();
    for (guint i = 0; i < operations->len; i++)
        json_array_append_new(all, operation_json(operations->pdata[i]));
    out_json("history", json_pack("{s:o}", "operations", all));
    return 0;
}

static void print_event(const struct context *context, const struct event *event)
{
    static const enum out_role roles[] = {[STORY_PLAIN] = OUT_PLAIN,
                                          [STORY_GOOD] = OUT_GOOD,
                                          [STORY_WARN] = OUT_WARN,
                                          [STORY_BAD] = OUT_BAD};
    g_autofree char *at = when_rfc3339(event->at_ms / 1000 * 1000);
    g_autofree char *sentence = story_sentence(event);
    const char *cell = story_cell(event);
    out_line(context->style, roles[story_tone(event)], "%4" G_GINT64_FORMAT "  %s  %-16s %s  (%s)",
             event->seq, at, cell ? cell : "", sentence, event->actor);
}

static int show(struct context *context, GError **error)
{
    const char *id = context->args[0];
    g_autoptr(GPtrArray) events = journal_read(context->journal, id, 1, error);
    if (!events)
        return CD_ERROR_FAILED;
    if (events->len == 0) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "the journal has no operation %s; see celldeck history list", id);
        return CD_ERROR_FAILED;
    }
    json_t *all = json_array();
    for (guint i = 0; i < events->len; i++) {
        const struct event *event = events->pdata[i];
        if (context->json) {
            json_array_append_new(all, event_json(event));
            continue;
        }
        print_event(context, event);
    }
    if (context->json)
        out_json("history.show", json_pack("{s:s, s:O}", "id", id, "events", all));
    json_decref(all);
    return 0;
}

static int verify(struct context *context, GError **error)
{
    gint64 events = 0;
    if (!journal_verify(context->journal, &events, error))
        return CD_ERROR_FAILED;
    g_autofree char *head = journal_head_hash(context->journal, error);
    if (!head)
        return CD_ERROR_FAILED;
    if (context->json)
        out_json("history.verify", json_pack("{s:b, s:I, s:s}", "whole", 1, "events",
                                             (json_int_t)events, "head", head));
    else
        out_line(context->style, OUT_GOOD,
                 "%" G_GINT64_FORMAT " events, every chain whole; head %s", events, head);
    return 0;
}

static const struct subcommand subcommands[] = {
    {.name = "list",
     .usage = "[--json|--csv]",
     .about = "every operation, newest first, live ones included",
     .forms = FORM_JSON | FORM_CSV,
     .needs_journal = true,
     .run = list},
    {.name = "show",
     .usage = "ID [--json]",
     .about = "what happened in one operation, event by event",
     .args = 1,
     .forms = FORM_JSON,
     .needs_journal = true,
     .run = show},
    {.name = "export",
     .usage = "[ID] [--since TIME] [--until TIME] [--mask] [--to FILE] [--json|--csv]",
     .about = "all operations with their events, as JSON lines, to be checked elsewhere",
     .args = ARGS_UP_TO(1),
     .forms = FORM_JSON | FORM_CSV,
     .needs_journal = true,
     .options = history_export_entries,
     .options_size = sizeof(struct history_export_options),
     .run = history_export_command},
    {.name = "verify",
     .usage = "[--json]",
     .about = "whether every event is still what was written; names the first that is not",
     .forms = FORM_JSON,
     .needs_journal = true,
     .run = verify},
    {0}};

static int run(int argc, char **argv, GError **error)
{
    return subcommand_run(subcommands, argc, argv, error);
}

const struct command command_history = {
    .name = "history",
    .usage = "list | show ID | export | verify",
    .summary = "what was done, by whom, and what came of it",
    .run = run,
};
