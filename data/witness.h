/* Where a tenant lives, by those who should know: the registry, its record in Route 53's zone, what
 * DNS answers, and the cell that answers at its address. Whether they agree is a pure function of
 * what each of them says; one that could not be asked proves nothing, and is never taken for
 * agreement. */
#pragma once

#include "data/base/own.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

enum witness_kind { WITNESS_REGISTRY, WITNESS_ZONE, WITNESS_DNS, WITNESS_ANSWER, WITNESSES };

enum witness_state {
    WITNESS_NOT_ASKED, /* `told` says why */
    WITNESS_ASKED,     /* and has not answered yet */
    WITNESS_FAILED,    /* `told` says how */
    WITNESS_SILENT,    /* answered, and names no cell */
    WITNESS_NAMES,     /* `cell`, one of ours */
    WITNESS_FOREIGN    /* `cell`, which is none of ours, or several at once */
};

struct witness {
    enum witness_state state;
    gint64 at_ms; /* when it said so; 0: it has not */
    bool old;     /* and it could not be asked since: that it still says so is not known */
    char *cell;   /* or NULL */
    char *told;   /* in its own words: "cell1.example.com → 10.0.0.1, TTL 60 s"; or NULL */
};
/* Takes the texts, either of which may be NULL. */
void witness_set(struct witness *witness, enum witness_state state, gint64 at_ms, char *cell,
                 char *told);
void witness_clear(struct witness *witness);
const char *witness_name(enum witness_kind kind); /* "registry", "zone", "dns", "answer" */

enum agreement {
    AGREEMENT_NONE, /* nothing disagrees, and too little is known to say that they agree */
    AGREEMENT_FULL, /* two at least name the cell, nobody's word is old, and nobody who was asked
                       failed to answer */
    AGREEMENT_BROKEN
};
/* What they come to in a sentence: "the registry says cell-1, DNS sends it to cell-1-dr". Of
 * WITNESSES of them. Caller frees. */
char *witness_verdict(const struct witness *witnesses, enum agreement *agreement);

/* {registry: {state, cell, told, at, age_s}, ...}. New reference. */
json_t *witness_json(const struct witness *witnesses, gint64 now_ms);
