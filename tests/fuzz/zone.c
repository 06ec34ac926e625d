/* Route 53's answers about a name and about a change (data/route53.h, route53_write.h), and what is
 * made of them. */
#include "data/base/error.h"
#include "data/route53.h"
#include "data/route53_write.h"
#include "data/witness_read.h"
#include "fuzz.h"

#include <string.h>

#define NAME "a.example.com"

static const struct cell_config cell = {.id = (char *)"cell-1",
                                        .dns_name = (char *)"cell1.example.com"};

static void check_texts(const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        PROMISE(g_utf8_validate(texts->pdata[i], -1, NULL));
}

/* A record that stands there leads to one of ours, or is said not to; none is taken for another's.
 */
static void check_witness(const struct zone_record *record)
{
    struct config config = {.cells = g_ptr_array_new()};
    g_ptr_array_add(config.cells, (gpointer)&cell);
    struct witness witness = {0};
    witness_read_zone(&witness, &config, record, 1);
    PROMISE(witness.told && *witness.told);
    PROMISE((witness.state == WITNESS_SILENT) == (record->targets->len == 0));
    PROMISE(witness.state != WITNESS_NAMES || strcmp(witness.cell, cell.id) == 0);
    PROMISE(witness.state != WITNESS_FOREIGN || witness.cell);
    witness_clear(&witness);
    g_ptr_array_unref(config.cells);
}

/* Whatever was read goes through the journal and comes out the same; what is simple can be deleted
 * and put back, and that is what is sent. */
static void check_set(const struct record_set *set)
{
    OWN_JSON json = record_set_json(set);
    OWN(record_set) back = record_set_of_json(json, NULL);
    PROMISE(back);
    OWN_JSON again = record_set_json(back);
    PROMISE(json_equal(json, again));
    PROMISE(record_set_equal(set, back) == !set->foreign);
    const struct zone_change changes[] = {{ZONE_DELETE, back}, {ZONE_CREATE, set}};
    bool fits = zone_changes_fit(changes, 2, NULL);
    PROMISE(!fits || !set->foreign);
    if (!fits)
        return;
    g_autofree char *body = zone_changes_body(changes, 2, "fuzz");
    g_autoptr(GPtrArray) sent = record_sets_read(body, NULL, NULL, NULL);
    PROMISE(!sent); /* it is no list */
}

static void check_sets(const char *xml)
{
    g_autofree char *next = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sets = record_sets_read(xml, NULL, &next, &error);
    PROMISE(sets || (error && error->code == CD_ERROR_SOURCE && !next));
    for (guint i = 0; sets && i < sets->len; i++)
        check_set(sets->pdata[i]);
}

static void check_write_answers(const char *xml)
{
    g_autoptr(GError) error = NULL, unread = NULL;
    g_autofree char *id = NULL;
    enum zone_status status = ZONE_PENDING;
    bool read = zone_change_read(xml, &id, &status, &error);
    PROMISE(read ? id && *id && !error : !id && aws_error_is_unsure(error));
    OWN(zone_answer) answer = zone_answer_read(xml, &unread);
    PROMISE(answer ? answer->code && !unread : unread != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = g_strndup((const char *)data, size);
    check_sets(xml);
    check_write_answers(xml);
    OWN(zone_record) record = zone_record_read(xml, NAME, &error);
    if (!record) {
        PROMISE(error && error->domain == CD_ERROR && error->code == CD_ERROR_SOURCE);
        return 0;
    }
    PROMISE(record->sets > 0 || (record->targets->len == 0 && record->values->len == 0));
    check_texts(record->targets);
    check_texts(record->values);
    check_witness(record);
    return 0;
}
