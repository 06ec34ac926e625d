/* Prints the keys that are found in this environment ("ID SECRET TOKEN", or "none"), for the
 * profile given as argument, if any: for credentials.test, which compares them with botocore's.
 * Roles are not assumed but shown: "SOURCE-ID assumes ARN". */
#include "data/aws/credentials.h"

#include <stdio.h>

static void print_keys(struct keys *keys, const GError *error, gpointer data)
{
    if (keys)
        printf("%s %s %s\n", keys->id, keys->secret, keys->token ? keys->token : "-");
    else
        printf("none\n%s\n", error->message);
    g_main_loop_quit(data);
}

static gpointer show_role(gpointer self, struct keys *source, const struct role *role,
                          G_GNUC_UNUSED keys_fn fn, G_GNUC_UNUSED gpointer data)
{
    printf("%s assumes %s\n", source->id, role->arn);
    g_main_loop_quit(self);
    return NULL;
}

static void never(G_GNUC_UNUSED gpointer call)
{
}

/* The assumption that was shown is never answered, so that its search ends with the program. */
int main(int argc, char **argv)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_auto(GStrv) env = g_get_environ();
    struct assumer assumer = {.assume = show_role, .cancel = never, .self = loop};
    OWN(credentials)
    credentials =
        credentials_new(g_main_context_default(), argc > 1 ? argv[1] : NULL, env, &assumer);
    identity_wait(credentials_identity(credentials, NULL), print_keys, loop);
    g_main_loop_run(loop);
    return 0;
}
