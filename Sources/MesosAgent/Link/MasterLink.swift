import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel
import SchedulerClient

/// The connection to the leading master: a stream of commands in, reports out (see AgentLink in ResourceModel).
///
/// It is given up and made anew when the leader changes, when the stream ends, after 15 s without a word (the master pings
/// every 5 s), and when the master no longer knows this agent.
struct MasterLink: Sendable {
    enum Ending: Error, Sendable, CustomStringConvertible {
        case refused(status: UInt, message: String)
        case ended
        case silent
        /// The commands come from a master that has been replaced.
        case deposed
        /// A report was answered with this.
        case disowned(status: UInt)
        case notReady
        /// The agent is another one now.
        case forgotten

        var description: String {
            switch self {
            case .refused(let status, let message): "the master answered \(status) \(message)"
            case .ended: "the stream ended"
            case .silent: "nothing was heard of the master for 15 s"
            case .deposed: "the master's epoch is lower than one seen before"
            case .disowned(let status): "the master refused a report with \(status)"
            case .notReady: "the agent is shutting its tasks down"
            case .forgotten: "the agent was removed from the cluster and registers as a new one"
            }
        }
    }

    static let silence = Duration.seconds(15)
    static let maximumRecordSize = 64 << 20

    let agent: Agent
    let http: HTTPClient
    let outbox: Outbox
    let identity: LatestValue<AgentID?>
    /// The HTTP port, once bound: the master is told it.
    let port: LatestValue<Int?>
    /// `--registration_backoff_factor`.
    let backoff: Duration
    let logger: Logger

    /// Follows the leader until cancelled.
    func run(_ source: any LeadingMasterSource) async {
        while port.current.value == nil, !Task.isCancelled { await port.changed(since: port.current.version) }
        let leader = LatestValue<MasterEndpoint?>(nil)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    do {
                        try await source.follow { leader.set($0) }
                    } catch is CancellationError {
                        return
                    } catch {
                        logger.error("Cannot follow the leading master", metadata: ["error": "\(error)"])
                    }
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            let start = Once()
            await leader.forEach { endpoint in
                guard let endpoint else { return }
                // Not all agents of a cluster at once.
                if !start.isFirst() { await pause(upTo: backoff / 4) }
                await stay(with: endpoint)
            }
        }
    }

    private func stay(with master: MasterEndpoint) async {
        var failures = 0
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                try await session(with: master)
            } catch is CancellationError {
                break
            } catch {
                if !Task.isCancelled {
                    logger.warning("No connection to the master", metadata: ["master": "\(master)", "reason": "\(error)"])
                }
            }
            if Task.isCancelled { break }
            failures = start.duration(to: .now) > .seconds(30) ? 0 : failures + 1
            await pause(upTo: min(backoff * 2, backoff / 4 * (1 << min(failures, 8))))
        }
    }

    private func pause(upTo longest: Duration) async {
        try? await Task.sleep(for: longest * Double.random(in: 0...1))
    }

    private func session(with master: MasterEndpoint) async throws {
        outbox.clear()
        guard let registration = await agent.registration() else { throw Ending.notReady }
        let lastHeard = LatestValue(ContinuousClock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    let deadline = lastHeard.current.value + Self.silence
                    if deadline <= .now { throw Ending.silent }
                    try await Task.sleep(until: deadline)
                }
            }
            group.addTask {
                try await read(registration, from: master) { lastHeard.set(.now) }
                throw Ending.ended
            }
            group.addTask { try await report(to: master) }
            let (agentID, version) = identity.current
            group.addTask {
                // The first registration gives an id; from then on any change means that it was taken away.
                var version = version
                if agentID == nil {
                    await identity.changed(since: version)
                    version = identity.current.version
                }
                await identity.changed(since: version)
                try Task.checkCancellation()
                throw Ending.forgotten
            }
            // None of them returns: whichever fails first says why.
            let reason: any Error
            do {
                try await group.next()
                reason = Ending.ended
            } catch {
                reason = error
            }
            group.cancelAll()
            await agent.disconnected()
            throw reason
        }
    }

    private func read(_ registration: AgentRegistration, from master: MasterEndpoint, heard: @escaping @Sendable () -> Void) async throws {
        var request = HTTPClientRequest(url: "http://\(master)/agent-link/subscribe")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try ClusterJSON.encode(registration)))
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            let body = try? await response.body.collect(upTo: 4096)
            throw Ending.refused(status: response.status.code, message: body.map { String(buffer: $0) } ?? "")
        }
        var decoder = RecordIODecoder(maximumRecordSize: Self.maximumRecordSize)
        for try await chunk in response.body {
            heard()
            for record in try decoder.append(chunk) {
                let command = try ClusterJSON.decode(AgentCommand.self, from: Data(record.readableBytesView))
                guard await agent.handle(command) else { throw Ending.deposed }
            }
        }
    }

    private func report(to master: MasterEndpoint) async throws {
        while let news = await outbox.take() {
            guard let report = await agent.report(of: news) else { continue }
            var request = HTTPClientRequest(url: "http://\(master)/agent-link/report")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try ClusterJSON.encode(report)))
            let status: UInt
            do {
                let response = try await http.execute(request, timeout: .seconds(10))
                _ = try? await response.body.collect(upTo: 65536)
                status = response.status.code
            } catch {
                try Task.checkCancellation()
                logger.warning("A report did not reach the master", metadata: ["error": "\(error)"])
                status = 0
            }
            switch status {
            case 200..<300: continue
            case 403, 409, 307: throw Ending.disowned(status: status)
            default:
                outbox.putBack(news)
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        throw CancellationError()
    }
}
