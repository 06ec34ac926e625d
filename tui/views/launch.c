#include "tui/views/launch.h"

#include "data/base/own.h"
#include "data/base/when.h"
#include "rollout/estimate.h"
#include "tui/views/launch_lines.h"

#include <string.h>
#include <unistd.h>

enum { ASK_REASON, ASK_TICKET };
static const struct dialog_ask asks_of_start[] = {
    [ASK_REASON] = {.name = "Reason", .note = "kept in the history"},
    [ASK_TICKET] = {.name = "Ticket", .note = "Enter for none", .optional = true},
};

static void set_stage(struct launch *launch, enum launch_stage stage)
{
    launch->stage = stage;
    launch->since_ms = when_mono_ms();
}

static void fail(struct launch *launch, char *trouble)
{
    g_free(launch->trouble);
    launch->trouble = trouble;
    set_stage(launch, LAUNCH_FAILED);
}

/* From what a command printed last: its message, without the plan that it may have shown before. */
static char *message_of(const char *said)
{
    static const char name[] = "celldeck: ";
    const char *at = g_strrstr(said, name);
    char *text = g_strstrip(g_strdup(at ? at + strlen(name) : said));
    if (*text)
        return text;
    g_free(text);
    return g_strdup("celldeck ended without a word");
}

static struct estimate_terms terms_of(const json_t *estimate)
{
    double deploy_s = json_number_value(json_object_get(estimate, "deploy_s"));
    return (struct estimate_terms){
        .now_ms = when_now_ms(),
        .deploy_ms = (gint64)(deploy_s * WHEN_SECOND),
        .deploys = (guint)json_integer_value(json_object_get(estimate, "deploys")),
    };
}

static void take_plan(struct launch *launch, const char *out, const char *said)
{
    g_autoptr(GError) error = NULL;
    OWN_JSON json = json_loads(out, 0, NULL);
    OWN(plan) plan = json ? plan_from_json(json, &error) : NULL;
    if (!plan) {
        fail(launch, error ? g_strdup(error->message) : message_of(said));
        return;
    }
    const json_t *refusals = json_object_get(json, "refusals");
    const char *attendance = json_string_value(json_object_get(json, "needs_attendance"));
    bool may_start =
        json_is_true(json_object_get(json, "may_start")) && (!attendance || launch->attended);
    g_free(launch->version);
    launch->version = g_strdup(plan->version);
    launch->hash = g_strdup(plan->hash);
    const struct estimate_terms terms = terms_of(json_object_get(json, "estimate"));
    launch->lines = launch_lines(plan, refusals, attendance, launch->attended, &terms);
    set_stage(launch, may_start ? LAUNCH_READY : LAUNCH_REFUSED);
}

/* The id stands on stdout as soon as the rollout is on record; what went wrong after that does not
 * undo it. */
static void take_start(struct launch *launch, const char *out, const char *said, bool well)
{
    g_autofree char *id = g_strndup(out, strcspn(out, "\n"));
    if (!*id) {
        fail(launch, message_of(said));
        return;
    }
    launch->operation = g_steal_pointer(&id);
    if (!well)
        launch->trouble = message_of(said);
    set_stage(launch, LAUNCH_STARTED);
}

static char *text_of(GBytes *bytes)
{
    gsize n = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    return g_strndup(data ? data : "", n);
}

static void on_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    struct launch *launch = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) out_bytes = NULL, said_bytes = NULL;
    GSubprocess *process = G_SUBPROCESS(source);
    bool whole = g_subprocess_communicate_finish(process, result, &out_bytes, &said_bytes, &error);
    g_autofree char *out = text_of(out_bytes), *said = text_of(said_bytes);
    if (!whole)
        fail(launch, g_strdup(error->message));
    else if (launch->stage == LAUNCH_PLANNING)
        take_plan(launch, out, said);
    else
        take_start(launch, out, said, g_subprocess_get_successful(process));
    g_clear_object(&launch->process);
    launch->fn(launch, launch->data);
}

static void own_session(gpointer data)
{
    (void)data;
    setsid();
}

static gboolean not_begun(gpointer data)
{
    struct launch *launch = data;
    fail(launch, g_steal_pointer(&launch->trouble));
    launch->fn(launch, launch->data);
    return G_SOURCE_REMOVE;
}

static void run(struct launch *launch, const char *const *words)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_setenv(launcher, "CELLDECK_STATE", launch->state_dir, TRUE);
    g_subprocess_launcher_set_child_setup(launcher, own_session, NULL, NULL);
    g_autoptr(GError) error = NULL;
    launch->process = g_subprocess_launcher_spawnv(launcher, words, &error);
    if (launch->process) {
        g_subprocess_communicate_async(launch->process, NULL, launch->cancel, on_ended, launch);
        return;
    }
    launch->trouble = g_strdup(error->message);
    g_idle_add(not_begun, launch); /* never from within: whoever asked is not ready for it */
}

struct launch *launch_new(const struct deck *deck, const char *version, bool attended, launch_fn fn,
                          gpointer data)
{
    struct launch *launch = g_new0(struct launch, 1);
    launch->version = g_strdup(version);
    launch->attended = attended;
    launch->config_path = g_canonicalize_filename(deck->config->path, NULL);
    launch->state_dir = g_canonicalize_filename(deck->state_dir, NULL);
    launch->cancel = g_cancellable_new();
    launch->fn = fn;
    launch->data = data;
    set_stage(launch, LAUNCH_PLANNING);
    const char *const words[] = {"/proc/self/exe",    "rollout", "plan",
                                 launch->version,     "--json",  "-c",
                                 launch->config_path, NULL};
    run(launch, words);
    return launch;
}

void launch_start(struct launch *launch, const struct dialog *dialog)
{
    set_stage(launch, LAUNCH_STARTING);
    const char *ticket = dialog_text(dialog, ASK_TICKET);
    g_autofree char *reason_option =
        g_strdup_printf("--reason=%s", dialog_text(dialog, ASK_REASON));
    g_autofree char *ticket_option = ticket ? g_strdup_printf("--ticket=%s", ticket) : NULL;
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "/proc/self/exe", "rollout", "start", launch->version, "--plan",
                            launch->hash, reason_option, "--yes", "-c", launch->config_path, NULL);
    if (launch->attended)
        g_strv_builder_add(words, "--attended");
    if (ticket_option)
        g_strv_builder_add(words, ticket_option);
    g_auto(GStrv) all = g_strv_builder_end(words);
    run(launch, (const char *const *)all);
}

void launch_cancel(struct launch *launch)
{
    if (launch->stage != LAUNCH_PLANNING)
        return;
    if (launch->process)
        g_subprocess_force_exit(launch->process);
    g_cancellable_cancel(launch->cancel);
}

void launch_free(struct launch *launch)
{
    if (!launch)
        return;
    char *strings[] = {launch->version,     launch->operation, launch->trouble,
                       launch->config_path, launch->state_dir, launch->hash};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_clear_pointer(&launch->lines, g_ptr_array_unref);
    g_clear_object(&launch->process);
    g_object_unref(launch->cancel);
    g_free(launch);
}

bool launch_works(const struct launch *launch)
{
    return launch->stage == LAUNCH_PLANNING || launch->stage == LAUNCH_STARTING;
}

char *launch_progress(const struct launch *launch)
{
    g_autofree char *since = duration_short(when_mono_ms() - launch->since_ms);
    return g_strdup_printf("%s %s … %s", launch->stage == LAUNCH_PLANNING ? "planning" : "starting",
                           launch->version, since);
}

static GPtrArray *shown_lines(const struct launch *launch)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    if (launch_works(launch)) {
        g_ptr_array_add(lines, launch_progress(launch));
        g_ptr_array_add(lines, g_strdup("The fleet, the release and what every cell runs are read "
                                        "anew."));
    } else if (launch->stage == LAUNCH_FAILED) {
        g_auto(GStrv) said = g_strsplit(launch->trouble, "\n", -1);
        for (char **line = said; *line; line++)
            g_ptr_array_add(lines, g_strdup(*line));
    } else {
        for (guint i = 0; launch->lines && i < launch->lines->len; i++)
            g_ptr_array_add(lines, g_strdup(g_ptr_array_index(launch->lines, i)));
    }
    return lines;
}

struct dialog *launch_dialog(const struct launch *launch)
{
    static const struct {
        const char *title;
        enum role role;
    } looks[] = {
        [LAUNCH_PLANNING] = {"Plan %s", ROLE_ACCENT},
        [LAUNCH_REFUSED] = {"%s can't be started", ROLE_BAD},
        [LAUNCH_READY] = {"Start %s", ROLE_WARN},
        [LAUNCH_STARTING] = {"Start %s", ROLE_ACCENT},
        [LAUNCH_STARTED] = {"%s was started", ROLE_GOOD},
        [LAUNCH_FAILED] = {"%s was not started", ROLE_BAD},
    };
    GString *title = g_string_new(looks[launch->stage].title);
    g_string_replace(title, "%s", launch->version, 1);
    bool asks = launch->stage == LAUNCH_READY;
    struct dialog *dialog = dialog_new(title->str, shown_lines(launch), asks ? asks_of_start : NULL,
                                       asks ? launch->version : NULL);
    g_string_free(title, TRUE);
    dialog->busy = launch_works(launch);
    dialog->role = looks[launch->stage].role;
    return dialog;
}
