#include "data/base/error.h"
#include "data/base/own.h"
#include "data/base/siphash.h"
#include "data/base/text.h"
#include "data/base/when.h"

#include <criterion/criterion.h>

static void expect_clean(const char *from, const char *to)
{
    g_autofree char *clean = text_clean(from);
    cr_expect_str_eq(clean, to);
}

Test(text, nothing_that_steers_a_terminal_or_misleads_an_eye_survives_cleaning)
{
    expect_clean("\x1b[2J\x1b]0;x\x07", "\\x1b[2J\\x1b]0;x\\x07");
    expect_clean("a\u202eb\u200bc", "a\\u202eb\\u200bc");
    expect_clean("\xc2\x9b"
                 "31m",
                 "\\x9b31m");
    expect_clean("\xff\xc3", "\\xff\\xc3");
    expect_clean("tab\tnew\n\x7f", "tab\\x09new\\x0a\\x7f");
    expect_clean("Universitätsspital 東京", "Universitätsspital 東京");
    expect_clean("plain \x1b[31m then not", "plain \\x1b[31m then not");
    expect_clean("all plain ~", "all plain ~");
    expect_clean(NULL, "");
}

Test(text, fit_fills_exactly_the_columns_asked_for)
{
    struct {
        const char *in, *out;
        bool right;
    } cases[] = {{"abc", "abc  ", false},     {"abc", "  abc", true},
                 {"abcdef", "abcd…", false},  {"東京都", "東京…", false},
                 {"東京都x", "東京…", false}, {"", "     ", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fitted = text_fit(cases[i].in, 5, cases[i].right, false);
        cr_expect_str_eq(fitted, cases[i].out);
        cr_expect_eq(text_width(fitted), 5);
    }
}

Test(text, width_counts_columns_wherever_plain_text_ends)
{
    struct {
        const char *in;
        int width;
    } cases[] = {{"", 0},        {"cell-0-dev ~", 12}, {"東京", 4},       {"cell 東京 x", 11},
                 {"e\u0301", 1}, {"née", 3},           {"…", 1},          {"x東", 3},
                 {"é", 1},       {"ab\u0301c", 3},     {"~\U0001f600", 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        cr_expect_eq(text_width(cases[i].in), cases[i].width, "%s", cases[i].in);
}

Test(text, counts_have_thousands_separators)
{
    struct {
        gint64 n;
        const char *out;
    } cases[] = {{0, "0"},          {999, "999"},  {4011, "4,011"}, {1234567, "1,234,567"},
                 {-4011, "-4,011"}, {-411, "-411"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *out = text_count(cases[i].n);
        cr_expect_str_eq(out, cases[i].out);
    }
}

Test(text, the_nearest_word_is_offered_only_when_it_is_near)
{
    const char *const keys[] = {"endpoint", "region", "residency", NULL};
    cr_expect_str_eq(text_nearest("endpiont", keys), "endpoint");
    cr_expect(text_nearest("colour", keys) == NULL);
}

Test(text, json_is_ascii_and_takes_any_bytes)
{
    OWN_JSON json = text_json("\xff\x1b\u202e");
    g_autofree char *dump = text_json_dump(json, false);
    cr_expect_str_eq(dump, "\"\\uFFFD\\u001B\\u202E\"");
}

Test(when, durations_are_one_number_and_one_unit)
{
    gint64 ms = -1;
    cr_expect(duration_parse("90s", &ms) && ms == 90000);
    cr_expect(duration_parse("7d", &ms) && ms == 7 * WHEN_DAY);
    const char *bad[] = {
        "", "s", "90", "-1s", "1.5h", "1h30m", "9 s", "9w", "99999999999999999999d"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect(!duration_parse(bad[i], &ms), "%s", bad[i]);
}

Test(when, moments_go_to_rfc_3339_and_back)
{
    g_autofree char *text = when_rfc3339(1764206159250);
    cr_expect_str_eq(text, "2025-11-27T01:15:59.250Z");
    gint64 ms = 0;
    cr_expect(when_parse(text, &ms) && ms == 1764206159250);
    cr_expect(!when_parse("yesterday", &ms));
}

Test(error, the_exit_code_is_the_errors_code)
{
    g_autoptr(GError) refused = g_error_new(CD_ERROR, CD_ERROR_REFUSED, "no");
    g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, 17, "no");
    cr_expect_eq(cd_error_exit_code(refused), 5);
    cr_expect_eq(cd_error_exit_code(foreign), 1);
    cr_expect_eq(cd_error_exit_code(NULL), 0);
}

Test(siphash, it_is_that_of_the_reference)
{
    /* vectors_sip128 of github.com/veorq/SipHash: key 00 01 ... 0f, text 00 01 ... */
    static const struct {
        size_t size;
        struct siphash hash;
    } vectors[] = {
        {0, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
        {1, {0x44af996bd8c187da, 0x45fc229b11597634}},
        {2, {0xc75da4a48d227781, 0xe4ff0af6de8ba3fc}},
        {7, {0x53c1dbd8beebf1a1, 0x3982f01fa64ab8c0}},
        {8, {0x61f55862baa9623b, 0xb49714f364e2830f}},
        {15, {0x11a8b03399e99354, 0xd9c3cf970fec087e}},
        {63, {0x4a83502f77d15051, 0x7cbd3f979a063e50}},
    };
    unsigned char text[64];
    struct siphash_key key;
    for (unsigned char i = 0; i < sizeof text; i++)
        text[i] = i;
    key.k0 = 0x0706050403020100;
    key.k1 = 0x0f0e0d0c0b0a0908;
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        struct siphash hash = siphash(&key, text, vectors[i].size);
        cr_expect_eq(hash.low, vectors[i].hash.low, "%zu bytes", vectors[i].size);
        cr_expect_eq(hash.high, vectors[i].hash.high, "%zu bytes", vectors[i].size);
    }
}

Test(siphash, another_key_gives_another_hash)
{
    struct siphash_key one = siphash_key_new(), other = siphash_key_new();
    cr_expect_neq(siphash(&one, "cell-0", 6).low, siphash(&other, "cell-0", 6).low);
}

Test(text, figures_are_read_in_full_where_they_are_large_and_counts_agree_with_their_noun)
{
    const struct {
        double figure;
        const char *text;
    } cases[] = {{0.03125, "0.0312"},
                 {7.654, "7.65"},
                 {999.4, "999"},
                 {999.7, "1,000"},
                 {12345.6, "12,346"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = text_figure(cases[i].figure);
        cr_expect_str_eq(text, cases[i].text);
    }
    g_autofree char *one = text_counted(1, "request"), *many = text_counted(4011, "request");
    cr_expect_str_eq(one, "1 request");
    cr_expect_str_eq(many, "4,011 requests");
}
