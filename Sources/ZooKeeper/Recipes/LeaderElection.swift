public import FoundationEssentials
import Logging
import Synchronization

/// What an election tells its candidate.
public enum ElectionEvent: Sendable {
    /// We lead from now on, until `.deposed`.
    case elected(LeaderEpoch)
    /// We do not lead any more: stop acting at once. Whatever was in flight is fenced off.
    case deposed
    /// Who leads, as the payload of the winning candidacy; nil when nobody does.
    case leader(payload: Data?)
}

/// Leader election among the ephemeral sequential children of one node: the lowest number leads.
///
/// - Guarantee: of two processes that believe to lead, only the later can write: taking office sets the fence znode in one
///   multi with a check of the own candidacy, and every write of a leader checks the fence's version.
/// - Connection loss: the epoch is not held while the connection is lost. If it comes back in time (a third of the session
///   timeout less 10 %), the candidacy and the fence are read again before it is held again; else `.deposed` is told.
/// - Expiry: `.deposed`, then a new candidacy on the next session.
/// - Duplicate delivery: a create whose answer was lost is found again by its GUID, or by its owner where clients prescribe
///   the name; leftovers of ours are deleted before a new candidacy.
/// - Herd: every candidate watches the list, because each must know the leader to redirect to; there are 3 to 7 of them.
public final class LeaderElection: Sendable {
    private enum Input: Sendable {
        case candidates([String])
        case session(SessionState)
        case deadline(Int)
        case resign
    }

    private let client: ZooKeeperClient
    private let candidates: String
    private let prefix: String
    private let payload: Data
    private let guid: String?
    private let fencePath: String
    private let fencePayload: @Sendable (Int64) -> Data
    private let events_: AsyncStream<ElectionEvent>
    private let emit: AsyncStream<ElectionEvent>.Continuation
    private let inputs: AsyncStream<Input>
    private let feed: AsyncStream<Input>.Continuation
    private let logger: Logger

    /// - Parameters:
    ///   - candidates: the parent node; created if absent.
    ///   - prefix: of the candidacies' names, e.g. `json.info_`; children with other prefixes are not candidates.
    ///   - payload: of our candidacy: how others reach us.
    ///   - usesGUID: puts `_c_<guid>-` before the prefix (contracts/exhibitor.md §14.5); false where clients prescribe names.
    ///   - fencePath: the epoch znode; created if absent.
    ///   - fencePayload: what it holds, given the new leader's epoch number.
    public init(
        client: ZooKeeperClient, candidates: String, prefix: String, payload: Data, usesGUID: Bool, fencePath: String,
        fencePayload: @escaping @Sendable (Int64) -> Data
    ) {
        self.client = client
        self.candidates = candidates
        self.prefix = prefix
        self.payload = payload
        self.guid = usesGUID ? UUID().uuidString.lowercased() : nil
        self.fencePath = fencePath
        self.fencePayload = fencePayload
        (events_, emit) = AsyncStream.makeStream(of: ElectionEvent.self)
        (inputs, feed) = AsyncStream.makeStream(of: Input.self)
        var logger = client.logger
        logger[metadataKey: "election"] = "\(candidates)"
        self.logger = logger
    }

    /// For one consumer; ends when `run()` returns.
    public func events() -> AsyncStream<ElectionEvent> { events_ }

    /// Gives a leadership up and stands again behind the others.
    public func resign() { feed.yield(.resign) }

    /// Stands for election until the task is cancelled; then withdraws at once.
    public func run() async throws {
        defer { emit.finish() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await state in self.client.states() { self.feed.yield(.session(state)) }
            }
            group.addTask {
                // The parent may be created by us a moment later: then the watch tells.
                for await names in self.client.watchChildren(self.candidates) { self.feed.yield(.candidates(names ?? [])) }
            }
            var candidacy = Candidacy()
            for await input in inputs {
                do {
                    try await handle(input, &candidacy)
                } catch is CancellationError {
                    break
                } catch {
                    logger.warning("the election is disturbed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(200))
                    feed.yield(.candidates(candidacy.lastSeen))
                }
                if Task.isCancelled { break }
            }
            group.cancelAll()
            depose(&candidacy)
            if let path = candidacy.path {
                // Not in this task, which is cancelled: the others should not wait for our session's end.
                await Task { try? await client.delete(path) }.value
            }
        }
    }

    private struct Candidacy {
        var path: String?
        var czxid: Int64 = 0
        var sessionID: Int64 = 0
        var epoch: LeaderEpoch?
        var knownLeader: String?
        var hasTold = false
        var lastSeen: [String] = []
        var suspensions = 0
    }

    private func handle(_ input: Input, _ candidacy: inout Candidacy) async throws {
        switch input {
        case .session(.connected(let id, _)):
            if candidacy.path != nil, candidacy.sessionID != id { abandon(&candidacy) }
            if candidacy.path == nil {
                try await stand(&candidacy)
            } else if let epoch = candidacy.epoch {
                try await confirm(epoch, &candidacy)
            } else {
                // Given up while the connection was lost; the session and the candidacy live on, and the list of candidates may
                // be the same as before, so nothing else would tell that the office is vacant.
                try await evaluate(try await client.children(candidates).names, &candidacy)
            }
        case .session(.suspended):
            guard let epoch = candidacy.epoch else { return }
            epoch.term.pause()
            candidacy.suspensions += 1
            startDeadline(candidacy.suspensions)
        case .session(.expired), .session(.closed):
            abandon(&candidacy)
        case .session(.connecting): break
        case .deadline(let suspension):
            guard suspension == candidacy.suspensions, let epoch = candidacy.epoch, !epoch.isHeld, client.sessionID == nil else { return }
            logger.warning("giving the leadership up: no connection in time")
            depose(&candidacy)
        case .resign:
            guard let path = candidacy.path else { return }
            depose(&candidacy)
            try await client.retrying(path) { handle in
                do { try await handle.delete(path, version: -1) } catch let error as ZooKeeperError where error.code == .noNode {}
            }
            candidacy.path = nil
            try await stand(&candidacy)
        case .candidates(let names):
            candidacy.lastSeen = names
            try await evaluate(names, &candidacy)
        }
    }

    /// Enters the race with a fresh node.
    private func stand(_ candidacy: inout Candidacy) async throws {
        try await client.createWithParents(candidates)
        if try await client.exists(fencePath) == nil {
            try await client.createWithParents(String(fencePath[..<(fencePath.lastIndex(of: "/") ?? fencePath.startIndex)]))
            do {
                try await client.create(fencePath, fencePayload(0))
            } catch let error as ZooKeeperError where error.code == .nodeExists {}
        }
        guard let session = client.sessionID else { throw ZooKeeperError(.connectionLoss, path: candidates) }
        // What an attempt whose answer was lost, or an earlier session of ours, left behind.
        let mine = try await ownNodes(session)
        for leftover in mine.dropFirst() + mine.prefix(mine.first?.stat.ephemeralOwner == session ? 0 : 1) {
            do { try await client.delete(leftover.path) } catch let error as ZooKeeperError where error.code == .noNode {}
        }
        let path: String
        if let first = mine.first, first.stat.ephemeralOwner == session {
            path = first.path
        } else {
            let name = guid.map { "_c_\($0)-\(prefix)" } ?? prefix
            path = try await client.create("\(candidates)/\(name)", payload, mode: .ephemeralSequential)
        }
        guard let stat = try await client.exists(path), stat.ephemeralOwner == client.sessionID else {
            throw ZooKeeperError(.noNode, path: path)
        }
        candidacy.path = path
        candidacy.czxid = stat.czxid
        candidacy.sessionID = stat.ephemeralOwner
        logger.debug("standing for election", metadata: ["candidacy": "\(path)"])
        try await evaluate(try await client.children(candidates).names, &candidacy)
    }

    private func ownNodes(_ session: Int64) async throws -> [(path: String, stat: Stat)] {
        var result: [(String, Stat)] = []
        for name in Self.sorted(try await client.children(candidates).names, prefix: prefix) {
            if let guid, !name.contains(guid) { continue }
            let path = "\(candidates)/\(name)"
            guard let stat = try await client.exists(path) else { continue }
            if guid != nil || stat.ephemeralOwner == session { result.append((path, stat)) }
        }
        return result
    }

    /// Looks who is first.
    private func evaluate(_ names: [String], _ candidacy: inout Candidacy) async throws {
        let sorted = Self.sorted(names, prefix: prefix)
        try await tellLeader(sorted.first, &candidacy)
        guard let path = candidacy.path, let first = sorted.first else { return }
        if !sorted.contains(where: { "\(candidates)/\($0)" == path }) {
            // The list may be older than our node: look at the node itself.
            guard try await client.exists(path) == nil else { return }
            logger.warning("our candidacy is gone", metadata: ["candidacy": "\(path)"])
            depose(&candidacy)
            candidacy.path = nil
            return try await stand(&candidacy)
        }
        if "\(candidates)/\(first)" == path {
            if candidacy.epoch == nil { try await takeOffice(path, &candidacy) }
        } else if candidacy.epoch != nil {
            depose(&candidacy)
        }
    }

    private func takeOffice(_ path: String, _ candidacy: inout Candidacy) async throws {
        let fence = try await client.get(fencePath).stat
        do {
            let results = try await client.multi([
                .check(path, version: 0), .set(fencePath, fencePayload(candidacy.czxid), version: fence.version),
            ])
            guard case .set(let stat)? = results.last else { return }
            try await client.sync(fencePath)
            let term = LeadershipTerm(client: client, sessionID: candidacy.sessionID)
            let epoch = LeaderEpoch(number: candidacy.czxid, fencePath: fencePath, fenceVersion: stat.version, term: term)
            candidacy.epoch = epoch
            logger.info("elected", metadata: ["epoch": "\(epoch.number)"])
            emit.yield(.elected(epoch))
        } catch is MultiError {
            // Somebody was faster, or our node is gone: look again.
            feed.yield(.candidates(try await client.children(candidates).names))
        }
    }

    /// After a lost connection: only if the candidacy and the fence are still ours does the term go on.
    private func confirm(_ epoch: LeaderEpoch, _ candidacy: inout Candidacy) async throws {
        guard let path = candidacy.path else { return }
        candidacy.suspensions += 1
        try await client.sync(fencePath)
        let own = try await client.exists(path)
        let fence = try await client.exists(fencePath)
        if own?.ephemeralOwner == candidacy.sessionID, fence?.version == epoch.fenceVersion {
            epoch.term.resume()
        } else {
            depose(&candidacy)
            if own == nil { candidacy.path = nil }
            try await own == nil ? stand(&candidacy) : evaluate(try await client.children(candidates).names, &candidacy)
        }
    }

    private func tellLeader(_ name: String?, _ candidacy: inout Candidacy) async throws {
        guard name != candidacy.knownLeader || !candidacy.hasTold else { return }
        guard let name else {
            candidacy.knownLeader = nil
            candidacy.hasTold = true
            emit.yield(.leader(payload: nil))
            return
        }
        do {
            let data = try await client.get("\(candidates)/\(name)").data
            candidacy.knownLeader = name
            candidacy.hasTold = true
            emit.yield(.leader(payload: data))
        } catch let error as ZooKeeperError where error.code == .noNode {
            // Gone meanwhile: the watch brings the next list.
        }
    }

    /// The session of our node is over.
    private func abandon(_ candidacy: inout Candidacy) {
        depose(&candidacy)
        candidacy.path = nil
    }

    private func depose(_ candidacy: inout Candidacy) {
        guard let epoch = candidacy.epoch else { return }
        epoch.term.end()
        candidacy.epoch = nil
        logger.info("deposed", metadata: ["epoch": "\(epoch.number)"])
        emit.yield(.deposed)
    }

    /// A third of the timeout is left when a lost connection is told, less a margin of 10 % (contracts/exhibitor.md §14.2).
    private func startDeadline(_ suspension: Int) {
        let left = client.sessionTimeout / 3 - client.sessionTimeout / 10
        let feed = feed
        Timer.after(left) { feed.yield(.deadline(suspension)) }
    }

    /// The candidates in the order of their numbers.
    static func sorted(_ names: [String], prefix: String) -> [String] {
        names.compactMap { name -> (Int64, String)? in
            guard name.hasPrefix(prefix) || (name.hasPrefix("_c_") && name.contains("-" + prefix)) else { return nil }
            let digits = name.suffix(10)
            guard digits.utf8.count == 10, let number = Int64(digits) else { return nil }
            return (number, name)
        }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }
}
