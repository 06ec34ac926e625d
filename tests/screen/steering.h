/* What people do to rollouts, key by key; shared by the stories that do it. */
#pragma once

#include "tests/screen/stage.h"

/* Types a command line, and waits until it was taken. */
void steer_command(struct seat *seat, const char *line);
/* The plan's dialog, once it asks: it is refused at first, while the probes of a simulator that has
 * just begun are not all in, and follows them. */
bool steer_plan(struct seat *seat, const char *version);
/* Answers what an open dialog asks for, one after the other (NULL-terminated). */
void steer_answer(struct seat *seat, const char *const *answers);
/* Opens a screen by a command, and asks with `key` until that does ask, by that title: a simulator
 * that has just begun has not answered all of it. */
bool steer_question(struct seat *seat, const char *command, const char *key, const char *title);
/* Until no key has come for more than a second, by the clock on top: what was typed for an act that
 * was refused is over then. */
void steer_rest(struct seat *seat);
/* Key, answers, word; true once it is on record. Refused and tried again where what it would touch
 * has changed meanwhile. */
bool steer_act(struct seat *seat, const char *key, const char *const *answers, const char *word);
