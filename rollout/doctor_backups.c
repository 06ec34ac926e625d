/* Where a cell's tenants are to go by celldeck.yaml, though none could: what placement would say on
 * the night when the cell dies (placement_rules.h) is said on a quiet day. */
#include "rollout/doctor_check.h"

#include <string.h>

static void warn(struct checkup *checkup, const struct cell_config *cell, const char *key,
                 struct judgement judgement)
{
    finding_set(checkup_add(checkup, "cells.%s.%s", cell->id, key), judgement);
}

static void look_at_backup(struct checkup *checkup, const struct cell_config *cell,
                           const struct cell_config *backup)
{
    bool told = g_strcmp0(backup->stands_by_for, cell->id) == 0; /* of the dr cell itself */
    if (!told && strcmp(backup->residency, cell->residency) != 0)
        warn(checkup, cell, "backups",
             judge_warning("declare a cell of its own residency",
                           "%s is in %s: no tenant that has to stay in %s ever goes there",
                           backup->id, backup->residency, cell->residency));
    if (backup->class == CLASS_DEV && cell->class != CLASS_DEV)
        warn(checkup, cell, "backups",
             judge_warning("declare a cell of another class",
                           "%s is a dev cell: no production tenant ever goes there", backup->id));
}

static bool is_named_before(char *const *names, const char *const *at)
{
    for (char *const *name = names; name < (char *const *)at; name++)
        if (strcmp(*name, *at) == 0)
            return true;
    return false;
}

static void look_at_backups(struct checkup *checkup, const struct cell_config *cell)
{
    const struct config *config = checkup->doctor->config;
    for (char *const *name = cell->backups; name && *name; name++) {
        const struct cell_config *backup = config_cell(config, *name);
        if (is_named_before(cell->backups, (const char *const *)name))
            warn(checkup, cell, "backups",
                 judge_warning("name it once, or the other cell that was meant",
                               "%s is named twice: it has no more room for that", *name));
        else if (backup)
            look_at_backup(checkup, cell, backup);
    }
}

static void look_at_standby(struct checkup *checkup, const struct cell_config *cell)
{
    const struct cell_config *primary =
        cell->stands_by_for ? config_cell(checkup->doctor->config, cell->stands_by_for) : NULL;
    if (primary && strcmp(primary->residency, cell->residency) != 0)
        warn(checkup, cell, "stands_by_for",
             judge_warning("give the primary a dr cell of its own residency",
                           "it is in %s, and its primary %s in %s: no tenant that has to stay "
                           "there ever goes to its dr cell",
                           cell->residency, primary->id, primary->residency));
}

void doctor_backups(struct checkup *checkup)
{
    const GPtrArray *cells = checkup->doctor->config->cells;
    for (guint i = 0; i < cells->len; i++) {
        look_at_backups(checkup, cells->pdata[i]);
        look_at_standby(checkup, cells->pdata[i]);
    }
}
