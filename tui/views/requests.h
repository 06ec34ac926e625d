/* Everything a key can ask for: one table, from which come the enum, the bindings and the help
 * screen; after it, one request a screen (views.h), which opens that. Columns: enum, name for
 * console.yaml, default keys (the first is shown), the screens it is for, help text. */
#pragma once

#include "tui/console/keys.h"
#include "tui/views/views.h"

#define PLACES_WITH_FILTER                                                                         \
    (PLACE_FLEET | PLACE_TENANTS | PLACE_HISTORY | PLACE_EVENTS | PLACE_ALARMS | PLACE_RELEASES |  \
     PLACE_MESSAGES | PLACE_HELP | PLACE_PLACE)

#define PLACES_WITH_SHEET                                                                          \
    (PLACE_FLEET | PLACE_TENANTS | PLACE_HISTORY | PLACE_EVENTS | PLACE_ALARMS | PLACE_RELEASES |  \
     PLACE_MESSAGES)

/* Below whose list stands the whole of what is selected. */
#define PLACES_WITH_FOOT (PLACE_EVENTS | PLACE_ALARMS | PLACE_RELEASES | PLACE_MESSAGES)

/* From which tenants are taken elsewhere. */
#define PLACES_THAT_EMPTY (PLACE_FAILOVER | PLACE_TARGETS | PLACE_MOVES)

#define PLACES_WITH_NEXT (PLACE_ROLLOUT | PLACE_CELL | PLACE_FAILOVER | PLACE_STEPS)

/* clang-format off */
// cppcheck-suppress preprocessorErrorDirective
#define REQUESTS(X)                                                                                \
    X(UP,        "up",        "k Up",           PLACE_ANY,     "row above")                        \
    X(DOWN,      "down",      "j Down",         PLACE_ANY,     "row below")                        \
    X(PAGE_UP,   "page-up",   "PgUp Ctrl-B",    PLACE_ANY,     "page up")                          \
    X(PAGE_DOWN, "page-down", "PgDn Ctrl-F Space", PLACE_ANY,  "page down")                        \
    X(SCROLL_UP, "scroll-up", "Ctrl-Y",         PLACE_ANY,     "scroll up, as the wheel does") \
    X(SCROLL_DOWN, "scroll-down", "Ctrl-E",     PLACE_ANY,     "scroll down")                      \
    X(FIRST,     "first",     "g Home",         PLACE_ANY,     "first row")                        \
    X(LAST,      "last",      "G End",          PLACE_ANY,     "last row")                         \
    X(OPEN,      "open",      "Enter l Right",  PLACE_ANY,     "open what is selected")            \
    X(BACK,      "back",      "Esc h Left Backspace [", PLACE_ANY, "back to the screen before")    \
    X(FORWARD,   "forward",   "]",              PLACE_ANY,     "forward again, to what one came back from") \
    X(FILTER,    "filter",    "/",              PLACES_WITH_FILTER, "show only: text, col:value, !not, ~expression, ?fuzzy") \
    X(SORT,      "sort",      "o",              PLACES_WITH_SHEET, "sort by the next column; after the last, the screen's own order") \
    X(TURN,      "turn",      "O",              PLACES_WITH_SHEET, "turn the order round")         \
    X(FAULTS,    "faults",    "f",              PLACES_WITH_SHEET, "only what something is wrong with, or all again") \
    X(MARK,      "mark",      "m",              PLACE_ANY,     "mark what is seen now: what changes from here on says how it was") \
    X(FREEZE,    "freeze",    "Z",              PLACE_ANY,     "freeze the picture, or let it go on") \
    X(START,     "start",     "s",              PLACE_FLEET | PLACE_ROLLOUT | PLACE_RELEASES | PLACE_RELEASE, "start a rollout: a version, its plan, a reason") \
    X(COMMAND,   "command",   ":",              PLACE_ANY,     "command line: Tab completes, Up and Down have those before")     \
    X(SPAN,      "span",      "z",              PLACE_CELL,    "charts over 1 h, 3 h or 24 h")     \
    X(NEXT,      "next",      "n Tab",          PLACES_WITH_NEXT, "the next one")                  \
    X(PREVIOUS,  "previous",  "N Shift-Tab",    PLACES_WITH_NEXT, "the one before")                \
    X(APPROVE,   "approve",   "a",              PLACE_ROLLOUT, "approve the wave that waits")      \
    X(PAUSE,     "pause",     "p",              PLACE_ROLLOUT, "pause the rollout, or resume it")  \
    X(ABORT,     "abort",     "A",              PLACE_ROLLOUT, "abort: what is in flight rolls back") \
    X(ROLLBACK,  "rollback",  "b",              PLACE_ROLLOUT, "roll the selected cell back")      \
    X(ROLLBACK_WAVE, "rollback-wave", "W",      PLACE_ROLLOUT, "roll the selected cell's wave back") \
    X(ROLLBACK_ALL, "rollback-all", "B",        PLACE_ROLLOUT, "roll back every cell that it has changed") \
    X(RETRY,     "retry",     "y",              PLACE_ROLLOUT, "deploy once more to a cell that was rolled back") \
    X(SKIP,      "skip",      "x",              PLACE_ROLLOUT, "leave the selected cell out")      \
    X(ACCEPT,    "accept",    "V",              PLACE_ROLLOUT, "take a cell that is held for good") \
    X(LIFT_WINDOW, "lift-window", "O",          PLACE_ROLLOUT, "break-glass: a wave waits for no window or freeze") \
    X(SHORTEN_BAKE, "shorten-bake", "U",        PLACE_ROLLOUT, "break-glass: a wave bakes no longer than you say") \
    X(FAIL_OVER, "fail-over", "s",              PLACE_FAILOVER | PLACE_TARGETS, "take everybody out of the cell: acknowledged, then its name typed") \
    X(DRILL,     "drill",     "d",              PLACE_FAILOVER | PLACE_TARGETS, "drill that: every step read and checked, nothing written") \
    X(MOVE_IT,   "move-it",   "s",              PLACE_MOVES,    "move the tenant into the selected cell") \
    X(WITHOUT_DNS, "without-dns", "z",          PLACES_THAT_EMPTY, "the same where the zone does not answer: the registry only, you change the records") \
    X(RESUME,    "resume",    "p",              PLACE_STEPS,   "go on with a failover or a move that is held") \
    X(REVERT,    "revert",    "b",              PLACE_STEPS,   "take back what a failover or a move has done") \
    X(GATE,      "gate",      "e",              PLACE_ROLLOUT, "the next gate of the cell, as a chart") \
    X(ALL,       "all",       "a",              PLACE_EVENTS,  "every event, or only those that changed the course") \
    X(MORE,      "more",      "J",              PLACES_WITH_FOOT, "further down in what is selected") \
    X(LESS,      "less",      "K",              PLACES_WITH_FOOT, "further up in it")              \
    X(COPY,      "copy",      "i",              PLACE_ANY,     "copy the id of what is selected into the terminal's clipboard") \
    X(COPY_ROW,  "copy-row",  "I",              PLACE_ANY,     "copy the selected row as it stands there") \
    X(AS_JSON,   "as-json",   "C",              PLACE_ANY,     "the command that gives this screen as JSON; then i copies it") \
    X(DUMP,      "dump",      "D",              PLACE_ANY,     "write the screen into a text file, with the whole of its list") \
    X(MOUSE,     "mouse",     "X",              PLACE_ANY,     "the mouse: for the console, or for the terminal to select text with") \
    X(EXPORT,    "export",    "e",              PLACE_HISTORY | PLACE_EVENTS, "the operation's whole record, into a file") \
    X(REFRESH,   "refresh",   "Ctrl-R",       PLACE_ANY,     "read every source again")          \
    X(REDRAW,    "redraw",    "Ctrl-L",         PLACE_ANY,     "draw the whole screen anew")       \
    X(SUSPEND,   "suspend",   "Ctrl-Z",         PLACE_ANY,     "stop; `fg` comes back")            \
    X(QUIT,      "quit",      "q Ctrl-C",       PLACE_ANY,     "leave")
/* clang-format on */

#define REQUEST_ENUM(id, name, keys, places, summary)        REQUEST_##id,
#define REQUEST_OF_VIEW(id, name, way, takes, keys, summary) REQUEST_##id,
enum request { REQUESTS(REQUEST_ENUM) VIEWS(REQUEST_OF_VIEW) REQUEST_COUNT };

/* REQUEST_COUNT bindings with their default keys, in the table's order (keymap.h: those in force).
 */
const struct binding *request_bindings(void);
/* The screen that a request opens; VIEW_COUNT: it opens none. */
enum view_id request_view(enum request request);
/* Whether it does something to the world: only with --write. */
bool request_acts(enum request request);
