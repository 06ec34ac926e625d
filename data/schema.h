/* YAML into structs by tables: a table names each key, its kind and the member it fills, and from
 * that one table a mapping is read, checked, given its defaults, written as JSON and released. It
 * knows nothing of celldeck. */
#pragma once

#include "data/faults.h"

#include <jansson.h>

enum schema_kind {
    SCHEMA_TEXT,     /* char * */
    SCHEMA_BOOL,     /* bool */
    SCHEMA_INT,      /* int, >= 0 */
    SCHEMA_COUNT,    /* gint64, >= 0 */
    SCHEMA_DURATION, /* gint64 of milliseconds, "24h"; -1 without fallback */
    SCHEMA_SECONDS,  /* the same, but a bare number is seconds */
    SCHEMA_PERCENT,  /* double, "90%" or 90 */
    SCHEMA_NUMBER,   /* double, >= 0; -1 without fallback */
    SCHEMA_CHOICE,   /* int or enum: the place of the word in `choices` */
    SCHEMA_EITHER,   /* bool: the second of two words in `choices` is true */
    SCHEMA_TEXTS,    /* char **, never NULL */
    SCHEMA_TEXT_MAP, /* GHashTable * of char * -> char *, never NULL; free keys */
    SCHEMA_SECTION,  /* keys of `of`, into a struct that begins at `offset` */
    SCHEMA_LIST,     /* GPtrArray * of structs of `of`, never NULL */
    SCHEMA_MAP       /* the same, with free keys: each goes to `of->id` */
};

struct schema;

struct schema_key {
    const char *name;
    enum schema_kind kind;
    bool required;
    bool positive; /* a number, duration or percentage of 0 is refused */
    size_t offset;
    const char *doc;            /* what it is, said where it is missing */
    const char *fallback;       /* as it would be written in the file; NULL: nothing, zero or -1 */
    const char *const *choices; /* NULL-terminated */
    const struct schema *of;
    /* For texts (each of a list): NULL if right, else what was expected. */
    const char *(*check)(const char *text);
};

struct schema {
    const struct schema_key *keys;  /* ends with a NULL name */
    size_t size;                    /* of the struct */
    const struct schema_key *id;    /* SCHEMA_MAP: where the free key goes, and its check */
    const struct schema_key *value; /* SCHEMA_MAP: elements are this one value, no mapping */
};

/* Reading keeps where each member came from, so that checks across members can point there. */
struct schema_reader;
struct schema_reader *schema_reader_new(struct faults *faults);
void schema_reader_free(struct schema_reader *reader);
OWNABLE(schema_reader, schema_reader_free);

/* The one document of `text` as a new struct of `schema`. Faults go to the reader's; what could not
 * be read has its default then. NULL only where the text is no YAML mapping. */
gpointer schema_read(struct schema_reader *reader, const struct schema *schema, const char *text,
                     size_t length);

/* Was this member in the file? */
bool schema_given(const struct schema_reader *reader, gconstpointer member);
/* The byte where it (a member, an element of a list or map, a text of a list) stands, else 0. */
size_t schema_place(const struct schema_reader *reader, gconstpointer member);

/* Gives every member of a zeroed struct its default. Release with schema_clear(). */
void schema_set_defaults(const struct schema *schema, gpointer thing);

/* Gives every member of `thing` that was not in the file what `from` has (copied). `reader` NULL:
 * none was. For schemas of scalars, texts, maps of texts or of one value, and sections of these. */
void schema_inherit(const struct schema *schema, const struct schema_reader *reader, gpointer thing,
                    gconstpointer from);

/* Frees a struct that schema_read() made, with all that hangs on it. */
void schema_release(const struct schema *schema, gpointer thing);
/* Only what hangs on it. */
void schema_clear(const struct schema *schema, gpointer thing);
/* Every member kept, under the names the file uses; durations as the file writes them. */
json_t *schema_json(const struct schema *schema, gconstpointer thing);
