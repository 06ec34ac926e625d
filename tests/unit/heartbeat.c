#include "rollout/heartbeat.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>

Test(heartbeat, is_what_put_metric_data_takes)
{
    OWN(config) config = small_fleet("notify: {heartbeat: {namespace: Celldeck}}\n");
    OWN_JSON body = heartbeat_body(config, 1, 1795489200999);
    OWN_JSON expected = json_loads(
        "{\"Namespace\": \"Celldeck\", \"MetricData\": [{\"MetricName\": \"celldeck_conductor\","
        " \"Dimensions\": [{\"Name\": \"Fleet\", \"Value\": \"small\"}],"
        " \"Timestamp\": 1795489200, \"Value\": 1.0, \"Unit\": \"Count\"}]}",
        0, NULL);
    cr_expect(json_equal(body, expected));
    cr_expect_eq(config->heartbeat.every_ms, 60000);
}
