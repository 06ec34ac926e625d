#include "tui/console/terminal.h"

#include "data/base/error.h"
#include "tui/console/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { BUSY_MS = 1, BUSY_TRIES = 100 };

struct sequence {
    char bytes[256];
    size_t n;
};

/* Process-wide because signal handlers get no argument; written before the handlers are set. */
static struct {
    int fd, wake_fd;
    struct termios found, raw;
    struct sequence leave, enter, mouse;
    atomic_bool taken, wants_mouse;
    atomic_uint woken;
    pthread_t loop; /* the thread that draws */
    char alternate_stack[64 * 1024];
} terminal = {.fd = -1, .wake_fd = -1};

static const int deadly[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGABRT, SIGTERM,
                             SIGINT,  SIGQUIT, SIGXCPU, SIGSYS, SIGTRAP};

/* Some other thread may be writing just now (one that faulted interrupts nobody). One that has
 * stopped reading is not waited for. */
static bool is_busy(void)
{
    return errno == EINTR || (errno == EAGAIN && poll(NULL, 0, BUSY_MS) >= 0);
}

static void write_some(const struct sequence *sequence)
{
    size_t sent = 0;
    for (int tries = 0; sent < sequence->n && tries < BUSY_TRIES; tries++) {
        ssize_t n = write(terminal.fd, sequence->bytes + sent, sequence->n - sent);
        if (n == 0 || (n < 0 && !is_busy()))
            return;
        sent += n > 0 ? (size_t)n : 0;
    }
}

/* Async-signal-safe. What the terminal has not read yet is dropped first: a peer that stopped
 * reading would leave no room for the restoring sequence. */
static void restore(void)
{
    if (!atomic_exchange(&terminal.taken, false))
        return;
    tcflush(terminal.fd, TCOFLUSH);
    write_some(&terminal.leave);
    tcsetattr(terminal.fd, TCSANOW, &terminal.found);
}

static void take(void)
{
    tcsetattr(terminal.fd, TCSANOW, &terminal.raw);
    atomic_store(&terminal.taken, true);
}

/* What is sent to the process may reach any of its threads: it is for the one that draws, lest that
 * goes on drawing what has just been put back. */
static bool passed_on(int signal)
{
    return !pthread_equal(pthread_self(), terminal.loop) &&
           pthread_kill(terminal.loop, signal) == 0;
}

static bool is_fault(int signal)
{
    return signal != SIGTERM && signal != SIGINT && signal != SIGQUIT;
}

static void on_deadly(int signal)
{
    if (!is_fault(signal) && passed_on(signal))
        return;
    restore();
    aside_end();
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal, &action, NULL);
    raise(signal);
}

static void on_hangup(int signal)
{
    if (passed_on(signal))
        return;
    restore();
    _exit(128 + signal);
}

static void wake(unsigned why)
{
    static const guint64 one = 1;
    atomic_fetch_or(&terminal.woken, why);
    ssize_t ignored = write(terminal.wake_fd, &one, sizeof one);
    (void)ignored;
}

static void on_stop(int signal)
{
    int saved = errno;
    if (!passed_on(signal)) {
        restore();
        kill(getpid(), SIGSTOP);
    }
    errno = saved;
}

static void on_continue(int signal)
{
    (void)signal;
    int saved = errno;
    take();
    write_some(&terminal.enter);
    if (atomic_load(&terminal.wants_mouse))
        write_some(&terminal.mouse);
    wake(TERMINAL_CONTINUED);
    errno = saved;
}

static void on_resize(int signal)
{
    (void)signal;
    int saved = errno;
    wake(TERMINAL_RESIZED);
    errno = saved;
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void handle_signals(void)
{
    stack_t stack = {.ss_sp = terminal.alternate_stack, .ss_size = sizeof terminal.alternate_stack};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(deadly); i++)
        handle(deadly[i], on_deadly, SA_ONSTACK);
    handle(SIGHUP, on_hangup, 0);
    handle(SIGTSTP, on_stop, SA_RESTART);
    handle(SIGCONT, on_continue, SA_RESTART);
    handle(SIGWINCH, on_resize, SA_RESTART);
    handle(SIGPIPE, SIG_IGN, 0);
}

static int open_device(void)
{
    const char *name =
        isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? ttyname(STDOUT_FILENO) : NULL;
    int fd = name ? open(name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    return fd >= 0 ? fd : open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool fail(GError **error, const char *what)
{
    g_set_error(error, CD_ERROR, CD_ERROR_USAGE,
                "the console needs a terminal: %s: %s (`celldeck status` works without one)", what,
                g_strerror(errno));
    return false;
}

static bool ask_device(GError **error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return fail(error, "stdin or stdout is none");
    if ((terminal.fd = open_device()) < 0)
        return fail(error, "can't open it");
    if (tcgetattr(terminal.fd, &terminal.found) < 0)
        return fail(error, "can't read its settings");
    if (terminal.wake_fd < 0)
        terminal.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return terminal.wake_fd >= 0 || fail(error, "eventfd");
}

int terminal_open(GError **error)
{
    if (!ask_device(error)) {
        if (terminal.fd >= 0)
            close(terminal.fd);
        return terminal.fd = -1;
    }
    terminal.raw = terminal.found;
    cfmakeraw(&terminal.raw);
    terminal.loop = pthread_self();
    handle_signals();
    static gsize at_exit = 0;
    if (g_once_init_enter(&at_exit)) {
        atexit(terminal_close);
        g_once_init_leave(&at_exit, 1);
    }
    take();
    aside_begin();
    return terminal.fd;
}

void terminal_heed_flow_control(void)
{
    terminal.raw.c_iflag |= terminal.found.c_iflag & (IXON | IXOFF);
    tcsetattr(terminal.fd, TCSANOW, &terminal.raw);
}

static void set_sequence(struct sequence *sequence, const char *bytes)
{
    sequence->n = MIN(strlen(bytes), sizeof sequence->bytes);
    memcpy(sequence->bytes, bytes, sequence->n);
}

void terminal_set_sequences(const char *leave, const char *enter, const char *mouse)
{
    set_sequence(&terminal.leave, leave);
    set_sequence(&terminal.enter, enter);
    set_sequence(&terminal.mouse, mouse);
}

void terminal_want_mouse(bool wanted)
{
    atomic_store(&terminal.wants_mouse, wanted);
}

void terminal_close(void)
{
    if (terminal.fd < 0)
        return;
    restore();
    aside_end();
    for (size_t i = 0; i < G_N_ELEMENTS(deadly); i++)
        handle(deadly[i], SIG_DFL, 0);
    handle(SIGTSTP, SIG_DFL, 0);
    handle(SIGCONT, SIG_DFL, 0);
    handle(SIGWINCH, SIG_DFL, 0);
    close(terminal.fd);
    terminal.fd = -1;
}

bool terminal_size(int *rows, int *cols)
{
    struct winsize size;
    if (ioctl(terminal.fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    *rows = size.ws_row;
    *cols = size.ws_col;
    return true;
}

void terminal_suspend(void)
{
    raise(SIGTSTP);
}

int terminal_wake_fd(void)
{
    return terminal.wake_fd;
}

unsigned terminal_woken(void)
{
    guint64 count;
    ssize_t ignored = read(terminal.wake_fd, &count, sizeof count);
    (void)ignored;
    return atomic_exchange(&terminal.woken, 0);
}
