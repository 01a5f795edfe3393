import CLinux
import Glibc
import TaskProcess

/// Waits for commands and for the end of the task, and sees to it that nothing of the task is left behind.
struct ShimLoop {
    /// How long processes that do not go away after SIGKILL are waited for (they hang in the kernel).
    private static let cleaningTime: Int64 = 5_000
    /// A full disk is tried again this often.
    private static let retryTime: Int64 = 1_000
    private static let maximumConnections = 16

    private let process: ProcessEntry
    private let childEvents: Int32
    private let listener: ControlListener?
    private var connections: [ControlConnection]
    private var escalation = KillEscalation()
    private var end: End?
    private var nextRetry: Int64 = 0

    private struct End {
        var exit: ShimExit
        var since: Int64
        var isRecorded = false
        var isClean = false
    }

    init(process: ProcessEntry, childEvents: Int32, listener: ControlListener?, connection: ControlConnection) {
        self.process = process
        self.childEvents = childEvents
        self.listener = listener
        self.connections = [connection]
    }

    mutating func run() {
        for connection in connections { connection.send(.started(pid: process.pid, startTime: process.startTime)) }
        if listener != nil {
            // For people and for the agent's clean-up should this process be killed; whether it is there decides nothing.
            mkdir("pids", 0o700)
            _ = DurableFile.write(Array("\(process.pid) \(process.startTime)\n".utf8), to: ShimFiles.process)
        }
        reap()
        while !isDone {
            waitForEvents()
            reap()
            for action in escalation.tick(now: now) { carryOut(action) }
            if end != nil { cleanUp() }
        }
        if let end {
            for connection in connections { connection.send(.exited(end.exit)) }
        }
    }

    private var isDone: Bool { end.map { $0.isClean && ($0.isRecorded || listener == nil) } ?? false }

    private var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: Events

    private mutating func waitForEvents() {
        var waiting = [pollfd(fd: childEvents, events: Int16(POLLIN), revents: 0)]
        waiting.append(pollfd(fd: listener?.descriptor ?? -1, events: Int16(POLLIN), revents: 0))
        waiting.append(contentsOf: connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) })
        guard poll(&waiting, nfds_t(waiting.count), timeout) > 0 else { return }

        if waiting[0].revents != 0 { clinux_drain_child_events(childEvents) }
        var remaining: [ControlConnection] = []
        for (index, var connection) in connections.enumerated() {
            guard waiting[index + 2].revents != 0 else {
                remaining.append(connection)
                continue
            }
            switch connection.receive() {
            case .ended:
                close(connection.descriptor)
                // A command that runs for its caller only has nobody to run for any more.
                if listener == nil { kill(grace: 0) }
            case .commands(let commands):
                for command in commands { handle(command, from: connection) }
                remaining.append(connection)
            }
        }
        connections = remaining
        if waiting[1].revents != 0, let connection = listener?.accept() {
            if connections.count >= Self.maximumConnections {
                close(connections.removeFirst().descriptor)
            }
            connections.append(connection)
        }
    }

    /// Milliseconds for poll(2).
    private var timeout: Int32 {
        if let end {
            if !end.isClean { return 10 }
            return Int32(clamping: max(0, nextRetry - now))
        }
        guard let deadline = escalation.deadline, !escalation.isForced else { return -1 }
        return Int32(clamping: max(0, deadline - now))
    }

    private mutating func handle(_ command: ShimCommand, from connection: ControlConnection) {
        switch command {
        case .status:
            // The end is told when all is gone; until then the task counts as running.
            connection.send(.started(pid: process.pid, startTime: process.startTime))
        case .kill(let grace):
            kill(grace: grace)
        }
    }

    private mutating func kill(grace: Int64) {
        guard end == nil else { return }
        for action in escalation.request(grace: grace, now: now) { carryOut(action) }
    }

    // MARK: Ending

    private mutating func reap() {
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            if pid < 0, errno == EINTR { continue }
            guard pid > 0 else { return }
            guard pid == process.pid else { continue }
            let value = Int(clinux_status_value(status))
            let cause: ShimExit.Cause = clinux_status_is_signal(status) != 0 ? .signal(value) : .code(value)
            end = End(exit: ShimExit(cause: cause, wasKilled: escalation.isRequested), since: now)
        }
    }

    private mutating func cleanUp() {
        guard var end else { return }
        if !end.isRecorded, listener != nil, now >= nextRetry {
            end.isRecorded = DurableFile.write(Array((end.exit.line + "\n").utf8), to: ShimFiles.exit) == 0
            if !end.isRecorded { nextRetry = now + Self.retryTime }
        }
        if !end.isClean {
            let left = signalTree(SIGKILL)
            end.isClean = left == 0 || now - end.since > Self.cleaningTime
        }
        self.end = end
    }

    private func carryOut(_ action: KillEscalation.Action) {
        switch action {
        case .kill: signalTree(SIGKILL)
        case .terminate:
            signalTree(SIGTERM)
            // Stopped processes must run to see it.
            signalTree(SIGCONT)
        }
    }

    /// Signals every descendant once, also those that are born meanwhile. All stay findable: orphans become our children.
    /// - Returns: how many processes were found alive.
    @discardableResult
    private func signalTree(_ signal: Int32) -> Int {
        var signalled: Set<Int32> = []
        for _ in 0..<16 {
            let fresh = ProcessTable.current().descendants(of: getpid()).filter { !$0.isZombie && !signalled.contains($0.pid) }
            if fresh.isEmpty { break }
            for entry in fresh {
                signalled.insert(entry.pid)
                Glibc.kill(entry.pid, signal)
            }
        }
        return signalled.count
    }
}
