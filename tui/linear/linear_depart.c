/* Taking tenants elsewhere, asked in plain questions (departure.h): `fail-over CELL`, `drill CELL`,
 * and on the screen `moves TENANT` `move-it CELL`. */
#include "tui/linear/linear_inside.h"

bool linear_departs(enum request request)
{
    return request == REQUEST_FAIL_OVER || request == REQUEST_DRILL || request == REQUEST_MOVE_IT;
}

/* The cell that was named, or whose plan was said last. */
static const char *cell_meant(const struct deck *deck, const struct word *word)
{
    return word->cell ? word->cell : deck->here == VIEW_FAILOVER ? deck->cell : NULL;
}

static struct departure *prepare(struct linear *linear, const struct word *word, GError **error)
{
    const struct deck *deck = linear->deck;
    const char *cell = cell_meant(deck, word);
    bool moves = word->request == REQUEST_MOVE_IT;
    if (moves && (deck->here != VIEW_MOVES || !word->cell)) {
        voice_line(linear->voice,
                   "`moves TENANT` says where it could go; then `move-it CELL` moves "
                   "it there. Nothing was done.");
        return NULL;
    }
    if (!moves && !cell) {
        voice_printf(linear->voice, "Say which cell, as in `%s CELL`. Nothing was done.",
                     word->act);
        return NULL;
    }
    if (moves)
        return departure_new(deck, FAILOVER_MOVE, deck->tenant ? deck->tenant : "", word->cell,
                             error);
    return departure_new(deck, word->request == REQUEST_DRILL ? FAILOVER_DRILL : FAILOVER_FAILOVER,
                         cell, NULL, error);
}

static void say_question(struct linear *linear)
{
    const struct dialog *dialog = linear->dialog;
    struct speech *speech = speech_new();
    speech_printf(speech, "%s:", dialog->title);
    for (guint i = 0; i < dialog->lines->len; i++)
        speech_plain(speech, g_ptr_array_index(dialog->lines, i));
    linear_answer(linear, speech);
}

/* What can't be done is told, and asks nothing. */
static void forget_if_told(struct linear *linear)
{
    if (linear->dialog->expected)
        return;
    g_clear_pointer(&linear->dialog, dialog_free);
    g_clear_pointer(&linear->departure, departure_free);
}

void linear_depart(struct linear *linear, const struct word *word)
{
    g_autoptr(GError) error = NULL;
    struct departure *departure = prepare(linear, word, &error);
    if (error)
        voice_line(linear->voice, error->message);
    if (!departure || !linear_may_ask(linear)) {
        departure_free(departure);
        return;
    }
    linear->departure = departure;
    linear->dialog = departure_dialog(departure);
    linear_forget_typed_ahead(linear);
    say_question(linear);
    forget_if_told(linear);
}

static void on_begun(const char *id, const GError *error, gpointer data)
{
    struct linear *linear = data;
    linear->under_way--;
    if (error)
        linear_tell(linear, ROLE_BAD, "%s", error->message);
    else
        linear_tell(linear, ROLE_GOOD, "%s is begun: on record", id);
    deck_read_journal(linear->deck, true);
    if (id)
        say_choose(linear->deck, VIEW_STEPS, id, NULL);
}

void linear_depart_confirmed(struct linear *linear, const struct dialog *dialog)
{
    linear->under_way++;
    voice_line(linear->voice, "Putting it on record ...");
    departure_begin(g_steal_pointer(&linear->departure), linear->deck, dialog, on_begun, linear);
}

void linear_follow_departure(struct linear *linear)
{
    if (!linear->departure || !linear->dialog ||
        !departure_follow(linear->departure, linear->deck, &linear->dialog))
        return;
    if (linear->page)
        linear_turn_page(linear, false);
    linear_settle(linear);
    voice_raw(linear->voice, "\r\n");
    voice_line(linear->voice,
               "It has changed since you were asked; what you typed does not count.");
    say_question(linear);
    ear_begin(&linear->ear, NULL);
    forget_if_told(linear);
    linear_prompt(linear);
}
