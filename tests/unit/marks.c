/* Words and numbers in the forms that every screen has them in. */
#include "tui/views/marks.h"
#include "data/base/when.h"
#include "tui/views/frame.h"

#include <criterion/criterion.h>

static gint64 at(const char *text)
{
    gint64 at_ms = 0;
    cr_assert(when_parse(text, &at_ms), "%s", text);
    return at_ms;
}

static void expect_time(const char *of, const char *expected, const char *to_the_second)
{
    gint64 now_ms = at("2026-11-23T12:04:31Z");
    g_autofree char *time = mark_time(at(of), now_ms);
    g_autofree char *moment = mark_moment(at(of), now_ms);
    cr_expect_str_eq(time, expected);
    cr_expect_str_eq(moment, to_the_second);
}

Test(marks, a_time_has_its_day_where_that_is_not_today_and_its_year_where_it_could_be_another)
{
    expect_time("2026-11-23T11:50:20Z", "11:50", "11:50:20");
    expect_time("2026-11-22T11:50:20Z", "Nov 22 11:50", "Nov 22 11:50");
    expect_time("2026-02-01T11:50:20Z", "Feb 01 11:50", "Feb 01 11:50");
    expect_time("2025-11-23T11:50:20Z", "2025-11-23", "2025-11-23");
    expect_time("2028-01-01T00:00:00Z", "2028-01-01", "2028-01-01");
}

Test(marks, a_log_tells_the_day_of_what_is_not_of_today)
{
    char stream[] = "r1", actor[] = "alice", type[] = "resume";
    struct event of_today = {.stream = stream, .actor = actor, .type = type};
    struct event older = of_today;
    of_today.at_ms = at("2026-11-23T11:50:20Z");
    older.at_ms = at("2026-11-21T11:50:20Z");
    g_autoptr(GPtrArray) newest_first = g_ptr_array_new();
    g_ptr_array_add(newest_first, &of_today);
    g_ptr_array_add(newest_first, &older);
    struct canvas *canvas = canvas_new(2, 80, false);
    frame_log(canvas, &(struct area){0, 0, 2, 80}, newest_first, at("2026-11-23T12:04:31Z"), true);
    g_autofree char *above = canvas_row(canvas, 0), *below = canvas_row(canvas, 1);
    cr_expect(g_str_has_prefix(above, "Nov 21 11:50 r1"), "%s", above);
    cr_expect(g_str_has_prefix(below, "11:50:20 r1"), "%s", below);
    canvas_free(canvas);
}
