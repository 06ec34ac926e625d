/* Reports of the mouse among the keys: what is one, and that none ever is a key. */
#include "tui/console/pointer.h"
#include "tui/console/canvas.h"
#include "tui/console/keys.h"
#include "tui/console/list.h"

#include <criterion/criterion.h>
#include <string.h>

/* What came of typing: keys as letters, reports as "<click 4,11>". */
struct hand {
    struct pointer_reader reader;
    gint64 now_ms;
    GString *out;
};

static struct hand hand_new(void)
{
    return (struct hand){.now_ms = 1000, .out = g_string_new(NULL)};
}

static void take(struct hand *hand, guint32 key, guint32 next)
{
    static const char *const words[] = {
        [POINTER_CLICK] = "click", [POINTER_WHEEL_UP] = "up", [POINTER_WHEEL_DOWN] = "down"};
    struct pointer pointer = {0};
    switch (pointer_take(&hand->reader, key, next, hand->now_ms, &pointer)) {
    case POINTER_IS_KEY:
        g_string_append_c(hand->out, key == KEY_CODE_ESCAPE ? '^' : key < 0x80 ? (char)key : '?');
        break;
    case POINTER_UNKNOWN:
        g_string_append(hand->out, "<unknown>");
        break;
    case POINTER_COMPLETE:
        g_string_append_printf(hand->out, "<%s %d,%d>", words[pointer.what], pointer.row,
                               pointer.col);
        break;
    case POINTER_TAKEN:
        break;
    }
}

static guint32 key_of(char c)
{
    return c == '^'   ? KEY_CODE_ESCAPE
           : c == '{' ? KEY_CODE_POINTER
           : c == '}' ? KEY_CODE_POINTER_FIRST
           : c == 8   ? KEY_CODE_BACKSPACE
                      : (guint32)c;
}

/* In one piece. `^` is Esc, `{` "ESC [ <" and `}` "ESC [ M" as ncurses tells them. */
static void type(struct hand *hand, const char *text)
{
    for (; *text; text++)
        take(hand, key_of(*text), text[1] ? key_of(text[1]) : KEY_CODE_NONE);
}

/* What has come since the last time. */
static char *came(struct hand *hand)
{
    char *text = g_string_free(hand->out, FALSE);
    hand->out = g_string_new(NULL);
    return text;
}

#define EXPECT(hand, expected)                                                                     \
    do {                                                                                           \
        g_autofree char *got = came(&(hand));                                                      \
        cr_expect_str_eq(got, expected);                                                           \
    } while (0)

static void let_go(struct hand *hand)
{
    g_string_free(hand->out, TRUE);
}

Test(pointer, a_click_is_reported_where_it_was)
{
    struct hand hand = hand_new();
    type(&hand, "j{0;12;5Mk");
    EXPECT(hand, "j<click 4,11>k");
    type(&hand, "{0;300;100M");
    EXPECT(hand, "<click 99,299>");
    type(&hand, "} !%");
    EXPECT(hand, "<click 4,0>");
    let_go(&hand);
}

Test(pointer, the_wheel_turns_up_and_down)
{
    struct hand hand = hand_new();
    type(&hand, "{64;1;1M{65;2;1M}`!!}a!!");
    EXPECT(hand, "<up 0,0><down 0,1><up 0,0><down 0,0>");
    let_go(&hand);
}

Test(pointer, what_nobody_asked_for_is_taken_without_effect)
{
    struct hand hand = hand_new();
    type(&hand, "{0;12;5m");   /* let go */
    type(&hand, "{2;12;5M");   /* the right button */
    type(&hand, "{16;12;5M");  /* with Ctrl */
    type(&hand, "{32;12;5M");  /* moved */
    type(&hand, "{66;12;5M");  /* a wheel to the side */
    type(&hand, "{128;12;5M"); /* a button further back */
    type(&hand, "}#!!");       /* let go, in the first form */
    EXPECT(hand, "");
    let_go(&hand);
}

Test(pointer, a_report_in_pieces_is_one_wherever_it_is_cut)
{
    static const char report[] = "{0;12;5M";
    for (size_t at = 1; at < strlen(report); at++) {
        struct hand hand = hand_new();
        g_autofree char *first = g_strndup(report, at);
        type(&hand, first);
        hand.now_ms += 1500;
        type(&hand, report + at);
        EXPECT(hand, "<click 4,11>");
        let_go(&hand);
    }
}

Test(pointer, a_report_cut_within_what_it_begins_with_is_one)
{
    struct hand hand = hand_new();
    type(&hand, "^["); /* so ncurses tells it, having waited */
    hand.now_ms += 300;
    type(&hand, "<0;12;5M");
    EXPECT(hand, "<click 4,11>");
    type(&hand, "^[");
    type(&hand, "M !%");
    EXPECT(hand, "<click 4,0>");
    let_go(&hand);
}

Test(pointer, of_a_report_cut_after_its_esc_only_that_is_a_key)
{
    struct hand hand = hand_new();
    type(&hand, "^");
    hand.now_ms += 100;
    type(&hand, "[");
    hand.now_ms += 100;
    type(&hand, "<0;12;5M");
    EXPECT(hand, "^<click 4,11>");
    let_go(&hand);
}

Test(pointer, a_broken_report_is_no_key)
{
    static const char *const broken[] = {
        "{0;12M",      "{;;M",     "{0;12;5;7M",   "{0;12xM",
        "{ 0;1;1M",    "{0;-1;1M", "{qqq;1;1M",    "{M",
        "{12345;1;1M", "{0;0;0M",  "{0;1;1;1;1;m", "{9999999999999999999999999;1;1M"};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        struct hand hand = hand_new();
        type(&hand, broken[i]);
        EXPECT(hand, "");
        type(&hand, "{0;2;1M");
        EXPECT(hand, "<click 0,1>");
        let_go(&hand);
    }
}

Test(pointer, a_report_without_an_end_takes_no_key_for_long)
{
    struct hand hand = hand_new();
    type(&hand, "{0;12");
    hand.now_ms += 2000;
    type(&hand, "2j");
    EXPECT(hand, "2j");
    let_go(&hand);
}

Test(pointer, esc_and_ctrl_c_are_keys_at_any_time)
{
    struct hand hand = hand_new();
    type(&hand, "{0;12^j");
    EXPECT(hand, "^j");
    type(&hand, "{0;12\003");
    EXPECT(hand, "\003");
    type(&hand, "^[1\003");
    EXPECT(hand, "\003");
    let_go(&hand);
}

Test(pointer, column_95_of_the_first_form_is_no_backspace)
{
    struct hand hand = hand_new();
    type(&hand, "} \010!");
    EXPECT(hand, "<click 0,94>");
    let_go(&hand);
}

Test(pointer, a_function_key_that_nobody_knows_is_one_key)
{
    struct hand hand = hand_new();
    type(&hand, "^[1;5Aj");
    EXPECT(hand, "<unknown>j");
    let_go(&hand);
}

Test(pointer, ways_back_that_people_type_are_keys)
{
    struct hand hand = hand_new();
    type(&hand, "^");
    hand.now_ms += 200;
    type(&hand, "[");
    EXPECT(hand, "^[");
    type(&hand, "[[");
    EXPECT(hand, "[[");
    let_go(&hand);
}

Test(hotspots, a_part_of_a_row_stands_for_what_was_said)
{
    struct canvas *canvas = canvas_new(3, 20, false);
    char id[] = "cell-2";
    canvas_text(canvas, 1, 0, 20, ROLE_NORMAL, "cell-2 healthy");
    canvas_hotspot(canvas, 1, 0, 14, &(struct hotspot){HOTSPOT_ROW, 4, id});
    memset(id, 'x', 4);
    const struct hotspot *found = canvas_hotspot_at(canvas, 1, 13);
    cr_assert(found);
    cr_expect(found->kind == HOTSPOT_ROW && found->which == 4);
    cr_expect_str_eq(found->id, "cell-2", "the id is a copy");
    cr_expect_null(canvas_hotspot_at(canvas, 1, 14));
    cr_expect_null(canvas_hotspot_at(canvas, 0, 0));
    cr_expect_null(canvas_hotspot_at(canvas, 3, 0));
    cr_expect_null(canvas_hotspot_at(canvas, 1, -1));
    canvas_clear(canvas);
    cr_expect_null(canvas_hotspot_at(canvas, 1, 13));
    canvas_free(canvas);
}

Test(hotspots, what_is_drawn_over_one_takes_it_away)
{
    struct canvas *canvas = canvas_new(2, 20, false);
    canvas_hotspot(canvas, 0, 0, 20, &(struct hotspot){HOTSPOT_REQUEST, 7, NULL});
    canvas_text(canvas, 0, 2, 3, ROLE_WARN, "漢x");
    cr_expect(canvas_hotspot_at(canvas, 0, 1) && canvas_hotspot_at(canvas, 0, 5));
    for (int col = 2; col < 5; col++)
        cr_expect_null(canvas_hotspot_at(canvas, 0, col));
    struct canvas *part = canvas_new(1, 2, false);
    canvas_hotspot(part, 0, 0, 2, &(struct hotspot){HOTSPOT_ROW, 0, "a"});
    canvas_paste(canvas, 0, 8, part);
    cr_expect_null(canvas_hotspot_at(canvas, 0, 8), "nor is it another canvas's");
    canvas_free(part);
    canvas_free(canvas);
}

static void scrolled(int by, int top, int index)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    struct list list;
    list_init(&list);
    GPtrArray *rows = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        g_ptr_array_add(rows, (gpointer)ids[i]);
    list_set(&list, rows);
    list_fit(&list, 3);
    list_move(&list, 2);
    list_scroll(&list, by);
    cr_expect_eq(list.top, top);
    cr_expect_eq(list.index, index);
    cr_expect_str_eq(list.selected, ids[index]);
    list_release(&list);
}

Test(hotspots, scrolling_takes_the_selection_along_only_at_the_edge)
{
    scrolled(1, 1, 2);
    scrolled(2, 2, 2);
    scrolled(3, 3, 3);
    scrolled(9, 3, 3);
    scrolled(-1, 0, 2);
}
