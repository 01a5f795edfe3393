#define THREADED
#include "cloop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double cloop_run(const char *servers, const char *parent, const char *prefix, int count, int batch, int size) {
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    zhandle_t *zh = zookeeper_init2(servers, NULL, 10000, NULL, NULL, ZOO_NO_LOG_CLIENTENV, NULL);
    for (int i = 0; i < 1000 && zoo_state(zh) != ZOO_CONNECTED_STATE; i++) usleep(10000);
    if (zoo_state(zh) != ZOO_CONNECTED_STATE) {
        zookeeper_close(zh);
        return ZCONNECTIONLOSS;
    }
    char *data = malloc((size_t)size);
    memset(data, 'x', (size_t)size);
    zoo_op_t *ops = calloc((size_t)batch, sizeof *ops);
    zoo_op_result_t *results = calloc((size_t)batch, sizeof *results);
    char (*paths)[256] = calloc((size_t)batch, sizeof *paths);
    char (*created)[256] = calloc((size_t)batch, sizeof *created);
    int rc = ZOK;
    double start = now();
    for (int next = 0; next < count && rc == ZOK; next += batch) {
        for (int i = 0; i < batch; i++) {
            snprintf(paths[i], sizeof paths[i], "%s/%s%d", parent, prefix, next + i);
            zoo_create_op_init(&ops[i], paths[i], data, size, &ZOO_OPEN_ACL_UNSAFE, 0, created[i], sizeof created[i]);
        }
        rc = zoo_multi(zh, batch, ops, results);
    }
    double seconds = now() - start;
    zookeeper_close(zh);
    free(data);
    free(ops);
    free(results);
    free(paths);
    free(created);
    return rc == ZOK ? seconds : rc;
}
