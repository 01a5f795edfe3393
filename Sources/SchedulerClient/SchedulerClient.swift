import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel

/// A framework's connection to the leading Mesos master: the v1 scheduler API (contracts/mesos.md §8).
///
/// Guarantees: events arrive in the master's order; after each loss of the stream there is one `disconnected`, and one
/// `subscribed` when a new stream (under the same framework id) is up. Orders (accept, kill, revive, suppress, decline,
/// reconcile) reach the master in the order in which they were called, save that accepts and declines that follow each
/// other go side by side; acknowledgements go beside them. A call made without
/// a stream fails at once with `notSubscribed`.
public actor SchedulerClient {
    private struct Stream {
        var id: String
        var endpoint: MasterEndpoint
    }

    public nonisolated let events: AsyncStream<SchedulerClientEvent>

    private nonisolated let continuation: AsyncStream<SchedulerClientEvent>.Continuation
    private let source: any LeadingMasterSource
    private let http: HTTPClient
    private let logger: Logger
    private let mayAct: @Sendable () -> Bool
    private var framework: FrameworkInfo
    private var subscription = Subscription()
    private var generator = SystemRandomNumberGenerator()
    private var stream: Stream?
    private var heartbeats: HeartbeatMonitor
    /// Ends the present attempt or pause.
    private var interrupt: AsyncStream<Void>.Continuation?
    private let orders: AsyncStream<Order>
    private let orderContinuation: AsyncStream<Order>.Continuation

    private struct Order: Sendable {
        var call: SchedulerCall
        var reply: CheckedContinuation<Void, any Error>

        /// Each offer is used once: what is done with one does not depend on what is done with another.
        var isIndependent: Bool { call.type == .accept || call.type == .decline }
    }

    /// How many offers are answered at once.
    private static let concurrentOrders = 8

    /// - framework: subscribed with its `id` if it has one; the id given by the master is used from then on.
    /// - http: must not follow redirects.
    /// - mayAct: asked before each subscription; false while the framework's own leadership is in doubt.
    public init(
        source: any LeadingMasterSource, framework: FrameworkInfo, http: HTTPClient, logger: Logger,
        mayAct: @escaping @Sendable () -> Bool = { true }
    ) {
        self.source = source
        self.framework = framework
        self.http = http
        self.logger = logger
        self.mayAct = mayAct
        self.heartbeats = HeartbeatMonitor(now: .now)
        (events, continuation) = AsyncStream.makeStream(of: SchedulerClientEvent.self)
        (orders, orderContinuation) = AsyncStream.makeStream(of: Order.self)
    }

    /// Stays subscribed until cancelled. Call once.
    public func run() async throws {
        defer {
            continuation.finish()
            orderContinuation.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.source.follow { await self.masterDetected($0) } }
            group.addTask { await self.staySubscribed() }
            group.addTask { await self.carryOutOrders() }
            try await group.next()
            group.cancelAll()
        }
    }

    public var isSubscribed: Bool { stream != nil }
    public var frameworkID: FrameworkID? { framework.id }

    // MARK: Calls

    /// Uses offers of one agent.
    /// - refuseSeconds: how long what is left of them is not to be offered again.
    public func accept(_ offers: [OfferID], operations: [ResourceModel.Operation], refuseSeconds: Double) async throws {
        var call = SchedulerCall(type: .accept)
        call.accept = .init(offer_ids: offers, operations: operations, filters: Filters(refuse_seconds: refuseSeconds))
        try await order(call)
    }

    public func decline(_ offers: [OfferID], refuseSeconds: Double) async throws {
        var call = SchedulerCall(type: .decline)
        call.decline = .init(offer_ids: offers, filters: Filters(refuse_seconds: refuseSeconds))
        try await order(call)
    }

    public func kill(_ task: TaskID, on agent: AgentID?, policy: KillPolicy? = nil) async throws {
        var call = SchedulerCall(type: .kill)
        call.kill = .init(task_id: task, agent_id: agent, kill_policy: policy)
        try await order(call)
    }

    /// Asks for the states of these tasks; of all tasks when the list is empty.
    public func reconcile(_ tasks: [SchedulerCall.Reconcile.Task]) async throws {
        var call = SchedulerCall(type: .reconcile)
        call.reconcile = .init(tasks: tasks)
        try await order(call)
    }

    public func revive() async throws { try await order(SchedulerCall(type: .revive)) }
    public func suppress() async throws { try await order(SchedulerCall(type: .suppress)) }
    /// Removes the framework for good: all of its tasks are killed.
    public func teardown() async throws { try await order(SchedulerCall(type: .teardown)) }

    /// Confirms that an update is stored. Updates without a uuid or an agent need none.
    public func acknowledge(_ status: TaskStatus) async throws {
        guard let uuid = status.uuid, let agent = status.agent_id else { return }
        var call = SchedulerCall(type: .acknowledge)
        call.acknowledge = .init(agent_id: agent, task_id: status.task_id, uuid: uuid)
        try await post(call)
    }

    private func order(_ call: SchedulerCall) async throws {
        guard stream != nil else { throw SchedulerClientError.notSubscribed }
        try await withCheckedThrowingContinuation { reply in
            if case .terminated = orderContinuation.yield(Order(call: call, reply: reply)) {
                reply.resume(throwing: SchedulerClientError.notSubscribed)
            }
        }
    }

    private func carryOutOrders() async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for await order in orders {
                guard order.isIndependent else {
                    await group.waitForAll()
                    underWay = 0
                    await carryOut(order)
                    continue
                }
                if underWay == Self.concurrentOrders {
                    await group.next()
                    underWay -= 1
                }
                group.addTask { await self.carryOut(order) }
                underWay += 1
            }
        }
        // Cancelled: nobody may wait for ever.
        orderContinuation.finish()
        for await order in orders { order.reply.resume(throwing: SchedulerClientError.notSubscribed) }
    }

    private func carryOut(_ order: Order) async {
        do {
            try await post(order.call)
            order.reply.resume()
        } catch {
            order.reply.resume(throwing: error)
        }
    }

    private func post(_ unaddressed: SchedulerCall) async throws {
        guard let stream else { throw SchedulerClientError.notSubscribed }
        var call = unaddressed
        call.framework_id = framework.id
        var request = HTTPClientRequest(url: "http://\(stream.endpoint)/api/v1/scheduler")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Mesos-Stream-Id", value: stream.id)
        request.body = .bytes(try ClusterJSON.encode(call))
        let status: Int
        let body: String
        do {
            let response = try await http.execute(request, timeout: .seconds(10))
            status = Int(response.status.code)
            body = String(buffer: try await response.body.collect(upTo: 64 << 10))
        } catch {
            throw SchedulerClientError.outcomeUnknown("\(error)")
        }
        guard (200..<300).contains(status) else { throw SchedulerClientError.rejected(status: status, message: body) }
    }

    // MARK: The stream

    private func masterDetected(_ endpoint: MasterEndpoint?) {
        if subscription.masterDetected(endpoint) { interrupt?.finish() }
    }

    private func staySubscribed() async {
        while !Task.isCancelled {
            switch subscription.next() {
            case .awaitMaster: await pause(nil)
            case .pause(let duration): await pause(duration)
            case .subscribe(let endpoint):
                guard mayAct() else {
                    await pause(.milliseconds(100))
                    continue
                }
                let end = await attempt(endpoint)
                subscription.ended(end, using: &generator)
                logger.info("Subscription ended", metadata: ["master": "\(endpoint)", "end": "\(end)"])
                if stream != nil {
                    stream = nil
                    continuation.yield(.disconnected(reason: "\(end)"))
                }
                if case .error(let message) = end { continuation.yield(.error(message)) }
            }
        }
    }

    /// Waits for the duration (nil: for ever) or until interrupted.
    private func pause(_ duration: Duration?) async {
        let signal = newInterrupt()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signal {} }
            if let duration { group.addTask { try? await Task.sleep(for: duration) } }
            await group.next()
            group.cancelAll()
        }
    }

    private func newInterrupt() -> AsyncStream<Void> {
        let (signal, continuation) = AsyncStream.makeStream(of: Void.self)
        interrupt = continuation
        return signal
    }

    private func attempt(_ endpoint: MasterEndpoint) async -> Subscription.End {
        heartbeats = HeartbeatMonitor(now: .now)
        let signal = newInterrupt()
        return await withTaskGroup(of: Subscription.End.self) { group in
            group.addTask { await self.subscribe(to: endpoint) }
            group.addTask { await self.watchForSilence() }
            group.addTask {
                for await _ in signal {}
                return Task.isCancelled ? .cancelled : .masterMoved
            }
            let end = await group.next() ?? .cancelled
            group.cancelAll()
            return Task.isCancelled ? .cancelled : end
        }
    }

    private func watchForSilence() async -> Subscription.End {
        while !Task.isCancelled {
            let deadline = heartbeats.deadline
            if deadline <= .now { return .silent }
            try? await Task.sleep(until: deadline, clock: .continuous)
        }
        return .cancelled
    }

    private func subscribe(to endpoint: MasterEndpoint) async -> Subscription.End {
        var call = SchedulerCall(type: .subscribe, framework_id: framework.id)
        call.subscribe = .init(framework_info: framework)
        var request = HTTPClientRequest(url: "http://\(endpoint)/api/v1/scheduler")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        do {
            request.body = .bytes(try ClusterJSON.encode(call))
            let response = try await http.execute(request, deadline: .distantFuture)
            switch response.status.code {
            case 200:
                return await read(response, from: endpoint)
            case 307:
                return .redirected(response.headers.first(name: "Location").flatMap(MasterEndpoint.init(location:)))
            default:
                let text = try? await String(buffer: response.body.collect(upTo: 64 << 10))
                return .refused(status: Int(response.status.code), message: text ?? "")
            }
        } catch {
            return Task.isCancelled ? .cancelled : .unreachable("\(error)")
        }
    }

    private func read(_ response: HTTPClientResponse, from endpoint: MasterEndpoint) async -> Subscription.End {
        let streamID = response.headers.first(name: "Mesos-Stream-Id") ?? ""
        var decoder = RecordIODecoder()
        do {
            for try await chunk in response.body {
                heartbeats.heard(at: .now)
                for record in try decoder.append(chunk) {
                    let event = try ClusterJSON.decode(SchedulerEvent.self, from: Data(record.readableBytesView))
                    if event.type == .error { return .error(event.error?.message ?? "") }
                    deliver(event, streamID: streamID, endpoint: endpoint)
                }
            }
            return .lost("the master closed the stream")
        } catch {
            return Task.isCancelled ? .cancelled : .lost("\(error)")
        }
    }

    private func deliver(_ event: SchedulerEvent, streamID: String, endpoint: MasterEndpoint) {
        switch event.type {
        case .subscribed:
            guard let subscribed = event.subscribed else { return }
            framework.id = subscribed.framework_id
            if let interval = subscribed.heartbeat_interval_seconds, interval > 0 { heartbeats.interval = .seconds(interval) }
            stream = Stream(id: streamID, endpoint: endpoint)
            subscription.subscribed()
            logger.info("Subscribed", metadata: ["master": "\(endpoint)", "framework": "\(subscribed.framework_id)"])
            continuation.yield(.subscribed(subscribed, master: endpoint))
        case .offers: continuation.yield(.offers(event.offers?.offers ?? []))
        case .rescind: if let id = event.rescind?.offer_id { continuation.yield(.rescind(id)) }
        case .update: if let status = event.update?.status { continuation.yield(.update(status)) }
        case .failure: if let failure = event.failure { continuation.yield(.failure(failure)) }
        case .message: if let message = event.message { continuation.yield(.message(message)) }
        case .heartbeat, .inverseOffers, .rescindInverseOffer, .error: break
        }
    }
}
