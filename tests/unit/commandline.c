#include "tui/views/commandline.h"

#include "tests/unit/small_fleet.h"

#include <criterion/criterion.h>
#include <string.h>

static struct deck *fleet_deck(void)
{
    OWN(config) config = small_fleet(NULL);
    return deck_new(config, NULL);
}

Test(commandline, only_what_exists_is_opened_and_the_nearest_is_offered)
{
    OWN(deck) deck = fleet_deck();
    struct command_line command;
    g_autoptr(GError) error = NULL;
    cr_assert(command_line_parse(deck, " cell  cell-1 ", &command, NULL));
    cr_expect_eq(command.view, VIEW_CELL);
    cr_expect_str_eq(command.subject, "cell-1");
    command_line_clear(&command);
    cr_assert(command_line_parse(deck, "tenants st lukes", &command, NULL));
    cr_expect_str_eq(command.filter, "st lukes");
    command_line_clear(&command);
    cr_assert(command_line_parse(deck, "quit", &command, NULL));
    cr_expect_eq(command.kind, COMMAND_QUIT);
    cr_expect_not(command_line_parse(deck, "cell cell-9", &command, &error));
    cr_expect_not_null(strstr(error->message, "cell-1"));
}

Test(commandline, what_is_lacking_or_too_much_is_named)
{
    OWN(deck) deck = fleet_deck();
    static const struct {
        const char *typed, *said;
    } cases[] = {{"cell", ":cell takes the id of a cell"},
                 {"tenant ", ":tenant takes the id of a tenant"},
                 {"quit now", ":quit takes nothing after it; \"now\" was typed"},
                 {"rollout r99", "no operation r99"},
                 {"histroy", "did you mean :history"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct command_line command;
        g_autoptr(GError) error = NULL;
        cr_assert_not(command_line_parse(deck, cases[i].typed, &command, &error));
        cr_expect(strstr(error->message, cases[i].said) != NULL, "%s", error->message);
    }
}

Test(commandline, the_mouse_is_switched_on_or_off_or_the_other_way)
{
    OWN(deck) deck = fleet_deck();
    struct command_line command;
    g_autoptr(GError) error = NULL;
    cr_assert(command_line_parse(deck, "mouse off", &command, NULL));
    cr_expect_eq(command.kind, COMMAND_MOUSE);
    cr_expect_str_eq(command.subject, "off");
    command_line_clear(&command);
    cr_assert(command_line_parse(deck, "mouse", &command, NULL));
    cr_expect(command.kind == COMMAND_MOUSE && !command.subject);
    cr_expect_not(command_line_parse(deck, "mouse of", &command, &error));
    cr_expect(strstr(error->message, ":mouse takes on or off"), "%s", error->message);
}

Test(commandline, every_screen_is_a_command)
{
    OWN(deck) deck = fleet_deck();
    for (int i = 0; i < VIEW_COUNT; i++) {
        struct command_line command;
        g_autoptr(GError) error = NULL;
        const char *name = view_entry((enum view_id)i)->name;
        bool opens = command_line_parse(deck, name, &command, &error);
        cr_expect(opens ? command.view == (enum view_id)i
                        : strstr(error->message, " takes ") != NULL,
                  "%s", name);
        command_line_clear(&command);
    }
}

Test(commandline, starting_takes_a_version_with_or_without_its_v_and_what_is_chosen_with_it)
{
    OWN(deck) deck = fleet_deck();
    struct command_line command;
    cr_assert(command_line_parse(deck, "start v5.0.3", &command, NULL));
    cr_expect_eq(command.kind, COMMAND_START);
    cr_expect_str_eq(command.subject, "5.0.3");
    cr_expect_not(command.choice.attended);
    command_line_clear(&command);
    cr_assert(command_line_parse(deck, "start 5.0.3  attended", &command, NULL));
    cr_expect(command.choice.attended);
    cr_expect_str_eq(command.subject, "5.0.3");
    command_line_clear(&command);
    cr_assert(
        command_line_parse(deck, "start 5.0.3 retry-failed fixes=cell-1,cell-dev", &command, NULL));
    cr_expect(command.choice.retry_failed && !command.choice.attended);
    cr_expect_str_eq(command.choice.fixes[0], "cell-1");
    cr_expect_str_eq(command.choice.fixes[1], "cell-dev");
    command_line_clear(&command);
    static const char *const no[] = {"start",
                                     "start --help",
                                     "start 5.0.3 --yes",
                                     "start five",
                                     "start attended",
                                     "start 5.0.3 attended --yes",
                                     "start 5.0.3 fixes=cell-9",
                                     "start 5.0.3 windows"};
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
        g_autoptr(GError) error = NULL;
        cr_expect_not(command_line_parse(deck, no[i], &command, &error), "%s", no[i]);
        const char *why = strchr(no[i], '.') ? "after its version" : "takes a version";
        cr_expect_not_null(strstr(error->message, why), "%s", error->message);
    }
}
