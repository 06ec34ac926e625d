/* celldeck.yaml's keys as tables (product.md, "Two files"): the one place that knows which key
 * fills which member of struct config, its default and what it must look like. */
#pragma once

#include "data/config.h"
#include "data/schema.h"

extern const struct schema config_schema;
extern const struct schema config_wave_schema, config_gates_schema, config_deploy_schema,
    config_freeze_schema, config_metrics_schema;

/* What needs more than one key to judge, and the defaults that other keys give. */
void config_check(struct config *config, const struct schema_reader *reader, struct faults *faults);
/* What config_line() tells. */
void config_note_lines(struct config *config, const struct schema_reader *reader,
                       const struct faults *faults);
/* Gives every cell its `source`. */
void config_name_sources(struct config *config);
