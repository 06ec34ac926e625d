/* What a departure is made of (departure.h), for its own parts alone: departure.c asks and begins
 * it, departure_lines.c words it. */
#pragma once

#include "tui/views/ack_asks.h"
#include "tui/views/departure.h"

struct departure {
    enum failover_kind kind;
    char *of, *to;                 /* `to` NULL: wherever they fit */
    bool by_hand;                  /* the zone is left alone */
    struct evacuation *evacuation; /* as it was shown last */
    char *bound;                   /* who goes where by it, and what is not proven */
    GPtrArray *checks;
    unsigned needs;                      /* 1u << proof */
    struct dialog_ask asks[DIALOG_ASKS]; /* their notes are ours */
    char *short_keys;      /* the credentials may end before it does; NULL: they last */
    unsigned acks;         /* as typed */
    char *reason, *ticket; /* as typed */
    char *state_dir, *actor, *arn;
    struct config *config;
    /* That it was planned by. They are kept: others could come to lie where they lay. */
    struct snapshot *seen;
    struct evacuations *seen_plans; /* NULL: none; for their origins */
    gint64 journal_version;         /* the checks are of */
    char *id;                       /* that it was opened under, by the worker */
    departure_fn fn;
    gpointer data;
};

struct ack_about departure_about(const struct departure *departure);
/* "Fail cell-1 over". Caller frees. */
char *departure_title(const struct departure *departure);
/* char *: what stands against it, what will happen, whom it touches, and what is not proven. */
GPtrArray *departure_lines(const struct departure *departure);
