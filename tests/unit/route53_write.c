/* Changes of a zone: what is sent, what is never sent, and what the answers mean. */
#include "data/route53_write.h"
#include "data/base/error.h"
#include "tests/unit/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(route53_write, .timeout = 30);

#define XML_ANSWER(status, length, body) ANSWER(status, "", length, body)
#define INFO(status)                                                                               \
    "<?xml version=\"1.0\"?><ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id>"     \
    "<Status>" status "</Status><SubmittedAt>2026-11-24T01:15:59Z</SubmittedAt></ChangeInfo>"      \
    "</ChangeResourceRecordSetsResponse>"

/* How a call ended. */
struct end {
    int ended;
    char *id;
    enum zone_status status;
    struct zone_answer *answer; /* its code alone is looked at */
    GString *sets;              /* "name: set set; name: ..." */
    GError *error;
    struct zone_call *call; /* cancelled from within the callback */
};

static void end_clear(struct end *end)
{
    g_free(end->id);
    g_clear_error(&end->error);
    if (end->sets)
        g_string_free(end->sets, TRUE);
    *end = (struct end){0};
}

static void changed(const char *id, enum zone_status status, const GError *error, gpointer data)
{
    struct end *end = data;
    end->ended++;
    end->id = g_strdup(id);
    end->status = status;
    end->error = error ? g_error_copy(error) : NULL;
    zone_call_cancel(end->call);
}

static void run(const struct end *end)
{
    while (!end->ended)
        g_main_context_iteration(NULL, TRUE);
}

/* The body of an answer, with the head that tells its length. Caller frees. */
static char *answer_of(const char *status, const char *body)
{
    return g_strdup_printf("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                           status, strlen(body), body);
}

/* One CNAME changed from one cell to the other, against the answer. `*request` (may be NULL) is
 * what was sent first. */
static struct end swap(const char *answer, guint requests, char **request)
{
    const char *const script[] = {answer, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    OWN(record_set) was = record_set_cname("a.example.com", "cell1.example.com", 60);
    OWN(record_set) becomes = record_set_cname("a.example.com", "cell2.example.com", 60);
    const struct zone_change changes[] = {{ZONE_DELETE, was}, {ZONE_CREATE, becomes}};
    g_autoptr(GError) error = NULL;
    end.call = zone_change(client, "/hostedzone/Z1", changes, 2, "celldeck f1 <&>", 0, changed,
                           &end, &error);
    cr_assert(end.call, "%s", error ? error->message : "");
    run(&end);
    cr_expect_eq(loopback_requests(&loopback), requests, "%u requests",
                 loopback_requests(&loopback));
    if (request)
        *request = g_strdup(loopback.requests->pdata[0]);
    aws_client_free(client);
    loopback_stop(&loopback);
    return end;
}

Test(route53_write, a_change_is_a_delete_of_what_stands_there_and_a_create_in_one_batch)
{
    g_autofree char *answer = answer_of("200 OK", INFO("PENDING")), *request = NULL;
    struct end end = swap(answer, 1, &request);
    cr_assert(!end.error, "%s", end.error->message);
    cr_expect_str_eq(end.id, "C1");
    cr_expect_eq(end.status, ZONE_PENDING);
    const char *const parts[] = {
        "POST /2013-04-01/hostedzone/Z1/rrset/ HTTP/1.1\r\n",
        "\r\nContent-Type: application/xml\r\n",
        "/us-east-1/route53/aws4_request, SignedHeaders=content-type;host;x-amz-date;",
        "<Comment>celldeck f1 &lt;&amp;&gt;</Comment><Changes>"
        "<Change><Action>DELETE</Action><ResourceRecordSet><Name>a.example.com.</Name>"
        "<Type>CNAME</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>cell1.example.com"
        "</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>"
        "<Change><Action>CREATE</Action><ResourceRecordSet><Name>a.example.com.</Name>"
        "<Type>CNAME</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>cell2.example.com"
        "</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes>"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        cr_expect(strstr(request, parts[i]), "%s not in\n%s", parts[i], request);
    end_clear(&end);
}

/* Route 53 says it in two forms; the second is its documentation's. */
Test(route53_write, a_lost_compare_and_swap_is_told_in_route_53s_words)
{
    static const char *const bodies[] = {
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidChangeBatch</Code><Message>[Tried "
        "to delete resource record set but it was not found]</Message></Error><RequestId>R1"
        "</RequestId></ErrorResponse>",
        "<InvalidChangeBatch><Messages><Message>Tried to delete resource record set but it was not "
        "found</Message><Message>and another</Message></Messages></InvalidChangeBatch>"};
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *answer = answer_of("400 Bad", bodies[i]);
        struct end end = swap(answer, 1, NULL);
        cr_assert(g_error_matches(end.error, AWS_ERROR, AWS_ERROR_CONDITION), "%zu", i);
        cr_expect(strstr(end.error->message, "InvalidChangeBatch: "), "%s", end.error->message);
        cr_expect(strstr(end.error->message, "was not found"), "%s", end.error->message);
        cr_expect(i == 0 || strstr(end.error->message, "; and another"), "%s", end.error->message);
        cr_expect(!aws_error_is_unsure(end.error));
        cr_expect_null(end.id);
        end_clear(&end);
    }
}

Test(route53_write, what_was_refused_for_its_rate_is_sent_again_and_what_was_lost_is_not)
{
    static const struct {
        const char *status, *body;
        guint requests;
        enum aws_error code;
        bool unsure;
    } cases[] = {
        {"400 Bad",
         "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
         "</ErrorResponse>",
         3, AWS_ERROR_THROTTLED, false},
        {"400 Bad",
         "<ErrorResponse><Error><Code>PriorRequestNotComplete</Code><Message>wait</Message></Error>"
         "</ErrorResponse>",
         3, AWS_ERROR_THROTTLED, false},
        {"404 Not",
         "<ErrorResponse><Error><Code>NoSuchHostedZone</Code><Message>No hosted zone found</Message>"
         "</Error></ErrorResponse>",
         1, AWS_ERROR_NOT_FOUND, false},
        {"500 Oops", "", 1, AWS_ERROR_SERVICE, true},
        {"200 OK", "<half", 1, AWS_ERROR_ANSWER, true},
        {"200 OK", INFO("SOON"), 1, AWS_ERROR_ANSWER, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *answer = answer_of(cases[i].status, cases[i].body);
        struct end end = swap(answer, cases[i].requests, NULL);
        cr_assert(end.error, "%zu", i);
        cr_expect_eq(end.error->code, (int)cases[i].code, "%zu: %s", i, end.error->message);
        cr_expect_eq(aws_error_is_unsure(end.error), cases[i].unsure, "%zu", i);
        end_clear(&end);
    }
    struct end lost = swap(RESET, 1, NULL);
    cr_expect(aws_error_is_unsure(lost.error));
    end_clear(&lost);
}

static GPtrArray *many(guint n, const char *value)
{
    GPtrArray *sets = record_sets_new();
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("t%u.example.com", i);
        g_ptr_array_add(sets, record_set_cname(name, value, 60));
    }
    return sets;
}

static bool fits(const GPtrArray *sets, enum zone_action action, char **why)
{
    g_autofree struct zone_change *changes = g_new(struct zone_change, sets->len + 1);
    for (guint i = 0; i < sets->len; i++)
        changes[i] = (struct zone_change){action, sets->pdata[i]};
    g_autoptr(GError) error = NULL;
    bool so = zone_changes_fit(changes, sets->len, &error);
    if (why)
        *why = error ? g_strdup(error->message) : NULL;
    return so;
}

Test(route53_write, a_batch_over_route_53s_limits_is_refused_before_it_is_sent)
{
    g_autoptr(GPtrArray) most = many(1000, "cell"), over = many(1001, "cell"),
                         half = many(500, "cell"), more = many(501, "cell"), none = many(0, "");
    cr_expect(fits(most, ZONE_CREATE, NULL));
    cr_expect(!fits(over, ZONE_CREATE, NULL));
    cr_expect(fits(half, ZONE_UPSERT, NULL));
    cr_expect(!fits(more, ZONE_UPSERT, NULL), "an UPSERT counts twice");
    cr_expect(!fits(none, ZONE_CREATE, NULL));
    g_autofree char *long_name = g_strnfill(40, 'x'), *too_long = g_strnfill(41, 'x'), *why = NULL;
    g_autoptr(GPtrArray) full = many(800, long_name), burst = many(800, too_long);
    cr_expect(fits(full, ZONE_CREATE, NULL));
    cr_expect(!fits(burst, ZONE_CREATE, &why));
    cr_expect(why && strstr(why, "800 values of 32800 letters"), "%s", why);
}

Test(route53_write, a_record_with_something_foreign_is_never_changed)
{
    g_autoptr(GPtrArray) sets = many(2, "cell");
    struct record_set *set = sets->pdata[1];
    set->foreign = g_strdup("Weight");
    struct end end = {0};
    struct aws_client *client = quick_client();
    const struct zone_change change = {ZONE_DELETE, set};
    g_autoptr(GError) error = NULL;
    cr_expect_null(zone_change(client, "Z1", &change, 1, NULL, 0, changed, &end, &error));
    cr_expect(error && strstr(error->message, "not sent: t1.example.com. CNAME has Weight"), "%s",
              error ? error->message : "");
    aws_client_free(client);
}

Test(route53_write, a_change_is_asked_for_by_its_id_until_it_is_insync)
{
    g_autofree char *pending = answer_of("200 OK", INFO("PENDING"));
    g_autofree char *insync = answer_of("200 OK", INFO("INSYNC"));
    const char *const script[] = {pending, insync, NULL};
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    for (enum zone_status expected = ZONE_PENDING; expected <= ZONE_INSYNC; expected++) {
        struct end end = {0};
        zone_change_status(client, "C1", 0, changed, &end);
        run(&end);
        cr_expect(!end.error && end.status == expected);
        end_clear(&end);
    }
    cr_expect(g_str_has_prefix(loopback.requests->pdata[0], "GET /2013-04-01/change/C1 HTTP"));
    aws_client_free(client);
    loopback_stop(&loopback);
}

#define DNS_ANSWER(code, entries)                                                                  \
    "<TestDNSAnswerResponse><Nameserver>ns-1</Nameserver><RecordName>a</RecordName>"               \
    "<RecordType>CNAME</RecordType><RecordData>" entries "</RecordData><ResponseCode>" code        \
    "</ResponseCode><Protocol>UDP</Protocol></TestDNSAnswerResponse>"
#define ENTRY(value) "<RecordDataEntry>" value "</RecordDataEntry>"

Test(route53_write, an_answer_agrees_with_a_record_by_all_of_its_values)
{
    OWN(record_set) set = record_set_cname("a", "cell2.example.com", 60);
    static const struct {
        const char *xml;
        bool same;
    } cases[] = {
        {DNS_ANSWER("NOERROR", ENTRY("Cell2.example.com.")), true},
        {DNS_ANSWER("NOERROR", ENTRY("cell1.example.com")), false},
        {DNS_ANSWER("NOERROR", ENTRY("cell2.example.com") ENTRY("cell1.example.com")), false},
        {DNS_ANSWER("NOERROR", ""), false},
        {DNS_ANSWER("NXDOMAIN", ""), false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(zone_answer) answer = zone_answer_read(cases[i].xml, NULL);
        cr_assert(answer, "%zu", i);
        cr_expect_eq(zone_answer_is(answer, set), cases[i].same, "%zu", i);
    }
    g_autoptr(GError) error = NULL;
    cr_expect_null(zone_answer_read("<TestDNSAnswerResponse/>", &error));
    cr_expect(g_error_matches(error, AWS_ERROR, AWS_ERROR_ANSWER));
}

#define ZONE(private)                                                                              \
    "<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name>"          \
    "<Config><Comment>true</Comment><PrivateZone>" private "</PrivateZone></Config></HostedZone></GetHostedZoneResponse>"

Test(route53_write, whether_a_zone_is_private_is_read_and_never_guessed)
{
    bool private = false;
    cr_expect(zone_kind_read(ZONE("true"), &private, NULL) && private);
    cr_expect(zone_kind_read(ZONE("false"), &private, NULL) && !private);
    static const char *const none[] = {ZONE("perhaps"), ZONE(""), "<HostedZone/>", "no XML"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect(!zone_kind_read(none[i], &private, &error), "%s", none[i]);
        cr_expect(g_error_matches(error, AWS_ERROR, AWS_ERROR_ANSWER));
    }
}

static void read_many(GPtrArray *const *sets, const GError *error, gpointer data)
{
    struct end *end = data;
    end->ended++;
    end->error = error ? g_error_copy(error) : NULL;
    end->sets = g_string_new(NULL);
    for (guint i = 0; sets && i < 3; i++) {
        g_string_append_printf(end->sets, "%s%u:", i ? " " : "", i);
        for (guint at = 0; at < sets[i]->len; at++) {
            const struct record_set *set = sets[i]->pdata[at];
            g_string_append_printf(end->sets, "%s", set->type);
        }
    }
}

#define PAGE(sets, end) "<r><ResourceRecordSets>" sets "</ResourceRecordSets>" end "</r>"
#define CNAME(name)                                                                                \
    "<ResourceRecordSet><Name>" name "</Name><Type>CNAME</Type><TTL>60</TTL><ResourceRecords>"     \
    "<ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
#define TXT(name)                                                                                  \
    "<ResourceRecordSet><Name>" name "</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords>"       \
    "<ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
#define MORE(name) "<IsTruncated>true</IsTruncated><NextRecordName>" name "</NextRecordName>"
#define END        "<IsTruncated>false</IsTruncated>"

/* Asks for c, a and b. */
static struct end read_three(const char *const *bodies, guint requests, const char *const *asked)
{
    const char *script[8] = {0};
    for (guint i = 0; bodies[i]; i++)
        script[i] = answer_of(g_str_has_prefix(bodies[i], "<r>") ? "200 OK" : "403 No", bodies[i]);
    struct loopback loopback;
    loopback_start(&loopback, script);
    struct aws_client *client = quick_client();
    struct end end = {0};
    static const char *const names[] = {"c.example.com", "a.example.com", "b.example.com", NULL};
    zone_sets_read(client, "Z1", names, 0, read_many, &end);
    run(&end);
    cr_expect_eq(loopback_requests(&loopback), requests, "%u requests",
                 loopback_requests(&loopback));
    for (guint i = 0; asked && i < requests; i++)
        cr_expect(strstr(loopback.requests->pdata[i], asked[i]), "%s",
                  (char *)loopback.requests->pdata[i]);
    aws_client_free(client);
    loopback_stop(&loopback);
    for (guint i = 0; bodies[i]; i++)
        g_free((char *)script[i]);
    return end;
}

Test(route53_write, many_names_come_out_of_as_few_pages_as_they_stand_in)
{
    static const char *const one[] = {PAGE(CNAME("a.example.com.") TXT("a.example.com.")
                                               CNAME("b.example.com.") CNAME("bb.example.com.")
                                                   CNAME("c.example.com."),
                                           END),
                                      NULL};
    struct end end = read_three(one, 1, NULL);
    cr_assert(!end.error, "%s", end.error->message);
    cr_expect_str_eq(end.sets->str, "0:CNAME 1:CNAMETXT 2:CNAME");
    end_clear(&end);
}

Test(route53_write,
     a_name_that_goes_on_on_the_next_page_is_read_there_and_one_without_records_by_name)
{
    static const char *const pages[] = {
        PAGE(CNAME("a.example.com.") CNAME("b.example.com."), MORE("b.example.com.")),
        PAGE(CNAME("b.example.com.") TXT("b.example.com.") CNAME("d.example.com."), END),
        PAGE(CNAME("d.example.com."), END), NULL};
    static const char *const asked[] = {"name=a.example.com", "name=b.example.com",
                                        "name=c.example.com"};
    struct end end = read_three(pages, 3, asked);
    cr_assert(!end.error, "%s", end.error->message);
    cr_expect_str_eq(end.sets->str, "0: 1:CNAME 2:CNAMETXT");
    end_clear(&end);
}

Test(route53_write, of_many_names_all_are_read_or_none)
{
    static const char *const pages[] = {
        PAGE(CNAME("a.example.com."), END),
        "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", NULL};
    struct end end = read_three(pages, 2, NULL);
    cr_expect(g_error_matches(end.error, AWS_ERROR, AWS_ERROR_DENIED));
    cr_expect_str_eq(end.sets->str, "");
    end_clear(&end);
}
