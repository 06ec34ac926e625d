#include "tui/commands/context.h"

#include "data/aws/caller.h"
#include "data/base/error.h"
#include "data/base/text.h"
#include "data/base/when.h"
#include "data/feed.h"
#include "data/journal_follow.h"
#include "data/outages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool check_arguments(struct context *context, const char *command, const char *usage,
                            int min_args, int max_args, GError **error)
{
    int given = (int)g_strv_length(context->args);
    if (given >= min_args && given <= max_args)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: %s; usage: celldeck %s%s%s", command,
                given < min_args ? "an argument is missing" : "too many arguments", command,
                *usage ? " " : "", usage);
    return false;
}

bool context_parse(struct context *context, int argc, char **argv, const GOptionEntry *own,
                   const char *usage, int min_args, int max_args, GError **error)
{
    const GOptionEntry json[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &context->json, "The answer as one JSON document", NULL},
        {0}};
    const GOptionEntry csv[] = {
        {"csv", 0, 0, G_OPTION_ARG_NONE, &context->csv, "The list as CSV", NULL}, {0}};
    const GOptionEntry common[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &context->config_path,
         "The fleet's celldeck.yaml", "FILE"},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &context->no_color, "No colours", NULL},
        {"ascii", 0, 0, G_OPTION_ARG_NONE, &context->ascii, "ASCII only", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &context->args, NULL, NULL},
        {0}};
    g_autoptr(GOptionContext) options = g_option_context_new(usage);
    g_option_context_set_summary(options, context->about);
    if (own)
        g_option_context_add_main_entries(options, own, NULL);
    if (context->forms & FORM_JSON)
        g_option_context_add_main_entries(options, json, NULL);
    if (context->forms & FORM_CSV)
        g_option_context_add_main_entries(options, csv, NULL);
    g_option_context_add_main_entries(options, common, NULL);
    g_autofree char *shown = g_strconcat("celldeck ", argv[0], NULL);
    g_set_prgname(shown);

    g_autoptr(GError) wrong = NULL;
    /* GOption wants a vector it may reorder; ours is borrowed from main. */
    g_auto(GStrv) copy = g_new0(char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++)
        copy[i] = g_strdup(argv[i]);
    bool parsed = g_option_context_parse_strv(options, &copy, &wrong);
    if (!context->args)
        context->args = g_new0(char *, 1);
    if (!parsed) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE, "%s: %s; see celldeck %s --help", argv[0],
                    wrong->message, argv[0]);
        return false;
    }
    if (context->json && context->csv) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "%s: --json and --csv are two forms of one answer; give one of them", argv[0]);
        return false;
    }
    context->style = out_style_detect(stdout, context->no_color, context->ascii);
    return check_arguments(context, argv[0], usage, min_args, max_args, error);
}

void context_clear(struct context *context)
{
    g_free(context->config_path);
    g_strfreev(context->args);
    g_free(context->state_dir);
    g_free((char *)context->person.actor);
    g_free((char *)context->person.arn);
    poller_seen_clear(&context->seen);
    g_clear_pointer(&context->client, aws_client_free);
    g_clear_pointer(&context->follower, journal_unfollow);
    g_clear_pointer(&context->journal, journal_close);
    g_clear_pointer(&context->config, config_unref);
}

bool context_open_config(struct context *context, GError **error)
{
    if (context->config)
        return true;
    g_autofree char *path = config_find(context->config_path, error);
    if (!path)
        return false;
    context->config = config_load(path, error);
    return context->config != NULL;
}

bool context_open_journal(struct context *context, GError **error)
{
    if (!context_open_config(context, error))
        return false;
    if (!context->state_dir)
        context->state_dir = state_dir(context->config, &context->personal, error);
    if (!context->state_dir || context->journal)
        return context->journal != NULL;
    context->journal = journal_open(context->config, context->state_dir, error);
    if (!context->journal)
        return false;
    g_autofree char *trouble = journal_trouble(context->journal);
    if (trouble)
        out_message("%s", trouble);
    context->follower = journal_follow(context->config, context->state_dir);
    return true;
}

struct origins *context_read_origins(struct context *context)
{
    g_autoptr(GError) wrong = NULL;
    struct origins *origins =
        context_open_journal(context, &wrong) ? origins_read(context->journal, &wrong) : NULL;
    if (!origins)
        out_message("where moved tenants came from is not known, so nobody is said to go back "
                    "there: %s",
                    wrong->message);
    return origins;
}

bool context_may_act(struct context *context, GError **error)
{
    if (!context_open_config(context, error))
        return false;
    const char *host = context->config->journal_host;
    if (!host || strcmp(host, g_get_host_name()) == 0)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_REFUSED,
                "this fleet is operated from %s (journal.host); this host, %s, may only look", host,
                g_get_host_name());
    return false;
}

struct aws_client *context_client(struct context *context)
{
    if (!context->client)
        context->client = aws_client_new(context->config->aws_profile, context->config->aws_region);
    return context->client;
}

/* From then on somebody at a terminal wants to know what it hangs on. */
enum { PATIENT_MS = 2000 };

struct reading {
    GMainLoop *loop;
    struct snapshot *last;   /* when done */
    struct snapshot *so_far; /* what came until now; NULL: nothing yet */
};

static void reading_goes_on(struct snapshot *snapshot, gpointer data)
{
    struct reading *reading = data;
    g_clear_pointer(&reading->so_far, snapshot_unref);
    reading->so_far = snapshot_ref(snapshot);
}

static gboolean say_what_is_waited_for(gpointer data)
{
    const struct reading *reading = data;
    g_autoptr(GString) names = g_string_new(NULL);
    const GPtrArray *sources = reading->so_far ? reading->so_far->sources : NULL;
    for (guint i = 0; sources && i < sources->len; i++) {
        const struct source *source = sources->pdata[i];
        if (source->state == SOURCE_WAITING)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", source->name);
    }
    out_message("still waiting for %s", names->len ? names->str : "the first answer");
    return G_SOURCE_REMOVE;
}

static void reading_done(struct snapshot *snapshot, gpointer data)
{
    struct reading *reading = data;
    reading->last = snapshot_ref(snapshot);
    g_main_loop_quit(reading->loop);
}

/* Metrics that another celldeck has read are not asked for, and paid for, again; what has settled
 * stays true, and so does what a cell ran that is dead now: probes are as old as they are. Alarms
 * and the registry are those of now, or not known. A cache that can't be read has nothing: that is
 * no trouble here. */
static void begin_with_cache(struct context *context, struct feed *feed)
{
    if (!context->state_dir)
        context->state_dir = state_dir(context->config, &context->personal, NULL);
    poller_seen_clear(&context->seen);
    if (context->state_dir && poller_look(context->state_dir, context->config, &context->seen))
        feed_prime(feed, context->seen.metrics);
    g_clear_pointer(&context->seen.metrics, snapshot_unref);
}

struct snapshot *context_read_fleet(struct context *context)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    struct reading reading = {.loop = loop};
    struct feed *feed =
        feed_new(context->config, context_client(context), reading_goes_on, &reading);
    feed_brief(feed);
    if (context->consistent)
        feed_consistent(feed);
    begin_with_cache(context, feed);
    feed_read_once(feed, reading_done, &reading);
    guint patience =
        isatty(STDERR_FILENO) ? g_timeout_add(PATIENT_MS, say_what_is_waited_for, &reading) : 0;
    if (!reading.last)
        g_main_loop_run(loop);
    if (patience && g_main_context_find_source_by_id(NULL, patience))
        g_source_remove(patience);
    feed_free(feed);
    g_clear_pointer(&reading.so_far, snapshot_unref);
    return reading.last;
}

int context_sources_exit_code(const struct snapshot *snapshot)
{
    g_autoptr(GPtrArray) outages = outages_of(snapshot, true);
    for (guint i = 0; i < outages->len; i++) {
        const struct outage *outage = outages->pdata[i];
        out_message("could not be read: %s: %s", outage->names, outage->why);
    }
    return outages->len ? CD_ERROR_SOURCE : 0;
}

bool context_confirm(bool yes, const char *what, const char *word, GError **error)
{
    if (yes)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        g_set_error(
            error, CD_ERROR, CD_ERROR_USAGE,
            "there is no terminal to confirm on that you want to %s; give --yes to go ahead", what);
        return false;
    }
    g_autofree char *clean = text_clean(word);
    fprintf(stderr, "Type %s to %s: ", clean, what);
    fflush(stderr);
    char typed[256] = "";
    if (fgets(typed, sizeof typed, stdin))
        g_strchomp(typed);
    if (strcmp(typed, word) == 0)
        return true;
    g_set_error(error, CD_ERROR, CD_ERROR_REFUSED, "not confirmed; nothing was done");
    return false;
}

#define WHOAMI_MS (5 * WHEN_SECOND)

struct whoami {
    GMainLoop *loop;
    char *arn, *account;
    GError *error;
};

static void on_caller(const struct aws_caller *caller, const GError *error, gpointer data)
{
    struct whoami *whoami = data;
    whoami->arn = caller ? g_strdup(caller->arn) : NULL;
    whoami->account = caller ? g_strdup(caller->account) : NULL;
    whoami->error = error ? g_error_copy(error) : NULL;
    g_main_loop_quit(whoami->loop);
}

bool context_whoami(struct context *context, char **arn, char **account, GError **error)
{
    struct whoami whoami = {.loop = g_main_loop_new(NULL, FALSE)};
    aws_caller_ask(context_client(context), NULL, WHOAMI_MS, on_caller, &whoami);
    g_main_loop_run(whoami.loop);
    g_main_loop_unref(whoami.loop);
    if (arn)
        *arn = g_steal_pointer(&whoami.arn);
    if (account)
        *account = g_steal_pointer(&whoami.account);
    g_free(whoami.arn);
    g_free(whoami.account);
    if (whoami.error)
        g_propagate_error(error, whoami.error);
    return !whoami.error;
}

struct person context_person(struct context *context)
{
    if (!context->person.actor) {
        char *arn = NULL;
        context_whoami(context, &arn, NULL, NULL);
        context->person = (struct person){actor_name(), arn};
    }
    return context->person;
}
