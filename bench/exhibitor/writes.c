/* writes SERVERS SECONDS PARENT: creates znodes with 64 requests under way; prints acknowledged creates per second. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zookeeper/zookeeper.h>

enum { window = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int under_way, connected, failed;
static long done;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void watcher(zhandle_t *zh, int type, int state, const char *path, void *context) {
  pthread_mutex_lock(&lock);
  connected = state == ZOO_CONNECTED_STATE;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void created(int rc, const char *path, const void *data) {
  pthread_mutex_lock(&lock);
  under_way--;
  if (rc == ZOK) done++; else failed = rc;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
  zoo_deterministic_conn_order(1);
  zhandle_t *zh = zookeeper_init(argv[1], watcher, 10000, NULL, NULL, 0);
  if (zh == NULL) return 1;
  pthread_mutex_lock(&lock);
  while (!connected) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  zoo_create(zh, argv[3], "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, NULL, 0);
  char data[200], path[256];
  memset(data, 'x', sizeof data);
  double start = now(), end = start + atof(argv[2]);
  for (long number = 0; now() < end; number++) {
    pthread_mutex_lock(&lock);
    while (under_way >= window) pthread_cond_wait(&changed, &lock);
    under_way++;
    int broken = failed;
    pthread_mutex_unlock(&lock);
    if (broken) {
      fprintf(stderr, "create failed: %s\n", zerror(broken));
      return 1;
    }
    snprintf(path, sizeof path, "%s/%ld", argv[3], number);
    if (zoo_acreate(zh, path, data, sizeof data, &ZOO_OPEN_ACL_UNSAFE, 0, created, NULL) != ZOK) return 1;
  }
  pthread_mutex_lock(&lock);
  while (under_way > 0) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  printf("%.1f\n", done / (now() - start));
  zookeeper_close(zh);
  return 0;
}
