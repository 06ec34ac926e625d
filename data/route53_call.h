/* What was asked of Route 53, until its answer is told: inside data/route53_*.c. */
#pragma once

#include "data/route53_write.h"

#include <glib-object.h>

struct zone_call {
    struct aws_call *call; /* the one under way */
    GCallback fn;          /* the owner's, of the type its kind knows */
    gpointer data;
    void (*free)(struct zone_call *call);
    bool ended; /* its callback runs: cancelling it does nothing any more */
};
/* Ends the call, after its callback. */
void zone_call_done(struct zone_call *call);

extern const struct aws_target zone_target;
/* `format` with the last part of `id` for {id}, escaped. Caller frees. */
char *zone_path(const char *format, const char *id);
