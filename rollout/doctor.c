#include "rollout/doctor_check.h"

#include <string.h>

/* In the order in which they are told: each leans on those before it. */
static const struct check checks[] = {
    {"configuration", false, false, doctor_configuration},
    {"state", true, false, doctor_state},
    {"journal", true, false, doctor_journal},
    {"conductor", true, false, doctor_conductor},
    {"releases", true, false, doctor_releases},
    {"credentials", false, false, doctor_credentials},
    {"clock", false, false, doctor_clock},
    {"registry", true, false, doctor_registry},
    {"metrics", true, false, doctor_metrics},
    {"alarms", true, false, doctor_alarms},
    {"endpoints", true, false, doctor_endpoints},
    {"zone", true, false, doctor_zone},
    {"deployer", true, true, doctor_deployer},
    {"deploying", true, true, doctor_deploying},
    {"failover", true, true, doctor_failover},
    {"notices", true, true, doctor_notices},
};

const char *doctor_level_name(enum doctor_level level)
{
    static const char *const names[] = {"ok", "skipped", "warning", "failure"};
    return names[level];
}

void finding_free(struct finding *finding)
{
    g_free(finding->subject);
    g_free(finding->text);
    g_free(finding->fix);
    g_free(finding);
}

static void release_finding(gpointer finding)
{
    finding_free(finding);
}

struct finding *checkup_add(struct checkup *checkup, const char *format, ...)
{
    struct finding *finding = g_new0(struct finding, 1);
    va_list args;
    va_start(args, format);
    finding->subject = g_strdup_vprintf(format, args);
    va_end(args);
    finding->check = checkup->check->name;
    g_ptr_array_add(checkup->findings, finding);
    return finding;
}

void finding_set(struct finding *finding, struct judgement judgement)
{
    g_free(finding->text);
    g_free(finding->fix);
    finding->level = judgement.level;
    finding->text = judgement.text;
    finding->fix = judgement.fix;
}

void finding_fail(struct finding *finding, const GError *error, const char *role_arn)
{
    finding_set(finding, judge_error(error, role_arn));
}

static bool is_left_out(const struct checkup *checkup)
{
    const struct doctor_wish *wish = checkup->doctor->wish;
    return (checkup->check->needs_config && !wish->config) ||
           (checkup->check->acts && wish->read_only);
}

/* The worst first, and otherwise by name: answers come in any order. */
static int by_worst(gconstpointer a, gconstpointer b)
{
    const struct finding *const *x = a, *const *y = b;
    int order = (int)(*y)->level - (int)(*x)->level;
    return order ? order : strcmp((*x)->subject, (*y)->subject);
}

/* Tells of every check up to the first that is not complete. */
static void tell(struct doctor *doctor)
{
    while (doctor->told < G_N_ELEMENTS(checks) && !doctor->checkups[doctor->told].holds) {
        const struct checkup *checkup = &doctor->checkups[doctor->told++];
        g_ptr_array_sort(checkup->findings, by_worst);
        if (checkup->findings->len)
            doctor->fn(checkup->findings, doctor->data);
    }
    if (doctor->told == G_N_ELEMENTS(checks))
        g_main_loop_quit(doctor->loop);
}

void checkup_hold(struct checkup *checkup)
{
    checkup->holds++;
}

void checkup_release(struct checkup *checkup)
{
    if (--checkup->holds == 0)
        tell(checkup->doctor);
}

struct question {
    struct checkup *checkup;
    struct finding *finding;
    char *region, *role_arn;
    struct aws_target target;
    question_fn take;
    gpointer data;
};

static void answered(json_t *reply, const GError *error, gpointer data)
{
    struct question *question = data;
    question->take(question->checkup, question->finding, &question->target, reply, error,
                   question->data);
    checkup_release(question->checkup);
    g_free(question->region);
    g_free(question->role_arn);
    g_free(question);
}

void checkup_ask(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 const char *action, json_t *body, enum aws_call_flags flags, question_fn take,
                 gpointer data)
{
    struct question *question = g_new0(struct question, 1);
    *question = (struct question){
        checkup, finding, g_strdup(target->region), g_strdup(target->role_arn), *target,
        take,    data};
    question->target.region = question->region;
    question->target.role_arn = question->role_arn;
    checkup_hold(checkup);
    aws_json(checkup->doctor->wish->client, &question->target, action, body, flags,
             DOCTOR_DEADLINE_MS, answered, question);
}

bool place_has(const struct place *place, const struct cell_config *cell)
{
    return g_strcmp0(cell->region, place->region) == 0 &&
           g_strcmp0(cell->role_arn, place->role_arn) == 0;
}

GArray *doctor_places(const struct config *config)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        const struct place place = {cell->region, cell->role_arn};
        bool known = false;
        for (guint p = 0; p < places->len && !known; p++)
            known = place_has(&g_array_index(places, struct place, p), cell);
        if (!known)
            g_array_append_val(places, place);
    }
    return places;
}

char *place_name(const struct place *place)
{
    const char *region = place->region ? place->region : "the default region";
    return place->role_arn ? g_strdup_printf("%s as %s", region, place->role_arn)
                           : g_strdup(region);
}

void doctor_run(const struct doctor_wish *wish, doctor_fn fn, gpointer data)
{
    struct checkup checkups[G_N_ELEMENTS(checks)];
    bool personal = false;
    struct doctor doctor = {.wish = wish,
                            .config = wish->config,
                            .fn = fn,
                            .data = data,
                            .checkups = checkups,
                            .loop = g_main_loop_new(NULL, FALSE)};
    if (wish->config)
        doctor.state_dir = state_dir(wish->config, &personal, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
        checkups[i] = (struct checkup){&doctor, &checks[i],
                                       g_ptr_array_new_with_free_func(release_finding), 1};
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
        if (!is_left_out(&checkups[i]))
            checks[i].begin(&checkups[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
        checkup_release(&checkups[i]);
    if (doctor.told < G_N_ELEMENTS(checks))
        g_main_loop_run(doctor.loop);
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
        g_ptr_array_unref(checkups[i].findings);
    g_main_loop_unref(doctor.loop);
    g_free(doctor.state_dir);
}
