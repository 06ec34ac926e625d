/* Route 53's answer about a name (data/route53.h), and what is made of it. */
#include "data/base/error.h"
#include "data/route53.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = g_strndup((const char *)data, size);
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
