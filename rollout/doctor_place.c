/* What is on this machine: configuration, state folder, journal, conductor, releases. */
#include "data/base/when.h"
#include "data/history.h"
#include "data/releases.h"
#include "rollout/conductor.h"
#include "rollout/doctor_check.h"

#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char no_folder[] = "not known, for want of a state folder";

/* Cells without a region are asked nowhere. */
static void check_regions(struct checkup *checkup, const struct config *config)
{
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        if (!cell->region)
            finding_set(checkup_add(checkup, "%s", cell->id),
                        judge_failure("set aws.region, or the cell's own",
                                      "has no region, so nothing is read of it"));
    }
}

void doctor_configuration(struct checkup *checkup)
{
    const struct doctor_wish *wish = checkup->doctor->wish;
    const struct config *config = wish->config;
    if (!config) {
        const char *error = wish->config_error;
        g_autofree char *first = g_strndup(error, strcspn(error, "\n"));
        finding_set(
            checkup_add(checkup, "celldeck.yaml"),
            judge_failure("celldeck config check shows each fault at its line", "%s", first));
        return;
    }
    finding_set(checkup_add(checkup, "%s", config->path),
                judge_ok("good: %u cells, %u waves", config->cells->len, config->waves->len));
    check_regions(checkup, config);
}

static void check_folder(struct checkup *checkup, const char *folder, bool personal)
{
    struct statvfs disk;
    struct finding *finding = checkup_add(checkup, "%s", folder);
    if (access(folder, W_OK | X_OK) != 0)
        finding_set(finding, judge_failure("join the group that the folder belongs to",
                                           "may not be written by you: you can look, not act"));
    else if (statvfs(folder, &disk) != 0)
        finding_set(finding,
                    judge_warning("df says it, or why not", "how full its disk is can't be told"));
    else
        finding_set(finding, judge_disk(folder, (guint64)disk.f_bavail * disk.f_frsize));
    if (personal)
        finding_set(checkup_add(checkup, "personal journal"),
                    judge_warning("make the shared one: sudo install -d -m 2770 -g celldeck "
                                  "/var/lib/celldeck",
                                  "others on this host do not see what you do, nor you them"));
}

void doctor_state(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    g_autoptr(GError) error = NULL;
    bool personal = false;
    g_autofree char *folder = state_dir(config, &personal, &error);
    if (folder)
        check_folder(checkup, folder, personal);
    else
        finding_set(checkup_add(checkup, "state folder"),
                    judge_local(error, "name another with $CELLDECK_STATE or journal.path"));
    struct finding *host = checkup_add(checkup, "journal.host");
    g_autofree char *fix = g_strdup_printf("journal: {host: %s}", g_get_host_name());
    if (config_journal_is_shared(config))
        finding_set(host, judge_ok("not needed: hosts that share table %s take turns by its leases",
                                   config->journal_table));
    else if (!config->journal_host)
        finding_set(host, judge_warning(fix, "not set: another host would act beside this one, "
                                             "each with a journal of its own"));
    else if (strcmp(config->journal_host, g_get_host_name()) != 0)
        finding_set(host, judge_ok("%s operates this fleet; this host, %s, may only look",
                                   config->journal_host, g_get_host_name()));
    else
        finding_set(host, judge_ok("this host, %s", config->journal_host));
}

/* NULL without an error: there is none yet. */
static struct journal *open_journal(const struct checkup *checkup, GError **error)
{
    const char *folder = checkup->doctor->state_dir;
    g_autofree char *path = g_build_filename(folder, "history.db", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    return journal_open_read_only(folder, error);
}

static void check_chains(struct checkup *checkup, struct journal *journal,
                         const GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        g_autoptr(GError) error = NULL;
        if (!journal_verify_stream(journal, operation->id, &error))
            finding_set(checkup_add(checkup, "%s", operation->id),
                        judge_failure("celldeck history verify looks at all of it; restore the "
                                      "folder's last backup beside it and compare",
                                      "was tampered with: %s", error->message));
    }
}

void doctor_journal(struct checkup *checkup)
{
    enum { LOOKED_AT = 10 };
    doctor_shared_journal(checkup);
    g_autoptr(GError) error = NULL;
    struct finding *finding = checkup_add(checkup, "history.db");
    if (!checkup->doctor->state_dir) {
        finding_set(finding, judge_skipped("%s", no_folder));
        return;
    }
    OWN(journal) journal = open_journal(checkup, &error);
    g_autoptr(GPtrArray) operations =
        journal ? history_operations(journal, LOOKED_AT, &error) : NULL;
    if (error) {
        finding_set(finding,
                    judge_local(error, "name another folder with $CELLDECK_STATE or journal.path"));
    } else if (!journal) {
        finding_set(finding, judge_ok("none yet: nothing has been done from here"));
    } else {
        finding_set(finding,
                    judge_ok("opens; the newest %u operations were looked at", operations->len));
        check_chains(checkup, journal, operations);
    }
}

static struct judgement judge_conductor(const struct conductor_info *info, bool just_begun)
{
    static const char fix[] = "celldeck conductor --until-idle, and see conductor.log";
    g_autofree char *silent = duration_short(when_now_ms() - info->heartbeat_ms);
    if (info->silent)
        return judge_failure("see conductor.log; if it is stuck, kill it, and: celldeck conductor "
                             "--until-idle",
                             "its conductor (pid %" G_GINT64_FORMAT
                             " on %s) has been silent for %s: nothing watches its cells",
                             info->pid, info->host, silent);
    if (info->alive)
        return judge_ok("conducted by pid %" G_GINT64_FORMAT " on %s, heard of %s ago", info->pid,
                        info->host, silent);
    if (just_begun)
        return judge_ok("has just begun, and waits for its conductor");
    if (!info->host)
        return judge_failure(fix, "nobody has taken it up: nothing watches its cells");
    return judge_failure(fix,
                         "its conductor (pid %" G_GINT64_FORMAT
                         " on %s) was last heard of %s ago: nothing watches its cells",
                         info->pid, info->host, silent);
}

static void check_conductor(struct checkup *checkup, struct journal *journal,
                            const struct operation *operation)
{
    gint64 age_ms = when_now_ms() - operation->started_ms;
    struct conductor_info info = {0};
    conductor_find(journal, operation->id, &info);
    finding_set(checkup_add(checkup, "%s", operation->id),
                judge_conductor(&info, age_ms < checkup->doctor->config->lease_ms));
    conductor_info_clear(&info);
}

/* It may have others than whoever asks, and rollouts are carried on with its own. */
static void check_keys_at_work(struct checkup *checkup)
{
    struct aws_tenure keys;
    g_autofree char *origin = NULL;
    if (conductor_keys(checkup->doctor->state_dir, &keys, &origin))
        finding_set(checkup_add(checkup, "its credentials"), judge_tenure(&keys, when_now_ms()));
}

void doctor_conductor(struct checkup *checkup)
{
    g_autoptr(GError) error = NULL;
    OWN(journal) journal = checkup->doctor->state_dir ? open_journal(checkup, &error) : NULL;
    g_autoptr(GPtrArray) operations = journal ? history_operations(journal, 0, &error) : NULL;
    if (error || !checkup->doctor->state_dir) {
        finding_set(checkup_add(checkup, "operations"),
                    error ? judge_skipped("not known: the journal can't be read")
                          : judge_skipped("%s", no_folder));
        return;
    }
    for (guint i = 0; operations && i < operations->len; i++) {
        const struct operation *operation = operations->pdata[i];
        if (!operation->ended_ms && strcmp(operation->kind, "observed") != 0)
            check_conductor(checkup, journal, operation);
    }
    if (checkup->findings->len == 0)
        finding_set(checkup_add(checkup, "operations"), judge_ok("none is under way"));
    check_keys_at_work(checkup);
}

static struct judgement judge_releases(const struct config *config)
{
    static const char fix[] = "releases.repo: a git repository here, kept fresh by git fetch";
    g_autoptr(GError) error = NULL;
    OWN(releases) releases = releases_open(config, &error);
    if (!releases)
        return judge_failure(fix, "%s", error->message);
    g_autoptr(GPtrArray) list = releases_list(releases, &error);
    if (!list)
        return judge_failure(fix, "%s", error->message);
    if (list->len == 0)
        return judge_failure("fetch the tags there, or see releases.tags", "no tag matches %s",
                             config->releases.tags);
    const struct release *newest = list->pdata[0];
    g_autofree char *at = when_rfc3339(newest->at_ms);
    return judge_ok("%u releases, the newest %s of %.10s", list->len, newest->tag, at);
}

void doctor_releases(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    const char *repo = config->releases.repo;
    struct finding *finding = checkup_add(checkup, "%s", repo ? repo : "releases.repo");
    if (repo)
        finding_set(finding, judge_releases(config));
    else if (config->waves->len)
        finding_set(finding, judge_warning("name the git repository that has the tags",
                                           "not set: no rollout can be planned"));
    else
        finding_set(finding, judge_ok("not set, nor are waves: this fleet is only watched"));
}
