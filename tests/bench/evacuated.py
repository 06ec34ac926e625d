"""How long a key takes on the screens of who would go where: a cell's plan, a tenant's moves, and
where a new tenant would go, which is answered while it is typed."""
from terminal import say_keys

QUESTION = b"500 enterprise us us-east-1"
BACKSPACE = b"\x7f"


def up_and_down(screen, presses):
    return [screen.press(b"j" if i % 20 < 10 else b"k") for i in range(presses)]


def opened(screen, command, shows):
    """Types the command, key by key; what is measured is that the screen comes, and with what it is
    for."""
    for letter in b":" + command:
        screen.press(bytes([letter]))
    took = screen.press(b"\r")
    screen.until(shows)
    return took


def there_and_back(screen, command, shows, presses):
    """(opening it, moving in it, all in seconds)"""
    came = opened(screen, command, shows)
    moved = up_and_down(screen, presses)
    screen.press(b"\x1b")
    return came, moved


def asked(screen, rounds):
    opened(screen, b"place", b"ENTERPRISE")
    took = []
    for _ in range(rounds):
        screen.press(b"/")
        took += [screen.press(bytes([letter])) for letter in QUESTION]
        took += [screen.press(BACKSPACE) for _ in QUESTION]
        screen.press(b"\x1b")
    screen.press(b"\x1b")
    return took


def bench_evacuated(say, screen, cell, tenant, what, presses):
    """On the fleet's screen."""
    plan = there_and_back(screen, b"failover " + cell, rb"where to", presses)
    moves = there_and_back(screen, b"moves " + tenant, rb"shared-\d", presses)
    for name, times in (("opening a cell's plan", plan[:1]), ("moving in a cell's plan", plan[1]),
                        ("opening a tenant's moves", moves[:1]),
                        ("moving in a tenant's moves", moves[1]),
                        ("where a new tenant would go", asked(screen, max(1, presses // 80)))):
        say_keys(say, f"{name}, {what}", times)
