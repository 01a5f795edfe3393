internal import CZooKeeper
import Dispatch
internal import FoundationEssentials
import Logging
import Synchronization

/// One handle of the C library: one session, from connecting to its end. Everything that touches `zhandle_t` is here.
///
/// Safety of the callbacks: a request carries a retained `Completion`; those the library never completes are released once
/// it is closed. Watches and session events carry no pointer at all
/// but the handle's number, looked up in `HandleRegistry`; a number of a closed handle finds nothing. The pointer to the
/// library's handle is taken out of its lock before it is closed, so no call can start on a closed handle.
final class SessionHandle: Sendable {
    enum Event: Sendable {
        case connected(id: Int64, timeout: Duration)
        case suspended
        /// The session is over.
        case expired
        case authFailed
    }

    private struct RawHandle: @unchecked Sendable {
        // The library's handle may be used from any thread.
        let pointer: OpaquePointer
    }

    let number: UInt
    private let raw = Mutex<RawHandle?>(nil)
    private let watches = Mutex(WatchTable())
    private let outstanding = OutstandingRequests()
    private let onEvent: @Sendable (Event) -> Void
    /// When the last call was sent that the leader of the ensemble has answered since.
    private let confirmed = Mutex<ContinuousClock.Instant?>(nil)

    init(onEvent: @escaping @Sendable (Event) -> Void) {
        self.onEvent = onEvent
        number = HandleRegistry.shared.reserve()
    }

    /// Starts connecting. Resolving names may block, hence the queue.
    /// - sessionTimeout: as requested from the server.
    /// - resuming: takes an existing session over instead of asking for a new one.
    func open(
        servers: [String], sessionTimeout: Duration, credentials: ConnectString.Credentials?, resuming identity: SessionIdentity? = nil
    ) async throws {
        HandleRegistry.shared.register(self)
        let opened: Bool = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                zoo_set_debug_level(ZOO_LOG_LEVEL_WARN)
                let context = UnsafeMutableRawPointer(bitPattern: number)
                // Flag 2: do not log the environment.
                let pointer = SessionIdentity.withRaw(identity) { raw in
                    zookeeper_init2(
                        servers.joined(separator: ","), receiveEvent, Int32(clamping: sessionTimeout.milliseconds), raw, context, 2,
                        receiveLog)
                }
                if let pointer {
                    if let credentials {
                        let certificate = "\(credentials.user):\(credentials.password)"
                        _ = zoo_add_auth(pointer, "digest", certificate, Int32(certificate.utf8.count), nil, nil)
                    }
                    let handle = RawHandle(pointer: pointer)
                    raw.withLock { $0 = handle }
                    // The first event may have come before the handle was stored.
                    if zoo_state(pointer) == 3 { receive(type: -1, state: 3, path: "") }
                }
                continuation.resume(returning: pointer != nil)
            }
        }
        guard opened else {
            HandleRegistry.shared.remove(number)
            throw ZooKeeperError(.badArguments, path: servers.joined(separator: ","))
        }
    }

    /// Ends the session at once if it can be reached (its ephemerals vanish), completes all requests, frees everything.
    func close() async {
        guard
            let handle = raw.withLock({ handle in
                defer { handle = nil }
                return handle
            })
        else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            // It waits for its threads: never on one of the library's own.
            DispatchQueue.global().async {
                zookeeper_close(handle.pointer)
                continuation.resume()
            }
        }
        HandleRegistry.shared.remove(number)
        outstanding.abandonAll()
        abandonWatches()
    }

    /// What proves to a server that a session is ours.
    var identity: SessionIdentity? {
        raw.withLock { handle in
            guard let handle, let id = zoo_client_id(handle.pointer) else { return nil }
            return SessionIdentity(id.pointee)
        }
    }

    /// Tells everybody who watches that the session is over.
    func abandonWatches() {
        let callbacks = watches.withLock { $0.fireAll() }
        for callback in callbacks { callback() }
    }

    /// Bytes of watched paths.
    var watchedBytes: Int { watches.withLock { $0.bytes } }

    /// The time up to which the leader of the ensemble is known to have heard of this session.
    var lastConfirmed: ContinuousClock.Instant? { confirmed.withLock { $0 } }

    private func confirm(_ sent: ContinuousClock.Instant) {
        confirmed.withLock { $0 = max($0 ?? sent, sent) }
    }

    // MARK: Events from the library's thread

    fileprivate func receive(type: Int32, state: Int32, path: String) {
        guard type == -1 else {
            let callbacks = watches.withLock { $0.fire(event: type, path: path) }
            for callback in callbacks { callback() }
            return
        }
        switch state {
        case 3:
            let session = raw.withLock { handle -> (Int64, Int32)? in
                guard let handle else { return nil }
                guard let id = zoo_client_id(handle.pointer) else { return nil }
                return (id.pointee.client_id, zoo_recv_timeout(handle.pointer))
            }
            guard let session else { return }
            onEvent(.connected(id: session.0, timeout: .milliseconds(Int64(session.1))))
        case -112: onEvent(.expired)
        case -113: onEvent(.authFailed)
        default: onEvent(.suspended)
        }
    }

    // MARK: Requests

    /// - throughLeader: the answer proves that the leader of the ensemble heard of this session.
    private func submit<Value: Sendable>(
        path: String?, throughLeader: Bool = false, attachment: (any Sendable)? = nil,
        _ call: (OpaquePointer, UnsafeMutableRawPointer) -> Int32
    ) async throws -> Value {
        let sent = ContinuousClock.now
        let value: Value = try await withCheckedThrowingContinuation { continuation in
            let completion = Completion<Value>(continuation, path: path, attachment: attachment, outstanding: outstanding)
            let code = raw.withLock { handle -> Int32 in
                guard let handle else { return -116 }
                let context = completion.retained()
                let code = call(handle.pointer, context)
                if code != 0 { _ = Completion<Value>.take(context) }
                return code
            }
            if code != 0 { completion.fail(ZooKeeperError(raw: code, path: path)) }
        }
        if throughLeader { confirm(sent) }
        return value
    }

    /// Runs a request that sets a watch; `callback` is called once, when it fires or the session ends.
    private func watching<Value: Sendable>(
        _ key: WatchTable.Key, _ callback: WatchTable.Callback?, _ request: (Bool) async throws -> Value,
        isSet: (Value) -> Bool = { _ in true }
    ) async throws -> Value {
        guard let callback else { return try await request(false) }
        let id = watches.withLock { $0.arm(key, callback) }
        do {
            let value = try await request(true)
            if !isSet(value) { watches.withLock { $0.disarm(key, id) } }
            return value
        } catch {
            watches.withLock { $0.disarm(key, id) }
            throw error
        }
    }

    private var context: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: number) }

    func get(_ path: String, onChange: WatchTable.Callback? = nil) async throws -> (data: Data, stat: Stat) {
        try await watching(WatchTable.Key(kind: .data, path: path), onChange) { watch in
            try await submit(path: path) { handle, completion in
                zoo_awget(handle, path, watch ? receiveEvent : nil, watch ? context : nil, completeData, completion)
            }
        }
    }

    func exists(_ path: String, onChange: WatchTable.Callback? = nil) async throws -> Stat? {
        try await watching(WatchTable.Key(kind: .data, path: path), onChange) { watch in
            try await submit(path: path) { handle, completion in
                zoo_awexists(handle, path, watch ? receiveEvent : nil, watch ? context : nil, completeExists, completion)
            }
        }
    }

    func children(_ path: String, onChange: WatchTable.Callback? = nil) async throws -> (names: [String], stat: Stat) {
        try await watching(WatchTable.Key(kind: .children, path: path), onChange) { watch in
            try await submit(path: path) { handle, completion in
                zoo_awget_children2(handle, path, watch ? receiveEvent : nil, watch ? context : nil, completeChildren, completion)
            }
        }
    }

    func create(_ path: String, _ data: Data, mode: CreateMode, acl: [ACL]) async throws -> String {
        let list = RawACL(acl)
        return try await submit(path: path, throughLeader: true, attachment: list) { handle, completion in
            data.withUnsafeBytes { bytes in
                let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                let count = Int32(bytes.count)
                return mode.timeToLive < 0
                    ? zoo_acreate(handle, path, base, count, list.vector, mode.raw, completeString, completion)
                    : zoo_acreate_ttl(handle, path, base, count, list.vector, mode.raw, mode.timeToLive, completeString, completion)
            }
        }
    }

    func set(_ path: String, _ data: Data, version: Int32) async throws -> Stat {
        try await submit(path: path, throughLeader: true) { handle, completion in
            data.withUnsafeBytes { bytes in
                zoo_aset(
                    handle, path, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), version, completeStat,
                    completion)
            }
        }
    }

    func delete(_ path: String, version: Int32) async throws {
        let _: Void = try await submit(path: path, throughLeader: true) { handle, completion in
            zoo_adelete(handle, path, version, completeVoid, completion)
        }
    }

    func sync(_ path: String) async throws {
        let _: String = try await submit(path: path, throughLeader: true) { handle, completion in
            zoo_async(handle, path, completeString, completion)
        }
    }

    func acl(_ path: String) async throws -> (acl: [ACL], stat: Stat) {
        try await submit(path: path) { handle, completion in zoo_aget_acl(handle, path, completeACL, completion) }
    }

    func setACL(_ path: String, _ acl: [ACL], version: Int32) async throws {
        let list = RawACL(acl)
        let _: Void = try await submit(path: path, throughLeader: true, attachment: list) { handle, completion in
            zoo_aset_acl(handle, path, version, list.vector, completeVoid, completion)
        }
    }

    func multi(_ ops: [Op]) async throws -> [OpResult] {
        let request = MultiRequest(ops)
        return try await submit(path: nil, throughLeader: true, attachment: request) { handle, completion in
            zoo_amulti(handle, Int32(ops.count), request.rawOps, request.rawResults, completeMulti, completion)
        }
    }

    func ensembleConfiguration() async throws -> (data: Data, stat: Stat) {
        try await submit(path: "/zookeeper/config") { handle, completion in zoo_agetconfig(handle, 0, completeData, completion) }
    }

    func reconfigure(joining: String?, leaving: String?, members: String?, fromVersion: Int64) async throws -> (data: Data, stat: Stat) {
        try await submit(path: "/zookeeper/config", throughLeader: true) { handle, completion in
            zoo_areconfig(handle, joining, leaving, members, fromVersion, completeData, completion)
        }
    }

    func addAuthentication(scheme: String, certificate: String) async throws {
        let _: Void = try await submit(path: nil) { handle, completion in
            zoo_add_auth(handle, scheme, certificate, Int32(certificate.utf8.count), completeVoid, completion)
        }
    }

    func setServers(_ servers: [String]) throws {
        let code = raw.withLock { handle in handle.map { zoo_set_servers($0.pointer, servers.joined(separator: ",")) } ?? -116 }
        guard code == 0 else { throw ZooKeeperError(raw: code, path: servers.joined(separator: ",")) }
    }

    /// `host:port` of the server it talks to.
    var currentServer: String? {
        raw.withLock { handle in
            handle.flatMap { zoo_get_current_server($0.pointer) }.map { String(cString: $0) }
        }
    }
}

/// Finds the handle a callback of the library is about by its number.
final class HandleRegistry: Sendable {
    static let shared = HandleRegistry()

    private struct State {
        var last: UInt = 0
        var handles: [UInt: SessionHandle] = [:]
    }
    private let state = Mutex(State())

    func reserve() -> UInt {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    func register(_ handle: SessionHandle) { state.withLock { $0.handles[handle.number] = handle } }
    func remove(_ number: UInt) { state.withLock { $0.handles[number] = nil } }
    func handle(_ number: UInt) -> SessionHandle? { state.withLock { $0.handles[number] } }
}

/// The one watcher of every handle: the library then keeps one entry per path and tells a session event once, not per watch.
private func receiveEvent(
    _ handle: OpaquePointer?, _ type: Int32, _ state: Int32, _ path: UnsafePointer<CChar>?, _ context: UnsafeMutableRawPointer?
) {
    guard let context, let handle = HandleRegistry.shared.handle(UInt(bitPattern: context)) else { return }
    handle.receive(type: type, state: state, path: path.map { String(cString: $0) } ?? "")
}

private let libraryLogger = Logger(label: "zookeeper.library")

private func receiveLog(_ message: UnsafePointer<CChar>?) {
    guard let message else { return }
    libraryLogger.debug("\(String(cString: message))")
}
