// Fills a znode with children and times a plain listing of them: what the C library needs for one getChildren.
//   znodes fill <host:port> <path> <count> [<group>]   count children, in groups of so many below inner znodes; 0: flat
//   znodes ls <host:port> <path> <rounds>              prints the median in milliseconds
#define THREADED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

enum { BATCH = 500, NAME = 128 };

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(int code, const char *what) {
    if (code == ZOK) return;
    fprintf(stderr, "%s: %s\n", what, zerror(code));
    exit(1);
}

static void fill(zhandle_t *zk, const char *path, int count, int group) {
    static char names[BATCH][NAME], made[BATCH][NAME];
    static zoo_op_t ops[BATCH];
    static zoo_op_result_t results[BATCH];
    int code = zoo_create(zk, path, NULL, -1, &ZOO_OPEN_ACL_UNSAFE, 0, NULL, 0);
    if (code != ZNODEEXISTS) check(code, path);
    int used = 0;
    for (int i = 0; i < count; i++) {
        if (group && i % group == 0) {
            snprintf(names[used], NAME, "%s/group-%06d", path, i / group);
            zoo_create_op_init(&ops[used], names[used], NULL, -1, &ZOO_OPEN_ACL_UNSAFE, 0, made[used], NAME);
            used++;
        }
        if (used == BATCH) check(zoo_multi(zk, used, ops, results), "multi"), used = 0;
        if (group) snprintf(names[used], NAME, "%s/group-%06d/znode-%08d", path, i / group, i);
        else snprintf(names[used], NAME, "%s/znode-%08d", path, i);
        zoo_create_op_init(&ops[used], names[used], NULL, -1, &ZOO_OPEN_ACL_UNSAFE, 0, made[used], NAME);
        if (++used == BATCH) check(zoo_multi(zk, used, ops, results), "multi"), used = 0;
    }
    if (used) check(zoo_multi(zk, used, ops, results), "multi");
}

static void list(zhandle_t *zk, const char *path, int rounds) {
    double *times = calloc(rounds, sizeof *times);
    struct String_vector names;
    struct Stat stat;
    for (int i = 0; i < rounds; i++) {
        double start = now_ms();
        check(zoo_get_children2(zk, path, 0, &names, &stat), path);
        times[i] = now_ms() - start;
        deallocate_String_vector(&names);
    }
    qsort(times, rounds, sizeof *times, by_value);
    printf("%.2f\n", times[rounds / 2]);
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    zhandle_t *zk = zookeeper_init(argv[2], NULL, 10000, NULL, NULL, 0);
    for (int i = 0; zoo_state(zk) != ZOO_CONNECTED_STATE && i < 1000; i++) usleep(10000);
    if (strcmp(argv[1], "fill") == 0) fill(zk, argv[3], atoi(argv[4]), argc > 5 ? atoi(argv[5]) : 0);
    else list(zk, argv[3], atoi(argv[4]));
    zookeeper_close(zk);
    return 0;
}
