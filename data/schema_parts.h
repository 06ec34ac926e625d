/* What the parts of schema.h share; for schema*.c only. schema_kinds.c knows the scalar kinds,
 * schema_values.c reads single values, schema_read.c mappings and the document. */
#pragma once

#include "data/schema.h"

#include <libfyaml.h>

struct schema_scalar {
    const char *expected; /* "a duration such as ..." */
    bool plain;           /* a quoted text will not do */
    bool (*parse)(const struct schema_key *key, const char *text, gpointer member);
    json_t *(*json)(const struct schema_key *key, gconstpointer member);
};

/* NULL for a kind that is no scalar. */
const struct schema_scalar *schema_scalar(enum schema_kind kind);

/* The default of a key, into a zeroed member. Handles every kind but sections. */
void schema_default(const struct schema_key *key, gpointer member);

struct schema_reader {
    struct faults *faults; /* borrowed */
    GHashTable *places;    /* address of a member -> size_t *, its byte in the text */
};

void schema_remember(struct schema_reader *reader, gpointer member, size_t at);
/* Where a node begins; `otherwise` (its key's place) where libfyaml can't tell. */
size_t schema_node_place(struct fy_node *node, size_t otherwise);

/* Anything but sections, lists and maps, into `member`, which holds the default. */
void schema_read_value(struct schema_reader *reader, const struct schema_key *key,
                       struct fy_node *node, size_t at, gpointer member);

/* False, having said so, if `node` is none. */
bool schema_is_mapping(struct schema_reader *reader, const char *name, struct fy_node *node,
                       size_t at);
bool schema_is_list(struct schema_reader *reader, const char *name, struct fy_node *node,
                    size_t at);

/* A walk over a mapping's pairs that tells of keys that are no text or given twice, and leaves
 * them out. */
struct schema_walk {
    struct schema_reader *reader;
    struct fy_node *mapping;
    void *iterator;
    GHashTable *seen; /* text -> size_t *, its place */
    size_t outer;     /* where the mapping stands */
    char *name;       /* of the pair the walk is at, */
    size_t at;        /* where its key stands */
    struct fy_node *value;
};
void schema_walk_start(struct schema_walk *walk, struct schema_reader *reader,
                       struct fy_node *mapping, size_t outer);
bool schema_walk_next(struct schema_walk *walk);
void schema_walk_end(struct schema_walk *walk);
