/* A record set out of Route 53's list, into the journal and out of it again. */
#include "data/record_set.h"
#include "data/base/error.h"

#include <criterion/criterion.h>
#include <string.h>

#define LIST(sets, end)                                                                            \
    "<?xml version=\"1.0\"?><ListResourceRecordSetsResponse><ResourceRecordSets>" sets             \
    "</ResourceRecordSets>" end "</ListResourceRecordSetsResponse>"
#define SET(name, type, inside)                                                                    \
    "<ResourceRecordSet><Name>" name "</Name><Type>" type "</Type>" inside "</ResourceRecordSet>"
#define VALUES(ttl, value)                                                                         \
    "<TTL>" ttl "</TTL><ResourceRecords><ResourceRecord><Value>" value                             \
    "</Value></ResourceRecord></ResourceRecords>"
#define ALIAS                                                                                      \
    "<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>lb.example.com.</DNSName>"               \
    "<EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>"
#define LAST "<IsTruncated>false</IsTruncated>"

static GPtrArray *read_sets(const char *xml, const char *name)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *sets = record_sets_read(xml, name, NULL, &error);
    cr_assert(sets, "%s", error ? error->message : "");
    return sets;
}

Test(record_set, comes_out_of_the_journal_exactly_as_it_was_read)
{
    static const char xml[] =
        LIST(SET("a.example.com.", "CNAME", VALUES("60", "Cell1.example.com"))
                 SET("a.example.com.", "A", ALIAS)
                     SET("a.example.com.", "TXT", VALUES("300", "&quot;x&quot;")),
             LAST);
    g_autoptr(GPtrArray) sets = read_sets(xml, "A.example.com");
    cr_assert_eq(sets->len, 3);
    for (guint i = 0; i < sets->len; i++) {
        const struct record_set *set = sets->pdata[i];
        OWN_JSON json = record_set_json(set);
        g_autoptr(GError) error = NULL;
        OWN(record_set) back = record_set_of_json(json, &error);
        cr_assert(back, "%s", error ? error->message : "");
        cr_expect(record_set_equal(set, back));
        OWN_JSON again = record_set_json(back);
        cr_expect(json_equal(json, again));
    }
    const struct record_set *cname = sets->pdata[0], *alias = sets->pdata[1];
    cr_expect_eq(cname->ttl_s, 60);
    cr_expect_str_eq(cname->values->pdata[0], "Cell1.example.com");
    cr_expect(alias->ttl_s < 0 && alias->alias_health);
    cr_expect_str_eq(alias->alias_zone, "Z2");
    cr_expect_str_eq(alias->alias_name, "lb.example.com.");
}

Test(record_set, of_another_name_is_left_out_unless_all_are_asked_for)
{
    static const char xml[] = LIST(SET("a.example.com.", "CNAME", VALUES("60", "x"))
                                       SET("aa.example.com.", "CNAME", VALUES("60", "x")),
                                   LAST);
    g_autoptr(GPtrArray) one = read_sets(xml, "a.example.com"), all = read_sets(xml, NULL);
    cr_expect_eq(one->len, 1);
    cr_expect_eq(all->len, 2);
}

/* A part that is not put back would be lost by the change, silently. */
Test(record_set, with_a_part_that_could_not_be_put_back_is_foreign)
{
    static const struct {
        const char *inside, *foreign;
    } cases[] = {
        {"<SetIdentifier>blue</SetIdentifier><Weight>10</Weight>" VALUES("60", "x"),
         "SetIdentifier, Weight"},
        {"<MultiValueAnswer>true</MultiValueAnswer>" VALUES("60", "x"), "MultiValueAnswer"},
        {"<GeoLocation><CountryCode>DE</CountryCode></GeoLocation>" VALUES("60", "x"),
         "GeoLocation"},
        {"<HealthCheckId>1</HealthCheckId>" VALUES("60", "x"), "HealthCheckId"},
        {"<SomethingNew>1</SomethingNew>" VALUES("60", "x"), "SomethingNew"},
        {VALUES("-1", "x"), "TTL"},
        {"", "neither alias nor values"},
        {ALIAS VALUES("60", "x"), "both alias and values"},
        {"<ResourceRecords><ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords>",
         "no TTL"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml =
            g_strdup_printf(LIST(SET("a.", "CNAME", "%s"), LAST), cases[i].inside);
        g_autoptr(GPtrArray) sets = read_sets(xml, "a");
        cr_assert_eq(sets->len, 1);
        const struct record_set *set = sets->pdata[0];
        cr_expect_eq(g_strcmp0(set->foreign, cases[i].foreign), 0, "%zu: %s", i, set->foreign);
        cr_expect(!record_set_equal(set, set), "%zu", i);
        OWN_JSON json = record_set_json(set);
        OWN(record_set) back = record_set_of_json(json, NULL);
        cr_assert(back, "%zu", i);
        cr_expect_eq(g_strcmp0(back->foreign, cases[i].foreign), 0, "%zu", i);
    }
}

Test(record_set, is_the_same_whatever_case_last_dot_and_order_but_not_with_another_ttl)
{
    OWN(record_set) set = record_set_cname("A.example.com", "CELL1.example.com.", 60);
    OWN(record_set) same = record_set_cname("a.example.com.", "cell1.example.com", 60);
    OWN(record_set) slower = record_set_cname("a.example.com.", "cell1.example.com", 61);
    OWN(record_set) other = record_set_cname("a.example.com.", "cell2.example.com", 60);
    cr_expect(record_set_equal(set, same));
    cr_expect(!record_set_equal(set, slower));
    cr_expect(!record_set_equal(set, other));
    cr_expect_str_eq(set->name, "a.example.com.");
    static const char xml[] = LIST(
        SET("a.", "A",
            "<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>10.0.0.1</Value>"
            "</ResourceRecord><ResourceRecord><Value>10.0.0.2</Value>"
            "</ResourceRecord></ResourceRecords>")
            SET("a.", "A",
                "<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>10.0.0.2</Value>"
                "</ResourceRecord><ResourceRecord><Value>10.0.0.1</Value>"
                "</ResourceRecord></ResourceRecords>") SET("a.", "A", VALUES("60", "10.0.0.1")),
        LAST);
    g_autoptr(GPtrArray) sets = read_sets(xml, "a");
    cr_expect(record_set_equal(sets->pdata[0], sets->pdata[1]));
    cr_expect(!record_set_equal(sets->pdata[0], sets->pdata[2]));
}

Test(record_set, list_says_where_its_next_page_begins)
{
    g_autofree char *next = NULL;
    g_autoptr(GPtrArray) page =
        record_sets_read(LIST(SET("a.", "CNAME", VALUES("60", "x")),
                              "<IsTruncated>true</IsTruncated><NextRecordName>b.</NextRecordName>"),
                         NULL, &next, NULL);
    cr_expect_str_eq(next, "b.");
    char *none = next;
    g_autoptr(GPtrArray) last =
        record_sets_read(LIST(SET("a.", "CNAME", VALUES("60", "x")), LAST), NULL, &none, NULL);
    cr_expect_null(none);
}

Test(record_set, list_that_is_cut_off_or_something_else_is_no_list)
{
    static const char *const others[] = {
        "",
        "{}",
        "<a>",
        "<ListResourceRecordSetsResponse/>",
        LIST("", "<IsTruncated>true</IsTruncated>"),
        "<r><ResourceRecordSets><ResourceRecordSet><Name>a.</Name>"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_null(record_sets_read(others[i], "a", NULL, &error), "%s", others[i]);
        cr_expect(g_error_matches(error, CD_ERROR, CD_ERROR_SOURCE));
    }
}

Test(record_set, of_the_journal_that_is_not_whole_is_refused)
{
    static const char *const broken[] = {
        "{}",
        "{\"name\":\"a.\"}",
        "{\"name\":\"a.\",\"type\":\"CNAME\"}",
        "{\"name\":\"a.\",\"type\":\"CNAME\",\"ttl\":60,\"values\":[]}",
        "{\"name\":\"a.\",\"type\":\"CNAME\",\"ttl\":-1,\"values\":[\"x\"]}",
        "{\"name\":\"a.\",\"type\":\"CNAME\",\"ttl\":60,\"values\":[7]}",
        "{\"name\":\"a.\",\"type\":\"A\",\"alias\":{\"name\":\"x\",\"zone\":\"Z\"}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        OWN_JSON json = json_loads(broken[i], 0, NULL);
        g_autoptr(GError) error = NULL;
        cr_expect_null(record_set_of_json(json, &error), "%s", broken[i]);
        cr_expect(error && strstr(error->message, "not whole"), "%s", broken[i]);
    }
}

Test(record_set, is_told_to_people_in_a_line)
{
    g_autoptr(GPtrArray) sets =
        read_sets(LIST(SET("a.", "A", ALIAS) SET("a.", "CNAME", "<Weight>1</Weight>"), LAST), "a");
    OWN(record_set) cname = record_set_cname("a", "Cell1.example.com.", 60);
    g_autofree char *plain = record_set_text(cname), *alias = record_set_text(sets->pdata[0]),
                    *foreign = record_set_text(sets->pdata[1]);
    cr_expect_str_eq(plain, "CNAME cell1.example.com, TTL 60 s");
    cr_expect_str_eq(alias, "A alias of lb.example.com");
    cr_expect_str_eq(foreign, "CNAME with Weight");
}
