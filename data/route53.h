/* A name's records in a hosted zone, as Route 53's ListResourceRecordSets tells them (aws.md,
 * "Protocols"): what a tenant is to be sent by, whatever resolvers still keep. */
#pragma once

#include "data/aws/client.h"
#include "data/base/own.h"

/* What stands at a name: of all its A, AAAA and CNAME sets together. */
struct zone_record {
    GPtrArray *targets; /* char *: what CNAMEs and aliases lead to, lower case, no dot at the end */
    GPtrArray *values;  /* char *: addresses */
    gint64 ttl_s;       /* the shortest; < 0: aliases alone, which have none */
    guint sets;         /* how many: several have a routing policy, 0 there is no record */
};
void zone_record_free(struct zone_record *record);
OWNABLE(zone_record, zone_record_free);

/* Reads the answer: the sets of `name`, which is compared without case and trailing dot. NULL and
 * CD_ERROR_SOURCE where it is no such answer. */
struct zone_record *zone_record_read(const char *xml, const char *name, GError **error);

/* Asks for them; the text of the answer is for zone_record_read. `zone_id` with or without its
 * "/hostedzone/". */
struct aws_call *zone_record_ask(struct aws_client *client, const char *zone_id, const char *name,
                                 gint64 deadline_ms, aws_text_fn fn, gpointer data);
