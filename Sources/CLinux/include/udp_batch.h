#ifndef CLINUX_UDP_BATCH_H
#define CLINUX_UDP_BATCH_H

#include <stddef.h>
#include <stdint.h>

/// Datagrams that are received and answered together: one system call for up to `count` of them each way, no allocation
/// after its creation.
struct clinux_udp_batch;

/// Room for `count` datagrams of `receive_size` bytes and as many replies of `send_size` bytes; NULL without memory.
struct clinux_udp_batch *clinux_udp_batch_create(unsigned count, size_t receive_size, size_t send_size);
void clinux_udp_batch_destroy(struct clinux_udp_batch *batch);

/// A bound IPv4 socket (close-on-exec), or minus an errno. `address` is dotted text; `reuse_port` lets several sockets
/// share the port, the kernel spreading the clients over them. `receive_buffer` in bytes.
int clinux_udp_open(const char *address, uint16_t port, int reuse_port, int receive_buffer);

/// The local port of a socket, or minus an errno.
int clinux_udp_port(int fd);

/// Blocks until at least one datagram is there. Returns how many were taken, 0 once the socket has been shut down with
/// clinux_udp_shutdown, or minus an errno.
int clinux_udp_receive(int fd, struct clinux_udp_batch *batch);

/// Wakes the thread that is blocked in clinux_udp_receive, now and whenever it is called again.
void clinux_udp_shutdown(int fd);

/// The bytes of a received datagram; a datagram larger than `receive_size` has length 0.
const uint8_t *clinux_udp_packet(const struct clinux_udp_batch *batch, unsigned index, size_t *length);

/// Where the reply to datagram `index` goes; `send_size` bytes.
uint8_t *clinux_udp_reply(struct clinux_udp_batch *batch, unsigned index);

/// How long that reply is; 0, the state after receiving, sends none.
void clinux_udp_set_reply(struct clinux_udp_batch *batch, unsigned index, size_t length);

/// Sends all replies of the batch, each from the address that its query went to. A reply that the kernel refuses is lost,
/// like any datagram.
void clinux_udp_send(int fd, struct clinux_udp_batch *batch);

/// The client of datagram `index`, for a reply that comes later.
struct clinux_udp_peer {
    uint32_t address;
    uint16_t port;
    uint32_t local_address;
};
struct clinux_udp_peer clinux_udp_peer_of(const struct clinux_udp_batch *batch, unsigned index);

/// Sends one datagram to a peer; any thread may call it. 0 or minus an errno.
int clinux_udp_send_to(int fd, struct clinux_udp_peer peer, const uint8_t *bytes, size_t length);

#endif
