/* What a launch shows, stage by stage, and what it asks. */
#include "data/base/when.h"
#include "rollout/request.h"
#include "tui/views/launch_inside.h"

/* The dialog is about the launch. */
static char *no_bake(const char *text, gconstpointer about)
{
    const struct launch *launch = about;
    gint64 bake_ms = 0;
    if (!duration_parse(text, &bake_ms) || bake_ms == 0)
        return g_strdup_printf("%s is no duration such as 90s, 30m or 24h", text);
    return request_refuses_glass(launch->plan, bake_ms);
}

#define REASON                                                                                     \
    {                                                                                              \
        .name = "Reason", .note = "kept in the history"                                            \
    }
#define TICKET                                                                                     \
    {                                                                                              \
        .name = "Ticket", .note = "Enter for none", .optional = true                               \
    }
#define BAKE                                                                                       \
    {                                                                                              \
        .name = "Bake", .note = "as 30m or 2h: no longer than that", .wrong = no_bake              \
    }
#define BREACH                                                                                     \
    {                                                                                              \
        .name = "Break-glass", .note = "why it has to be; a debt to review"                        \
    }
static const struct dialog_ask asks[GLASS_COUNT][DIALOG_ASKS] = {
    [GLASS_WHOLE] = {REASON, TICKET},
    [GLASS_WINDOWS] = {REASON, TICKET, BREACH},
    [GLASS_BAKES] = {REASON, TICKET, BAKE, BREACH},
};

void launch_keep_typed(struct launch *launch, const struct dialog *dialog)
{
    for (const struct dialog_ask *ask = dialog->asks; ask && ask->name; ask++) {
        const char *text = dialog_typed(dialog, ask->name);
        if (text)
            g_hash_table_replace(launch->typed, (gpointer)ask->name, g_strdup(text));
        else /* what somebody has taken out stays out */
            g_hash_table_remove(launch->typed, ask->name);
    }
}

char *launch_progress(const struct launch *launch)
{
    g_autofree char *since = duration_short(when_mono_ms() - launch->since_ms);
    return g_strdup_printf("%s %s … %s", launch->stage == LAUNCH_PLANNING ? "planning" : "starting",
                           launch->version, since);
}

static struct estimate_terms terms_of(const struct launch *launch)
{
    const json_t *estimate = json_object_get(launch->document, "estimate");
    double deploy_s = json_number_value(json_object_get(estimate, "deploy_s"));
    return (struct estimate_terms){
        .now_ms = when_now_ms(),
        .deploy_ms = (gint64)(deploy_s * WHEN_SECOND),
        .deploys = (guint)json_integer_value(json_object_get(estimate, "deploys")),
        .lifted = launch->choice.glass == GLASS_WINDOWS,
    };
}

static struct launch_sight sight_of(const struct launch *launch)
{
    return (struct launch_sight){
        .plan = launch->plan,
        .refusals = json_object_get(launch->document, "refusals"),
        .attendance = launch_attendance(launch),
        .moved = launch->moved,
        .choice = &launch->choice,
        .names = launch->names,
        .terms = terms_of(launch),
    };
}

GPtrArray *launch_against(const struct launch *launch)
{
    const struct launch_sight sight = sight_of(launch);
    return launch_head_lines(&sight);
}

GPtrArray *launch_shown(const struct launch *launch)
{
    if (launch->stage == LAUNCH_READY || launch->stage == LAUNCH_REFUSED) {
        const struct launch_sight sight = sight_of(launch);
        return launch_lines(&sight);
    }
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    if (launch_works(launch)) {
        g_ptr_array_add(lines, launch_progress(launch));
        g_ptr_array_add(lines, g_strdup("The fleet, the release and what every cell runs are read "
                                        "anew."));
        return lines;
    }
    g_auto(GStrv) said = g_strsplit(launch->trouble ? launch->trouble : "", "\n", -1);
    for (char **line = said; *line; line++)
        g_ptr_array_add(lines, g_strdup(*line));
    return lines;
}

static const struct {
    const char *title;
    enum role role;
} looks[] = {
    [LAUNCH_PLANNING] = {"Plan %s", ROLE_ACCENT},
    [LAUNCH_REFUSED] = {"%s can't be started", ROLE_BAD},
    [LAUNCH_READY] = {"Start %s", ROLE_WARN},
    [LAUNCH_STARTING] = {"Start %s", ROLE_ACCENT},
    [LAUNCH_STARTED] = {"%s was started", ROLE_GOOD},
    [LAUNCH_FAILED] = {"%s was not started", ROLE_BAD},
};

struct dialog *launch_dialog(const struct launch *launch)
{
    GString *title = g_string_new(looks[launch->stage].title);
    g_string_replace(title, "%s", launch->version, 1);
    bool ready = launch->stage == LAUNCH_READY;
    const struct dialog_ask *questions = asks[launch->choice.glass];
    struct dialog *dialog = dialog_new(title->str, launch_shown(launch), ready ? questions : NULL,
                                       ready ? launch->version : NULL);
    g_string_free(title, TRUE);
    dialog->about = launch;
    dialog->busy = launch_works(launch);
    dialog->keys = ready || launch->stage == LAUNCH_REFUSED ? launch_keys : NULL;
    dialog->role = looks[launch->stage].role;
    for (size_t i = 0; ready && i < DIALOG_ASKS && questions[i].name; i++)
        dialog_prefill(dialog, questions[i].name,
                       g_hash_table_lookup(launch->typed, questions[i].name));
    return dialog;
}
