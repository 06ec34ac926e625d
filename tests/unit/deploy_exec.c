#include "data/base/when.h"
#include "rollout/deploy.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

/* A config of one cell whose deploy command is a shell script; `$D` in scripts is a folder. */
struct bench {
    char *dir;
    char *command[4], *current[4];
    struct cell_config cell;
    struct config config;
    struct deployer *deployer;
};

struct reply {
    bool come;
    char *version, *reference, *note, *error;
    enum deploy_progress progress;
};

static void reply_clear(struct reply *reply)
{
    g_free(reply->version);
    g_free(reply->reference);
    g_free(reply->note);
    g_free(reply->error);
    *reply = (struct reply){.come = false};
}
