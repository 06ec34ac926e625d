/* What people do, asked in plain questions: the same acts and starts as on the screen. */
#include "data/base/when.h"
#include "tui/console/keys.h"
#include "tui/linear/linear_inside.h"

#include <string.h>

void linear_say_question(struct linear *linear)
{
    const struct dialog *dialog = linear->dialog;
    struct speech *speech = speech_new();
    speech_printf(speech, "%s:", dialog->title);
    for (guint i = 0; i < dialog->lines->len; i++)
        speech_plain(speech, g_ptr_array_index(dialog->lines, i));
    linear_answer(linear, speech);
}

/* What stands there from before, to be confirmed with Enter. */
static const char *standing(const struct dialog *dialog)
{
    const struct dialog_ask *ask = dialog_asked(dialog);
    return ask ? dialog_typed(dialog, ask->name) : NULL;
}

/* "Enter for \"because\"", and how to leave, once. */
static char *note_of(const struct linear *linear, const struct dialog_ask *ask)
{
    const char *kept = standing(linear->dialog);
    const char *more = linear->dialog->at > 0 ? "" : "; ? says it again, Ctrl-C leaves";
    return kept ? g_strdup_printf("Enter for \"%s\"%s", kept, more)
                : g_strdup_printf("%s%s", ask->note, more);
}

char *linear_question(const struct linear *linear)
{
    const struct dialog *dialog = linear->dialog;
    const struct dialog_ask *ask = dialog_asked(dialog);
    if (ask) {
        g_autofree char *note = note_of(linear, ask);
        return g_strdup_printf("%s (%s)? ", ask->name, note);
    }
    if (dialog->expected)
        return g_strdup_printf("Type %s to do it (Ctrl-C leaves): ", dialog->expected);
    g_autofree char *choices = linear_choices(linear);
    return g_strdup_printf("Type %s, or Enter to leave it: ", choices);
}

bool linear_may_ask(struct linear *linear)
{
    if (linear->fd < 0)
        voice_line(linear->voice, "There is no terminal here on which you could be asked; nothing "
                                  "was done. `celldeck rollout` has commands for scripts.");
    return linear->fd >= 0;
}

/* The one that was named, or was said last, or is the only one under way. */
static const char *meant(struct linear *linear, const struct word *word)
{
    const struct deck *deck = linear->deck;
    guint live = 0;
    const char *only = NULL;
    bool here = deck->here == VIEW_ROLLOUT || deck->here == VIEW_EVENTS;
    if (word->operation || (here && deck_rollout(deck, deck->subject)))
        return word->operation ? word->operation : deck->subject;
    for (guint i = 0; i < deck->rollouts->len; i++) {
        const struct rollout *rollout = g_ptr_array_index(deck->rollouts, i);
        if (rollout_state_final(rollout->state))
            continue;
        only = rollout->id;
        live++;
    }
    const struct rollout *first = deck_first_rollout(deck);
    if (live > 1)
        voice_printf(linear->voice, "%u rollouts are under way: say which, as in `%s %s`.", live,
                     word->act, only);
    return live > 1 ? NULL : live == 1 ? only : first ? first->id : "";
}

/* `pause` and `resume` are one request: which of the two it is has been said. */
static char *not_so(const struct deck *deck, const struct word *word, const char *id)
{
    const struct rollout *rollout = deck_rollout(deck, id);
    if (!rollout || word->request != REQUEST_PAUSE)
        return NULL;
    bool resume = strcmp(word->act, "resume") == 0;
    return resume == rollout->paused ? NULL : rollout_refuses(rollout, word->act, NULL);
}

/* The failover, drill or move that `resume` or `revert` is of: the one named, or said last, or the
 * one under way, unless a rollout is what could be resumed. NULL: it is of none. */
static const char *steps_meant(const struct deck *deck, const struct word *word)
{
    const struct operation *named = deck_operation(deck, word->operation);
    const struct failover *live = deck_first_failover(deck);
    const struct rollout *rollout = deck_first_rollout(deck);
    bool resume = strcmp(word->act, "resume") == 0;
    if (!resume && word->request != REQUEST_REVERT)
        return NULL;
    if (named)
        return deck_kind_has_steps(named->kind) ? named->id : NULL;
    if (deck->here == VIEW_STEPS && deck->subject)
        return deck->subject;
    if (resume && rollout && rollout->paused)
        return NULL;
    return live ? live->id : NULL;
}

/* Of a failover, a drill or a move; false: it is not about one. */
static bool act_on_a_failover(struct linear *linear, const struct word *word)
{
    g_autoptr(GError) error = NULL;
    struct deck *deck = linear->deck;
    g_autofree char *id = g_strdup(steps_meant(deck, word));
    if (!id && word->request != REQUEST_REVERT)
        return false;
    if (id)
        deck_choose(deck, NULL, NULL, id);
    enum request request = word->request == REQUEST_REVERT ? REQUEST_REVERT : REQUEST_RESUME;
    struct act *act = act_prepare(deck, request, NULL, &error);
    if (!act)
        voice_line(linear->voice, error->message);
    if (!act || !linear_may_ask(linear)) {
        act_free(act);
        return true;
    }
    linear->act = act;
    linear->dialog = act_dialog(act);
    linear_forget_typed_ahead(linear);
    linear_say_question(linear);
    return true;
}

void linear_act(struct linear *linear, const struct word *word)
{
    g_autoptr(GError) error = NULL;
    struct deck *deck = linear->deck;
    if (linear_departs(word->request)) {
        linear_depart(linear, word);
        return;
    }
    if (act_on_a_failover(linear, word))
        return;
    g_autofree char *id = g_strdup(meant(linear, word));
    if (!id)
        return;
    g_autofree char *why = not_so(deck, word, id);
    if (why) {
        voice_printf(linear->voice, "Can't %s: %s", word->act, why);
        return;
    }
    deck_choose(deck, NULL, NULL, *id ? id : NULL);
    struct act *act = act_prepare(deck, word->request, word->cell, &error);
    if (!act) {
        voice_line(linear->voice, error->message);
        return;
    }
    if (!linear_may_ask(linear)) {
        act_free(act);
        return;
    }
    linear->act = act;
    linear->dialog = act_dialog(act);
    linear_forget_typed_ahead(linear);
    linear_say_question(linear);
}

static void on_acted(const char *said, const GError *error, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    linear_tell(linear, error ? ROLE_BAD : ROLE_GOOD, "%s", error ? error->message : said);
    deck_read_journal(linear->deck, true);
}

static void confirmed(struct linear *linear, const struct dialog *dialog)
{
    if (linear->starts.launch) {
        launch_desk_start(&linear->starts, dialog);
        return;
    }
    if (linear->departure) {
        linear_depart_confirmed(linear, dialog);
        return;
    }
    linear->under_way++;
    voice_line(linear->voice, "Putting it on record ...");
    act_do(g_steal_pointer(&linear->act), dialog, on_acted, linear);
}

/* As if it had been typed into the dialog on the screen; nothing confirms what stands there. */
static enum dialog_result type_into(struct dialog *dialog, const char *line)
{
    g_autofree char *kept = g_strdup(standing(dialog));
    prompt_set(&dialog->prompt, kept && !*line ? kept : line);
    enum dialog_result result = dialog_key(dialog, KEY_CODE_ENTER);
    if (result == DIALOG_OPEN && dialog->wrong)
        prompt_set(&dialog->prompt, kept ? kept : "");
    return result;
}

void linear_answer_question(struct linear *linear, const char *line)
{
    if (strcmp(line, "?") == 0) {
        linear_say_question(linear);
        return;
    }
    if (linear->starts.launch && linear_choose(linear, line))
        return;
    enum dialog_result result = type_into(linear->dialog, line);
    if (result == DIALOG_OPEN) {
        if (linear->dialog->wrong)
            voice_line(linear->voice, linear->dialog->wrong);
        if (!dialog_asked(linear->dialog)) /* what comes next does it */
            linear_forget_typed_ahead(linear);
        return;
    }
    struct dialog *dialog = g_steal_pointer(&linear->dialog);
    if (result == DIALOG_CONFIRMED)
        confirmed(linear, dialog);
    else
        linear_cancel(linear);
    dialog_free(dialog);
}

void linear_cancel(struct linear *linear)
{
    if (linear->page)
        linear_turn_page(linear, false);
    g_clear_pointer(&linear->dialog, dialog_free);
    linear->settles = linear->dropped = false; /* nothing is asked that keys could be taken for */
    if (linear->starts.launch)
        linear->busy = NULL;
    else if ((linear->act || linear->departure) && linear->voice)
        voice_line(linear->voice, "Nothing was done.");
    launch_desk_leave(&linear->starts);
    g_clear_pointer(&linear->act, act_free);
    g_clear_pointer(&linear->departure, departure_free);
}

void linear_follow_question(struct linear *linear)
{
    if (!linear->act || !linear->dialog || !act_follow(linear->act, linear->deck, &linear->dialog))
        return;
    if (linear->page)
        linear_turn_page(linear, false);
    linear_settle(linear);
    voice_raw(linear->voice, "\r\n");
    if (linear->dialog->wrong)
        voice_line(linear->voice, linear->dialog->wrong);
    linear_say_question(linear);
    ear_begin(&linear->ear, NULL);
    if (!linear->dialog->expected) { /* it can't be done any more */
        g_clear_pointer(&linear->dialog, dialog_free);
        g_clear_pointer(&linear->act, act_free);
    }
    linear_prompt(linear);
}
