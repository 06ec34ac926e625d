/* Where a tenant lives, by those who should know: whether they agree, and what each of them means.
 */
#include "data/probe.h"
#include "data/whereabouts.h"
#include "data/witness_read.h"
#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1795485600000)

/* What a witness may say: any state, with our cell, another of ours, or none of ours. */
static const struct saying {
    enum witness_state state;
    const char *cell;
    bool old;
} sayings[] = {{WITNESS_NOT_ASKED, NULL, false},      {WITNESS_ASKED, NULL, false},
               {WITNESS_FAILED, NULL, false},         {WITNESS_SILENT, NULL, false},
               {WITNESS_NAMES, "cell-1", false},      {WITNESS_NAMES, "cell-1-dr", false},
               {WITNESS_FOREIGN, "elsewhere", false}, {WITNESS_NAMES, "cell-1", true}};

static char *verdict_of(const struct saying *const *said, enum agreement *agreement)
{
    struct witness witnesses[WITNESSES] = {0};
    for (int i = 0; i < WITNESSES; i++) {
        witness_set(&witnesses[i], said[i]->state, NOW, g_strdup(said[i]->cell), NULL);
        witnesses[i].old = said[i]->old;
    }
    char *words = witness_verdict(witnesses, agreement);
    for (int i = 0; i < WITNESSES; i++)
        witness_clear(&witnesses[i]);
    return words;
}

static guint count(const struct saying *const *said, enum witness_state state)
{
    guint n = 0;
    for (int i = 0; i < WITNESSES; i++)
        n += said[i]->state == state;
    return n;
}

static bool two_differ(const struct saying *const *said)
{
    for (int i = 0; i < WITNESSES; i++)
        for (int j = 0; j < i; j++)
            if (said[i]->cell && said[j]->cell && strcmp(said[i]->cell, said[j]->cell) != 0)
                return true;
    return false;
}

/* The rules, for one combination of all four. */
static void expect_rules(const struct saying *const *said)
{
    enum agreement agreement;
    g_autofree char *words = verdict_of(said, &agreement);
    guint naming = count(said, WITNESS_NAMES);
    bool foreign = count(said, WITNESS_FOREIGN) > 0;
    bool open = count(said, WITNESS_ASKED) + count(said, WITNESS_FAILED) > 0;
    for (int i = 0; i < WITNESSES; i++)
        open = open || said[i]->old;
    bool broken = foreign || two_differ(said);
    cr_expect_eq(agreement == AGREEMENT_BROKEN, broken, "%s", words);
    cr_expect_eq(agreement == AGREEMENT_FULL, !broken && naming >= 2 && !open, "%s", words);
    for (int i = 0; broken && i < WITNESSES; i++)
        cr_expect(!said[i]->cell || strstr(words, said[i]->cell), "%s", words);
    if (!broken && count(said, WITNESS_FAILED))
        cr_expect(strstr(words, "could not be asked"), "%s", words);
}

Test(witness, of_every_combination_disagreement_is_told_and_failures_and_old_words_are_no_agreement)
{
    enum { N = G_N_ELEMENTS(sayings) };
    int tried = 0;
    for (int all = 0; all < N * N * N * N; all++, tried++) {
        const struct saying *const said[WITNESSES] = {&sayings[all % N], &sayings[all / N % N],
                                                      &sayings[all / N / N % N],
                                                      &sayings[all / N / N / N]};
        expect_rules(said);
    }
    cr_expect_eq(tried, 4096);
}

static void expect_verdict(const int *said, const char *wanted)
{
    const struct saying *const each[WITNESSES] = {&sayings[said[0]], &sayings[said[1]],
                                                  &sayings[said[2]], &sayings[said[3]]};
    enum agreement agreement;
    g_autofree char *words = verdict_of(each, &agreement);
    cr_expect_str_eq(words, wanted);
}

Test(witness, says_it_in_a_sentence)
{
    enum { NOT_ASKED, ASKED, FAILED, SILENT, ONE, OTHER, FOREIGN, OLD };
    expect_verdict((int[]){ONE, ONE, OTHER, OTHER},
                   "the registry says cell-1, Route 53 has cell-1, DNS sends it to cell-1-dr, "
                   "cell-1-dr answers");
    expect_verdict((int[]){ONE, FAILED, FOREIGN, NOT_ASKED},
                   "the registry says cell-1, DNS sends it to elsewhere (no cell of ours)");
    expect_verdict((int[]){ONE, ONE, ONE, ONE},
                   "the registry, Route 53, DNS and the cell that answers agree on cell-1");
    expect_verdict((int[]){ONE, NOT_ASKED, ONE, SILENT},
                   "the registry and DNS agree on cell-1; the cell that answers names none");
    expect_verdict((int[]){ONE, FAILED, ASKED, NOT_ASKED},
                   "the registry alone names it: cell-1; could not be asked: Route 53; asking DNS "
                   "…");
    expect_verdict((int[]){OLD, ONE, ONE, NOT_ASKED},
                   "the registry, Route 53 and DNS agree on cell-1; could not be read again: the "
                   "registry");
    expect_verdict((int[]){SILENT, NOT_ASKED, NOT_ASKED, NOT_ASKED},
                   "nobody names its cell; the registry names none");
}

#define NAMES                                                                                      \
    "cells:\n"                                                                                     \
    "  cell-1:    {class: dedicated, residency: US, region: us-east-1, endpoint: "                 \
    "'http://127.0.0.1:1/one', dns_name: Cell1.example.com, max_users: 10, max_patients: 10}\n"    \
    "  cell-1-dr: {class: dr, residency: US, region: us-east-1, endpoint: "                        \
    "'http://127.0.0.1:1/dr', dns_name: cell1dr.example.com, stands_by_for: cell-1}\n"             \
    "failover: {zone_id: Z1, record: '{subdomain}.example.com'}\n"

static struct zone_record *zone_of(const char *sets)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = g_strdup_printf(
        "<?xml version=\"1.0\"?><ListResourceRecordSetsResponse><ResourceRecordSets>%s"
        "</ResourceRecordSets><IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>",
        sets);
    struct zone_record *record = zone_record_read(xml, "a.example.com", &error);
    cr_assert(record, "%s", error ? error->message : "");
    return record;
}

#define SET(name, type, inside)                                                                    \
    "<ResourceRecordSet><Name>" name "</Name><Type>" type "</Type>" inside "</ResourceRecordSet>"
#define VALUE(value)                                                                               \
    "<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>" value                                  \
    "</Value></ResourceRecord></ResourceRecords>"
#define ALIAS(target)                                                                              \
    "<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>" target                                 \
    "</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>"

Test(witness, a_zones_record_is_read_by_the_names_that_it_leads_to)
{
    static const struct {
        const char *sets;
        enum witness_state state;
        const char *cell, *told;
    } cases[] = {
        {SET("a.example.com.", "CNAME", VALUE("CELL1.example.com.")), WITNESS_NAMES, "cell-1",
         "cell1.example.com, TTL 60 s"},
        {SET("a.example.com.", "A", ALIAS("cell1dr.example.com.")), WITNESS_NAMES, "cell-1-dr",
         "cell1dr.example.com"},
        {SET("a.example.com.", "CNAME", VALUE("old.example.net")), WITNESS_FOREIGN,
         "old.example.net", "old.example.net, TTL 60 s"},
        {SET("a.example.com.", "A", ALIAS("cell1.example.com."))
             SET("a.example.com.", "AAAA", ALIAS("cell1dr.example.com.")),
         WITNESS_FOREIGN, "cell-1, cell-1-dr",
         "cell1.example.com, cell1dr.example.com, in 2 record sets"},
        {SET("a.example.com.", "A", VALUE("10.0.0.1")), WITNESS_SILENT, NULL, "10.0.0.1, TTL 60 s"},
        {SET("a.example.com.", "TXT", VALUE("cell1.example.com"))
             SET("aa.example.com.", "CNAME", VALUE("cell1.example.com")),
         WITNESS_SILENT, NULL, "no record of that name (a wildcard may answer for it)"},
    };
    OWN(config) config = config_of("name: n\naws: {region: us-east-1}\n" NAMES);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(zone_record) record = zone_of(cases[i].sets);
        struct witness witness = {0};
        witness_read_zone(&witness, config, record, NOW);
        cr_expect_eq(witness.state, cases[i].state, "%zu: %s", i, witness.told);
        cr_expect_eq(g_strcmp0(witness.cell, cases[i].cell), 0, "%zu: %s", i, witness.cell);
        cr_expect_str_eq(witness.told, cases[i].told);
        witness_clear(&witness);
    }
}

Test(witness, what_is_no_list_of_records_is_not_taken_for_an_empty_one)
{
    static const char *const others[] = {"", "{}", "<a>", "<ListResourceRecordSetsResponse/>"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(zone_record_read(others[i], "a.example.com", &error), "%s", others[i]);
        cr_expect(error && strstr(error->message, "no list of record sets"));
    }
}

/* DNS's answer: `names` and `addresses`, blanks between. */
static struct dns_answer *answer_of(const char *names, const char *addresses)
{
    struct dns_answer *answer = g_new0(struct dns_answer, 1);
    g_auto(GStrv) each = g_strsplit(names, " ", -1), at = g_strsplit(addresses, " ", -1);
    answer->names = g_ptr_array_new_with_free_func(g_free);
    answer->addresses = g_ptr_array_new_with_free_func(g_free);
    answer->ttl_s = 60;
    for (char **name = each; *name; name++)
        g_ptr_array_add(answer->names, g_strdup(*name));
    for (char **address = at; *address && **address; address++)
        g_ptr_array_add(answer->addresses, g_strdup(*address));
    return answer;
}

Test(witness, dns_is_read_by_names_else_by_addresses_and_what_may_be_ours_is_not_called_foreign)
{
    static const struct {
        const char *names, *addresses, *unknown;
        enum witness_state state;
        const char *cell;
    } cases[] = {
        {"a.example.com cell1.example.com", "10.0.0.9", NULL, WITNESS_NAMES, "cell-1"},
        {"a.example.com lb.example.com", "10.0.0.1 10.0.0.2", NULL, WITNESS_NAMES, "cell-1"},
        {"a.example.com", "10.0.1.1", NULL, WITNESS_NAMES, "cell-1-dr"},
        {"a.example.com", "10.0.0.3", NULL, WITNESS_SILENT, NULL}, /* both have it */
        {"a.example.com", "10.0.0.9", NULL, WITNESS_FOREIGN, "10.0.0.9"},
        {"a.example.com x.example.net", "10.0.0.9", NULL, WITNESS_FOREIGN, "x.example.net"},
        {"a.example.com", "10.0.0.1 10.0.1.1", NULL, WITNESS_FOREIGN, "10.0.1.1"},
        {"a.example.com", "10.0.0.9", "cell-1-dr", WITNESS_SILENT, NULL},
        {"a.example.com x.example.net", "", NULL, WITNESS_FOREIGN, "x.example.net"},
    };
    OWN(config) config = config_of("name: n\naws: {region: us-east-1}\n" NAMES);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cell_addresses addresses;
        cell_addresses_init(&addresses);
        addresses.unknown = g_strdup(cases[i].unknown);
        static const char *const known[][2] = {{"cell-1", "10.0.0.1"},
                                               {"cell-1", "10.0.0.2"},
                                               {"cell-1", "10.0.0.3"},
                                               {"cell-1-dr", "10.0.1.1"},
                                               {"cell-1-dr", "10.0.0.3"}};
        for (size_t k = 0; k < G_N_ELEMENTS(known); k++)
            cell_addresses_add(&addresses, known[k][0], known[k][1]);
        OWN(dns_answer) answer = answer_of(cases[i].names, cases[i].addresses);
        struct witness witness = {0};
        witness_read_dns(&witness, config, answer, &addresses, NOW);
        cr_expect_eq(witness.state, cases[i].state, "%zu: %s", i, witness.told);
        cr_expect_eq(g_strcmp0(witness.cell, cases[i].cell), 0, "%zu: %s", i, witness.cell);
        witness_clear(&witness);
        cell_addresses_clear(&addresses);
    }
}

Test(witness, the_cell_that_answers_is_the_one_that_it_says_it_is)
{
    static const struct {
        int status;
        const char *body;
        enum witness_state state;
        const char *cell, *told;
    } cases[] = {
        {200, "{\"version\":\"5.0.2-a1b2c3\",\"cell\":\"cell-1-dr\"}", WITNESS_NAMES, "cell-1-dr",
         "5.0.2 at 10.0.0.1, in 7 ms"},
        {200, "{\"version\":\"5.0.2\"}", WITNESS_SILENT, NULL,
         "5.0.2, names no cell, at 10.0.0.1, in 7 ms"},
        {200, "{\"cell\":\"cell-9\"}", WITNESS_FOREIGN, "cell-9",
         "no version at 10.0.0.1, in 7 ms"},
        {503, "{\"cell\":\"cell-1\"}", WITNESS_FAILED, NULL, "HTTP 503 at 10.0.0.1"},
        {200, "<html>", WITNESS_FAILED, NULL,
         "HTTP 200, but the body is no JSON object at 10.0.0.1"},
    };
    OWN(config) config = config_of("name: n\naws: {region: us-east-1}\n" NAMES);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct probe *probe = probe_parse(cases[i].status, cases[i].body, NULL, NOW, 7);
        struct witness witness = {0};
        witness_read_answer(&witness, config, probe, "10.0.0.1");
        cr_expect_eq(witness.state, cases[i].state, "%zu: %s", i, witness.told);
        cr_expect_eq(g_strcmp0(witness.cell, cases[i].cell), 0, "%zu: %s", i, witness.cell);
        cr_expect_str_eq(witness.told, cases[i].told);
        witness_clear(&witness);
        probe_unref(probe);
    }
}

Test(witness, a_subdomain_that_is_no_name_is_asked_for_nowhere)
{
    static const struct {
        const char *subdomain, *record, *why;
    } cases[] = {
        {"clinic-1", "clinic-1.example.com", NULL},
        {"a.b", "a.b.example.com", NULL},
        {NULL, NULL, "its registry item has no subdomain"},
        {"", NULL, ".example.com is no name of DNS's"},
        {"evil.net/x?", NULL, "evil.net/x?.example.com is no name of DNS's"},
        {"a b", NULL, "a b.example.com is no name of DNS's"},
        {"a..b", NULL, "a..b.example.com is no name of DNS's"},
        {"user@evil", NULL, "user@evil.example.com is no name of DNS's"},
        {"\x1b[2J", NULL, "\x1b[2J.example.com is no name of DNS's"},
    };
    OWN(config) config = config_of("name: n\naws: {region: us-east-1}\n" NAMES);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct tenant tenant = {.id = "t", .subdomain = cases[i].subdomain};
        g_autofree char *why = NULL;
        g_autofree char *record = whereabouts_record(config, &tenant, &why);
        cr_expect_eq(g_strcmp0(record, cases[i].record), 0, "%s", record);
        cr_expect_eq(g_strcmp0(why, cases[i].why), 0, "%s", why);
    }
}
