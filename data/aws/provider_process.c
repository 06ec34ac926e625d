/* credential_process: a program of the user's that prints keys as JSON (AWS's "Sourcing credentials
 * with an external process"). Run without a shell; what it prints on stdout is never shown. */
#include "data/aws/provider.h"
#include "data/base/own.h"
#include "data/base/text.h"
#include "data/base/when.h"

#include <string.h>

enum { PATIENCE_S = 60, LONGEST_COMPLAINT = 200 };

struct process {
    struct search *search; /* NULL: cancelled */
    GSubprocess *child;
    GSource *patience;
};

static void process_stop(gpointer data)
{
    struct process *process = data;
    process->search = NULL;
    g_subprocess_force_exit(process->child);
}

static gboolean out_of_patience(gpointer data)
{
    struct process *process = data;
    g_subprocess_force_exit(process->child);
    return G_SOURCE_REMOVE;
}

static void process_free(struct process *process)
{
    g_source_destroy(process->patience);
    g_source_unref(process->patience);
    g_object_unref(process->child);
    g_free(process);
}

/* The last line of what it complained of; programs put the reason there. */
static char *complaint(GBytes *bytes)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = text_utf8(data ? data : "", (gssize)size);
    g_strchomp(text);
    const char *line = strrchr(text, '\n');
    g_autofree char *last = g_utf8_make_valid(line ? line + 1 : text, -1);
    return g_utf8_strlen(last, -1) > LONGEST_COMPLAINT
               ? g_utf8_substring(last, 0, LONGEST_COMPLAINT)
               : g_steal_pointer(&last);
}

static struct keys *read_keys(GBytes *bytes, const char *profile, const char **what)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    OWN_JSON json = json_loadb(data ? data : "", size, 0, NULL);
    if (json && json_integer_value(json_object_get(json, "Version")) != 1) {
        *what = "Version is not 1";
        return NULL;
    }
    g_autofree char *origin = g_strdup_printf("credential_process of profile %s", profile);
    OWN(keys) keys = keys_of_json(json, "SessionToken", origin, what);
    if (keys && keys->expires_ms && keys->expires_ms <= when_now_ms()) {
        *what = "the keys have expired";
        return NULL;
    }
    if (keys && keys->token && !keys->expires_ms) /* then it is not run again */
        keys->lasts_until_ms = G_MININT64;
    return g_steal_pointer(&keys);
}

static void process_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    struct process *process = data;
    struct search *search = process->search;
    g_autoptr(GBytes) out = NULL;
    g_autoptr(GBytes) err = NULL;
    g_autoptr(GError) error = NULL;
    GSubprocess *child = G_SUBPROCESS(source);
    bool read = g_subprocess_communicate_finish(child, result, &out, &err, &error);
    if (!search) {
        process_free(process);
        return;
    }
    const char *what = NULL;
    if (!read) {
        search_failed(search, "credential_process of profile \"%s\": %s", search->profile,
                      error->message);
    } else if (g_subprocess_get_successful(child)) {
        struct keys *keys = read_keys(out, search->profile, &what);
        if (keys)
            search_found(search, keys);
        else
            search_failed(search, "credential_process of profile \"%s\": %s", search->profile,
                          what);
    } else {
        g_autofree char *said = complaint(err);
        search_failed(search,
                      "credential_process of profile \"%s\" failed (or took over %d s): %s. Run "
                      "it by hand to see why",
                      search->profile, PATIENCE_S, said);
    }
    process_free(process);
}

static void run(struct search *search, const char *const *argv)
{
    g_autoptr(GError) error = NULL;
    GSubprocess *child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
    if (!child) {
        search_failed(search, "credential_process of profile \"%s\" can't be run: %s",
                      search->profile, error->message);
        return;
    }
    struct process *process = g_new0(struct process, 1);
    process->search = search;
    process->child = child;
    process->patience = g_timeout_source_new_seconds(PATIENCE_S);
    g_source_set_callback(process->patience, out_of_patience, process, NULL);
    g_source_attach(process->patience, search->context);
    search->step = process;
    search->step_cancel = process_stop;
    g_main_context_push_thread_default(search->context);
    g_subprocess_communicate_async(child, NULL, NULL, process_ended, process);
    g_main_context_pop_thread_default(search->context);
}

static void start_process(struct search *search)
{
    const char *command = profiles_get(search->profiles, search->profile, "credential_process");
    if (!command) {
        search_absent(search, "credential_process");
        return;
    }
    g_auto(GStrv) argv = NULL;
    if (g_shell_parse_argv(command, NULL, &argv, NULL))
        run(search, (const char *const *)argv);
    else
        search_failed(search, "credential_process of profile \"%s\" is no command line",
                      search->profile);
}

const struct provider provider_process = {start_process};
