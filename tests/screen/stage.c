#include "tests/screen/stage.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Short bakes, an approval that whoever sits here may give, and a last wave that is still under way
 * whatever long people take to steer it. */
static const char short_bakes[] =
    "deploy_time: 500ms\n"
    "celldeck:\n"
    "  waves:\n"
    "    - {name: dev, class: dev, bake: 4s, low_traffic: pass}\n"
    "    - {name: mid-size, class: shared, bake: 2s}\n"
    "    - {name: enterprise, class: dedicated, bake: 20m, approval: {by: 1}}\n";

static struct {
    int passed, failed;
} count;

bool check(const char *rule, bool holds)
{
    printf("  %s  %s\n", holds ? "ok  " : "FAIL", rule);
    fflush(stdout);
    if (holds)
        count.passed++;
    else
        count.failed++;
    return holds;
}

static void add_env(struct fleet *fleet, char *variable)
{
    fleet->env[fleet->n_env++] = variable;
}

struct fleet *fleet_new(const char *build)
{
    return fleet_playing(build, short_bakes);
}

struct fleet *fleet_playing(const char *build, const char *scenario)
{
    struct fleet *fleet = g_new0(struct fleet, 1);
    fleet->build = g_strdup(build);
    fleet->dir = g_dir_make_tmp("celldeck-screen-XXXXXX", NULL);
    /* As it is shipped: it is not what is tested here, and fast it leaves the machine to us. */
    g_autofree char *program = g_build_filename(build, "..", "release", "celldeck-sim", NULL);
    g_autofree char *scenario_path = g_build_filename(fleet->dir, "scenario.yaml", NULL);
    if (!g_file_set_contents(scenario_path, scenario, -1, NULL))
        g_error("can't write %s", scenario_path);
    fleet->simulator = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, program, "--dir",
        fleet->dir, "--until-eof", "--scenario", scenario_path, NULL);
    g_autoptr(GDataInputStream) lines =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(fleet->simulator));
    g_autofree char *line = g_data_input_stream_read_line_utf8(lines, NULL, NULL, NULL);
    json_t *ready = line ? json_loads(line, 0, NULL) : NULL;
    if (!ready)
        g_error("celldeck-sim did not start");
    fleet->endpoint = g_strdup(json_string_value(json_object_get(ready, "endpoint")));
    add_env(fleet, g_strconcat("AWS_ENDPOINT_URL=", fleet->endpoint, NULL));
    add_env(fleet, g_strdup_printf("CELLDECK_CONFIG=%s",
                                   json_string_value(json_object_get(ready, "config"))));
    add_env(fleet, g_strdup_printf("CELLDECK_STATE=%s/state", fleet->dir));
    add_env(fleet, g_strdup("AWS_ACCESS_KEY_ID=TEST"));
    add_env(fleet, g_strdup("AWS_SECRET_ACCESS_KEY=test"));
    add_env(fleet, g_strdup("AWS_EC2_METADATA_DISABLED=true"));
    add_env(fleet, g_strdup("XDG_CONFIG_HOME=/nonexistent"));
    add_env(fleet, g_strdup_printf("XDG_STATE_HOME=%s/people", fleet->dir));
    add_env(fleet, g_strdup("SUDO_USER=alice"));
    json_decref(ready);
    return fleet;
}

void fleet_free(struct fleet *fleet)
{
    g_output_stream_close(g_subprocess_get_stdin_pipe(fleet->simulator), NULL, NULL);
    g_subprocess_wait(fleet->simulator, NULL, NULL);
    g_object_unref(fleet->simulator);
    g_autofree char *sweep = g_strdup_printf("rm -rf '%s'", fleet->dir);
    if (!g_spawn_command_line_sync(sweep, NULL, NULL, NULL, NULL))
        printf("  left behind: %s\n", fleet->dir);
    for (int i = 0; i < fleet->n_env; i++)
        g_free(fleet->env[i]);
    g_free(fleet->build);
    g_free(fleet->dir);
    g_free(fleet->endpoint);
    g_free(fleet);
}

static char *ask(const struct fleet *fleet, const char *method, const char *path,
                 const char *headers, const char *body)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) line =
        g_socket_client_connect_to_uri(client, fleet->endpoint, 80, NULL, &error);
    if (!line)
        g_error("the simulator: %s", error->message);
    g_autofree char *asked =
        g_strdup_printf("%s %s HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n%s\r\n%s",
                        method, path, strlen(body), headers, body);
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(line));
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(line)), asked,
                              strlen(asked), NULL, NULL, NULL);
    g_autoptr(GString) answer = g_string_new(NULL);
    char bytes[4096];
    for (gssize n; (n = g_input_stream_read(in, bytes, sizeof bytes, NULL, NULL)) > 0;)
        g_string_append_len(answer, bytes, n);
    const char *end = strstr(answer->str, "\r\n\r\n");
    if (!end || !g_str_has_prefix(answer->str, "HTTP/1.1 200"))
        g_error("%s %s: %s", method, path, answer->str);
    return g_strdup(end + 4);
}

char *fleet_ask(const struct fleet *fleet, const char *method, const char *path, const char *body)
{
    return ask(fleet, method, path, "", body);
}

char *fleet_dynamodb(const struct fleet *fleet, const char *action, const char *body)
{
    g_autofree char *headers = g_strdup_printf(
        "Authorization: AWS4-HMAC-SHA256 Credential=SOMEBODY/20261124/us-east-1/dynamodb/"
        "aws4_request, SignedHeaders=host, Signature=0\r\n"
        "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.%s\r\n",
        action);
    return ask(fleet, "POST", "/", headers, body);
}

char *fleet_run(const struct fleet *fleet, const char *login, const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *program = g_build_filename(fleet->build, "celldeck", NULL);
    g_auto(GStrv) env = g_get_environ();
    char *out = NULL;
    for (int i = 0; i < fleet->n_env; i++) {
        g_auto(GStrv) parts = g_strsplit(fleet->env[i], "=", 2);
        env = g_environ_setenv(env, parts[0], parts[1], TRUE);
    }
    env = g_environ_setenv(env, "SUDO_USER", login, TRUE);
    g_ptr_array_add(argv, program);
    for (; *args; args++)
        g_ptr_array_add(argv, (gpointer)*args);
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_sync(NULL, (char **)argv->pdata, env, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
                      NULL, NULL, NULL))
        g_error("%s does not run", program);
    return out;
}

struct seat *sit(struct fleet *fleet, int rows, int cols, const char *option, const char *term,
                 const char *locale)
{
    g_autofree char *program = g_build_filename(fleet->build, "celldeck", NULL);
    g_autofree char *term_env = g_strdup_printf("TERM=%s", term ? term : "xterm-256color");
    g_autofree char *locale_env = g_strdup_printf("LC_ALL=%s", locale ? locale : "C.UTF-8");
    char *env[20] = {NULL};
    memcpy(env, fleet->env, sizeof(char *) * (size_t)fleet->n_env);
    env[fleet->n_env] = term_env;
    env[fleet->n_env + 1] = locale_env;
    char *argv[] = {program, (char *)(option ? option : "console"), NULL};
    return seat_new(rows, cols, argv, env);
}

int check_report(void)
{
    printf("%d passed, %d failed\n", count.passed, count.failed);
    return count.failed > 0;
}
