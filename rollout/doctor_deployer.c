/* The deployer: does it find every cell, and is the team's own command there? */
#include "data/base/error.h"
#include "rollout/deploy.h"
#include "rollout/doctor_check.h"

#include <string.h>

/* So many cells are asked at a time: ECS answers some 20 such calls a second. */
enum { CELLS_AT_ONCE = 8 };

struct tour { /* through all cells */
    struct checkup *checkup;
    struct deployer *deployer;
    guint next, under_way;
    GHashTable *silent; /* sources (cell_config.source) that gave no answer */
};

struct visit {
    struct tour *tour;
    struct finding *finding;
    const struct cell_config *cell;
};

static void go_on(struct tour *tour);

static struct judgement judge_current(const struct deploy_answer *answer)
{
    if (answer->version)
        return judge_ok("running %s", answer->version);
    return judge_warning("no rollout goes on from there: bring its services to one version",
                         "which version runs can't be told: %s",
                         answer->note ? answer->note : "the deployer gives no reason");
}

/* The deployer puts the cell before its words, and the finding has it already. */
static struct judgement judge_trouble(const GError *error, const struct cell_config *cell)
{
    g_autofree char *start = g_strconcat(cell->id, ": ", NULL);
    bool prefixed = g_str_has_prefix(error->message, start);
    g_autoptr(GError) plain = g_error_new_literal(error->domain, error->code,
                                                  error->message + (prefixed ? strlen(start) : 0));
    if (error->domain == AWS_ERROR)
        return judge_error(plain, cell->role_arn);
    return judge_failure("see deploy in celldeck.yaml", "%s", plain->message);
}

/* So that a region that hangs is waited for once, and not by each of its cells. */
static void note_silence(struct tour *tour, const struct cell_config *cell, const GError *error)
{
    if (cell->source && (g_error_matches(error, AWS_ERROR, AWS_ERROR_TIMEOUT) ||
                         g_error_matches(error, AWS_ERROR, AWS_ERROR_NETWORK)))
        g_hash_table_add(tour->silent, cell->source);
}

static void on_current(const struct deploy_answer *answer, const GError *error, gpointer data)
{
    struct visit *visit = data;
    struct tour *tour = visit->tour;
    finding_set(visit->finding, answer ? judge_current(answer) : judge_trouble(error, visit->cell));
    note_silence(tour, visit->cell, error);
    g_free(visit);
    tour->under_way--;
    go_on(tour);
}

static void go_on(struct tour *tour)
{
    struct checkup *checkup = tour->checkup;
    const GPtrArray *cells = checkup->doctor->config->cells;
    while (tour->next < cells->len && tour->under_way < CELLS_AT_ONCE) {
        const struct cell_config *cell = cells->pdata[tour->next++];
        struct finding *finding = checkup_add(checkup, "%s", cell->id);
        if (cell->source && g_hash_table_contains(tour->silent, cell->source)) {
            finding_set(finding, judge_skipped("not asked: no answer from %s", cell->source));
            continue;
        }
        struct visit *visit = g_new(struct visit, 1);
        *visit = (struct visit){tour, finding, cell};
        tour->under_way++;
        deployer_current(tour->deployer, cell, on_current, visit);
    }
    if (tour->under_way)
        return;
    deployer_free(tour->deployer);
    g_hash_table_unref(tour->silent);
    g_free(tour);
    checkup_release(checkup);
}

static void visit_cells(struct checkup *checkup)
{
    struct doctor *doctor = checkup->doctor;
    g_autoptr(GError) error = NULL;
    if (!doctor->state_dir) {
        finding_set(checkup_add(checkup, "deploy.driver"),
                    judge_skipped("not asked, for want of a state folder"));
        return;
    }
    struct deployer *deployer =
        deployer_new(doctor->config, doctor->wish->client, doctor->state_dir, &error);
    if (error)
        finding_set(checkup_add(checkup, "deploy.driver"),
                    judge_local(error, "see deploy in celldeck.yaml"));
    if (!deployer)
        return;
    struct tour *tour = g_new0(struct tour, 1);
    *tour = (struct tour){.checkup = checkup,
                          .deployer = deployer,
                          .silent = g_hash_table_new(g_str_hash, g_str_equal)};
    checkup_hold(checkup);
    go_on(tour);
}

static void check_program(struct checkup *checkup, const char *key, char *const *argv)
{
    g_autofree char *found = g_find_program_in_path(argv[0]);
    struct finding *finding = checkup_add(checkup, "%s", key);
    if (found)
        finding_set(finding, judge_ok("%s is there and may be run", found));
    else
        finding_set(finding, judge_failure("give its whole path, and chmod +x it",
                                           "%s is not there, or may not be run", argv[0]));
}

static void check_programs(struct checkup *checkup, const struct deploy_config *deploy)
{
    check_program(checkup, "deploy.exec.command", deploy->exec_command);
    if (*deploy->exec_current)
        check_program(checkup, "deploy.exec.current", deploy->exec_current);
    else
        finding_set(checkup_add(checkup, "deploy.exec.current"),
                    judge_warning("name a command that prints the version a cell runs",
                                  "not set: what runs can't be asked, only probed"));
}

void doctor_deployer(struct checkup *checkup)
{
    const struct deploy_config *deploy = &checkup->doctor->config->deploy;
    if (deploy->driver == DRIVER_NONE) {
        finding_set(checkup_add(checkup, "deploy.driver"),
                    judge_ok("not set: this fleet is only watched"));
        return;
    }
    if (deploy->driver == DRIVER_EXEC)
        check_programs(checkup, deploy);
    if (deploy->driver != DRIVER_EXEC || *deploy->exec_current)
        visit_cells(checkup);
}

void doctor_notices(struct checkup *checkup)
{
    const struct config *config = checkup->doctor->config;
    if (*config->notify_command)
        check_program(checkup, "notify.command", config->notify_command);
    if (config->sns_topic)
        doctor_ask_topic(checkup);
    if (config->heartbeat.namespace)
        doctor_ask_heartbeat(checkup);
    if (!*config->notify_command && !config->sns_topic)
        finding_set(checkup_add(checkup, "notify"),
                    config->waves->len
                        ? judge_warning("notify: {sns_topic: ...} or {command: [...]}",
                                        "nobody is told when a rollout is held or goes back")
                        : judge_ok("nobody is told of anything, and nothing is rolled out"));
}
