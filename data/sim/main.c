/* celldeck-sim: AWS on loopback, played from a scenario file. Prints one line of JSON when it is
 * ready, and ends on SIGTERM, SIGINT, SIGHUP or (--until-eof) when its standard input closes. */
#include "data/base/error.h"
#include "data/base/when.h"
#include "data/sim/dns.h"
#include "data/sim/http.h"
#include "data/sim/repo.h"
#include "data/sim/scenario.h"

#include <ftw.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

struct options {
    char *scenario, *dir, *log;
    int port;
    gint64 seed;
    gboolean until_eof;
};

static bool options_read(struct options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"scenario", 0, 0, G_OPTION_ARG_FILENAME, &options->scenario,
         "What to play, laid over the built-in fleet", "FILE"},
        {"dir", 0, 0, G_OPTION_ARG_FILENAME, &options->dir,
         "Where celldeck.yaml and medplum.git go (default: a folder that is removed at the end)",
         "DIR"},
        {"port", 0, 0, G_OPTION_ARG_INT, &options->port, "Port on 127.0.0.1 (default: any)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Instead of the scenario's", "N"},
        {"until-eof", 0, 0, G_OPTION_ARG_NONE, &options->until_eof,
         "End when standard input closes", NULL},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &options->log, "Write every call there", "FILE"},
        {0}};
    GOptionContext *context = g_option_context_new("- AWS on loopback, for demo and tests");
    g_option_context_add_main_entries(context, entries, NULL);
    bool read = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (read && (argc > 1 || options->port < 0 || options->port > G_MAXUINT16)) {
        g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                    "unknown argument or impossible port; see "
                    "--help");
        return false;
    }
    return read;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static gboolean on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer loop)
{
    (void)condition;
    char bytes[256];
    if (read(fd, bytes, sizeof bytes) > 0)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static bool write_files(const json_t *scenario, const char *endpoint, guint16 dns, const char *dir,
                        GError **error)
{
    g_autofree char *config = sim_scenario_config(scenario, endpoint, dns, dir);
    g_autofree char *config_path = g_build_filename(dir, "celldeck.yaml", NULL);
    g_autofree char *repo = g_build_filename(dir, "medplum.git", NULL);
    return g_file_set_contents(config_path, config, -1, error) &&
           (g_file_test(repo, G_FILE_TEST_EXISTS) || sim_repo_make(scenario, repo, error));
}

static void say_ready(const char *endpoint, const char *dir)
{
    g_autofree char *config = g_build_filename(dir, "celldeck.yaml", NULL);
    OWN_JSON ready =
        json_pack("{s:s, s:s, s:s}", "endpoint", endpoint, "dir", dir, "config", config);
    json_dumpf(ready, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
}

static bool run(struct sim_server *server, const struct options *options, const json_t *scenario,
                GError **error)
{
    OWN(sim_http) http = sim_http_new(server, (guint16)options->port, error);
    if (!http)
        return false;
    OWN(sim_dns) dns = sim_dns_new(server, error);
    if (!dns)
        return false;
    g_autofree char *endpoint = g_strdup_printf("http://127.0.0.1:%u", sim_http_port(http));
    if (!write_files(scenario, endpoint, sim_dns_port(dns), options->dir, error))
        return false;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, on_signal, loop);
    g_unix_signal_add(SIGINT, on_signal, loop);
    g_unix_signal_add(SIGHUP, on_signal, loop);
    if (options->until_eof)
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, loop);
    say_ready(endpoint, options->dir);
    g_main_loop_run(loop);
    return true;
}

static bool play(const struct options *options, GError **error)
{
    OWN_JSON scenario = sim_scenario_load(options->scenario, error);
    if (!scenario)
        return false;
    if (options->seed >= 0)
        json_object_set_new(scenario, "seed", json_integer(options->seed));
    gint64 now_ms = when_now_ms();
    OWN(sim_world) world = sim_world_new(scenario, now_ms, error);
    OWN(sim_faults)
    faults = world ? sim_faults_new(json_object_get(scenario, "faults"), now_ms, error) : NULL;
    if (!faults)
        return false;
    OWN(sim_cloud) cloud = sim_cloud_new(world, faults, now_ms);
    OWN_JSON calls = json_array();
    struct sim_server server = {.cloud = cloud, .calls = calls};
    if (options->log && !(server.log = fopen(options->log, "ae"))) {
        g_set_error(error, CD_ERROR, CD_ERROR_FAILED, "can't write %s", options->log);
        return false;
    }
    bool played = run(&server, options, scenario, error);
    if (server.log)
        fclose(server.log);
    return played;
}

/* Makes it absolute, too: it goes into celldeck.yaml, which is read from anywhere. */
static bool make_dir(char **dir)
{
    g_autofree char *given = *dir;
    *dir = g_canonicalize_filename(given, NULL);
    return g_mkdir_with_parents(*dir, 0755) == 0;
}

int main(int argc, char **argv)
{
    struct options options = {.seed = -1};
    g_autoptr(GError) error = NULL;
    bool ours = false, played = options_read(&options, argc, argv, &error);
    signal(SIGPIPE, SIG_IGN);
    if (played && !options.dir) {
        options.dir = g_dir_make_tmp("celldeck-sim-XXXXXX", &error);
        played = ours = options.dir != NULL;
    } else if (played && !make_dir(&options.dir)) {
        g_set_error(&error, CD_ERROR, CD_ERROR_FAILED, "can't make the folder %s", options.dir);
        played = false;
    }
    played = played && play(&options, &error);
    if (ours)
        nftw(options.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!played)
        g_printerr("celldeck-sim: %s\n", error ? error->message : "failed");
    g_free(options.scenario);
    g_free(options.dir);
    g_free(options.log);
    return played ? 0 : MAX(1, cd_error_exit_code(error));
}
