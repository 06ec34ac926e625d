/* The question before something is done: what it shows, what it takes, and what it never does. */
#include "tui/console/dialog.h"
#include "tui/console/keys.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_row(const struct canvas *canvas, int row, const char *text)
{
    g_autofree char *seen = canvas_row(canvas, row);
    cr_expect_str_eq(seen, text);
}

static enum dialog_result type_all(struct dialog *dialog, const char *text)
{
    for (const char *p = text; *p; p++)
        dialog_key(dialog, (guint32)*p);
    return dialog_key(dialog, KEY_CODE_ENTER);
}

Test(dialog, keys_of_its_owners_come_back_to_them_and_what_was_typed_can_go_on_to_another_dialog)
{
    static const struct dialog_ask two[] = {{.name = "Reason", .note = "kept"},
                                            {.name = "Ticket", .note = "kept", .optional = true},
                                            {NULL}};
    static const guint32 keys[] = {'T' - '@', 0};
    struct dialog *dialog = dialog_new("Start", g_ptr_array_new(), two, "5.0.3");
    dialog->keys = keys;
    type_all(dialog, "because");
    dialog_key(dialog, '7');
    cr_expect_eq(dialog_key(dialog, 'T' - '@'), DIALOG_PRESSED);
    cr_expect_eq(dialog->pressed, 'T' - '@');
    cr_expect_str_eq(dialog_typed(dialog, "Reason"), "because");
    cr_expect_str_eq(dialog_typed(dialog, "Ticket"), "7", "as far as it was typed");
    cr_expect_null(dialog_typed(dialog, "Bake"));
    dialog->waits = true;
    cr_expect_eq(dialog_key(dialog, 'T' - '@'), DIALOG_OPEN, "no key counts while it waits");
    struct dialog *next = dialog_new("Start", g_ptr_array_new(), two, "5.0.3");
    dialog_prefill(next, "Reason", dialog_typed(dialog, "Reason"));
    dialog_prefill(next, "Ticket", dialog_typed(dialog, "Ticket"));
    cr_expect_null(dialog_text(next, 0), "it is still to be confirmed");
    type_all(next, "");
    type_all(next, "");
    cr_expect_str_eq(dialog_text(next, 0), "because");
    cr_expect_str_eq(dialog_text(next, 1), "7");
    cr_expect_eq(type_all(next, "5.0.3"), DIALOG_CONFIRMED);
    dialog_free(dialog);
    dialog_free(next);
}

Test(dialog, only_the_very_word_confirms)
{
    struct dialog *dialog = dialog_new("Abort", g_ptr_array_new(), NULL, "5.0.3");
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN);
    cr_expect_eq(type_all(dialog, "5.0"), DIALOG_OPEN);
    cr_expect_eq(type_all(dialog, ".3"), DIALOG_CONFIRMED);
    cr_expect_eq(dialog_key(dialog, KEY_CODE_ESCAPE), DIALOG_CANCELLED);
    dialog_free(dialog);
}

static char *no_x(const char *text, gconstpointer about)
{
    (void)about;
    return strchr(text, 'x') ? g_strdup("no x, please") : NULL;
}

static const struct dialog_ask asks[] = {
    {.name = "Reason", .note = "kept"},
    {.name = "Ticket", .note = "kept", .optional = true, .wrong = no_x},
    {NULL},
};

Test(dialog, a_text_that_is_asked_for_comes_before_the_word_and_must_not_be_empty)
{
    struct dialog *dialog = dialog_new("Abort", g_ptr_array_new(), asks, "5.0.3");
    cr_expect_eq(type_all(dialog, "  "), DIALOG_OPEN);
    cr_expect_null(dialog_text(dialog, 0));
    cr_expect_not_null(strstr(dialog->wrong, "reason is needed"));
    cr_expect_eq(type_all(dialog, "5.0.3"), DIALOG_OPEN, "typed where the reason belongs");
    cr_expect_str_eq(dialog_text(dialog, 0), "5.0.3");
    dialog_key(dialog, KEY_CODE_BACKSPACE);
    cr_expect_null(dialog_text(dialog, 0), "Backspace goes back to the text");
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN);
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN, "a ticket may be left out");
    cr_expect_null(dialog_text(dialog, 1));
    cr_expect_eq(type_all(dialog, "5.0.3"), DIALOG_CONFIRMED);
    dialog_free(dialog);
}

Test(dialog, a_text_that_will_not_do_says_why_and_is_not_taken)
{
    struct dialog *dialog = dialog_new("Abort", g_ptr_array_new(), asks, "5.0.3");
    type_all(dialog, "because");
    cr_expect_eq(type_all(dialog, "x-7"), DIALOG_OPEN);
    cr_expect_str_eq(dialog->wrong, "no x, please");
    cr_expect_null(dialog_text(dialog, 1));
    dialog_free(dialog);
}

Test(dialog, what_has_changed_takes_the_word_back_and_wants_the_texts_confirmed)
{
    struct dialog *dialog = dialog_new("Abort", g_ptr_array_new(), asks, "5.0.3");
    type_all(dialog, "because");
    type_all(dialog, "CHG-7");
    for (const char *c = "5.0."; *c; c++)
        dialog_key(dialog, (guint32)*c);
    dialog_change(dialog, g_ptr_array_new());
    cr_expect_not_null(strstr(dialog->wrong, "has changed"));
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN, "Enter confirms the reason that stands there");
    cr_expect_str_eq(dialog_text(dialog, 0), "because");
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN);
    cr_expect_str_eq(dialog_text(dialog, 1), "CHG-7");
    cr_expect_eq(type_all(dialog, "3"), DIALOG_OPEN, "the word begins anew");
    cr_expect_eq(type_all(dialog, ""), DIALOG_OPEN);
    dialog_free(dialog);
}

Test(dialog, while_it_waits_it_takes_no_key_but_esc)
{
    struct dialog *dialog = dialog_new("Start", g_ptr_array_new(), NULL, "5.0.3");
    dialog->waits = true;
    cr_expect_eq(type_all(dialog, "5.0.3"), DIALOG_OPEN);
    cr_expect_str_eq(dialog->prompt.text->str, "");
    cr_expect_eq(dialog_key(dialog, KEY_CODE_ESCAPE), DIALOG_CANCELLED);
    dialog_free(dialog);
}

Test(dialog, while_something_is_under_way_enter_does_not_leave_it)
{
    struct dialog *dialog = dialog_new("Plan", g_ptr_array_new(), NULL, NULL);
    dialog->busy = true;
    cr_expect_eq(type_all(dialog, "because"), DIALOG_OPEN);
    cr_expect_eq(dialog_key(dialog, KEY_CODE_ESCAPE), DIALOG_CANCELLED);
    dialog_free(dialog);
}

Test(dialog, without_a_word_nothing_can_be_confirmed)
{
    struct dialog *dialog = dialog_new("Refused", g_ptr_array_new(), NULL, NULL);
    cr_expect_eq(type_all(dialog, "5.0.3"), DIALOG_CANCELLED);
    dialog_free(dialog);
}

Test(dialog, where_nothing_of_what_will_happen_has_room_no_word_does_it)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lines, g_strdup("Blast radius: 1 cell"));
    struct dialog *dialog = dialog_new("Abort r1", lines, NULL, "5.0.3");
    struct canvas *small = canvas_new(3, 10, false), *large = canvas_new(10, 40, false);
    for (const char *at = "5.0.3"; *at; at++)
        dialog_key(dialog, (guint32)*at);
    struct area cursor = dialog_draw(dialog, small);
    cr_expect_lt(cursor.row, 0);
    cr_expect_eq(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_OPEN);
    dialog_draw(dialog, large);
    cr_expect_eq(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_CONFIRMED, "once it has been shown");
    canvas_free(small);
    canvas_free(large);
    dialog_free(dialog);
}

Test(dialog, long_lines_are_broken_and_the_question_never_gives_way)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lines, g_strdup("one two three four five six seven eight nine ten eleven"));
    for (int i = 0; i < 20; i++)
        g_ptr_array_add(lines, g_strdup("another line"));
    struct dialog *dialog = dialog_new("Start", lines, NULL, "5.0.3");
    struct canvas *canvas = canvas_new(10, 40, false);
    struct area cursor = dialog_draw(dialog, canvas);
    expect_row(canvas, 1, "│ one two three four five six seven    │");
    expect_row(canvas, 2, "│   eight nine ten eleven              │");
    cr_expect_eq(cursor.row, 8);
    g_autofree char *question = canvas_row(canvas, 7);
    cr_expect_not_null(strstr(question, "Type 5.0.3"));
    dialog_key(dialog, KEY_CODE_DOWN);
    dialog_draw(dialog, canvas);
    expect_row(canvas, 1, "│   eight nine ten eleven              │");
    canvas_free(canvas);
    dialog_free(dialog);
}
