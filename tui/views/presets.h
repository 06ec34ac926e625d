/* What console.yaml says of tables: the columns of each screen's, and presets, which are a screen's
 * filter, order and columns under a name.
 *
 *   columns:
 *     fleet: [cell, state, version, users=24]
 *   presets:
 *     eu: {screen: fleet, filter: "residency:EU", sort: errors, columns: [cell, errors]} */
#pragma once

#include "data/schema.h"
#include "tui/views/arrangement.h"
#include "tui/views/views.h"

struct preset {
    char *name;
    enum view_id view;
    char *filter; /* "" for none */
    struct arrangement arranged;
};
void preset_free(struct preset *preset);

/* As they stand in the file; checked by presets_take(). */
extern const struct schema presets_columns_schema, presets_schema;
/* Puts what `columns` and `presets` (of these schemas) say into `arranged` (of each screen) and
 * `into` (struct preset *, owned); what is wrong is a fault at its line and has no effect. */
void presets_take(const GPtrArray *columns, const GPtrArray *presets,
                  const struct schema_reader *reader, struct faults *faults,
                  struct arrangement arranged[VIEW_COUNT], GPtrArray *into);
