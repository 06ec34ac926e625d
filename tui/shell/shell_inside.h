/* What the parts of the shell share; nobody else includes it. shell.c draws and runs the loop,
 * shell_trail.c goes from screen to screen, shell_jump.c knows what is related to what,
 * shell_depart.c takes tenants elsewhere, shell_keys.c answers keys and shell_pointer.c the mouse,
 * shell_copy.c copies, shell_dump.c writes screens into files, shell_acts.c asks and does what they
 * act with, shell_launch.c starts rollouts. */
#pragma once

#include "tui/console/pointer.h"
#include "tui/console/prompt.h"
#include "tui/console/recall.h"
#include "tui/shell/shell.h"
#include "tui/shell/trail.h"
#include "tui/views/act.h"
#include "tui/views/departure.h"
#include "tui/views/launch_desk.h"
#include "tui/views/planner.h"

enum mode { MODE_KEYS, MODE_FILTER, MODE_COMMAND, MODE_DIALOG };

struct shell {
    struct deck *deck;
    struct screen *screen;
    GMainLoop *loop;
    struct trail *trail;
    enum mode mode;
    struct prompt prompt;
    struct recall commands; /* typed after `:` in this session */
    struct dialog *dialog;  /* of MODE_DIALOG, about `act` or a launch */
    struct act *act;
    struct departure *departure; /* or of MODE_DIALOG this; NULL: none */
    char *begun;                 /* what was begun here last, until it is known how; or NULL */
    struct launch_desk starts;
    struct planner planner;
    struct area body; /* of the last frame */
    guint look_source, draw_source, quiet_source, work_source;
    gint64 key_ms; /* when the last key came, on the clock that never jumps */
    bool waits;    /* what is in front opened by itself, and people may still type for another */
    bool refused;  /* an act was, and keys have come without a pause since */
    char *offered; /* a command that was shown, as long as nothing else was done since, or NULL */
    bool offered_now;          /* by this key */
    const struct level *shown; /* what people see; only to be compared: it may be gone */
    enum view_id shown_view;
    char *pointed; /* the row that was clicked last, as long as nothing else was done since */
    guint looks;
    gint64 frozen_ms;           /* of what moment the picture is; 0: it goes on */
    struct snapshot *meanwhile; /* the newest that came while it was frozen; NULL: none */
    bool reads_releases;
    GCancellable *leaving; /* ends what only reads */
    guint under_way;       /* threads and processes that will still call back */
    void (*refresh)(gpointer data);
    gpointer refresh_data;
    shell_watch_fn watch;
    gpointer watch_data;
    char **watched; /* as last told to `watch`; NULL: never */
    shell_past_fn past;
    gpointer past_data;
    char *past_cell; /* as last told to `past`; NULL: none */
    gint64 past_since_ms;
    const struct aws_client *client;
    struct whereabouts_desk *witnesses; /* NULL: nobody asks them */
};

/* The screen on top, and its view and state. */
struct level *shell_top(const struct shell *shell);
const struct view *shell_view(const struct shell *shell);
void *shell_state(const struct shell *shell);

/* Does what a key asks for. False: it is nothing that could be done on this screen. */
bool shell_request(struct shell *shell, enum request request);
/* Does what a view answered. */
void shell_react(struct shell *shell, const struct reaction *reaction);
/* A click, or the wheel. */
void shell_pointer(const struct pointer *pointer, gpointer data);
/* Whose the mouse is, and says so. */
void shell_switch_mouse(struct shell *shell, bool on);

/* Opens a screen on `subject` (may be NULL: the rollout under way, or none is needed). */
void shell_open(struct shell *shell, enum view_id id, const char *subject);
/* Tenants, of the cell on top if there is one, with the filter being typed. */
void shell_open_tenants(struct shell *shell);
/* What the screen on top is about. */
struct topic shell_topic(const struct shell *shell);
/* What a key of its own opens (views.h): on what is selected where people are, or what is related
 * to that; says so where nothing is. */
void shell_jump(struct shell *shell, enum view_id id);
/* Takes the filter away if there is one, else goes to the screen before. */
void shell_back(struct shell *shell);
void shell_forward(struct shell *shell);
/* Tells the deck what the screen on top is about. */
void shell_arrive(struct shell *shell);
void shell_set_filter(struct shell *shell, const char *text);
void shell_type(struct shell *shell, enum mode mode, const char *text);

/* Reads which releases there are, and what one changes; both come when they come. */
void shell_read_releases(struct shell *shell);
void shell_read_changes(struct shell *shell, const char *version);
/* Key `start`: on a release, its plan; else the releases, to pick one. */
void shell_begin_start(struct shell *shell);
/* `:start VERSION`: plans it and shows the plan; `choice` may be NULL. */
void shell_plan(struct shell *shell, const char *version, const struct launch_choice *choice);
extern const struct launch_desk_ops shell_starts;

/* Key `export`, and `:export ID`: the record of one operation (NULL: of all) goes to a file. */
void shell_export_selected(struct shell *shell);
void shell_export(struct shell *shell, const char *operation);

/* What moment it is, and how long the credentials last by now: of the deck, before it is drawn or
 * asked. */
void shell_read_clocks(struct shell *shell);

/* Asks before `request` is done to `subject`, or says why it can't be. */
void shell_ask(struct shell *shell, enum request request, const char *subject);
/* Whether a question that was prepared may be put; says why not: `error`, or that keys come which
 * may belong to what was just refused. */
bool shell_may_ask(struct shell *shell, const GError *error);
/* Puts it, about `act` or `departure`; takes `dialog`. */
void shell_put_question(struct shell *shell, struct dialog *dialog);
/* A worker has put it on record, or says why not. */
void shell_done(struct shell *shell, const char *said, const GError *error);
/* Keys of the screens failover, targets and moves: ask before everybody leaves the cell, before
 * that is drilled, before the tenant moves into the selected cell, and before either is done
 * without DNS. */
void shell_fail_over(struct shell *shell);
void shell_drill(struct shell *shell);
void shell_move(struct shell *shell);
void shell_without_dns(struct shell *shell);
/* What was asked was confirmed in the dialog. */
void shell_depart(struct shell *shell, const struct dialog *dialog);
/* The journal has news: what was begun here may have been refused at once, as it looked once more.
 */
void shell_follow_begun(struct shell *shell);
/* The open question follows what is read; `news`: the journal has some. */
void shell_follow_asked(struct shell *shell, bool news);
void shell_key_in_dialog(struct shell *shell, guint32 key);
/* A key has come. What people type blindly for the question of an act that is refused must not
 * become another act's: until half a second has gone by without a key, or Esc was pressed, no act
 * asks. */
void shell_typed(struct shell *shell, guint32 key);
/* Says it on the screen; once that is left, on stderr: what was begun before is seen to its end. */
void shell_tell(struct shell *shell, enum role role, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* What is in front now has opened (or changed) by itself: keys that were typed for what stood there
 * before must do nothing here, so until none has come for half a second, none counts but Esc, which
 * people press who have seen it. */
void shell_settle(struct shell *shell);
void shell_settled(struct shell *shell);
/* How the table on the screen is arranged (arrangement.h); the keys are those of screens with one.
 */
void shell_sort_next(struct shell *shell);
void shell_turn_order(struct shell *shell);
void shell_faults_only(struct shell *shell);
/* By that column; by it already: turned round. */
void shell_sort_column(struct shell *shell, size_t column);
/* `:sort NAME` and `:columns NAME,NAME`: say what is wrong with a name, or that there is no table.
 */
void shell_sort_by(struct shell *shell, const char *name);
void shell_choose_columns(struct shell *shell, const char *names);
/* `:preset NAME`: its screen, arranged by it. */
void shell_take_preset(struct shell *shell, const char *name);
void shell_mark(struct shell *shell);

/* Key `freeze`: holds the picture still, or lets it go on. */
void shell_freeze(struct shell *shell);
/* For the deck, or for later where the picture is frozen. */
void shell_take_snapshot(struct shell *shell, struct snapshot *snapshot);
/* deck_read_journal(), but nothing where the picture is frozen. */
bool shell_read_journal(struct shell *shell, bool anyway);
/* Says why not where the picture is frozen. */
bool shell_may_act(struct shell *shell);
/* That it is, and of when, over the whole of a row. */
void shell_draw_frozen(const struct shell *shell, struct canvas *canvas, int row);

/* The screen as it would be shown now, on a terminal with `more` rows more than there are. Freed
 * with canvas_free(). */
struct canvas *shell_picture(struct shell *shell, int more);
/* Keys `copy` and `copy-row`: what is selected, by its id or as it stands there, into the
 * clipboard; and what became of it is said. */
void shell_copy_id(struct shell *shell);
void shell_copy_row(struct shell *shell);

/* Key `as-json`: shows the command for what is on the screen, for key `copy` to take. */
void shell_as_json(struct shell *shell);
/* Key `dump` and `:dump FILE`: the screen into a text file, by a worker; the path is said. */
void shell_dump(struct shell *shell, const char *typed);

/* Says which cells are looked at now and how far back, where that has changed. */
void shell_tell_watched(struct shell *shell);
/* Asks where the tenant on the screen lives, and gives the deck what is known of that. */
void shell_ask_witnesses(struct shell *shell);
/* Lets the view on top follow what has changed: before every drawing and every key. What takes it
 * longer is gone on with when there is nothing else to do. */
void shell_follow(struct shell *shell);
/* The same to the end: what a key does must be done to what was asked for. */
void shell_follow_all(struct shell *shell);
/* `data` is the shell. However often this is called before it is drawn, it is one frame. */
void shell_want_draw(gpointer data);
/* The same for a key: its frame comes before whatever else has come in. */
void shell_want_answer(struct shell *shell);
void shell_key(guint32 key, gpointer data);
void shell_paste(const char *text, gpointer data);
