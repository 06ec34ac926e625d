/* The language of the linear console: what `:` takes (commandline.h), the names of the acts, a
 * number for an item of the last list, `/text` for a filter of it. A `:` before it does no harm. */
#pragma once

#include "tui/views/deck.h"
#include "tui/views/launch_lines.h"
#include "tui/views/requests.h"

enum word_kind {
    WORD_NOTHING, /* an empty line */
    WORD_OPEN,    /* `view` on `subject`, with `filter` */
    WORD_ITEM,    /* `number` */
    WORD_ACT,     /* `request` on `cell` of `operation`, which may be NULL: not said */
    WORD_START,   /* `subject`, by `choice` */
    WORD_FILTER,  /* the last list by `filter` */
    WORD_SORT,    /* by the column `filter` */
    WORD_COLUMNS, /* those that `filter` names */
    WORD_PRESET,  /* `subject`, which is one of console.yaml's */
    WORD_FAULTS,
    WORD_REFRESH,
    WORD_BRIEF,
    WORD_EXPORT,  /* of `subject`, or of all */
    WORD_AS_JSON, /* the command for what was said last */
    WORD_QUIT
};

struct word {
    enum word_kind kind;
    enum view_id view;
    char *subject, *filter, *cell, *operation;
    char *to; /* of WORD_ACT, "to CELL": only into that one; NULL: not said */
    guint64 number;
    enum request request;
    const char *act;             /* as it was said: `pause` and `resume` are one request */
    struct launch_choice choice; /* of WORD_START */
};
void word_clear(struct word *word);

/* What an act takes after its name: " [CELL] [ROLLOUT]", " [ID]". */
const char *word_usage(enum request act);
/* CD_ERROR_USAGE in words for what is none, with the nearest right one. */
bool word_parse(const struct deck *deck, const char *line, struct word *word, GError **error);

/* The words that could stand where the line `text` ends, NULL-terminated; *start: the first byte of
 * the word that is being typed. To be freed with g_strfreev(). */
char **word_offers(const struct deck *deck, const char *text, gsize *start);
