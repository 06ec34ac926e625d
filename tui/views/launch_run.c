#include "tui/views/launch_run.h"

#include <unistd.h>

struct launch_errand {
    GSubprocess *process;
    GCancellable *cancel;
    char *trouble; /* why it never began, or NULL */
    errand_fn fn;
    gpointer data;
};

static void over(struct launch_errand *errand, const char *out, const char *said, int code)
{
    errand->fn(errand, out, said, code, errand->data);
    g_clear_object(&errand->process);
    g_object_unref(errand->cancel);
    g_free(errand->trouble);
    g_free(errand);
}

static char *text_of(GBytes *bytes)
{
    gsize n = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    return g_strndup(data ? data : "", n);
}

static void on_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) out_bytes = NULL, said_bytes = NULL;
    GSubprocess *process = G_SUBPROCESS(source);
    bool whole = g_subprocess_communicate_finish(process, result, &out_bytes, &said_bytes, &error);
    g_autofree char *out = text_of(out_bytes), *said = text_of(said_bytes);
    bool exited = whole && g_subprocess_get_if_exited(process);
    over(data, out, whole ? said : error->message,
         exited ? g_subprocess_get_exit_status(process) : -1);
}

static void own_session(gpointer data)
{
    (void)data;
    setsid();
}

static gboolean not_begun(gpointer data)
{
    struct launch_errand *errand = data;
    over(errand, "", errand->trouble, -1);
    return G_SOURCE_REMOVE;
}

struct launch_errand *errand_run(const char *const *words, const char *state_dir, errand_fn fn,
                                 gpointer data)
{
    struct launch_errand *errand = g_new0(struct launch_errand, 1);
    *errand = (struct launch_errand){.cancel = g_cancellable_new(), .fn = fn, .data = data};
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_setenv(launcher, "CELLDECK_STATE", state_dir, TRUE);
    g_subprocess_launcher_set_child_setup(launcher, own_session, NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add(builder, "/proc/self/exe");
    g_strv_builder_addv(builder, (const char **)words);
    g_auto(GStrv) all = g_strv_builder_end(builder);
    errand->process = g_subprocess_launcher_spawnv(launcher, (const char *const *)all, &error);
    if (errand->process) {
        g_subprocess_communicate_async(errand->process, NULL, errand->cancel, on_ended, errand);
        return errand;
    }
    errand->trouble = g_strdup(error->message);
    g_idle_add(not_begun, errand);
    return errand;
}

void errand_end(struct launch_errand *errand)
{
    if (errand->process)
        g_subprocess_force_exit(errand->process);
    g_cancellable_cancel(errand->cancel);
}
