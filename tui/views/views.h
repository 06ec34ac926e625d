/* Every screen there is. A line here and a file that ends in `const struct view view_<name>` make
 * one: from the line come its id, its place for key bindings, its request and so its keys and its
 * help, its `:` command with completion, and what the way on top of the screen calls it.
 * Columns: enum, name, what the way calls it ("": by its subject alone), what `:name` takes,
 * default keys, help text. */
#pragma once

enum takes {
    TAKES_NOTHING,
    TAKES_FILTER, /* any text: what the list is to show */
    TAKES_CELL,
    TAKES_TENANT,
    TAKES_OPERATION, /* none: the one under way, or the last */
    TAKES_VERSION,
    TAKES_PRESET,
    TAKES_COLUMNS, /* of the screen's table */
    TAKES_FILE,    /* none: a name that tells when and of what it is */
    TAKES_SWITCH,  /* on, off, or none: the other of the two */
    TAKES_SCREEN   /* none: no screen in particular */
};

/* clang-format off */
// cppcheck-suppress preprocessorErrorDirective
#define VIEWS(X)                                                                                   \
    X(FLEET,    fleet,    "fleet",    TAKES_FILTER,    "1",   "the fleet, worst cell first")       \
    X(CELL,     cell,     "",         TAKES_CELL,      "c",   "the cell of what is selected")      \
    X(TENANTS,  tenants,  "tenants",  TAKES_FILTER,    "t 2", "tenants; on a cell: its own")       \
    X(TENANT,   tenant,   "",         TAKES_TENANT,    "",    "one tenant's registry item")        \
    X(ROLLOUT,  rollout,  "",         TAKES_OPERATION, "r 3", "the rollout under way, or the last")\
    X(RELEASES, releases, "releases", TAKES_FILTER,    "R 5", "versions, and which cells run them")  \
    X(RELEASE,  release,  "",         TAKES_VERSION,   "v",   "what the version changes that is selected or runs") \
    X(HISTORY,  history,  "history",  TAKES_FILTER,    "H 4", "every operation, and its events")   \
    X(EVENTS,   events,   "events",   TAKES_OPERATION, "E",   "what is on record of an operation") \
    X(ALARMS,   alarms,   "alarms",   TAKES_FILTER,    "! 6", "every alarm, those in ALARM first")  \
    X(FAILOVER, failover, "failover", TAKES_CELL,      "F 7", "where everybody goes if the cell dies, and taking them there") \
    X(TARGETS,  targets,  "targets",  TAKES_CELL,      "w",   "the cells that could take everybody out of a cell alone, and taking them there") \
    X(STEPS,    steps,    "",         TAKES_OPERATION, "",    "a failover, a drill or a move, tenant by tenant") \
    X(MOVES,    moves,    "moves",    TAKES_TENANT,    "S",   "the cells that a tenant could move to, and moving it") \
    X(PLACE,    place,    "place",    TAKES_FILTER,    "P 8", "where a new tenant would go: its users, tier and residency") \
    X(MESSAGES, messages, "messages", TAKES_FILTER,    "M 9", "what was said here, and when")       \
    X(THEMES,   themes,   "themes",   TAKES_NOTHING,   "T",   "how it looks: each theme as one goes through them") \
    X(HELP,     help,     "help",     TAKES_SCREEN,    "?",   "the keys of this screen, then all")
/* clang-format on */

#define VIEW_ENUM(id, name, way, takes, keys, summary) VIEW_##id,
enum view_id { VIEWS(VIEW_ENUM) VIEW_COUNT };

/* The places that a key binding can be for. */
#define VIEW_PLACE(id, name, way, takes, keys, summary) PLACE_##id = 1 << VIEW_##id,
enum spot { VIEWS(VIEW_PLACE) PLACE_ANY = (1 << VIEW_COUNT) - 1 };

struct view_entry {
    const char *name, *way;
    enum takes takes;
    const char *summary;
};
const struct view_entry *view_entry(enum view_id id);
