#define _GNU_SOURCE
#include "udp_batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr align;
};

struct clinux_udp_batch {
    unsigned count;
    unsigned received;
    size_t receive_size;
    size_t send_size;
    struct mmsghdr *in;
    struct mmsghdr *out;
    struct iovec *in_parts;
    struct iovec *out_parts;
    struct sockaddr_in *peers;
    union control *in_control;
    union control *out_control;
    uint32_t *local;
    size_t *reply_lengths;
    uint8_t *packets;
    uint8_t *replies;
};

void clinux_udp_batch_destroy(struct clinux_udp_batch *batch) {
    if (!batch) return;
    free(batch->in);
    free(batch->out);
    free(batch->in_parts);
    free(batch->out_parts);
    free(batch->peers);
    free(batch->in_control);
    free(batch->out_control);
    free(batch->local);
    free(batch->reply_lengths);
    free(batch->packets);
    free(batch->replies);
    free(batch);
}

struct clinux_udp_batch *clinux_udp_batch_create(unsigned count, size_t receive_size, size_t send_size) {
    struct clinux_udp_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    batch->count = count;
    batch->receive_size = receive_size;
    batch->send_size = send_size;
    batch->in = calloc(count, sizeof *batch->in);
    batch->out = calloc(count, sizeof *batch->out);
    batch->in_parts = calloc(count, sizeof *batch->in_parts);
    batch->out_parts = calloc(count, sizeof *batch->out_parts);
    batch->peers = calloc(count, sizeof *batch->peers);
    batch->in_control = calloc(count, sizeof *batch->in_control);
    batch->out_control = calloc(count, sizeof *batch->out_control);
    batch->local = calloc(count, sizeof *batch->local);
    batch->reply_lengths = calloc(count, sizeof *batch->reply_lengths);
    batch->packets = calloc(count, receive_size);
    batch->replies = calloc(count, send_size);
    if (!batch->in || !batch->out || !batch->in_parts || !batch->out_parts || !batch->peers || !batch->in_control ||
        !batch->out_control || !batch->local || !batch->reply_lengths || !batch->packets || !batch->replies) {
        clinux_udp_batch_destroy(batch);
        return NULL;
    }
    return batch;
}

int clinux_udp_open(const char *address, uint16_t port, int reuse_port, int receive_buffer) {
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &local.sin_addr) != 1) return -EINVAL;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    if (reuse_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    // A socket for all addresses must answer from the one that was asked.
    int failed = local.sin_addr.s_addr == htonl(INADDR_ANY) && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0;
    if (failed || bind(fd, (struct sockaddr *)&local, sizeof local) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int clinux_udp_port(int fd) {
    struct sockaddr_in local;
    socklen_t length = sizeof local;
    if (getsockname(fd, (struct sockaddr *)&local, &length) != 0) return -errno;
    return ntohs(local.sin_port);
}

void clinux_udp_shutdown(int fd) {
    // On a datagram socket without a peer this fails with ENOTCONN, but only after it has marked the socket and woken its
    // readers, which is what is wanted.
    shutdown(fd, SHUT_RDWR);
}

static uint32_t local_address(struct msghdr *message) {
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level != IPPROTO_IP || item->cmsg_type != IP_PKTINFO) continue;
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(item), sizeof info);
        return info.ipi_spec_dst.s_addr;
    }
    return 0;
}

static void set_local_address(struct msghdr *message, union control *control, uint32_t address) {
    if (!address) {
        message->msg_control = NULL;
        message->msg_controllen = 0;
        return;
    }
    memset(control, 0, sizeof *control);
    message->msg_control = control;
    message->msg_controllen = sizeof *control;
    struct cmsghdr *item = CMSG_FIRSTHDR(message);
    item->cmsg_level = IPPROTO_IP;
    item->cmsg_type = IP_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    struct in_pktinfo info = {.ipi_spec_dst = {.s_addr = address}};
    memcpy(CMSG_DATA(item), &info, sizeof info);
}

int clinux_udp_receive(int fd, struct clinux_udp_batch *batch) {
    // What the last batch did not use is still prepared.
    unsigned used = batch->received ? batch->received : batch->count;
    for (unsigned i = 0; i < used; i++) {
        batch->in_parts[i] = (struct iovec){batch->packets + i * batch->receive_size, batch->receive_size};
        batch->in[i].msg_hdr = (struct msghdr){
            .msg_name = &batch->peers[i],
            .msg_namelen = sizeof batch->peers[i],
            .msg_iov = &batch->in_parts[i],
            .msg_iovlen = 1,
            .msg_control = &batch->in_control[i],
            .msg_controllen = sizeof batch->in_control[i],
        };
        batch->reply_lengths[i] = 0;
    }
    int count;
    do {
        count = recvmmsg(fd, batch->in, batch->count, MSG_WAITFORONE, NULL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        int error = errno;
        batch->received = 0;
        return error == ENOTCONN || error == ESHUTDOWN ? 0 : -error;
    }
    batch->received = (unsigned)count;
    for (int i = 0; i < count; i++) batch->local[i] = local_address(&batch->in[i].msg_hdr);
    // A socket that was shut down yields empty messages from nobody.
    if (count > 0 && batch->in[0].msg_hdr.msg_namelen == 0) return 0;
    return count;
}

const uint8_t *clinux_udp_packet(const struct clinux_udp_batch *batch, unsigned index, size_t *length) {
    int cut = batch->in[index].msg_hdr.msg_flags & MSG_TRUNC;
    *length = cut ? 0 : batch->in[index].msg_len;
    return batch->packets + index * batch->receive_size;
}

uint8_t *clinux_udp_reply(struct clinux_udp_batch *batch, unsigned index) { return batch->replies + index * batch->send_size; }

void clinux_udp_set_reply(struct clinux_udp_batch *batch, unsigned index, size_t length) {
    batch->reply_lengths[index] = length;
}

void clinux_udp_send(int fd, struct clinux_udp_batch *batch) {
    unsigned count = 0;
    for (unsigned i = 0; i < batch->received; i++) {
        if (!batch->reply_lengths[i]) continue;
        batch->out_parts[count] = (struct iovec){batch->replies + i * batch->send_size, batch->reply_lengths[i]};
        batch->out[count].msg_hdr = (struct msghdr){
            .msg_name = &batch->peers[i],
            .msg_namelen = sizeof batch->peers[i],
            .msg_iov = &batch->out_parts[count],
            .msg_iovlen = 1,
        };
        set_local_address(&batch->out[count].msg_hdr, &batch->out_control[count], batch->local[i]);
        count++;
    }
    unsigned sent = 0;
    while (sent < count) {
        int result = sendmmsg(fd, batch->out + sent, count - sent, 0);
        if (result > 0) {
            sent += (unsigned)result;
        } else if (errno != EINTR) {
            sent++;
        }
    }
}

struct clinux_udp_peer clinux_udp_peer_of(const struct clinux_udp_batch *batch, unsigned index) {
    return (struct clinux_udp_peer){
        .address = batch->peers[index].sin_addr.s_addr, .port = batch->peers[index].sin_port, .local_address = batch->local[index]};
}

int clinux_udp_send_to(int fd, struct clinux_udp_peer peer, const uint8_t *bytes, size_t length) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = peer.port, .sin_addr = {.s_addr = peer.address}};
    struct iovec part = {(void *)bytes, length};
    union control control;
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    set_local_address(&message, &control, peer.local_address);
    return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}
