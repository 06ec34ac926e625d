/* celldeck.yaml: what is refused, where, and in which words. */
#include "tests/unit/config_stage.h"

#include "data/base/error.h"
#include "data/base/when.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(config_faults, .init = make_folder, .fini = remove_folder);

/* What the refusal must say: where, and in words that it must have. */
struct bad {
    const char *text, *place, *words;
};

static const struct bad bad_files[] = {
    {BASE "aws: {regoin: us-east-1}\n", ":4:7:", "'regoin'|did you mean 'region'"},
    {BASE "colour: red\n", ":4:1:", "'colour'|expected one of|waves"},
    {BASE "name: y\n", ":4:1:", "'name'|twice|line 1"},
    {BASE "gates: [1]\n", ":4:1:", "a list|expected a mapping"},
    {BASE "failover: {record: a.example.com}\n", ":4:20:", "'a.example.com'|{subdomain}"},
    {BASE "failover: {resolver: ns1.example.com}\n", ":4:22:", "'ns1.example.com'|10.0.0.2:5353"},
    {BASE "waves: {a: b}\n", ":4:1:", "a mapping|expected a list"},
    {BASE "waves: [x]\n", ":4:9:", "a text|expected a mapping"},
    {BASE "waves: [{name: w, class: dev, bake: 0s}]\n", ":4:37:", "'0s'|duration|more than 0"},
    {BASE "waves: [{name: w, class: dev, bake: 24}]\n", ":4:37:", "'24'|24h"},
    {BASE "waves: [{name: w, class: dev, bake: 106751991167d}]\n",
     ":4:37:", "'106751991167d'|duration|at most 3650d"},
    {BASE "waves: [{name: w, class: dev, bake: [1h]}]\n", ":4:38:", "a list|duration"},
    {BASE "waves:\n- name: w\n  class: dev\n", ":5:3:", "'bake' is missing"},
    {BASE "waves: [{name: w, class: devv, bake: 1h}]\n", ":4:26:", "'devv'|did you mean 'dev'"},
    {BASE "waves: [{name: w, class: shared, bake: 1h}]\n", ":4:26:", "no cells|shared"},
    {BASE "waves: [{name: w, bake: 1h}]\n", ":4:16:", "neither class, labels nor cells"},
    {BASE "waves: [{name: w, class: dev, cells: [a], bake: 1h}]\n", ":4:16:", "as well as"},
    {BASE "waves: [{name: w, cells: [b], bake: 1h}]\n", ":4:27:", "no cell 'b'"},
    {BASE "waves: [{name: w, class: dev, exclude: [a], bake: 1h}]\n", ":4:26:", "no cells"},
    {BASE "waves: [{name: w, class: dev, bake: 1h}, {name: w, class: dev, bake: 1h}]\n",
     ":4:49:", "two waves|'w'"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, max_in_flight: 0}]\n", ":4:56:", "more than 0"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, max_failed: -1}]\n", ":4:53:", "whole number"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: whenever}]\n", ":4:49:", "window|Mon"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: Mon 09:00-16:00 America/New_Yorc}]\n",
     ":4:49:", "window|time zone"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, window: Mon 09:00-09:00 UTC}]\n",
     ":4:49:", "same minute"},
    {BASE "waves: [{name: w, class: dev, labels: {ring: 0}, bake: 1h}]\n",
     ":4:26:", "no cells|of class dev with all these labels"},
    {BASE "waves: [{name: w, labels: {ring: 0}, cells: [a], bake: 1h}]\n",
     ":4:16:", "cells as well as class or labels"},
    {BASE "freezes: [{from: 2026-02-30, to: 2026-03-01}]\n", ":4:18:", "from|day that there is"},
    {BASE "freezes: [{from: 2026-12-18, to: 2026-12-17}]\n", ":4:34:", "not after 2026-12-18"},
    {BASE "freezes: [{from: 2026-12-18, to: 2026-12-19, waves: [nope]}]\n",
     ":4:54:", "no wave 'nope'"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, production: 'true'}]\n",
     ":4:53:", "true or false"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, approval: {not_requester: true}}]\n",
     ":4:67:", "by: 1"},
    {BASE "metrics: {period: 45s}\n", ":4:19:", "CloudWatch|45s|whole minutes"},
    {BASE "metrics: {error_rate_unit: permille}\n", ":4:28:", "percent, fraction"},
    {BASE "gates: {no_data: pass}\n", ":4:18:", "hold, fail, ignore"},
    {BASE "gates: {off: [limits]}\n", ":4:15:", "'limits'|regression, slo or alarms|always asked"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, gates: {off: regression}}]\n",
     ":4:54:", "expected a list"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, gates: {regression: {max_ratio: 1}}}]\n",
     ":4:73:", "'1'|1.05"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, gates: {limit: {}}}]\n", ":4:49:", "limits"},
    {BASE "gates: {limits: {used: 120%}}\n", ":4:24:", "'120%'|from 0 to 100"},
    {BASE "gates: {limits: {used: nan}}\n", ":4:24:", "'nan'|percentage"},
    {BASE "gates: {regression: {max_ratio: 1}}\n", ":4:33:", "'1'|1.05 to 100"},
    {BASE "gates: {regression: {evidence: 5}}\n", ":4:32:", "'5'|odds of 10 to"},
    {BASE "gates: {regression: {metrics: [speed]}}\n", ":4:32:", "'speed'|connections"},
    {BASE "gates: {limits: {own: {queue: 5}}}\n", ":4:24:", "no metric 'queue'|metrics.own"},
    {BASE "metrics: {own: {queue: {}}}\ngates: {limits: {own: {queue: -1}}}\n",
     ":5:31:", "'-1'|number"},
    {BASE "metrics: {own: {queue: {}}}\ngates: {regression: {metrics: [queu]}}\n",
     ":5:32:", "'queu'|connections, queue"},
    {BASE "metrics: {own: {cell_error_rate: {}}}\n", ":4:17:", "'cell_error_rate'|another name"},
    {BASE "metrics: {own: {cpu: {}}}\n",
     ":4:17:", "'cpu'|another name|gates.regression.metrics|without being told"},
    {BASE "metrics: {own: {q: {stat: mean}}}\n", ":4:27:", "'mean'|Average|p0 to p100"},
    {BASE "metrics: {own: {q: {stat: p100.5}}}\n", ":4:27:", "'p100.5'|p0 to p100"},
    {BASE "metrics: {own: {q: {stat: p101}}}\n", ":4:27:", "'p101'|p0 to p100"},
    {BASE "metrics: {own: {q: {stat: p}}}\n", ":4:27:", "'p'|p0 to p100"},
    {BASE "metrics: {own: {q: {stat: iqm}}}\n", ":4:27:", "'iqm'|IQM"},
    {BASE "metrics: {own: {q: {stat: tm101}}}\n", ":4:27:", "'tm101'|tm99"},
    {BASE "metrics: {own: {q: {stat: TM(10%:101%)}}}\n", ":4:27:", "TM(10%:101%)|TM(10%:90%)"},
    {BASE "metrics: {own: {q: {stat: TM(10%:90)}}}\n", ":4:27:", "TM(10%:90)|TM(10%:90%)"},
    {BASE "metrics: {own: {q: {stat: TM(90%:10%)}}}\n", ":4:27:", "TM(90%:10%)|lower one"},
    {BASE "metrics: {own: {q: {stat: TM(:)}}}\n", ":4:27:", "TM(:)|TM(10%:90%)"},
    {BASE "metrics: {own: {q: {stat: PR(5%:95%)}}}\n", ":4:27:", "PR(5%:95%)|PR(100:2000)"},
    {BASE "metrics: {own: {q: {direction: down}}}\n", ":4:32:", "'down'|increase, decrease"},
    {BASE "metrics: {own: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}}}\n",
     ":4:73:", "9 metrics|8 at most"},
    {BASE "gates: {probe: {no_data: ignore}}\n", ":4:26:", "can't be ignored|hold or fail"},
    {BASE "gates: {data: {no_data: ignore}}\n", ":4:25:", "can't be ignored|hold or fail"},
    {BASE "gates: {controls: {class: [dr]}}\n", ":4:28:", "'dr'|dev, shared or dedicated"},
    {BASE "gates: {controls: {labels: {team: red}}}\n", ":4:29:", "take no cell|at least one"},
    {BASE "gates: {controls: {class: [shared]}}\n", ":4:28:", "take no cell|at least one"},
    {BASE "gates: {controls: {cells: [b]}}\n", ":4:28:", "no cell 'b'"},
    {BASE "waves: [{name: w, class: dev, bake: 1h, gates: {controls: {exclude: [b]}}}]\n",
     ":4:70:", "no cell 'b'"},
    {BASE "gates: {slo: {fast: -1}}\n", ":4:21:", "'-1'|number"},
    {BASE "gates: {min_requests: 1e3}\n", ":4:23:", "'1e3'|whole number"},
    {BASE "gates: {min_requests: 99999999999999999999}\n", ":4:23:", "whole number"},
    {BASE "gates: {warmup:}\n", ":4:9:", "nothing|duration"},
    {BASE "deploy: {}\n", ":4:1:", "'driver' is missing"},
    {BASE "deploy: {driver: ecs}\n", ":4:18:", "deploy.ecs"},
    {BASE "deploy: {driver: ecs, ecs: {services: {}}}\n", ":4:18:", "deploy.ecs"},
    {BASE "deploy: {driver: exec}\n", ":4:18:", "deploy.exec"},
    {BASE "deploy: {driver: ecs, ecs: {services: {api: 'image:latest'}}}\n",
     ":4:45:", "'image:latest'|{version}"},
    {BASE "  b: " CELL "deploy: {driver: ecs, ecs: {cluster: one, services: {s: 'i:{version}'}}}\n",
     ":5:38:", "'a' and 'b'|{cell}"},
    {BASE "deploy: {driver: git, git: {repo: r, file: cells.yaml}}\n", ":4:44:", "{cell}"},
    {BASE "notify: {sns_topic: ops}\n", ":4:21:", "ARN"},
    {BASE "notify: {heartbeat: {namespace: AWS/ECS}}\n", ":4:33:", "not begin with AWS/"},
    {BASE "notify: {heartbeat: {every: 60s}}\n", ":4:10:", "'namespace' is missing"},
    {BASE "journal: {store: postgres}\n", ":4:18:", "sqlite or dynamodb"},
    {BASE "journal: {store: dynamodb}\n", ":4:18:", "no table|journal.table"},
    {BASE "journal: {table: deeds}\n", ":4:18:", "on this host alone|store: dynamodb"},
    {BASE "journal: {region: us-east-1}\n", ":4:19:", "no table anywhere|store: dynamodb"},
    {BASE "journal: {store: dynamodb, table: deeds, host: bastion-1}\n",
     ":4:48:", "several hosts|either journal.host or store: dynamodb"},
    {BASE "aws: {max_usd_per_hour: 0}\n", ":4:25:", "max_usd_per_hour|a number"},
    {BASE "aws: {region: Frankfurt}\n", ":4:15:", "us-east-1"},
    {BASE "  b: {class: shared, endpoint: 'http://h'}\n",
     ":4:3:", "'residency' is missing|'max_users' is missing|no region"},
    {BASE "  b: " CELL "  b: " CELL, ":5:3:", "'b'|twice|line 4"},
    {BASE "  ../b: " CELL, ":4:3:", "'../b'|letters"},
    {BASE "  b:\n", ":4:3:", "nothing|mapping"},
    {"name: x\ncells: {}\n", ":2:1:", "none|at least one"},
    {"name: x\n", ":1:1:", "'cells' is missing"},
    {"cells:\n  a: " CELL, ":1:1:", "'name' is missing"},
    {"name:\ncells:\n  a: " CELL, ":1:1:", "name: nothing"},
    {"- a\n", ":1:3:", "a list|expected a mapping"},
    {"just text\n", ":1:1:", "a text|expected a mapping"},
    {"", ":1:1:", "nothing"},
    {"# only this\n\n", ":1:1:", "nothing"},
    {"name: [1\n", ":2:1:", "not YAML"},
    {"a: 1\n b: 2\n", ":1:4:", "not YAML"},
    {BASE "? [a]\n: b\n", ":4:4:", "key|a list"},
    {BASE "---\nname: y\n", ":5:1:", "second YAML document"},
    {BASE "gates: {warmup: &w 3m, deadline: *w}\n", ":4:34:", "alias"},
    {BASE "notify: {command: [\"a\\0b\"]}\n", ":4:20:", "NUL"},
};

static const char cell_start[] =
    "name: x\ncells:\n  a: " CELL "  b: {residency: US, region: us-east-1, ";

static const struct bad bad_cells[] = {
    {"class: big, ", ":4:48:", "'big'|dev, shared, dedicated, dr"},
    {"class: dev, max_users: 0, ", ":4:64:", "max_users|more than 0"},
    {"class: dev, max_users: ten, ", ":4:64:", "'ten'|whole number"},
    {"class: dev, backups: [a, c], ", ":4:66:", "no cell 'c'"},
    {"class: dev, backups: [b], ", ":4:63:", "names itself"},
    {"class: dev, stands_by_for: a, ", ":4:68:", "dr cell only"},
    {"class: dr, stands_by_for: aa, ", ":4:67:", "no cell 'aa'|did you mean 'a'"},
    {"class: dr, stands_by_for: b, ", ":4:67:", "dr cell itself"},
    {"class: dr, ", ":4:3:", "stands by for no cell"},
    {"class: dev, account: 12, ", ":4:62:", "12 digits"},
    {"class: dev, sla: 101%, ", ":4:58:", "from 0 to 100"},
    {"class: dev, cost_per_month: -5, ", ":4:69:", "a number"},
    {"class: dev, labels: [a], ", ":4:62:", "a mapping"},
};

static void expect_refusal(const struct bad *bad, const char *text)
{
    g_autofree char *message = refusal(text, -1);
    g_autofree char *place = g_strconcat("celldeck.yaml", bad->place, " ", NULL);
    cr_expect(strstr(message, place), "%s\nshould be at %s but says:\n%s", text, bad->place,
              message);
    g_auto(GStrv) words = g_strsplit(bad->words, "|", -1);
    for (char **word = words; *word; word++)
        cr_expect(strstr(message, *word), "%s\nshould say %s but says:\n%s", text, *word, message);
}

Test(config_faults, each_fault_is_told_with_its_place_and_what_was_expected)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_files); i++)
        expect_refusal(&bad_files[i], bad_files[i].text);
}

Test(config_faults, each_fault_of_a_cell_is_told_with_its_place_and_what_was_expected)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cells); i++) {
        g_autofree char *text =
            g_strconcat(cell_start, bad_cells[i].text, "endpoint: 'http://h'}\n", NULL);
        expect_refusal(&bad_cells[i], text);
    }
}

Test(config_faults, an_endpoint_is_a_url_that_a_path_can_be_appended_to_and_holds_no_password)
{
    const char *const bad[] = {"ftp://h",        "h.example.com", "https://",    "https://u:p@h",
                               "https://h/?a=b", "https://h/#x",  "https://h h/"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text =
            g_strdup_printf("%sclass: dev, endpoint: '%s'}\n", cell_start, bad[i]);
        const struct bad expected = {NULL, ":4:63:", "endpoint"};
        expect_refusal(&expected, text);
    }
}

Test(config_faults, all_faults_are_told_at_once_in_the_order_of_the_file)
{
    g_autofree char *message =
        refusal("nam: x\ncells:\n  a: {class: dve}\nwaves:\n- {bake: 0s}\n", -1);
    const char *const order[] = {":1:1: 'name' is missing",
                                 ":1:1: unknown key 'nam'",
                                 ":3:3: 'residency'",
                                 ":3:3: 'endpoint'",
                                 ":3:14: class: 'dve'",
                                 ":5:4: 'name'",
                                 ":5:10: bake"};
    const char *from = message;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const char *at = strstr(from, order[i]);
        cr_assert(at || (at = strstr(message, order[i])), "%s is not in:\n%s", order[i], message);
        cr_expect(i < 2 || at >= from, "%s comes too early in:\n%s", order[i], message);
        from = at;
    }
}

Test(config_faults, the_line_is_shown_with_a_caret_under_the_spot)
{
    g_autofree char *message = refusal(BASE "gates: {warmup: soon}\r\n", -1);
    cr_expect_str_eq(message, "celldeck.yaml:4:17: warmup: 'soon', expected a duration such as "
                              "90s, 15m, 24h or 7d, at most 3650d\n"
                              "    gates: {warmup: soon}\n"
                              "                    ^");
}

Test(config_faults, hostile_text_of_the_file_is_escaped_and_the_caret_still_fits)
{
    g_autofree char *message = refusal(BASE "\"\\e[2J\xe2\x80\xae\": 1 # 東\x7f\n", -1);
    cr_expect(!strpbrk(message, "\x1b\x7f") && !strstr(message, "\xe2\x80\xae"), "%s", message);
    cr_expect(strstr(message, ":4:1: unknown key '\\x1b[2J\\u202e'"), "%s", message);
    g_autofree char *wide = refusal(BASE "gates: {\"東京\": 1, warmup: x}\n", -1);
    cr_expect(strstr(wide, "\n    gates: {\"東京\": 1, warmup: x}\n"
                           "                               ^"),
              "%s", wide);
}

Test(config_faults, a_long_line_is_cut_around_the_spot)
{
    g_autofree char *blanks = g_strnfill(5000, ' ');
    g_autofree char *text = g_strconcat(BASE "gates: {", blanks, "warmup: x,", blanks, "}\n", NULL);
    g_autofree char *message = refusal(text, -1);
    cr_expect_lt(strlen(message), 400);
    cr_expect(strstr(message, ":4:5017:"), "%s", message);
}

Test(config_faults, more_faults_than_anybody_reads_are_counted)
{
    g_autoptr(GString) text = g_string_new(BASE);
    for (int i = 0; i < 70; i++)
        g_string_append_printf(text, "unknown%d: 1\n", i);
    g_autofree char *message = refusal(text->str, -1);
    cr_expect(g_str_has_suffix(message, "... and 20 more"), "%s", message);
}

Test(config_faults, bytes_that_are_no_text_are_refused_with_their_place)
{
    g_autofree char *bad = refusal("name: x\nab\xff: 1\n", -1);
    cr_expect(strstr(bad, ":2:3: byte 0xff is not UTF-8"), "%s", bad);
    g_autofree char *nul = refusal("name: x\0y\n", 10);
    cr_expect(strstr(nul, ":1:8: byte 0x00"), "%s", nul);
}

Test(config_faults, what_is_no_small_file_is_refused_and_named)
{
    g_autofree char *large = g_strnfill(10 * 1024 * 1024, '#');
    g_autofree char *message = refusal(large, -1);
    cr_expect(strstr(message, "larger than 1 MiB"), "%s", message);
    const char *const odd[] = {folder, "/nonexistent/celldeck.yaml", "/dev/zero"};
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect(!config_load(odd[i], &error));
        cr_assert(g_error_matches(error, CD_ERROR, CD_ERROR_USAGE));
        cr_expect(strstr(error->message, odd[i]), "%s", error->message);
    }
}

Test(config_faults, bombs_of_aliases_and_of_nesting_are_refused)
{
    g_autoptr(GString) bomb = g_string_new(BASE "notify: &a0 {command: [x]}\n");
    for (int i = 1; i < 40; i++)
        g_string_append_printf(bomb, "k%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1);
    g_autofree char *aliases = refusal(bomb->str, -1);
    cr_expect(strstr(aliases, "unknown key 'k1'"), "%s", aliases);
    g_autofree char *brackets = g_strnfill(100000, '[');
    g_autofree char *deep = g_strconcat(BASE "notify: {command: ", brackets, NULL);
    g_autofree char *nesting = refusal(deep, -1);
    cr_expect(strstr(nesting, "not YAML"), "%s", nesting);
}

/* Either a configuration or a refusal, and the sanitizers have nothing to say. */
static void expect_an_answer(void)
{
    g_autoptr(GError) error = NULL;
    OWN(config) config = config_load(file, &error);
    cr_assert((config != NULL) != (error != NULL));
}

Test(config_faults, the_example_cut_off_at_any_byte_gives_an_answer)
{
    g_autofree char *text = NULL;
    gsize length;
    cr_assert(g_file_get_contents(EXAMPLE, &text, &length, NULL));
    cr_assert(g_file_set_contents(file, text, (gssize)length, NULL));
    for (gsize cut = length; cut-- > 0;) {
        cr_assert_eq(truncate(file, (off_t)cut), 0);
        expect_an_answer();
    }
}

Test(config_faults, the_example_with_any_byte_changed_gives_an_answer)
{
    static const char changes[] = "\n{}[]:,*&'\"%-#\xff\t ";
    g_autofree char *text = NULL;
    gsize length;
    cr_assert(g_file_get_contents(EXAMPLE, &text, &length, NULL));
    cr_assert(g_file_set_contents(file, text, (gssize)length, NULL));
    int fd = open(file, O_WRONLY | O_CLOEXEC, 0);
    for (gsize i = 0; i < length; i++) {
        cr_assert_eq(pwrite(fd, &changes[i % (sizeof changes - 1)], 1, (off_t)i), 1);
        expect_an_answer();
        cr_assert_eq(pwrite(fd, &text[i], 1, (off_t)i), 1);
    }
    close(fd);
}
