#include "tui/commands/demo.h"

#include "data/base/error.h"
#include "data/base/own.h"

#include <string.h>

/* Beside our own binary first: a build folder's celldeck must not meet an installed simulator. */
static char *find_simulator(GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;
    g_autofree char *beside = folder ? g_build_filename(folder, "celldeck-sim", NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    char *found = g_find_program_in_path("celldeck-sim");
    if (!found)
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED,
                    "celldeck-sim is neither beside %s nor in PATH; build it with make",
                    self ? self : "celldeck");
    return found;
}

/* Reads the one line of JSON that the simulator prints when it is ready. */
static bool read_ready(struct demo_sim *sim, GError **error)
{
    GInputStream *output = g_subprocess_get_stdout_pipe(sim->process);
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(output);
    g_autofree char *line = g_data_input_stream_read_line_utf8(lines, NULL, NULL, error);
    OWN_JSON ready = line ? json_loads(line, 0, NULL) : NULL;
    const char *endpoint = json_string_value(json_object_get(ready, "endpoint"));
    const char *config = json_string_value(json_object_get(ready, "config"));
    const char *dir = json_string_value(json_object_get(ready, "dir"));
    if (!endpoint || !config || !dir) {
        g_clear_error(error);
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "celldeck-sim did not start: %s",
                    line ? line : "it ended at once");
        return false;
    }
    sim->endpoint = g_strdup(endpoint);
    sim->dir = g_strdup(dir);
    sim->config_path = g_strdup(config);
    return true;
}

/* For this process, the console's and the conductor's: nothing of the person's own AWS is used. */
static void point_environment(const struct demo_sim *sim)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "AWS_") || g_ascii_strcasecmp(*name, "HTTP_PROXY") == 0)
            g_unsetenv(*name);
    g_setenv("AWS_CONFIG_FILE", "/dev/null", TRUE);
    g_setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
    g_autofree char *state = g_build_filename(sim->dir, "state", NULL);
    g_setenv("AWS_ENDPOINT_URL", sim->endpoint, TRUE);
    g_setenv("AWS_ACCESS_KEY_ID", "DEMO", TRUE);
    g_setenv("AWS_SECRET_ACCESS_KEY", "demo", TRUE);
    g_setenv("AWS_EC2_METADATA_DISABLED", "true", TRUE);
    g_setenv("CELLDECK_CONFIG", sim->config_path, TRUE);
    g_setenv("CELLDECK_STATE", state, TRUE);
}

bool demo_sim_start(struct demo_sim *sim, const char *seed, GError **error)
{
    g_autofree char *program = find_simulator(error);
    if (!program)
        return false;
    const char *argv[] = {program, "--until-eof", seed ? "--seed" : NULL, seed, NULL};
    /* Its input stays open as long as we live: it ends with us, however we end, and takes its
     * folder along. */
    sim->process = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
    if (!sim->process || !read_ready(sim, error))
        return false;
    point_environment(sim);
    return true;
}

void demo_sim_stop(struct demo_sim *sim)
{
    if (sim->process) {
        g_output_stream_close(g_subprocess_get_stdin_pipe(sim->process), NULL, NULL);
        g_subprocess_wait(sim->process, NULL, NULL);
    }
    g_clear_object(&sim->process);
    g_free(sim->endpoint);
    g_free(sim->dir);
    g_free(sim->config_path);
}
