/* Alarms: may they be read, does each belong to a cell, and does any watch each cell? */
#include "data/alarms.h"
#include "rollout/doctor_check.h"
#include "rollout/gate.h"

#include <string.h>

/* So many pages of 100 are read of one place; a doctor need not see the rest. */
enum { PAGES_MAX = 50 };

struct alarms_read {
    GPtrArray *alarms; /* struct alarm *, of one place */
    guint pages;
};

static void release_alarm(gpointer alarm)
{
    alarm_free(alarm);
}

/* Alarms that belong to no cell gate nothing and are shown with none. */
static void check_owners(struct checkup *checkup, const char *place, const GPtrArray *alarms)
{
    enum { NAMED = 3 };
    g_autoptr(GString) names = g_string_new(NULL);
    guint strangers = 0;
    for (guint i = 0; i < alarms->len; i++) {
        const struct alarm *alarm = alarms->pdata[i];
        if (!alarm->cell && strangers++ < NAMED)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", alarm->name);
    }
    if (strangers > NAMED)
        g_string_append_printf(names, " and %u more", strangers - NAMED);
    if (strangers)
        finding_set(checkup_add(checkup, "alarms of no cell in %s", place),
                    judge_warning("where one is a cell's, start its name with the cell's id, or "
                                  "give it the metrics' dimension",
                                  "%s", names->str));
}

static bool is_watched(const struct gates_config *gates, const char *cell, const GPtrArray *alarms)
{
    for (guint i = 0; i < alarms->len; i++) {
        const struct alarm *alarm = alarms->pdata[i];
        if (g_strcmp0(alarm->cell, cell) == 0 && gate_watches_alarm(gates, cell, alarm->name))
            return true;
    }
    return false;
}

static bool is_there(const GPtrArray *alarms, const char *name)
{
    for (guint i = 0; i < alarms->len; i++)
        if (strcmp(((const struct alarm *)alarms->pdata[i])->name, name) == 0)
            return true;
    return false;
}

/* A name of gates.alarms.names that the cell has no alarm of: a gate that sees nothing. Names that
 * are of one cell alone can't be told to be missing here. Caller frees. */
static char *missing_name(const struct gates_config *gates, const char *cell,
                          const GPtrArray *alarms)
{
    for (char *const *pattern = gates->alarm_names; *pattern; pattern++) {
        g_autoptr(GString) name = g_string_new(*pattern);
        if (g_string_replace(name, "{cell}", cell, 0) && !is_there(alarms, name->str))
            return g_strdup(name->str);
    }
    return NULL;
}

static struct judgement judge_alarms(const struct gates_config *gates, const char *cell,
                                     const GPtrArray *alarms)
{
    if (gates_config_off(gates, gate_name(GATE_ALARMS)))
        return judge_ok("whose wave asks no alarm");
    g_autofree char *missing = missing_name(gates, cell, alarms);
    if (missing)
        return judge_warning("see gates.alarms.names", "has no alarm %s, which its gate waits for",
                             missing);
    if (!is_watched(gates, cell, alarms))
        return judge_warning("gates: {alarms: {prefixes: [...]}}, or make some",
                             "no alarm watches it, so the gate alarms sees nothing");
    return judge_ok("with alarms that the gates watch");
}

static void check_cells(struct checkup *checkup, const struct place *place, const GPtrArray *alarms)
{
    const struct config *config = checkup->doctor->config;
    for (guint i = 0; i < config->cells->len; i++) {
        const struct cell_config *cell = config->cells->pdata[i];
        if (!place_has(place, cell))
            continue;
        finding_set(checkup_add(checkup, "%s", cell->id),
                    judge_alarms(config_gates_of(config, cell), cell->id, alarms));
    }
}

static void take(struct checkup *checkup, struct finding *finding, const struct aws_target *target,
                 json_t *reply, const GError *error, gpointer data)
{
    struct alarms_read *read = data;
    g_autoptr(GError) unread = NULL;
    g_autofree char *token = NULL;
    if (reply && alarms_take(checkup->doctor->config, reply, read->alarms, &token, &unread)) {
        if (token && ++read->pages < PAGES_MAX) {
            checkup_ask(checkup, finding, target, "DescribeAlarms", alarms_request(false, token),
                        AWS_CALL_READ, take, read);
            return;
        }
        const struct place place = {target->region, target->role_arn};
        g_autofree char *name = place_name(&place);
        finding_set(finding, judge_ok("cloudwatch:DescribeAlarms is permitted"));
        check_owners(checkup, name, read->alarms);
        check_cells(checkup, &place, read->alarms);
    } else {
        finding_fail(finding, error ? error : unread, target->role_arn);
    }
    g_ptr_array_unref(read->alarms);
    g_free(read);
}

void doctor_alarms(struct checkup *checkup)
{
    g_autoptr(GArray) places = doctor_places(checkup->doctor->config);
    for (guint i = 0; i < places->len; i++) {
        const struct place *place = &g_array_index(places, struct place, i);
        g_autofree char *name = place_name(place);
        struct aws_target target = {AWS_CLOUDWATCH, place->region, place->role_arn};
        struct alarms_read *read = g_new0(struct alarms_read, 1);
        read->alarms = g_ptr_array_new_with_free_func(release_alarm);
        checkup_ask(checkup, checkup_add(checkup, "%s", name), &target, "DescribeAlarms",
                    alarms_request(false, NULL), AWS_CALL_READ, take, read);
    }
}
