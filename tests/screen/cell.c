/* The cell screen, on every size: what can be seen of a cell, and how far back. */
#include "tests/screen/stage.h"

static void scrolls_in_80x24(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 24, 80, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, ":cell cell-3-eu-west\r");
    check("80x24: state, who is affected and the budget are on top",
          seat_row_shows(seat, 1, "cell-3-eu-west healthy") &&
              seat_row_shows(seat, 2, "14 tenants") && seat_shows(seat, "of 43.2 min a month"));
    check("80x24: charts have their limit and the probe its dependencies",
          seat_shows(seat, "limit") && seat_shows(seat, "✔ postgres"));
    check("80x24: it says that there is more below", seat_row_shows(seat, 1, "↓"));
    seat_type(seat, "jjj");
    check("Down scrolls and stays with the cell",
          seat_row_shows(seat, 1, "cell-3-eu-west") && seat_row_shows(seat, 1, "↑3"));
    seat_type(seat, "  ");
    check("a page on are all the tenants", seat_shows(seat, "14 tenants, 6,921 users registered"));
    seat_type(seat, "G");
    check("the last row is the end of the last chart",
          seat_shows(seat, "latency p95") && seat_shows(seat, "↑"));
    seat_type(seat, "gN");
    check("N goes to the cell before", seat_row_shows(seat, 1, "cell-2-us-west"));
    seat_resize(seat, 60, 250);
    check("250x60: everything side by side",
          seat_shows(seat, "latency p95") && seat_shows(seat, "what was done here") &&
              seat_shows(seat, "12 tenants, 4,011 users registered"));
    seat_free(seat);
}

static void gives_way_in_40x10(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 10, 40, NULL, NULL, NULL);
    seat_shows(seat, "cell-0-dev");
    seat_type(seat, ":cell cell-0-dev\r");
    check("40x10: state, errors, probe and alarms come first",
          seat_row_shows(seat, 1, "● cell-0-dev healthy") && seat_row_shows(seat, 2, "errors ") &&
              seat_row_shows(seat, 3, "probe ") && seat_row_shows(seat, 4, "alarms ✔ all 3 ok"));
    seat_type(seat, "G");
    check("40x10: the rest can be scrolled to", seat_hides(seat, "↓"));
    seat_free(seat);
}

static void says_how_far_back_it_can_look(struct fleet *fleet)
{
    struct seat *seat = sit(fleet, 40, 120, NULL, NULL, NULL);
    seat_shows(seat, "all 5 cells are well");
    seat_type(seat, "\rz");
    check("several periods a dot are said in words",
          seat_shows(seat, "last 3 h, a dot is the worst of"));
    seat_type(seat, "z");
    check("periods of a second are there for three hours of a day",
          seat_shows(seat, "last 24 h, read back to") &&
              seat_shows(seat, "(CloudWatch keeps periods of 1s for 3h)"));
    seat_type(seat, "z");
    check("and then it is an hour again", seat_shows(seat, "last 1 h"));
    seat_free(seat);
}

void a_cell_is_looked_at_whole(struct fleet *fleet)
{
    scrolls_in_80x24(fleet);
    gives_way_in_40x10(fleet);
    says_how_far_back_it_can_look(fleet);
}

/* One reads for both: the other's wish goes through cache.db. */
void a_day_is_fetched_while_it_is_looked_at(struct fleet *fleet)
{
    struct fleet *slow = fleet_playing(fleet->build, "period: 60s\n");
    struct seat *leads = sit(slow, 40, 120, NULL, NULL, NULL);
    seat_shows(leads, "5 sources ok");
    struct seat *follows = sit(slow, 40, 120, NULL, NULL, NULL);
    seat_shows(follows, "by alice's console");
    struct seat *const seats[] = {leads, follows};
    static const char *const keys[] = {"\rzz", "j\rzz"};
    static const char *const rules[] = {"what is older than three hours is fetched at once",
                                        "and by the one who polls for one who does not"};
    for (int i = 0; i < 2; i++) {
        seat_type(seats[i], keys[i]);
        check(rules[i], seat_shows(seats[i], "last 24 h, a dot is the worst of 15 periods") &&
                            seat_hides(seats[i], "read back to"));
    }
    seat_free(follows);
    seat_free(leads);
    fleet_free(slow);
}
