/* What is related to what: tenant -> cell -> rollout -> release, and the screens that show each. */
#include "tui/shell/shell_inside.h"

#include <string.h>

struct topic shell_topic(const struct shell *shell)
{
    const struct level *level = shell_top(shell);
    enum takes takes = view_entry(level->view)->takes;
    struct topic topic = {0};
    if (shell_view(shell)->topic)
        topic = shell_view(shell)->topic(level->state, shell->deck);
    if (!topic.cell && takes == TAKES_CELL)
        topic.cell = level->subject;
    if (!topic.tenant && takes == TAKES_TENANT)
        topic.tenant = level->subject;
    if (!topic.operation && takes == TAKES_OPERATION)
        topic.operation = level->subject;
    if (!topic.version && takes == TAKES_VERSION)
        topic.version = level->subject;
    const struct snapshot *snapshot = shell->deck->snapshot;
    const struct tenant *tenant =
        topic.tenant && snapshot ? snapshot_tenant(snapshot, topic.tenant) : NULL;
    if (!topic.cell && tenant)
        topic.cell = tenant->cell;
    const struct cell *cell = topic.version ? NULL : deck_cell(shell->deck, topic.cell);
    if (cell)
        topic.version = cell->version;
    return topic;
}

static void jump_to_cell(struct shell *shell, enum view_id id, const struct topic *topic)
{
    if (topic->cell && config_cell(shell->deck->config, topic->cell))
        shell_open(shell, id, topic->cell);
    else if (topic->cell)
        deck_say(shell->deck, ROLE_WARN, "%s is no cell of ours", topic->cell);
    else
        deck_say(shell->deck, ROLE_WARN, "nothing that is selected here is about a cell");
}

static void jump_to_tenant(struct shell *shell, enum view_id id, const struct topic *topic)
{
    if (topic->tenant)
        shell_open(shell, id, topic->tenant);
    else
        deck_say(shell->deck, ROLE_WARN, "nothing that is selected here is about a tenant");
}

static void jump_to_release(struct shell *shell, const struct topic *topic)
{
    if (topic->version)
        shell_open(shell, VIEW_RELEASE, topic->version);
    else
        deck_say(shell->deck, ROLE_WARN, "nothing that is selected here is about a version");
}

/* An operation that is no rollout: which key shows it. */
static void tell_other_kind(struct shell *shell, const struct operation *operation)
{
    struct deck *deck = shell->deck;
    bool steps = deck_kind_has_steps(operation->kind);
    g_autofree char *key = keymap_shown(deck->keymap, steps ? REQUEST_FAILOVER : REQUEST_EVENTS);
    deck_say(deck, ROLE_WARN, "%s is a %s, no rollout: %s shows %s", operation->id, operation->kind,
             key, steps ? "its steps" : "what is on record of it");
}

/* Of another cell's rollout it is not to be thought that it is this one's. */
static void jump_to_operation(struct shell *shell, enum view_id id, const struct topic *topic)
{
    const struct deck *deck = shell->deck;
    const char *of_cell = topic->cell ? deck_rollout_of(deck, topic->cell) : NULL;
    bool there = shell_top(shell)->view == id; /* pressed once more: the newest of all */
    const char *wanted = there ? NULL : topic->operation ? topic->operation : of_cell;
    const struct operation *operation = deck_operation(deck, wanted);
    if (id == VIEW_ROLLOUT && operation && g_strcmp0(operation->kind, "rollout") != 0)
        tell_other_kind(shell, operation);
    else if (!wanted && !there && topic->cell && deck->rollouts->len > 0)
        deck_say(shell->deck, ROLE_WARN,
                 "%s has been in no rollout that is known here (:rollout shows the newest)",
                 topic->cell);
    else
        shell_open(shell, id, wanted);
}

/* What is under way, or was, where that is selected; else the plan of the cell, but of one that is
 * just being failed over what becomes of it. */
static void jump_to_failover(struct shell *shell, const struct topic *topic)
{
    const struct deck *deck = shell->deck;
    enum view_id here = shell_top(shell)->view;
    const struct operation *operation = deck_operation(deck, topic->operation);
    const struct failover *live = deck_cell_failover(deck, topic->cell);
    const struct failover *any = topic->cell ? NULL : deck_first_failover(deck);
    bool of_ours = topic->cell && config_cell(deck->config, topic->cell);
    const char *steps = here == VIEW_STEPS                                  ? NULL
                        : operation && deck_kind_has_steps(operation->kind) ? operation->id
                        : live && here != VIEW_FAILOVER                     ? live->id
                        : any                                               ? any->id
                                                                            : NULL;
    if (steps)
        shell_open(shell, VIEW_STEPS, steps);
    else if (of_ours)
        shell_open(shell, VIEW_FAILOVER, topic->cell);
    else
        deck_say(
            shell->deck, ROLE_WARN,
            "nothing that is selected here is about a cell of ours (:failover CELL shows where "
            "all of it would go)");
}

void shell_jump(struct shell *shell, enum view_id id)
{
    struct topic topic = shell_topic(shell);
    enum takes takes = view_entry(id)->takes;
    if (id == VIEW_TENANTS)
        shell_open_tenants(shell);
    else if (id == VIEW_FAILOVER)
        jump_to_failover(shell, &topic);
    else if (takes == TAKES_CELL)
        jump_to_cell(shell, id, &topic);
    else if (takes == TAKES_TENANT)
        jump_to_tenant(shell, id, &topic);
    else if (takes == TAKES_VERSION)
        jump_to_release(shell, &topic);
    else if (takes == TAKES_SCREEN)
        shell_open(shell, id, view_entry(shell_top(shell)->view)->name);
    else if (takes == TAKES_OPERATION)
        jump_to_operation(shell, id, &topic);
    else
        shell_open(shell, id, NULL);
}
