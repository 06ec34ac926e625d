/* One tenant: who says where it lives, and what people see of it where they disagree. */
#include "tests/screen/stage.h"

static void is_told_where_all_agree(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenant klinikum-nord\r");
    check("all who are asked agree, in a sentence",
          seat_shows(seat, "● the registry, Route 53, DNS and the cell that answers agree on"));
    check("and what each said stands below it",
          seat_shows(seat, "klinikum-nord.medplum.test, by each of them") &&
              seat_shows(seat, "→ 127.0.0.1,"));
    seat_free(seat);
}

static void is_told_first_where_they_do_not(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenant hospital-a\r");
    check("the registry and DNS disagree: that comes first",
          seat_row_shows(seat, 2, "✖ the registry says cell-1-us-east, Route 53 has cell-1-dr") &&
              seat_row_shows(seat, 3, "sends it to cell-1-dr, cell-1-dr answers"));
    seat_resize(seat, 10, 40);
    check("40x10: it is still the first thing", seat_row_shows(seat, 2, "✖ the registry says") &&
                                                    seat_row_shows(seat, 6, "cell-1-dr answers"));
    seat_type(seat, "G");
    check("40x10: the rest can be scrolled to", seat_shows(seat, "updated"));
    seat_free(seat);
}

static void says_a_hostile_name_escaped(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenant partner-preview\r");
    check("a hostile CNAME is shown escaped", seat_shows(seat, "x\\x1b]0;owned"));
    check("and reaches the terminal nowhere raw", !seat_said(seat, "\x1b]0;owned"));
    seat_free(seat);
}

/* The zone and the resolver hang, and the registry's own word is there at once. */
static void is_asked_without_holding_up_keys(struct fleet *fleet)
{
    g_free(fleet_ask(fleet, "POST", "/sim/fault",
                     "[{\"kind\": \"hang\", \"service\": \"dns\"},"
                     " {\"kind\": \"hang\", \"service\": \"route53\"}]"));
    struct seat *seat = sit(fleet, 40, 120, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":tenant sandbox\r");
    check("who has not answered yet is named", seat_shows(seat, "asking Route 53, DNS"));
    seat_type(seat, "?");
    check("keys are answered meanwhile", seat_shows(seat, "help"));
    seat_type(seat, "\x1b");
    check("and those who never answer are told",
          seat_shows(seat, "could not be asked: Route 53 and DNS"));
    g_free(fleet_ask(fleet, "DELETE", "/sim/faults", ""));
    seat_type(seat, "\x12");
    check("Ctrl-R asks them again", seat_shows(seat, "agree on cell-0-dev"));
    seat_type(seat, "q");
    check("q ends it", seat_ended(seat));
    seat_free(seat);
}

void a_tenants_place_is_asked_of_all_who_know(struct fleet *other)
{
    struct fleet *fleet =
        fleet_playing(other->build, "tenants:\n"
                                    "  hospital-a: {dns_cell: cell-1-dr}\n"
                                    "  partner-preview: {record: \"x\\e]0;owned\\a.evil.net\"}\n");
    is_told_where_all_agree(fleet);
    is_told_first_where_they_do_not(fleet);
    says_a_hostile_name_escaped(fleet);
    is_asked_without_holding_up_keys(fleet);
    fleet_free(fleet);
}
