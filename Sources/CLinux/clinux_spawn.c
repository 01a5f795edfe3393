#define _GNU_SOURCE
#include "clinux_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Tells the parent what failed; the pipe is close-on-exec, so silence means success.
static void report_and_exit(int report, int error) {
    ssize_t written;
    do {
        written = write(report, &error, sizeof error);
    } while (written < 0 && errno == EINTR);
    _exit(127);
}

/// The child between fork and exec: async-signal-safe calls only.
static void run_child(const struct clinux_spawn_options *options, int null_fd, int report, pid_t parent) {
    int high = fcntl(report, F_DUPFD_CLOEXEC, 3);
    if (high < 0) report_and_exit(report, errno);
    report = high;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &standard, NULL);
    }
    if (options->new_session && setsid() < 0) report_and_exit(report, errno);
    if (options->parent_death_signal) {
        if (prctl(PR_SET_PDEATHSIG, options->parent_death_signal) < 0) report_and_exit(report, errno);
        // The parent may have ended before the request was in place.
        if (getppid() != parent) _exit(127);
    }
    if (options->directory && chdir(options->directory) < 0) report_and_exit(report, errno);

    // Copies above 2 first: any of them may itself be one of the three that are replaced.
    null_fd = fcntl(null_fd, F_DUPFD, 3);
    int out = fcntl(options->stdout_fd, F_DUPFD, 3);
    int err = fcntl(options->stderr_fd, F_DUPFD, 3);
    if (null_fd < 0 || out < 0 || err < 0) report_and_exit(report, errno);
    if (dup2(null_fd, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) report_and_exit(report, errno);
    // Listening sockets of the caller must not live on in a process that outlives it.
    if (report != 3) {
        if (dup3(report, 3, O_CLOEXEC) < 0) report_and_exit(report, errno);
        report = 3;
    }
    if (syscall(SYS_close_range, 4U, ~0U, 0) < 0) {
        long limit = sysconf(_SC_OPEN_MAX);
        for (int descriptor = 4; descriptor < limit; descriptor++) close(descriptor);
    }

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(options->path, options->argv, options->envp);
    report_and_exit(report, errno);
}

int clinux_spawn(const struct clinux_spawn_options *options, pid_t *pid) {
    int report[2];
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0) return errno;
    if (pipe2(report, O_CLOEXEC) < 0) {
        int error = errno;
        close(null_fd);
        return error;
    }

    // No handler of ours may run in the child before it has reset them.
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pid_t parent = getpid();
    pid_t child = fork();
    int fork_error = errno;
    if (child == 0) run_child(options, null_fd, report[1], parent);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);

    close(null_fd);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return fork_error;
    }

    int error = 0;
    ssize_t count;
    do {
        count = read(report[0], &error, sizeof error);
    } while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count == sizeof error) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
        return error;
    }
    *pid = child;
    return 0;
}

int clinux_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0U);
}

int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0U);
}

int clinux_pidfd_wait(int pidfd, pid_t pid, int *status) {
    struct pollfd entry = {.fd = pidfd, .events = POLLIN};
    int ready;
    do {
        ready = poll(&entry, 1, -1);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) return -1;
    pid_t reaped;
    do {
        reaped = waitpid(pid, status, WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    return reaped == pid ? 0 : 1;
}
