/* How many znodes per second one client creates on an ensemble in multis of 50, one after the other: the limit that no
   writer to ZooKeeper passes. Prints the number alone. Usage: multi SERVERS COUNT SIZE */
#include "../group-commit/Sources/CLoop/include/cloop.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    char prefix[32];
    snprintf(prefix, sizeof prefix, "raw-%d-", (int)getpid());
    int count = atoi(argv[2]);
    double seconds = cloop_run(argv[1], "", prefix, count, 50, atoi(argv[3]));
    if (seconds <= 0) return 1;
    printf("%.0f\n", count / seconds);
    return 0;
}
