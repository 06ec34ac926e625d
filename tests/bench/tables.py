"""How long a key takes in a large table: what is typed after `/`, letter by letter and back, and
sorting by each of the columns. An expression's rows come when they come: what is measured is that
the key is seen, and the next one not kept waiting."""
from terminal import say_keys

WORDS = ("north", "hospital-0", "cell:cell-2", "status:act", "!down")
FUZZY = ("?hsp09", "?t0097", "?acshr")
EXPRESSIONS = ("~09[0-9]7", "~^tenant.*7$", "cell:~^cell-[12]", "~(4|7)2+")
BACKSPACE = b"\x7f"


def typed(screen, words):
    """What each key of these takes, typed after `/` and taken back letter by letter."""
    took = []
    for word in words:
        screen.press(b"/")
        letters = [bytes([letter]) for letter in word.encode()]
        took += [screen.press(key) for key in letters + [BACKSPACE] * len(letters)]
        screen.press(b"\x1b")
    return took


def sorted_by_each(screen, columns):
    return [screen.press(key) for _ in range(columns) for key in (b"o", b"O", b"O")]


def bench_tables(say, screen, what, rounds):
    """On the screen of tenants, no filter being typed."""
    kinds = (("words", lambda: typed(screen, WORDS)),
             ("fuzzy words", lambda: typed(screen, FUZZY)),
             ("expressions", lambda: typed(screen, EXPRESSIONS)),
             ("sorting", lambda: sorted_by_each(screen, 10)))
    for name, press in kinds:
        say_keys(say, f"tenants: {name}, {what}",
                 [second for _ in range(rounds) for second in press()])
