import Logging

/// A pseudo lock that is owned; see `PseudoLockStateMachine` for what it guarantees.
final class PseudoLock: ConfigurationLock {
    private let directory: any LockDirectory
    private let key: String
    private let logger: Logger

    private init(directory: any LockDirectory, key: String, logger: Logger) {
        self.directory = directory
        self.key = key
        self.logger = logger
    }

    /// - Returns: nil when it was not to be had in time.
    /// - Throws: when the key cannot be made, and when the task is cancelled. The key is gone then as far as it can be.
    static func take(
        in directory: any LockDirectory, owner: String, settings: PseudoLockStateMachine.Settings, logger: Logger
    ) async throws -> PseudoLock? {
        let start = ContinuousClock.now
        func now() -> Duration { ContinuousClock.now - start }
        var machine = PseudoLockStateMachine(settings: settings, now: now())
        var creation: (any Error)?

        func begin() -> [PseudoLockStateMachine.Action] {
            machine.handle(.begin(wallMilliseconds: WallClock.milliseconds, random: .random(in: 0 ... .max)), now: now())
        }

        do {
            var actions = begin()
            while !actions.isEmpty {
                switch actions.removeFirst() {
                case .beginAgain: actions += begin()
                case .create(let key):
                    do {
                        try await directory.create(key, content: owner)
                        actions += machine.handle(.created, now: now())
                    } catch {
                        creation = error
                        actions += machine.handle(.failed, now: now())
                    }
                case .list(let pause):
                    try await Task.sleep(for: pause)
                    let since = now()
                    do {
                        let keys = try await directory.list(prefixes: [settings.prefix] + settings.foreignPrefixes)
                        actions += machine.handle(.listed(keys, since: since), now: now())
                    } catch let error where !(error is CancellationError) {
                        logger.warning("cannot list the keys of the lock", metadata: ["error": "\(error)"])
                        actions += machine.handle(.failed, now: now())
                    }
                case .delete(let key): await remove(key, from: directory, logger: logger)
                case .own:
                    if let key = machine.key { return PseudoLock(directory: directory, key: key, logger: logger) }
                case .giveUp:
                    if let creation { throw creation }
                    return nil
                }
            }
            return nil
        } catch {
            if let key = machine.key { await remove(key, from: directory, logger: logger) }
            throw error
        }
    }

    func release() async {
        await Self.remove(key, from: directory, logger: logger)
    }

    /// Also when the calling task is cancelled: a key that stays blocks everybody for a quarter of an hour.
    private static func remove(_ key: String, from directory: any LockDirectory, logger: Logger) async {
        await Task {
            for attempt in 1...3 {
                do {
                    return try await directory.delete(key)
                } catch {
                    logger.warning(
                        "cannot delete a key of the lock", metadata: ["key": "\(key)", "attempt": "\(attempt)", "error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(200 * attempt))
                }
            }
        }.value
    }
}
