import Glibc
import TaskProcess

/// Short commands for a task, with the task's own rights: fetching and health checks. Each ends with everything it
/// started, at the latest when its time is up or its caller is cancelled.
struct OneShot: Sendable {
    enum Outcome: Sendable, Hashable {
        case code(Int)
        case signal(Int)
        case timedOut
        case notStarted(String)

        var description: String {
            switch self {
            case .code(let code): "exited with status \(code)"
            case .signal(let signal): "terminated with signal \(SignalName.text(signal))"
            case .timedOut: "timed out"
            case .notStarted(let why): why
            }
        }
    }

    let shim: ShimProcess
    let io: BlockingIO

    func run(_ specification: ShimSpecification, timeout: Duration) async -> Outcome {
        guard let bytes = specification.encoded() else { return .notStarted("the command is too long or contains a NUL") }
        let started: ShimProcess.Started
        do {
            started = try await io.run { [shim] in try shim.startOnce() }
        } catch {
            return .notStarted("\(error)")
        }
        let session: ShimSession
        do {
            session = try await ShimSession.adopt(descriptor: started.control)
        } catch {
            // It ends when its connection does, which is closed now.
            await io.reap(started.pid)
            return .notStarted("\(error)")
        }
        let kills = KillRequests()
        let outcome = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                switch await session.follow(specification: bytes, kills: kills, started: { _, _ in }) {
                case .exited(let exit):
                    if case .code(let code) = exit.cause { return .code(code) }
                    if case .signal(let signal) = exit.cause { return .signal(signal) }
                    return nil
                case .failed(let step, let error): return .notStarted("cannot \(step.rawValue): \(SystemFailure.text(error))")
                case .disconnected: return .notStarted("its supervisor died")
                }
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return Task.isCancelled ? nil : .timedOut
            }
            // Leaving the group closes the connection, upon which the shim kills what still runs.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .timedOut
        }
        // In a thread and without regard to cancellation: no zombie may stay.
        let pid = started.pid
        await io.reap(pid)
        return outcome
    }
}

extension BlockingIO {
    /// Waits for a child that is about to end.
    func reap(_ pid: pid_t) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            submit {
                ShimProcess.reap(pid)
                continuation.resume()
            }
        }
    }
}
