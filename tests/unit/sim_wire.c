#include "data/sim/scenario.h"
#include "data/sim/value.h"
#include "data/sim/wire.h"
#include "data/sim/xml.h"

#include <criterion/criterion.h>

static void expect_json(const json_t *json, const char *expected)
{
    char *dump = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    cr_expect_str_eq(dump, expected);
    free(dump);
}

Test(sim_value, plain_scalars_have_types_and_quoted_ones_are_text)
{
    const char *yaml = "{a: 1, b: 1.5, c: true, d: 5.0.3, e: \"7\", f: 99.99%, g: [x, ~], h: {}}";
    OWN_JSON json = sim_yaml(yaml, strlen(yaml), "test", NULL);
    expect_json(json, "{\"a\":1,\"b\":1.5,\"c\":true,\"d\":\"5.0.3\",\"e\":\"7\","
                      "\"f\":\"99.99%\",\"g\":[\"x\",null],\"h\":{}}");
}

Test(sim_value, text_that_is_no_yaml_is_an_error)
{
    g_autoptr(GError) error = NULL;
    cr_expect(!sim_yaml("a: [1", 5, "it.yaml", &error));
    cr_assert(error);
    cr_expect(strstr(error->message, "it.yaml"));
}

Test(sim_value, yaml_for_people_reads_back_as_what_it_was)
{
    OWN_JSON scenario = sim_scenario_load(NULL, NULL);
    for (int depth = 0; depth < 4; depth++) {
        g_autofree char *yaml = sim_yaml_text(scenario, depth + 1);
        OWN_JSON back = sim_yaml(yaml, strlen(yaml), "written", NULL);
        cr_expect(json_equal(back, scenario), "depth %d", depth + 1);
    }
}

Test(sim_value, durations_are_celldecks_and_milliseconds_and_seconds)
{
    OWN_JSON json = json_pack("{s:s, s:s, s:f, s:s}", "a", "250ms", "b", "15m", "c", 0.2, "d", "x");
    cr_expect_eq(sim_duration(json, "a", -1), 250);
    cr_expect_eq(sim_duration(json, "b", -1), 900000);
    cr_expect_eq(sim_duration(json, "c", -1), 200);
    cr_expect_eq(sim_duration(json, "d", -1), -1);
    cr_expect_eq(sim_duration(json, "e", -1), -1);
}

Test(sim_xml, a_query_form_becomes_lists_and_objects)
{
    OWN_JSON json = sim_form_read("Action=X&A.member.1.Id=a&A.member.1.S.N=1+%2B&A.member.2.Id=b"
                                  "&L.member.1=p&L.member.2=q");
    expect_json(json, "{\"Action\":\"X\",\"A\":[{\"Id\":\"a\",\"S\":{\"N\":\"1 +\"}},"
                      "{\"Id\":\"b\"}],\"L\":[\"p\",\"q\"]}");
}

Test(sim_xml, hostile_forms_break_nothing)
{
    const char *const forms[] = {"",
                                 "&&&",
                                 "=",
                                 "A.member.=1",
                                 "A.member.0.x=1",
                                 "a.b=1&a=2&a.c=3",
                                 "A.member.99999999.x=1",
                                 "%zz=1",
                                 "A.member=1",
                                 "x=%00"};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        OWN_JSON json = sim_form_read(forms[i]);
        cr_expect(json_is_object(json), "%s", forms[i]);
    }
}

Test(sim_xml, elements_become_objects_and_repeated_ones_arrays)
{
    const char *xml = "<R xmlns=\"x\"><A><B>1</B><B>&lt;2</B></A><C>t</C></R>";
    OWN_JSON json = sim_xml_read(xml, strlen(xml));
    expect_json(json, "{\"A\":{\"B\":[\"1\",\"<2\"]},\"C\":\"t\"}");
    cr_expect(!sim_xml_read("<R><A></R>", 10));
    cr_expect(!sim_xml_read("", 0));
}

Test(sim_xml, lists_have_members_and_moments_are_iso_8601)
{
    OWN_JSON json = json_pack("{s:[f], s:[{s:s}]}", "Timestamps", 1764206159.0, "L", "K", "a&b");
    g_autoptr(GString) out = g_string_new(NULL);
    sim_xml_write(out, "R", json, "member");
    cr_expect_str_eq(out->str, "<R><Timestamps><member>2025-11-27T01:15:59Z</member></Timestamps>"
                               "<L><member><K>a&amp;b</K></member></L></R>");
}

static void read_wire(struct sim_wire *wire, const char *path, const char *authorization,
                      const char *target)
{
    OWN_JSON query = json_object();
    g_autoptr(GString) body = g_string_new("{\"cluster\": \"cell-1-dr\"}");
    struct sim_request request = {.method = (char *)"GET",
                                  .path = (char *)path,
                                  .query = query,
                                  .authorization = (char *)authorization,
                                  .target = (char *)target,
                                  .body = body};
    sim_wire_read(wire, &request);
}

Test(sim_wire, service_and_region_are_the_credential_scopes)
{
    struct sim_wire wire;
    read_wire(&wire, "/",
              "AWS4-HMAC-SHA256 Credential=AKIA/20261124/eu-west-1/ecs/aws4_request, "
              "SignedHeaders=host, Signature=00",
              "AmazonEC2ContainerServiceV20141113.DescribeServices");
    cr_expect(wire.is_signed);
    cr_expect_str_eq(wire.service, "ecs");
    cr_expect_str_eq(wire.region, "eu-west-1");
    cr_expect_str_eq(wire.action, "DescribeServices");
    cr_expect(sim_wire_action(&wire) && sim_wire_action(&wire)->access == SIM_READ);
    sim_wire_clear(&wire);
}

Test(sim_wire, route_53s_action_is_its_path)
{
    struct sim_wire wire;
    read_wire(&wire, "/2013-04-01/change/C1", NULL, NULL);
    cr_expect(!wire.is_signed);
    cr_expect_str_eq(wire.action, "GetChange");
    cr_expect_str_eq(sim_text(wire.in, "Id", ""), "C1");
    sim_wire_clear(&wire);
}
