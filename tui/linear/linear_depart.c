/* Taking tenants elsewhere, asked in plain questions (departure.h): `fail-over CELL`, `drill CELL`,
 * either with `to CELL`, on the screen `moves TENANT` `move-it CELL`, and `without-dns` in place of
 * `fail-over` or `move-it`. */
#include "tui/linear/linear_inside.h"

bool linear_departs(enum request request)
{
    return request == REQUEST_FAIL_OVER || request == REQUEST_DRILL || request == REQUEST_MOVE_IT ||
           request == REQUEST_WITHOUT_DNS;
}

/* The cell that was named, or whose plan was said last. */
static const char *cell_meant(const struct deck *deck, const struct word *word)
{
    bool here = deck->here == VIEW_FAILOVER || deck->here == VIEW_TARGETS;
    return word->cell ? word->cell : here ? deck->cell : NULL;
}

static struct departure *prepare_move(struct linear *linear, const struct word *word,
                                      GError **error)
{
    const struct deck *deck = linear->deck;
    const struct departure_ask ask = {.kind = FAILOVER_MOVE,
                                      .of = deck->tenant ? deck->tenant : "",
                                      .to = word->cell,
                                      .by_hand = word->request == REQUEST_WITHOUT_DNS};
    if (deck->here == VIEW_MOVES && word->cell)
        return departure_new(deck, &ask, error);
    voice_line(linear->voice, "`moves TENANT` says where it could go; then `move-it CELL` moves "
                              "it there. Nothing was done.");
    return NULL;
}

static struct departure *prepare(struct linear *linear, const struct word *word, GError **error)
{
    const struct deck *deck = linear->deck;
    bool drill = word->request == REQUEST_DRILL, by_hand = word->request == REQUEST_WITHOUT_DNS;
    if (word->request == REQUEST_MOVE_IT || (by_hand && deck->here == VIEW_MOVES))
        return prepare_move(linear, word, error);
    const struct departure_ask ask = {.kind = drill ? FAILOVER_DRILL : FAILOVER_FAILOVER,
                                      .of = cell_meant(deck, word),
                                      .to = word->to,
                                      .by_hand = by_hand};
    if (ask.of)
        return departure_new(deck, &ask, error);
    voice_printf(linear->voice, "Say which cell, as in `%s CELL`. Nothing was done.", word->act);
    return NULL;
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
    linear_say_question(linear);
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
    linear_say_question(linear);
    ear_begin(&linear->ear, NULL);
    forget_if_told(linear);
    linear_prompt(linear);
}
