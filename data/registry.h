/* The cell-registry table, read (product.md, "Registry"). Every item becomes a tenant: what is
 * wrong with one is kept in its `fault`, never dropped, and never breaks the others. Pure: the JSON
 * of a Scan in, values out.
 *
 * Every reading scans the whole table. A Scan that filters by updatedAt would save bytes, no read
 * units, and miss every item that was put right by hand without touching updatedAt, or was written
 * by a machine whose clock is behind; DynamoDB has no cheaper way to say that a table is as it was
 * (DescribeTable counts every six hours). Where a hospital's tenants live is not to be known ten
 * minutes late. What is saved is done here: only the attributes that celldeck reads are asked for,
 * an item that has not changed is not read again (registry_known.h), and a registry that is found
 * unchanged stays the same one. */
#pragma once

#include "data/registry_known.h"

/* How many segments to scan a table in at once of which the last Scan took so many pages of 1 MB;
 * 0: not known yet. */
guint registry_segments(guint pages);
/* How many pages of 1 MB a table has of which a Scan in so many segments took so many pages: each
 * segment takes one at the least, however little is in it, but what was read tells. */
guint registry_pages(guint pages, guint segments, double read_units);

/* The body of a Scan of one of `segments` segments. `start_key` is the LastEvaluatedKey of the
 * segment's page before, NULL for its first; borrowed. New reference. */
json_t *registry_request(const struct config *config, guint segment, guint segments,
                         json_t *start_key);
/* Into a Scan's body: which page of which segment. */
void registry_ask_page(json_t *body, guint segment, guint segments, json_t *start_key);

/* A page of a Scan. */
struct registry_page {
    GArray *items;     /* struct registry_item, whose tenants it owns */
    json_t *start_key; /* of the page after it; NULL: this is the last one */
    double read_units; /* what it cost */
};
/* What a page is read with. */
struct registry_with {
    struct config *config;
    struct registry_known *known; /* NULL: nobody will read these items again */
};
struct registry_with *registry_with_new(struct config *config, struct registry_known *known);
void registry_with_free(gpointer data);
/* Makes one of the text of an answer; NULL and CD_ERROR_SOURCE where that is no page of items. Only
 * looks at `data`, a struct registry_with, so it may run in any thread: see aws_read(). */
gpointer registry_read(const char *text, size_t length, gpointer data, GError **error);
void registry_page_free(gpointer data);
